"""Text from other people stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.report.sanitize import clean, for_spreadsheet, shorten


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
