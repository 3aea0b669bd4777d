"""Intervals as lognormal distributions whose median is the central value.

Factors and shares of this field are positive and skewed, and a published value
usually lies near the geometric middle of its interval, so the value is taken
as the median (IPCC 2006 Guidelines, vol. 1 ch. 3; EMEP/EEA Guidebook, part A
ch. 5).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

__all__ = ["Z95", "bounds", "combine", "sigma"]

Z95 = NormalDist().inv_cdf(0.975)


def sigma(value: Any, lower: Any, upper: Any) -> np.ndarray:
    """Return the standard deviation of the logarithm from a 95 % interval.

    Parameters
    ----------
    value, lower, upper : array-like of float, shape (n,)
        Central value and 95 % bounds, all at least zero, in one unit.

    Returns
    -------
    numpy.ndarray, shape (n,)
        (ln upper - ln lower) / (2 x 1.96); where the lower bound is zero the
        upper half alone, (ln upper - ln value) / 1.96; zero for a value of
        zero, which has no logarithm.
    """
    value, lower, upper = (np.asarray(part, dtype=float) for part in (value, lower, upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        both = (np.log(upper) - np.log(lower)) / (2 * Z95)
        half = (np.log(upper) - np.log(value)) / Z95
    spread = np.where(lower > 0, both, half)
    return np.where((value > 0) & np.isfinite(spread), spread, 0.0)


def combine(*parts: Any) -> np.ndarray:
    """Return the logarithmic deviation of a product of independent parts.

    Parameters
    ----------
    *parts : array-like of float, shape (n,)
        Logarithmic standard deviations.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Root of the sum of squares.
    """
    return np.sqrt(sum(np.square(np.asarray(part, dtype=float)) for part in parts))


def bounds(value: Any, deviation: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of a lognormal around its median.

    Parameters
    ----------
    value, deviation : array-like of float, shape (n,)
        Median, and standard deviation of the logarithm.

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        In the unit of `value`.
    """
    value = np.asarray(value, dtype=float)
    reach = np.exp(Z95 * np.asarray(deviation, dtype=float))
    return value / reach, value * reach
