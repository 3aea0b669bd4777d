"""Gaps of a period, by hand and on made years."""

import numpy as np

from bc_inventory.monitoring.statistics.gaps import count_gaps, gap_deviation
from bc_inventory.monitoring.statistics.periods import bin_edges, bin_of


def gaps_of(days):
    """Return the gaps of the years in which there are values of these days."""
    begin = np.array(days, dtype="datetime64[D]").astype("datetime64[s]")
    numbers, place = np.unique(bin_of(begin, "year"), return_inverse=True)
    left, right = bin_edges(numbers, "year")
    return count_gaps(place, begin, begin + np.timedelta64(86400, "s"), left, right).tolist()


def test_gaps_by_hand():
    year = np.arange("2019-01-01", "2020-01-01", dtype="datetime64[D]")
    assert gaps_of(year) == [0]
    assert gaps_of(year[31:]) == [1]
    assert gaps_of(np.delete(year, [0, 10, 11, 50, 364])) == [3]
    # In any order, and of two years.
    assert gaps_of(np.append(year[::-1], np.datetime64("2020-06-01"))) == [0, 1]


def years_with_a_gap(missing, runs=400):
    """Return errors of the mean of years with a cycle, and their deviation by two rules."""
    generator = np.random.default_rng(2)
    cycle = 1 + 0.5 * np.cos(2 * np.pi * np.arange(360) / 360)
    errors, deviations = [], []
    for _ in range(runs):
        noise = np.zeros(360)
        for day in range(1, 360):
            noise[day] = 0.6 * noise[day - 1] + 0.3 * generator.standard_normal()
        values = cycle * np.exp(noise)
        start = missing if missing is not None else generator.integers(0, 360)
        seen = np.roll(np.arange(360) >= 80, start)
        errors.append(values[seen].mean() - values.mean())
        count = np.array([1])  # also where it goes round the end of the year
        known = (np.array([values[seen].std()]), np.array([seen.mean()]), np.array([seen.sum()]))
        deviations.append(
            (known[0] * np.sqrt((1 - known[1]) / known[2]), gap_deviation(*known, count))
        )
    return np.abs(errors), np.array(deviations)[:, :, 0]


def test_a_missing_block_is_inside_the_stated_half_width():
    """80 days in one piece: as if days were missing at random the interval is a trifle."""
    for missing in (None, 320):  # any time, and the middle of winter
        errors, deviations = years_with_a_gap(missing)
        random, by_gaps = (1.96 * deviations[:, rule] >= errors for rule in (0, 1))
        assert random.mean() < 0.5
        assert by_gaps.mean() >= 0.9


def test_single_days_at_random_are_as_before():
    generator = np.random.default_rng(3)
    year = np.arange("2019-01-01", "2020-01-01", dtype="datetime64[D]")
    seen = np.sort(generator.choice(365, 345, replace=False))
    (count,) = gaps_of(year[seen])
    by_gaps = gap_deviation(*(np.array([x]) for x in (1.0, 345 / 365, 345, count)))[0]
    assert abs(by_gaps / np.sqrt((1 - 345 / 365) / 345) - 1) < 0.1
