"""A domain that only an overlay has goes the whole way, and no line of code knows it."""

import json
import re

import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner

from bc_inventory.cli import cli
from bc_inventory.config import load_config
from bc_inventory.release.read.release import open_release
from bc_inventory.workflow.run import build
from tests.domains.atlantis import WOOD_TJ, write_atlantis

CONFIG = """
[inventory]
name = "three"
years = [2018]
regions = ["XA", "PL", "CN-HE"]
[uncertainty]
draws = 50
[grid]
resolution = 1.0
[hotspots]
resolution = 1.0
[facts]
folder = "overlay"
"""
STOVE_G_PER_GJ = 74.0  # EMEP/EEA 2019, 1.A.4, table 3-40: 10 % of 740 g/GJ PM2.5
OFFICIAL_G_PER_GJ = 50.0


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    write_atlantis(folder / "overlay")
    (folder / "three.toml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(load_config("three.toml"), "releases")
    return folder


@pytest.fixture
def release(project):
    return open_release(inventory="three", root=project / "releases")


@pytest.fixture
def run(project, monkeypatch):
    """Return what a command says of the release."""
    monkeypatch.chdir(project)

    def call(*words):
        done = CliRunner().invoke(cli, list(words))
        assert done.exit_code == 0, done.output
        return done.output

    return call


@pytest.mark.parametrize(
    ("factor_set", "factor"), [("harmonised", STOVE_G_PER_GJ), ("official", OFFICIAL_G_PER_GJ)]
)
def test_its_emissions_are_activity_times_factor(release, factor_set, factor):
    rows = release.emissions("Atlantis", factor_set=factor_set)
    made = rows.groupby("region")["emission_kt"].sum()
    assert made.to_dict() == pytest.approx(
        {region: wood * factor / 1e6 for region, wood in WOOD_TJ.items()}
    )
    assert set(rows["side"]) == {"XA"}


def test_its_total_stands_beside_those_of_the_parts_of_others(release):
    totals = release.totals()
    assert totals["side"].tolist() == ["CN", "EU", "XA"]
    assert {code: name.en for code, name in release.names.items()} == {
        "EU": "Poland",
        "CN": "Hebei",
        "XA": "Atlantis",
    }


def test_its_mass_lies_in_its_cells(release):
    with release.grid() as grid:
        mass = grid["emission_flux_total"].sel(lon=slice(-42, -35), lat=slice(30, 42))
        assert int((mass > 0).sum()) == 2 * 2
        assert sorted(grid.attrs["regions"].split()) == ["CN-HE", "PL", "XN", "XS"]
        assert float(grid["lon_bnds"].min()) == -42.0
    assert "Poland, Hebei and Atlantis" in grid.attrs["summary"]


def test_files_say_what_they_are_of(release):
    title = "Black carbon inventory of Poland, Hebei and Atlantis"
    for name, wanted in (
        ("emissions.nc", title),
        ("hotspots.nc", "Hotspots of black carbon emissions, Poland, Hebei and Atlantis, 2018"),
    ):
        with xr.open_dataset(release.file(name)) as file:
            assert file.attrs["title"] == wanted
    readme = (release.path / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {title}, version")
    assert "Black carbon emissions of Poland, Hebei and Atlantis (4 regions)" in readme
    assert {path.name for path in release.file("maps/XA.png").parent.glob("*.png")} == {
        "CN-HE.png",
        "PL.png",
        "XA.png",
    }


def test_it_has_hotspots(release, run):
    hotspots = release.hotspots()
    assert set(hotspots.loc[hotspots["side"] == "XA", "region"]) <= {"XN", "XS"}
    told = run("hotspots", "--inventory", "three", "--side", "sunken land")
    assert told.strip().startswith("Atlantis, 2018")


def test_the_report_names_it_in_both_languages(release):
    page = release.file("report.html").read_text(encoding="utf-8")
    assert f"Atlantis emitted {4000 * STOVE_G_PER_GJ / 1e6:.3f} kt of black carbon" in page
    assert "亚特兰蒂斯2018年排放黑碳" in page
    assert "波兰、河北和亚特兰蒂斯黑碳清单报告" in page
    assert "From Poland to Atlantis" in page
    assert "Triton survey" in page
    assert "#3f7f5f" in page
    said = re.findall(r"[^<>]* emitted [^<>]* kt of black carbon", page)
    assert [text.split(" emitted")[0] for text in said] == ["Poland", "Hebei", "Atlantis"]


def test_it_is_asked_for_by_any_of_its_names(run):
    ask = ("query", "--inventory", "three", "--format", "csv", "--region")
    tables = {name: run(*ask, name) for name in ("XA", "Atlantis", "沉没之地")}
    assert len(set(tables.values())) == 1
    assert "XA" in tables["XA"]


def test_it_is_compared_with_its_own_inventories(run):
    told = run("compare", "--inventory", "three", "--year", "2018", "--side", "XA")
    assert "Triton survey" in told
    assert "0.5" in told
    assert "EMEP" not in told
    assert told.strip().startswith("Atlantis 2018")


def test_a_member_is_compared_with_the_same_member_of_others(run):
    told = run("compare", "--inventory", "three", "--year", "2018", "--side", "EU")
    assert told.strip().startswith("Poland 2018, EMEP-CEIP")
    # Of what the other gives for all members nine tenths would be left out.
    left_out = re.search(r"left out: EMEP-CEIP 2025-01-20 ([\d.]+)%", told)
    assert float(left_out[1]) < 5.0


def test_it_is_decomposed_against_another(run):
    told = run("decompose", "side=XA", "side=EU", "--inventory", "three")
    assert "side=XA: 0.30 kt" in told


def test_the_report_command_writes_the_same_page(run, release, project):
    run("report", "--to", "again.html", "--inventory", "three")
    made = release.file("report.html").read_bytes()
    assert (project / "again.html").read_bytes() == made


def test_the_release_carries_the_domain(release):
    domains = pd.read_csv(release.file("facts/domains.csv"))
    assert domains["domain"].tolist() == ["EU", "CN", "XA"]
    manifest = json.loads((release.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["title"] == "Black carbon inventory of Poland, Hebei and Atlantis"
