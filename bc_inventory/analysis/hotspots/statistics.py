"""Local spatial statistics on a lon/lat grid, by window sums.

Getis-Ord Gi* (Getis and Ord 1992; Ord and Getis 1995) and local Moran
(Anselin 1995) with binary weights need only sums over each cell's
neighbourhood. On a grid these are running sums along rows, so that the cost
doesn't grow with the number of neighbours. The numbers are those of PySAL's
`esda` on the same neighbourhoods.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bc_inventory.analysis.hotspots.emission_field import Flags, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Window",
    "distance_window",
    "getis_ord",
    "local_moran",
    "neighbour_matrix",
    "square_window",
    "standardise",
    "window_sums",
]

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of WGS84 (Moritz 2000, Geodetic Reference System 1980)


@dataclass(frozen=True)
class Window:
    """The neighbourhood of each cell, the cell itself included.

    Parameters
    ----------
    half_widths : numpy.ndarray of int, shape (2 * reach + 1, rows)
        For each row offset from -reach to reach and each row of the grid, how
        many cells to either side are neighbours; -1 where none is.
    """

    half_widths: NDArray[np.int64]

    @property
    def reach(self) -> int:
        """Rows that the neighbourhood extends to either side."""
        return self.half_widths.shape[0] // 2


def square_window(rows: int, order: int = 1) -> Window:
    """Return queen contiguity of an order: (2 order + 1) squared cells.

    Parameters
    ----------
    rows : int
        Rows of the grid.
    order : int
        Cells to each side.
    """
    return Window(np.full((2 * order + 1, rows), order, dtype=np.int64))


def distance_window(latitudes: Floats, step: float, radius_km: float) -> Window:
    """Return all cells whose centre is within a great-circle distance.

    Parameters
    ----------
    latitudes : numpy.ndarray, shape (rows,)
        Cell centres, degrees, evenly spaced.
    step : float
        Distance between columns, degrees.
    radius_km : float
        Radius, km; the same on the ground at every latitude.

    Returns
    -------
    Window
        A cell is always its own neighbour.
    """
    phi = np.radians(np.asarray(latitudes, dtype=float))
    rows = len(phi)
    spacing = abs(phi[1] - phi[0]) if rows > 1 else np.radians(step)
    angle = radius_km / EARTH_RADIUS_KM
    # A hair more than the radius, so that two rows judge a tie alike.
    limit = np.sin(min(angle, np.pi) * (1 + 1e-12) / 2) ** 2
    reach = int(angle * (1 + 1e-12) / spacing)
    widths = np.full((2 * reach + 1, rows), -1, dtype=np.int64)
    for offset in range(-reach, reach + 1):
        here = np.arange(max(0, -offset), min(rows, rows - offset))
        there = here + offset
        # Haversine solved for the difference of longitude.
        rest = limit - np.sin((phi[there] - phi[here]) / 2) ** 2
        share = rest / (np.cos(phi[there]) * np.cos(phi[here]))
        near = share >= 0
        span = 2 * np.arcsin(np.sqrt(np.clip(share, 0, 1)))
        widths[offset + reach, here[near]] = (span[near] / np.radians(step) + 1e-9).astype(int)
    return Window(widths)


def window_sums(field: Floats, window: Window) -> Floats:
    """Return the sum over each cell's neighbourhood.

    Parameters
    ----------
    field : numpy.ndarray, shape (..., rows, columns)
        Values; zero outside the domain.
    window : Window
        Neighbourhoods of the same number of rows.

    Returns
    -------
    numpy.ndarray, shape (..., rows, columns)
        Beyond the edge counts as zero; columns don't wrap.
    """
    columns = field.shape[-1]
    margin = int(window.half_widths.max(initial=0)) + 1
    # Running sums with margins, so that each end of a window is one shifted slice.
    running = np.zeros((*field.shape[:-1], columns + 2 * margin))
    np.cumsum(field, axis=-1, out=running[..., margin : margin + columns])
    running[..., margin + columns :] = running[..., margin + columns - 1, None]
    sums = np.zeros(field.shape)
    for index, widths in enumerate(window.half_widths):
        offset = index - window.reach
        for first, last, width in _runs(widths, offset):
            part = running[..., first + offset : last + offset, :]
            right, left = margin + width, margin - width - 1
            target = sums[..., first:last, :]
            target += part[..., right : right + columns]
            target -= part[..., left : left + columns]
    return sums


def _runs(widths: NDArray[np.int64], offset: int) -> Iterator[tuple[int, int, int]]:
    """Yield runs of rows with the same width whose neighbours are inside the grid."""
    rows = len(widths)
    first, last = max(0, -offset), min(rows, rows - offset)
    if first >= last:
        return
    cuts = np.flatnonzero(np.diff(widths[first:last])) + 1 + first
    for start, stop in itertools.pairwise([first, *cuts.tolist(), last]):
        if widths[start] >= 0:
            yield start, stop, int(widths[start])


def getis_ord(field: Floats, domain: Flags, window: Window) -> tuple[Floats, NDArray[np.int64]]:
    """Return Getis-Ord Gi* as a standard deviate, and the neighbours of each cell.

    z = (sum_j w_ij x_j - W_i mean) / (s sqrt((n S1_i - W_i^2) / (n - 1))), with
    binary weights that include the cell itself, so that S1_i = W_i (Ord and
    Getis 1995, equation 14).

    Parameters
    ----------
    field : numpy.ndarray, shape (rows, columns)
        Values, such as t km-2.
    domain : numpy.ndarray of bool, shape (rows, columns)
        Cells that take part; others are no one's neighbour.
    window : Window
        Neighbourhoods.

    Returns
    -------
    z : numpy.ndarray, shape (rows, columns)
        NaN outside the domain, and where all values are equal.
    neighbours : numpy.ndarray of int, shape (rows, columns)
        Cells of the domain in each neighbourhood, itself included.
    """
    neighbours = np.rint(window_sums(domain.astype(float), window)).astype(np.int64)
    z = np.full(field.shape, np.nan)
    values = field[domain]
    if len(values) >= 2:
        # Deviations from the mean keep the running sums small and so exact.
        deviation = np.zeros(field.shape)
        deviation[domain] = values - values.mean()
        sums = window_sums(deviation, window)[domain]
        z[domain] = standardise(sums, neighbours[domain].astype(float), values)
    return z, neighbours


def neighbour_matrix(domain: Flags, window: Window, where: Flags) -> csr_array:
    """Return which cells are in the neighbourhoods of some cells.

    Parameters
    ----------
    domain : numpy.ndarray of bool, shape (rows, columns)
        Cells that take part.
    window : Window
        Neighbourhoods.
    where : numpy.ndarray of bool, shape (rows, columns)
        Cells whose neighbourhoods are wanted.

    Returns
    -------
    scipy.sparse.csr_array, shape (cells of `where`, cells of `domain`)
        Ones; its product with a field of the domain is what `window_sums`
        gives in those cells, for less where they are few.
    """
    from scipy.sparse import csr_array

    rows, columns = domain.shape
    number = np.full(domain.shape, -1)
    number[domain] = np.arange(domain.sum())
    row, column = np.nonzero(where)
    owners, members = [], []
    for index, widths in enumerate(window.half_widths):
        there = row + index - window.reach
        inside = np.flatnonzero((there >= 0) & (there < rows) & (widths[row] >= 0))
        width = widths[row[inside]]
        count = 2 * width + 1
        owner = np.repeat(inside, count)
        first = np.cumsum(count) - count
        neighbour = column[owner] + np.arange(len(owner)) - np.repeat(first + width, count)
        on_grid = (neighbour >= 0) & (neighbour < columns)
        member = number[there[owner[on_grid]], neighbour[on_grid]]
        owners.append(owner[on_grid][member >= 0])
        members.append(member[member >= 0])
    pair = np.concatenate(owners), np.concatenate(members)
    return csr_array((np.ones(len(pair[0])), pair), shape=(len(row), int(domain.sum())))


def standardise(deviations: Floats, neighbours: Floats, values: Floats) -> Floats:
    """Return sums of deviations from the mean as standard deviates.

    Parameters
    ----------
    deviations : numpy.ndarray, shape (..., n)
        Sum over each neighbourhood of value minus mean.
    neighbours : numpy.ndarray, shape (n,)
        Number of values in each.
    values : numpy.ndarray, shape (..., m)
        All values of the field.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        NaN for a neighbourhood that is the whole field, or if all values are
        equal.
    """
    count = values.shape[-1]
    scale = values.std(axis=-1, keepdims=True) * np.sqrt(
        (count * neighbours - neighbours**2) / (count - 1)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(scale > 0, deviations / scale, np.nan)


def local_moran(field: Floats, domain: Flags, window: Window) -> tuple[Floats, Floats, Floats]:
    """Return local Moran with row-standardised weights.

    I_i = (n - 1) z_i lag_i / sum_j z_j^2, where z is the deviation from the
    mean and lag_i the mean of z over the neighbours without the cell itself
    (Anselin 1995; the scaling of `esda`).

    Parameters
    ----------
    field, domain, window
        As for `getis_ord`.

    Returns
    -------
    moran, deviation, lag : numpy.ndarray, shape (rows, columns)
        NaN outside the domain; lag and moran are 0 for a cell without
        neighbours.
    """
    values = field[domain]
    deviation = np.where(domain, field - values.mean(), 0.0)
    neighbours = np.rint(window_sums(domain.astype(float), window)) - 1
    around = window_sums(deviation, window) - deviation
    lag = np.where(neighbours > 0, around / np.maximum(neighbours, 1), 0.0)
    squares = float((deviation[domain] ** 2).sum())
    moran = (values.size - 1) * deviation * lag / squares if squares > 0 else np.zeros(field.shape)
    outside = ~domain
    for array in (moran, deviation, lag):
        array[outside] = np.nan
    return moran, deviation, lag
