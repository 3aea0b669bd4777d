"""What a number with an interval is: its distribution, for all rows of a table at once.

Each distribution is a monotone function of a standard normal score, so that an interval and a
draw can't disagree, and rows that share a score move together. Which statistic of it a table
publishes is said once, by `Distribution.value`: the median. A sum of medians isn't the median
of the sum; see docs/methods.md for what follows from that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Distribution", "Lognormal", "SplitNormal"]

Floats = NDArray[np.floating[Any]]
_NORMAL = NormalDist()
# Bounds in tables are those of a 95 % interval.
_Z95 = _NORMAL.inv_cdf(0.975)


class Distribution(ABC):
    """Distributions of n numbers; all arrays have the shape (n,) and the unit of the numbers."""

    @property
    def value(self) -> Floats:
        """The number that tables publish and sum."""
        return self.median

    @property
    @abstractmethod
    def median(self) -> Floats:
        """The number that half of the draws lie below."""

    @property
    @abstractmethod
    def mean(self) -> Floats:
        """The expected number."""

    @abstractmethod
    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores.

        Parameters
        ----------
        score : array-like of float, shape (n,) or (n, draws)
            Standard normals; 0 gives the median, -1.96 the lower bound of the 95 % interval.

        Returns
        -------
        numpy.ndarray
            In the shape of `score`.
        """

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the bounds that leave out equal parts of the draws on both sides.

        Parameters
        ----------
        level : float
            Share of the draws between the bounds, above 0 and below 1.

        Returns
        -------
        lower, upper : numpy.ndarray, shape (n,)
        """
        score = np.full(len(self.median), _NORMAL.inv_cdf(0.5 + level / 2))
        return self.quantile(-score), self.quantile(score)


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Positive numbers: median x exp(deviation x score).

    Parameters
    ----------
    centre : array-like of float, shape (n,)
        Median, at least zero.
    deviation : array-like of float, shape (n,)
        Standard deviation of the logarithm; zero for a number that is certain.

    Examples
    --------
    A factor of two either way:

    >>> factor = Lognormal.from_interval([1.0], [0.5], [2.0])
    >>> factor.deviation.round(4).tolist()
    [0.3537]
    >>> [bound.round(6).tolist() for bound in factor.interval()]
    [[0.5], [2.0]]
    >>> factor.mean.round(4).tolist()
    [1.0645]
    """

    centre: Floats
    deviation: Floats

    @classmethod
    def from_interval(cls, value: Any, lower: Any, upper: Any) -> Lognormal:
        """Return the distributions of numbers with 95 % intervals.

        Parameters
        ----------
        value, lower, upper : array-like of float, shape (n,)
            Published number and bounds, all at least zero, in one unit.

        Returns
        -------
        Lognormal
            With the deviation (ln upper - ln lower) / (2 x 1.96); where the lower bound is
            zero that of the upper half alone, (ln upper - ln value) / 1.96; and zero for a
            value of zero, which has no logarithm.
        """
        value, lower, upper = (np.asarray(part, dtype=float) for part in (value, lower, upper))
        with np.errstate(divide="ignore", invalid="ignore"):
            both = (np.log(upper) - np.log(lower)) / (2 * _Z95)
            half = (np.log(upper) - np.log(value)) / _Z95
        spread = np.where(lower > 0, both, half)
        return cls(value, np.where((value > 0) & np.isfinite(spread), spread, 0.0))

    @classmethod
    def from_upper(cls, value: Any, upper: Any) -> Lognormal:
        """Return the distributions of numbers of which the upper bound alone says something.

        Parameters
        ----------
        value, upper : array-like of float, shape (n,)
            Published number and upper bound of its 95 % interval.

        Returns
        -------
        Lognormal
            With a deviation of zero for a value of zero.
        """
        value, upper = (np.asarray(part, dtype=float) for part in (value, upper))
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.log(upper / value) / _Z95
        return cls(value, np.where(value > 0, spread, 0.0))

    @classmethod
    def from_relative(cls, relative: Any) -> Lognormal:
        """Return multipliers around one, known to a relative uncertainty either way.

        Parameters
        ----------
        relative : array-like of float, shape (n,)
            0.5 stands for a 95 % interval from 1 / 1.5 to 1.5.
        """
        reach = 1.0 + np.asarray(relative, dtype=float)
        return cls.from_interval(np.ones(reach.shape), 1.0 / reach, reach)

    @property
    def median(self) -> Floats:
        """The centre."""
        return np.asarray(self.centre)

    @property
    def mean(self) -> Floats:
        """Median x exp(deviation^2 / 2)."""
        return self.median * np.exp(np.square(self.deviation) / 2)

    @property
    def relative_deviation(self) -> Floats:
        """Standard deviation over the mean."""
        relative: Floats = np.sqrt(np.expm1(np.square(self.deviation)))
        return relative

    @property
    def relative_half_width(self) -> Floats:
        """Half of the 95 % interval over the median: sinh(1.96 deviation)."""
        half: Floats = np.sinh(_Z95 * np.asarray(self.deviation))
        return half

    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores; see `Distribution`."""
        score = np.asarray(score)
        return _meeting(self.median, score) * self.multiplier(score)

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the bounds; see `Distribution`."""
        reach = np.exp(_NORMAL.inv_cdf(0.5 + level / 2) * np.asarray(self.deviation, dtype=float))
        return self.median / reach, self.median * reach

    def multiplier(self, score: Any, out: Floats | None = None) -> Floats:
        """Return what draws multiply the published number by.

        Parameters
        ----------
        score : array-like of float, shape (n,) or (n, draws)
            Standard normals.
        out : numpy.ndarray, optional
            Where to put the result; may be `score` itself.

        Returns
        -------
        numpy.ndarray
            In the shape of `score`; its median is one.
        """
        exponent = np.multiply(
            score, _meeting(np.asarray(self.deviation), np.asarray(score)), out=out
        )
        multiplier: Floats = np.exp(exponent, out=exponent)
        return multiplier

    def times(self, *others: Lognormal) -> Lognormal:
        """Return the product with independent numbers."""
        squares = [np.square(np.asarray(each.deviation)) for each in (self, *others)]
        centre = self.median
        for other in others:
            centre = centre * other.median
        return Lognormal(centre, np.sqrt(sum(squares)))

    def summed(self, group: pd.Series, *, together: bool) -> Lognormal:
        """Return the sums of groups, as lognormals again.

        Parameters
        ----------
        group : pandas.Series of int, shape (n,)
            Group of each number.
        together : bool
            Whether the numbers of a group share one score, so that deviations add up weighted
            by the numbers, or are independent, so that their squares do.

        Returns
        -------
        Lognormal
            By group in its order; a sum of zero has no deviation.
        """
        number = pd.Series(self.median, index=group.index)
        moved = number * np.asarray(self.deviation)
        total = number.groupby(group).sum()
        half = (
            moved.groupby(group).sum()
            if together
            else np.sqrt(np.square(moved).groupby(group).sum())
        )
        relative = (half / total.where(total > 0)).fillna(0.0)
        return Lognormal(total.to_numpy(), relative.to_numpy())

    def scaled(self, by: Any) -> Lognormal:
        """Return the numbers multiplied by certain ones, shape (n,)."""
        return Lognormal(self.median * np.asarray(by, dtype=float), self.deviation)

    def take(self, rows: NDArray[np.intp]) -> Lognormal:
        """Return some of the distributions, by position."""
        return Lognormal(self.median[rows], np.asarray(self.deviation)[rows])

    def distinct(self) -> tuple[NDArray[np.intp], Lognormal]:
        """Return the deviation of each number among the distinct ones, and these around one."""
        which, deviation = pd.factorize(np.asarray(self.deviation))
        return which, Lognormal(np.ones_like(deviation), deviation)


@dataclass(frozen=True)
class SplitNormal(Distribution):
    """Numbers between limits: a normal with one deviation below its middle and one above.

    Parameters
    ----------
    centre, lower, upper : array-like of float, shape (n,)
        Median and bounds of the 95 % interval.
    minimum, maximum : float
        Limits; what would lie beyond stands on them.

    Examples
    --------
    >>> effect = SplitNormal([0.6], [0.4], [0.9], 0.0, 1.0)
    >>> [bound.round(6).tolist() for bound in effect.interval()]
    [[0.4], [0.9]]
    >>> effect.quantile([[0.0, 4.0]]).tolist()
    [[0.6, 1.0]]
    """

    centre: Floats
    lower: Floats
    upper: Floats
    minimum: float
    maximum: float

    @property
    def median(self) -> Floats:
        """The centre."""
        return np.asarray(self.centre, dtype=float)

    @property
    def mean(self) -> Floats:
        """The expected number, what stands on a limit included."""
        from scipy.special import ndtr

        def below(limit: Floats, deviation: Floats) -> Floats:
            """Integrate the distribution function of a centred normal up to a limit."""
            with np.errstate(over="ignore"):
                score = np.divide(limit, deviation, out=np.zeros_like(limit), where=deviation > 0)
                density = np.exp(-np.square(score) / 2) / np.sqrt(2 * np.pi)
            integral: Floats = limit * ndtr(score) + deviation * density
            return np.where(deviation > 0, integral, np.maximum(limit, 0.0))

        middle, nothing = self.median, np.zeros_like(self.median)
        under = (middle - np.asarray(self.lower)) / _Z95
        above = (np.asarray(self.upper) - middle) / _Z95
        # The mean of a number cut at limits is the maximum less what lies under its
        # distribution function between them.
        area = below(nothing, under) - below(self.minimum - middle, under)
        area += below(self.maximum - middle, above) - below(nothing, above)
        mean: Floats = self.maximum - area
        return mean

    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores; see `Distribution`."""
        score = np.asarray(score, dtype=float)
        middle = _meeting(self.median, score)
        above = _meeting(np.asarray(self.upper, dtype=float), score) - middle
        under = middle - _meeting(np.asarray(self.lower, dtype=float), score)
        half = np.where(score > 0, above, under)
        return np.clip(middle + score / _Z95 * half, self.minimum, self.maximum)


def _meeting(column: Floats, score: Floats) -> Floats:
    """Return a column in a shape that meets scores of shape (n,) or (n, draws)."""
    return column[:, None] if score.ndim > 1 else column
