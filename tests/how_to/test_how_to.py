"""Each how-to works as it stands: its files are written and its commands run."""

import re
import shutil

import pytest

from tests.how_to.pages import Page

PAGES = [
    "add-category",
    "add-domain",
    "add-reader",
    "add-report-section",
    "change-a-factor",
    "own-inventory",
]


@pytest.fixture
def page(root, tmp_path):
    return lambda name: Page(root, f"{name}.md", tmp_path / "project")


@pytest.mark.parametrize("name", PAGES)
def test_the_files_to_touch_exist(page, root, name):
    listed = page(name).listed_files
    assert len(listed) >= 3
    assert [path for path in listed if not (root / path).exists()] == []


def test_a_reader_is_found_by_its_file(page):
    followed = page("add-reader")
    _, example = followed.write_files()
    (command,) = followed.commands()
    text = followed.run(command)
    assert "example_csv" in text
    assert re.search(r"rows +2\n", text)
    assert re.search(r"regions +2: DE, FR\n", text)
    broken = followed.project / example
    broken.write_text(broken.read_text().replace("FR,", "QQ,"))
    with pytest.raises(AssertionError, match=r"row 3.*QQ"):
        followed.run(command)


def test_a_section_appears_on_the_page_of_the_report(page, releases):
    followed = page("add-report-section")
    followed.write_files()
    (line,) = re.findall(
        r"^from bc_inventory\.report\.sections\.\S+ import \w+$", followed.text, re.M
    )
    step = followed.project / "bc_inventory" / "report" / "step.py"
    text = step.read_text(encoding="utf-8")
    function = line.split()[-1]
    text = text.replace("__all__ =", f"{line}\n\n__all__ =", 1)
    text = re.sub(r"(?m)^(SECTIONS: .* = \()$", rf"\1\n    {function},", text, count=1)
    assert text.count(function) == 2
    step.write_text(text, encoding="utf-8")
    shutil.copytree(releases, followed.project / "releases")
    (command,) = followed.commands()
    followed.run([*command, "--inventory", "small"])
    html = (followed.project / "report.html").read_text(encoding="utf-8")
    assert 'id="fuel-sums"' in html
    assert "各燃料的排放量" in html


def test_a_category_is_estimated_from_its_rows_alone(page):
    followed = page("add-category")
    followed.write_files()
    build, query = followed.commands()
    followed.run(build)
    text = followed.run([*query, "--format", "csv"])
    header, *rows = [line.split(",") for line in text.strip().splitlines()]
    figures = [float(row[header.index("emission_kt")]) for row in rows]
    # 1000 kt of glass x 0.02 g/kg, as the page says.
    assert figures == [pytest.approx(0.02)]


def test_a_changed_factor_changes_what_it_is_used_for(page):
    followed = page("change-a-factor")
    followed.write_files()
    trial = (followed.project / "trial.toml").read_text(encoding="utf-8")
    base = trial.partition("[facts]")[0]
    (followed.project / "base.toml").write_text(base, encoding="utf-8")
    first, second, difference = followed.commands()
    (version,) = re.findall(r"Release (\S+):", followed.run(first))
    followed.run(second)
    text = followed.run([version if word == "VERSION" else word for word in difference])
    changed = set(re.findall(r"CN-HE \S+ (\w+, \w+), harmonised .*: (.*) \S+/GJ\n", text))
    # 0.18 and 0.09 g/kg over 17.8 GJ/t.
    assert changed == {
        ("coal_briquettes, coal_stove_briquette", "emission_factor 5.05618 to 10.1124")
    }


def test_a_domain_is_inventoried_from_its_rows_alone(page):
    followed = page("add-domain")
    followed.write_files()
    cells, build, query = followed.commands()
    followed.run(cells)
    assert "the Island" in followed.run(build)
    text = followed.run([*query, "--format", "csv"])
    header, row = [line.split(",") for line in text.strip().splitlines()]
    # 3000 TJ x 50 g/GJ, as the page says.
    assert float(row[header.index("emission_kt")]) == pytest.approx(0.15)


def test_an_inventory_of_ones_own_changes_by_what_its_rows_say(page):
    followed = page("own-inventory")
    begin, enter, build, again, difference, query = followed.commands()
    for command in (begin, enter):
        followed.run(command)
    (version,) = re.findall(r"Release (\S+):", followed.run(build))
    written = followed.write_files()
    typed = [line for _, text in _files(followed) for line in text.splitlines()]
    assert len(written) == 3
    assert len(typed) <= 10
    followed.run(again)
    text = followed.run([version if word == "VERSION" else word for word in difference])
    (homes,) = re.findall(r"^2020 PL 1A4bi harmonised +(.*)$", text, re.M)
    base, own, change, activity, technology, factors, *rest = homes.split()
    shown = " | ".join([base, own, change, activity, technology, factors])
    assert f"| 1A4bi | {shown} |" in followed.text
    assert {*rest} == {"0"}
    facts = re.findall(r"^  (data/\S+): changed", text, re.M)
    assert facts == [
        f"data/{name}.csv"
        for name in ("activity_reported", "emission_factors", "technology_shares")
    ]
    followed.run(query)
    flags = "select fuel from activity where flag = 'reported'"
    rows = followed.run(["bc-inventory", "query", "--sql", flags, "--format", "csv"])
    assert sorted(rows.split()) == ["fuel", "fuelwood", "hard_coal"]
    changed = followed.run(
        ["bc-inventory", "query", "--sql", "select * from facts_changed", "--format", "csv"]
    )
    assert "fuel=hard_coal;technology=coal_boiler_automatic;year=2020,added,*,," in changed
    assert re.search(r"wood_pellet;species=BC,replaced,value,\S+,6\.0", changed)


def _files(page):
    return re.findall(r"^`([\w./-]+)`:\n\n```csv\n(.*?)^```$", page.text, re.M | re.S)
