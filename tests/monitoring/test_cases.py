"""Inputs that once gave wrong means, each with the right value of its README."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.commands.monitor import monitor
from bc_inventory.monitoring.instruments.ae33 import ebc_series
from bc_inventory.monitoring.record.state import read_state
from bc_inventory.readers.registry import read_any
from bc_inventory.reference.ae33_status import is_measuring


@pytest.fixture
def cases(shared):
    return shared / "cases" / "monitoring"


def monitored(folder, tmp_path):
    files = tmp_path / "in"
    files.mkdir()
    for path in [*folder.glob("*.nas"), *folder.glob("in/*")]:
        (files / path.name).write_bytes(path.read_bytes())
    store = tmp_path / "store"
    words = [str(files), "--settings", str(folder / "s.toml"), "--store", str(store)]
    done = CliRunner().invoke(monitor, words)
    assert done.exit_code == 0, done.output
    rows = pd.concat(
        [
            pd.read_parquet(path)
            for path in sorted((store / "generations").rglob("observations/**/*.parquet"))
        ]
    )
    return rows, read_state(store)


@pytest.mark.shared
def test_a_tape_that_runs_low_leaves_the_values_right(cases):
    log = read_any(cases / "ae33_status_warning" / "AE33_a_status128.dat").data
    assert set(log.frame["status"]) == {0, 128}
    (series,) = ebc_series(log, station="X", utc_offset_h=0, tape="M8060", channels=(6,))
    assert series.frame["valid"].sum() == 1440
    assert 1e3 * series.good.mean() == pytest.approx(7.459, abs=5e-4)
    assert (series.frame["flags"] == "status 128").sum() == 720


@given(st.integers(0, 65_535))
def test_of_all_bits_only_the_two_warnings_of_the_tape_leave_values_right(status):
    assert bool(is_measuring(np.array([status]))[0]) == (status in {0, 128, 256})


@pytest.mark.shared
def test_filter_spots_and_compensated_values_are_series_of_their_own(cases, tmp_path):
    folder = cases / "ebas_lev0_spots_merged"
    (path,) = folder.glob("*.nas")
    means = {
        series.about.part: series.mean()
        for series in read_any(path).data.series
        if series.about.bc_type == "eBC" and series.about.wavelength_nm == 880
    }
    right = {"filter_spot_1": 1.2181, "filter_spot_2": 1.5033, None: 1.3022}
    assert {part: round(mean, 4) for part, mean in means.items()} == right
    rows, _ = monitored(folder, tmp_path)
    hours = rows[(rows["period"].astype(str) == "hour") & (rows["wavelength_nm"] == 880)]
    assert hours["series_id"].nunique() >= 3
    assert (hours["n_total"] <= 60).all()


@pytest.mark.shared
def test_the_newest_revision_of_a_data_set_supersedes(cases, tmp_path):
    rows, state = monitored(cases / "ebas_revision_old_wins", tmp_path)
    years = rows[rows["period"].astype(str) == "year"]
    means = dict(zip(years["start"].dt.year, years["ec_ug_m3"].round(4), strict=True))
    # 0.5850 and 0.7832 are the figures of the older revision, all 1.25 times smaller.
    assert means == {2017: 0.7313, 2018: 0.9789}
    status = {entry.name: (entry.status, entry.reason) for entry in state.entries}
    old, new = sorted(status)
    assert status[new][0] == "included"
    assert status[old][0] == "superseded"
    assert new in status[old][1]


@pytest.mark.shared
def test_harmonisation_is_taken_off_once(cases, tmp_path):
    rows, _ = monitored(cases / "mac_of_other_harmonisation", tmp_path)
    site = rows[rows["mac_from"].astype(str).str.startswith("melpitz-880")]
    year = site[site["period"].astype(str) == "year"]
    # 32.956 1/Mm over 13.5459 m2/g; with H taken off twice it was 1.3824.
    assert year["ebc_ug_m3"].item() == pytest.approx(2.4330, abs=5e-4)
