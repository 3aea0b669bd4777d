"""Seconds and bounds of calendar years and months."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

__all__ = ["EPOCH", "month_bounds", "seconds", "year_bounds"]

EPOCH = dt.date(1850, 1, 1)
_DAY_SECONDS = dt.timedelta(days=1).total_seconds()


def year_bounds(year: int) -> NDArray[np.float64]:
    """Return start and end of a year in days since `EPOCH`, shape (1, 2)."""
    return np.array([[_days(year, 1), _days(year + 1, 1)]])


def month_bounds(year: int) -> NDArray[np.float64]:
    """Return start and end of each month in days since `EPOCH`, shape (12, 2)."""
    starts = [_days(year, month) for month in range(1, 13)] + [_days(year + 1, 1)]
    return np.column_stack([starts[:-1], starts[1:]])


def seconds(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the length of each interval in seconds.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (times, 2)
        Days.

    Returns
    -------
    numpy.ndarray of float, shape (times,)

    Examples
    --------
    >>> float(seconds(year_bounds(2020))[0]) / 86400
    366.0
    """
    return (bounds[:, 1] - bounds[:, 0]) * _DAY_SECONDS


def _days(year: int, month: int) -> float:
    return float((dt.date(year, month, 1) - EPOCH).days)
