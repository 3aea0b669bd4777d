"""How far autocorrelation widens the Mann-Kendall test of a short yearly series."""

from __future__ import annotations

import numpy as np

__all__ = ["LEAST", "MOST", "corrected", "lag1_of_residuals", "variance_factor"]

LEAST = 5  # values from which the autocorrelation of what is left of a trend can be estimated
MOST = 0.95  # largest autocorrelation that is removed


def corrected(r: float, n: int, *, seasonal: bool) -> float:
    """Return a lag-1 autocorrelation around a trend without the bias of few values.

    Parameters
    ----------
    r : float
        From residuals of a line, or of a line and the levels of the seasons.
    n : int
        Values.
    seasonal : bool
        Whether the levels of seasons were removed.

    Notes
    -----
    The estimate from residuals of a line is too low by about (4 r + 2) / n, and is corrected to
    (n r + 2) / (n - 4), Matalas and Sankarasubramanian 2003, doi:10.1029/2002WR001689. The
    levels of seasons take the mean with them but hardly touch neighbours, so that with them it is
    too low by (3 r + 1) / n.

    Examples
    --------
    >>> corrected(0.5, 20, seasonal=False), corrected(0.5, 144, seasonal=True)
    (0.75, 0.5177304964539007)
    """
    return (n * r + 1) / (n - 3) if seasonal else (n * r + 2) / (n - 4)


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
    Corrected by `corrected`. A negative one isn't used: it would narrow the test by an estimate
    from few values.
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
    return float(np.clip(corrected(product / spread, count, seasonal=False), 0.0, MOST))


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
