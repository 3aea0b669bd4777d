"""`bc-inventory collocate` with a real model day and the embedded record."""

import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory import schema
from bc_inventory.cli import cli
from bc_inventory.monitoring.record.outputs import write_observations
from bc_inventory.monitoring.record.step import observations_step
from bc_inventory.reference.paths import data_root

FIELD = "data/obs-gridded-geoschem-bc/ts.20160102.000000.nc"
HOW = ["--bc-type", "eBC", "--period", "year", "--way", "nearest", "--not-positive", "exclude"]


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("record")
    observations_step(
        {name: data_root() / "observations" / f"{file}.csv"
         for name, file in (("observations", "means"), ("places", "places"))},
        {"observations": folder / "observations", "netcdf": folder / "observations.nc",
         "stations": folder / "stations.parquet", "summary": folder / "summary.parquet"},
    )  # fmt: skip
    # The model day is of 2016, over the south of England; Harwell measured in 2010.
    rows = schema.read_parquet(folder / "observations", "observations")
    moved = rows["station"].astype(str) == "GB0036R"
    for name in ("start", "end"):
        shifted = rows.loc[moved, name] + pd.DateOffset(years=6)
        rows.loc[moved, name] = shifted.astype(rows[name].dtype)
    write_observations(rows, folder / "observations")
    return folder


def call(*words):
    return CliRunner().invoke(cli, ["collocate", *map(str, words)])


@pytest.mark.shared
def test_pairs_scores_and_what_was_not_met(shared, record, tmp_path):
    pairs = tmp_path / "pairs.csv"
    done = call(
        shared / FIELD, *HOW, "--min-overlap", "0.002", "--record", record, "--to", pairs,
        "--option", "molar_mass_g_mol=12.011",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    table = pd.read_csv(pairs)
    met = table[table["model"].notna()]
    # One day of the model is more than two thousandths of 2016 and none of any other year.
    assert set(met["start"].str[:4]) == {"2016"}
    told = dict(line.split(maxsplit=1) for line in done.output.splitlines())
    assert int(told["pairs"]) == len(met) > 0
    assert float(told["mean_model"]) == pytest.approx(met["model"].mean(), rel=1e-5)
    assert float(told["nmb"]) == pytest.approx(
        (met["model"] - met["observed"]).sum() / met["observed"].sum(), rel=1e-5
    )
    assert told["outside"].startswith("2 ")  # Beijing and Auchencorth


@pytest.mark.shared
def test_nothing_is_guessed(shared, record):
    done = call(shared / FIELD, *HOW, "--min-overlap", "0", "--record", record)
    assert done.exit_code != 0
    assert "molar_mass_g_mol" in str(done.exception) + done.output
    done = call(shared / FIELD, "--bc-type", "eBC", "--record", record)
    assert done.exit_code == 2
    assert "--period" in done.output
    done = call(
        shared / FIELD, *HOW, "--min-overlap", "0", "--record", record,
        "--option", "molar_mass_g_mol=12.011", "--variable", "bc_concentratio",
    )  # fmt: skip
    assert done.exit_code != 0
    assert "bc_concentration" in str(done.exception) + done.output
