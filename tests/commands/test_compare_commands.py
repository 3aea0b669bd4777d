"""Comparing, reporting, exporting and weighing measures, as the shell calls them."""

import json

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.build import build
from bc_inventory.commands.compare import compare
from bc_inventory.commands.export import export
from bc_inventory.commands.measures import measures
from bc_inventory.commands.report import report
from bc_inventory.config import load_config
from bc_inventory.errors import DataError
from tests.small_facts import write_small_facts

CONFIG = """
[inventory]
name = "small"
years = [2018]
[uncertainty]
draws = 100
[grid]
resolution = 1
[facts]
folder = "data"
"""


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Return the folder of a published small release."""
    project = tmp_path_factory.mktemp("project")
    write_small_facts(project / "data")
    (project / "small.toml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        build(load_config("small.toml"), project / "releases")
    return str(project / "releases")


def call(command, *words):
    done = CliRunner().invoke(command, list(map(str, words)))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_compare_with_the_transcribed_totals(releases, tmp_path):
    book = tmp_path / "c.xlsx"
    done = call(compare, "--releases", releases, "--side", "EU", "--to", book)
    assert "EMEP-CEIP 2025-01-20 -> bc_inventory harmonised, 2018" in done.output
    assert "left out:" in done.output
    sheets = openpyxl.load_workbook(book, read_only=True).sheetnames
    assert {"cells", "parts", "left_out", "overall"} <= set(sheets)


def test_compare_names_the_years_there_are(releases):
    with pytest.raises(DataError, match=r"no figure of 2018 for CN elsewhere.*2015"):
        call(compare, "--releases", releases, "--side", "CN")


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
    assert "clean_heating" in call(measures).output
    done = call(measures, "field_burning_ban=0.5", "--draws", 0, "--releases", releases)
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
