"""The separable overlap of two regular grids.

Cells of longitude-latitude grids are products of a longitude interval and a
latitude interval, so the area in which two cells overlap is the product of two
one-dimensional overlaps: a difference of longitudes and a difference of zone
areas. Two small sparse matrices hold all there is to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bc_inventory.spatial.cells import Grid, zone

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["lat_overlap", "lon_overlap"]


def lon_overlap(source: Grid, target: Grid) -> csr_matrix:
    """Return the share of each source column that lies in each target column.

    Parameters
    ----------
    source, target : Grid
        Longitudes may be counted from different meridians.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (target.nx, source.nx)
        Each column sums to the share of the source column that the target covers.
    """
    from scipy.sparse import csr_matrix

    found: csr_matrix = csr_matrix((target.nx, source.nx))
    for turn in (-360.0, 0.0, 360.0):
        edges = source.lon_edges + turn
        if edges[0] < target.lon_edges[-1] and edges[-1] > target.lon_edges[0]:
            found = found + _overlap(edges, target.lon_edges, edges, target.lon_edges)
    return found


def lat_overlap(source: Grid, target: Grid) -> csr_matrix:
    """Return the share of each source row's area that lies in each target row.

    Parameters
    ----------
    source, target : Grid
        Areas are taken on the earth of `source`.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (target.ny, source.ny)
        Each column sums to the share of the source row that the target covers.
    """
    return _overlap(
        source.lat_edges,
        target.lat_edges,
        zone(source.lat_edges, source.earth),
        zone(target.lat_edges, source.earth),
    )


def _overlap(
    source: NDArray[np.float64],
    target: NDArray[np.float64],
    source_measure: NDArray[np.float64],
    target_measure: NDArray[np.float64],
) -> csr_matrix:
    """Cut both axes at all edges; each piece has one source and one target."""
    from scipy.sparse import csr_matrix

    edges, first = np.unique(np.concatenate([source, target]), return_index=True)
    measure = np.concatenate([source_measure, target_measure])[first]
    middle = (edges[:-1] + edges[1:]) / 2
    row = np.searchsorted(target, middle) - 1
    column = np.searchsorted(source, middle) - 1
    inside = (row >= 0) & (row < len(target) - 1) & (column >= 0) & (column < len(source) - 1)
    row, column = row[inside], column[inside]
    share = np.diff(measure)[inside] / np.diff(source_measure)[column]
    return csr_matrix((share, (row, column)), shape=(len(target) - 1, len(source) - 1))
