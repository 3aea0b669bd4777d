"""Text from other people stays text."""

import html
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.release.metadata.readme import readme
from bc_inventory.release.sanitize import as_text, clean, for_markdown, for_spreadsheet, shorten


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝"])
def test_no_text_begins_as_a_formula(start):
    made = for_spreadsheet(start + 'HYPERLINK("http://evil")')
    assert made.startswith("'")
    assert "HYPERLINK" in made


def test_overrides_of_direction_go_and_right_to_left_letters_stay():
    assert clean("\u202etxt.exe\u2066") == "txt.exe"
    assert clean("כחול أسود") == "כחול أسود"


def test_long_text_is_cut_and_says_so():
    shown = shorten("x" * 10_000)
    assert len(shown) < 200
    assert shown.endswith("… (10000 characters)")
    assert shorten("short") == "short"


@given(st.text())
def test_any_text_is_inert(text):
    made = for_spreadsheet(text)
    assert not made.lstrip().startswith(("=", "+", "-", "@"))
    assert made.encode("utf-8").decode() == made
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "title",
    [
        "BC\n# A heading",
        "BC\r\n\r\n<script>alert(1)</script>",
        "BC <img src=x onerror=alert(1)>",
        "[BC](javascript:alert(1))",
        "BC\u2028* a list",
        "`BC` **2018** | ~~cell~~ &lt;b&gt;",
    ],
)
def test_a_title_is_inert_in_the_readme_of_a_release(title):
    core = {
        "title": title,
        "software": {"bc-inventory": "1"},
        "coverage": {},
        "files": [],
        "inventory": "small",
        "sources": [{"source_id": "s", "citation": title, "licence": title, "address": title}],
    }
    text = readme(core, "2018-00000000")
    lines = text.splitlines()
    headings = [line for line in lines if line.startswith("#")]
    assert len(headings) == 5  # title, how to cite, files, sources, a licence
    assert len([line for line in lines if line.startswith("###")]) == 1
    assert not re.search(r"<|\]\(|\*\*|~~", "\n".join(line for line in lines if "BC" in line))
    assert html.unescape(for_markdown(title)) == " ".join(title.split())


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_no_cell_of_a_table_is_a_formula(cells):
    frame = as_text(pd.DataFrame({"name": ["=1+1", "-3", "+1e5", *cells], "kt": -1.5}))
    assert frame["name"].tolist()[:3] == ["'=1+1", "-3", "+1e5"]
    assert (frame["kt"] == -1.5).all()
    for cell, given_cell in zip(frame["name"][3:], cells, strict=True):
        assert cell.removeprefix("'") in {given_cell, given_cell.removeprefix("'")}
        if cell.lstrip().startswith(("=", "@")):
            raise AssertionError(cell)
