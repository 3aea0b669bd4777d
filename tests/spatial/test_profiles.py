import calendar

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.calendar import month_bounds, seconds
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.heating import degree_day_shares, heating_days, region_temperatures
from bc_inventory.spatial.profiles import hour_parts, month_parts, read_profiles

SECTORS = ["1A1a", "1A2f", "1A3biii", "1A4bi", "3F", "5C2"]
REGIONS = ["CN-HE", "DE", "FI", "MT"]
SIDES = ["CN", "EU", "EU", "EU"]


@pytest.fixture(scope="module")
def profiles():
    return read_profiles()


def test_months_sum_to_the_year(profiles):
    parts = month_parts(profiles, SECTORS, REGIONS, SIDES)
    np.testing.assert_allclose(parts.sum(axis=2), 1.0, rtol=0, atol=5e-16)


@pytest.mark.parametrize(("year", "february"), [(2018, 28), (2020, 29), (1900, 28), (2000, 29)])
def test_a_month_has_its_own_length(year, february):
    lengths = seconds(month_bounds(year)) / 86400
    assert lengths.tolist() == [calendar.monthrange(year, month)[1] for month in range(1, 13)]
    assert lengths[1] == february


def test_homes_are_heated_in_winter_and_fields_burn_after_harvest(profiles):
    def months(region, side, nfr):
        return month_parts(profiles, [nfr], [region], [side])[0, 0] * 12

    # EDGAR r1, small combustion: China 1.91 in January and 0.60 in July, Poland 2.14 and 0.19.
    china, poland = months("CN-HE", "CN", "1A4bi"), months("PL", "EU", "1A4bi")
    assert china[[0, 6]] == pytest.approx([1.91, 0.60], abs=0.005)
    assert poland[[0, 6]] == pytest.approx([2.14, 0.19], abs=0.005)
    burning = months("CN-HA", "CN", "3F")
    assert burning.argmax() == 9
    assert burning[0] < 0.5
    assert np.ptp(months("PL", "EU", "5C2")) == 0


def test_every_estimated_category_has_a_row_and_every_row_a_known_source(profiles):
    root = data_root()
    sectors = schema.read_csv(root / "sectors.csv", "sectors")
    wanted = set(sectors.loc[sectors["estimated"] & ~sectors["memo"], "nfr"])
    months = profiles.table[profiles.table["cycle"] == "month"]
    assert wanted <= set(months["nfr"])
    known = {
        "sources.source_id": set(schema.read_csv(root / "sources.csv", "sources")["source_id"])
    }
    for file, contract in (
        ("temporal_map.csv", "temporal_map"),
        ("degree_days.csv", "degree_days"),
        ("time_zones.csv", "time_zones"),
    ):
        schema.read_csv(root / "spatial" / file, contract, known=known)
    schema.read_parquet(
        root / "spatial" / "temporal_profiles.parquet", "temporal_profiles", known=known
    )


@pytest.mark.parametrize("month", [2, 3, 10, 12])
def test_hours_sum_to_the_month(profiles, month):
    hours = hour_parts(profiles, SECTORS, REGIONS, SIDES, year=2020, month=month)
    months = month_parts(profiles, SECTORS, REGIONS, SIDES)
    assert hours.shape[2] == calendar.monthrange(2020, month)[1] * 24
    np.testing.assert_allclose(hours.sum(axis=2), months[:, :, month - 1], rtol=1e-13)


def test_hours_follow_the_clock_on_the_wall(profiles):
    # T/CSES 144-2024: traffic is least at one o'clock; 17 h UTC is one o'clock in China.
    hours = hour_parts(profiles, ["1A3bi"], ["CN-HE", "DE"], ["CN", "EU"], year=2018, month=7)
    # 2018-07-02 was a Monday. Germany is two hours ahead in summer, one in winter.
    monday = hours[0, :, 24:48]
    assert monday[0].argmin() == 17
    assert hours[0, 1, 24 - 1 : 48 - 1].argmin() == 0
    winter = hour_parts(profiles, ["1A3bi"], ["DE"], ["EU"], year=2018, month=1)[0, 0]
    assert winter[24 : 24 + 24].argmin() == 0
    assert hours[0, 0, 24:48].sum() > hours[0, 0, 0:24].sum()


def test_degree_days_by_hand():
    parameters = {"threshold": 12.0, "reference": 20.0, "constant_share": 0.25}
    # 20, 10 and 0 degree days; the fourth day is at the threshold, so it isn't cold.
    found = degree_day_shares(np.array([0.0, 10.0, 15.0, 12.0]), parameters)
    degree = np.array([20.0, 10.0, 0.0, 0.0])
    np.testing.assert_allclose(found, 0.75 * degree / 30 + 0.25 / 4, rtol=1e-15)


def test_a_place_without_a_cold_day_spreads_hot_water_evenly():
    parameters = {"threshold": 12.0, "reference": 20.0, "constant_share": 0.25}
    np.testing.assert_allclose(degree_day_shares(np.full(365, 25.0), parameters), 1 / 365)


def temperature(year=2020, unit="K", window="all", step=2.5):
    grid = make_grid(step, (-35, 10, 140, 75))
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    season = -np.cos(2 * np.pi * (np.arange(len(days)) - 15) / len(days))
    celsius = 12 * season[:, None, None] + 25 - 0.5 * np.abs(grid.lat)[None, :, None]
    values = celsius + np.zeros((1, 1, grid.nx)) + (273.15 if unit == "K" else 0)
    return xr.DataArray(
        values,
        dims=("time", "lat", "lon"),
        coords={"time": days, "lat": grid.lat, "lon": grid.lon},
        attrs={"units": unit},
    )


def test_temperatures_move_heating_and_keep_the_year(profiles, tables):
    heating = heating_days(temperature(), tables.cells, REGIONS, 2020, profiles.degree_days)
    np.testing.assert_allclose(heating.sum(axis=1), 1.0, rtol=1e-12)
    plain = month_parts(profiles, SECTORS, REGIONS, SIDES)
    parts = month_parts(profiles, SECTORS, REGIONS, SIDES, heating, 2020)
    np.testing.assert_allclose(parts.sum(axis=2), 1.0, rtol=1e-12)
    homes, trucks = SECTORS.index("1A4bi"), SECTORS.index("1A3biii")
    assert (parts[homes, :, 0] > parts[homes, :, 6]).all()
    np.testing.assert_array_equal(parts[trucks], plain[trucks])
    hours = hour_parts(profiles, SECTORS, REGIONS, SIDES, year=2020, month=1, heating=heating)
    np.testing.assert_allclose(hours.sum(axis=2), parts[:, :, 0], rtol=1e-12)


def test_a_region_has_the_temperature_of_its_people(tables):
    field = temperature(unit="degC")
    kelvin = region_temperatures(temperature(unit="K"), tables.cells, ["DE"], 2020)
    celsius = region_temperatures(field, tables.cells, ["DE"], 2020)
    np.testing.assert_allclose(kelvin, celsius, atol=1e-9)
    coldest = field.sel(lat=slice(46, 56)).isel(time=15)
    assert float(coldest.min()) < celsius[0, 15] < float(coldest.max())
    turned = field.assign_coords(lon=field["lon"] % 360).sortby("lon")
    if len(np.unique(np.diff(turned["lon"]))) == 1:
        np.testing.assert_allclose(
            region_temperatures(turned, tables.cells, ["DE"], 2020), celsius, atol=1e-9
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda field: field.assign_attrs(units="F"), "a temperature in 'F'"),
        (lambda field: field.isel(time=slice(None, -1)), "365 values.*2020-12-31.*366 days"),
        (lambda field: field.isel(time=[0, 0, *range(1, 366)]), "each once"),
        (lambda field: field.assign_attrs(units="degC"), "Is the unit right"),
        (lambda field: field.isel(lon=slice(0, 20)), "no temperature for the people of CN-HE"),
        (lambda field: field.isel(time=0, drop=True), "daily values along 'time'"),
    ],
)
def test_temperatures_that_cannot_be_used_are_refused(tables, change, words):
    with pytest.raises(DataError, match=words):
        region_temperatures(change(temperature()), tables.cells, ["CN-HE", "DE"], 2020)


def test_a_profile_without_a_step_is_refused(tmp_path):
    for file in (data_root() / "spatial").iterdir():
        (tmp_path / file.name).symlink_to(file)
    path = tmp_path / "temporal_profiles.parquet"
    frame = schema.read_parquet(path, "temporal_profiles")
    path.unlink()
    broken = frame[~((frame["profile"] == "rail") & (frame["step"] == 7))]
    schema.write_parquet(broken, "temporal_profiles", path)
    with pytest.raises(DataError, match="the month profile 'rail' of AT"):
        read_profiles(tmp_path)
