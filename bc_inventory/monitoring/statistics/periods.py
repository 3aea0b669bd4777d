"""Calendar periods: which hour, day, month or year a moment is in, and their lengths."""

from __future__ import annotations

import numpy as np

from bc_inventory.schema.enumerations import Period

__all__ = ["LENGTHS", "PERIODS", "bin_edges", "bin_of"]

PERIODS = (Period.HOUR, Period.DAY, Period.MONTH, Period.YEAR)
LENGTHS = {"hour": 3_600, "day": 86_400, "month": 31 * 86_400, "year": 366 * 86_400}
_MOST_DAYS = 1_000_000
_CODES = {"hour": "h", "day": "D", "month": "M", "year": "Y"}


def bin_of(times: np.ndarray, period: str) -> np.ndarray:
    """Return the number of the period each moment is in, counted from 1970.

    Parameters
    ----------
    times : numpy.ndarray of datetime64, shape (n,)
        Moments, UTC.
    period : {"hour", "day", "month", "year"}
        Period.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Number of the period.
    """
    seconds = times.astype("datetime64[s]").astype(np.int64)
    if period in {"hour", "day"}:
        return np.asarray(seconds // LENGTHS[period])
    days = seconds // LENGTHS["day"]
    least = int(days.min(initial=0))
    count = int(days.max(initial=0)) - least + 1
    if count > _MOST_DAYS:
        return np.asarray(times.astype(f"datetime64[{_CODES[period]}]").astype(np.int64))
    # The calendar is asked once for each day and not for each value.
    every = (np.arange(count) + least).astype("datetime64[D]")
    return np.asarray(every.astype(f"datetime64[{_CODES[period]}]").astype(np.int64)[days - least])


def bin_edges(bins: np.ndarray, period: str) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end of periods by number, `datetime64[s]`."""
    code = _CODES[period]
    begin = bins.astype(f"datetime64[{code}]")
    return begin.astype("datetime64[s]"), (begin + 1).astype("datetime64[s]")
