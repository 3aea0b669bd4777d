"""Mann-Kendall and Theil-Sen within seasons, of all seasons at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs", "Seasons"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """What the pairs of values within seasons say.

    Parameters
    ----------
    slopes : numpy.ndarray, shape (pairs,)
        Of all pairs at different times, sorted, per year.
    s, variance : numpy.ndarray, shape (seasons,)
        Mann-Kendall statistic of each season and its variance, corrected for ties; see
        `bc_inventory.monitoring.statistics.rank_tests.mann_kendall`.
    """

    slopes: Floats
    s: Floats
    variance: Floats


class Seasons:
    """Times of a series, laid out by season.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years, ascending.
    seasons : numpy.ndarray, shape (n,)
        Season of each value, such as its month.

    Examples
    --------
    >>> seasons = Seasons(np.array([0.0, 0.5, 1.0, 1.5]), np.array([1, 7, 1, 7]))
    >>> pairs = seasons.pairs(np.array([1.0, 5.0, 3.0, 6.0]))
    >>> pairs.slopes.tolist(), pairs.s.tolist()
    ([1.0, 2.0], [1.0, 1.0])
    """

    def __init__(self, years: Floats, seasons: np.ndarray) -> None:
        names, self.season = np.unique(seasons, return_inverse=True)
        self.count = len(names)
        size = np.bincount(self.season, minlength=self.count)
        order = np.argsort(self.season, kind="stable")
        self._row = np.empty(len(years), dtype=np.intp)
        self._row[order] = np.arange(len(years)) - np.repeat(np.cumsum(size) - size, size)
        self._shape = (int(size.max(initial=0)), self.count)
        self._first, self._second = np.triu_indices(self._shape[0], 1)
        times = self.table(years)
        self._step = times[self._second] - times[self._first]
        self._apart = self._step != 0

    def table(self, values: Floats) -> Floats:
        """Return values by season, shape (most values of a season, seasons), NaN where none."""
        result = np.full(self._shape, np.nan)
        result[self._row, self.season] = values
        return result

    def middles(self, values: Floats) -> Floats:
        """Return the median of the season of each value, shape (n,); missing ones don't count."""
        return np.asarray(np.nanmedian(self.table(values), axis=0)[self.season])

    def pairs(self, values: Floats) -> Pairs:
        """Return slopes and statistics of values, of which some may be missing (NaN)."""
        table = self.table(values)
        rise = table[self._second] - table[self._first]
        s = np.nansum(np.sign(rise), axis=0)
        known = np.isfinite(rise) & self._apart
        n = np.isfinite(table).sum(axis=0)
        variance = (n * (n - 1) * (2 * n + 5) - _ties(table)) / 18
        return Pairs(np.sort(rise[known] / self._step[known]), s, variance)


def _ties(table: Floats) -> Floats:
    """Return the sum of t(t-1)(2t+5) over groups of t equal values of each column."""
    ordered = np.sort(table, axis=0)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(table.shape[1])
    equal = (table[:, None] == table[None]).sum(axis=1)
    # Each of t equal values is met with t, so its group's term is shared by t.
    shared = (equal - 1) * (2 * equal + 5)
    return np.asarray(np.where(equal > 0, shared, 0).sum(axis=0), dtype=float)
