"""Three pre-whitenings of a series before the Mann-Kendall test (3PW).

Collaud Coen et al. 2020, doi 10.5194/amt-13-6945-2020: autocorrelation makes the test
reject too often, and removing it removes part of the trend. So the trend is significant
only if it is after two whitenings (PW, which errs to the safe side, and TFPW-Y, which
errs to the other), and its slope is taken from a third that keeps the variance (VCTFPW).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bc_inventory.monitoring.statistics.rank_tests import mann_kendall, p_value, theil_sen

__all__ = ["ThreePW", "Whitened", "lag1", "three_pre_whitenings", "whiten"]

_Z95 = 1.959963984540054
_LEAST = 0.05  # autocorrelation below which nothing is removed


@dataclass(frozen=True)
class ThreePW:
    """Slope per year from VCTFPW, p the greater of those of PW and TFPW-Y."""

    slope: float
    lower: float
    upper: float
    s: float
    p: float
    autocorrelation: float
    removed: bool


def lag1(values: np.ndarray) -> float:
    """Return the lag-1 autocorrelation: Pearson's r of each value and the next.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n,)
        In equal steps of time, NaN where missing.
    """
    first, second = values[:-1], values[1:]
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 3 or first[both].std() == 0 or second[both].std() == 0:
        return 0.0
    return float(np.corrcoef(first[both], second[both])[0, 1])


def three_pre_whitenings(years: np.ndarray, values: np.ndarray) -> ThreePW:
    """Return the 3PW trend of a series.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years in order; a gap of more than one and a half typical steps breaks the
        chain of neighbours, so that no value is whitened by one of long before.
    values : numpy.ndarray of float, shape (n,)
        None missing.

    Notes
    -----
    VCTFPW after Wang et al. 2015, doi 10.1002/2015WR017558: the whitened residual is
    scaled by the variances before and after, and the slope by the variance inflation
    sqrt((1 + r)/(1 - r)), before they are joined again.
    """
    result = whiten(years, values)
    if not result.removed:
        s, variance = mann_kendall(values)
        slope = theil_sen(years, values)
        return ThreePW(*slope, s, p_value(s, variance), result.autocorrelation, False)
    finite = np.isfinite(result.vctfpw)
    tests = [mann_kendall(item[np.isfinite(item)]) for item in (result.pw, result.tfpw_y)]
    p = max(p_value(s, variance) for s, variance in tests)
    slope = theil_sen(years[finite], result.vctfpw[finite])
    return ThreePW(*slope, tests[0][0], p, result.autocorrelation, True)


@dataclass(frozen=True)
class Whitened:
    """A series after each of the three whitenings, NaN where a value has no neighbour.

    Where the autocorrelation isn't significant all three are the series itself, and that
    of the residuals around the trend counts as none.
    """

    pw: np.ndarray
    tfpw_y: np.ndarray
    vctfpw: np.ndarray
    autocorrelation: float
    removed: bool
    residual_autocorrelation: float = 0.0


def whiten(years: np.ndarray, values: np.ndarray) -> Whitened:
    """Return a series after the three whitenings.

    Parameters
    ----------
    years, values : numpy.ndarray of float, shape (n,)
        As `three_pre_whitenings` takes them.
    """
    neighbour = np.append(False, np.diff(years) < 1.5 * np.median(np.diff(years)))
    r = lag1(_chained(values, neighbour))
    confidence = _Z95 / np.sqrt(len(values))
    if r < _LEAST or abs(r) < confidence:
        return Whitened(values, values, values, r, False)
    pw = _whitened(values, neighbour, r)
    slope = theil_sen(years, values)[0]
    trend = slope * (years - years[0])
    residual = values - trend
    r_residual = lag1(_chained(residual, neighbour))
    white = residual
    if abs(r_residual) >= confidence:
        white = _whitened(residual, neighbour, r_residual)
    spread = np.nanvar(white, ddof=1)
    scaled = white * np.nanvar(values, ddof=1) / spread if spread > 0 else white
    left = max(1 - r_residual, np.finfo(float).eps)
    inflation = np.sqrt((1 + r_residual) / left) if r_residual >= 0 else 1.0
    wang = scaled + slope / inflation * (years - years[0])
    return Whitened(pw, white + trend, wang, r, True, r_residual)


def _chained(values: np.ndarray, neighbour: np.ndarray) -> np.ndarray:
    """Put a missing value before each one that isn't a neighbour of the last."""
    return np.insert(values, np.flatnonzero(~neighbour[1:]) + 1, np.nan)


def _whitened(values: np.ndarray, neighbour: np.ndarray, r: float) -> np.ndarray:
    before = np.append(np.nan, values[:-1])
    return np.where(neighbour, values - r * before, np.nan)
