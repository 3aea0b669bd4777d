"""Shipping lanes: the shortest ways over sea between the ports of a country.

A cell of 0.1 degree is sea where its centre isn't land; lagoons and inlets that no step joins to
a sea are left out. `curation/tables/sea.csv` holds the sea cells of Natural Earth land 1:10m,
version 3.0.1 (public domain), as `python -m curation sea LAND` makes them.

A ship goes from centre to centre of neighbouring cells or by a knight's move, all cells that a
step touches being sea. The mass of a pair of ports is the product of their weights; it lies
evenly along their way, and half of it is each end's. Steps share their length among the cells
they cross.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from curation.maker import Maker, Roots, parameters, read_fact

__all__ = ["MAKER", "WINDOWS", "Sea", "lanes", "sea_cells", "sea_of"]

_FILE = "spatial/lanes_010.parquet"
_SIZE = 10  # cells in a degree
_SMALLEST_SEA = 1000  # cells; what is smaller is a lagoon or an inlet
_DEGREE_KM = 111.195  # along a meridian
_NEAR_KM = 30.0  # a port farther from the sea has no way
# West, east, south, north: the seas of each domain.
WINDOWS = {"EU": (-13, 36, 34, 67), "CN": (105, 127, 16, 42)}
# Steps as rows and columns, and the cells that each crosses with its part of the length.
_STRAIGHT = [(1, 0), (0, 1), (1, 1), (1, -1)]
_KNIGHT = [(1, 2), (2, 1), (1, -2), (2, -1)]


def _crossed(step: tuple[int, int]) -> list[tuple[int, int, float]]:
    rows, columns = step
    if max(abs(rows), abs(columns)) == 1:
        return [(0, 0, 0.5), (rows, columns, 0.5)]
    half = (rows // 2 if abs(rows) == 2 else 0, int(columns / 2) if abs(columns) == 2 else 0)
    other = (rows - half[0], columns - half[1])
    return [(*cell, 0.25) for cell in ((0, 0), half, other, (rows, columns))]


@dataclass(frozen=True)
class Sea:
    """Sea cells of a window, and the steps between them.

    Parameters
    ----------
    west, south : int
        First column and row of the window on the global grid.
    open : numpy.ndarray of bool
        Rows from south, columns from west: whether a cell is sea.
    """

    west: int
    south: int
    open: npt.NDArray[np.bool_]

    def latitude(self, row: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the latitude of the centres of rows, degrees."""
        return (np.asarray(row) + self.south + 0.5) / _SIZE - 90.0

    def longitude(self, column: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the longitude of the centres of columns, degrees."""
        return (np.asarray(column) + self.west + 0.5) / _SIZE - 180.0

    def steps(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return start, end and length (km) of every step; cells are numbered row by row."""
        height, width = self.open.shape
        number = np.arange(height * width).reshape(height, width)
        starts, ends, lengths = [], [], []
        for step in (*_STRAIGHT, *_KNIGHT):
            rows, columns = np.nonzero(self.open)
            free = np.ones(len(rows), bool)
            for down, right, _ in _crossed(step):
                row, column = rows + down, columns + right
                inside = (0 <= row) & (row < height) & (0 <= column) & (column < width)
                free &= inside
                free[inside] &= self.open[row[inside], column[inside]]
            rows, columns = rows[free], columns[free]
            middle = self.latitude(rows + step[0] / 2)
            east = step[1] * np.cos(np.radians(middle))
            starts.append(number[rows, columns])
            ends.append(number[rows + step[0], columns + step[1]])
            lengths.append(np.hypot(step[0], east) * _DEGREE_KM / _SIZE)
        return np.concatenate(starts), np.concatenate(ends), np.concatenate(lengths)


def sea_of(window: tuple[int, int, int, int]) -> Sea:
    """Return the sea cells of a window (west, east, south, north; degrees)."""
    west, east, south, north = window
    height, width = (north - south) * _SIZE, (east - west) * _SIZE
    sea = Sea((west + 180) * _SIZE, (south + 90) * _SIZE, np.zeros((height, width), bool))
    runs = parameters("sea") - [sea.south, sea.west, sea.west]
    for row, first, last in runs.itertuples(index=False):
        if 0 <= row < height and 0 <= first < width:
            sea.open[row, first : last + 1] = True
    return sea


def sea_cells(land: Path) -> pd.DataFrame:
    """Return the runs of sea cells of all windows, from a file of land polygons.

    Parameters
    ----------
    land : Path
        Natural Earth land 1:10m, version 3.0.1, as a shapefile.

    Returns
    -------
    pandas.DataFrame
        Columns `j`, `i_first`, `i_last`: row and columns on the global grid of 0.1 degree.
    """
    from pyogrio.raw import read  # noqa: PLC0415 - an extra, which only this function needs

    parts = []
    for west, east, south, north in WINDOWS.values():
        _, _, shapes, _ = read(land, bbox=(west, south, east, north), columns=[])
        solid = shapely.union_all(shapely.make_valid(shapely.from_wkb(shapes)))
        shapely.prepare(solid)
        height, width = (north - south) * _SIZE, (east - west) * _SIZE
        sea = Sea((west + 180) * _SIZE, (south + 90) * _SIZE, np.ones((height, width), bool))
        lon, lat = np.meshgrid(sea.longitude(np.arange(width)), sea.latitude(np.arange(height)))
        parts.append(_runs(_open_seas(replace(sea, open=~shapely.contains_xy(solid, lon, lat)))))
    return pd.concat(parts, ignore_index=True)


def _runs(sea: Sea) -> pd.DataFrame:
    edges = np.diff(np.pad(sea.open, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, first = np.nonzero(edges == 1)
    _, after = np.nonzero(edges == -1)
    columns = {"j": rows + sea.south, "i_first": first + sea.west, "i_last": after - 1 + sea.west}
    return pd.DataFrame(columns)


def _open_seas(sea: Sea) -> Sea:
    """Leave out lagoons and inlets that no step joins to a sea."""
    start, end, length = sea.steps()
    graph = coo_array((length, (start, end)), shape=(sea.open.size, sea.open.size))
    _, part = connected_components(graph, directed=False)
    large = np.bincount(part) >= _SMALLEST_SEA
    return replace(sea, open=sea.open & large[part].reshape(sea.open.shape))


def lanes(roots: Roots) -> pd.DataFrame:
    """Return the share of each region's shipping in a cell, contract `spatial_lanes`."""
    ports = read_fact(roots, "spatial/points.parquet", "spatial_points").query("kind == 'port'")
    sides = read_fact(roots, "regions").set_index("region")["side"]
    ports = ports.assign(side=ports["region"].map(sides))
    parts = []
    for side, window in WINDOWS.items():
        sea = sea_of(window)
        mine = ports[ports["side"] == side]
        country = mine["region"].str.split("-").str[0]
        parts.append(_of_window(sea, mine.assign(country=country)))
    result = pd.concat(parts).groupby(["region", "j", "i"], as_index=False)["mass"].sum()
    share = result["mass"] / result.groupby("region")["mass"].transform("sum")
    result["shipping_share"] = share.round(6)
    return result[result["shipping_share"] > 0].drop(columns="mass").reset_index(drop=True)


def _of_window(sea: Sea, ports: pd.DataFrame) -> pd.DataFrame:
    start, end, length = sea.steps()
    size = sea.open.size
    graph = coo_array((length, (start, end)), shape=(size, size)).tocsr()
    ports = ports.assign(
        cell=[_berth(sea, *at) for at in zip(ports["lat"], ports["lon"], strict=True)]
    )
    ports = ports[ports["cell"] >= 0]
    rows = []
    for _, of_country in ports.groupby("country"):
        cells = of_country["cell"].to_numpy()
        far, before = dijkstra(graph, directed=False, indices=cells, return_predecessors=True)
        regions, weights = of_country["region"].to_numpy(), of_country["weight"].to_numpy()
        for first in range(len(of_country)):
            for other in range(first + 1, len(of_country)):
                distance = far[first, cells[other]]
                if not np.isfinite(distance) or distance == 0:
                    continue
                cell, km = _along(sea, before[first], cells[first], cells[other])
                mass = weights[first] * weights[other] * km / km.sum() / 2
                for region in (regions[first], regions[other]):
                    rows.append(pd.DataFrame({"region": region, "cell": cell, "mass": mass}))
    both = pd.concat(rows).groupby(["region", "cell"], as_index=False)["mass"].sum()
    width = sea.open.shape[1]
    return both.assign(j=both["cell"] // width + sea.south, i=both["cell"] % width + sea.west)


def _berth(sea: Sea, lat: float, lon: float) -> int:
    """Return the sea cell nearest to a port, or -1."""
    rows, columns = np.nonzero(sea.open)
    north = sea.latitude(rows) - lat
    east = (sea.longitude(columns) - lon) * np.cos(np.radians(lat))
    distance = np.hypot(north, east) * _DEGREE_KM
    nearest = int(distance.argmin())
    if distance[nearest] > _NEAR_KM:
        return -1
    return int(rows[nearest] * sea.open.shape[1] + columns[nearest])


def _along(
    sea: Sea, before: npt.NDArray[np.int32], start: int, end: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the cells of a way and the length in each, km."""
    width = sea.open.shape[1]
    cells, km = [], []
    here = end
    while here != start:
        there = int(before[here])
        step = there // width - here // width, there % width - here % width
        middle = float(sea.latitude(here // width + step[0] / 2))
        length = np.hypot(step[0], step[1] * np.cos(np.radians(middle))) * _DEGREE_KM / _SIZE
        for down, right, part in _crossed(step):
            cells.append(here + down * width + right)
            km.append(part * length)
        here = there
    return np.array(cells), np.array(km)


MAKER = Maker(
    "lanes",
    _FILE,
    "shortest ways over sea between the ports of a country",
    ("data/spatial/points.parquet", "data/regions.csv", "curation/tables/sea.csv"),
    lambda roots: {_FILE: lanes(roots)},
)
