import os
import subprocess

import pytest
import xarray as xr

from bc_inventory.errors import BCInventoryError, DataError
from bc_inventory.spatial.atomic_files import atomic_file
from bc_inventory.spatial.product import Request, make_product


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_file(tmp_path / "a.txt") as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "a.txt").read_text() == "old"
    with atomic_file(tmp_path / "a.txt") as part:
        part.write_text("new")
        assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "a.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BCInventoryError, match="can't write into"):
        with atomic_file(tmp_path / "file" / "a.nc"):
            pass


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of half a megabyte."""
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(tmp_path)]
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs the superuser")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can't be mounted here")
    yield tmp_path
    # Lazily: the library keeps the file open whose writing failed.
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_full_disk_is_a_clear_error_and_leaves_nothing(
    emissions_folder, sectors_file, small_disk
):
    request = Request(2018, 0.1)
    with pytest.raises(BCInventoryError, match=r"MiB are free|No space"):
        make_product(emissions_folder, small_disk / "g.nc", request, sectors=sectors_file)
    assert list(small_disk.iterdir()) == []


def test_a_global_frame_holds_the_same_and_hardly_more_bytes(
    emissions_folder, sectors_file, tmp_path
):
    for window in ("all", "global"):
        request = Request(2018, 0.1, window)
        make_product(emissions_folder, tmp_path / f"{window}.nc", request, sectors=sectors_file)
    sizes = [(tmp_path / f"{window}.nc").stat().st_size for window in ("all", "global")]
    assert sizes[1] < 1.3 * sizes[0]
    with (
        xr.open_dataset(tmp_path / "all.nc") as one,
        xr.open_dataset(tmp_path / "global.nc") as other,
    ):
        assert other["emission_flux_total"].shape == (1, 1800, 3600)
        part = other["emission_flux_total"][:, 1070:1620, 1480:3150].to_numpy()
        wanted = one["emission_flux_total"].to_numpy()
        assert ((part == wanted) | (part != part) & (wanted != wanted)).all()
        rest = other["emission_flux_total"].count() - one["emission_flux_total"].count()
        assert int(rest) == 0


def test_a_grid_without_any_region_is_refused(emissions_folder, sectors_file, tmp_path):
    request = Request(2018, 1.0, (-150.0, -50.0, -140.0, -40.0))
    with pytest.raises(DataError, match="a grid that touches a region"):
        make_product(emissions_folder, tmp_path / "g.nc", request, sectors=sectors_file)
    assert list(tmp_path.iterdir()) == []
