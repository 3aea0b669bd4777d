"""What a number with an interval is: its distribution, for all rows of a table at once.

Each distribution is a monotone function of a standard normal score, so that an interval and a
draw can't disagree, and rows that share a score move together. Which statistic of it a table
publishes is said once, by `Distribution.value`: the expected number, so that numbers add up and
the product of independent ones is the expected product. docs/methods.md says why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Z95", "Distribution", "Lognormal", "bisected", "interval_of_product", "meeting"]

Floats = NDArray[np.floating[Any]]
_NORMAL = NormalDist()
# Bounds in tables are those of a 95 % interval.
Z95 = _NORMAL.inv_cdf(0.975)


class Distribution(ABC):
    """Distributions of n numbers; all arrays have the shape (n,) and the unit of the numbers."""

    @property
    def value(self) -> Floats:
        """The number that tables publish and sum."""
        return self.mean

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

    @property
    def relative_half_width(self) -> Floats:
        """Half of the 95 % interval over the mean."""
        lower, upper = self.interval()
        mean = self.mean
        half: Floats = np.abs(upper - lower) / 2 / np.where(mean > 0, mean, 1.0)
        return half

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
    """Positive numbers: centre x exp(deviation x (1 -+ skew) x score) below and above the centre.

    The logarithm is a split normal: it has one deviation below its median and another above, so
    that both bounds of an interval and the expected number can be those that a source states.

    Parameters
    ----------
    centre : array-like of float, shape (n,)
        Median, at least zero.
    deviation : array-like of float, shape (n,)
        Mean of the two deviations of the logarithm; zero for a number that is certain. Negative
        for the reciprocal of a number, which falls where the number rises.
    skew : array-like of float, shape (n,) or ()
        Deviation above less deviation below, over their sum; zero for equal ones.

    Examples
    --------
    A factor of two either way, of which the value is the mean; the median lies below it:

    >>> factor = Lognormal.from_interval([1.0], [0.5], [2.0])
    >>> factor.deviation.round(4).tolist()
    [0.3537]
    >>> [bound.round(6).tolist() for bound in factor.interval()]
    [[0.5], [2.0]]
    >>> factor.mean.round(6).tolist(), factor.median.round(3).tolist()
    ([1.0], [0.895])
    """

    centre: Floats
    deviation: Floats
    skew: Floats | float = 0.0

    @classmethod
    def from_interval(cls, value: Any, lower: Any, upper: Any, median: Any = False) -> Lognormal:
        """Return the distributions of numbers with 95 % intervals.

        Parameters
        ----------
        value, lower, upper : array-like of float, shape (n,)
            Published number and bounds, all at least zero, in one unit.
        median : array-like of bool, shape (n,) or ()
            Whether the number is the median; otherwise it is the expected number.

        Returns
        -------
        Lognormal
            Whose bounds are those given and whose mean (or median) is the value. Where no split
            lognormal has all three, the mean and the ratio of the bounds hold, and both bounds
            move; where the lower bound is zero, the mean and the upper bound hold. A value of
            zero is certain.
        """
        value, lower, upper, median = np.broadcast_arrays(
            *(np.asarray(part, dtype=float) for part in (value, lower, upper)), median
        )
        centre, deviation, skew = value.copy(), np.zeros(value.shape), np.zeros(value.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            half = (np.log(upper) - np.log(lower)) / (2 * Z95)
        open_below = (value > 0) & (lower <= 0) & (upper > value)
        if open_below.any():
            reach = np.log(upper[open_below] / value[open_below])
            # With one deviation s, upper / mean = exp(1.96 s - s^2 / 2), at most exp(1.96^2 / 2).
            mean = Z95 - np.sqrt(np.maximum(Z95**2 - 2 * reach, 0.0))
            deviation[open_below] = np.where(median[open_below], reach / Z95, mean)
        spread = (value > 0) & np.isfinite(half) & (half > 0)
        deviation[spread] = half[spread]
        known = spread & median
        high, low = upper[known] / value[known], value[known] / lower[known]
        skew[known] = np.log(high / low) / np.log(high * low)
        sought = spread & ~median
        skew[sought], reached = _skew(*(part[sought] for part in (value, lower, upper, half)))
        above = np.exp(-Z95 * (deviation * (1 + skew))[sought])
        centre[sought] = np.where(reached, upper[sought] * above, value[sought])
        moved = np.zeros(value.shape, dtype=bool)
        moved[sought] = ~reached
        moved |= open_below & ~median
        centre[moved] = value[moved] / np.exp(np.square(deviation[moved]) / 2)
        return cls(centre, deviation, skew)

    @classmethod
    def from_relative(cls, relative: Any) -> Lognormal:
        """Return multipliers with the expected value one, known to a relative uncertainty.

        Parameters
        ----------
        relative : array-like of float, shape (n,)
            0.5 stands for a 95 % interval from 1 / 1.5 to 1.5.
        """
        reach = 1.0 + np.asarray(relative, dtype=float)
        return cls.from_interval(np.ones(reach.shape), 1.0 / reach, reach)

    @classmethod
    def around_one(cls, deviation: Any, skew: Any = 0.0) -> Lognormal:
        """Return multipliers with the expected value one.

        Parameters
        ----------
        deviation, skew : array-like of float, shape (n,)
            See the class.
        """
        deviation = np.asarray(deviation)
        relative = _mean_ratio(deviation * (1 - skew), deviation * (1 + skew))
        return cls((1.0 / relative).astype(deviation.dtype), deviation, skew)

    @property
    def below(self) -> Floats:
        """Deviation of the logarithm below the median."""
        return np.asarray(self.deviation * (1 - self.skew))

    @property
    def above(self) -> Floats:
        """Deviation of the logarithm above the median."""
        return np.asarray(self.deviation * (1 + self.skew))

    @property
    def median(self) -> Floats:
        """The centre."""
        return np.asarray(self.centre)

    @property
    def mean(self) -> Floats:
        """Median x (exp(b^2 / 2) Phi(-b) + exp(a^2 / 2) Phi(a)), b below and a above."""
        return self.median * _mean_ratio(self.below, self.above)

    @property
    def relative_deviation(self) -> Floats:
        """Standard deviation over the mean."""
        first = _mean_ratio(self.below, self.above)
        second = _mean_ratio(2 * self.below, 2 * self.above)
        relative: Floats = np.sqrt(np.maximum(second / np.square(first) - 1.0, 0.0))
        return relative

    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores; see `Distribution`."""
        score = np.asarray(score, dtype=float)
        return meeting(self.mean, score) * self.multiplier(score)

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
            In the shape of `score`; its expected value is one.
        """
        score = np.asarray(score)
        kind = score.dtype if score.dtype.kind == "f" else np.dtype(float)
        middle = meeting(np.asarray(self.deviation, dtype=kind), score)
        tilt = np.asarray(self.deviation * self.skew, dtype=kind)
        # |score| x deviation x skew adds above the median what it takes below it.
        tilted = np.abs(score) if np.any(tilt) else None
        exponent = np.multiply(score, middle, out=out, dtype=kind)
        if tilted is not None:
            tilted *= meeting(tilt, score)
            exponent += tilted
        exponent += meeting(self._place.astype(kind), score)
        multiplier: Floats = np.exp(exponent, out=exponent if out is None else out)
        return multiplier

    @cached_property
    def _place(self) -> Floats:
        """Logarithm of the median over the mean."""
        place: Floats = -np.log(_mean_ratio(self.below, self.above))
        return place

    def summed(self, group: pd.Series, *, together: bool) -> Lognormal:
        """Return the sums of groups, as lognormals again.

        Parameters
        ----------
        group : pandas.Series of int, shape (n,)
            Group of each number.
        together : bool
            Whether the numbers of a group share one score, so that deviations add up weighted
            by the expected numbers, or are independent, so that their squares do.

        Returns
        -------
        Lognormal
            By group in its order, with the sum of the expected numbers; a sum of zero has no
            deviation.
        """
        number = pd.Series(self.mean, index=group.index)
        total = number.groupby(group).sum()

        def relative(deviation: Floats) -> Floats:
            moved = number * deviation
            half = (
                moved.groupby(group).sum()
                if together
                else np.sqrt(np.square(moved).groupby(group).sum())
            )
            return (half / total.where(total > 0)).fillna(0.0).to_numpy()

        below, above = relative(self.below), relative(self.above)
        both = below + above
        skew = np.divide(above - below, both, out=np.zeros_like(both), where=both != 0)
        return Lognormal.around_one(both / 2, skew).scaled(total.to_numpy())

    def scaled(self, by: Any) -> Lognormal:
        """Return the numbers multiplied by certain ones, shape (n,)."""
        return Lognormal(self.median * np.asarray(by, dtype=float), self.deviation, self.skew)

    def take(self, rows: NDArray[np.intp]) -> Lognormal:
        """Return some of the distributions, by position."""
        skew = np.broadcast_to(self.skew, np.shape(self.deviation))
        return Lognormal(self.median[rows], np.asarray(self.deviation)[rows], skew[rows])

    def reach(self) -> tuple[Floats, Floats, Floats]:
        """Return the mean of the logarithm over the mean number, and how far its bounds are."""
        first = (self.above - self.below) / np.sqrt(2 * np.pi)
        ends = np.sort(np.stack([-Z95 * self.below - first, Z95 * self.above - first]), axis=0)
        return first + self._place, -ends[0], ends[1]


def interval_of_product(value: Any, parts: Sequence[tuple[Floats, ...]]) -> tuple[Floats, Floats]:
    """Return the 95 % bounds of products of independent numbers.

    Parameters
    ----------
    value : array-like of float, shape (n,)
        Products of the expected numbers.
    parts : sequence of tuple of numpy.ndarray, each of shape (n,)
        `reach` of each number: the mean of its logarithm over the expected number, and how far
        below and above that its bounds lie.

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        Means of logarithms add up, and so do squares of distances to the bounds, below and above
        apart. That is exact for lognormals and where one number outweighs the others.
    """
    place = np.sum([part[0] for part in parts], axis=0)
    down, up = (
        np.sqrt(np.sum([np.square(part[side]) for part in parts], axis=0)) for side in (1, 2)
    )
    number = np.asarray(value, dtype=float)
    return number * np.exp(place - down), number * np.exp(place + up)


def _mean_ratio(below: Any, above: Any) -> Floats:
    """Return the mean of a split lognormal over its median."""
    from scipy.special import ndtr

    ratio: Floats = np.exp(np.square(below) / 2) * ndtr(-np.asarray(below)) + np.exp(
        np.square(above) / 2
    ) * ndtr(np.asarray(above))
    return ratio


def _skew(
    value: Floats, lower: Floats, upper: Floats, half: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the skew with which the mean is the value, and whether there is one."""

    def mean(skew: Floats) -> Floats:
        above = half * (1 + skew)
        return upper * np.exp(-Z95 * above) * _mean_ratio(half * (1 - skew), above)

    # The mean falls with the skew, since the median does.
    least, most = np.full(value.shape, -1.0), np.full(value.shape, 1.0)
    reached = (value <= mean(least)) & (value >= mean(most))
    skew = bisected(lambda middle: mean(middle) > value, least, most, 48)
    return np.where(reached, skew, 0.0), reached


def bisected(
    below: Callable[[Floats], NDArray[np.bool_]], left: Floats, right: Floats, rounds: int
) -> Floats:
    """Return the numbers between bounds at which conditions cease to hold.

    Parameters
    ----------
    below : callable
        Takes numbers and tells where they are too small.
    left, right : numpy.ndarray, shape (n,)
        Bounds.
    rounds : int
        How often the bounds are halved.

    Returns
    -------
    numpy.ndarray, shape (n,)

    Examples
    --------
    >>> squares = np.array([4.0, 9.0])
    >>> bisected(lambda root: root**2 < squares, np.zeros(2), squares, 50).round(9).tolist()
    [2.0, 3.0]
    """
    for _ in range(rounds):
        middle = (left + right) / 2
        small = below(middle)
        left, right = np.where(small, middle, left), np.where(small, right, middle)
    return np.asarray((left + right) / 2)


def meeting(column: Floats, score: Floats) -> Floats:
    """Return a column in a shape that meets scores of shape (n,) or (n, draws)."""
    return column[:, None] if score.ndim > 1 else column
