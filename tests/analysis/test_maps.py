"""Maps: what is drawn where, inside the page, without a network or a Chinese font."""

import io
import socket
import warnings

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from matplotlib import image
from PIL import Image

from bc_inventory import schema
from bc_inventory.analysis.hotspots.files import write_geoparquet
from bc_inventory.analysis.maps import frames, picture, png
from bc_inventory.cf.labels import label_attributes, with_labels
from bc_inventory.errors import DataError
from bc_inventory.schema import table

# Cell centre, and the colour the classes give it.
PLACES = {"Taiyuan": (37.875, 112.625), "Katowice": (50.375, 19.125), "Milan": (45.375, 9.125)}


def _hotspot(name, side, region, latitude, longitude):
    row = dict.fromkeys(table("hotspots").names)
    row |= {
        "hotspot_id": f"{side}.density.all.{name}",
        "year": 2018,
        "side": side,
        "kind": "density",
        "sector_group": "all",
        "rank": 1,
        "region": region,
        "region_shares": f'{{"{region}": 1.0}}',
        "cells": 1,
        "resolution": 0.25,
        "latitude": latitude,
        "longitude": longitude,
        "peak_latitude": latitude,
        "peak_longitude": longitude,
        "area_km2": 600.0,
        "emission_kt": 3.0,
        "density_t_km2": 5.0,
        "peak_density_t_km2": 5.0,
        "share_of_side": 0.1,
        "share_of_region": 0.1,
        "top_nfr": "1A4bi",
        "nfr_shares": '{"1A4bi": 1.0}',
        "fuel_shares": '{"hard_coal": 1.0}',
        "place": name,
        "place_region": region,
        "years": 1,
    }
    half = 0.125
    box = shapely.box(longitude - half, latitude - half, longitude + half, latitude + half)
    return row | {"geometry": box}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Return a field that is 0.03 t/km2 but for three cells of 5."""
    folder = tmp_path_factory.mktemp("maps")
    lat, lon = np.arange(18.125, 72, 0.25), np.arange(-31.875, 135, 0.25)
    density = np.full((1, len(lat), len(lon)), 0.03)
    density[:, lat < 20] = np.nan
    for latitude, longitude in PLACES.values():
        density[0, lat == latitude, lon == longitude] = 5.0
    xr.Dataset(
        {"density": (("sector_group", "lat", "lon"), density)},
        {
            "sector_group": ("sector_group", [1], label_attributes(["all"])),
            "lat": lat,
            "lon": lon,
        },
    ).to_netcdf(folder / "hotspots.nc")
    rows = [
        _hotspot("Taiyuan", "CN", "CN-SX", *PLACES["Taiyuan"]),
        _hotspot("Katowice", "EU", "PL", *PLACES["Katowice"]),
    ]
    frame = pd.DataFrame(rows)
    for column in table("hotspots").columns:
        if column.kind == "number":
            frame[column.name] = frame[column.name].astype(float)
    write_geoparquet(frame, folder / "hotspots.parquet")
    return {"netcdf": folder / "hotspots.nc", "hotspots": folder / "hotspots.parquet"}


@pytest.fixture
def offline(monkeypatch):
    """Refuse any connection."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a map wants the network")

    monkeypatch.setattr(socket, "socket", refuse)


def test_maps_are_drawn_offline_and_alike(inputs, offline, tmp_path):
    for name in ("one", "two"):
        png.maps_step(inputs, {"maps": tmp_path / name}, year=2018, codes=["EU", "CN-SX"])
    for code in ("EU", "CN-SX"):
        first, second = (tmp_path / name / f"{code}.png" for name in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()
        assert image.imread(first).shape[1] > 600


def _draw(inputs, code):
    regions = schema.read_csv(png.data_root() / "regions.csv", "regions")
    outlines = schema.read_parquet(
        png.data_root() / "spatial" / "outlines.parquet", "spatial_outlines"
    )
    frame = frames.frame_of(code, regions, outlines)
    with xr.open_dataset(inputs["netcdf"]) as data:
        density = with_labels(data)["density"].sel(sector_group="all").load()
    hotspots = png.read_hotspots(inputs["hotspots"])
    return png.draw_map(frame, density, hotspots, outlines, {}, 2018), outlines


def _pixels(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[::-1]


@pytest.mark.parametrize(
    ("code", "place"), [("CN", "Taiyuan"), ("EU", "Katowice"), ("IT", "Milan")]
)
def test_a_cell_is_drawn_where_it_is(inputs, code, place):
    figure, _ = _draw(inputs, code)
    pixels = _pixels(figure)
    axes = figure.axes[0]
    latitude, longitude = PLACES[place]

    def colour(lon, lat):
        x, y = axes.transData.transform((lon, lat))
        return pixels[int(y), int(x), :3].astype(int)

    hot, plain = colour(longitude, latitude), colour(longitude - 0.9, latitude - 0.9)
    # The highest class is dark red, the class of 0.03 a light orange.
    assert hot.sum() < 250
    assert hot[0] > hot[2]
    assert plain.sum() > 450


def test_borders_are_where_the_regions_are(inputs):
    figure, outlines = _draw(inputs, "CN-SX")
    pixels, axes = _pixels(figure), figure.axes[0]
    # Shanxi lies between 110 and 115 E, 34 and 41 N.
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    assert 109 < west < 111
    assert 114 < east < 116
    assert 33 < south < 35
    assert 40 < north < 42

    def darkness(lon, lat):
        places = axes.transData.transform(np.column_stack([lon, lat])).astype(int)
        return np.array(
            [pixels[y - 2 : y + 3, x - 2 : x + 3, :3].sum(axis=2).min() for x, y in places]
        )

    own = outlines[outlines["region"] == "CN-SX"]
    assert np.median(darkness(own["lon"], own["lat"])) < 200
    # In the middle there is no border.
    assert darkness([112.3], [37.2])[0] > 450


def test_a_page_and_a_file_show_the_same_picture(inputs):
    figure, outlines = _draw(inputs, "EU")
    shown = figure.axes[0].images[0].get_array()
    regions = schema.read_csv(png.data_root() / "regions.csv", "regions")
    frame = frames.frame_of("EU", regions, outlines)
    with xr.open_dataset(inputs["netcdf"]) as data:
        density = with_labels(data)["density"].sel(sector_group="all").load()
    drawn = picture.draw_picture(frame, density, outlines, shown.shape[1])
    assert np.array_equal(shown, np.asarray(drawn))
    with Image.open(io.BytesIO(picture.to_png(drawn))) as stored:
        assert np.array_equal(np.asarray(stored.convert("RGB")), shown)


@pytest.mark.parametrize("code", ["EU", "CN", "CN-SX", "MT", "CN-XZ"])
def test_all_text_is_on_the_page(inputs, code):
    figure, _ = _draw(inputs, code)
    _pixels(figure)
    width, height = figure.bbox.size
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    texts += [axes.xaxis.label for axes in figure.axes]
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y1 <= height, text.get_text()


def test_without_a_chinese_font_there_is_no_chinese(inputs, monkeypatch):
    monkeypatch.setattr(png, "chinese_font", lambda _text: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        figure, _ = _draw(inputs, "CN")
        _pixels(figure)
    written = "".join(text.get_text() for text in figure.texts)
    assert all(ord(character) < 0x3000 for character in written)
    assert "mainland China" in written


def test_a_font_without_the_characters_is_no_chinese_font():
    from matplotlib import font_manager

    latin = font_manager.findfont("DejaVu Sans")
    assert png.chinese_font("中国", {"SimHei": latin}) is None
    assert png.chinese_font("China", {"SimHei": latin}) == "SimHei"
    assert png.chinese_font("China", {}) is None


def test_an_unknown_region_is_refused(inputs, tmp_path):
    with pytest.raises(DataError, match=r"CN-HEE.*Did you mean 'CN-HE'"):
        png.maps_step(inputs, {"maps": tmp_path}, year=2018, codes=["CN-HEE"])
