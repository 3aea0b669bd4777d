"""Statistically significant hotspots.

A cell is significant if its Gi* is larger than chance allows at a
false-discovery rate over the side's cells (Benjamini and Hochberg 1995; Caldas
de Castro and Singer 2006 for its use with local statistics). Local Moran's
high-high class is found the same way and kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bc_inventory.analysis.emission_field import Flags, Floats
from bc_inventory.analysis.hotspot_randomisation import Randomisation, benjamini_hochberg
from bc_inventory.analysis.hotspot_statistics import Window, getis_ord, local_moran, standardise

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
    values = density[domain]
    gi_star, neighbours = getis_ord(density, domain, window)
    counts = neighbours[domain]
    null = Randomisation(values, draws=draws, seed=seed)
    p = null.probability(np.nan_to_num(gi_star[domain]), counts)
    rejected = benjamini_hochberg(p, rate)
    critical = np.full(density.shape, np.inf)
    if rejected.any():
        critical[domain] = null.critical(counts, float(p[rejected].max()))
    moran, deviation, lag = local_moran(density, domain, window)
    # Given a cell's own value, its neighbours are in random order under the hypothesis.
    others = counts - 1
    around = standardise(lag[domain] * others, others.astype(float), values)
    moran_p = null.probability(np.nan_to_num(around), others)
    moran_p = np.where((deviation[domain] > 0) & (counts > 1), moran_p, 1.0)

    def grid(numbers: Floats) -> Floats:
        made = np.full(density.shape, np.nan)
        made[domain] = numbers
        return made

    def flags(chosen: Flags) -> Flags:
        made = np.zeros(density.shape, dtype=bool)
        made[domain] = chosen
        return made

    # A cell that emits nothing isn't a hotspot, whatever surrounds it.
    hot = flags(rejected & (values > 0))
    high_high = flags(benjamini_hochberg(moran_p, rate))
    return Significance(gi_star, grid(p), moran, grid(moran_p), hot, high_high, critical)
