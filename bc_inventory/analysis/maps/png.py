"""Maps of emissions and hotspots as PNG, drawn without any network.

The picture of cells and borders is that of the pages (`bc_inventory.analysis.maps.picture`);
matplotlib puts hotspots and words over it. All maps share one scale of classes in steps of
about two, since densities span orders of magnitude. A Chinese title is drawn only
where the machine has a font that holds every character of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.hotspots.files import read_hotspots
from bc_inventory.analysis.maps.frames import CLASSES, Frame, frame_of
from bc_inventory.analysis.maps.picture import class_colours, draw_picture
from bc_inventory.cf.labels import with_labels
from bc_inventory.reference.domains import codes as domain_codes
from bc_inventory.reference.domains import in_order
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.totals import density_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL import Image

__all__ = ["chinese_font", "draw_map", "maps_step"]

_LISTED = 10
_DPI = 130
_HEIGHT, _WIDEST, _PANEL = 5.6, 8.2, 3.8  # inches: highest and widest map, list at its right
# Pixels: least width of the scale, margins of the map, gap before the list, the scale itself.
_LEAST, _LEFT, _BOTTOM, _TOP, _GAP = 585, 78, 130, 117, 32
_SCALE_BOTTOM, _SCALE_HEIGHT = 65, 21
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
_INK, _HOT = "#222222", "#0b3c8c"


def maps_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    codes: list[str] | None = None,
) -> None:
    """Draw a map of each domain, or of chosen regions.

    Parameters
    ----------
    inputs : dict of str to Path
        `netcdf` and `hotspots` of `bc_inventory.analysis.hotspots.step`.
        Optional: `grid`, the grid file of the year, whose cells are drawn in
        place of the coarser ones of `netcdf`; `outlines`, `regions` and `sectors`, contracts
        `spatial_outlines`, `regions` and `sectors`; by default those embedded.
    outputs : dict of str to Path
        `maps`: folder, one `<code>.png` for each map.
    year : int
        Calendar year, for the title.
    codes : list of str, optional
        Domains and regions; by default the domains of the hotspots.

    Raises
    ------
    DataError
        If a code is neither a domain nor a region with an outline.
    """
    import xarray as xr

    data = data_root()
    outlines = schema.read_parquet(
        inputs.get("outlines", data / "spatial" / "outlines.parquet"), "spatial_outlines"
    )
    regions = schema.read_csv(inputs.get("regions", data / "regions.csv"), "regions")
    sectors = schema.read_csv(inputs.get("sectors", data / "sectors.csv"), "sectors")
    names = dict(zip(regions["region"], regions["name"], strict=True))
    names |= dict(zip(sectors["nfr"], sectors["name"], strict=True))
    hotspots = read_hotspots(inputs["hotspots"])
    outputs["maps"].mkdir(parents=True, exist_ok=True)
    shown = None
    if "grid" in inputs:
        density = density_of(inputs["grid"])
        with xr.open_dataset(inputs["grid"]) as placed:
            shown = {*placed.attrs["regions"].split()}
    else:
        with xr.open_dataset(inputs["netcdf"]) as fields:
            density = with_labels(fields)["density"].sel(sector_group="all").load()
    for code in codes or in_order(hotspots["side"]):
        frame = frame_of(code, regions, outlines, shown)
        figure = draw_map(frame, density, hotspots, outlines, names, year)
        figure.savefig(outputs["maps"] / f"{frame.code}.png", metadata={"Software": None})


def draw_map(
    frame: Frame,
    density: xr.DataArray,
    hotspots: pd.DataFrame,
    outlines: pd.DataFrame,
    names: Mapping[str, str],
    year: int,
) -> Figure:
    """Draw emission density, borders and hotspots of all sectors.

    Parameters
    ----------
    frame : Frame
        What to show.
    density : xarray.DataArray, dimensions (lat, lon)
        t km-2 per year.
    hotspots : pandas.DataFrame
        Contract `hotspots` and `geometry`.
    outlines : pandas.DataFrame
        Contract `spatial_outlines`.
    names : mapping of str to str
        Names of regions and NFR categories by their codes.
    year : int
        Calendar year.

    Returns
    -------
    matplotlib.figure.Figure
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    ratio = 1 / frame.height(1.0)
    across = round(min(_HEIGHT * ratio, _WIDEST) * _DPI)
    picture = draw_picture(frame, density, outlines, across)
    # Whole pixels, so that the picture comes through as it is.
    below = max(across, _LEAST)
    whole = round(below + _PANEL * _DPI), picture.height + _BOTTOM + _TOP
    width, height = (length / _DPI for length in whole)
    with mpl.rc_context({"font.family": "DejaVu Sans", "text.color": _INK, "font.size": 9}):
        figure = Figure(figsize=(width, height), dpi=_DPI)
        axes = figure.add_axes(_part((_LEFT, _BOTTOM, across, picture.height), whole))
        _draw_title(figure, frame, year, height)
        _show_picture(axes, frame, picture)
        _draw_scale(figure, _part((_LEFT, _SCALE_BOTTOM, below, _SCALE_HEIGHT), whole))
        mine = hotspots[(hotspots["sector_group"] == "all") & (hotspots["side"] == frame.side)]
        _draw_outlines(
            axes, mine[mine["kind"] == "significant"], linewidth=0.8, linestyle=(0, (3, 2))
        )
        _draw_outlines(axes, mine[mine["kind"] == "density"], linewidth=1.1)
        listed = _number(axes, frame, mine[mine["kind"] == "density"])
        left = (below + _LEFT + _GAP) / whole[0]
        _list_hotspots(figure, listed, names, left, 1 - 0.9 / height)
    return figure


def _part(
    box: tuple[int, int, int, int], whole: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height in pixels as parts of the figure's."""
    left, bottom, width, height = box
    return left / whole[0], bottom / whole[1], width / whole[0], height / whole[1]


def _draw_title(figure: Figure, frame: Frame, year: int, height: float) -> None:
    text = f"Black carbon emissions and hotspots, {frame.name}, {year}"
    figure.text(0.02, 1 - 0.3 / height, text, fontsize=13, va="center")
    chinese = f"{frame.name_zh}黑碳排放热点，{year}年"
    font = chinese_font(chinese)
    if font is not None:
        where = 1 - 0.6 / height
        figure.text(0.02, where, chinese, fontsize=13, va="center", fontfamily=font)


def _show_picture(axes: Axes, frame: Frame, picture: Image.Image) -> None:
    axes.imshow(
        np.asarray(picture),
        extent=(frame.west, frame.east, frame.south, frame.north),
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_autoscale_on(False)  # what reaches out of the frame is cut off
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}°{'W' if value < 0 else 'E'}")
    axes.yaxis.set_major_formatter("{x:g}°N")
    axes.tick_params(labelsize=8)


def _draw_scale(figure: Figure, place: tuple[float, float, float, float]) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import BoundaryNorm, ListedColormap

    colours = ListedColormap(np.array(class_colours()) / 255)
    norm = BoundaryNorm(CLASSES, colours.N, extend="both")
    scale = ScalarMappable(norm, colours)
    bar = figure.colorbar(scale, cax=figure.add_axes(place), orientation="horizontal")
    bar.set_ticks(CLASSES, labels=[f"{value:g}" for value in CLASSES])
    bar.set_label("black carbon emitted per area and year, t/km²")


def _draw_outlines(axes: Axes, hotspots: pd.DataFrame, **style: Any) -> None:
    import shapely
    from matplotlib.collections import LineCollection

    rings = shapely.get_rings(shapely.get_parts(hotspots["geometry"].to_numpy()))
    lines = [shapely.get_coordinates(ring) for ring in rings]
    axes.add_collection(
        LineCollection(
            lines,
            colors=_HOT,
            linewidths=style["linewidth"],
            linestyles=style.get("linestyle", "-"),
        )
    )


def _number(axes: Axes, frame: Frame, hotspots: pd.DataFrame) -> pd.DataFrame:
    """Write numbers next to the largest hotspots in the frame and return those."""
    from matplotlib.patheffects import withStroke

    inside = hotspots["longitude"].between(frame.west, frame.east)
    inside &= hotspots["latitude"].between(frame.south, frame.north)
    if frame.code not in domain_codes():
        inside &= hotspots["region_shares"].str.contains(f'"{frame.code}"', regex=False)
    listed = hotspots[inside].nsmallest(_LISTED, "rank")
    listed = listed.assign(number=np.arange(1, len(listed) + 1))
    halo: Any = [withStroke(linewidth=2.5, foreground="white")]
    for row in listed.itertuples():
        axes.annotate(
            str(row.number),
            (row.longitude, row.latitude),
            xytext=(6, 6),
            textcoords="offset points",
            fontweight="bold",
            color=_HOT,
            path_effects=halo,
        )
    return listed


def _list_hotspots(
    figure: Figure, listed: pd.DataFrame, names: Mapping[str, str], left: float, top: float
) -> None:
    lines = [
        "Largest hotspots: kt a year (95 % interval)",
        "and the category most of it comes from",
        "",
    ]
    for row in listed.itertuples():
        amount = f"{row.emission_kt:.2g}"
        if row.lower_kt == row.lower_kt:  # not NaN
            amount += f" ({row.lower_kt:.2g}–{row.upper_kt:.2g})"
        region = row.place_region if isinstance(row.place_region, str) else row.region
        lines += [
            f"{row.number}  {row.place}, {names.get(region, region)}: {amount}",
            "    " + textwrap.shorten(names.get(row.top_nfr, row.top_nfr), 44, placeholder=" …"),
        ]
    if listed.empty:
        lines.append("none among the densest cells of the side")
    lines += [
        "",
        "Blue outlines: the densest part of the side's",
        "area; dashed: significant clusters (Gi*).",
        "Borders for orientation only (Natural Earth).",
    ]
    figure.text(left, top, "\n".join(lines), va="top", fontsize=8, linespacing=1.45)


def chinese_font(text: str, files: Mapping[str, str] | None = None) -> str | None:
    """Return a font of this machine that holds every character of a text.

    Parameters
    ----------
    text : str
        What is to be drawn.
    files : mapping of str to str, optional
        Path of each font family; by default those that matplotlib knows.

    Returns
    -------
    str or None
        Family; None where no known Chinese font is installed or none is whole.
    """
    from matplotlib import font_manager

    if files is None:
        files = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for family in _CHINESE_FONTS:
        if family in files:
            face = font_manager.get_font(files[family])
            if all(face.get_char_index(ord(character)) for character in text):
                return family
    return None
