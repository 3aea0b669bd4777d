"""EBAS station NetCDF, by the published headers of NILU's THREDDS."""

import json
import resource
import struct

import netCDF4
import numpy as np
import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import detect, read_any


def write(path, *, name="equivalent_black_carbon_amean", waves=None, unit="ug m-3", qc=True):
    with netCDF4.Dataset(path, "w") as file:
        file.ebas_station_code = "DE0044R"
        file.ebas_station_latitude = "51.5260000000"
        file.ebas_station_longitude = "12.9280000000"
        file.ebas_instrument_name = "MAAP"
        file.license = "https://creativecommons.org/licenses/by/4.0/"
        file.createDimension("time", 3)
        file.createDimension("tbnds", 2)
        file.createDimension("flags", 2)
        file.createDimension("metadata_time", 1)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "days since 1900-01-01 00:00:00 UTC"
        time.calendar = "gregorian"
        begin = 43464.0 + np.arange(3) / 24  # 2019-01-01
        time[:] = begin + 0.5 / 24
        bounds = file.createVariable("time_bnds", "f8", ("time", "tbnds"))
        bounds[:] = np.column_stack([begin, begin + 1 / 24])
        dims, shape = ("time",), (3,)
        if waves:
            file.createDimension("Wavelength", len(waves))
            file.createVariable("Wavelength", "f8", ("Wavelength",))[:] = waves
            dims, shape = ("Wavelength", "time"), (len(waves), 3)
        held = file.createVariable(name, "f8", dims, fill_value=np.nan)
        held.units = unit
        held[:] = np.arange(1, np.prod(shape) + 1, dtype=float).reshape(shape)
        other = file.createVariable("equivalent_black_carbon_prec1587", "f8", dims)
        other.units = unit
        other[:] = 0
        if qc:
            flags = file.createVariable(f"{name}_qc", "i4", (*dims, "flags"))
            flags[:] = 0
            flags[..., 1, 0] = 659
            flags[..., 2, 0] = 659
            flags[..., 2, 1] = 100
        meta = file.createVariable(f"{name}_ebasmetadata", str, ("metadata_time",))
        meta[0] = json.dumps(
            {
                "ebas_matrix": "pm10",
                "ebas_volume_std_temperature": "273.15 K",
                "ebas_volume_std_pressure": "1013.25 hPa",
            }
        )
    return path


def test_flags_bounds_and_metadata(tmp_path):
    path = write(tmp_path / "3237-HVFZ.nc")
    assert detect(path).name == "ebas_netcdf"
    (one,) = read_any(path).data
    assert one.frame["valid"].tolist() == [True, False, True]
    assert one.frame["flags"].tolist() == ["", "659", "659;100"]
    assert one.frame["start"].iloc[0] == np.datetime64("2019-01-01T00:00:00")
    assert one.frame["end"].iloc[2] == np.datetime64("2019-01-01T03:00:00")
    about = one.about
    assert (about.bc_type, about.size_cut, about.t_ref_k) == ("eBC", "pm10", 273.15)
    assert (about.latitude, about.country) == (51.526, "DE")
    assert "by/4.0" in about.licence


def test_a_text_that_claims_gigabytes_takes_none(tmp_path):
    """HDF5 makes room for what a text claims before it looks whether it is there."""
    path = write(tmp_path / "a.nc")
    with netCDF4.Dataset(path) as file:
        length = len(file["equivalent_black_carbon_amean_ebasmetadata"][0])
    content = path.read_bytes()
    # Where the file says how long it is and in which heap it lies.
    said = struct.pack("<IQ", length, content.index(b"GCOL"))
    assert content.count(said) == 1
    claim = struct.pack("<IQ", 3_500_000_000, content.index(b"GCOL"))
    path.write_bytes(content.replace(said, claim))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError, match="texts that can't be read"):
        read_any(path, "ebas_netcdf")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000  # kB
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    "name", ["aerosol_absorption_coefficient_amean", "aerosol_absorption_coefficient_amean_0"]
)
def test_each_wavelength_is_a_series(tmp_path, name):
    path = write(tmp_path / "a.nc", name=name, waves=[370.0, 880.0], unit="1/Mm")
    record = read_any(path).data
    assert [(s.about.bc_type, s.about.wavelength_nm) for s in record] == [
        ("b_abs", 370.0),
        ("b_abs", 880.0),
    ]
    assert record.series[1].frame["value"].tolist() == [4, 5, 6]


def test_percentiles_are_not_the_value(tmp_path):
    path = write(tmp_path / "a.nc", name="something_else")
    with pytest.raises(DataError, match="no BC/EC variable"):
        read_any(path)


def test_without_flags_or_with_a_wrong_unit_it_is_an_error(tmp_path):
    with pytest.raises(DataError, match="_qc"):
        read_any(write(tmp_path / "a.nc", qc=False))
    with pytest.raises(DataError, match="furlong"):
        read_any(write(tmp_path / "b.nc", unit="furlong"))


def test_a_cut_file_is_an_error(tmp_path):
    path = write(tmp_path / "a.nc")
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(DataError):
        read_any(path, "ebas_netcdf")


def test_a_change_of_instrument_within_a_file_makes_two_series(tmp_path):
    path = write(tmp_path / "a.nc")
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("periods", 2)
        file.renameVariable("equivalent_black_carbon_amean_ebasmetadata", "old")
        file.renameDimension("metadata_time", "one")
        file.renameDimension("periods", "metadata_time")
        held = file.createVariable(
            "equivalent_black_carbon_amean_ebasmetadata", str, ("metadata_time",)
        )
        for at, mac in enumerate((6.6, 10.0)):
            held[at] = json.dumps(
                {
                    "ebas_matrix": "pm10",
                    "ebas_instrument_name": f"MAAP_{at}",
                    "ebas_mass_absorption_cross_section": f"{mac} m2/g",
                }
            )
        time = file.createVariable("metadata_time", "f8", ("metadata_time",))
        time.units = file["time"].units
        bounds = file.createVariable("metadata_time_bnds", "f8", ("metadata_time", "tbnds"))
        edge = 43464.0 + 1 / 24
        bounds[:] = [[43464.0, edge], [edge, 43464.0 + 3 / 24]]
        time[:] = [43464.0, edge]
    first, second = read_any(path).data
    assert (len(first), len(second)) == (1, 2)
    assert (first.about.mac_m2_g, second.about.mac_m2_g) == (6.6, 10.0)
    assert (first.about.serial, second.about.serial) == ("MAAP_0", "MAAP_1")
    assert second.frame["start"].iloc[0] == np.datetime64("2019-01-01T01:00:00")


def test_moments_are_rounded_to_the_second(tmp_path):
    # 43464 + 8/24 days in single steps of floating point miss the second by a millionth.
    path = write(tmp_path / "a.nc")
    with netCDF4.Dataset(path, "a") as file:
        edges = 43464.0 + np.arange(3) / 24
        file["time_bnds"][:] = np.column_stack([edges, edges + 1 / 24]) - 2e-11
    (one,) = read_any(path).data
    assert one.frame["start"].to_numpy().astype(str).tolist() == [
        f"2019-01-01T0{hour}:00:00" for hour in range(3)
    ]
