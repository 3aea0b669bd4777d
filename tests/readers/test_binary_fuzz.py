"""Damaged NetCDF, Parquet and gzip files are read or refused, within bounded memory.

Bytes within such a file have no checksum of their own, so a damaged number can't be told
from a right one; what is held here is that nothing but an error of ours comes out, that a
claim in a header costs no memory, and that no library falls over. Each file is damaged in
a process of its own, since the last of these would end it.
"""

import gzip
import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.registry import read_any
from tests.readers.damage import binary_damages
from tests.readers.gridded import test_fields as fields
from tests.readers.stations import test_ebas_netcdf, test_tables
from tests.readers.stations.station_texts import OPENAQ

LONG = int(os.environ.get("FUZZ_ROUNDS", "1500"))
MEMORY = 1_600_000_000  # of the whole process, libraries included; 1.07 GB was seen
STAMPED = {"stamp": "end", "interval_s": 3600}


def openaq(path):
    path.write_bytes(gzip.compress(OPENAQ.encode()))


def eea(path):
    test_tables.eea_file(path.parent).rename(path)


def absorption(path):
    name = "aerosol_absorption_coefficient_amean"
    test_ebas_netcdf.write(path, name=name, waves=[370.0, 880.0], unit="1/Mm")


def anthro(path):
    fields.emibc(path, name="BC_em_anthro", sectors="0: Agriculture; 1: Energy Sector")


MADE = {
    "eea_parquet": ("SPO.DE_X_391.parquet", eea, {"utc_offset_h": 1}),
    "ebas_netcdf": ("3237-HVFZ.nc", test_ebas_netcdf.write, {}),
    "ebas_netcdf wavelengths": ("a.nc", absorption, {}),
    "openaq": ("location-1.csv.gz", openaq, STAMPED),
    "merra2_aer": ("MERRA2_400.tavg1_2d_aer_Nx.20180101.nc4", fields.merra, {}),
    "cams_bc": ("cams.nc", fields.cams, {}),
    "cmip_bc": ("emibc_x.nc", fields.emibc, {}),
    "cmip_bc sectors": ("BC-em-anthro.nc", anthro, {}),
    "edgar_grid_bc": ("EDGARv6.1_BC_2018_TOTALS.0.1x0.1.nc", fields.edgar, {}),
}
REAL = {
    "geos_chem_bc": (f"{fields.GEOS}/gc_output.20130102.000000.nc", {"molar_mass_g_mol": 12.011}),
    "merra2_aer": (fields.MERRA, {}),
}


def damage(path, format_name, options, seed, rounds):
    """Read damaged copies of a file; return what became of them."""
    content = path.read_bytes()
    copy = path.with_name(f"damaged-{path.name}")
    verdicts = {"read": 0, "refused": 0}
    warnings.simplefilter("ignore")
    for damaged in binary_damages(content, seed, rounds):
        copy.write_bytes(damaged.content)
        try:
            data = read_any(copy, format_name, **options).data
            for variable in getattr(data, "data_vars", {}).values():
                _ = np.asarray(variable)
            verdicts["read"] += 1
        except BCInventoryError as error:
            assert copy.name in str(error), str(error)
            verdicts["refused"] += 1
    return verdicts


def apart(path, format_name, options, seed, rounds):
    """Damage a file in another process, held to its memory."""
    code = (
        "import json, re, sys; from pathlib import Path; "
        "from tests.readers.test_binary_fuzz import damage; "
        "path, name, options, seed, rounds = json.loads(sys.argv[1]); "
        "made = damage(Path(path), name, options, seed, rounds); "
        # Not ru_maxrss, which a process takes over from the one that started it.
        "peak = re.search(r'VmHWM:\\s*(\\d+) kB', Path('/proc/self/status').read_text()); "
        "made['peak'] = int(peak.group(1)) * 1024; "
        "print(json.dumps(made))"
    )
    told = json.dumps([str(path), format_name.split()[0], options, seed, rounds])
    done = subprocess.run(
        [sys.executable, "-c", code, told],
        capture_output=True,
        text=True,
        timeout=3000,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    return json.loads(done.stdout)


def held(verdicts, rounds):
    assert verdicts["read"] + verdicts["refused"] == rounds
    assert verdicts["refused"] > 0
    assert verdicts["peak"] < MEMORY


@pytest.mark.parametrize("name", MADE)
def test_damaged_binaries_are_read_or_refused(tmp_path, name):
    file, write, options = MADE[name]
    write(tmp_path / file)
    verdicts = damage(tmp_path / file, name.split()[0], options, 1, 40)
    assert verdicts["refused"] > 0


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_damaged_grids_are_read_or_refused_within_memory(shared, tmp_path, name):
    path, options = REAL[name]
    copy = tmp_path / path.rsplit("/", 1)[1]
    copy.write_bytes((shared / path).read_bytes())
    held(apart(copy, name, options, 1, 30), 30)


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", MADE)
def test_damaged_binaries_at_length(tmp_path, name, seed):
    file, write, options = MADE[name]
    write(tmp_path / file)
    held(apart(tmp_path / file, name, options, seed, LONG), LONG)


@pytest.mark.shared
@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", REAL)
def test_damaged_grids_at_length(shared, tmp_path, name, seed):
    path, options = REAL[name]
    copy = tmp_path / path.rsplit("/", 1)[1]
    copy.write_bytes((shared / path).read_bytes())
    held(apart(copy, name, options, seed, LONG // 3), LONG // 3)


def test_a_classic_file_that_claims_a_thousand_million_values_costs_no_memory(tmp_path):
    import netCDF4

    path = tmp_path / "emibc_x.nc"
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as file:
        fields.grid(file)
        fields.time_axis(file, [15.5], "days since 2015-01-01", bounds=[[0, 31]])
        one = file.createVariable("emibc", "f4", ("time", "lat", "lon"))
        one.units = "kg m-2 s-1"
        one[:] = 1.0
    content = path.read_bytes()
    # The length of dimension lat, after its name.
    at = content.index(b"\x00\x00\x00\x03lat\x00") + 8
    path.write_bytes(content[:at] + (1_000_000_000).to_bytes(4, "big") + content[at + 4 :])
    with pytest.raises(BCInventoryError, match=r"emibc_x\.nc"):
        read_any(path, "cmip_bc")


def test_a_packed_file_that_claims_what_it_cannot_hold_is_refused(tmp_path):
    import netCDF4

    path = tmp_path / "emibc_x.nc"
    fields.emibc(path)
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("x", 40_000)
        file.createDimension("y", 40_000)
        file.renameVariable("emibc", "other")
        one = file.createVariable("emibc", "f4", ("time", "y", "x"), zlib=True)
        one.units = "kg m-2 s-1"
    with pytest.raises(BCInventoryError, match="claim of 3200000000 values"):
        from bc_inventory.readers.io.netcdf import array, opened
        from bc_inventory.readers.io.source import Source

        source = Source.of(path)
        with opened(source) as file:
            array(source, file["emibc"])
