"""What a map shows: a side, or a region and what lies around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.common import SIDES

__all__ = ["CLASSES", "COLOUR_MAP", "Frame", "every_code", "frame_of", "rings_of"]

# Classes of t km-2 per year in steps of about two, and their colours, the same on every map.
CLASSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
COLOUR_MAP = "YlOrRd"
Number = TypeVar("Number", float, NDArray[np.float64])
_MARGIN = 0.03  # of the width and height of what is shown
_SIDE_NAMES = {"EU": ("EU-27", "欧盟27国"), "CN": ("mainland China", "中国大陆")}


@dataclass(frozen=True)
class Frame:
    """What a map shows.

    Parameters
    ----------
    code : str
        Side or region.
    side : str
        Side whose emissions are drawn.
    name, name_zh : str
        For the title.
    west, south, east, north : float
        Degrees.
    """

    code: str
    side: str
    name: str
    name_zh: str
    west: float
    south: float
    east: float
    north: float

    def height(self, width: float) -> float:
        """Return how high a map of some width is: a degree of longitude is the shorter one."""
        narrow = float(np.cos(np.radians((self.south + self.north) / 2)))
        return width * (self.north - self.south) / ((self.east - self.west) * narrow)

    def place(self, longitude: Number, latitude: Number) -> tuple[Number, Number]:
        """Return where a point lies, or several, from the left and the top, 0 to 1."""
        return (
            (longitude - self.west) / (self.east - self.west),
            (self.north - latitude) / (self.north - self.south),
        )


def every_code(inputs: Mapping[str, Path]) -> list[str]:
    """Return the sides and every region with emissions and an outline, for `maps_step`."""
    data = data_root()
    outlines = schema.read_parquet(
        inputs.get("outlines", data / "spatial" / "outlines.parquet"), "spatial_outlines"
    )
    regions = schema.read_csv(inputs.get("regions", data / "regions.csv"), "regions")
    ours = regions.loc[regions["side"].isin(SIDES), "region"]
    return [*SIDES, *sorted(set(ours) & set(outlines["region"]))]


def rings_of(outlines: pd.DataFrame) -> dict[tuple[str, int], NDArray[np.float64]]:
    """Return the rings of outlines by region and part: longitude and latitude of each vertex.

    Parameters
    ----------
    outlines : pandas.DataFrame
        Contract `spatial_outlines`.
    """
    ordered = outlines.sort_values(["region", "part", "vertex"])
    codes, names = pd.factorize(ordered["region"])
    part = ordered["part"].to_numpy()
    begins = np.flatnonzero((np.diff(codes, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0))
    rings = np.split(ordered[["lon", "lat"]].to_numpy(), begins[1:])
    keys = [(str(names[codes[at]]), int(part[at])) for at in begins]
    return dict(zip(keys, rings, strict=True))


def frame_of(code: str, regions: pd.DataFrame, outlines: pd.DataFrame) -> Frame:
    """Return the frame of a side or region.

    Parameters
    ----------
    code : str
        `EU`, `CN` or a region.
    regions : pandas.DataFrame
        Contract `regions`.
    outlines : pandas.DataFrame
        Contract `spatial_outlines`.

    Raises
    ------
    DataError
        If it is neither, or has no outline.
    """
    if code in SIDES:
        members = set(regions.loc[regions["side"] == code, "region"])
        side, (name, name_zh) = code, _SIDE_NAMES[code]
    else:
        members = {code}
        row = regions[(regions["region"] == code) & regions["side"].isin(SIDES)]
        if row.empty or code not in set(outlines["region"]):
            known = [*SIDES, *regions.loc[regions["side"].isin(SIDES), "region"]]
            problem = Problem(
                f"a map of {code!r}",
                "EU, CN or a region of the inventory",
                remedy=suggest(code, known),
            )
            raise DataError([problem])
        side, name, name_zh = row[["side", "name", "name_zh"]].iloc[0]
    mine = outlines[outlines["region"].isin(members)]
    west, east, south, north = (
        mine["lon"].min(),
        mine["lon"].max(),
        mine["lat"].min(),
        mine["lat"].max(),
    )
    across, up = _MARGIN * (east - west), _MARGIN * (north - south)
    return Frame(code, side, name, name_zh, west - across, south - up, east + across, north + up)
