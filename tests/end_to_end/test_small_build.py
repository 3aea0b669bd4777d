"""The whole way on the small facts: build, publish, read back."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pandas as pd
import pytest
import xarray as xr

from bc_inventory.cf.labels import with_labels
from bc_inventory.cli import main
from bc_inventory.config import load_config
from bc_inventory.errors import DataError
from bc_inventory.release.read.release import open_release
from bc_inventory.workflow.run import build
from tests.conftest import SMALL


@pytest.fixture
def project(small_overlay, monkeypatch):
    monkeypatch.chdir(small_overlay.parent)
    (small_overlay.parent / "small.toml").write_text(SMALL)
    return small_overlay.parent


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a way to call the command as the shell does, without a new process."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["bc-inventory", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(ended.value.code or 0, printed.out, printed.err)

    return call


def test_a_build_publishes_what_was_worked_out_by_hand(project, run):
    done = run("build", "--config", "small.toml", "--output", "out")
    assert done.returncode == 0, done.stderr
    assert "Total" in done.stdout
    (release,) = (path for path in (project / "out" / "small").iterdir() if path.is_dir())
    rows = pd.read_parquet(release / "emissions")
    chosen = rows[(rows["factor_set"] == "harmonised") & ~rows["memo"]]
    sums = chosen.groupby("side", observed=True)["emission_kt"].sum().to_dict()
    assert sums == pytest.approx({"EU": 0.044, "CN": 0.110})
    with xr.open_dataset(release / "emissions.nc") as stored:
        cube = with_labels(stored).isel(time=0)
        assert float(cube["emission"].sum()) == pytest.approx(0.154)
        assert cube["emission"].sel(region="DE", sector="1A4bi") == pytest.approx(0.044)
        assert cube["emission"].attrs["units"] == "Gg"


def test_the_same_inputs_make_the_same_bytes_and_version(project, releases):
    first = open_release(root=releases)
    second = build(load_config(project / "small.toml"), project / "b")
    assert first.version == second.version
    for path in sorted(first.path.rglob("*")):
        if path.is_file():
            other = second.path / path.relative_to(first.path)
            assert path.read_bytes() == other.read_bytes(), path


BAD = {
    "an unknown unit": ("activity/cn_2018", "1e4 t", "1e4 tonnnes", "unit"),
    "a unit of the wrong dimension": ("activity/cn_2018", "1e4 t", "hPa", "unit"),
    "knots": ("activity/cn_2018", "1e4 t", "knot", "unit"),
    "an ambiguous unit": ("activity/cn_2018", "1e4 t", "ton", "unit"),
    "a mass without a calorific value": ("calorific_values", "*,coal", "*,wood", "quantity"),
    "a negative activity": ("activity/eu_2018", ",1000,TJ", ",-1000,TJ", "quantity"),
    "shares above one": ("activity_mapping", "0.5,0.4,0.6", "1,1,1", None),
    "a split above one": ("technology_shares", "stove,2018,0.5,0.4", "stove,2018,0.6,0.4", "share"),
    "an unknown sector": ("activity_mapping", ",1A4bi,coal", ",1A4bx,coal", "nfr"),
    "an unknown fuel": ("activity_mapping", ",1A4bi,coal", ",1A4bi,cole", "fuel"),
    "an unknown region": ("activity/eu_2018", "2018,DE,", "2018,GE,", "region"),
    "a duplicate key": (
        "fuels.rows",
        "wood,wood,薪柴,biomass,s\n",
        "wood,wood,薪柴,biomass,s\n" * 2,
        "fuel",
    ),
    "an interval without its value": ("emission_factors", "80,20,320", "80,90,320", "value"),
    "a fraction above one": ("abatement", "0.5,0.4,0.6", "1.5,0.4,1.6", "efficiency"),
    "NaN": ("activity/eu_2018", ",1000,TJ", ",NaN,TJ", "quantity"),
    "a colon": ("activity/eu_2018", ",1000,TJ", ",:,TJ", "quantity"),
    "a dash": ("activity/eu_2018", ",1000,TJ", ",-,TJ", "quantity"),
    "an ellipsis": ("activity/eu_2018", ",1000,TJ", ",…,TJ", "quantity"),
    "a missing column": ("abatement", "efficiency_upper", "efficiency_hi", "efficiency_upper"),
}
# A figure mapped once at 0.5 and once at 1 is more than the figure.
EXTRA = "m-more,CN,households,coal,1A4bi,coal,2018,0.5,0.4,0.6,2,true,assumed,s,\n"


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_nothing_is_published(project, run, with_results, name):
    with_results(project / "out")
    table, old, new, column = BAD[name]
    path = project / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) + (EXTRA if name == "shares above one" else ""), "utf-8")
    done = run("build", "--config", "small.toml", "--output", "out")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "expected" in done.stderr
    if column:
        assert f"column {column}" in done.stderr
    if column not in {None, "quantity"} or "calorific" not in name:
        assert ".csv" in done.stderr
    assert not list((project / "out").glob("small/*"))


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), ("城市".encode("gbk"), "UTF-8"), (b"a,b\n1\n", "cells")]
)
def test_files_that_are_not_tables(project, run, with_results, content, words):
    with_results(project / "out")
    (project / "data" / "abatement.csv").write_bytes(content)
    done = run("build", "--config", "small.toml", "--output", "out")
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.slow
def test_one_factor_changed_gives_the_bytes_of_a_cold_build(project, with_results):
    config = load_config(project / "small.toml")
    build(config, with_results(project / "kept"))
    path = project / "data" / "emission_factors.csv"
    path.write_text(path.read_text("utf-8").replace("BC,2,1,4,", "BC,3,1,4,"), "utf-8")
    found = set()
    again = build(
        config, project / "kept", progress=lambda step: found.add((step.name, step.reused))
    )
    assert {name for name, reused in found if reused} == {
        "published",
        "claims",
        "activity",
        "shares",
        "observations",
    }
    cold = build(config, project / "cold")
    assert again.version == cold.version
    names = {path.relative_to(cold.path) for path in cold.path.rglob("*") if path.is_file()}
    for name in names:
        assert (again.path / name).read_bytes() == (cold.path / name).read_bytes(), name


def test_a_truncated_intermediate_is_made_again(project, with_results):
    config = load_config(project / "small.toml")
    first = build(config, with_results(project / "a"))
    for path in (project / "a" / ".cache").rglob("activity.parquet"):
        path.write_bytes(path.read_bytes()[:-20])
    again = build(config, project / "a")
    assert again.version == first.version


def test_hotspots_keep_the_ids_of_the_release_that_is_named(project, with_results):
    first = build(load_config("small.toml"), with_results(project / "out"))
    named = first.path.relative_to(project).as_posix()
    text = SMALL.replace("[hotspots]\n", f'[hotspots]\nprevious = "{named}"\n')
    (project / "next.toml").write_text(text)
    second = build(load_config("next.toml"), project / "out")
    before, after = (
        pd.read_parquet(release.path / "hotspots.parquet", columns=["hotspot_id", "previous_id"])
        for release in (first, second)
    )
    assert before["previous_id"].isna().all()
    assert after["previous_id"].tolist() == after["hotspot_id"].tolist()
    assert set(after["hotspot_id"]) == set(before["hotspot_id"])
    (project / "next.toml").write_text(text.replace(named, "out/small/none"))
    with pytest.raises(DataError, match=r"out/small/none.*found no hotspots\.parquet"):
        build(load_config("next.toml"), project / "out")


def test_help_answers_without_the_heavy_libraries():
    code = "import sys; sys.argv=['bc-inventory','--help']\n" + (
        "from bc_inventory.cli import cli\n"
        "try: cli()\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'xarray', 'prefect', 'pint', 'dask', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.splitlines()[-1] == "[]"
