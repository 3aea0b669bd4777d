"""Boundaries and proxies of a user's own, good and bad."""

import json

import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import xarray as xr

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.spatial.allocate import allocate
from bc_inventory.spatial.boundaries import with_boundaries
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.userproxies import with_ladder, with_proxy


def square(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(path, features, **more):
    """Write features given as (properties, geometry)."""
    text = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry}
            for properties, geometry in features
        ],
        **more,
    }
    path.write_text(json.dumps(text))
    return path


def emissions(regions, nfr="1A4bi", fuel="diesel"):
    return pd.DataFrame(
        {
            "side": "EU",
            "region": regions,
            "nfr": nfr,
            "gnfr": "C",
            "fuel": fuel,
            "emission_kt": np.arange(1.0, len(regions) + 1),
        }
    )


# Two halves of a box in Germany that meet at 10.05 E, in the middle of a cell.
HALVES = [
    ({"code": "WEST"}, square(9.0, 50.0, 10.05, 51.0)),
    ({"code": "EAST"}, square(10.05, 50.0, 11.0, 51.0)),
]


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".gpkg"])
def test_polygons_of_every_format_become_regions(tables, tmp_path, suffix):
    import shapely

    path = tmp_path / f"halves{suffix}"
    pyogrio.raw.write(
        path,
        shapely.to_wkb([shapely.geometry.shape(geometry) for _, geometry in HALVES]),
        [np.array(["WEST", "EAST"], dtype=object)],
        np.array(["code"], dtype=object),
        geometry_type="Polygon",
        crs="EPSG:4326",
    )
    made = with_boundaries(tables, path, "code", ["WEST", "EAST"])
    area = made.cells.groupby("region")["area_m2"].sum()
    # A box of 1.05 by 1 degree against one of 0.95 by 1.
    assert area["WEST"] / area["EAST"] == pytest.approx(1.05 / 0.95, rel=1e-6)
    inside = tables.cells[
        tables.cells["i"].between(1890, 1909) & tables.cells["j"].between(1400, 1409)
    ]
    for amount in ("pop_urban", "pop_rural", "cropland_ha"):
        assert made.cells[amount].sum() == pytest.approx(inside[amount].sum(), rel=1e-6)
    allocated = allocate(emissions(["WEST", "EAST"]), make_grid(0.25, "EU"), made)
    np.testing.assert_allclose(sorted(allocated.region_totals()[0]), [1e6, 2e6], rtol=1e-12)


def halves_as_cells(path, step=0.05, values=None, flags=(1, 2)):
    """Write the two halves as a raster with flags; rows from the north in a GeoTIFF."""
    grid = make_grid(step, (8.9, 49.9, 11.1, 51.1))
    if values is None:
        west = (grid.lon > 9) & (grid.lon < 10.05)
        east = (grid.lon > 10.05) & (grid.lon < 11)
        inside = ((grid.lat > 50) & (grid.lat < 51))[:, None]
        values = np.where(inside, 1.0 * west + 2.0 * east, 0.0)
    values = np.where(values == 0, 255, values).astype(np.uint8)
    names = {"flag_values": np.array(flags, np.uint8), "flag_meanings": "WEST EAST"}
    if path.suffix == ".nc":
        cells = xr.DataArray(
            values, dims=("lat", "lon"), coords={"lat": grid.lat, "lon": grid.lon}, attrs=names
        )
        cells.to_dataset(name="region").to_netcdf(path, encoding={"region": {"_FillValue": 255}})
        return path
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.ny,
        width=grid.nx,
        count=1,
        dtype="uint8",
        nodata=255,
        crs="EPSG:4326",
        transform=rasterio.transform.from_origin(8.9, 51.1, step, step),
    ) as data:
        data.write(values[::-1], 1)
        data.update_tags(1, flag_values="{1,2}", flag_meanings="WEST EAST")
    return path


@pytest.mark.parametrize("suffix", [".nc", ".tif"])
def test_cells_of_a_raster_become_the_regions_that_the_polygons_are(tables, tmp_path, suffix):
    """The halves end at 10.05 E, where a cell of the raster ends and one of the base doesn't."""
    made = with_boundaries(tables, halves_as_cells(tmp_path / f"r{suffix}"), None, ["WEST", "EAST"])
    polygons = with_boundaries(tables, geojson(tmp_path / "h.geojson", HALVES), "code")
    columns = ["region", "j", "i"]
    both = made.cells.merge(polygons.cells, on=columns, suffixes=("", "_polygon"), how="outer")
    assert len(both) == len(made.cells) == len(polygons.cells)
    for amount in ("fraction", "pop_urban", "cropland_ha"):
        np.testing.assert_allclose(both[amount], both[f"{amount}_polygon"], rtol=1e-6, atol=1e-6)
    places = ["name", "lon", "lat", "region"]
    assert made.points[places].equals(polygons.points[places])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"flags": (1, 2, 3)}, "3 flag_values, 2 flag_meanings"),
        ({"flags": (1, 3)}, "the value 2, which isn't among the flag_values"),
        ({"values": np.ones((24, 44))}, "region 'NORTH', which has no cells"),
    ],
)
def test_a_raster_that_cannot_be_regions_is_refused(tables, tmp_path, more, words):
    with pytest.raises(DataError, match=words):
        with_boundaries(tables, halves_as_cells(tmp_path / "r.nc", **more), None, ["NORTH"])
    field().to_netcdf(tmp_path / "plain.nc")
    with pytest.raises(DataError, match="without flag_values and flag_meanings"):
        with_boundaries(tables, tmp_path / "plain.nc", None)


def test_lanes_stay_with_the_regions_that_the_file_has(tables, tmp_path):
    path = geojson(tmp_path / "r.geojson", [({"code": "IT"}, square(11.0, 43.0, 12.0, 44.0))])
    made = with_boundaries(tables, path, "code", ["IT"])
    assert set(made.lanes["region"]) == {"IT"}
    ledger = allocate(emissions(["IT"], "1A3dii"), make_grid(0.5, "all"), made).ledger
    assert ledger["proxy"].tolist() == ["shipping_lane"]
    assert ledger["outside_kt"].sum() == pytest.approx(0.0, abs=1e-9)


def test_plants_belong_to_the_polygon_they_lie_in(tables, tmp_path):
    made = with_boundaries(tables, geojson(tmp_path / "h.geojson", HALVES), "code")
    assert set(made.points["region"]) == {"EAST", "WEST"}
    east = made.points[made.points["region"] == "EAST"]
    assert east["lon"].between(10.05, 11).all()
    assert east["lat"].between(50, 51).all()


@pytest.mark.parametrize(
    ("features", "more", "words"),
    [
        (
            [HALVES[0], ({"code": "EAST"}, square(10.0, 50.0, 11.0, 51.0))],
            {},
            r"polygons of WEST and EAST that overlap by 5\.\d+% of the smaller",
        ),
        (
            [
                (
                    {"code": "BOW"},
                    {
                        "type": "Polygon",
                        "coordinates": [[[9, 50], [10, 51], [10, 50], [9, 51], [9, 50]]],
                    },
                )
            ],
            {},
            "an invalid polygon of BOW: Self-intersection.*makevalid",
        ),
        (HALVES[:1], {}, "region 'EAST', which has no cells"),
        ([({"name": "x"}, HALVES[0][1])], {}, "no column 'code'; expected one of name"),
        (
            [({"code": "WEST"}, square(179.0, 50.0, 181.0, 51.0))],
            {},
            "does it cross the date line",
        ),
        (
            [({"code": "WEST"}, square(4e6, 3e6, 4.1e6, 3.1e6))],
            {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3035"}}},
            "EPSG::3035'; expected WGS84",
        ),
        (
            [({"code": "WEST"}, {"type": "Point", "coordinates": [9, 50]})],
            {},
            "a Point as WEST",
        ),
        ([], {}, "no features"),
    ],
)
def test_boundaries_that_cannot_be_used_are_refused(tables, tmp_path, features, more, words):
    path = geojson(tmp_path / "b.geojson", features, **more)
    with pytest.raises(DataError, match=words):
        with_boundaries(tables, path, "code", ["EAST", "WEST"])


def test_a_file_that_is_none_is_refused(tables, tmp_path):
    (tmp_path / "b.geojson").write_text("{")
    for path, words in ((tmp_path / "b.geojson", "isn't JSON"), (tmp_path / "c.shp", "no such")):
        with pytest.raises(DataError, match=words):
            with_boundaries(tables, path, "code")


def test_a_shapefile_without_its_reference_system_is_refused(tables, tmp_path):
    import shapely

    path = tmp_path / "halves.shp"
    pyogrio.raw.write(
        path,
        shapely.to_wkb([shapely.geometry.shape(HALVES[0][1])]),
        [np.array(["WEST"], dtype=object)],
        np.array(["code"], dtype=object),
        geometry_type="Polygon",
        crs=None,
    )
    with pytest.raises(DataError, match=r"no coordinate reference system.*\.prj"):
        with_boundaries(tables, path, "code")


def ladder(path, *proxies, nfr="1A3c"):
    rows = [("*", nfr, "*", n, proxy, "high", "user", None) for n, proxy in enumerate(proxies, 1)]
    columns = schema.table("proxy_ladder").names
    return schema.write_csv(pd.DataFrame(rows, columns=columns), "proxy_ladder", path)


def field(values=None, west=5.0, south=46.0, east=16.0, north=56.0, step=0.5):
    grid = make_grid(step, (west, south, east, north))
    data = np.ones(grid.shape) if values is None else values
    return xr.DataArray(
        data, dims=("lat", "lon"), coords={"lat": grid.lat, "lon": grid.lon}, name="count"
    )


@pytest.mark.parametrize("suffix", [".nc", ".tif"])
def test_a_field_of_the_user_places_what_its_ladder_says(tables, tmp_path, suffix):
    values = np.zeros((20, 22))
    values[10, 10], values[8, 10] = 3.0, 1.0
    path = tmp_path / f"rail{suffix}"
    if suffix == ".nc":
        field(values).to_netcdf(path)
    else:
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=20,
            width=22,
            count=1,
            dtype="float64",
            crs="EPSG:4326",
            transform=rasterio.transform.from_origin(5.0, 56.0, 0.5, 0.5),
        ) as data:
            data.write(values[::-1], 1)
    made = with_proxy(tables, "rail", path, regions=["DE"])
    made = with_ladder(made, ladder(tmp_path / "ladder.csv", "rail", "land"))
    allocated = allocate(emissions(["DE"], "1A3c"), make_grid(0.5, "EU"), made)
    assert allocated.ledger["proxy"].tolist() == ["rail"]
    at = allocated.grid.locate([10.25, 10.25], [51.25, 50.25])
    np.testing.assert_allclose(allocated.field("1A3c").ravel()[at], [0.75e6, 0.25e6], rtol=1e-12)


def test_a_density_is_weighted_by_area(tables, tmp_path):
    field().to_netcdf(tmp_path / "even.nc")
    made = with_proxy(tables, "even", tmp_path / "even.nc", kind="flux", regions=["LU"])
    land = tables.cells["region"] == "LU"
    share = made.cells.loc[land, "user:even"] / made.cells.loc[land, "area_m2"]
    assert share.max() / share.min() == pytest.approx(1.0, rel=0.3)
    whole = made.cells.loc[land, "fraction"] == 1
    whole_share = (
        made.cells.loc[land & whole, "user:even"] / made.cells.loc[land & whole, "area_m2"]
    )
    np.testing.assert_allclose(whole_share, 1.0, rtol=1e-6)


def test_points_and_lines_are_counted_in_their_cells(tables, tmp_path):
    points = [
        ({"mw": 30}, {"type": "Point", "coordinates": [10.05, 50.05]}),
        ({"mw": 10}, {"type": "Point", "coordinates": [11.05, 50.05]}),
    ]
    made = with_proxy(tables, "p", geojson(tmp_path / "p.geojson", points), column="mw")
    assert made.cells["user:p"].sum() == pytest.approx(40)
    line = [({}, {"type": "LineString", "coordinates": [[10.0, 50.05], [10.3, 50.05]]})]
    made = with_proxy(tables, "l", geojson(tmp_path / "l.geojson", line))
    lengths = made.cells.loc[made.cells["user:l"] > 0, "user:l"]
    # Three cells of 0.1 degree at 50.05 N: 7 140 m each on a sphere of 6 371 km.
    np.testing.assert_allclose(lengths, 6_371_007.2 * np.deg2rad(0.1) * np.cos(np.deg2rad(50.05)))
    assert len(lengths) == 3
    slanted = [({"w": 2.0}, {"type": "LineString", "coordinates": [[10.01, 50.02], [11.77, 50.9]]})]
    made = with_proxy(tables, "s", geojson(tmp_path / "s.geojson", slanted), column="w")
    # Along the great circle it is 158.77 km (haversine), twice by weight.
    half = np.sin(np.deg2rad([0.44, 0.88])) ** 2
    cosines = np.cos(np.deg2rad(50.02)) * np.cos(np.deg2rad(50.9))
    circle = 2 * 6_371_007.2 * np.arcsin(np.sqrt(half[0] + cosines * half[1]))
    assert made.cells["user:s"].sum() == pytest.approx(2 * circle, rel=1e-4)


def test_what_a_district_holds_is_even_over_it(tables, tmp_path):
    districts = [({"people": 60}, square(10.0, 50.0, 10.3, 50.1)), ({"people": 5}, HALVES[0][1])]
    path = geojson(tmp_path / "d.geojson", districts)
    made = with_proxy(tables, "d", path, column="people").cells
    assert made["user:d"].sum() == pytest.approx(65, rel=1e-6)
    # Three cells of the first, and two of them and a half in the second, a box of 10.5 x 10 cells.
    row = made[(made["j"] == 1400) & made["i"].isin([1900, 1901, 1902])]
    area = np.array([1, 0.5, 0]) * 5 / 105
    np.testing.assert_allclose(row["user:d"], 20 + area, rtol=1e-2)
    plain = with_proxy(tables, "d", path).cells
    cells = plain[(plain["j"] == 1400) & (plain["i"] == 1902)]
    np.testing.assert_allclose(cells["user:d"], cells["area_m2"], rtol=1e-6)
    mixed = geojson(
        tmp_path / "m.geojson", [*HALVES, ({}, {"type": "Point", "coordinates": [9, 50]})]
    )
    with pytest.raises(DataError, match=r"\['Point', 'Polygon'\].*polygons only"):
        with_proxy(tables, "m", mixed)


def nan_inland():
    values = np.ones((20, 22))
    values[8:14, 8:14] = np.nan
    return field(values)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda: field(-np.ones((20, 22))), "a smallest value of -1; expected values from 0"),
        (nan_inland, "of the land of DE.*NaN isn't zero"),
        (lambda: field(None, 5.0, 46.0, 9.0, 56.0), "of the land of DE"),
        (lambda: field(np.zeros((20, 22))), "nothing in any region"),
        (lambda: field(np.full((20, 22), np.nan)), "a smallest value of nan"),
        (lambda: field(np.full((20, 22), np.inf)), r"field\.nc: found an infinite value"),
    ],
)
def test_a_field_that_cannot_place_is_refused(tables, tmp_path, given, words):
    given().to_netcdf(tmp_path / "field.nc")
    with pytest.raises(DataError, match=words):
        with_proxy(tables, "x", tmp_path / "field.nc", regions=["DE"])


def test_a_raster_in_another_projection_is_refused(tables, tmp_path):
    path = tmp_path / "x.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=2,
        width=2,
        count=1,
        dtype="float32",
        crs="EPSG:3035",
        transform=rasterio.transform.from_origin(4e6, 3e6, 1e5, 1e5),
    ) as data:
        data.write(np.ones((2, 2), np.float32), 1)
    with pytest.raises(DataError, match=r"reference system EPSG:3035.*gdalwarp"):
        with_proxy(tables, "x", path)


@pytest.mark.parametrize("weight", [-1, None, "many"])
def test_a_weight_that_is_none_is_refused_with_its_row(tables, tmp_path, weight):
    features = [
        ({"w": 1}, {"type": "Point", "coordinates": [10, 50]}),
        ({"w": weight}, {"type": "Point", "coordinates": [10, 50]}),
    ]
    path = geojson(tmp_path / "p.geojson", features)
    with pytest.raises(DataError, match=r"row 2: found .*a finite weight from 0"):
        with_proxy(tables, "x", path, column="w")


def test_a_ladder_must_name_known_proxies_and_end_with_land(tables, tmp_path):
    with pytest.raises(DataError, match=r"'rails'; expected one of"):
        with_ladder(tables, ladder(tmp_path / "a.csv", "rails", "land"))
    with pytest.raises(DataError, match="ending with 'population'"):
        with_ladder(tables, ladder(tmp_path / "b.csv", "population"))


def test_a_user_s_ladder_takes_the_place_of_ours_only(tables, tmp_path):
    made = with_ladder(tables, ladder(tmp_path / "a.csv", "population", "land"))
    before, after = (t.ladder[t.ladder["nfr"] == "1A3c"] for t in (tables, made))
    assert before["proxy"].tolist() == ["rail", "sqrt_pop_area", "population", "land"]
    assert after["proxy"].tolist() == ["population", "land"]
    assert len(made.ladder) == len(tables.ladder) - 2


@pytest.mark.shared
def test_the_embedded_cells_are_those_of_the_published_polygons(tables, shared, tmp_path):
    import gzip

    source = shared / "data" / "spatial-naturalearth" / "ne_10m_admin_0_eu27_china.geojson.gz"
    with gzip.open(source, "rt", encoding="utf-8") as stream:
        whole = json.load(stream)
    names = {"DEU": "DE", "POL": "PL", "CZE": "CZ", "LUX": "LU", "HUN": "HU", "SVN": "SI"}
    features = [
        ({"code": names[feature["properties"]["ADM0_A3"]]}, feature["geometry"])
        for feature in whole["features"]
        if feature["properties"]["ADM0_A3"] in names
    ]
    made = with_boundaries(tables, geojson(tmp_path / "ne.geojson", features), "code")
    both = made.cells.merge(tables.cells, on=["region", "j", "i"], suffixes=("", "_embedded"))
    for region in names.values():
        rows = both[both["region"] == region]
        # The embedded shares are multiples of 1/65535, at least one where a cell is touched.
        missing = made.cells.loc[made.cells["region"] == region, "fraction"].sum()
        assert missing - rows["fraction"].sum() < 1e-3
        difference = (rows["fraction"] - rows["fraction_embedded"]).abs()
        assert difference.max() <= 1 / 65535
