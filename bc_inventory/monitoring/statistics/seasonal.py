"""Seasonal trends: Mann-Kendall within seasons, with or without pre-whitening.

Each season is compared with itself in other years, so the yearly cycle isn't taken for a
trend. Autocorrelation from month to month is: with 3PW it is removed from the whole series
first, after the median of each season is taken off, since the cycle itself would count as
autocorrelation.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from bc_inventory.monitoring.statistics.rank_tests import (
    mann_kendall,
    p_value,
    slopes_of,
    with_interval,
)
from bc_inventory.monitoring.statistics.trends import Trend, in_order, relative_to

__all__ = ["seasonal_trend"]

_LEAST = 3  # values of a season
_MOST_R = 0.99


def seasonal_trend(
    years: np.ndarray,
    values: np.ndarray,
    seasons: np.ndarray,
    *,
    method: str,
    segments: np.ndarray | None = None,
) -> Trend:
    """Return the seasonal Mann-Kendall trend.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years.
    values : numpy.ndarray of float, shape (n,)
        Values; missing ones are left out.
    seasons : numpy.ndarray of int, shape (n,)
        Season of each value, such as its month.
    method : {"plain", "3PW"}
        `plain`: as measured. `3PW`: significant only if it is after both PW and TFPW-Y.
    segments : numpy.ndarray of str, shape (n,), optional
        Method of each value; its changes are reported as breaks.

    Returns
    -------
    Trend
        S and its variance are sums over the seasons. The slope is the median over the
        pairs within seasons, of the values as measured, with its 95 % interval by the
        variance of S; with 3PW that variance is enlarged by (1 + r) / (1 - r), r being the
        autocorrelation of the residuals.

    Raises
    ------
    ValueError
        If the method is neither.

    Notes
    -----
    The slope isn't that of VCTFPW, which is smaller by design: of series made with a slope
    of -0.5 a year and r = 0.6 it made -0.27, and the values -0.49.

    Hirsch, Slack and Smith 1982, Water Resour. Res. 18, 107; homogeneity of the seasons by
    Van Belle and Hughes 1984, Water Resour. Res. 20, 127; 3PW by Collaud Coen et al. 2020,
    doi 10.5194/amt-13-6945-2020; variance by Yue and Wang 2004, Water Resour. Manag. 18, 201.
    """
    if method == "AR1":
        raise ValueError("method='AR1'; expected 'plain' or '3PW' for seasons")
    order, breaks = in_order(years, values, method, segments)
    x, y, season = (value[order] for value in (years, values, seasons))
    name = "seasonal"
    tested = [y]
    excess = 1.0
    if method == "3PW" and len(x) >= _LEAST:
        from bc_inventory.monitoring.statistics.prewhitening import whiten

        level = np.zeros(len(y))
        for single in np.unique(season):
            level[season == single] = np.median(y[season == single])
        result = whiten(x, y - level)
        tested = [result.pw, result.tfpw_y]
        r = min(max(result.residual_autocorrelation, 0.0), _MOST_R)
        excess = (1 + r) / (1 - r)
        name = f"seasonal 3PW, lag-1 autocorrelation {result.autocorrelation:.3f}" + (
            " removed" if result.removed else " not significant"
        )
    sums = [_kendall(x, element, season) for element in tested]
    slopes = [slopes_of(*_of_season(x, y, season, entry)) for entry in np.unique(season)]
    pooled = np.sort(np.concatenate(slopes)) if slopes else np.empty(0)
    if not len(pooled):
        nothing = float("nan")
        return Trend(nothing, nothing, nothing, 0.0, 1.0, len(x), name, breaks)
    slope, lower, upper = with_interval(pooled, excess * _kendall(x, y, season)[1])
    s, variance, homogeneity = max(sums, key=lambda item: p_value(item[0], item[1]))
    return Trend(
        slope,
        lower,
        upper,
        s,
        p_value(s, variance),
        len(x),
        name,
        breaks,
        relative_to(slope, y),
        homogeneity,
    )


def _of_season(
    years: np.ndarray, values: np.ndarray, season: np.ndarray, value: int
) -> tuple[np.ndarray, np.ndarray]:
    rows = (season == value) & np.isfinite(values)
    return years[rows], values[rows]


def _kendall(
    years: np.ndarray, values: np.ndarray, season: np.ndarray
) -> tuple[float, float, float]:
    """Return S, its variance, and the p of one trend in all seasons."""
    matches = []
    for item in np.unique(season):
        rows = _of_season(years, values, season, item)[1]
        if len(rows) >= 2:
            matches.append(mann_kendall(rows))
    z = np.array([s / sqrt(variance) for s, variance in matches if variance > 0])
    homogeneity = float("nan")
    if len(z) > 1:
        from scipy.stats import chi2

        statistic = (z**2).sum() - len(z) * z.mean() ** 2
        homogeneity = float(chi2.sf(statistic, len(z) - 1))
    return sum(s for s, _ in matches), sum(variance for _, variance in matches), homogeneity
