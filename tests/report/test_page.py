"""The page is whole, asks nothing of a network, and lets nothing run."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from bc_inventory.errors import DataError
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.i18n import Both
from bc_inventory.report.page import render
from bc_inventory.report.step import SECTIONS, report_step
from bc_inventory.report.tables import Column, to_table
from tests.report.conftest import HOSTILE


class Page(HTMLParser):
    """Collect elements, checking that what opens also closes."""

    VOID = frozenset(
        {"meta", "link", "br", "img", "input", "hr", "rect", "path", "circle", "image"}
    )

    def __init__(self):
        super().__init__()
        self.open, self.elements, self.ids, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if dict(attrs).get("id"):
            self.ids.append(dict(attrs)["id"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def written(inputs, tmp_path, title="Inventory"):
    report_step(inputs, {"report": tmp_path / "r.html"}, title=(title, title), year=2018)
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(html)
    assert page.open == []
    return html, page


@pytest.fixture(scope="module")
def made(full_release, tmp_path_factory):
    return written(full_release, tmp_path_factory.mktemp("page"))


def test_every_section_is_there_and_linked(made):
    _, page = made
    links = {attrs["href"] for tag, attrs in page.elements if tag == "a"}
    names = [attrs["id"] for tag, attrs in page.elements if tag == "section"]
    assert len(names) == len(SECTIONS)
    assert {f"#{name}" for name in names} <= links
    assert len(page.ids) == len(set(page.ids))


def test_nothing_is_fetched(made):
    html, page = made
    for tag, attrs in page.elements:
        for name in ("src", "href", "xlink:href", "srcset", "action", "poster"):
            value = attrs.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, name, value[:80])
    assert not re.search(r"url\(\s*['\"]?(?!data:)", html)
    assert "@import" not in html
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy


def test_every_chart_has_words_and_its_data(made):
    html, page = made
    charts = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert len(charts) >= 8
    assert all(c["role"] == "img" and c["aria-label"] and c["data-label-zh"] for c in charts)
    downloads = [attrs for tag, attrs in page.elements if "download" in attrs]
    assert len(downloads) >= 14
    assert all(d["href"].startswith("data:text/csv") for d in downloads)
    names = [d["download"] for d in downloads]
    assert len(names) == len(set(names))
    # Apart from the colour scale, no figure goes without its data.
    for figure in re.findall(r"<figure>.*?</figure>", html, re.S):
        assert "download=" in figure or "Colour scale" in figure or "circles" in figure


def test_both_languages_are_on_the_page(made):
    html, page = made
    english = sum(attrs.get("lang") == "en" for _, attrs in page.elements)
    chinese = sum(attrs.get("lang") == "zh-Hans" for _, attrs in page.elements)
    in_charts = html.count('lang="zh"')
    assert english > 100
    assert abs(english - chinese - in_charts) < 5
    assert "关键类别" in html
    assert "Key categories" in html


def test_tables_have_headings_for_rows_and_columns(made):
    _, page = made
    scopes = [attrs.get("scope") for tag, attrs in page.elements if tag == "th"]
    assert set(scopes) == {"col", "row"}


def test_hostile_names_are_inert_and_legible(made):
    html, page = made
    tags = {tag for tag, _ in page.elements}
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    text = "".join(page.text)
    assert HOSTILE[:28] in text
    assert "\u202e" not in html
    assert "שלום" in text
    assert "y" * 300 not in text
    assert "(10001 characters)" in text


def test_a_hostile_title(release, tmp_path):
    html, page = written(release, tmp_path, title=HOSTILE + "\u202e")
    title = re.search(r"<title>(.*?)</title>", html).group(1)
    assert "<" not in title
    assert {tag for tag, _ in page.elements} & {"img", "iframe", "object"} == set()


def test_a_release_without_grid_and_measurements_says_so(release, tmp_path):
    html, _ = written(release, tmp_path)
    assert "This release has no grid." in html
    assert "This release has no measurements." in html


def test_the_same_inputs_give_the_same_bytes(full_release, made, tmp_path):
    again, _ = written(full_release, tmp_path)
    assert again == made[0]


def test_climate_figures_are_ranges_with_their_caveat(made):
    html, _ = made
    table = html[html.index('id="impacts"') : html.index('id="stations"')]
    for text in ("no agreed value", "16.2", "160", "unverified", "an indicator of emissions"):
        assert text in table
    assert "up to 100 km from a glaciated cell" in table
    assert "距冰川格网100公里内" in table


def test_what_is_printed_of_a_long_table_is_said():
    frame = pd.DataFrame({"n": range(50)})
    for rows, said in ((frame, True), (frame.head(40), False)):
        table = to_table(rows, [Column("n", Both("n", "n"))], "many")
        figure = Figure(Both("c", "c"), None, table)
        html = render(Both("t", "t"), Both("r", "r"), [Section("s", Both("s", "s"), (), (figure,))])
        assert ("The first 40 rows" in html) is said
        assert html.count("<tr>") == len(rows) + 1


def test_claims_stand_with_what_is_left_to_each(made):
    html, _ = made
    section = html[html.index('id="nesting"') : html.index('id="impacts"')]
    for text in (
        "REAS v3.2: Sichuan",
        "x 3.1",
        "nothing around it",
        "1,554",
        "按国家指南编制的四川清单",
    ):
        assert text in section


def test_no_mark_of_the_series_stands_for_two_inventories(made):
    html, _ = made
    section = html[html.index('id="series"') : html.index('id="difference"')]
    for drawing in re.findall(r"<svg.*?</svg>", section, re.S):
        key = re.findall(r'<path d="([^"]*)" class="(mark[^"]*)"/><text', drawing)
        shapes = [(kind, re.sub(r"-?[\d.]+", "#", path)) for path, kind in key]
        assert len(shapes) == len(set(shapes)) > 1


def test_a_release_of_another_version_is_refused_with_what_to_do(full_release, tmp_path):
    pd.DataFrame({"hotspot_id": ["a"]}).to_parquet(tmp_path / "hotspots.parquet")
    with pytest.raises(
        DataError, match=r"hotspots.parquet.*no column year.*Build the release anew"
    ):
        report_step(
            full_release | {"hotspots": tmp_path / "hotspots.parquet"},
            {"report": tmp_path / "r.html"},
            title=("t", "t"),
            year=2018,
        )
