"""Fields meet stations in place and in time, and what can't be met is counted."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import ConfigError, DataError
from bc_inventory.monitoring.statistics.collocate import (
    Matching,
    at_stations,
    collocate,
    over_spans,
)
from bc_inventory.readers.registry import read_any

LAT, LON = np.arange(-10.0, 11.0, 1.0), np.arange(0.0, 21.0, 1.0)


def field(function, lat=LAT, lon=LON, times=1, units="ug m-3"):
    y, x = np.meshgrid(lat, lon, indexing="ij")
    values = np.stack([function(y, x) + step for step in range(times)])
    return xr.DataArray(
        values,
        dims=("time", "lat", "lon"),
        coords={"lat": lat, "lon": lon},
        attrs={"units": units},
        name="bc",
    )


def places(*pairs):
    return pd.DataFrame(
        [(f"S{i}", y, x) for i, (y, x) in enumerate(pairs)],
        columns=["station", "latitude", "longitude"],
    )


def test_the_nearest_cell_is_the_one_the_station_is_in():
    plane = field(lambda y, x: 100 * y + x)
    assert at_stations(plane, places((2.4, 5.6)), "nearest")[0, 0] == 206
    # Latitude may fall: the same cell is found.
    assert at_stations(plane[:, ::-1], places((2.4, 5.6)), "nearest")[0, 0] == 206


@settings(max_examples=60)
@given(st.floats(-9.9, 9.9), st.floats(0.1, 19.9))
def test_bilinear_is_exact_on_a_plane(y, x):
    plane = field(lambda lat, lon: 3 * lat - 2 * lon + 1)
    found = at_stations(plane, places((y, x)), "bilinear")[0, 0]
    assert found == pytest.approx(3 * y - 2 * x + 1, abs=1e-9)


@settings(max_examples=30)
@given(st.floats(-10.4, 10.4), st.floats(-0.4, 20.4), st.sampled_from(["nearest", "bilinear"]))
def test_a_uniform_field_is_uniform_everywhere(y, x, way):
    found = at_stations(field(lambda lat, lon: 0 * lat + 7), places((y, x)), way)[0, 0]
    assert found == pytest.approx(7, rel=1e-14)  # the weights are two roundings away from one


def test_the_mean_of_cells_is_weighted_by_area():
    lat, lon = np.array([0.0, 60.0]), np.array([0.0, 1.0])
    held = field(lambda y, x: y, lat, lon)
    found = at_stations(held, places((30.0, 0.5)), "mean", half_width_deg=30.0)[0, 0]
    assert found == pytest.approx(60 * 0.5 / 1.5)
    with pytest.raises(ConfigError, match="half_width_deg"):
        at_stations(held, places((30.0, 0.5)), "mean")
    with pytest.raises(ConfigError, match="nearest"):
        at_stations(held, places((30.0, 0.5)), "closest")


def test_both_conventions_of_longitude_meet():
    west = field(lambda y, x: x, lon=np.arange(-180.0, 180.0, 1.0))
    east = field(lambda y, x: x, lon=np.arange(0.0, 360.0, 1.0))
    assert at_stations(west, places((0.0, 350.0)), "nearest")[0, 0] == -10
    assert at_stations(east, places((0.0, -10.0)), "nearest")[0, 0] == 350


def test_a_station_outside_is_missing_and_not_the_edge():
    held = field(lambda y, x: 0 * y + 1)
    found = at_stations(held, places((50.0, 5.0), (0.0, -3.0), (np.nan, 5.0)), "nearest")
    assert np.isnan(found).all()


def spans(first, count, hours):
    begin = np.datetime64(first, "s") + np.arange(count) * np.timedelta64(hours * 3600, "s")
    return begin, begin + np.timedelta64(hours * 3600, "s")


def test_a_filter_from_7_to_7_meets_what_the_model_had_then():
    model = np.arange(48.0)
    wanted = (
        np.array(["2020-01-01T07"], "datetime64[s]"),
        np.array(["2020-01-02T07"], "datetime64[s]"),
    )
    mean, covered = over_spans(model, spans("2020-01-01", 48, 1), wanted)
    assert mean.tolist() == [np.arange(7, 31).mean()]
    assert covered.tolist() == [1.0]


def test_partial_and_absent_overlap():
    model = np.array([1.0, np.nan, 3.0, 4.0])
    wanted = spans("2020-01-01T00:30", 4, 1)
    mean, covered = over_spans(model, spans("2020-01-01", 4, 1), wanted)
    np.testing.assert_allclose(mean, [1.0, 3.0, 3.5, 4.0])
    np.testing.assert_allclose(covered, [0.5, 0.5, 1.0, 0.5])
    mean, covered = over_spans(model, spans("2020-01-01", 4, 1), spans("2021-01-01", 1, 1))
    assert np.isnan(mean).all()
    assert covered.tolist() == [0.0]


def test_instants_hold_until_the_next():
    begin, _ = spans("2020-01-01", 3, 3)
    mean, covered = over_spans(np.array([1.0, 2.0, 3.0]), (begin, begin), spans("2020-01-01", 1, 9))
    assert mean.tolist() == [2.0]
    assert covered.tolist() == [1.0]


@settings(max_examples=40)
@given(st.lists(st.floats(0, 10), min_size=24, max_size=24), st.integers(1, 12))
def test_the_integral_is_kept_whatever_the_spans(values, hours):
    model = np.array(values)
    count = 24 // hours
    mean, covered = over_spans(model, spans("2020-01-01", 24, 1), spans("2020-01-01", count, hours))
    assert (mean * hours).sum() == pytest.approx(model[: count * hours].sum(), abs=1e-9)
    assert (covered == 1).all()


def observations(values, station="S0", bc_type="eBC"):
    begin, end = spans("2020-01-01", len(values), 24)
    held = pd.DataFrame(
        {
            "station": station,
            "bc_type": bc_type,
            "period": "day",
            "withheld": False,
            "start": pd.Series(begin).dt.tz_localize("UTC"),
            "end": pd.Series(end).dt.tz_localize("UTC"),
            "ec_ug_m3": np.nan,
            "ebc_ug_m3": np.nan,
            "absorption_mm": np.nan,
        }
    )
    held["ebc_ug_m3" if bc_type == "eBC" else "ec_ug_m3"] = values
    return held


HOW = {"period": "day", "how": Matching("nearest", 0.75, "keep", None)}


def test_pairs_scores_and_what_could_not_be_met():
    model = field(lambda y, x: 0 * y + 1, times=3)
    rows = pd.concat(
        [
            observations([1.0, 2.0, 3.0, 4.0]),
            observations([9.0], "S1"),
            observations([5.0], bc_type="EC"),
        ]
    )
    made = collocate(
        model,
        spans("2020-01-01", 3, 24),
        rows,
        places((0.0, 5.0), (60.0, 5.0)),
        bc_type="eBC",
        **HOW,
    )
    assert made.scores.pairs == 3
    assert made.scores.nmb == 0
    assert made.outside == ("S1",)
    assert made.thin == 1
    assert len(made.table) == 5


def test_a_field_of_another_unit_is_refused():
    for unit in ("kg m-3", ""):
        with pytest.raises(DataError, match="unit"):
            collocate(
                field(lambda y, x: y, units=unit),
                spans("2020-01-01", 1, 24),
                observations([1.0]),
                places((0.0, 5.0)),
                bc_type="eBC",
                **HOW,
            )


@pytest.mark.shared
def test_a_real_model_meets_real_hours(shared):
    made = read_any(
        shared / "data/obs-gridded-geoschem-bc/ts.20160102.000000.nc", molar_mass_g_mol=12.011
    ).data
    bounds = made["time_bnds"].to_numpy().astype("datetime64[s]")
    rows = observations([0.3, 0.4])
    shift = pd.Timestamp("2016-01-02", tz="UTC") - pd.Timestamp("2020-01-01", tz="UTC")
    rows[["start", "end"]] += shift
    pairs = collocate(
        made["bc_concentration"],
        (bounds[:, 0], bounds[:, 1]),
        rows,
        places((51.0, -1.3)),
        bc_type="eBC",
        period="day",
        how=Matching("nearest", 0.5, "keep", None),
    )
    assert pairs.scores.pairs == 1
    assert 0 < pairs.scores.mean_model < 1
