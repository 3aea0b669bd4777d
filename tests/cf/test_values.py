"""Stored numbers mean what the conventions say, whatever type their attributes have."""

import netCDF4
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.cf.dataset import opened_fields
from bc_inventory.cf.values import decode
from bc_inventory.errors import DataError

nan = np.nan


@pytest.mark.parametrize(
    ("stored", "attributes", "meant"),
    [
        # A code in another type than the data's: the default of many writers.
        (np.array([1, -999.9], "f4"), {"missing_value": np.float64(-999.9)}, [1, nan]),
        (np.array([1, 1e20], "f4"), {"_FillValue": np.float64(1e20)}, [1, nan]),
        (np.array([1, -99], "i2"), {"missing_value": -99.0}, [1, nan]),
        (np.array([1, 255], "u1"), {"missing_value": np.int16(255)}, [1, nan]),
        # Several codes, a code as text, a code that isn't a number.
        (np.array([1, -9, -8], "f4"), {"missing_value": [-9.0, -8.0]}, [1, nan, nan]),
        (np.array([1, -9], "f4"), {"missing_value": "-9"}, [1, nan]),
        (np.array([1, -9], "f4"), {"missing_value": "none"}, [1, -9]),
        (np.array([1, nan], "f4"), {"_FillValue": np.float32(nan)}, [1, nan]),
        # Packed: codes and limits hold for what is stored.
        (
            np.array([10, -99, 40], "i2"),
            {"_FillValue": np.int16(-99), "scale_factor": 0.5, "add_offset": 1.0},
            [6, nan, 21],
        ),
        (
            np.array([10, 40, 41], "i2"),
            {"valid_max": np.int16(40), "scale_factor": 0.1},
            [1, 4, nan],
        ),
        # A float limit on packed integers is one of the unpacked values.
        (
            np.array([10, 40, 41], "i2"),
            {"valid_range": np.array([0.0, 4.05]), "scale_factor": 0.1},
            [1, 4, nan],
        ),
        # A code the type can't hold was meant for the unpacked values.
        (np.array([1, 100], "i1"), {"missing_value": 1000.0, "scale_factor": 10.0}, [10, nan]),
        (np.array([1, 5, 9], "f4"), {"valid_min": 2.0, "valid_max": 8.0}, [nan, 5, nan]),
        (np.array([0.1, 0.2], "f4"), {"valid_min": 0.1}, [np.float32(0.1), np.float32(0.2)]),
        (np.array([-1, 5], "i1"), {"_Unsigned": "true"}, [255, 5]),
        (np.array([-1, 5], "i1"), {"_Unsigned": "true", "_FillValue": np.uint8(255)}, [nan, 5]),
        # Nothing was written there.
        (np.array([1, 9.969209968386869e36], "f4"), {}, [1, nan]),
        (np.array([1, -32767], "i2"), {}, [1, nan]),
        (np.array([1, -32767], "i2"), {"_FillValue": np.int16(0)}, [1, -32767]),
        # Limits an integer can't hold limit nothing.
        (np.array([7, 9], "i4"), {"valid_range": np.array([-1e15, 1e15])}, [7, 9]),
    ],
)
def test_values_of_the_conventions(stored, attributes, meant):
    np.testing.assert_allclose(decode(stored, attributes), meant, rtol=1e-12)


@pytest.mark.parametrize(
    "attributes",
    [
        {"valid_min": 5.0, "valid_max": 1.0},
        {"valid_range": [1.0, 2.0, 3.0]},
        {"valid_min": "low"},
        {"scale_factor": 0.0},
        {"scale_factor": "half"},
        {"add_offset": np.inf},
    ],
)
def test_attributes_that_contradict_themselves_are_refused(attributes, tmp_path):
    with pytest.raises(ValueError, match=r"\w"):
        decode(np.array([1.0, 2.0]), attributes)
    path = tmp_path / "x.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("lat", 2)
        variable = file.createVariable("bc", "f8", ("lat",))
        variable.set_auto_maskandscale(False)
        variable[:] = [1.0, 2.0]
        variable.setncatts(attributes)
    with pytest.raises(DataError, match=r"x\.nc.*bc"), opened_fields(path) as data:
        data["bc"].load()


TYPES = st.sampled_from(["i1", "i2", "i4", "u1", "u2", "f4", "f8"])


@given(
    TYPES,
    TYPES,
    st.lists(st.integers(0, 120), min_size=1, max_size=6),
    st.integers(0, 120),
    st.sampled_from(["_FillValue", "missing_value"]),
    st.sampled_from([None, (0.5, 0.0), (0.25, -3.0)]),
)
def test_a_code_is_missing_in_every_type(kind, code_kind, values, code, name, packing):
    """Written by hand in numpy: missing where the stored number is the code, else unpacked."""
    scale, offset = packing or (1.0, 0.0)
    attributes = {name: np.dtype(code_kind).type(code)}
    if packing:
        attributes |= {"scale_factor": scale, "add_offset": offset}
    meant = [nan if value == code else value * scale + offset for value in values]
    np.testing.assert_allclose(decode(np.array(values, kind), attributes), meant, rtol=1e-7)


def test_the_opener_is_lazy_and_keeps_no_code(tmp_path):
    path = tmp_path / "x.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("lat", 3)
        variable = file.createVariable("bc", "i2", ("lat",), fill_value=-1)
        variable.set_auto_maskandscale(False)
        variable[:] = [2, -1, 4]
        variable.setncatts({"scale_factor": 0.5, "units": "kg"})
    with opened_fields(path) as data:
        assert data["bc"].chunks
        assert data["bc"].attrs == {"units": "kg"}
        np.testing.assert_array_equal(data["bc"].to_numpy(), [1, nan, 2])
    with xr.open_dataset(path) as stock:
        np.testing.assert_array_equal(stock["bc"].to_numpy(), [1, nan, 2])
