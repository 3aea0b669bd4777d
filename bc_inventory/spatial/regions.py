"""Which region has what in which cell, on the base grid and on any other.

The embedded table gives, for every region and 0.1 degree cell it touches, the
share of the cell and the extensive quantities in it. Any other regular grid is
reached through the overlap of the two grids: inside a base cell a quantity is
taken to be even by area. So a coarser grid whose edges are edges of the base
grid is an exact sum, and the same total comes out on every grid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.cells import Grid, make_grid
from bc_inventory.spatial.kernel import lat_overlap, lon_overlap

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = [
    "BASE",
    "Pairs",
    "make_pairs",
    "point_keys",
    "project",
    "read_cells",
    "require_regions",
]

BASE = make_grid(0.1, "global")


@dataclass(frozen=True)
class Pairs:
    """The cells of every region on one grid: a pair is a region in a cell.

    Parameters
    ----------
    grid : Grid
        The grid.
    names : tuple of str
        Region codes; `region` indexes them.
    region : numpy.ndarray of int, shape (pairs,)
        Region of each pair, ascending.
    cell : numpy.ndarray of int, shape (pairs,)
        Flat index of the cell in the grid, ascending within a region.
    """

    grid: Grid
    names: tuple[str, ...]
    region: NDArray[np.int64]
    cell: NDArray[np.int64]

    @property
    def key(self) -> NDArray[np.int64]:
        """One sortable number for each pair."""
        return self.region * self.grid.size + self.cell

    def __len__(self) -> int:
        return len(self.cell)


def read_cells(path: Path | None = None) -> pd.DataFrame:
    """Read the table of region cells.

    Parameters
    ----------
    path : Path, optional
        A Parquet file of the contract `spatial_cells`; by default the embedded one.

    Returns
    -------
    pandas.DataFrame
        Columns of the contract and `area_m2`, the region's area in the cell;
        sorted by region and cell. Not to be changed: it is kept.

    Raises
    ------
    DataError
        If the file is absent, truncated or breaks the contract.
    """
    file = Path(path) if path is not None else data_root() / "spatial" / "cells_010.parquet"
    return _read_cells(file, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=2)
def _read_cells(path: Path, _changed: int) -> pd.DataFrame:
    cells = schema.read_parquet(path, "spatial_cells")
    cells = cells.sort_values(["region", "j", "i"], kind="stable", ignore_index=True)
    cells["area_m2"] = cells["fraction"] * BASE.row_area[cells["j"].to_numpy()]
    return cells


def require_regions(wanted: Collection[str], known: Collection[str], where: str) -> None:
    """Refuse regions that have no cells.

    Parameters
    ----------
    wanted : collection of str
        Regions with emissions.
    known : collection of str
        Regions with cells.
    where : str
        The table or file of boundaries, for the message.

    Raises
    ------
    DataError
        With one problem for each region that is missing.
    """
    missing = sorted(set(wanted) - set(known))
    if missing:
        raise DataError(
            Problem(
                f"emissions of the region {region!r}, which has no cells",
                f"one of the {len(known)} regions of {where}",
                file=where,
                column="region",
                remedy=suggest(region, known) or "Add its boundary, or leave it out.",
            )
            for region in missing
        )


def make_pairs(
    cells: pd.DataFrame, grid: Grid, points: pd.DataFrame | None = None
) -> tuple[Pairs, csr_matrix]:
    """Find the pairs of a grid and how base cells flow into them.

    Parameters
    ----------
    cells : pandas.DataFrame
        As `read_cells` returns it, possibly some of its regions.
    grid : Grid
        Any grid between 180 W and 180 E.
    points : pandas.DataFrame, optional
        Points with `region`, `lon` and `lat` whose cells belong to the pairs
        also where the region has no land.

    Returns
    -------
    pairs : Pairs
    flow : scipy.sparse.csr_matrix, shape (pairs, cells)
        Share of each row of `cells` that lies in each pair; columns of cells
        outside the grid sum to less than one.
    """
    from scipy.sparse import csr_matrix

    names = tuple(sorted(cells["region"].unique()))
    region = pd.Categorical(cells["region"], categories=names).codes.astype(np.int64)
    known = np.zeros(0, dtype=np.int64)
    if points is not None:
        _, key = point_keys(points, names, grid)
        known = key[key >= 0]
    source, target, share = _spread(cells["j"].to_numpy(), cells["i"].to_numpy(), grid)
    key = region[source] * grid.size + target
    distinct = np.unique(np.concatenate([key, known]))
    row = np.searchsorted(distinct, key)
    flow = csr_matrix((share, (row, source)), shape=(len(distinct), len(cells)))
    return Pairs(grid, names, distinct // grid.size, distinct % grid.size), flow


def point_keys(
    points: pd.DataFrame, names: Sequence[str], grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where points belong.

    Parameters
    ----------
    points : pandas.DataFrame
        Points with `region`, `lon` and `lat`.
    names : sequence of str
        Regions.
    grid : Grid
        The grid.

    Returns
    -------
    region : numpy.ndarray of int, shape (points,)
        Position in `names`; -1 for others.
    key : numpy.ndarray of int, shape (points,)
        As `Pairs.key`; -1 for those of other regions or outside the grid.
    """
    region = pd.Categorical(points["region"], categories=names).codes.astype(np.int64)
    cell = grid.locate(points["lon"], points["lat"])
    return region, np.where((region >= 0) & (cell >= 0), region * grid.size + cell, -1)


def _spread(
    j: NDArray[np.int64], i: NDArray[np.int64], grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return source row, flat target cell and share of every overlap."""
    by_lat = lat_overlap(BASE.lat_edges, grid.lat_edges, BASE.earth).tocsc()
    by_lon = lon_overlap(BASE.lon_edges, grid.lon_edges).tocsc()
    source, y = _expand(by_lat.indptr, j)
    row, share = by_lat.indices[y], by_lat.data[y]
    again, x = _expand(by_lon.indptr, i[source])
    target = row[again].astype(np.int64) * grid.nx + by_lon.indices[x]
    return source[again], target, share[again] * by_lon.data[x]


def _expand(
    start: NDArray[np.int32], column: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Repeat each position once per entry of its sparse column; return it and the entry."""
    first, count = start[column].astype(np.int64), (start[column + 1] - start[column])
    position = np.repeat(np.arange(len(column)), count)
    within = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    return position, first[position] + within


def project(
    pairs: Pairs, values: NDArray[np.float64], cover: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Sum values of pairs into cells.

    Parameters
    ----------
    pairs : Pairs
        The pairs.
    values : numpy.ndarray of float, shape (pairs,)
        An extensive quantity, such as kg.
    cover : numpy.ndarray of bool, shape (pairs,), optional
        Pairs that have a value; cells without any become NaN. By default all.

    Returns
    -------
    numpy.ndarray of float, shape (ny, nx)
        NaN where no pair is.
    """
    size, cell = pairs.grid.size, pairs.cell
    if cover is not None:
        cell, values = cell[cover], values[cover]
    total = np.bincount(cell, weights=values, minlength=size).astype(float)
    total[np.bincount(cell, minlength=size) == 0] = np.nan
    return total.reshape(pairs.grid.shape)
