"""The build step writes the record whole, and what it wrote reads back the same."""

import hashlib

import netCDF4
import numpy as np
import pytest

from bc_inventory import schema
from bc_inventory.monitoring.record.netcdf import standard_name
from bc_inventory.monitoring.record.step import observations_step
from bc_inventory.reference.paths import data_root

INPUTS = {
    "observations": data_root() / "observations" / "means.csv",
    "places": data_root() / "observations" / "places.csv",
}


def run(folder):
    outputs = {
        "observations": folder / "observations",
        "netcdf": folder / "observations.nc",
        "stations": folder / "stations.parquet",
        "summary": folder / "monitoring_summary.parquet",
    }
    observations_step(INPUTS, outputs)
    return outputs


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    return run(tmp_path_factory.mktemp("step"))


def test_parquet_reads_back_the_same(outputs):
    put = schema.read_csv(INPUTS["observations"], "observations")
    got = schema.read_parquet(outputs["observations"], "observations")
    key = list(schema.table("observations").key)
    put, got = (f.sort_values(key, ignore_index=True) for f in (put, got))
    for name in put.columns:
        left, right = put[name].astype(object), got[name].astype(object)
        assert left.where(left.notna(), None).tolist() == right.where(right.notna(), None).tolist()


def test_netcdf_reads_back_the_same_in_its_units(outputs):
    put = schema.read_csv(INPUTS["observations"], "observations")
    with netCDF4.Dataset(outputs["netcdf"]) as file:
        assert file.featureType == "timeSeries"
        assert file["row_size"][:].sum() == len(put)
        name = "mass_concentration_of_elemental_carbon_in_pm2p5_dry_aerosol_particles_in_air"
        assert file["ec_pm25"].standard_name == name
        assert file["ec_pm25"].units == "kg m-3"
        for cut in ("pm1", "pm25", "pm10", "unknown"):
            own = put[(put["bc_type"] == "EC") & (put["size_cut"] == cut)]
            held = np.sort(file[f"ec_{cut}"][:].compressed()) * 1e9
            np.testing.assert_allclose(held, np.sort(own["ec_ug_m3"].dropna()), rtol=1e-14)
        assert set(file["file_sha256"][:]) == set(put["file_sha256"])


def test_equal_inputs_give_equal_bytes(outputs, tmp_path):
    again = run(tmp_path)
    for name in ("netcdf", "stations", "summary"):
        first, second = (hashlib.sha256(o[name].read_bytes()) for o in (outputs, again))
        assert first.digest() == second.digest()
    for path in sorted(outputs["observations"].rglob("*.parquet")):
        twin = again["observations"] / path.relative_to(outputs["observations"])
        assert path.read_bytes() == twin.read_bytes()


def test_a_station_says_what_it_can_be_compared_with(outputs):
    stations = schema.read_parquet(outputs["stations"], "stations").set_index("station")
    assert "EUSAAR_2" in stations.loc["HU0002R", "comparable_with"]
    assert "NIOSH" in stations.loc["EE0004U", "comparable_with"]
    assert "change of method" in stations.loc["CHTS", "not_comparable_with"]


def test_an_absence_has_its_row(outputs):
    summary = schema.read_parquet(outputs["summary"], "monitoring_summary")
    china = summary[(summary["side"] == "CN") & (summary["bc_type"] == "*")].iloc[0]
    assert (china["stations"], china["hours"]) == (1, 0)
    assert "doesn't report black carbon" in china["note"]
    assert (
        summary[(summary["side"] == "CN") & (summary["bc_type"] == "b_abs")]["series"].iloc[0] == 0
    )


def test_the_two_quantities_have_two_names():
    assert standard_name("eBC", "pm25") == (
        "mass_concentration_of_absorption_equivalent_black_carbon_of_pm2p5_dry_aerosol_"
        "particles_in_air"
    )
    assert standard_name("EC", "unknown") == (
        "mass_concentration_of_elemental_carbon_dry_aerosol_particles_in_air"
    )
    assert standard_name("rBC", "pm1") is None
