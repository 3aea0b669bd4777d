import hashlib
import json
import shutil
import subprocess

import netCDF4
import numpy as np
import pytest
import xarray as xr

from bc_inventory.cf.labels import with_labels
from bc_inventory.spatial import netcdf
from bc_inventory.spatial.allocate import allocate, select_emissions
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.step import grid_step
from bc_inventory.spatial.totals import region_totals
from tests.spatial.share_files import write_shares_of


@pytest.fixture(scope="module")
def inputs(emissions, emissions_folder, sectors_file, tmp_path_factory):
    shares = write_shares_of(emissions, tmp_path_factory.mktemp("shares"), 0.5)
    return {"emissions": emissions_folder, "sectors": sectors_file, "shares": shares}


@pytest.fixture(scope="module")
def file(inputs, tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "grid_2018.nc"
    grid_step(inputs, {"grid": path}, year=2018, resolution=0.5)
    return path


def test_totals_come_back_from_the_file_alone(file, emissions):
    wanted = (
        select_emissions(emissions, 2018, "harmonised")
        .groupby(["region", "nfr"])["emission_kt"]
        .sum()
    )
    found = region_totals(file).set_index(["region", "nfr"])["emission_kt"]
    assert len(found) == len(wanted)
    np.testing.assert_allclose(found.loc[wanted.index], wanted, rtol=1e-6)


def test_the_sum_of_flux_times_area_and_seconds_is_the_total(file, emissions):
    wanted = select_emissions(emissions, 2018, "harmonised")["emission_kt"].sum()
    with xr.open_dataset(file) as data:
        mass = (data["emission_flux_total"].astype(float) * data["cell_area"]).sum()
        assert data["emission_flux"].attrs["units"] == "kg m-2 s-1"
        assert data["emission_flux"].dtype == np.float32
    assert float(mass) * 365 * 86400 / 1e6 == pytest.approx(wanted, rel=1e-6)


def test_seconds_are_those_of_the_calendar_year(emissions, tables, tmp_path):
    from bc_inventory.spatial.calendar import year_bounds

    chosen = select_emissions(emissions, 2018, "harmonised")
    made = allocate(chosen, make_grid(1.0), tables)
    for year, days in ((2018, 365), (2020, 366)):
        path = netcdf.write_grid(made, tmp_path / f"{year}.nc", bounds=year_bounds(year))
        with xr.open_dataset(path) as data:
            mass = (data["emission_flux_total"].astype(float) * data["cell_area"]).sum()
            assert str(data["time"].to_numpy()[0])[:4] == str(year)
        assert float(mass) * days * 86400 / 1e6 == pytest.approx(
            chosen["emission_kt"].sum(), rel=1e-6
        )


def test_a_category_is_chosen_by_its_code(file):
    with xr.open_dataset(file) as stored:
        data = with_labels(stored)
        field = data["emission_flux"].sel(sector="1A4bi").isel(time=0)
        assert field["sector_name"].item() == "name of 1A4bi"
        assert field["gnfr"].item() == "C_OtherStationaryComb"
        at = field.sel(lat=39.9, lon=116.4, method="nearest")
        assert float(at) > 0
        assert np.isnan(field.sel(lat=28.3, lon=-16.5, method="nearest"))
        assert set(data["sector"].to_numpy()) >= {"1A4bi", "2A1"}
        assert "1A3di(i)" not in data["sector"].to_numpy()


def test_the_file_says_which_proxy_placed_what(file):
    with xr.open_dataset(netcdf.ledger_of(file)) as data:
        rows = data[
            ["allocation_region", "allocation_sector", "allocation_proxy", "allocation_rung"]
        ]
        malta = rows.to_dataframe().query(
            "allocation_region == 'MT' and allocation_sector == '1A1a'"
        )
        assert set(malta["allocation_proxy"]) == {"power", "oilgas_power"}


def test_the_same_input_gives_the_same_bytes(file, inputs, tmp_path):
    again = tmp_path / "grid_2018.nc"
    grid_step(inputs, {"grid": again}, year=2018, resolution=0.5)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (file, again)]
    assert digests[0] == digests[1]


def test_a_failure_leaves_nothing_behind(emissions, tables, tmp_path, monkeypatch):
    from bc_inventory.spatial.calendar import year_bounds

    made = allocate(select_emissions(emissions, 2018, "harmonised"), make_grid(1.0), tables)

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(netcdf, "write_fields", full)
    with pytest.raises(OSError, match="No space left"):
        netcdf.write_grid(made, tmp_path / "grid.nc", bounds=year_bounds(2018))
    assert list(tmp_path.iterdir()) == []


def test_ncdump_reads_the_head(file):
    ncdump = shutil.which("ncdump")
    if ncdump is None:
        pytest.skip("ncdump (netcdf-bin) isn't installed")
    head = subprocess.run(
        [ncdump, "-h", str(file)], capture_output=True, text=True, check=True
    ).stdout
    assert 'emission_flux:units = "kg m-2 s-1"' in head


@pytest.mark.parametrize("suite", ["cf:1.11", "acdd:1.3"])
def test_the_compliance_checker_finds_no_error(file, compliance_checker, suite, tmp_path):
    report = tmp_path / "report.json"
    subprocess.run(
        [compliance_checker, "-t", suite, "-f", "json", "-o", str(report), str(file)],
        capture_output=True,
        check=False,
    )
    found = json.loads(report.read_text())[suite]
    said = {item["name"]: item["msgs"] for item in found["all_priorities"] if item["msgs"]}
    if suite == "cf:1.11":
        # CF recommends, and doesn't require, categories to the left of time (2.4); CDO skips
        # fields whose first dimension isn't time.
        order = said.pop("§2.4 Dimensions", [])
        assert all("emission_flux's spatio-temporal dimensions" in text for text in order)
        assert said == {}
    # ACDD wants a standard name on every variable; CF has none for those of the ledger.
    required = {item["name"]: item["msgs"] for item in found["high_priorities"] if item["msgs"]}
    assert {message for messages in required.values() for message in messages} <= {"standard_name"}


def test_netcdf4_is_written_with_filters_every_reader_has(file):
    with netCDF4.Dataset(file) as data:
        filters = data["emission_flux"].filters()
        assert filters["zlib"]
        assert filters["shuffle"]
        assert filters["complevel"] == 1
        assert not any(filters[name] for name in ("zstd", "blosc", "bzip2", "szip"))
        assert data["emission_flux"].chunking() == [1, 1, 110, 334]
