"""Maps of both sides on one colour scale: a picture of the cells, marks and words over it.

The picture holds cells and borders alone, so that every word of the map is text
of the page: it can be read aloud, enlarged and switched to the other language.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from bc_inventory.analysis.maps.frames import CLASSES, COLOUR_MAP, rings_of
from bc_inventory.report.i18n import Both
from bc_inventory.report.svg import chart, label, shape

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Mark", "Window", "legend", "map_chart", "window_of"]

_NOTHING, _BORDER = (255, 255, 255), (90, 90, 90)
_WIDTH = 520.0
# Pixels of the picture for one of the page, and the width of a border in them.
_SCALE, _LINE = 2, 1
_RADIUS = 8.5
_ROUNDS = 200
Floats = NDArray[np.float64]
Number = TypeVar("Number", float, NDArray[np.float64])


@dataclass(frozen=True)
class Window:
    """Part of the earth that a map shows, degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels of the page; a degree of longitude is shorter."""
        narrow = float(np.cos(np.radians((self.south + self.north) / 2)))
        height = _WIDTH * (self.north - self.south) / ((self.east - self.west) * narrow)
        return _WIDTH, round(height, 1)

    def place(self, longitude: Number, latitude: Number) -> tuple[Number, Number]:
        """Return where a point lies on the map, or several."""
        width, height = self.size
        return (
            (longitude - self.west) / (self.east - self.west) * width,
            (self.north - latitude) / (self.north - self.south) * height,
        )


@dataclass(frozen=True)
class Mark:
    """A numbered hotspot or a station on the map."""

    kind: str
    longitude: float
    latitude: float
    text: str = ""


def window_of(outlines: pd.DataFrame, regions: Sequence[str]) -> Window:
    """Return the window that holds some regions, with a margin."""
    mine = outlines[outlines["region"].isin(regions)]
    west, east = float(mine["lon"].min()), float(mine["lon"].max())
    south, north = float(mine["lat"].min()), float(mine["lat"].max())
    across, up = 0.02 * (east - west), 0.02 * (north - south)
    return Window(west - across, south - up, east + across, north + up)


def map_chart(
    window: Window,
    density: xr.DataArray,
    outlines: pd.DataFrame,
    marks: Sequence[Mark],
    title: Both,
    description: Both,
) -> Markup:
    """Return a map as inline SVG with the picture inside.

    Parameters
    ----------
    window : Window
        What is shown.
    density : xarray.DataArray, dims (lat, lon)
        t km-2, from `bc_inventory.spatial.totals.density_of`.
    outlines : pandas.DataFrame
        region, part, vertex, lat, lon.
    marks : sequence of Mark
        Hotspots are numbered, stations are triangles.
    title, description : Both
        For those who don't see the map.
    """
    width, height = window.size
    picture = base64.b64encode(_picture(window, density, outlines)).decode()
    drawn = [
        shape(
            "image", href=f"data:image/png;base64,{picture}", width=width, height=height, x=0, y=0
        )
    ]
    inside = []
    for mark in marks:
        x, y = window.place(mark.longitude, mark.latitude)
        if 0 <= x <= width and 0 <= y <= height:
            inside.append((mark, x, y))
    for mark, x, y in inside:
        if mark.kind == "station":
            path = f"M{x:.1f} {y - 4.5:.1f}l4 7.5h-8z"
            drawn.append(shape("path", d=path, class_="station"))
    hot = [(mark, x, y) for mark, x, y in inside if mark.kind != "station"]
    spread = _apart(np.array([(x, y) for _, x, y in hot]).reshape(-1, 2), (width, height))
    for (_, x, y), (u, v) in zip(hot, spread, strict=True):
        if np.hypot(u - x, v - y) > _RADIUS:
            drawn.append(shape("path", d=f"M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}", class_="leader"))
    for (mark, _, _), (u, v) in zip(hot, spread, strict=True):
        across, down = round(float(u), 1), round(float(v), 1)
        drawn.append(shape("circle", cx=across, cy=down, r=_RADIUS, class_="hot"))
        drawn.append(label(across, down, mark.text, text_anchor="middle", class_="hotnumber"))
    return chart(width, height, drawn, title, description)


def _apart(points: Floats, size: tuple[float, float]) -> Floats:
    """Push numbered marks apart until none hides another, as far as the map has room."""
    made = points.copy()
    for _ in range(_ROUNDS):
        between = made[:, None] - made[None, :]
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        near = distance < 2 * _RADIUS + 1
        if not near.any():
            break
        # Marks on one spot part along fixed directions, so that a map is always the same.
        angle = np.arange(len(made))
        own = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        way = np.where(
            distance[..., None] > 1e-6,
            between / np.maximum(distance, 1e-6)[..., None],
            own[:, None] - own[None, :],
        )
        push = np.where(near, (2 * _RADIUS + 1.5 - distance) / 2, 0.0)
        made += (way * np.where(np.isfinite(push), push, 0.0)[..., None]).sum(axis=1)
        made = np.clip(made, _RADIUS, np.array(size) - _RADIUS)
    return made


def _picture(window: Window, density: xr.DataArray, outlines: pd.DataFrame) -> bytes:
    """Return cells and borders as a PNG with a palette: nothing, the classes, the border."""
    from PIL import Image, ImageDraw

    latitudes, longitudes = density["lat"].to_numpy(), density["lon"].to_numpy()
    values = density.to_numpy()
    across, down = (round(length * _SCALE) for length in window.size)
    rows, there = _nearest(latitudes, np.linspace(window.north, window.south, 2 * down + 1)[1::2])
    columns, here = _nearest(
        longitudes, np.linspace(window.west, window.east, 2 * across + 1)[1::2]
    )
    known = (values > 0)[np.ix_(rows, columns)] & there[:, None] & here
    place = np.searchsorted(CLASSES, values, side="right")[np.ix_(rows, columns)] + 1
    image = Image.fromarray(np.where(known, place, 0).astype(np.uint8), mode="P")
    image.putpalette([channel for colour in (_NOTHING, *_colours(), _BORDER) for channel in colour])
    pen = ImageDraw.Draw(image)
    for ring in rings_of(outlines).values():
        line = np.column_stack(window.place(ring[:, 0], ring[:, 1])) * _SCALE
        pen.line(line.ravel().tolist(), len(CLASSES) + 2, _LINE)
    stream = io.BytesIO()
    image.save(stream, format="png", bits=4)
    return stream.getvalue()


def _nearest(centres: Floats, wanted: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the cell of each place along an axis of even steps, and whether there is one."""
    step = (centres[-1] - centres[0]) / (len(centres) - 1)
    at = np.rint((wanted - centres[0]) / step).astype(np.intp)
    inside = (at >= 0) & (at < len(centres))
    return np.where(inside, at, 0), inside


def _colours() -> list[tuple[int, int, int]]:
    """Return the colours of the classes, light to dark."""
    import matplotlib as mpl

    made = mpl.colormaps[COLOUR_MAP].resampled(len(CLASSES) + 1)
    table = made(np.arange(len(CLASSES) + 1), bytes=True)
    return [(int(red), int(green), int(blue)) for red, green, blue, _ in table]


def legend() -> Markup:
    """Return the common colour scale of the maps."""
    step = (_WIDTH - 20) / (len(CLASSES) + 1)
    marks = []
    for place, colour in enumerate(_colours()):
        x = 10 + place * step
        fill = "#{:02x}{:02x}{:02x}".format(*colour)
        swatch = {"x": x, "y": 18, "width": step, "height": 12, "fill": fill}
        marks.append(shape("rect", **swatch, class_="swatch"))
        if place:
            marks.append(
                label(x, 39, f"{CLASSES[place - 1]:g}", text_anchor="middle", class_="tick")
            )
    text = Both("black carbon emitted per area, t/km² a year", "单位面积黑碳排放，吨/平方公里/年")
    marks.append(label(10, 9, text))
    words = Both(
        f"ten classes from below {CLASSES[0]:g} to above {CLASSES[-1]:g} t/km² a year, the same "
        "on both maps",
        f"十级，由小于{CLASSES[0]:g}到大于{CLASSES[-1]:g}吨/平方公里/年，两图相同",
    )
    return chart(_WIDTH, 46, marks, Both("Colour scale", "色标"), words)
