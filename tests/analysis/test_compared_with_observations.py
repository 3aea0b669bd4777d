"""Measurements beside the inventory: relative, side by side, and with what lies between."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.analysis.observations.compared import (
    compare_shares,
    compare_trends,
    region_of,
    stations_in_hotspots,
)
from bc_inventory.analysis.observations.step import comparison_table
from bc_inventory.errors import DataError
from bc_inventory.monitoring.instruments.apportion import Split
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.series import Description, Series, make_values


@pytest.fixture(scope="module")
def means():
    return schema.read_csv(data_root() / "observations" / "means.csv", "observations")


def beijing(means):
    own = means[(means["station"] == "CHTS") & (means["instrument"] == "HIPS")]
    return own["series_id"].iloc[0]


def totals(region="CN-BJ", slope=-0.1):
    years = np.arange(2013, 2021)
    return pd.DataFrame(
        {
            "year": years,
            "level": "region",
            "region": region,
            "factor_set": "harmonised",
            "emission_kt": 10 * (1 + slope * (years - 2013)),
        }
    )


def test_trends_stand_side_by_side_over_common_years(means):
    made = compare_trends(means, beijing(means), totals(), "CN-BJ", "harmonised")
    assert made.years == (2013, 2014, 2015, 2016, 2017, 2019, 2020)  # no filter ran in 2018
    assert made.concentration.slope < 0
    assert made.emission.slope == pytest.approx(-1.0, rel=1e-3)
    assert made.concentration.breaks  # the method of the filters changed
    assert "weather" in made.between


def test_too_few_common_years_are_told(means):
    with pytest.raises(DataError, match="at least three"):
        compare_trends(means, beijing(means), totals("CN-SH"), "CN-BJ", "harmonised")


def test_the_region_around_a_station():
    assert region_of(40.004, 116.326) == "CN-BJ"
    assert region_of(46.97, 19.58) == "HU"
    assert region_of(0.0, -150.0) is None


def split(share):
    about = Description("X", "eBC", "ug/m3", "x", "0" * 64, "t")
    one = Series(about, make_values(["2020-01-01"], ["2020-01-02"], [1.0], [True]))
    return Split(one, one, np.array([share]), (0.9, 1.68), share, {"a": 0.16, "b": 0.34})


def test_shares_of_a_region_by_hand():
    rows = pd.DataFrame(
        [
            ("DE", 2018, "1A4bi", "fuelwood", 3.0, False),
            ("DE", 2018, "1A3bi", "diesel", 5.0, False),
            ("DE", 2018, "1A1a", "lignite", 2.0, False),
            ("DE", 2018, "1A3di(i)", "heavy_fuel_oil", 90.0, True),
            ("FR", 2018, "1A3bi", "diesel", 7.0, False),
        ],
        columns=["region", "year", "nfr", "fuel", "emission_kt", "memo"],
    ).assign(factor_set="harmonised", species="BC")
    made = compare_shares(split(0.25), rows, "DE", 2018, "harmonised")
    assert made.biomass_emission == pytest.approx(0.3)
    assert made.traffic_emission == pytest.approx(0.5)
    assert (made.biomass_absorption, made.band) == (0.25, (0.16, 0.34))
    with pytest.raises(DataError, match="no emission"):
        compare_shares(split(0.25), rows, "IT", 2018, "harmonised")


def test_a_station_stands_in_the_hotspot_that_holds_it():
    import shapely

    hotspots = pd.DataFrame(
        {
            "hotspot_id": ["a", "b"],
            "kind": "cluster",
            "sector_group": "all",
            "rank": [1, 2],
            "emission_kt": [3.0, 1.0],
            "geometry": [shapely.box(116, 39.5, 117, 40.5), shapely.box(0, 0, 1, 1)],
        }
    )
    stations = pd.DataFrame(
        {
            "station": ["CHTS", "AT0002R", "lost"],
            "latitude": [40.004, 47.77, np.nan],
            "longitude": [116.326, 16.77, np.nan],
        }
    )
    found = stations_in_hotspots(stations, hotspots)
    assert found[["station", "hotspot_id"]].to_numpy().tolist() == [["CHTS", "a"]]
    assert stations_in_hotspots(stations.iloc[2:], hotspots).empty


def test_the_table_of_all_series_by_hand(means):
    import shapely

    rows = pd.DataFrame(
        [
            ("CN-BJ", 2018, "1A4bi", "fuelwood", 1.0),
            ("CN-BJ", 2018, "1A3bi", "diesel", 3.0),
        ],
        columns=["region", "year", "nfr", "fuel", "emission_kt"],
    ).assign(factor_set="harmonised", memo=False, species="BC")
    hotspots = pd.DataFrame(
        {
            "hotspot_id": ["a"], "kind": "cell", "sector_group": "all", "rank": [1],
            "emission_kt": [3.0], "geometry": [shapely.box(116, 39.5, 117, 40.5)],
        }
    )  # fmt: skip
    stations = pd.DataFrame({"station": ["CHTS"], "latitude": [40.004], "longitude": [116.326]})
    own = means[means["station"] == "CHTS"]
    # The split of a campaign: a quarter of the year's eBC is from biomass.
    whole = own[(own["series_id"] == beijing(means)) & (own["period"] == "year")].iloc[-1:]
    parts = [
        whole.assign(part=part, series_id=f"x.{part}", ebc_ug_m3=value)
        for part, value in (("bb", 0.5), ("ff", 1.5))
    ]
    made = comparison_table(
        pd.concat([own, *parts]), stations, totals(), rows, hotspots,
        year=2018, factor_set="harmonised",
    )  # fmt: skip
    schema.check(made, "compared_with_observations")
    assert set(made["series_id"]) == set(own["series_id"])
    assert (made["hotspots"] == "a").all() and (made["region"] == "CN-BJ").all()
    assert made["biomass_measured"].to_numpy() == pytest.approx(0.25)
    assert made["biomass_emitted"].to_numpy() == pytest.approx(0.25)
    assert made["traffic_emitted"].to_numpy() == pytest.approx(0.75)
    trended = made[made["series_id"] == beijing(means)].iloc[0]
    assert trended["measured_lower"] < trended["measured_trend"] < 0
    # Autocorrelation leaves it open whether anything fell.
    assert trended["measured_upper"] == pytest.approx(0.00083, abs=1e-5)
    # -1 kt a year over a median of 6 kt in the seven years that both have.
    assert trended["emission_trend"] == pytest.approx(-1 / 7, rel=0.2)
    assert trended["years"].startswith("2013;2014") and trended["breaks"]
