"""Seasonal trends: Mann-Kendall within seasons, with or without pre-whitening.

Each season is compared with itself in other years, so the yearly cycle isn't taken for a
trend. Autocorrelation from month to month is: with 3PW it is removed from the whole series
first, after trend and the median of each season are taken off, since both would count as
autocorrelation.
"""

from __future__ import annotations

import numpy as np

from bc_inventory.monitoring.statistics.prewhitening import prewhitened_trend
from bc_inventory.monitoring.statistics.rank_tests import p_value, with_interval
from bc_inventory.monitoring.statistics.seasons import Pairs, Seasons
from bc_inventory.monitoring.statistics.trends import Trend, in_order, relative_to

__all__ = ["seasonal_trend"]


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
        `plain`: as measured. `3PW`: after pre-whitening by the autocorrelation around trend
        and seasons, see `bc_inventory.monitoring.statistics.prewhitening`.
    segments : numpy.ndarray of str, shape (n,), optional
        Method of each value; its changes are reported as breaks.

    Returns
    -------
    Trend
        S and its variance are sums over the seasons. The slope is the median over the
        pairs within seasons, with its 95 % interval by the variance of S.

    Raises
    ------
    ValueError
        If the method is neither.

    Notes
    -----
    Hirsch, Slack and Smith 1982, Water Resour. Res. 18, 107; homogeneity of the seasons by
    Van Belle and Hughes 1984, Water Resour. Res. 20, 127.
    """
    if method == "AR1":
        raise ValueError("method='AR1'; expected 'plain' or '3PW' for seasons")
    order, breaks = in_order(years, values, method, segments)
    x, y, season = (value[order] for value in (years, values, seasons))
    name = "seasonal"
    if method == "3PW":
        result = prewhitened_trend(x, y, season)
        pairs = result.pairs
        name = f"seasonal 3PW, lag-1 autocorrelation {result.autocorrelation:.3f} removed"
        slope, lower, upper, s, p = (
            result.slope,
            result.lower,
            result.upper,
            result.s,
            result.p,
        )
    else:
        pairs = Seasons(x, season).pairs(y)
        s, variance = float(pairs.s.sum()), float(pairs.variance.sum())
        p = p_value(s, variance)
        slope, lower, upper = (float("nan"),) * 3
        if len(pairs.slopes):
            slope, lower, upper = with_interval(pairs.slopes, variance)
    return Trend(
        slope,
        lower,
        upper,
        s,
        p,
        len(x),
        name,
        breaks,
        relative_to(slope, y) if len(pairs.slopes) else float("nan"),
        _homogeneity(pairs),
    )


def _homogeneity(pairs: Pairs) -> float:
    """Return the p of one trend in all seasons, NaN where there is one season."""
    from scipy.special import chdtrc

    some = pairs.variance > 0
    z = pairs.s[some] / np.sqrt(pairs.variance[some])
    if len(z) < 2:
        return float("nan")
    return float(chdtrc(len(z) - 1, np.square(z).sum() - len(z) * z.mean() ** 2))
