import numpy as np
import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner

from bc_inventory import schema
from bc_inventory.commands.grid import LAYOUTS, grid
from bc_inventory.errors import DataError
from bc_inventory.spatial.allocate import select_emissions
from bc_inventory.spatial.exports import write
from bc_inventory.spatial.product import Request, make_product
from bc_inventory.spatial.step import grid_step
from bc_inventory.spatial.totals import region_totals
from tests.spatial.share_files import write_shares_of


@pytest.fixture(scope="module")
def wanted(emissions):
    chosen = select_emissions(emissions, 2018, "harmonised")
    return chosen.groupby(["region", "nfr"])["emission_kt"].sum()


def make(emissions_folder, sectors_file, path, resolution=0.5, **asked):
    request = Request(2018, resolution, **asked)
    make_product(emissions_folder, path, request, sectors=sectors_file)
    return path


@pytest.fixture(scope="module")
def monthly(emissions_folder, sectors_file, tmp_path_factory):
    """Return a file of twelve months."""
    path = tmp_path_factory.mktemp("monthly") / "m.nc"
    return make(emissions_folder, sectors_file, path, period="month")


def test_every_region_category_and_month_is_kept(monthly, wanted):
    path = monthly
    found = region_totals(path)
    assert found["time"].nunique() == 12
    year = found.groupby(["region", "nfr"])["emission_kt"].sum()
    np.testing.assert_allclose(year.loc[wanted.index], wanted, rtol=1e-6)
    # January of Polish homes by EDGAR r1: 2.14 twelfths of the year.
    poland = found.set_index(["region", "nfr", "time"])["emission_kt"]
    share = poland[("PL", "1A4bi", 0)] / wanted[("PL", "1A4bi")]
    assert share * 12 == pytest.approx(2.14, abs=0.01)
    with xr.open_dataset(path) as data:
        assert data["time"].dt.month.to_numpy().tolist() == list(range(1, 13))
        assert data["emission_flux"].encoding["chunksizes"] == (1, 1, 110, 334)


def test_hours_of_a_month_sum_to_the_month(emissions_folder, sectors_file, monthly, tmp_path):
    months = region_totals(monthly)
    path = tmp_path / "h.nc"
    request = Request(2018, 5.0, "global", period="hour", month=2)
    make_product(emissions_folder, path, request, sectors=sectors_file)
    with xr.open_dataset(path) as data:
        assert data.sizes["time"] == 28 * 24
        assert data.attrs["time_coverage_resolution"] == "PT1H"
        assert str(data["time"].to_numpy()[-1])[:16] == "2018-02-28T23:30"
        mass = (data["emission_flux_total"].astype(float) * data["cell_area"]).sum() * 3600
    february = months.loc[months["time"] == 1, "emission_kt"].sum()
    assert float(mass) / 1e6 == pytest.approx(february, rel=1e-6)


def test_temperatures_of_a_file_move_heating(emissions_folder, sectors_file, wanted, tmp_path):
    days = pd.date_range("2018-01-01", "2018-12-31")
    lat, lon = np.arange(16.0, 76, 2), np.arange(-35.0, 140, 2)
    cold = np.where(days.month == 3, -10.0, 25.0)
    field = xr.Dataset(
        {
            "t2m": (
                ("time", "lat", "lon"),
                np.broadcast_to(cold[:, None, None], (365, len(lat), len(lon))),
                {"units": "degC"},
            )
        },
        coords={"time": days, "lat": lat, "lon": lon},
    )
    field.to_netcdf(tmp_path / "t2m.nc", encoding={"t2m": {"dtype": "f4", "zlib": True}})
    path = make(
        emissions_folder,
        sectors_file,
        tmp_path / "g.nc",
        resolution=1.0,
        period="month",
        temperature=tmp_path / "t2m.nc",
    )
    found = region_totals(path).set_index(["region", "nfr", "time"])["emission_kt"]
    share = found[("FI", "1A4bi", 2)] / wanted[("FI", "1A4bi")]
    # All heating is in March, but for hot water.
    assert share == pytest.approx(1 - 0.2329 + 0.2329 * 31 / 365, rel=1e-5)


def test_digits_make_the_file_smaller_and_keep_that_many(emissions_folder, sectors_file, tmp_path):
    exact = make(emissions_folder, sectors_file, tmp_path / "a.nc")
    rounded = make(emissions_folder, sectors_file, tmp_path / "b.nc", significant_digits=3)
    assert rounded.stat().st_size < exact.stat().st_size
    with xr.open_dataset(exact) as a, xr.open_dataset(rounded) as b:
        one, other = (data["emission_flux"].to_numpy().astype(float) for data in (a, b))
        known = np.isfinite(one) & (one > 0)
        assert np.abs(other[known] / one[known] - 1).max() < 5e-3
        assert np.array_equal(np.isnan(one), np.isnan(other))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"period": "week"}, "the period 'week'"),
        ({"period": "hour"}, "a month where steps are hours"),
        ({"period": "month", "month": 2}, "a month where steps are hours"),
        ({"period": "hour", "month": 13}, "the month 13"),
        ({"significant_digits": 9}, "9 significant digits"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(asked, words):
    with pytest.raises(DataError, match=words):
        Request(2018, **asked)


def test_the_step_writes_points_beside_the_grid(
    emissions, emissions_folder, sectors_file, tmp_path
):
    outputs = {"grid": tmp_path / "g.nc", "points": tmp_path / "p.parquet"}
    shares = write_shares_of(emissions, tmp_path / "shares", 1.0)
    inputs = {"emissions": emissions_folder, "sectors": sectors_file, "shares": shares}
    grid_step(inputs, outputs, year=2018, resolution=1.0)
    points = schema.read_parquet(outputs["points"], "point_emissions")
    assert set(points["kind"]) >= {"coal_power", "cement"}
    with pytest.raises(DataError, match=r"shares of the cells of .*dlon=1\.0.*dlon=0\.5"):
        grid_step(inputs, outputs, year=2018, resolution=0.5)


def run(*arguments):
    return CliRunner().invoke(grid, [str(argument) for argument in arguments])


def test_a_file_made_with_networks_says_whose_they_are(emissions_folder, tmp_path):
    target = tmp_path / "grid.nc"
    done = run(emissions_folder, target, "--year", 2018, "--resolution", 0.5, "--networks")
    assert done.exit_code == 0, done.output
    with xr.open_dataset(target) as made:
        assert "Open Database License 1.0" in made.attrs["license"]
    with xr.open_dataset(tmp_path / "grid_ledger.nc") as made:
        assert "road_heavy" in made["allocation_proxy"].to_numpy().astype(str)
        assert "Open Database License 1.0" in made.attrs["license"]
    plain = tmp_path / "plain.nc"
    assert run(emissions_folder, plain, "--year", 2018, "--resolution", 0.5).exit_code == 0
    with xr.open_dataset(plain) as made:
        assert "Open Database" not in made.attrs["license"]


def test_the_command_makes_a_grid_from_a_release(emissions_folder, wanted, tmp_path):
    release = emissions_folder.parent
    target, points = tmp_path / "out" / "grid.nc", tmp_path / "points.parquet"
    done = run(release, target, "--year", 2018, "--resolution", 0.5, "--points", points)
    assert done.exit_code == 0, done.output
    assert f"{wanted.sum():,.3f} kt in" in done.output
    assert "by a proxy that isn't the first choice" in done.output
    found = region_totals(target)["emission_kt"].sum()
    assert found == pytest.approx(wanted.sum(), rel=1e-6)
    assert points.exists()
    assert sorted(path.name for path in target.parent.iterdir()) == ["grid.nc", "grid_ledger.nc"]


def test_the_command_says_what_lies_beyond_the_edge(emissions_folder, tmp_path):
    done = run(emissions_folder, tmp_path / "eu.nc", "--year", 2018, "--window", "EU")
    assert done.exit_code == 0, done.output
    assert "lie beyond the edge of the grid" in done.output


def test_the_command_writes_every_layout():
    assert set(LAYOUTS) == set(write.LAYOUTS)


def test_the_command_takes_a_window_and_a_resolution_of_numbers(emissions_folder, tmp_path):
    target = tmp_path / "g.nc"
    done = run(
        *(emissions_folder, target, "--year", 2018, "--window", "0,40,25,55"),
        *("--resolution", "0.625,0.5", "--scheduler", "threads"),
    )
    assert done.exit_code == 0, done.output
    with xr.open_dataset(target) as data:
        assert data["emission_flux_total"].shape == (1, 30, 40)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--window", "170,0,-170,10"), "date line"),
        (("--year", 1999), "no emission of BC in 1999"),
        (("--resolution", "a"), "isn't numbers"),
        (("--proxy", "rail"), "say NAME=FILE"),
        (("--boundaries", "x.geojson"), "say FILE:COLUMN"),
        (("--scheduler", "moon"), "the scheduler 'moon'"),
    ],
)
def test_the_command_refuses_what_cannot_be_and_leaves_nothing(
    emissions_folder, tmp_path, options, words
):
    base = () if "--year" in options else ("--year", 2018)
    done = run(emissions_folder, tmp_path / "g.nc", *base, *options)
    assert done.exit_code != 0
    assert words in f"{done.output}{done.exception}"
    assert list(tmp_path.iterdir()) == []
