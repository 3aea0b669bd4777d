"""Rank tests of trends: Mann-Kendall and Theil-Sen, of one series or of many at once.

Measured series and the cells of a map over years are tested by the same functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["mann_kendall", "p_value", "slopes_of", "theil_sen", "with_interval"]

Floats = NDArray[np.float64]
_Z95 = 1.959963984540054


def mann_kendall(values: Floats) -> tuple[Any, Any]:
    """Return the Mann-Kendall statistic S and its variance, corrected for ties.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (times, ...)
        In order of time, none missing; further axes are series of their own.

    Returns
    -------
    s, variance : float or numpy.ndarray, shape (...)
        Numbers for one series.

    Notes
    -----
    Kendall 1975; var(S) = (n(n-1)(2n+5) - sum t(t-1)(2t+5)) / 18, the sum being over
    groups of t equal values.

    Examples
    --------
    >>> s, variance = mann_kendall(np.array([1.0, 2.0, 3.0, 4.0]))
    >>> float(s), round(float(variance), 3)
    (6.0, 8.667)
    """
    n = len(values)
    s, ties = np.zeros(values.shape[1:]), np.zeros(values.shape[1:])
    for place in range(n):
        s += np.sign(values[place + 1 :] - values[place]).sum(axis=0)
        equal = (values == values[place]).sum(axis=0)
        # Each of t equal values is met with t, so its group's term is shared by t.
        ties += (equal - 1) * (2 * equal + 5)
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    return (s, variance) if values.ndim > 1 else (float(s), float(variance))


def p_value(s: Any, variance: Any) -> Any:
    """Return the two-sided p of S by the normal approximation, corrected for continuity.

    Parameters
    ----------
    s, variance : float or numpy.ndarray
        As `mann_kendall` returns them; with a variance of 0, p is 1.

    Returns
    -------
    float or numpy.ndarray
        Of their shape.
    """
    from scipy.special import erfc

    spread = np.sqrt(np.where(variance > 0, variance, 1.0))
    p = erfc(np.abs(s - np.sign(s)) / spread / np.sqrt(2.0))
    p = np.where(variance > 0, p, 1.0)
    return p if p.ndim else float(p)


def slopes_of(times: Floats, values: Floats) -> Floats:
    """Return the slopes of all pairs of values at different times.

    Parameters
    ----------
    times : numpy.ndarray of float, shape (n,)
        In order.
    values : numpy.ndarray of float, shape (n, ...)
        Further axes are series of their own.

    Returns
    -------
    numpy.ndarray, shape (pairs, ...)
        Per unit of time; their median is the slope of Sen 1968.
    """
    if len(times) < 2:
        return np.empty((0, *values.shape[1:]))
    first, second = np.triu_indices(len(times), 1)
    step = times[second] - times[first]
    apart = step != 0
    rise = values[second[apart]] - values[first[apart]]
    return np.asarray(rise / step[apart].reshape(-1, *[1] * (values.ndim - 1)))


def theil_sen(years: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Return the Theil-Sen slope and its 95 % interval.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years, not in equal steps.
    values : numpy.ndarray of float, shape (n,)
        Values, none missing.

    Returns
    -------
    tuple of float
        Median of the slopes of all pairs, and the interval of Sen 1968 by the variance of
        S with ties.

    Notes
    -----
    Sen 1968, J. Am. Stat. Assoc. 63, 1379.
    """
    slopes = np.sort(slopes_of(years, values))
    if not len(slopes):
        nothing = float("nan")
        return nothing, nothing, nothing
    return with_interval(slopes, mann_kendall(values)[1])


def with_interval(slopes: np.ndarray, variance: float) -> tuple[float, float, float]:
    """Return the median of sorted slopes and its 95 % interval by the variance of S.

    Of few values even the least and the greatest slope don't bound 95 %: then there is no
    interval, NaN.
    """
    count = len(slopes)
    half = _Z95 * np.sqrt(variance)
    if round((count - half) / 2) < 1:
        return float(np.median(slopes)), float("nan"), float("nan")
    low = max(round((count - half) / 2) - 1, 0)
    high = min(round((count + half) / 2), count - 1)
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])
