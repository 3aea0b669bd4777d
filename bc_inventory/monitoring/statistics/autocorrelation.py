"""How far autocorrelation widens the Mann-Kendall test of a short yearly series."""

from __future__ import annotations

import numpy as np

__all__ = ["LEAST", "lag1_of_residuals", "variance_factor"]

LEAST = 5  # values from which the autocorrelation of what is left of a trend can be estimated
_MOST = 0.95


def lag1_of_residuals(years: np.ndarray, values: np.ndarray, slope: float) -> float:
    """Return the lag-1 autocorrelation around a trend, corrected for its bias.

    Parameters
    ----------
    years, values : numpy.ndarray of float, shape (n,)
        In order of time, none missing; neighbours are values no more than one and a half typical
        steps apart.
    slope : float
        Of the trend, per year.

    Returns
    -------
    float
        Between 0 and 0.95, NaN of fewer than five values or without neighbours.

    Notes
    -----
    The estimate from residuals of a line is too low by about (4 r + 2) / n; it is corrected to
    (n r + 2) / (n - 4), Matalas and Sankarasubramanian 2003, doi:10.1029/2002WR001689. A
    negative one isn't used: it would narrow the test by an estimate from few values.
    """
    count = len(values)
    if count < LEAST:
        return float("nan")
    steps = np.diff(years)
    near = steps < 1.5 * np.median(steps)
    residual = values - slope * (years - years[0])
    residual = residual - residual.mean()
    spread = float(np.square(residual).sum())
    # A line without residuals leaves only the rounding of its values.
    if not near.any() or spread <= 1e-20 * float(np.square(values).sum()):
        return 0.0
    product = (residual[1:] * residual[:-1])[near].sum() * (count - 1) / near.sum()
    corrected = (count * product / spread + 2) / (count - 4)
    return float(np.clip(corrected, 0.0, _MOST))


def variance_factor(correlation: float) -> float:
    """Return by what autocorrelation multiplies the variance of the Mann-Kendall statistic.

    Parameters
    ----------
    correlation : float
        Lag-1 autocorrelation; NaN where it isn't known, and the variance stays.

    Notes
    -----
    (1 + r) / (1 - r), Yue and Wang 2004, Water Resour. Manag. 18, 201.

    Examples
    --------
    >>> variance_factor(0.5)
    3.0
    """
    return 1.0 if np.isnan(correlation) else (1 + correlation) / (1 - correlation)
