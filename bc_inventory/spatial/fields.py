"""Turn masses of regions in cells into fields, step by step, and write them.

Only cells that belong to a region are computed; the rest of the frame is
filled in when a field is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.spatial.allocate import Allocation
from bc_inventory.spatial.describe import FILL
from bc_inventory.spatial.parallel import Compute, run_ordered
from bc_inventory.spatial.regions import Pairs

__all__ = ["Layout", "make_layout", "masses", "write_fields"]

Floats = NDArray[np.float64]
# One block of one category; some blocks are in flight at once.
_BLOCK_BYTES = 64 * 2**20
_WRITE_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Layout:
    """Where pairs of regions and cells go.

    Parameters
    ----------
    cells : numpy.ndarray of int, shape (cells,)
        Flat indices of the cells that belong to a region, ascending.
    position : numpy.ndarray of int, shape (pairs,)
        Position in `cells` of each pair's cell.
    region : numpy.ndarray of int, shape (pairs,)
        Region of each pair.
    """

    cells: NDArray[np.int64]
    position: NDArray[np.int64]
    region: NDArray[np.int64]


def make_layout(pairs: Pairs) -> Layout:
    """Return the layout of some pairs."""
    cells, position = np.unique(pairs.cell, return_inverse=True)
    return Layout(cells, position, pairs.region)


def masses(layout: Layout, mass: Floats, reported: NDArray[np.bool_], parts: Floats) -> Floats:
    """Return the mass of one category in each cell and step.

    Parameters
    ----------
    layout : Layout
        Where pairs go.
    mass : numpy.ndarray of float, shape (pairs,)
        kg in the year.
    reported : numpy.ndarray of bool, shape (regions,)
        Regions that have a figure for the category.
    parts : numpy.ndarray of float, shape (regions, steps)
        Share of the year in each step.

    Returns
    -------
    numpy.ndarray of float, shape (steps, cells)
        kg in the step; NaN where no region of the cell has a figure.
    """
    count = len(layout.cells)
    absent = np.bincount(layout.position, reported[layout.region], minlength=count) == 0
    result = np.empty((parts.shape[1], count))
    for step in range(parts.shape[1]):
        result[step] = np.bincount(
            layout.position, mass * parts[layout.region, step], minlength=count
        )
    result[:, absent] = np.nan
    return result


def write_fields(
    flux: Any,
    total: Any,
    allocation: Allocation,
    lengths: Floats,
    parts: Floats,
    compute: Compute | None = None,
) -> None:
    """Compute and write all fluxes, one category and step at a time.

    Parameters
    ----------
    flux : netCDF4.Variable, dims (time, sector, lat, lon)
        Receives the fluxes of the categories in kg m-2 s-1.
    total : netCDF4.Variable, dims (time, lat, lon)
        Receives their sum.
    allocation : Allocation
        Annual masses.
    lengths : numpy.ndarray of float, shape (times,)
        Seconds of each step.
    parts : numpy.ndarray of float, shape (sectors, regions, times)
        Share of the year in each step.
    compute : Compute, optional
        Where fields are computed; they are always written from here, in order.
    """
    layout, reported = make_layout(allocation.pairs), allocation.reported()
    rows, columns = np.divmod(layout.cells, allocation.grid.nx)
    area = allocation.grid.row_area[rows]
    # What isn't written reads as missing, so only the box of all regions is.
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    shape = tuple(side.stop - side.start for side in box)
    # Small fields are written several at a time, since a call costs more than their bytes.
    together = max(1, _WRITE_BYTES // (shape[0] * shape[1] * FILL.itemsize))
    frames = np.full((min(together, len(lengths)), *shape), FILL, np.float32)
    inside = (slice(None), rows - box[0].start, columns - box[1].start)
    for variable in (flux, total):
        variable.set_auto_maskandscale(False)

    def put(variable: Any, place: tuple[int, ...], steps: slice, values: Floats) -> None:
        for start in range(0, len(values), together):
            part = values[start : start + together]
            window = slice(steps.start + start, steps.start + start + len(part))
            frame = frames[: len(part)]
            rate = part / (area * lengths[window, None])
            frame[inside] = np.where(np.isnan(part), FILL, rate)
            variable[(window, *place, *box)] = frame

    for block in _blocks(len(lengths), len(layout.cells)):
        tasks = (
            (allocation.mass[row], reported[row], parts[row, :, block])
            for row in range(len(allocation.sectors))
        )
        whole = np.zeros((block.stop - block.start, len(layout.cells)))
        any_figure = np.zeros(len(layout.cells), dtype=bool)
        for row, mass in enumerate(run_ordered(masses, layout, tasks, compute)):
            put(flux, (row,), block, mass)
            known = ~np.isnan(mass[0])
            any_figure |= known
            whole[:, known] += mass[:, known]
        whole[:, ~any_figure] = np.nan
        put(total, (), block, whole)


def _blocks(steps: int, cells: int) -> Iterator[slice]:
    """Cut the steps so that a block of one category stays small."""
    width = max(1, _BLOCK_BYTES // (max(1, cells) * np.dtype(float).itemsize))
    for start in range(0, steps, width):
        yield slice(start, min(steps, start + width))
