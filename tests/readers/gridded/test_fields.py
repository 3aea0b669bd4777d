"""Gridded fields: real files of GEOS-Chem and MERRA-2, others by their published headers."""

import netCDF4
import numpy as np
import pytest

from bc_inventory.errors import ConfigError, DataError
from bc_inventory.readers.gridded.cams import read_optics
from bc_inventory.readers.gridded.cmip import modern_name, sectors_of
from bc_inventory.readers.registry import detect, read_any

GEOS = "data/obs-gridded-geoschem-bc"
MERRA = "data/obs-gridded-merra2-aer/MERRA2_200.tavgM_2d_aer_Nx.200001.nc4"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "ppbv", "mass"),
    [
        ("gc_output.20130102.000000.nc", 0.13083, 0.05866),
        ("gc_output.20130103.180000.nc", 0.33255, 0.14928),
        ("ts.20160102.000000.nc", 0.36728, 0.18296),
    ],
)
def test_check_25_geos_chem(shared, name, ppbv, mass):
    made = read_any(shared / GEOS / name, molar_mass_g_mol=12.011).data
    assert round(float(made["bc_mixing_ratio"].mean()), 5) == ppbv
    assert round(float(made["bc_concentration"].mean()), 5) == mass
    with pytest.raises(ConfigError, match="molar_mass_g_mol"):
        read_any(shared / GEOS / name)


@pytest.mark.shared
def test_check_25_two_dates_with_the_same_bytes_are_told(shared, tmp_path):
    from click.testing import CliRunner

    from bc_inventory.commands.ingest import ingest

    content = (shared / GEOS / "gc_output.20130102.000000.nc").read_bytes()
    names = [tmp_path / f"gc_output.2013010{day}.000000.nc" for day in (2, 4)]
    for path in names:
        path.write_bytes(content)
    other = shared / GEOS / "gc_output.20130103.000000.nc"
    arguments = [*map(str, names), str(other), "--option", "molar_mass_g_mol=12.011"]
    done = CliRunner().invoke(ingest, arguments)
    assert done.exit_code == 0, done.output
    assert done.output.count("hold the same bytes") == 1
    assert f"{names[1]} and {names[0]}" in done.output


@pytest.mark.shared
def test_check_25_merra2(shared):
    made = read_any(shared / MERRA).data
    field = made["bc_angstrom"]
    assert (round(float(field.min()), 5), round(float(field.max()), 5)) == (1.40275, 1.60355)
    assert round(float(field.mean()), 5) == 1.47442
    assert round(float(field.weighted(np.cos(np.radians(made["lat"]))).mean()), 5) == 1.46328
    here = field.sel(lat=40, lon=116.25, method="nearest").item()
    assert round(here, 5) == 1.42476
    assert 0.0 in made["lat"].to_numpy().tolist()
    assert made["time_bnds"].to_numpy().astype("datetime64[D]").tolist() == [
        [np.datetime64("2000-01-01").item(), np.datetime64("2000-02-01").item()]
    ]


@pytest.mark.shared
def test_check_25_the_models_cross_sections(shared):
    made = read_optics(shared / "data/obs-cams-bc-optics/aerosol_ifs_49R1.nc")
    assert {name: round(mac.cross_section(637), 3) for name, mac in made.items()} == {
        "OPAC": 6.363,
        "Bond": 9.139,
        "Stier": 8.834,
    }
    assert round(made["Bond"].cross_section(880), 3) == 6.398


def grid(file, lat=(10.0, 0.0), lon=(0.0, 1.0), names=("lat", "lon")):
    for name, axis in zip(names, (lat, lon), strict=True):
        file.createDimension(name, len(axis))
        file.createVariable(name, "f8", (name,))[:] = axis


def time_axis(file, values, units, calendar="standard", bounds=None):
    file.createDimension("time", len(values))
    time = file.createVariable("time", "f8", ("time",))
    time.units, time.calendar = units, calendar
    time[:] = values
    if bounds is not None:
        file.createDimension("bnds", 2)
        time.bounds = "time_bnds"
        file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = bounds


def merra(path, unit="kg m-3", monthly=False):
    with netCDF4.Dataset(path, "w") as file:
        file.LongName = "MERRA2 tavg1_2d_aer_Nx" + (": Monthly Mean" if monthly else "")
        grid(file, lat=(-5.9e-13, 0.5))
        time_axis(file, [0, 60], "minutes since 2018-01-01T00:30:00")
        file["time"].time_increment = np.int32(10000)
        held = file.createVariable("BCSMASS", "f4", ("time", "lat", "lon"), fill_value=1e15)
        held.units = unit
        held[:] = 2e-9
        held[0, 0, 0] = 1e15
    return path


def test_merra2_surface_mass_in_micrograms(tmp_path):
    made = read_any(merra(tmp_path / "MERRA2_400.tavg1_2d_aer_Nx.20180101.nc4")).data
    assert made["bc_concentration"].attrs["units"] == "ug m-3"
    assert float(made["bc_concentration"].max()) == pytest.approx(2.0)
    assert int(made["bc_concentration"].isnull().sum()) == 1
    assert made["lat"].to_numpy().tolist() == [0.0, 0.5]
    stamps = made["time_bnds"].to_numpy()[0].astype("datetime64[m]").astype(str).tolist()
    assert stamps == ["2018-01-01T00:00", "2018-01-01T01:00"]
    with pytest.raises(DataError, match="ug m-3"):
        read_any(merra(tmp_path / "b.nc4", unit="ug m-3"))


def cams(path, *, state=True):
    with netCDF4.Dataset(path, "w") as file:
        grid(file, names=("latitude", "longitude"))
        time_axis(file, [0], "hours since 2018-01-01 00:00:00")
        for name, value in (("aermr09", 1e-9), ("aermr10", 3e-9)):
            held = file.createVariable(name, "f8", ("time", "latitude", "longitude"))
            held.units = "kg kg**-1"
            held[:] = value
        if state:
            for name, value in (("sp", 101325.0), ("t", 288.15)):
                file.createVariable(name, "f8", ("time", "latitude", "longitude"))[:] = value
    return path


def test_check_25_cams_is_the_sum_of_both_parts(tmp_path):
    made = read_any(cams(tmp_path / "cams.nc")).data
    assert float(made["bc_mass_mixing_ratio"].mean()) == pytest.approx(4e-9)
    # 1.225 kg m-3 at 15 degrees Celsius and sea level.
    assert float(made["bc_concentration"].mean()) == pytest.approx(4.9, rel=1e-3)
    assert made["lat"].to_numpy().tolist() == [0.0, 10.0]
    bare = read_any(cams(tmp_path / "bare.nc", state=False))
    assert "bc_concentration" not in bare.data
    assert "isn't turned" in bare.report.notes[0]
    told = read_any(tmp_path / "bare.nc", pressure_pa=101325.0, temperature_k=288.15).data
    assert float(told["bc_concentration"].mean()) == pytest.approx(4.9, rel=1e-3)


def emibc(path, *, calendar="365_day", name="emibc", sectors=None, days=(15.5, 45.0)):
    with netCDF4.Dataset(path, "w") as file:
        grid(file)
        time_axis(file, list(days), "days since 2015-01-01 0:0:0", calendar, [[0, 31], [31, 59]])
        dims = ["time", "lat", "lon"]
        if sectors:
            file.createDimension("sector", 2)
            file.createVariable("sector", "i4", ("sector",))[:] = [0, 1]
            file["sector"].ids = sectors
            dims.insert(1, "sector")
        held = file.createVariable(name, "f4", dims, fill_value=1e20)
        held.units = "kg m-2 s-1"
        held.standard_name = (
            "tendency_of_atmosphere_mass_content_of_black_carbon_dry_aerosol_due_to_emission"
        )
        held[:] = 1e-12
    return path


@pytest.mark.parametrize("calendar", ["365_day", "noleap", "gregorian", "proleptic_gregorian"])
def test_cmip_emission_and_its_old_name(tmp_path, calendar):
    path = emibc(tmp_path / "emibc_x.nc", calendar=calendar)
    assert detect(path).name == "cmip_bc"
    made = read_any(path).data
    assert "elemental_carbon_dry_aerosol_particles" in made["emibc"].attrs["standard_name"]
    assert made["time_bnds"].to_numpy()[1].astype("datetime64[D]").astype(str).tolist() == [
        "2015-02-01",
        "2015-03-01",
    ]


def test_input4mips_sectors_come_from_an_attribute(tmp_path):
    path = emibc(tmp_path / "x.nc", name="BC_em_anthro", sectors="0: Agriculture; 1: Energy Sector")
    made = read_any(path).data
    assert made["sector"].to_numpy().tolist() == ["Agriculture", "Energy Sector"]
    assert sectors_of("0: A; 1: B; nothing") == {0: "A", 1: "B"}
    with pytest.raises(DataError, match="without a name"):
        read_any(emibc(tmp_path / "y.nc", name="BC_em_anthro", sectors="0: Agriculture"))


def test_a_date_no_calendar_has_is_refused(tmp_path):
    path = emibc(tmp_path / "x.nc", calendar="360_day", days=(15.5, 59.0))
    with pytest.raises(DataError, match="times"):
        read_any(path)


def test_a_modern_name_stays():
    name = "mass_fraction_of_elemental_carbon_dry_aerosol_particles_in_air"
    assert modern_name(name) == name


def edgar(path, *, variable="emissions", unit="Tonnes", year="2018", substance="BC"):
    with netCDF4.Dataset(path, "w") as file:
        grid(file)
        held = file.createVariable(variable, "f4", ("lat", "lon"))
        held.units, held.substance, held.year = unit, substance, year
        held.long_name = "TOTALS"
        held[:] = 5.0
    return path


def test_edgar_mass_and_flux_are_told_apart(tmp_path):
    name = "EDGARv6.1_BC_2018_TOTALS.0.1x0.1.nc"
    made = read_any(edgar(tmp_path / name)).data
    assert made["bc_emission_mass"].attrs["kind"] == "mass"
    assert int(made["time"].dt.year.item()) == 2018
    flux = read_any(
        edgar(tmp_path / "v8.1_FT2022_AP_BC.nc", variable="fluxes", unit="kg m-2 s-1")
    ).data
    assert flux["bc_emission_flux"].attrs["kind"] == "flux"


@pytest.mark.parametrize(
    ("how", "ask", "word"),
    [
        ({"substance": "OC"}, {}, "OC"),
        ({"year": "2016"}, {}, "2 years"),
        ({}, {"year": 2016}, "asked"),
        ({"unit": "kg"}, {}, "kg"),
    ],
)
def test_edgar_refuses_what_it_does_not_hold(tmp_path, how, ask, word):
    path = edgar(tmp_path / "EDGARv6.1_BC_2018_TOTALS.0.1x0.1.nc", **how)
    with pytest.raises(DataError, match=word):
        read_any(path, "edgar_grid_bc", **ask)


def test_an_axis_out_of_order_is_refused(tmp_path):
    path = tmp_path / "emibc_x.nc"
    emibc(path)
    with netCDF4.Dataset(path, "a") as file:
        file["lon"][:] = [5.0, 5.0]
    with pytest.raises(DataError, match="isn't in order"):
        read_any(path)
