"""The files of a release open in the tools of the field, with the units and sums they state."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bc_inventory.cf.labels import with_labels
from bc_inventory.release.read.release import open_release
from tests.conftest import needed

FILES = ["emissions.nc", "grid_2018.nc", "hotspots.nc"]
FIELD = {"emissions.nc": "emission", "grid_2018.nc": "emission_flux", "hotspots.nc": "density"}


@pytest.fixture(scope="module")
def release(releases):
    return open_release(root=releases)


@pytest.fixture(scope="module")
def cdo():
    command = needed(shutil.which("cdo"), "cdo isn't installed; .ci/run installs it")

    def run(*arguments):
        done = subprocess.run(
            [command, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("name", FILES)
def test_cdo_shows_and_selects_without_a_warning(release, cdo, tmp_path, name):
    shown = cdo("-s", "sinfon", release.file(name))
    assert FIELD[name] in shown
    cdo("-s", f"selname,{FIELD[name]}", release.file(name), tmp_path / name)
    with xr.open_dataset(tmp_path / name) as selected, xr.open_dataset(release.file(name)) as all_:
        field = all_[FIELD[name]]
        assert float(selected[FIELD[name]].sum()) == pytest.approx(float(field.sum()), rel=1e-6)


def test_cdo_sums_the_grid_to_the_total(release, cdo):
    total = release.emissions()["emission_kt"].sum()
    chosen = ("-selname,emission_flux_total", release.file("grid_2018.nc"))
    kg_s = float(cdo("-s", "outputf,%.10g", "-fldint", *chosen))
    # Its own cells lie on a sphere, ours on the ellipsoid: 0.2 % apart at these latitudes.
    assert kg_s * 365 * 86400 / 1e6 == pytest.approx(total, rel=3e-3)


@pytest.mark.parametrize("name", [*FILES, "grid_2018_ledger.nc", "observations.nc"])
def test_udunits_reads_every_unit_as_it_is_meant(release, name):
    import cf_units

    dimensions = {
        "emission_flux": "kg m-2 s-1",
        "emission_flux_total": "kg m-2 s-1",
        "emission": "kg",
        "density": "kg m-2",
        "allocation_emission": "kg",
        "region_total": "kg",
        "cell_area": "m2",
    }
    with xr.open_dataset(release.file(name), decode_times=False) as data:
        for variable, content in data.variables.items():
            unit = content.attrs.get("units")
            if unit is None:
                continue
            assert not {"kt", "year-1", "kt/yr"} & set(unit.split()), (variable, unit)
            parsed = cf_units.Unit(unit, calendar=content.attrs.get("calendar"))
            assert not parsed.is_unknown()
            if variable in dimensions:
                assert parsed.is_convertible(dimensions[variable]), (variable, unit)


@pytest.mark.parametrize("name", ["grid_2018.nc", "hotspots.nc"])
def test_gdal_knows_the_reference_system_and_the_extent(release, name):
    import rasterio

    with rasterio.open(f"netcdf:{release.file(name)}:{FIELD[name]}") as raster:
        assert raster.crs.to_epsg() == 4326
        with xr.open_dataset(release.file(name)) as data:
            edges = [float(data[f"{axis}_bnds"].min()) for axis in ("lon", "lat")]
            assert raster.bounds[:2] == pytest.approx(edges)
            assert data.attrs["geospatial_lat_min"] == edges[1]


def test_labels_give_codes_and_names_in_both_languages(release):
    with release.grid() as grid:
        one = grid["emission_flux"].sel(sector="1A4bi")
        assert one.dims == ("time", "lat", "lon")
        assert one["sector_name"].item() == "Residential"
        assert one["sector_name_zh"].item() == "居民"
    with xr.open_dataset(release.file("emissions.nc")) as stored:
        cube = with_labels(stored)
        assert cube["emission"].dims == ("time", "sector", "region")
        assert cube["region_name_zh"].sel(region="DE").item() == "德国"
        assert np.issubdtype(stored["region"].dtype, np.integer)


def test_time_covers_the_year(release):
    for name in ("emissions.nc", "grid_2018.nc"):
        with xr.open_dataset(release.file(name)) as data:
            bounds = data["time_bnds"].to_numpy().astype("datetime64[D]").astype(str).tolist()
            assert bounds == [["2018-01-01", "2019-01-01"]]
            assert data.attrs["time_coverage_start"] == "2018-01-01T00:00:00Z"
            assert data.attrs["time_coverage_end"] == "2019-01-01T00:00:00Z"


def test_geojson_parquet_and_points_hold_the_same_rows(release):
    import json

    features = json.loads(Path(release.file("hotspots.geojson")).read_text("utf-8"))["features"]
    assert len(features) == len(pd.read_parquet(release.file("hotspots.parquet")))
