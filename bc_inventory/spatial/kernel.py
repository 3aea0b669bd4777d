"""The separable overlap of two longitude-latitude grids.

Cells of such grids are products of a longitude interval and a latitude
interval, so the area in which two cells overlap is the product of two
one-dimensional overlaps: a difference of longitudes and a difference of zone
areas. Two small sparse matrices hold all there is to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bc_inventory.spatial.cells import Earth, zone

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["lat_overlap", "lon_overlap"]

Floats = NDArray[np.float64]
_TURN = 360.0


def lon_overlap(source: Floats, target: Floats) -> csr_matrix:
    """Return the share of each source column that lies in each target column.

    Parameters
    ----------
    source, target : numpy.ndarray of float, shape (columns + 1,)
        Ascending edges in degrees east, counted from any meridian.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (target columns, source columns)
        Each column sums to the share of the source column that the target covers.
    """
    from scipy.sparse import csr_matrix

    overlap: csr_matrix = csr_matrix((len(target) - 1, len(source) - 1))
    first = np.floor((target[0] - source[-1]) / _TURN)
    last = np.ceil((target[-1] - source[0]) / _TURN)
    for turn in np.arange(first, last + 1):
        edges = source + turn * _TURN
        if edges[0] < target[-1] and edges[-1] > target[0]:
            overlap = overlap + _overlap(edges, target, edges, target)
    return overlap


def lat_overlap(source: Floats, target: Floats, earth: Earth = "wgs84") -> csr_matrix:
    """Return the share of each source row's area that lies in each target row.

    Parameters
    ----------
    source, target : numpy.ndarray of float, shape (rows + 1,)
        Ascending edges in degrees north.
    earth : {"wgs84", "sphere"}
        Surface on which areas are taken.

    Returns
    -------
    scipy.sparse.csr_matrix, shape (target rows, source rows)
        Each column sums to the share of the source row that the target covers.
    """
    return _overlap(source, target, zone(source, earth), zone(target, earth))


def _overlap(
    source: Floats, target: Floats, source_measure: Floats, target_measure: Floats
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
