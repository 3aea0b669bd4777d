"""Quality control: documented tests that flag values and never change or delete one.

The publisher's flags come first: only values they call valid are tested. Thresholds
stand in `data/monitoring/qc_tests.csv` and `instruments.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from bc_inventory.monitoring.facts import facts
from bc_inventory.monitoring.quality.duplicates import twins
from bc_inventory.monitoring.quality.flags import bits
from bc_inventory.schema.series import Series

__all__ = ["breaks", "flagged", "identical_series", "threshold"]


def threshold(test: str, parameter: str) -> float:
    """Return a threshold of a test from the facts."""
    table = facts("qc_tests")
    row = table[(table["test"] == test) & (table["parameter"] == parameter)]
    return float(row["value"].iloc[0])


def flagged(series: Series) -> Series:
    """Return a series with the flags that all tests of a single series set.

    Parameters
    ----------
    series : Series
        Values in order of their file.

    Returns
    -------
    Series
        The same values; flags are added to those already set.
    """
    frame = series.frame
    good = (frame["valid"] & frame["value"].notna()).to_numpy()
    value = frame["value"].to_numpy()
    start = frame["start"].to_numpy().astype("datetime64[s]").astype(np.int64)
    flags = frame["quality_flags"].to_numpy().copy()
    for name, matches in (
        ("range", _out_of_range(series, value)),
        ("persistence", _persistent(value, good, start)),
        ("spike", _spikes(value, good)),
        ("zero_block", _zeros(value, good)),
        ("below_detection", _below_detection(series, value)),
    ):
        flags |= np.where(matches & good, bits([name]), np.uint16(0)).astype(np.uint16)
    for name, matches in (
        ("duplicate_time", frame.duplicated("start").to_numpy()),
        ("clock_jump", _jumps(start, series.about.interval_s)),
        ("break", breaks(frame["segment"])),
    ):
        flags |= np.where(matches, bits([name]), np.uint16(0)).astype(np.uint16)
    return Series(series.about, frame.assign(quality_flags=flags))


def _instrument(series: Series, column: str) -> float | None:
    table = facts("instruments")
    about = series.about
    rows = table[table["instrument"].eq(about.instrument) & table["bc_type"].eq(about.bc_type)]
    if rows.empty or pd.isna(rows[column].iloc[0]):
        return None
    return float(rows[column].iloc[0])


def _out_of_range(series: Series, value: np.ndarray) -> np.ndarray:
    """Find values beyond what the instrument gives, or, where it isn't known, any air."""
    kind = "absorption" if series.about.bc_type == "b_abs" else "mass"
    least, most = (
        limit if limit is not None else threshold("range", f"{side}_{kind}")
        for side, limit in (
            ("least", _instrument(series, "range_min_ug_m3")),
            ("most", _instrument(series, "range_max_ug_m3")),
        )
    )
    with np.errstate(invalid="ignore"):
        return np.asarray((value < least) | (value > most))


def _below_detection(series: Series, value: np.ndarray) -> np.ndarray:
    limit = _instrument(series, "detection_limit_ug_m3")
    if limit is None:
        return np.zeros(len(value), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(value < limit)


def _persistent(value: np.ndarray, good: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Find runs of equal non-zero values that are long in number and in time."""
    if not len(value):
        return np.zeros(0, dtype=bool)
    usable = good & (value != 0)
    new = np.append(True, ~((value[1:] == value[:-1]) & usable[1:] & usable[:-1]))
    run = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, len(value)))
    last = first + size - 1
    hours = (start[last] - start[first]) / 3600
    long = (size >= threshold("persistence", "least_run")) & (
        hours >= threshold("persistence", "least_hours")
    )
    return np.asarray(long[run] & usable)


def _spikes(value: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Find values far from the running median, in robust deviations of the series."""
    values = np.zeros(len(value), dtype=bool)
    place = np.flatnonzero(good)
    window = int(threshold("spike", "window"))
    if len(place) < 2 * window:
        return values
    from scipy.ndimage import median_filter

    off = value[place] - median_filter(value[place], size=window, mode="nearest")
    spread = 1.4826 * np.median(np.abs(off - np.median(off)))
    if spread > 0:
        values[place] = np.abs(off) > threshold("spike", "robust_deviations") * spread
    return values


def _zeros(value: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Find exact zeros where they are many and nothing else is below zero."""
    zero = good & (value == 0)
    some = good.sum()
    many = some and zero.sum() / some >= threshold("zero_block", "least_share")
    return zero if many and not (value[good] < 0).any() else np.zeros(len(value), dtype=bool)


def _jumps(start: np.ndarray, interval_s: int | None) -> np.ndarray:
    """Find values whose stamp is before the last one's, or off the grid of the series."""
    step = np.diff(start, prepend=start[:1])
    mask = step < 0
    if interval_s:
        mask |= (step % interval_s) != 0
    return np.asarray(mask)


def breaks(segment: pd.Series) -> np.ndarray:
    """Tell which values are of another segment than the one before: a tape, a method."""
    codes = segment.cat.codes.to_numpy()
    return np.append(False, codes[1:] != codes[:-1]) if len(codes) else np.zeros(0, dtype=bool)


def identical_series(series: Iterable[Series]) -> list[tuple[str, str, int]]:
    """Return pairs of stations that hold the same run of values, whatever their times.

    Parameters
    ----------
    series : iterable of Series
        Of any stations.

    Returns
    -------
    list of tuple
        Two series ids and the length of the longest run they share; see
        `bc_inventory.monitoring.quality.duplicates`.
    """
    by_name = {str(number): entry for number, entry in enumerate(series)}
    matches = twins(
        {key: item.good.to_numpy() for key, item in by_name.items()},
        {key: value.about.station for key, value in by_name.items()},
    )
    longest: dict[tuple[str, str], int] = {}
    for twin in matches:
        pair = (by_name[twin.first].about.series_id, by_name[twin.second].about.series_id)
        longest[pair] = max(longest.get(pair, 0), twin.length)
    return [(*pair, length) for pair, length in longest.items()]
