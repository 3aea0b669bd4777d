"""What a map shows: a domain or its part, or a region and what lies around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference.domains import NO_DOMAIN, codes, domains
from bc_inventory.reference.naming import name_of
from bc_inventory.reference.paths import data_root

__all__ = ["CLASSES", "COLOUR_MAP", "Frame", "every_code", "frame_of", "rings_of"]

# Classes of t km-2 per year in steps of about two, and their colours, the same on every map.
CLASSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
COLOUR_MAP = "YlOrRd"
Number = TypeVar("Number", float, NDArray[np.float64])
_MARGIN = 0.03  # of the width and height of what is shown


@dataclass(frozen=True)
class Frame:
    """What a map shows.

    Parameters
    ----------
    code : str
        Domain or region.
    side : str
        Domain whose emissions are drawn.
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
    """Return the domains and every region with an outline, for `maps_step`."""
    data = data_root()
    outlines = schema.read_parquet(
        inputs.get("outlines", data / "spatial" / "outlines.parquet"), "spatial_outlines"
    )
    regions = schema.read_csv(inputs.get("regions", data / "regions.csv"), "regions")
    ours = regions.loc[regions["side"] != NO_DOMAIN, "region"]
    return [*codes(), *sorted(set(ours) & set(outlines["region"]))]


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
    keys = [(str(names[codes[begin]]), int(part[begin])) for begin in begins]
    return dict(zip(keys, rings, strict=True))


def frame_of(
    code: str,
    regions: pd.DataFrame,
    outlines: pd.DataFrame,
    shown: Collection[str] | None = None,
) -> Frame:
    """Return the frame of a domain or region.

    Parameters
    ----------
    code : str
        Code of a domain or a region.
    regions : pandas.DataFrame
        Contract `regions`.
    outlines : pandas.DataFrame
        Contract `spatial_outlines`.
    shown : collection of str, optional
        Regions with emissions; by default all. A domain of which few are shown is framed and
        named after those.

    Raises
    ------
    DataError
        If it is neither, or has no outline.
    """
    known = domains()
    if code in known:
        side, every = code, known[code].members
        members = set(every) if shown is None else set(every) & set(shown)
        name, name_zh = name_of(members)
        code = min(members) if len(members) == 1 < len(every) else code
    else:
        members = {code}
        row = regions[(regions["region"] == code) & (regions["side"] != NO_DOMAIN)]
        if row.empty or code not in set(outlines["region"]):
            there = [*known, *regions.loc[regions["side"] != NO_DOMAIN, "region"]]
            problem = Problem(
                f"a map of {code!r}",
                f"{', '.join(known)} or a region of the inventory",
                remedy=suggest(code, there),
            )
            raise DataError([problem])
        side, name, name_zh = row[["side", "name", "name_zh"]].iloc[0]
    mine = outlines[outlines["region"].isin(members)]
    if mine.empty:
        return Frame(code, side, name, name_zh, *known[side].bounds)
    west, east, south, north = (
        mine["lon"].min(),
        mine["lon"].max(),
        mine["lat"].min(),
        mine["lat"].max(),
    )
    across, up = _MARGIN * (east - west), _MARGIN * (north - south)
    return Frame(code, side, name, name_zh, west - across, south - up, east + across, north + up)
