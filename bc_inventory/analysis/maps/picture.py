"""The picture of a map: cells in the colours of the classes, and the borders over them.

Files and pages show this picture with what is to be read put over it, so that a map is the
same wherever it is seen.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.maps.frames import CLASSES, COLOUR_MAP, Frame, rings_of

if TYPE_CHECKING:
    import xarray as xr
    from PIL import Image

__all__ = ["class_colours", "draw_picture", "to_png"]

_NOTHING, _BORDER, _INK = (255, 255, 255), (104, 104, 104), (34, 34, 34)
_FINE = 3  # borders are drawn so many times finer, for smooth lines
# Widths of borders, and of those of the region that is shown, in pixels of the fine picture.
_THIN, _BROAD = 3, 7
Floats = NDArray[np.float64]


def class_colours() -> list[tuple[int, int, int]]:
    """Return red, green and blue of the classes, from below the first to above the last."""
    import matplotlib as mpl

    result = mpl.colormaps[COLOUR_MAP].resampled(len(CLASSES) + 1)
    table = result(np.arange(len(CLASSES) + 1), bytes=True)
    return [(int(red), int(green), int(blue)) for red, green, blue, _ in table]


def draw_picture(
    frame: Frame, density: xr.DataArray, outlines: pd.DataFrame, width: int
) -> Image.Image:
    """Draw the cells and the borders of a frame.

    Parameters
    ----------
    frame : Frame
        What is shown.
    density : xarray.DataArray, dims (lat, lon)
        t km-2 per year, as `bc_inventory.spatial.totals.density_of` returns it; cells
        without a figure stay white.
    outlines : pandas.DataFrame
        Contract `spatial_outlines`; those of the frame's region are drawn broader.
    width : int
        Pixels; the height follows from the frame.

    Returns
    -------
    PIL.Image.Image
        In red, green and blue.
    """
    from PIL import Image

    size = width, round(frame.height(width))
    image = Image.fromarray(_cells(frame, density, size), mode="P")
    image.putpalette([channel for colour in (_NOTHING, *class_colours()) for channel in colour])
    image = image.convert("RGB")
    rings = rings_of(outlines)
    outline = [ring for (region, _), ring in rings.items() if region == frame.code]
    for lines, colour, broad in ((list(rings.values()), _BORDER, _THIN), (outline, _INK, _BROAD)):
        if not lines:
            continue
        mask = Image.new("L", (size[0] * _FINE, size[1] * _FINE))
        _draw_lines(mask, frame, lines, broad)
        image.paste(colour, mask=mask.reduce(_FINE))
    return image


def to_png(image: Image.Image) -> bytes:
    """Return a picture as a PNG with a palette, which is small."""
    from PIL.Image import Dither

    stream = io.BytesIO()
    image.quantize(256, dither=Dither.NONE).save(stream, format="png")
    return stream.getvalue()


def _cells(frame: Frame, density: xr.DataArray, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the class of each pixel from 1, 0 where there is no figure."""
    values = density.to_numpy()
    width, height = size
    across = np.linspace(frame.west, frame.east, 2 * width + 1)[1::2]
    down = np.linspace(frame.north, frame.south, 2 * height + 1)[1::2]
    columns, here = _nearest(density["lon"].to_numpy(), across)
    rows, there = _nearest(density["lat"].to_numpy(), down)
    shown = values[np.ix_(rows, columns)]
    known = np.isfinite(shown) & there[:, None] & here
    return np.where(known, np.searchsorted(CLASSES, shown, side="right") + 1, 0).astype(np.uint8)


def _nearest(centres: Floats, wanted: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the cell of each place along an axis of even steps, and whether there is one."""
    step = (centres[-1] - centres[0]) / (len(centres) - 1)
    nearest = np.rint((wanted - centres[0]) / step).astype(np.intp)
    inside = (nearest >= 0) & (nearest < len(centres))
    return np.where(inside, nearest, 0), inside


def _draw_lines(mask: Image.Image, frame: Frame, lines: list[Floats], width: int) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(mask)
    for line in lines:
        x, y = frame.place(line[:, 0], line[:, 1])
        points = np.column_stack([x * mask.width, y * mask.height])
        pen.line(points.ravel().tolist(), 255, width, joint="curve")
