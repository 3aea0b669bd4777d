"""Hotspots over years: which persist, and where they are heading.

The classes follow the emerging hot spot analysis of ArcGIS: the share of years
in which a cell is hot, and the Mann-Kendall trend of its Gi*.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.hotspots.emission_field import Flags, Floats, Integers
from bc_inventory.monitoring.statistics.rank_tests import mann_kendall, p_value, slopes_of

__all__ = [
    "LASTING",
    "PERSISTENCE",
    "SHORTEST",
    "add_years",
    "classify_years",
    "rank_changes",
]

# Position in this tuple is the value in hotspots.nc; 0 is no class.
PERSISTENCE = (
    "none",
    "new",
    "consecutive",
    "sporadic",
    "persistent",
    "intensifying",
    "diminishing",
    "historical",
)
MOST_YEARS = 0.9  # share of years that makes a hotspot persistent: ArcGIS, emerging hot spots
_TREND_LEVEL = 0.05
SHORTEST = 5  # fewer years can't reach the level: the least p of four values is 0.089
LASTING = tuple(map(PERSISTENCE.index, ("persistent", "intensifying", "diminishing")))


def classify_years(gi_star: Floats, hot: Flags) -> NDArray[np.int8]:
    """Class each cell by its years.

    Parameters
    ----------
    gi_star : numpy.ndarray, shape (years, ...)
        Statistic, ascending years.
    hot : numpy.ndarray of bool, shape (years, ...)
        Significant in the year.

    Returns
    -------
    numpy.ndarray of int8, shape (...)
        Position in `PERSISTENCE`.

    Raises
    ------
    ValueError
        With fewer than five years, where no trend can be significant.
    """
    years = len(hot)
    if years < SHORTEST:
        raise ValueError(f"{years} years; a trend needs at least {SHORTEST}")
    share, last = hot.mean(axis=0), hot[-1]
    # Years in a row that end with the last one.
    run = np.cumprod(hot[::-1], axis=0).sum(axis=0)
    most = share >= MOST_YEARS
    s, variance = mann_kendall(np.nan_to_num(gi_star))
    trend = np.where(p_value(s, variance) < _TREND_LEVEL, np.sign(s), 0)
    only_run = run == hot.sum(axis=0)
    conditions = [
        most & ~last,
        most & (trend > 0),
        most & (trend < 0),
        most,
        last & only_run & (run == 1),
        last & only_run,
        last,
    ]
    names = (
        "historical",
        "intensifying",
        "diminishing",
        "persistent",
        "new",
        "consecutive",
        "sporadic",
    )
    codes = [PERSISTENCE.index(name) for name in names]
    return np.select(conditions, codes, default=0).astype(np.int8)


def add_years(
    frame: pd.DataFrame,
    labels: Integers,
    years: Sequence[int],
    gi_star: Floats,
    densities: Floats,
    domain: Flags,
    classes: NDArray[np.int8],
    drawn: tuple[Floats, Floats],
) -> pd.DataFrame:
    """Add trends over the years to described hotspots.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `bc_inventory.analysis.hotspots.clusters.describe` returns it.
    labels : numpy.ndarray of int, shape (rows, columns)
        Clusters by the numbers of `frame.label`.
    years : sequence of int
        Ascending.
    gi_star, densities : numpy.ndarray, shape (years, rows, columns)
        Statistic, and t km-2 per year.
    domain : numpy.ndarray of bool, shape (rows, columns)
        Cells among which ranks are taken.
    classes : numpy.ndarray of int8, shape (rows, columns)
        As `classify_years` returns them.
    drawn : tuple of numpy.ndarray, each of shape (clusters, draws)
        Emission of the clusters in the first and in the last year, kt; what the years share
        is one draw.

    Returns
    -------
    pandas.DataFrame
        `frame` with `persistence` (the class of most cells), `gi_star_slope`
        and `rank_slope` (Theil-Sen, of cluster means; ranks run from 0 to 1)
        and `rank_changes`, of `rank_changes`. The years of an inventory are smooth, so a test
        that takes what is left of a trend for noise would find one everywhere.
    """
    cells = labels > 0
    which, count = labels[cells] - 1, len(frame)
    size = np.bincount(which, minlength=count)

    def means(stack: Floats) -> Floats:
        values = np.nan_to_num(stack[:, cells])
        return np.stack([np.bincount(which, row, minlength=count) / size for row in values])

    ranks = np.zeros(densities.shape)
    for row, density in zip(ranks, densities, strict=True):
        order = np.sort(density[domain])
        row[domain] = np.searchsorted(order, density[domain], side="right") / len(order)
    statistic = means(gi_star)
    times = np.array(years, dtype=float)
    votes = np.zeros((count, len(PERSISTENCE)))
    np.add.at(votes, (which, classes[cells]), 1.0)
    return frame.assign(
        persistence=[PERSISTENCE[place] for place in votes.argmax(axis=1)],
        gi_star_slope=np.median(slopes_of(times, statistic), axis=0),
        rank_slope=np.median(slopes_of(times, means(ranks)), axis=0),
        rank_changes=rank_changes(*drawn),
    )


def rank_changes(first: Floats, last: Floats) -> Floats:
    """Return the share of draws in which clusters have another rank in the last year.

    Parameters
    ----------
    first, last : numpy.ndarray, shape (clusters, draws)
        Emission in the first and in the last year, in the same draws.

    Returns
    -------
    numpy.ndarray, shape (clusters,)

    Examples
    --------
    The second overtakes the first in one of two draws:

    >>> rank_changes(np.array([[5.0, 5], [4, 4], [1, 1]]), np.array([[5.0, 3], [4, 4], [1, 1]]))
    array([0.5, 0.5, 0. ])
    """
    before, after = (emission.argsort(axis=0).argsort(axis=0) for emission in (first, last))
    return np.asarray((before != after).mean(axis=1))
