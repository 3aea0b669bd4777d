"""Fields from outside that were read wrongly or ended in a traceback once, and their neighbours."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner

from bc_inventory.commands.ingest import ingest
from bc_inventory.errors import DataError
from bc_inventory.monitoring.statistics.collocate import at_stations
from bc_inventory.readers.registry import read_any
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.heating import open_temperature, region_temperatures
from bc_inventory.spatial.raster import read_raster
from bc_inventory.spatial.regrid import regrid
from bc_inventory.spatial.regrid_file import regrid_file

GLOBE = make_grid(1.0, "global")


@pytest.fixture
def cases(shared):
    return shared / "cases" / "public"


@pytest.mark.shared
def test_a_fill_value_of_another_type_is_missing(cases, tmp_path):
    folder = cases / "03_fill_value_of_other_type"
    sums = [
        float(regrid_file(folder / name, tmp_path / name, GLOBE)["flux_source"])
        for name in ("control.nc", "m1e20.nc")
    ]
    assert sums[0] == sums[1] == pytest.approx(0.27559344, rel=1e-6)
    assert read_raster(folder / "control.nc", "flux").max() < 1
    assert float(read_any(folder / "cmip.nc").data["emibc"].max()) < 1


@pytest.mark.shared
def test_bounds_give_the_cell(cases, tmp_path):
    """One cell of 0.5 degree, labelled at its corner, lies in one of 1 degree."""
    ledger = regrid_file(cases / "04_cf_bounds_ignored" / "corner.nc", tmp_path / "out.nc", GLOBE)
    area = float(make_grid(0.5, "global").area()[2 * (41 + 90), 0])
    assert float(ledger["flux_source"]) == pytest.approx(np.float32(1e-9) * area, rel=1e-9)
    with xr.open_dataset(tmp_path / "out.nc") as out:
        there = out["flux"].where(out["flux"] > 0, drop=True)
        assert there["lat"].to_numpy().tolist() == [41.5]
        assert there["lon"].to_numpy().tolist() == [11.5]


@pytest.mark.shared
def test_a_station_at_greenwich_meets_the_field_whatever_it_counts_from(cases):
    stations = pd.DataFrame({"latitude": [51.5], "longitude": [-0.2]})
    air = {"pressure_pa": 101_325.0, "temperature_k": 288.15}
    for name in ("cams_0_360.nc", "cams_180.nc"):
        data = read_any(cases / "06_greenwich_seam" / name, **air).data
        field = data["bc_concentration"].isel(time=slice(1))  # 2.0 - lon near Greenwich
        assert at_stations(field, stations, "bilinear")[0] == pytest.approx(2.2, abs=1e-4)
        mean = at_stations(field, stations, "mean", half_width_deg=1)[0]
        assert mean == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("place", [-179.9, 179.9, 180.0, -180.0, 0.0, 359.9, -0.1])
@pytest.mark.parametrize("first", [0.0, -180.0, 90.0])
def test_a_field_round_the_globe_has_no_seam(place, first):
    lon = first + np.arange(0, 360, 2.0) + 1
    lat = np.arange(-9.0, 10.0, 2.0)
    values = np.cos(np.radians(lon))[None, :] * np.ones((len(lat), 1))
    field = xr.DataArray(values, {"lat": lat, "lon": lon}, ("lat", "lon"))
    stations = pd.DataFrame({"latitude": [0.0], "longitude": [place]})
    (found,) = at_stations(field, stations, "bilinear")
    assert found == pytest.approx(np.cos(np.radians(place)), abs=1e-3)
    (mean,) = at_stations(field, stations, "mean", half_width_deg=4)
    assert mean == pytest.approx(np.cos(np.radians(place)), abs=0.08)


@pytest.mark.shared
def test_axes_of_another_name_are_read(cases):
    folder = cases / "07_axis_names_traceback"
    assert read_any(folder / "EDGAR_x_BC_2018_a.nc").data["bc_emission_flux"].sizes["lat"] == 8
    assert read_any(folder / "cmip_latitude.nc").data["emibc"].sizes["lat"] > 1


def edgar(tmp_path, stamps, units="days since 2018-01-01"):
    values = np.arange(12.0)[:, None, None] * np.ones((1, 4, 4))
    made = xr.Dataset(
        {"emissions": (("time", "lat", "lon"), values, {"substance": "BC", "units": "Tonnes"})},
        {"time": ("time", np.asarray(stamps, float), {"units": units})},
    )
    made["lat"] = ("lat", [0.05, 0.15, 0.25, 0.35], {"units": "degrees_north"})
    made["lon"] = ("lon", [0.05, 0.15, 0.25, 0.35], {"units": "degrees_east"})
    made["emissions"].attrs["year"] = "2018"
    path = tmp_path / "v8.1_BC_2018_ENE_emi.0.1x0.1.nc"
    made.to_netcdf(path)
    return path


@pytest.mark.shared
def test_twelve_steps_that_are_not_the_months_are_refused(cases):
    (path,) = (cases / "08_edgar_monthly_traceback").glob("*.nc")
    with pytest.raises(DataError, match=r"time.*twelve months of 2018"):
        read_any(path)


def test_twelve_months_of_a_grid_map_are_read_with_their_spans(tmp_path):
    starts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    field = read_any(edgar(tmp_path, starts)).data
    assert field["bc_emission_mass"].isel(lat=0, lon=0).to_numpy().tolist() == list(range(12))
    ends = field["time_bnds"].to_numpy().astype("datetime64[D]")
    assert (ends[1] == np.array(["2018-02-01", "2018-03-01"], "datetime64[D]")).all()


def cells_of_one_region():
    return pd.DataFrame(
        {"region": ["AA"], "j": [1350], "i": [1900], "pop_urban": [1.0], "pop_rural": [1.0]}
    )


def temperatures(tmp_path, calendar, days, units="K", year=2018):
    time = xr.DataArray(
        np.arange(days, dtype=float),
        dims="time",
        attrs={"units": f"days since {year}-01-01", "calendar": calendar},
    )
    if calendar is None:
        del time.attrs["calendar"]
    made = xr.Dataset(
        {"t2m": (("time", "lat", "lon"), np.full((days, 18, 36), 280.0), {"units": units})},
        {"lat": np.arange(-85.0, 90, 10), "lon": np.arange(-175.0, 180, 10), "time": time},
    )
    path = tmp_path / "t.nc"
    made.to_netcdf(path)
    return path


def test_a_calendar_without_29_february_is_read_by_date(tmp_path):
    with open_temperature(temperatures(tmp_path, "noleap", 365)) as field:
        found = region_temperatures(field, cells_of_one_region(), ["AA"], 2018)
    np.testing.assert_allclose(found, 280 - 273.15, rtol=1e-6)


@pytest.mark.parametrize(
    ("calendar", "days", "year", "words"),
    [
        ("noleap", 365, 2016, "2016-02-29"),
        ("360_day", 360, 2018, "usual calendar"),
        ("standard", 364, 2018, "2018-12-31"),
    ],
)
def test_a_year_that_lacks_a_day_names_it(tmp_path, calendar, days, year, words):
    path = temperatures(tmp_path, calendar, days, year=year)
    with pytest.raises(DataError, match=words), open_temperature(path) as field:
        region_temperatures(field, cells_of_one_region(), ["AA"], year)


@pytest.mark.parametrize("unit", ["Celsius", "degrees_C", "C", "degC", "celsius", "°C"])
def test_every_spelling_of_celsius(tmp_path, unit):
    with open_temperature(temperatures(tmp_path, "standard", 365, unit)) as field:
        with pytest.raises(DataError, match="Is the unit right"):
            region_temperatures(field, cells_of_one_region(), ["AA"], 2018)
        cooler = (field - 273).assign_attrs(field.attrs)
        found = region_temperatures(cooler, cells_of_one_region(), ["AA"], 2018)
    np.testing.assert_allclose(found, 7.0, rtol=1e-5)


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        *((unit, "flux") for unit in ("kg", "t", "kt", "kg s-1", "Gg month-1")),
        *((unit, "mass") for unit in ("kg m-2 s-1", "g/m2", "ug m-3", "kg/km2/s")),
    ],
)
def test_a_kind_that_contradicts_the_unit_is_refused(unit, kind):
    field = xr.DataArray(
        np.ones((18, 36)),
        {"lat": np.arange(-85.0, 90, 10), "lon": np.arange(-175.0, 180, 10)},
        ("lat", "lon"),
        attrs={"units": unit},
    )
    with pytest.raises(DataError, match="Its unit is that of a"):
        regrid(field, GLOBE, kind=kind)
    other = "flux" if kind == "mass" else "mass"
    assert regrid(field, GLOBE, kind=other).field.sizes["lat"] == 180


@pytest.mark.shared
def test_one_bad_file_does_not_end_a_batch(cases):
    folder = cases / "07_axis_names_traceback"
    result = CliRunner().invoke(ingest, [*map(str, sorted(folder.glob("*.*")))])
    assert "Traceback" not in result.output
    assert "bc_emission_flux" in result.output
