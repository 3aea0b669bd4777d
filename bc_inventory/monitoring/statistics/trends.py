"""Trends on real dates: Theil-Sen slope, Mann-Kendall test, pre-whitening.

Dates are decimal years, so a missing year is two steps and not one. A change of method is
a break and not a trend: breaks are reported with the slope, never averaged away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bc_inventory.monitoring.statistics.autocorrelation import lag1_of_residuals, variance_factor
from bc_inventory.monitoring.statistics.rank_tests import (
    mann_kendall,
    p_value,
    slopes_of,
    with_interval,
)

__all__ = [
    "Trend",
    "breaks_of",
    "decimal_years",
    "in_order",
    "relative_to",
    "trend",
]


@dataclass(frozen=True)
class Trend:
    """A trend and its evidence.

    Parameters
    ----------
    slope, lower, upper : float
        Theil-Sen slope per year and its 95 % interval, in the unit of the values.
    s, p : float
        Mann-Kendall statistic and two-sided p by the normal approximation with
        continuity correction.
    n : int
        Values.
    method : str
        What was done, such as `plain`, `AR1`, `seasonal` or `3PW`.
    breaks : tuple of float
        Decimal years at which the method changed.
    relative : float
        Slope over the median of the values, per year.
    homogeneity : float
        p of the test that all seasons have one trend, NaN where there are none: below 0.1
        the trends of the seasons differ and their sum says little.
    """

    slope: float
    lower: float
    upper: float
    s: float
    p: float
    n: int
    method: str
    breaks: tuple[float, ...] = ()
    relative: float = field(default=float("nan"))
    homogeneity: float = field(default=float("nan"))

    @property
    def significant(self) -> bool:
        """Whether the test rejects at 5 %."""
        return self.p < 0.05


def decimal_years(times: np.ndarray) -> np.ndarray:
    """Return moments as decimal years by the length of each calendar year.

    Parameters
    ----------
    times : numpy.ndarray of datetime64, shape (n,)
        Moments.
    """
    year = times.astype("datetime64[Y]")
    begin = year.astype("datetime64[s]")
    length = (year + 1).astype("datetime64[s]") - begin
    part = (times.astype("datetime64[s]") - begin) / length
    return np.asarray(year.astype(np.int64) + 1970 + part)


def trend(
    years: np.ndarray, values: np.ndarray, *, method: str, segments: np.ndarray | None = None
) -> Trend:
    """Return the trend of a series on its real dates.

    Parameters
    ----------
    years : numpy.ndarray of float, shape (n,)
        Decimal years.
    values : numpy.ndarray of float, shape (n,)
        Values; missing ones are left out.
    method : {"plain", "AR1", "3PW"}
        `plain`: Mann-Kendall and Theil-Sen. `AR1`: the same with the variance enlarged by the
        lag-1 autocorrelation around the trend, for short series such as annual means. `3PW`:
        after pre-whitening by that autocorrelation, see
        `bc_inventory.monitoring.statistics.prewhitening`.
    segments : numpy.ndarray of str, shape (n,), optional
        Method of each value; its changes are reported as breaks.

    Returns
    -------
    Trend
        See there; a slope of fewer than three values is missing.

    Raises
    ------
    ValueError
        If the method is none of these.
    """
    order, breaks = in_order(years, values, method, segments)
    x, y = years[order], values[order]
    if len(x) < 3:
        nothing = float("nan")
        return Trend(nothing, nothing, nothing, nothing, 1.0, len(x), method, breaks)
    if method != "3PW":
        return _of_ranks(x, y, method, breaks)
    from bc_inventory.monitoring.statistics.prewhitening import prewhitened_trend

    result = prewhitened_trend(x, y, np.zeros(len(x)))
    return Trend(
        result.slope,
        result.lower,
        result.upper,
        result.s,
        result.p,
        len(x),
        f"3PW, lag-1 autocorrelation {result.autocorrelation:.3f} removed",
        breaks,
        relative_to(result.slope, y),
    )


def _of_ranks(
    years: np.ndarray, values: np.ndarray, method: str, breaks: tuple[float, ...]
) -> Trend:
    """Return the trend by Mann-Kendall and Theil-Sen, with or without autocorrelation."""
    s, variance = mann_kendall(values)
    slopes = np.sort(slopes_of(years, values))
    name = method
    if method == "AR1" and len(slopes):
        correlation = lag1_of_residuals(years, values, float(np.median(slopes)))
        variance *= variance_factor(correlation)
        known = "unknown" if np.isnan(correlation) else f"{correlation:.3f}"
        name = f"AR1, lag-1 autocorrelation {known}"
    slope, lower, upper = with_interval(slopes, variance) if len(slopes) else (float("nan"),) * 3
    p = p_value(s, variance)
    return Trend(slope, lower, upper, s, p, len(values), name, breaks, relative_to(slope, values))


def in_order(
    years: np.ndarray, values: np.ndarray, method: str, segments: np.ndarray | None
) -> tuple[np.ndarray, tuple[float, ...]]:
    """Return where the values of a series stand, by date, and its breaks.

    Parameters
    ----------
    years, values, method, segments
        As `trend` takes them.

    Returns
    -------
    order : numpy.ndarray of int
        Positions of the values that aren't missing.
    breaks : tuple of float
        As `breaks_of` returns them.

    Raises
    ------
    ValueError
        If the method is none of these.
    """
    if method not in {"plain", "AR1", "3PW"}:
        raise ValueError(f"method={method!r}; expected 'plain', 'AR1' or '3PW'")
    positions = np.flatnonzero(np.isfinite(years) & np.isfinite(values))
    order = positions[np.argsort(years[positions], kind="stable")]
    return order, breaks_of(years[order], None if segments is None else np.asarray(segments)[order])


def breaks_of(years: np.ndarray, segments: np.ndarray | None) -> tuple[float, ...]:
    """Return the times at which the method isn't that of the value before."""
    if segments is None:
        return ()
    return tuple(years[1:][segments[1:] != segments[:-1]].tolist())


def relative_to(slope: float, values: np.ndarray) -> float:
    """Return a slope over the median of the values, NaN where that isn't positive."""
    middle = float(np.median(values))
    return slope / middle if middle > 0 else float("nan")
