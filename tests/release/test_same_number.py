"""A region, a sector and a year have one number, wherever one asks for it."""

import base64
import csv
import json
import re

import pytest
import xarray as xr
from click.testing import CliRunner
from fastapi.testclient import TestClient

import bc_inventory as bci
from bc_inventory import units
from bc_inventory.cf.labels import with_labels
from bc_inventory.cli import cli
from bc_inventory.release.explain.explain import explain
from bc_inventory.release.service import make_app

REGION, SECTOR, YEAR = "CN-HE", "1A4bi", 2018
# Sums of the same rows in another order.
EXACT = 1e-12


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


@pytest.fixture(scope="module")
def number(release):
    """Return the number by the sum of its rows."""
    return release.emissions(REGION, SECTOR, YEAR)["emission_kt"].sum()


@pytest.fixture
def say(small_root):
    """Return a way to call the command."""

    def call(*words):
        done = CliRunner().invoke(cli, [*words, "--releases", str(small_root)])
        assert done.exit_code == 0, done.output
        return done.output

    return call


WORDS = ["--region", REGION, "--sector", SECTOR, "--year", str(YEAR)]


def test_it_was_worked_out_by_hand(number):
    assert number == pytest.approx(0.08, rel=EXACT)


def test_totals_and_their_interval(release, number):
    (row,) = release.totals(REGION, SECTOR, YEAR).to_dict("records")
    assert row["emission_kt"] == pytest.approx(number, rel=EXACT)
    assert row["lower_kt"] < number < row["upper_kt"]


def test_sql(release, number):
    found = release.sql(
        f"select sum(emission_kt) as kt from emissions where region = '{REGION}' "
        f"and nfr = '{SECTOR}' and year = {YEAR} and factor_set = 'harmonised' and not memo"
    )
    assert found["kt"].tolist() == pytest.approx([number], rel=EXACT)


def test_query_in_every_format(say, tmp_path, number):
    import pandas as pd

    (row,) = json.loads(say("query", *WORDS, "--format", "json"))
    assert row["emission_kt"] == pytest.approx(number, rel=EXACT)
    emissions = json.loads(say("query", "--table", "emissions", *WORDS, "--format", "json"))
    assert sum(row["emission_kt"] for row in emissions) == pytest.approx(number, rel=EXACT)
    say("query", *WORDS, "--format", "parquet", "--out", str(tmp_path / "t.parquet"))
    (stored,) = pd.read_parquet(tmp_path / "t.parquet")["emission_kt"]
    assert stored == row["emission_kt"]
    say("query", *WORDS, "--format", "csv", "--out", str(tmp_path / "t.csv"))
    (written,) = pd.read_csv(tmp_path / "t.csv", dtype=str)["emission_kt"]
    assert float(written) == row["emission_kt"]


def test_show(say, number):
    shown = say("show", *WORDS).splitlines()
    place = shown[-2].split().index("emission_kt") - len(shown[-2].split())
    assert float(shown[-1].split()[place]) == pytest.approx(number, abs=5e-4)


def test_the_service(small_root, number):
    client = TestClient(make_app(small_root, "small"))
    asked = {"region": REGION, "sector": SECTOR, "year": YEAR}
    rows = client.get("/releases/latest/emissions", params=asked).json()["rows"]
    assert sum(row["emission_kt"] for row in rows) == pytest.approx(number, rel=EXACT)
    (row,) = client.get("/releases/latest/totals", params=asked).json()["rows"]
    assert row["emission_kt"] == pytest.approx(number, rel=EXACT)


def test_the_cube(release, number):
    with xr.open_dataset(release.file("emissions.nc")) as stored:
        cube = with_labels(stored)
        cell = cube["emission"].sel(region=REGION, sector=SECTOR, time=str(YEAR)).squeeze()
        assert float(cell) == pytest.approx(number, rel=EXACT)


def test_the_grid(release):
    """The field holds the category's emissions of all regions, none lost."""
    whole = release.emissions(sector=SECTOR, year=YEAR)["emission_kt"].sum()
    with release.grid(YEAR) as grid:
        flux = grid["emission_flux"].sel(sector=SECTOR).isel(time=0).astype(float)
        per_second = float((flux * grid["cell_area"]).sum())
    spread = units.convert(per_second * 365 * 86400, "kg", "kt")
    assert spread == pytest.approx(whole, rel=1e-6)  # fluxes are of single precision


def test_explain(release, say, number):
    assert explain(release, REGION, SECTOR, YEAR).emission_kt == pytest.approx(number, rel=EXACT)
    told = json.loads(say("explain", *WORDS, "--json"))
    assert told["emission_kt"] == pytest.approx(number, rel=EXACT)
    assert sum(row["emission_kt"] for row in told["rows"]) == pytest.approx(number, rel=EXACT)


def test_the_report(release, number):
    """China has one province here, so its categories are that province's."""
    page = release.file("report.html").read_text(encoding="utf-8")
    found = []
    for coded in re.findall(r"data:text/csv;charset=utf-8;base64,([A-Za-z0-9+/=]+)", page):
        for row in csv.DictReader(base64.b64decode(coded).decode("utf-8-sig").splitlines()):
            if row.get("nfr") == SECTOR and row.get("side") == "CN" and "emission_kt [kt]" in row:
                found.append(float(row["emission_kt [kt]"]))
    assert found
    assert found == pytest.approx([number] * len(found), rel=EXACT)
