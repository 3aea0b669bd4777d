"""Maps of domains on one colour scale: a picture of the cells, marks and words over it.

The picture holds cells and borders alone, so that every word of the map is text
of the page: it can be read aloud, enlarged and switched to the other language.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from bc_inventory.analysis.maps.frames import CLASSES, Frame
from bc_inventory.analysis.maps.picture import class_colours, draw_picture, to_png
from bc_inventory.report.i18n import Both
from bc_inventory.report.svg import chart, label, shape

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Marker", "legend", "map_chart"]

_WIDTH = 520.0
_SCALE = 2  # pixels of the picture for one of the page
_RADIUS = 8.5
_ROUNDS = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Marker:
    """A numbered hotspot or a station on the map."""

    kind: str
    longitude: float
    latitude: float
    text: str = ""


def map_chart(
    frame: Frame,
    density: xr.DataArray,
    outlines: pd.DataFrame,
    symbols: Sequence[Marker],
    title: Both,
    description: Both,
) -> Markup:
    """Return a map as inline SVG with the picture inside.

    Parameters
    ----------
    frame : Frame
        What is shown.
    density : xarray.DataArray, dims (lat, lon)
        t km-2, from `bc_inventory.spatial.totals.density_of`.
    outlines : pandas.DataFrame
        region, part, vertex, lat, lon.
    symbols : sequence of Mark
        Hotspots are numbered, stations are triangles.
    title, description : Both
        For those who don't see the map.
    """
    width, height = _WIDTH, round(frame.height(_WIDTH), 1)
    image = draw_picture(frame, density, outlines, round(_WIDTH * _SCALE))
    picture = base64.b64encode(to_png(image)).decode()
    drawn = [
        shape(
            "image", href=f"data:image/png;base64,{picture}", width=width, height=height, x=0, y=0
        )
    ]
    inside = []
    for mark in symbols:
        left, top = frame.place(mark.longitude, mark.latitude)
        x, y = left * width, top * height
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
    values = points.copy()
    for _ in range(_ROUNDS):
        between = values[:, None] - values[None, :]
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        near = distance < 2 * _RADIUS + 1
        if not near.any():
            break
        # Marks on one spot part along fixed directions, so that a map is always the same.
        angle = np.arange(len(values))
        array = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        way = np.where(
            distance[..., None] > 1e-6,
            between / np.maximum(distance, 1e-6)[..., None],
            array[:, None] - array[None, :],
        )
        push = np.where(near, (2 * _RADIUS + 1.5 - distance) / 2, 0.0)
        values += (way * np.where(np.isfinite(push), push, 0.0)[..., None]).sum(axis=1)
        values = np.clip(values, _RADIUS, np.array(size) - _RADIUS)
    return values


def legend() -> Markup:
    """Return the common colour scale of the maps."""
    step = (_WIDTH - 20) / (len(CLASSES) + 1)
    shapes = []
    for place, colour in enumerate(class_colours()):
        x = 10 + place * step
        fill = "#{:02x}{:02x}{:02x}".format(*colour)
        swatch = {"x": x, "y": 18, "width": step, "height": 12, "fill": fill}
        shapes.append(shape("rect", **swatch, class_="swatch"))
        if place:
            shapes.append(
                label(x, 39, f"{CLASSES[place - 1]:g}", text_anchor="middle", class_="tick")
            )
    text = Both("black carbon emitted per area, t/km² a year", "单位面积黑碳排放，吨/平方公里/年")
    shapes.append(label(10, 9, text))
    words = Both(
        f"ten classes from below {CLASSES[0]:g} to above {CLASSES[-1]:g} t/km² a year, the same "
        "on both maps",
        f"十级，由小于{CLASSES[0]:g}到大于{CLASSES[-1]:g}吨/平方公里/年，两图相同",
    )
    return chart(_WIDTH, 46, shapes, Both("Colour scale", "色标"), words)
