"""Means over hours, days, months and years, held to a coverage rule by name.

A mean is weighted by the time each value was sampled in the period, so a filter that
runs from 7 to 7 counts to two days by its hours. Where the rule isn't met the value is
withheld: the row stays, with its coverage, and has no number. A sample longer than the
period makes no mean of it. Negative values stay in: clipping or dropping them biases the
mean upward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bc_inventory.errors import ConfigError, Problem
from bc_inventory.monitoring.facts import choose
from bc_inventory.monitoring.quality.flags import bits
from bc_inventory.monitoring.quality.summaries import quality_flag_counts, text_counts
from bc_inventory.monitoring.statistics.gaps import count_gaps
from bc_inventory.monitoring.statistics.periods import LENGTHS, PERIODS, bin_edges, bin_of
from bc_inventory.reference.paths import per_root
from bc_inventory.schema.series import Description, Series, make_values

__all__ = [
    "Means",
    "as_series",
    "campaign_mean",
    "chain",
    "mean_over",
    "rule_for",
    "winter_coverage",
]

_SLACK = 1e-9  # a sum of fractions may miss its bound by rounding
_WINTER = (1, 2, 3, 10, 11, 12)


@dataclass(frozen=True)
class Rule:
    """What a rule asks of the means of one period; see `data/monitoring/coverage_rules.csv`."""

    name: str
    period: str
    basis: str
    min_fraction: float
    min_count: int | None
    min_count_february: int | None
    needs_months: bool


@dataclass(frozen=True)
class Means:
    """Means of one series over one kind of period.

    Parameters
    ----------
    about : Description
        Of the series.
    period, rule : str
        Period, and name of the coverage rule.
    frame : pandas.DataFrame
        Columns start, end, value (NaN where withheld), n_valid, n_total, n_negative,
        coverage (0 to 1), withheld, scatter (standard deviation of the values behind),
        gaps (stretches without a value),
        flags, quality_flags and segment (text, with counts).
    """

    about: Description
    period: str
    rule: str
    frame: pd.DataFrame

    @property
    def reported(self) -> pd.DataFrame:
        """Rows whose value stands."""
        return self.frame[~self.frame["withheld"] & self.frame["value"].notna()]


@per_root
def rule_for(name: str, period: str, bc_type: str) -> Rule:
    """Return what a rule asks of a period; a row for the type wins over `*`.

    Raises
    ------
    ConfigError
        If there is no such rule, or it says nothing about the period.
    """
    rows = choose("coverage_rules", "rule", name, "rule")
    rows = rows[(rows["period"] == period) & rows["bc_type"].isin([bc_type, "*"])]
    if rows.empty:
        raise ConfigError([Problem(f"rule {name!r} for a {period}", "a rule that has one")])
    row = rows.sort_values("bc_type").iloc[-1]  # '*' sorts before letters

    def count(column: str) -> int | None:
        return None if pd.isna(row[column]) else int(row[column])

    return Rule(
        name,
        period,
        str(row["basis"]),
        float(row["min_fraction"]),
        count("min_count"),
        count("min_count_february"),
        bool(row["needs_months"]),
    )


def mean_over(
    series: Series,
    period: str,
    rule: str,
    *,
    exclude: Iterable[str],
    annotated: pd.DataFrame | None = None,
) -> Means:
    """Return the means of a series over one kind of period.

    Parameters
    ----------
    series : Series
        Values with begin and end.
    period : {"hour", "day", "month", "year"}
        Period, in UTC.
    rule : str
        Coverage rule by name.
    exclude : iterable of str
        Marks that keep a value out of the mean.
    annotated : pandas.DataFrame, optional
        Values whose flags, quality_flags and segments the means tell, where the series is made of
        means itself.

    Returns
    -------
    Means
        A row for each period that holds any value, valid or not.
    """
    request = rule_for(rule, period, series.about.bc_type)
    frame = series.frame
    begin, finish = _spans(frame)
    rows, bins, seconds = _split(begin, finish, period)
    value = frame["value"].to_numpy()
    barred = (frame["quality_flags"].to_numpy() & bits(exclude)) != 0
    good = (frame["valid"].to_numpy() & ~np.isnan(value) & ~barred)[rows]
    numbers, place = np.unique(bins, return_inverse=True)
    count = len(numbers)

    def total(weights: np.ndarray) -> np.ndarray:
        return np.bincount(place, weights, minlength=count)

    length = (finish - begin).astype(float)
    share = frame["measured_s"].to_numpy() / np.where(length > 0, length, np.inf)
    weight = np.where(good, seconds * share[rows], 0.0)
    filled = np.where(good, value[rows], 0.0)
    measured = total(weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total(weight * filled) / measured
        scatter = np.sqrt(total(weight * (filled - mean[place]) ** 2 * good) / measured)
    split = (rows, bins) if annotated is None else _split(*_spans(annotated), period)[:2]
    left, right = bin_edges(numbers, period)
    gaps = count_gaps(place[good], begin[rows][good], finish[rows][good], left, right)
    n_valid = total(good).astype(np.int64)
    coverage = np.minimum(measured / (right - left).astype(float), 1.0)
    withheld = ~_meets(request, coverage, n_valid, numbers) | (n_valid == 0)
    table = pd.DataFrame(
        {
            "start": left,
            "end": right,
            "value": np.where(withheld, np.nan, mean),
            "n_valid": n_valid,
            "n_total": np.bincount(place, minlength=count),
            "n_negative": total(good & (filled < 0)).astype(np.int64),
            "coverage": coverage,
            "withheld": withheld,
            "scatter": scatter,
            "gaps": gaps,
            **_details(frame if annotated is None else annotated, numbers, *split),
        }
    )
    return Means(series.about, period, rule, table)


def _split(
    begin: np.ndarray, finish: np.ndarray, period: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each overlap of a value with a period: row, period, seconds of overlap.

    Values longer than the period are left out: a week says nothing of one of its days.
    """
    length = (finish - begin).astype(np.int64)
    usable = np.flatnonzero((length > 0) & (length <= LENGTHS[period]))
    first = bin_of(begin[usable], period)
    last = bin_of(finish[usable] - np.timedelta64(1, "s"), period)
    times = last - first + 1
    if (times == 1).all():
        return usable, first, length[usable].astype(float)
    rows = np.repeat(usable, times)
    step = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    bins = np.repeat(first, times) + step
    left, right = bin_edges(bins, period)
    overlap = np.minimum(finish[rows], right) - np.maximum(begin[rows], left)
    return rows, bins, overlap.astype(float)


def _spans(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end of each value, to the second."""
    begin, finish = (frame[name].to_numpy().astype("datetime64[s]") for name in ("start", "end"))
    return begin, finish


def _details(
    frame: pd.DataFrame, numbers: np.ndarray, rows: np.ndarray, bins: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what the values of each period say besides their number, counted."""
    # A value may reach into a period that has no mean: its days lay in the one before.
    count = len(numbers)
    place = np.searchsorted(numbers, bins)
    known = place < count
    known[known] = numbers[place[known]] == bins[known]
    if not known.all():
        rows, place = rows[known], place[known]
    return {
        "flags": text_counts(frame["flags"], rows, place, count),
        "quality_flags": quality_flag_counts(frame["quality_flags"].to_numpy()[rows], place, count),
        "segment": text_counts(frame["segment"], rows, place, count),
    }


def _meets(
    requested: Rule, coverage: np.ndarray, n_valid: np.ndarray, numbers: np.ndarray
) -> np.ndarray:
    """Tell which periods the rule lets stand."""
    good = coverage >= requested.min_fraction - _SLACK
    if requested.min_count is not None:
        least = np.full(len(numbers), requested.min_count)
        if requested.min_count_february is not None and requested.period == "month":
            least[numbers % 12 == 1] = requested.min_count_february
        good &= n_valid >= least
    return np.asarray(good)


def as_series(means: Means) -> Series:
    """Return means as a series, for the next longer period; withheld ones are invalid."""
    frame = means.frame
    values = make_values(frame["start"], frame["end"], frame["value"], ~frame["withheld"])
    step = f"{means.period} means by {means.rule}"
    return Series(means.about.but(step, interval_s=LENGTHS[means.period]), values)


def chain(
    series: Series, rule: str, *, exclude: Iterable[str], periods: Iterable[str] = PERIODS
) -> dict[str, Means]:
    """Return the means of a series by period, each from the basis its rule names.

    Minutes become hours first. A day is made of hours (or of the samples where they are
    longer), a month of valid days where the rule counts days, a year of the hours or
    samples by time, or of valid days where the rule counts them.

    Parameters
    ----------
    series : Series
        As measured.
    rule : str
        Coverage rule by name.
    exclude : iterable of str
        Marks that keep a value out.
    periods : iterable of str
        Which of hour, day, month and year are wanted.

    Returns
    -------
    dict of str to Means
        Without the periods that are shorter than the samples.
    """
    barred = tuple(exclude)
    by_name: dict[str, Means] = {}
    typical = _typical_length(series)
    base = series
    if typical <= LENGTHS["hour"]:
        by_name["hour"] = mean_over(series, "hour", rule, exclude=barred)
        base, barred = as_series(by_name["hour"]), ()
    if typical <= LENGTHS["day"]:
        by_name["day"] = mean_over(base, "day", rule, exclude=barred, annotated=series.frame)
    for period in ("month", "year"):
        basis = rule_for(rule, period, series.about.bc_type).basis
        if basis == "day" and "day" in by_name:
            days = as_series(by_name["day"])
            by_name[period] = mean_over(days, period, rule, exclude=(), annotated=series.frame)
        else:
            by_name[period] = mean_over(base, period, rule, exclude=barred, annotated=series.frame)
    if rule_for(rule, "year", series.about.bc_type).needs_months:
        by_name["year"] = _whole_years(by_name["year"], by_name["month"])
    wanted = set(periods)
    return {period: value for period, value in by_name.items() if period in wanted}


def _typical_length(series: Series) -> float:
    frame = series.frame
    if frame.empty:
        return 0.0
    length = (frame["end"] - frame["start"]).dt.total_seconds()
    return float(length.median())


def _whole_years(years: Means, months: Means) -> Means:
    """Withhold the years in which a month doesn't stand."""
    status = bin_of(months.reported["start"].to_numpy(), "year")
    counted = pd.Series(status).value_counts()
    frame = years.frame.copy()
    matches = counted.reindex(bin_of(frame["start"].to_numpy(), "year"), fill_value=0).to_numpy()
    frame["withheld"] |= matches < 12
    frame.loc[frame["withheld"], "value"] = np.nan
    return Means(years.about, years.period, years.rule, frame)


def winter_coverage(hours: Means, year: int) -> float:
    """Return the fraction of the winter half of a year (Jan-Mar, Oct-Dec) that has hours.

    Parameters
    ----------
    hours : Means
        Hourly means.
    year : int
        Calendar year.
    """
    start = hours.reported["start"]
    winter = ((start.dt.year == year) & start.dt.month.isin(_WINTER)).sum()
    days = 182 + (1 if np.datetime64(f"{year}-03-01") - np.datetime64(f"{year}-02-28") > 1 else 0)
    return float(winter) / (days * 24)


def campaign_mean(series: Series, *, exclude: Iterable[str]) -> Means:
    """Return the mean over all that was measured, with the coverage of its span.

    Parameters
    ----------
    series : Series
        Values; their first begin and last end are the campaign's.
    exclude : iterable of str
        Marks that keep a value out.

    Returns
    -------
    Means
        One row, weighted by the time sampled; nothing is withheld, so the coverage must
        be read with the value.
    """
    frame = series.frame
    value = frame["value"].to_numpy()
    good = frame["valid"].to_numpy() & ~np.isnan(value)
    good &= (frame["quality_flags"].to_numpy() & bits(exclude)) == 0
    weight, chosen = frame["measured_s"].to_numpy()[good], value[good]
    begin, finish = frame["start"].min(), frame["end"].max()
    some = bool(good.any())
    mean = float(np.average(chosen, weights=weight)) if some else np.nan
    rows = np.arange(len(frame))
    place = np.zeros(len(frame), dtype=int)
    span = (finish - begin).total_seconds()
    ends = (np.array([moment], dtype="datetime64[s]") for moment in (begin, finish))
    table = pd.DataFrame(
        {
            "start": [begin],
            "end": [finish],
            "value": [mean],
            "n_valid": [int(good.sum())],
            "n_total": [len(frame)],
            "n_negative": [int((chosen < 0).sum())],
            "coverage": [min(float(weight.sum()) / span, 1.0)],
            "withheld": [not some],
            "scatter": [float(chosen.std()) if some else np.nan],
            "gaps": count_gaps(place[good], *(span[good] for span in _spans(frame)), *ends),
            "flags": text_counts(frame["flags"], rows, place, 1),
            "quality_flags": quality_flag_counts(frame["quality_flags"].to_numpy(), place, 1),
            "segment": text_counts(frame["segment"], rows, place, 1),
        }
    )
    return Means(series.about, "campaign", "none", table)
