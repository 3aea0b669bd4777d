"""Statistically significant hotspots.

A cell is significant if its Gi* is larger than chance allows at a
false-discovery rate over the side's cells (Benjamini and Hochberg 1995; Caldas
de Castro and Singer 2006 for its use with local statistics). Local Moran's
high-high class is found the same way and kept next to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.analysis.hotspots.emission_field import Flags, Floats
from bc_inventory.analysis.hotspots.randomisation import Randomisation, benjamini_hochberg
from bc_inventory.analysis.hotspots.statistics import Window, getis_ord, local_moran, standardise

__all__ = ["Significance", "find_significant"]


@dataclass(frozen=True)
class Significance:
    """Local statistics of one field.

    Parameters
    ----------
    gi_star, gi_p, moran, moran_p : numpy.ndarray, shape (rows, columns)
        Statistics and one-sided probabilities; NaN outside the domain.
    hot, high_high : numpy.ndarray of bool, shape (rows, columns)
        Significant by Gi*, and by local Moran with a value above the mean.
    critical : numpy.ndarray, shape (rows, columns)
        Smallest Gi* that is significant, by number of neighbours; infinite
        where nothing is.
    """

    gi_star: Floats
    gi_p: Floats
    moran: Floats
    moran_p: Floats
    hot: Flags
    high_high: Flags
    critical: Floats


def find_significant(
    density: Floats, domain: Flags, window: Window, *, rate: float, draws: int, seed: int
) -> Significance:
    """Test every cell of a field.

    Parameters
    ----------
    density : numpy.ndarray, shape (rows, columns)
        t km-2 per year.
    domain : numpy.ndarray of bool, shape (rows, columns)
        Cells that take part.
    window : Window
        Neighbourhoods.
    rate : float
        False-discovery rate, 0 to 1.
    draws, seed : int
        See `Randomisation`.

    Returns
    -------
    Significance
    """
    tests = _tested(density, domain, window, rate, draws, seed)

    def grid(name: str, outside: float) -> NDArray[Any]:
        result = np.full(density.shape, outside, dtype=tests[name].dtype)
        result[domain] = tests[name]
        return result

    return Significance(
        **{name: grid(name, np.nan) for name in ("gi_star", "gi_p", "moran", "moran_p")},
        **{name: grid(name, False) for name in ("hot", "high_high")},
        critical=grid("critical", np.inf),
    )


def _tested(
    density: Floats, domain: Flags, window: Window, rate: float, draws: int, seed: int
) -> dict[str, NDArray[Any]]:
    """Return the fields of `Significance` in the cells of the domain."""
    values = density[domain]
    gi_star, neighbours = getis_ord(density, domain, window)
    counts = neighbours[domain]
    null = Randomisation(values, draws=draws, seed=seed)
    p = null.probability(np.nan_to_num(gi_star[domain]), counts)
    rejected = benjamini_hochberg(p, rate)
    critical = np.full(len(values), np.inf)
    if rejected.any():
        critical = null.critical(counts, float(p[rejected].max()))
    moran, deviation, lag = local_moran(density, domain, window)
    # Given a cell's own value, its neighbours are in random order under the hypothesis.
    others = counts - 1
    around = standardise(lag[domain] * others, others.astype(float), values)
    moran_p = null.probability(np.nan_to_num(around), others)
    moran_p = np.where((deviation[domain] > 0) & (counts > 1), moran_p, 1.0)
    return {
        "gi_star": gi_star[domain],
        "gi_p": p,
        "moran": moran[domain],
        "moran_p": moran_p,
        # A cell that emits nothing isn't a hotspot, whatever surrounds it.
        "hot": rejected & (values > 0),
        "high_high": benjamini_hochberg(moran_p, rate),
        "critical": critical,
    }
