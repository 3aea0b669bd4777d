"""Files of a user open only as what they say they are, and follow nothing they name."""

import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bc_inventory.errors import DataError
from bc_inventory.spatial.raster import read_raster
from bc_inventory.spatial.vector import read_features

SQUARE = {"type": "Polygon", "coordinates": [[[9, 50], [10, 50], [10, 51], [9, 51], [9, 50]]]}
FEATURE = {"type": "Feature", "properties": {"code": "A", "w": 2.5}, "geometry": SQUARE}
COLLECTION = {"type": "FeatureCollection", "features": [FEATURE]}


@pytest.fixture
def listener():
    """Count the requests that reach this machine."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_POST = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()


def descriptions(address, secret):
    layer = f'<OGRVRTLayer name="s"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
    band = f"<SimpleSource><SourceFilename>{secret}</SourceFilename></SimpleSource>"
    raster = '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand>'
    yield f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    yield f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>"
    yield f"{raster}{band}</VRTRasterBand></VRTDataset>"
    yield f"<GDAL_WMS><Service name='TMS'><ServerUrl>{address}/t</ServerUrl></Service></GDAL_WMS>"
    yield f"/vsicurl/{address}/x.geojson"
    yield json.dumps(
        COLLECTION | {"crs": {"type": "link", "properties": {"href": f"{address}/crs"}}}
    )
    yield json.dumps(COLLECTION | {"crs": {"type": "url", "properties": {"url": f"{address}/c"}}})
    yield json.dumps({"type": "Topology", "objects": {}, "arcs": []})


@pytest.mark.parametrize("ending", [".geojson", ".json", ".shp", ".gpkg", ".vrt", ".xml", ".gml"])
def test_a_description_of_another_source_is_refused(tmp_path, listener, ending):
    address, seen = listener
    secret = tmp_path / "secret.geojson"
    secret.write_text(json.dumps(COLLECTION))
    for number, text in enumerate(descriptions(address, secret)):
        path = tmp_path / f"x{number}{ending}"
        path.write_text(text)
        with pytest.raises(DataError, match=rf"x{number}\{ending}"):
            read_features(path, None)
    assert not seen


@pytest.mark.parametrize("ending", [".tif", ".tiff", ".nc"])
def test_a_raster_that_is_a_description_is_refused(tmp_path, listener, ending):
    address, seen = listener
    for number, text in enumerate(descriptions(address, tmp_path / "secret.tif")):
        path = tmp_path / f"x{number}{ending}"
        path.write_text(text)
        with pytest.raises(DataError, match="can't be read"):
            read_raster(path, None)
    assert not seen


def test_a_geopackage_with_a_virtual_table_is_refused(tmp_path, listener):
    address, seen = listener
    path = tmp_path / "x.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("create table a (b)")
        db.execute("pragma writable_schema = on")
        sql = f"CREATE VIRTUAL TABLE v USING VirtualOGR('WFS:{address}/wfs')"
        db.execute("insert into sqlite_master values ('table', 'v', 'v', 0, ?)", [sql])
    with pytest.raises(DataError, match="virtual table"):
        read_features(path, None)
    assert not seen


def test_geojson_is_read_as_its_standard_has_it(tmp_path):
    path = tmp_path / "x.geojson"
    for content in (COLLECTION, FEATURE, SQUARE):
        path.write_text("\ufeff" + json.dumps(content), encoding="utf-8")
        assert read_features(path, None).shapes[0].area == 1.0
    path.write_text(
        json.dumps(COLLECTION | {"features": [FEATURE, FEATURE | {"properties": None}]})
    )
    assert read_features(path, "w").attribute.tolist() == [2.5, None]


BOW = [[9, 50], [10, 51], [10, 50], [9, 51], [9, 50]]
SPIKE = [[9, 50], [10, 50], [10, 51], [10, 53], [10, 51], [9, 51], [9, 50]]
GAP = [[9, 50], [10, 50], [float("nan"), 51], [9, 51], [9, 50]]


@pytest.mark.parametrize(
    ("ring", "words"),
    [(BOW, r"feature 2.*\[9.5 50.5\]"), (SPIKE, "feature 2"), (GAP, "number in feature 2")],
)
def test_a_polygon_with_two_readings_is_refused_with_its_place(tmp_path, ring, words):
    path = tmp_path / "x.geojson"
    wrong = FEATURE | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps(COLLECTION | {"features": [FEATURE, wrong]}))
    with pytest.raises(DataError, match=words):
        read_features(path, None)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{}",
        "[]",
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": 3}]}',
        '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": "x"}}',
        '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}}',
        '{"type": "Feature", "geometry": {"type": "Cube", "coordinates": []}}',
        '{"type": "Feature", "geometry": {"type": "Polygon"}}',
        '{"type": "Polygon", "coordinates": [[[0, "a"], [1, 1], [1, 0], [0, 0]]]}',
    ],
)
def test_what_is_no_geojson_is_refused(tmp_path, text):
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(DataError, match=r"x\.geojson"):
        read_features(path, None)


def test_a_raster_that_claims_too_much_is_refused_before_memory_is_asked_for(tmp_path):
    import rasterio

    path = tmp_path / "x.tif"
    shape = {"width": 100_000, "height": 100_000, "count": 1, "dtype": "uint8"}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        crs="EPSG:4326",
        sparse_ok=True,
        tiled=True,
        **shape,
        transform=rasterio.transform.from_bounds(-180, -90, 180, 90, 100_000, 100_000),
    ):
        pass
    with pytest.raises(DataError, match="10000000000 cells"):
        read_raster(path, None)
