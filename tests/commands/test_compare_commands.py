"""Comparing, reporting, exporting and weighing measures, as the shell calls them."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.commands.compare import compare
from bc_inventory.commands.export import export
from bc_inventory.commands.measures import measures
from bc_inventory.commands.report import report
from bc_inventory.errors import DataError


def call(command, *words):
    done = CliRunner().invoke(command, list(map(str, words)))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_compare_with_the_transcribed_totals(releases, tmp_path):
    book = tmp_path / "c.xlsx"
    done = call(compare, "--releases", releases, "--side", "EU", "--to", book)
    assert "Germany 2018, EMEP-CEIP 2025-01-20 -> bc_inventory harmonised" in done.output
    assert "left out:" in done.output
    assert "definitions agree? no: condensables" in done.output
    book = openpyxl.load_workbook(book, read_only=True)
    wanted = {"cells", "parts", "left_out", "overall", "chain", "bridge", "implied", "consensus"}
    assert wanted <= set(book.sheetnames)
    head = [cell.value for cell in next(book["cells"].iter_rows())]
    assert {"base_kt [kt]", "difference_kt [kt]", "side"} <= set(head)


CEDS = """"em","country","sector","units","X2018","X2019"
"BC","chn","1A4b_Residential","ktC","400","380.5"
"BC","chn","1A3b_Road","ktC","200","180.5"
"BC","pol","1A4b_Residential","ktC","12.25","11"
"""


def test_a_file_of_countries_says_nothing_of_one_province(releases, tmp_path):
    file = tmp_path / "BC_CEDS_emissions_by_sector_country_2021_02_05.csv"
    file.write_text(CEDS)
    done = call(compare, file, "--side", "CN", "--releases", releases)
    assert "note: CEDS 2021-02-05: has no figure of Hebei alone" in done.output
    assert "Hebei 2018, bc_inventory harmonised -> bc_inventory official" in done.output
    assert "CEDS 2021-02-05 ->" not in done.output


def test_a_release_beside_another_differs_by_nothing_from_itself(releases, tmp_path):
    version = next(p.name for p in Path(releases, "small").iterdir() if p.is_dir())
    book = tmp_path / "c.xlsx"
    call(compare, "--with", version, "--side", "EU", "--releases", releases, "--to", book)
    cells = pd.read_excel(book, sheet_name="cells", engine="calamine")
    own = cells[cells["other"] == f"bc_inventory harmonised {version}"]
    own = own[own["base"] == "bc_inventory harmonised"]
    assert len(own)
    assert (own["difference_kt [kt]"] == 0).all()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (CEDS.replace("BC", "OC"), "CEDS 2021-02-05: found OC; expected BC"),
        (CEDS.replace("chn", "ind").replace("pol", "jpn"), "expected regions of EU"),
        (CEDS.replace("X2018", "X1750"), "the release has 2018; the files have 1750, 2019"),
    ],
)
def test_what_a_file_lacks_is_said(releases, tmp_path, text, match):
    file = tmp_path / "CEDS_emissions_by_sector_country_2021_02_05.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=match):
        call(compare, file, "--releases", releases)


def test_compare_names_the_years_there_are(releases):
    with pytest.raises(DataError, match=r"nothing to compare in 1990.*the release has 2018"):
        call(compare, "--releases", releases, "--side", "CN", "--year", 1990)


@pytest.mark.parametrize("form", ["iamc", "xlsx", "geojson"])
def test_exports(releases, tmp_path, form):
    path = tmp_path / f"x.{form}"
    assert str(path) in call(export, form, "--releases", releases, "--to", path).output
    if form == "iamc":
        assert "Emissions|BC" in set(pd.read_csv(path)["Variable"])
    elif form == "xlsx":
        assert "totals" in openpyxl.load_workbook(path, read_only=True).sheetnames
    else:
        assert json.loads(path.read_text())["type"] == "FeatureCollection"


def test_the_annex_needs_one_region(releases, tmp_path):
    done = call(export, "nfr", "--releases", releases, "--to", tmp_path / "a.xlsx")
    assert done.exit_code == 2
    assert "give --region" in done.output
    done = call(
        export, "nfr", "--region", "河北", "--releases", releases, "--to", tmp_path / "a.xlsx"
    )
    assert done.exit_code == 0


def test_measures_are_listed_and_weighed(releases):
    done = call(measures, "--releases", releases)
    assert "clean_heating" in done.output
    assert "Computed now" not in done.output
    done = call(measures, "field_burning_ban=0.5", "--releases", releases)
    assert "Computed now with field_burning_ban=0.5, 2018, harmonised factors" in done.output
    assert done.exit_code == 0
    done = call(measures, "field_burning_ban=much", "--releases", releases)
    assert done.exit_code == 2
    with pytest.raises(DataError, match="Did you mean 'clean_heating'"):
        call(measures, "clean_heatin=0.5", "--releases", releases)


def test_the_report_of_a_release(releases, tmp_path):
    page = tmp_path / "r.html"
    call(report, "--releases", releases, "--to", page)
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert html.count("<svg") >= 8


@pytest.mark.shared
def test_what_members_leave_out_is_filled_on_request(shared):
    from bc_inventory.analysis.comparison.published import published_rows

    folder = shared / "data/emep-ceip-bc"
    bc, pm25 = (folder / f"EMEP_NFR14_LEVEL1_{name}.txt" for name in ("BC", "PM25"))
    sums = {}
    for other in (None, pm25):
        tables, _ = published_rows([bc], ["EU"], fill_from=other, interpolate=other is not None)
        rows = tables["EU"]
        rows = rows[rows["year"] == 2018]
        sums[other] = rows.groupby("region")["emission_kt"].sum()
    before, after = sums.values()
    assert before.sum() == pytest.approx(217.7, abs=0.05)
    changed = (after - before)[(after - before).abs() > 1e-9]
    assert set(changed.index) == {"AT", "LT", "LU"}
    # A third of the way from 1.121531 in 2017 to 1.012428 in 2020.
    assert changed["LT"] == pytest.approx(1.085163, abs=1e-6)
    assert 1 < changed["AT"] < 6
