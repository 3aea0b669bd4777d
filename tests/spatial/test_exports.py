import json

import netCDF4
import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
import xarray as xr

from bc_inventory.cf.labels import labels_of
from bc_inventory.errors import DataError
from bc_inventory.spatial.exports.geo import write_geoparquet, write_geotiff
from bc_inventory.spatial.exports.input4mips import file_name, write_input4mips
from bc_inventory.spatial.exports.models import write_model
from bc_inventory.spatial.exports.write import LAYOUTS, write_layout
from bc_inventory.spatial.product import Request, make_product


@pytest.fixture(scope="module")
def annual(emissions_folder, sectors_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("annual") / "grid.nc"
    make_product(emissions_folder, path, Request(2018, 0.25), sectors=sectors_file)
    return path


@pytest.fixture(scope="module")
def monthly(emissions_folder, sectors_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("monthly") / "grid.nc"
    request = Request(2018, 1.0, period="month")
    make_product(emissions_folder, path, request, sectors=sectors_file)
    return path


@pytest.fixture(scope="module")
def total_kg(emissions):
    from bc_inventory.spatial.allocate import select_emissions

    return select_emissions(emissions, 2018, "harmonised")["emission_kt"].sum() * 1e6


def days(source):
    with xr.open_dataset(source, decode_times=False) as data:
        bounds = data["time_bnds"].to_numpy()
        return (bounds[:, 1] - bounds[:, 0]), data["cell_area"].to_numpy()


@pytest.mark.parametrize(
    ("layout", "unit", "per_second", "variable"),
    [
        ("hemco", "kg/m2/s", 1.0, "BC_1A4bi"),
        ("emep", "mg/m2/h", 1e-6 / 3600, "BC_C_OtherStationaryComb"),
        ("wrfchem", "ug m-2 s-1", 1e-9, "E_BC_C_OtherStationaryComb"),
    ],
)
def test_a_model_s_file_holds_the_same_mass(
    monthly, tmp_path, total_kg, layout, unit, per_second, variable
):
    path = write_model(monthly, tmp_path / "model.nc", layout)
    length, area = days(monthly)
    with xr.open_dataset(path, decode_times=False) as data:
        assert data[variable].dims == ("time", "lat", "lon")
        assert data[variable].attrs["units"] == unit
        fields = [name for name in data.data_vars if not name.endswith("_TOTAL")]
        seconds = length[:, None, None] * 86400
        mass = sum(
            (data[name].to_numpy().astype(float) * per_second * area * seconds).sum()
            for name in fields
        )
        assert mass == pytest.approx(total_kg, rel=1e-6)
        total = data[variable.split("_")[0] + ("_BC" if layout == "wrfchem" else "") + "_TOTAL"]
        summed = sum(data[name].astype(float) for name in fields)
        np.testing.assert_allclose(total, summed, rtol=1e-5)
        assert np.isfinite(total).all()
        assert (np.diff(data["time"]) > 0).all()
        assert (np.diff(data["lat"]) > 0).all()
    with netCDF4.Dataset(path) as file:
        assert file.dimensions["time"].isunlimited()


def test_emep_reads_the_end_of_a_month_and_hemco_its_start(monthly, tmp_path):
    stamps = {}
    for layout in ("emep", "hemco"):
        with xr.open_dataset(write_model(monthly, tmp_path / f"{layout}.nc", layout)) as data:
            stamps[layout] = str(data["time"].to_numpy()[0])[:10]
    assert stamps == {"emep": "2018-02-01", "hemco": "2018-01-01"}


def test_the_layout_of_ceds(monthly, tmp_path, emissions, total_kg):
    name = file_name(2018, "bcinv-1")
    path = write_input4mips(monthly, tmp_path / name, source_id="bcinv-1")
    length, area = days(monthly)
    with xr.open_dataset(path, decode_times=False) as data:
        field = data["BC_em_anthro"]
        assert field.dims == ("time", "sector", "lat", "lon")
        assert field.sizes["sector"] == 8
        assert field.attrs["units"] == "kg m-2 s-1"
        assert data["time"].attrs["calendar"] == "365_day"
        # 15 January 2018 at noon after 268 years of 365 days.
        assert float(data["time"][0]) == 268 * 365 + 15.5
        mass = (field.astype(float) * area * (length[:, None, None, None] * 86400)).sum()
        burnt = emissions.loc[emissions["nfr"] == "3F", "emission_kt"].sum() * 1e6
        assert float(mass) == pytest.approx(total_kg - burnt, rel=1e-6)
        said = float(data.attrs["global_total_emission_2018"].split()[0])
        assert said * 1e9 == pytest.approx(float(mass), rel=1e-6)
        assert "Left out: 3F" in data.attrs["comment"]
        assert np.isnan(field.sel(sector=7)).all()
        required = "activity_id contact creation_date dataset_category frequency grid_label "
        required += "institution_id mip_era nominal_resolution realm source_id source_version "
        required += "target_mip title tracking_id variable_id license further_info_url region"
        assert set(required.split()) <= set(data.attrs)
    again = write_input4mips(monthly, tmp_path / "again.nc", source_id="bcinv-1")
    assert again.read_bytes() == path.read_bytes()


def test_a_yearly_file_can_t_take_the_layout_of_ceds(annual, tmp_path):
    with pytest.raises(DataError, match="1 time steps; expected 12 months"):
        write_input4mips(annual, tmp_path / "x.nc", source_id="x")
    assert list(tmp_path.iterdir()) == []


def test_a_category_without_a_ceds_sector_is_named(monthly, tmp_path, monkeypatch):
    from bc_inventory.spatial.exports import input4mips

    monkeypatch.setattr(
        input4mips.schema,
        "read_csv",
        lambda *_: __import__("pandas").DataFrame({"nfr": ["1A1a"], "ceds_index": [1]}),
    )
    with pytest.raises(DataError, match="the category '1A4bi'"):
        write_input4mips(monthly, tmp_path / "x.nc", source_id="x")


def test_a_geotiff_lies_where_the_grid_does(annual, tmp_path):
    (path,) = write_geotiff(annual, tmp_path / "grid.tif")
    with rasterio.open(path) as file, xr.open_dataset(annual) as data:
        assert file.crs.to_epsg() == 4326
        assert tuple(file.bounds) == (-32.0, 17.0, 135.0, 72.0)
        assert file.descriptions[-1] == "all categories"
        nfr = [text.split()[0] for text in file.descriptions[:-1]]
        assert nfr == labels_of(data["sector"].attrs)
        at = file.index(116.4, 39.9)
        wanted = data["emission_flux_total"].sel(lat=39.9, lon=116.4, method="nearest")
        assert file.read(file.count)[at] == np.float32(wanted.item())
        assert np.isnan(file.read(1)[file.index(-30.0, 20.0)])


def test_a_geotiff_for_each_month(monthly, tmp_path):
    made = write_geotiff(monthly, tmp_path / "grid.tif")
    assert [path.name for path in made][:2] == ["grid_20180101T00.tif", "grid_20180201T00.tif"]
    assert len(made) == 12


def test_geoparquet_holds_every_cell_once_and_its_polygon(annual, tmp_path, total_kg):
    path = write_geoparquet(annual, tmp_path / "grid.parquet")
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    frame = table.to_pandas()
    assert frame["total_kg"].sum() == pytest.approx(total_kg, rel=1e-6)
    parts = frame.filter(regex=r"^\d.*_kg$")
    np.testing.assert_allclose(parts.sum(axis=1), frame["total_kg"], rtol=1e-5)
    assert parts.isna().any().any()
    polygons = shapely.from_wkb(frame["geometry"])
    assert shapely.is_valid(polygons).all()
    assert shapely.is_ccw(shapely.get_exterior_ring(polygons)).all()
    np.testing.assert_allclose(shapely.area(polygons), 0.0625)
    np.testing.assert_allclose(shapely.get_x(shapely.centroid(polygons)), frame["lon"])
    np.testing.assert_allclose(shapely.get_y(shapely.centroid(polygons)), frame["lat"])


def test_a_layout_that_is_none_is_refused_with_the_nearest(annual, tmp_path):
    with pytest.raises(DataError, match="Did you mean 'hemco'"):
        write_layout(annual, tmp_path / "x", "hemko", 2018)
    assert "cf" in LAYOUTS


def test_a_file_of_another_kind_is_refused(tmp_path):
    xr.Dataset({"x": ("a", [1.0])}).to_netcdf(tmp_path / "other.nc")
    (tmp_path / "cut.nc").write_bytes(b"CDF")
    for name, words in (("other.nc", "variables x"), ("cut.nc", "can't be read")):
        with pytest.raises(DataError, match=words):
            write_model(tmp_path / name, tmp_path / "x.nc", "hemco")
    assert {path.name for path in tmp_path.iterdir()} == {"other.nc", "cut.nc"}
