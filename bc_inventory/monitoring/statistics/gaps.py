"""How many gaps a period has, and what they add to the uncertainty of its mean."""

from __future__ import annotations

import numpy as np

__all__ = ["count_gaps", "gap_deviation"]


def count_gaps(
    place: np.ndarray, begin: np.ndarray, finish: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Return how many stretches of each period weren't sampled.

    Parameters
    ----------
    place : numpy.ndarray of int, shape (values,)
        Period of each value that counts.
    begin, finish : numpy.ndarray of datetime64[s], shape (values,)
        When it was sampled; what reaches beyond the period doesn't matter.
    left, right : numpy.ndarray of datetime64[s], shape (periods,)
        Begin and end of the periods.

    Returns
    -------
    numpy.ndarray of int, shape (periods,)
        What is before the first and after the last value is one: both ends of a year are one
        winter, of a day one night. One where nothing was sampled.

    Examples
    --------
    A day with values from 2 to 8 and from 8 to 20 lacks the night:

    >>> hours = np.datetime64("2020-01-01T00:00:00") + np.array([0, 2, 8, 20, 24]) * 3600
    >>> count_gaps(np.zeros(2, int), hours[1:3], hours[2:4], hours[:1], hours[4:]).tolist()
    [1]
    """
    order = np.lexsort((begin, place))
    place, begin, finish = place[order], begin[order], finish[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    gaps = np.ones(len(left), dtype=np.int64)
    if len(first):
        before = np.append(left[:1], finish[:-1])
        before[first] = left[place[first]]
        last = np.append(first[1:], len(place)) - 1
        whole = place[first]
        late = begin[first] > left[whole]
        gaps[whole] = np.add.reduceat((begin > before).astype(np.int64), first)
        gaps[whole] += (finish[last] < right[whole]) & ~late
    return gaps


def gap_deviation(
    scatter: np.ndarray, coverage: np.ndarray, n_valid: np.ndarray, gaps: np.ndarray
) -> np.ndarray:
    """Return the standard deviation of a mean by what of its period wasn't sampled.

    Parameters
    ----------
    scatter : numpy.ndarray of float, shape (n,)
        Standard deviation of the values behind the mean.
    coverage : numpy.ndarray of float, shape (n,)
        Share of the period that was sampled.
    n_valid, gaps : numpy.ndarray of int, shape (n,)
        Values, and stretches without one.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        (1 - coverage) x scatter x sqrt(1/gaps + 1/n): the mean errs by the missing part times
        the difference of what was missed and what was sampled, and what a gap hides counts as
        one value however long it is. Where single values are missing at random this is
        scatter / sqrt(n) x sqrt(1 - coverage), the finite population correction.

    Examples
    --------
    A quarter of 360 days missing, day by day and in one piece:

    >>> day = np.array([90, 1])
    >>> gap_deviation(np.ones(2), np.full(2, 0.75), np.full(2, 270), day).round(4).tolist()
    [0.0304, 0.2505]
    """
    # Time may also be missing within every value, and then there are as many stretches.
    pieces = np.where(gaps > 0, gaps, n_valid).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = scatter * np.sqrt(1 / pieces + 1 / n_valid.astype(float))
        return np.asarray((1 - coverage) * spread)
