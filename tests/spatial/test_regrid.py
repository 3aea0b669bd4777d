import shutil
import subprocess

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bc_inventory.errors import DataError
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.regrid import find_axes, regrid

PAIRS = [(0.5, 2.0), (2.0, 0.5), (0.75, 1.0), (1.0, 0.75), (1.25, 2.0), (3.0, 0.9)]


def field_on(grid, values, kind="flux", **coords):
    return xr.DataArray(
        values, dims=("lat", "lon"), coords={"lat": grid.lat, "lon": grid.lon, **coords}
    ).assign_attrs(kind=kind)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("earth", ["wgs84", "sphere"])
def test_a_uniform_flux_stays_uniform_in_every_cell(source, target, earth):
    grid, goal = make_grid(source, "global"), make_grid(target, "global", earth=earth)
    made = regrid(field_on(grid, np.ones(grid.shape)), goal)
    np.testing.assert_allclose(made.field, 1.0, rtol=1e-12)
    np.testing.assert_allclose(made.covered_fraction, 1.0, rtol=1e-12)


@settings(max_examples=25)
@given(
    arrays(float, (12, 24), elements=st.just(0.0) | st.floats(1e-12, 1e3)),
    st.sampled_from([4.0, 5.0, 7.5, 9.0, 30.0]),
    st.sampled_from(["mass", "flux"]),
)
def test_mass_is_kept(values, step, kind):
    grid, goal = make_grid(15.0, "global"), make_grid(step, "global")
    made = regrid(field_on(grid, values, kind), goal)
    area = {"mass": (1.0, 1.0), "flux": (grid.area(), goal.area())}[kind]
    before, after = (values * area[0]).sum(), (made.field.to_numpy() * area[1]).sum()
    assert after == pytest.approx(before, rel=1e-12)
    assert float(made.ledger["source"]) == pytest.approx(before, rel=1e-12)
    assert abs(float(made.ledger["residual"])) <= 1e-12 * before
    assert abs(float(made.ledger["outside"])) <= 1e-12 * before


def test_there_and_back_over_a_nested_grid_returns_the_field():
    coarse, fine = make_grid(2.0, "global"), make_grid(0.5, "global")
    values = np.random.default_rng(1).lognormal(size=coarse.shape)
    back = regrid(regrid(field_on(coarse, values), fine).field, coarse)
    np.testing.assert_allclose(back.field, values, rtol=1e-12)


def test_blocks_of_masses_are_summed_and_blocks_of_fluxes_averaged_by_area():
    fine, coarse = make_grid(0.5, "global"), make_grid(1.0, "global")
    values = np.random.default_rng(2).random(fine.shape)

    def blocks(field):
        return field.reshape(180, 2, 360, 2).sum(axis=(1, 3))

    masses = regrid(field_on(fine, values, "mass"), coarse).field
    np.testing.assert_allclose(masses, blocks(values), rtol=1e-12)
    fluxes = regrid(field_on(fine, values, "flux"), coarse).field
    np.testing.assert_allclose(fluxes, blocks(values * fine.area()) / coarse.area(), rtol=1e-12)


def test_a_mass_at_the_pole_and_one_at_the_date_line_stay_where_they_are():
    # Half-rows at the poles and columns centred on the date line, as GEOS grids have them.
    lat = np.array([-89.5, *np.arange(-88, 89, 2), 89.5])
    lon = np.arange(-180, 180, 2.5)
    values = np.zeros((91, 144))
    values[-1, 40] = 3.0
    values[45, 0] = 5.0
    given = xr.DataArray(values, dims=("lat", "lon"), coords={"lat": lat, "lon": lon})
    goal = make_grid(0.5, "global")
    made = regrid(given, goal, kind="mass").field
    assert float(made.sum()) == pytest.approx(8.0, rel=1e-12)
    # The polar row reaches from 89 N: two rows of half a degree.
    assert float(made[-2:].sum()) == pytest.approx(3.0, rel=1e-12)
    # The cell from 178.75 E to 178.75 W is cut in two equal parts by the date line.
    row = made.sel(lat=slice(-1, 1))
    assert float(row.sel(lon=slice(178.5, 180)).sum()) == pytest.approx(2.5, rel=1e-12)
    assert float(row.sel(lon=slice(-180, -178.5)).sum()) == pytest.approx(2.5, rel=1e-12)


def test_longitudes_from_0_to_360_and_descending_latitudes_are_understood():
    grid, goal = make_grid(1.0, "global"), make_grid(2.5, "global")
    values = np.random.default_rng(3).random(grid.shape)
    plain = field_on(grid, values)
    turned = plain.assign_coords(lon=plain.lon % 360).sortby("lon").isel(lat=slice(None, None, -1))
    turned = turned.rename(lat="latitude", lon="longitude")
    np.testing.assert_allclose(regrid(turned, goal).field, regrid(plain, goal).field, rtol=1e-12)


def test_what_lies_outside_the_target_is_in_the_ledger():
    grid, goal = make_grid(1.0, "global"), make_grid(0.5, "EU")
    values = np.random.default_rng(4).random(grid.shape)
    made = regrid(field_on(grid, values, "mass"), goal)
    kept = values[117:162, 148:225].sum()
    assert float(made.ledger["target"]) == pytest.approx(kept, rel=1e-12)
    assert float(made.ledger["outside"]) == pytest.approx(values.sum() - kept, rel=1e-12)


def test_cells_without_a_value_are_not_zeros():
    grid, goal = make_grid(1.0, "global"), make_grid(2.0, "global")
    values = np.ones(grid.shape)
    values[100:102, 50:52] = np.nan
    values[100, 53] = np.nan
    made = regrid(field_on(grid, values), goal).field
    assert np.isnan(made[50, 25])
    assert np.isnan(made).sum() == 1
    area = grid.area()[100:102, 52:54]
    assert float(made[50, 26]) == pytest.approx(1 - area[0, 1] / area.sum(), rel=1e-12)


def test_a_target_beyond_the_source_has_no_value_and_says_how_much_is_covered():
    grid, goal = make_grid(1.0, (0, 40, 10, 50)), make_grid(4.0, (-4, 40, 12, 52))
    made = regrid(field_on(grid, np.ones(grid.shape), "mass"), goal)
    assert np.isnan(made.field[:, 0]).all()
    assert float(made.field.sum()) == pytest.approx(100.0, rel=1e-12)
    np.testing.assert_allclose(made.covered_fraction[0], [0, 1, 1, 0.5], atol=1e-12)


def test_further_dimensions_and_lazy_fields_give_the_same():
    grid, goal = make_grid(1.0, "global"), make_grid(2.0, "global")
    values = np.random.default_rng(6).random((3, 2, *grid.shape))
    many = xr.DataArray(
        values,
        dims=("sector", "time", "lat", "lon"),
        coords={"lat": grid.lat, "lon": grid.lon, "sector": ["a", "b", "c"]},
        attrs={"kind": "flux", "units": "kg m-2 s-1"},
        name="flux",
    )
    eager, lazy = regrid(many, goal), regrid(many.chunk({"sector": 1, "time": 1}), goal)
    assert eager.field.dims == ("sector", "time", "lat", "lon")
    assert eager.field.attrs["units"] == "kg m-2 s-1"
    assert lazy.field.chunks is not None
    xr.testing.assert_identical(eager.field, lazy.field.compute())
    assert eager.ledger["source"].dims == ("sector", "time")
    np.testing.assert_array_equal(eager.ledger["target"], lazy.ledger["target"].compute())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda field: field.assign_attrs(kind="amount"), "kind 'mass'.*or 'flux'"),
        (lambda field: field.drop_attrs(), "Say which"),
        (lambda field: field.drop_vars("lat"), "a dimension with a coordinate of latitude"),
        (lambda field: field.isel(lon=[0, 1, 4, 5]), "a regular grid"),
        (lambda field: field.where(field.lat > -80, np.inf), "an infinite value"),
        (
            lambda field: xr.concat([field, field.assign_coords(lon=field.lon + 360)], "lon"),
            "at most one turn",
        ),
    ],
)
def test_a_field_that_cannot_be_regridded_is_refused(change, words):
    grid = make_grid(5.0, "global")
    with pytest.raises(DataError, match=words):
        regrid(change(field_on(grid, np.ones(grid.shape))), make_grid(10.0, "global"))


def test_float32_coordinates_find_the_edges_they_were_rounded_from():
    grid = make_grid(0.1, "EU")
    field = xr.DataArray(
        np.ones(grid.shape, np.float32),
        dims=("lat", "lon"),
        coords={"lat": grid.lat.astype(np.float32), "lon": grid.lon.astype(np.float32)},
    )
    axes, _ = find_axes(field)
    np.testing.assert_allclose(axes.lat_edges, grid.lat_edges, atol=2e-6)
    np.testing.assert_allclose(axes.lon_edges, grid.lon_edges, atol=2e-6)


@pytest.mark.shared
def test_edgar_s_grid_keeps_its_mass(edgar_sample):
    # A real inventory on a grid that is nested in none of ours.
    goal = make_grid(0.5, "global")
    made = regrid(edgar_sample, goal, kind="flux")
    assert float(made.ledger["outside"]) == pytest.approx(
        0.0, abs=1e-9 * float(made.ledger["source"])
    )
    assert float(made.ledger["target"]) == pytest.approx(float(made.ledger["source"]), rel=1e-12)


@pytest.fixture
def edgar_sample(shared):
    path = shared / "data" / "spatial-gridded-samples" / "ch4-anthro_EUROPE_2012.nc"
    with xr.open_dataset(path) as data:
        return data["flux"].isel(time=0).load()


def cdo() -> str:
    found = shutil.which("cdo")
    if found is None:
        pytest.skip("cdo isn't installed; it is an optional oracle")
    return found


@pytest.mark.parametrize(("source", "target"), [(1.0, 2.0), (2.0, 1.5), (1.25, 2.0)])
def test_the_same_as_cdo_within_1e_6(source, target, tmp_path):
    grid = make_grid(source, "global", earth="sphere")
    goal = make_grid(target, "global", earth="sphere")
    values = np.random.default_rng(7).lognormal(size=grid.shape)
    field = field_on(grid, values)
    given = field.to_dataset(name="flux")
    given["lat"].attrs["units"] = "degrees_north"
    given["lon"].attrs["units"] = "degrees_east"
    given.to_netcdf(tmp_path / "in.nc")
    (tmp_path / "grid.txt").write_text(
        f"gridtype = lonlat\nxsize = {goal.nx}\nysize = {goal.ny}\nxfirst = {goal.lon[0]}\n"
        f"xinc = {goal.dlon}\nyfirst = {goal.lat[0]}\nyinc = {goal.dlat}\n"
    )
    command = [cdo(), "-s", f"remapcon,{tmp_path / 'grid.txt'}", "in.nc", "out.nc"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    with xr.open_dataset(tmp_path / "out.nc") as made:
        oracle = made["flux"].to_numpy()
    found = regrid(field, goal).field.to_numpy()
    np.testing.assert_allclose(found, oracle, rtol=1e-6)


@pytest.mark.parametrize(("source", "target"), [(0.5, 2.0), (2.0, 1.5)])
def test_the_same_as_iris_within_1e_9(source, target):
    pytest.importorskip("iris", reason="iris is an optional oracle")
    from iris.analysis import AreaWeighted
    from iris.coords import DimCoord
    from iris.cube import Cube

    grid = make_grid(source, "global", earth="sphere")
    goal = make_grid(target, "global", earth="sphere")
    values = np.random.default_rng(8).lognormal(size=grid.shape)

    def cube(at, data):
        axes = [
            DimCoord(points, standard_name=name, units="degrees")
            for name, points in (("latitude", at.lat), ("longitude", at.lon))
        ]
        for axis in axes:
            axis.guess_bounds()
        return Cube(data, dim_coords_and_dims=[(axes[0], 0), (axes[1], 1)])

    oracle = cube(grid, values).regrid(cube(goal, np.zeros(goal.shape)), AreaWeighted())
    found = regrid(field_on(grid, values), goal).field.to_numpy()
    np.testing.assert_allclose(found, oracle.data, rtol=1e-9)
