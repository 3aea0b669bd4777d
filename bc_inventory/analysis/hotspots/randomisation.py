"""Significance by random order, and many tests at once.

Emission densities are far from normal, so significance doesn't come from the
normal approximation but from randomisation: under the hypothesis that the
field's values lie in random order, the distribution of a neighbourhood's sum
depends on the number of neighbours only. It is drawn once for each number.
"""

from __future__ import annotations

import numpy as np

from bc_inventory.analysis.hotspots.emission_field import Flags, Floats, Integers
from bc_inventory.analysis.hotspots.statistics import standardise

__all__ = ["Randomisation", "benjamini_hochberg"]

_EACH = 16  # up to this number of neighbours, each has draws of its own
_STEPS = 4  # beyond it, this many numbers for each doubling
_SLACK = 1e-9  # of a standard deviate: a tie but for rounding is a tie


class Randomisation:
    """Standardised sums of neighbourhoods when the values of a field lie in random order.

    Parameters
    ----------
    values : numpy.ndarray, shape (m,)
        All values of the field, not all equal.
    draws : int
        Random neighbourhoods drawn for each number of neighbours. With n cells
        and a false-discovery rate q, a cluster of fewer than n / (q draws)
        cells can't be found.
    seed : int
        Of the generator, so that the same field gives the same answer.

    Notes
    -----
    Above 16 neighbours the draws of the next smaller of a few numbers stand in.
    Sums of skewed values are the more skewed the fewer they are, so that errs on
    the side of finding less.
    """

    def __init__(self, values: Floats, *, draws: int = 99_999, seed: int = 0) -> None:
        self.values, self.draws, self.seed = np.asarray(values, dtype=float), draws, seed
        self._results: dict[int, Floats] = {}

    def probability(self, deviates: Floats, neighbours: Integers) -> Floats:
        """Return one-sided probabilities of sums as large.

        Parameters
        ----------
        deviates : numpy.ndarray, shape (n,)
            Standardised sum over each cell's neighbourhood, see
            `bc_inventory.analysis.hotspots.statistics.standardise`.
        neighbours : numpy.ndarray of int, shape (n,)
            Number of values in each sum.

        Returns
        -------
        numpy.ndarray, shape (n,)
            (1 + draws at least as large) / (1 + draws), never zero (Davison
            and Hinkley 1997, section 4.3); 1 for no or all values.
        """
        probability = np.ones(len(deviates))
        usable = (neighbours > 0) & (neighbours < len(self.values))
        for number in np.unique(neighbours[usable])[::-1]:  # the largest draws for all
            here = neighbours == number
            null = self._null(int(number))
            below = np.searchsorted(null, deviates[here] - _SLACK, side="left")
            probability[here] = (1 + self.draws - below) / (1 + self.draws)
        return probability

    def critical(self, neighbours: Integers, probability: float) -> Floats:
        """Return the smallest deviates whose probability is at most the one given.

        Returns
        -------
        numpy.ndarray, shape of `neighbours`
            Infinite where the draws are too few to reach it.
        """
        exceed = int(np.floor(probability * (1 + self.draws) * (1 + 1e-12))) - 1
        result = np.full(neighbours.shape, np.inf)
        usable = (neighbours > 0) & (neighbours < len(self.values))
        if 0 <= exceed < self.draws:
            for number in np.unique(neighbours[usable]):
                # Larger than all but `exceed` of the draws, and not a tie with the next.
                edge = self._null(int(number))[self.draws - exceed - 1] + 2 * _SLACK
                result[neighbours == number] = edge
        return result

    def _null(self, number: int) -> Floats:
        drawn = _simulated_size(number)
        if drawn not in self._results:
            self._draw(number)
        return self._results[drawn]

    def _draw(self, largest: int) -> None:
        """Draw sums of every number of values that may be needed up to one.

        One random order of values serves all numbers: its first k are a draw of
        k values without replacement, so each number has its distribution, and
        what can be read off one order isn't drawn again.
        """
        numbers = sorted({_simulated_size(number) for number in range(1, largest + 1)})
        most = numbers[-1]
        generator = np.random.default_rng([self.seed, most])
        sums = np.empty((len(numbers), self.draws))
        last = np.array(numbers) - 1
        # Each permutation serves for many neighbourhoods that share no value.
        rows = max(len(self.values) // most, 1)
        for done in range(0, self.draws, rows):
            take = min(rows, self.draws - done)
            order = generator.permutation(self.values)[: take * most].reshape(take, -1)
            sums[:, done : done + take] = order.cumsum(axis=1).T[last]
        for number, row in zip(numbers, sums, strict=True):
            counts = np.full(self.draws, float(number))
            deviations = row - number * self.values.mean()
            result = np.sort(standardise(deviations, counts, self.values))
            self._results.setdefault(number, result)


def _simulated_size(number: int) -> int:
    """Return the number of neighbours whose draws serve for a number."""
    if number <= _EACH:
        return number
    step = int(_STEPS * np.log2(number / _EACH) + 1e-9)
    return int(_EACH * 2 ** (step / _STEPS))


def benjamini_hochberg(probabilities: Floats, rate: float) -> Flags:
    """Tell which hypotheses to reject at a false-discovery rate.

    Parameters
    ----------
    probabilities : numpy.ndarray, shape (n,)
        One p-value a hypothesis.
    rate : float
        Nominal false-discovery rate, 0 to 1.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        Step-up procedure of Benjamini and Hochberg (1995); valid for the
        positive dependence that overlapping windows have (Benjamini and
        Yekutieli 2001).
    """
    count = len(probabilities)
    if not count:
        return np.zeros(0, dtype=bool)
    order = np.sort(probabilities)
    passed = np.flatnonzero(order <= rate * np.arange(1, count + 1) / count)
    if not passed.size:
        return np.zeros(count, dtype=bool)
    return np.asarray(probabilities <= order[passed[-1]], dtype=bool)
