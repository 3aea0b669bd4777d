"""Trends of autocorrelated series: pre-whitening by the autocorrelation around the trend.

Autocorrelation makes the Mann-Kendall test reject too often. Pre-whitening removes it, and
removes the trend with it where it is taken from the values: a clear decline is itself
autocorrelated. So it is taken from what is left of the trend, trend and autocorrelation being
estimated in turn, and the whitened series is divided by what whitening takes of any slope
(Wang and Swail 2001, doi:10.1175/1520-0442(2001)014<2204:COEWHI>2.0.CO;2). Test, slope and
interval are of this one series and can't contradict each other.

Of the three pre-whitenings of Collaud Coen et al. 2020, doi:10.5194/amt-13-6945-2020, this is
the first (PW). The second tests a series to which the trend was added again, and is the less
strict; the slope of the third (VCTFPW) is smaller by design: of series made with -0.5 a year and
an autocorrelation of 0.6 it makes -0.27.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bc_inventory.monitoring.statistics.autocorrelation import MOST, corrected
from bc_inventory.monitoring.statistics.seasons import Pairs, Seasons

__all__ = ["Whitened", "lag1", "prewhitened_trend"]

_ROUNDS = 3
_TAIL = 0.025
_LEAST = 5  # values that both the autocorrelation and a slope can be estimated from


@dataclass(frozen=True)
class Whitened:
    """A trend and its test after pre-whitening.

    Parameters
    ----------
    slope, lower, upper : float
        Per year, with the 95 % interval; NaN where there are too few pairs.
    s, p : float
        Mann-Kendall statistic over all seasons and its two-sided p, which is below 0.05 where
        the interval leaves out zero.
    autocorrelation : float
        That was removed: lag 1, around trend and seasons, corrected for its bias, at least 0.
    pairs : Pairs
        Of the whitened series, by season.
    """

    slope: float
    lower: float
    upper: float
    s: float
    p: float
    autocorrelation: float
    pairs: Pairs


def lag1(values: np.ndarray, neighbour: np.ndarray) -> float:
    """Return the lag-1 autocorrelation of values around zero.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n,)
        In order of time, none missing.
    neighbour : numpy.ndarray of bool, shape (n,)
        Whether a value follows the one before without a gap; False for the first.

    Examples
    --------
    Four products of -1 over five squares, as five neighbours would have:

    >>> lag1(np.array([1.0, -1, 1, -1, 1]), np.array([False, True, True, True, True]))
    -1.0
    """
    spread = float(np.square(values).mean())
    pairs = neighbour[1:]
    if spread == 0 or not pairs.any():
        return 0.0
    return float((values[1:] * values[:-1])[pairs].mean() / spread)


def prewhitened_trend(years: np.ndarray, values: np.ndarray, seasons: np.ndarray) -> Whitened:
    """Return the trend of a series after pre-whitening.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years in order; a gap of more than one and a half typical steps breaks the
        chain of neighbours, so that no value is whitened by one of long before.
    values : numpy.ndarray of float, shape (n,)
        None missing.
    seasons : numpy.ndarray, shape (n,)
        Season of each value; one for all where there are none. Slopes are of pairs within a
        season, and the median of each season is no autocorrelation.

    Notes
    -----
    That the autocorrelation r is itself estimated, from n values with the variance
    (1 - r^2) / n, makes the variance of S uncertain by the factor ((1 - r') / (1 - r))^2; by
    its relative variance 4 (1 + r) / (n (1 - r)) p and interval are those of Student's t with
    n (1 - r) / (2 (1 + r)) degrees of freedom (Satterthwaite). By the normal distribution 8.5 %
    of series of 144 months with r = 0.6 and no trend would be significant.
    """
    layout = Seasons(years, seasons)
    pairs = layout.pairs(values)
    slope = _middle(pairs.slopes)
    step = np.diff(years)
    neighbour = np.append(False, step < 1.5 * np.median(step)) if len(step) else np.zeros(0, bool)
    r = 0.0
    if len(values) >= _LEAST and len(pairs.slopes):
        before = np.append(np.nan, values[:-1])
        for _ in range(_ROUNDS):
            r = _around(years, values, slope, layout, neighbour)
            if r == 0.0:
                pairs = layout.pairs(values)
                break
            white = np.where(neighbour, (values - r * before) / (1 - r), np.nan)
            pairs = layout.pairs(white)
            slope = _middle(pairs.slopes)
    return _tested(pairs, r, len(values))


def _around(
    years: np.ndarray, values: np.ndarray, slope: float, layout: Seasons, neighbour: np.ndarray
) -> float:
    """Return the autocorrelation around a trend and the seasons, at least 0."""
    residual = values - slope * (years - years[0])
    residual = residual - layout.middles(residual)
    residual = residual - residual.mean()
    # A line without residuals leaves only the rounding of its values.
    if np.square(residual).sum() <= 1e-20 * np.square(values).sum():
        return 0.0
    r = corrected(lag1(residual, neighbour), len(values), seasonal=layout.count > 1)
    return float(np.clip(r, 0.0, MOST))


def _tested(pairs: Pairs, r: float, n: int) -> Whitened:
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    s, variance = float(pairs.s.sum()), float(pairs.variance.sum())
    slopes, spread = pairs.slopes, float(np.sqrt(variance))
    freedom = max(n * (1 - r) / (2 * (1 + r)), 1.0)
    reach = -float(stdtrit(freedom, _TAIL) if r else ndtri(_TAIL)) * spread
    away = -max(abs(s) - 1, 0.0) / spread if spread > 0 else 0.0
    p = 2 * float(stdtr(freedom, away) if r else ndtr(away))
    # The interval holds the slopes that the test, with its correction for continuity, would
    # leave: fewer pairs than this lie on one side of it.
    outside = int(np.floor((len(slopes) - reach - 1) / 2))
    if outside < 0 or not len(slopes):
        return Whitened(_middle(slopes), float("nan"), float("nan"), s, p, r, pairs)
    lower, upper = float(slopes[outside]), float(slopes[-1 - outside])
    if lower <= 0 <= upper:
        # Pairs without a slope count for neither side in S, and for both here.
        p = max(p, 2 * _TAIL)
    return Whitened(_middle(slopes), lower, upper, s, p, r, pairs)


def _middle(slopes: np.ndarray) -> float:
    return float(np.median(slopes)) if len(slopes) else float("nan")
