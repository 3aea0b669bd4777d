"""A damaged header of a classic file is refused before the library makes room for it."""

import io

import netCDF4
import pytest

from bc_inventory.cf.classic import header_fault
from bc_inventory.cf.dataset import opened_fields
from bc_inventory.errors import DataError

FORMATS = ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]


def _write(path, kind):
    with netCDF4.Dataset(path, "w", format=kind) as file:
        file.createDimension("lat", 3)
        variable = file.createVariable("bc", "f4", ("lat",))
        variable.units = "kg"
        variable[:] = [1.0, 2.0, 3.0]
    return path.read_bytes()


def _claim(content, name, value):
    """Return a file whose dimension claims another length."""
    width = 8 if content[3] == 5 else 4
    position = content.index(name.ljust(4, b"\0")) + 4
    return content[:position] + value.to_bytes(width, "big") + content[position + width :]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_field_file_that_claims_more_than_it_holds_is_refused(tmp_path, kind):
    path = tmp_path / "x.nc"
    content = _write(path, kind)
    with opened_fields(path) as data:
        assert data["bc"].to_numpy().tolist() == [1.0, 2.0, 3.0]
    path.write_bytes(_claim(content, b"lat", 1_000_000_000))
    with (
        pytest.raises(DataError, match=r"x\.nc.*4000000000 bytes.*header is damaged"),
        opened_fields(path),
    ):
        pass


@pytest.mark.parametrize("kind", FORMATS)
def test_a_header_cut_anywhere_has_a_fault(tmp_path, kind):
    content = _write(tmp_path / "x.nc", kind)
    assert header_fault(io.BytesIO(content), len(content)) is None
    header = len(content) - 12  # three values of four bytes
    for size in range(4, header):
        assert header_fault(io.BytesIO(content[:size]), size), size


def test_a_file_of_another_format_has_no_classic_header(tmp_path):
    path = tmp_path / "x.nc"
    content = _write(path, "NETCDF4")
    assert header_fault(io.BytesIO(content), len(content)) is None


def test_a_missing_file_of_fields_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"none\.nc"), opened_fields(tmp_path / "none.nc"):
        pass
