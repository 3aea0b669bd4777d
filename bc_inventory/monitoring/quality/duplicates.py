"""Runs of values that two stations share: copies, whatever their times.

A run is a copy where chance can't explain it. Each value carries the information -log2 of
its frequency in its own series after the value before it, and none where it repeats that;
a run is reported where their sum exceeds what the number of pairs of places makes likely by
chance, with ten bits to spare. So coarse values need a longer run than fine ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bc_inventory.monitoring.facts import facts

__all__ = ["Twin", "twins"]

_SPARE_BITS = 10.0
# Windows that carry this much less than a run must aren't looked at: they would be met
# by chance some hundred thousand times.
_SLACK_BITS = 17.0
_BINS = 16
_COMMON = 200  # a window that so many places share is a pattern and not a copy


@dataclass(frozen=True)
class Twin:
    """A run of values that two series of different stations share.

    Parameters
    ----------
    first, second : hashable
        Keys of the series.
    begin_first, begin_second : int
        Place of the first value of the run in each.
    length : int
        Values.
    """

    first: str
    second: str
    begin_first: int
    begin_second: int
    length: int


def twins(values: Mapping[str, np.ndarray], stations: Mapping[str, str]) -> list[Twin]:
    """Return the runs of values that series of different stations share.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray of float
        Values of each series in order of time, none missing.
    stations : mapping of str to str
        Station of each series.

    Returns
    -------
    list of Twin
        The longest run of each pair of places, in order of the series.
    """
    table = facts("qc_tests")
    row = table[(table["test"] == "duplicate_series") & (table["parameter"] == "least_run")]
    window = int(row["value"].iloc[0])
    names = [name for name in sorted(values) if len(values[name]) >= window]
    if len({stations[name] for name in names}) < 2:
        return []
    bits = [_information(values[name]) for name in names]
    count = sum(len(values[name]) - window + 1 for name in names)
    needed = 2 * np.log2(count) - 1 + _SPARE_BITS
    matches = [
        _windows(values[name], content, window, needed - _SPARE_BITS - _SLACK_BITS)
        for name, content in zip(names, bits, strict=True)
    ]
    owner = np.repeat(np.arange(len(names)), [len(place) for place, _ in matches])
    place = np.concatenate([place for place, _ in matches])
    digest = np.concatenate([digest for _, digest in matches])
    codes = np.unique([stations[name] for name in names], return_inverse=True)[1]
    left, right = _pairs(digest, codes[owner])
    runs = _runs(owner, place, left, right)
    sums = [np.append(0.0, np.cumsum(bit)) for bit in bits]
    mapping: dict[tuple[int, int, int, int], Twin] = {}
    for left_index, right_index, index, shift in runs:
        first, second = values[names[left_index]], values[names[right_index]]
        begin, end = _extended(first, second, index, shift)
        if end - begin >= window and sums[left_index][end] - sums[left_index][begin] >= needed:
            mapping[left_index, right_index, begin, shift] = Twin(
                names[left_index], names[right_index], begin, begin + shift, end - begin
            )
    return list(mapping.values())


def _extended(first: np.ndarray, second: np.ndarray, position: int, shift: int) -> tuple[int, int]:
    """Return begin and end, in the first, of all that is equal around a place."""
    least, most = max(0, -shift), min(len(first), len(second) - shift)
    equal = first[least:most] == second[least + shift : most + shift]
    if not equal[position - least]:
        return position, position  # two windows of one digest and of other values
    differ = np.flatnonzero(~equal) + least
    after = np.searchsorted(differ, position)
    begin = int(differ[after - 1]) + 1 if after else least
    return begin, int(differ[after]) if after < len(differ) else most


def _information(values: np.ndarray) -> np.ndarray:
    """Return the bits that each value adds to the one before it.

    Air changes slowly, so a value says less after one near to it: it is told first by the
    quantile it is in, given that of the one before, and then within its quantile.
    """
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    bins = int(min(_BINS, len(values) // 8 + 1))
    rank = np.cumsum(times) - times  # of the first of each distinct value
    level = (rank * bins // len(values))[place]
    size = np.bincount(level, minlength=bins)
    within = -np.log2(times[place] / size[level])
    steps = np.bincount(level[:-1] * bins + level[1:], minlength=bins * bins).reshape(bins, bins)
    chance = (steps + 1) / (steps.sum(axis=1, keepdims=True) + bins)
    content = within - np.log2(
        np.append(size[level[0]] / len(values), chance[level[:-1], level[1:]])
    )
    content[1:][values[1:] == values[:-1]] = 0.0
    return np.asarray(content)


def _windows(
    values: np.ndarray, bits: np.ndarray, window: int, least: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of windows that carry enough, and a digest of each."""
    count = len(values) - window + 1
    total = np.append(0.0, np.cumsum(bits))
    place = np.flatnonzero(total[window:] - total[:count] >= max(least, 1.0))
    # Odd multipliers, one for each place in the window; a match is compared in full later.
    odd = np.random.default_rng(1).integers(1, 2**63, window, dtype=np.uint64) * np.uint64(2)
    raw = (values + 0.0).view(np.uint64)
    digest = np.zeros(len(place), dtype=np.uint64)
    for step in range(window):
        digest += (raw[place + step] ^ (raw[place + step] >> np.uint64(29))) * (
            odd[step] + np.uint64(1)
        )
    return place, digest


def _pairs(digest: np.ndarray, station: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows that have one digest and lie at different stations, in pairs."""
    order = np.argsort(digest, kind="stable")
    content = digest[order]
    first = np.flatnonzero(np.append(True, content[1:] != content[:-1]))
    size = np.diff(np.append(first, len(content)))
    left: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    right: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    for times in np.unique(size[(size > 1) & (size <= _COMMON)]):
        rows = order[first[size == times][:, None] + np.arange(times)]
        i, j = np.triu_indices(times, 1)
        left.append(rows[:, i].ravel())
        right.append(rows[:, j].ravel())
    left_index, right_index = np.concatenate(left), np.concatenate(right)
    apart = station[left_index] != station[right_index]
    left_index, right_index = left_index[apart], right_index[apart]
    return np.minimum(left_index, right_index), np.maximum(left_index, right_index)


def _runs(
    owner: np.ndarray, place: np.ndarray, left: np.ndarray, right: np.ndarray
) -> list[tuple[int, int, int, int]]:
    """Return one place of each row of pairs that follow each other: series, place, shift."""
    if not len(left):
        return []
    keys = np.stack([owner[left], owner[right], place[right] - place[left], place[left]])
    keys = keys[:, np.lexsort(keys[::-1])]
    follows = (np.diff(keys[:3], axis=1) == 0).all(axis=0) & (np.diff(keys[3]) == 1)
    first = np.flatnonzero(np.append(True, ~follows))
    return [(int(a), int(b), int(index), int(shift)) for a, b, shift, index in keys[:, first].T]
