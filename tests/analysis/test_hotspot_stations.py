"""Stations beside hotspots: nearest first, each type of measurement apart."""

import json

import pandas as pd
import pytest

from bc_inventory.analysis.hotspots.context import great_circle_km
from bc_inventory.analysis.hotspots.stations import measured, nearest_stations


def _mean(station, bc_type, period, year, value, withheld=False):
    column = {"EC": "ec_ug_m3", "eBC": "ebc_ug_m3"}[bc_type]
    row = {"ec_ug_m3": None, "ebc_ug_m3": None, "rbc_ug_m3": None, "absorption_mm": None}
    return row | {
        "station": station,
        "bc_type": bc_type,
        "series_id": f"{station}.{bc_type}",
        "period": period,
        "start": pd.Timestamp(f"{year}-01-01", tz="UTC"),
        "end": pd.Timestamp(f"{year + 1}-01-01", tz="UTC"),
        column: value,
        "half_width": 0.2,
        "coverage": 0.9,
        "withheld": withheld,
    }


@pytest.fixture
def means():
    """Return means of two stations, one with two types."""
    rows = [
        _mean("A", "EC", "year", 2012, 5.0),
        _mean("A", "EC", "year", 2017, 2.0),
        _mean("A", "EC", "year", 2018, 9.0, withheld=True),
        _mean("A", "EC", "day", 2018, 7.0),
        _mean("A", "eBC", "campaign", 2018, 3.0),
        _mean("B", "EC", "sample", 2018, 1.0),
    ]
    numbers = ["ec_ug_m3", "ebc_ug_m3", "rbc_ug_m3", "absorption_mm"]
    frame = pd.DataFrame(rows)
    return measured(frame.astype(dict.fromkeys(numbers, float)), 2018)


def test_the_longest_mean_nearest_in_time_speaks(means):
    values = means.set_index(["station", "bc_type"])["value"].to_dict()
    assert values == {("A", "EC"): 2.0, ("A", "eBC"): 3.0, ("B", "EC"): 1.0}
    assert set(means["unit"]) == {"ug/m3"}


def test_stations_come_nearest_first_and_not_from_afar(means):
    stations = pd.DataFrame(
        {
            "station": ["A", "B", "C", "D"],
            "name": ["a", "b", "c", "d"],
            "setting": ["urban", None, None, None],
            "latitude": [51.0, 50.5, 30.0, None],
            "longitude": [10.0, 10.0, 10.0, None],
        }
    )
    (found, nothing) = nearest_stations([50.0, -40.0], [10.0, 0.0], stations, means)
    assert nothing is None
    rows = json.loads(found)
    assert [row["station"] for row in rows] == ["B", "A"]
    # Half a degree of the meridian.
    assert rows[0]["km"] == pytest.approx(55.6)
    assert [one["bc_type"] for one in rows[1]["measured"]] == ["EC", "eBC"]
    assert rows[1]["measured"][0]["start"] == "2017-01-01"


def test_great_circle_of_a_quarter_of_the_globe():
    assert great_circle_km(0.0, 0.0, 0.0, 90.0) == pytest.approx(10007.557, abs=1e-3)
