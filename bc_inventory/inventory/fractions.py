"""Numbers between limits: a normal logit, and a normal in two halves that stands on its limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.inventory.distribution import Z95, Distribution, bisected, meeting

__all__ = ["Fraction", "SplitNormal"]

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Fraction(Distribution):
    """Numbers between zero and one whose logit is normal.

    Parameters
    ----------
    expected : array-like of float, shape (n,)
        Expected number; zero and one are certain.
    deviation : array-like of float, shape (n,)
        Standard deviation of the logit.

    Examples
    --------
    >>> passed = Fraction.from_variance([0.2], [0.01])
    >>> passed.mean.round(6).tolist(), bool(passed.quantile([8.0])[0] < 1)
    ([0.2], True)
    """

    expected: Floats
    deviation: Floats

    @classmethod
    def from_variance(cls, expected: Any, variance: Any) -> Fraction:
        """Return the distributions with some means and variances.

        Parameters
        ----------
        expected, variance : array-like of float, shape (n,)
            A variance is taken as at most 0.9 x mean x (1 - mean), since none between the
            limits exceeds mean x (1 - mean).
        """
        expected, variance = (np.asarray(part, dtype=float) for part in (expected, variance))
        most = 0.9 * expected * (1 - expected)
        aim = np.minimum(variance, most)
        deviation = bisected(
            lambda middle: cls(expected, middle).variance < aim,
            np.zeros(aim.shape),
            np.full(aim.shape, 30.0),
            40,
        )
        return cls(expected, np.where((aim > 0) & (most > 0), deviation, 0.0))

    @property
    def median(self) -> Floats:
        """The number whose logit is the middle one."""
        return self.quantile(np.zeros(len(np.asarray(self.expected))))

    @property
    def mean(self) -> Floats:
        """The expected number."""
        return np.asarray(self.expected, dtype=float)

    @property
    def variance(self) -> Floats:
        """Expected square of the distance from the mean."""
        nodes, weights = _nodes()
        result: Floats = np.square(self._fraction_at(nodes) - self.mean[:, None]) @ weights
        return result

    @property
    def relative_deviation(self) -> Floats:
        """Standard deviation over the mean."""
        mean = self.mean
        return np.sqrt(self.variance) / np.where(mean > 0, mean, 1.0)

    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores; see `Distribution`."""
        score = np.asarray(score, dtype=float)
        return self.multiplier(score) * meeting(self.mean, score)

    def multiplier(self, score: Any, out: Floats | None = None) -> Floats:
        """Return what draws multiply the published number by; see `Lognormal.multiplier`."""
        from scipy.special import expit

        score = np.asarray(score)
        kind = score.dtype if score.dtype.kind == "f" else np.dtype(float)
        logit = np.multiply(
            score, meeting(np.asarray(self.deviation, dtype=kind), score), out=out, dtype=kind
        )
        logit += meeting(self._middle.astype(kind), score)
        drawn: Floats = expit(logit, out=logit)
        drawn /= meeting(np.where(self.mean > 0, self.mean, 1.0).astype(kind), score)
        certain = (self.mean <= 0) | (self.mean >= 1)
        drawn[certain] = 1.0
        return drawn

    def take(self, rows: NDArray[np.intp]) -> Fraction:
        """Return some of the distributions, by position."""
        return Fraction(self.mean[rows], np.asarray(self.deviation)[rows])

    def reach(self) -> tuple[Floats, Floats, Floats]:
        """Return the mean of the logarithm over the mean number, and how far its bounds are."""
        nodes, weights = _nodes()
        drawn = self._fraction_at(np.concatenate([nodes, [-Z95, Z95]]))
        logarithm = np.log(np.where(drawn > 0, drawn, 1.0))
        logarithm -= np.log(np.where(self.mean > 0, self.mean, 1.0))[:, None]
        place = logarithm[:, :-2] @ weights
        return place, place - logarithm[:, -2], logarithm[:, -1] - place

    def _fraction_at(self, nodes: Floats) -> Floats:
        scores = np.broadcast_to(nodes, (len(self.mean), len(nodes)))
        return self.quantile(scores)

    @cached_property
    def _middle(self) -> Floats:
        """The median of the logit with which the mean is the expected number."""
        from scipy.special import expit, logit

        nodes, weights = _nodes()
        mean = np.clip(self.mean, 1e-12, 1 - 1e-12)
        reach = np.asarray(self.deviation, dtype=float)[:, None] * nodes
        far = np.abs(logit(mean)) + 4 * np.asarray(self.deviation, dtype=float) ** 2 + 1
        return bisected(
            lambda middle: expit(middle[:, None] + reach) @ weights < mean, -far, far, 60
        )


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

    @classmethod
    def from_interval(
        cls,
        value: Any,
        lower: Any,
        upper: Any,
        minimum: float,
        maximum: float,
        median: Any = False,
    ) -> SplitNormal:
        """Return the distributions of numbers with 95 % intervals.

        Parameters
        ----------
        value, lower, upper : array-like of float, shape (n,)
            Number and bounds.
        minimum, maximum : float
            Limits.
        median : array-like of bool, shape (n,) or ()
            Whether the number is the median; otherwise it is the expected number.

        Returns
        -------
        SplitNormal
            With the bounds given, and the value as mean or median; where no centre between the
            bounds has that mean, the centre is the bound next to it.
        """
        value, lower, upper = (np.asarray(part, dtype=float) for part in (value, lower, upper))
        middle = bisected(
            lambda centre: cls(centre, lower, upper, minimum, maximum).mean < value,
            lower,
            upper,
            50,
        )
        return cls(np.where(median, value, middle), lower, upper, minimum, maximum)

    @property
    def median(self) -> Floats:
        """The centre."""
        return np.asarray(self.centre, dtype=float)

    @property
    def variance(self) -> Floats:
        """Expected square of the distance from the mean."""
        nodes, weights = _nodes()
        drawn = self.quantile(np.broadcast_to(nodes, (len(self.median), len(nodes))))
        result: Floats = np.square(drawn - (drawn @ weights)[:, None]) @ weights
        return result

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
        under = (middle - np.asarray(self.lower)) / Z95
        above = (np.asarray(self.upper) - middle) / Z95
        # The mean of a number cut at limits is the maximum less what lies under its
        # distribution function between them.
        area = below(nothing, under) - below(self.minimum - middle, under)
        area += below(self.maximum - middle, above) - below(nothing, above)
        mean: Floats = self.maximum - area
        return mean

    def quantile(self, score: Any) -> Floats:
        """Return the numbers at standard normal scores; see `Distribution`."""
        score = np.asarray(score, dtype=float)
        middle = meeting(self.median, score)
        above = meeting(np.asarray(self.upper, dtype=float), score) - middle
        under = middle - meeting(np.asarray(self.lower, dtype=float), score)
        half = np.where(score > 0, above, under)
        return np.clip(middle + score / Z95 * half, self.minimum, self.maximum)


def _nodes() -> tuple[Floats, Floats]:
    """Return scores and weights with which expectations over a standard normal are sums."""
    edge, count = 7.0, 141
    nodes = np.linspace(-edge, edge, count)
    weights = np.exp(-np.square(nodes) / 2)
    return nodes, weights / weights.sum()
