import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

from bc_inventory.commands.regrid import regrid as command
from bc_inventory.errors import DataError
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.product import Request, make_product
from bc_inventory.spatial.regrid_file import regrid_file


@pytest.fixture(scope="module")
def ours(emissions_folder, sectors_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("fine") / "grid.nc"
    make_product(emissions_folder, path, Request(2018, 0.25), sectors=sectors_file)
    return path


def mass(path, name="emission_flux_total"):
    with xr.open_dataset(path, decode_times=False) as data:
        return float((data[name].astype(float) * data["cell_area"]).sum())


def test_a_file_of_ours_is_regridded_whole(ours, tmp_path):
    path = tmp_path / "coarse.nc"
    ledger = regrid_file(ours, path, make_grid(0.9, (-36, 9, 144, 81)))
    assert mass(path) == pytest.approx(mass(ours), rel=1e-6)
    assert float(ledger["emission_flux_total_source"]) == pytest.approx(mass(ours), rel=1e-9)
    assert abs(float(ledger["emission_flux_total_outside"])) < 1e-9 * mass(ours)
    assert ledger["emission_flux_total_source"].attrs["units"] == "kg s-1"
    with xr.open_dataset(path) as made, xr.open_dataset(ours) as data:
        assert made["emission_flux"].dims == ("time", "sector", "lat", "lon")
        assert made["sector"].to_numpy().tolist() == data["sector"].to_numpy().tolist()
        assert made["emission_flux"].dtype == np.float32
        assert made["emission_flux"].attrs["units"] == "kg m-2 s-1"


def test_regridding_a_file_to_halves_equals_making_it_at_halves(
    ours, emissions_folder, sectors_file, tmp_path
):
    direct = tmp_path / "direct.nc"
    make_product(emissions_folder, direct, Request(2018, 0.5), sectors=sectors_file)
    regrid_file(ours, tmp_path / "moved.nc", make_grid(0.5, "all"))
    with xr.open_dataset(direct) as one, xr.open_dataset(tmp_path / "moved.nc") as other:
        wanted = one["emission_flux_total"].to_numpy()
        found = other["emission_flux_total"].to_numpy()
        np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=1e-6 * np.nanmax(wanted))


def test_a_field_that_doesnt_say_its_kind_needs_it_said(tmp_path):
    grid = make_grid(5.0, "global")
    xr.Dataset(
        {"mass": (("latitude", "longitude"), np.ones(grid.shape))},
        coords={"latitude": grid.lat, "longitude": grid.lon},
    ).to_netcdf(tmp_path / "in.nc")
    goal = make_grid(10.0, "global")
    with pytest.raises(DataError, match="fields that don't say what they are: mass"):
        regrid_file(tmp_path / "in.nc", tmp_path / "out.nc", goal)
    with pytest.raises(DataError, match=r"no field 'masse'.*Did you mean 'mass'"):
        regrid_file(tmp_path / "in.nc", tmp_path / "out.nc", goal, variables=["masse"])
    with pytest.raises(DataError, match="of kind None"):
        regrid_file(tmp_path / "in.nc", tmp_path / "out.nc", goal, variables=["mass"])
    assert not (tmp_path / "out.nc").exists()
    options = ["--resolution", "10", "--variable", "mass", "--kind", "mass"]
    done = CliRunner().invoke(
        command, [str(tmp_path / "in.nc"), str(tmp_path / "out.nc"), *options]
    )
    assert done.exit_code == 0, done.output
    assert f"mass_target: {grid.size}" in done.output
    assert mass(tmp_path / "out.nc", "mass") > 0


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    (tmp_path / "in.nc").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(DataError, match="can't be read"):
        regrid_file(tmp_path / "in.nc", tmp_path / "out.nc", make_grid(10.0, "global"))
