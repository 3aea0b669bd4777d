"""A build of one member or of one province calls itself by its name everywhere."""

import re

import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner

import bc_inventory as bci
from bc_inventory.cli import cli
from bc_inventory.commands.diff import text
from bc_inventory.config import load_config
from bc_inventory.release.explain.diff import HEADS, Difference
from bc_inventory.release.read.release import open_release
from bc_inventory.workflow.run import build

CONFIG = """
[inventory]
name = "one"
years = [2018]
regions = ["{region}"]
[uncertainty]
draws = 20
[grid]
resolution = 1.0
[hotspots]
resolution = 1.0
"""
ONE = {"PL": ("Poland", "波兰"), "CN-HE": ("Hebei", "河北")}


@pytest.fixture(scope="module", params=ONE)
def made(request, tmp_path_factory):
    """Return the region, a release of it, and what the build said."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "one.toml").write_text(CONFIG.format(region=request.param))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(load_config("one.toml"), "releases")
        told = CliRunner().invoke(cli, ["build", "--config", "one.toml"])  # finds the results
    return request.param, open_release(inventory="one", root=folder / "releases"), told.output


def test_the_command_says_it(made):
    region, _, told = made
    english, _ = ONE[region]
    assert f"Black carbon inventory of {english}" in told
    head = next(line for line in told.splitlines() if line.strip() == english)
    assert head
    assert "EU-27" not in told
    assert "China" not in told


def test_the_report_says_it_in_both_languages(made):
    region, release, _ = made
    english, chinese = ONE[region]
    page = release.file("report.html").read_text(encoding="utf-8")
    assert f"<title>Black carbon inventory of {english}</title>" in page
    assert f"{chinese}黑碳清单报告" in page
    assert re.findall(r"([^<>]*) emitted [^<>]* kt of black carbon", page) == [english]
    assert f"{chinese}2018年排放黑碳" in page
    assert f"Time series, {english}" in page
    assert f"Map of {english}" in page
    assert "Time series, EU-27" not in page
    assert "mainland China emitted" not in page


def test_files_say_it(made):
    region, release, _ = made
    english, _ = ONE[region]
    readme = (release.path / "README.md").read_text(encoding="utf-8")
    assert f"Black carbon emissions of {english} by NFR category" in readme
    assert [path.name for path in (release.path / "maps").iterdir()] == [f"{region}.png"]
    for name in ("emissions.nc", "hotspots.nc", "grid_2018.nc"):
        with xr.open_dataset(release.file(name)) as file:
            said = file.attrs["title"] + file.attrs["summary"]
            assert english in said
            assert "China" not in said.replace(english, "")
            assert "EU" not in said


def test_its_total_is_no_total_of_its_domain_for_others(made):
    """No inventory of the whole domain stands in the series of one member."""
    region, release, _ = made
    page = release.file("report.html").read_text(encoding="utf-8")
    series = page.split(f"Time series, {ONE[region][0]}")[1].split("</figure>")[0]
    assert "MEIC" not in series
    assert "REAS" not in series


def test_comparisons_and_differences_name_the_member(made):
    """Inventories without a figure of the member are named, not dropped, by both surfaces."""
    region, release, _ = made
    side = "EU" if region == "PL" else "CN"
    tables = bci.compare(release, side=side, year=2018)
    assert set(tables["cells"]["region"]) == {region}
    place = ["--inventory", "one", "--releases", str(release.path.parent.parent)]
    shown = CliRunner().invoke(cli, ["compare", "--side", side, *place])
    assert "compared as wholes" not in shown.stdout
    assert f"compared in {region} alone" in shown.stdout
    for note in tables["notes"]["note"]:
        assert note in shown.stderr
    same = CliRunner().invoke(cli, ["diff", release.version, release.version, *place])
    assert "nothing changed" in same.stdout
    official = release.table("totals")
    changed = text(
        Difference(
            {"inventory": "one", "version": "a"},
            {"inventory": "one", "version": "b"},
            official.assign(base_kt=1.0, other_kt=2.0, change_kt=1.0, **dict.fromkeys(HEADS, 0.0)),
            *(pd.DataFrame() for _ in range(3)),
        ),
        1,
        release.names,
    )
    assert f"2018 {ONE[region][0]} * harmonised" in changed
