"""Means are weighted by time, withheld by rule, and never treat missing as zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import ConfigError
from bc_inventory.monitoring.statistics.averages import (
    campaign_mean,
    chain,
    mean_over,
    rule_for,
    winter_coverage,
)
from bc_inventory.monitoring.statistics.periods import bin_of
from bc_inventory.readers.stations import pmf, uk_network
from bc_inventory.schema.series import Description, Series, make_values


def series(start, end, value, valid=None, bc_type="eBC"):
    about = Description("X", bc_type, "ug/m3", "x.csv", "0" * 64, "test")
    valid = np.isfinite(value) if valid is None else valid
    return Series(about, make_values(start, end, value, valid))


def hours(first, values):
    start = np.datetime64(first, "s") + np.arange(len(values)) * np.timedelta64(3600, "s")
    return series(start, start + np.timedelta64(3600, "s"), np.array(values, dtype=float))


def minutes(first, values):
    start = np.datetime64(first, "s") + np.arange(len(values)) * np.timedelta64(60, "s")
    return series(start, start + np.timedelta64(60, "s"), np.array(values, dtype=float))


@pytest.mark.shared
def test_check_11_partial_pairs_and_the_daily_rule(shared):
    (path,) = (shared / "data/obs-ebas-pmf-absorption").glob("Melpitz*")
    (total,) = [s for s in pmf.read(path).data if s.about.bc_type == "eBC" and s.about.part is None]
    made = chain(total, "eu_2008_50", exclude=())
    assert (len(made["day"].reported), len(made["day"].frame)) == (83, 90)
    assert round(made["day"].reported["value"].mean(), 4) == 0.5156
    months = made["month"].reported
    assert months["value"].round(4).tolist() == [0.2841, 0.4894, 0.7430]
    assert months["n_valid"].tolist() == [24, 31, 28]
    # Missing as zero would have given 0.4739.
    assert round(total.frame["value"].fillna(0).mean(), 2) == 0.47
    assert made["year"].reported.empty


@pytest.fixture(scope="module")
def uk(shared):
    (path,) = (shared / "data/obs-uk-black-carbon-network").glob("BC_extra*")
    return {s.about.station: s for s in uk_network.read(path).data}


@pytest.mark.shared
def test_check_22_stamps_end_the_hour(uk):
    harwell = uk["GB0036R"]
    made = chain(harwell, "eu_2008_50", exclude=())
    years = made["year"].frame.set_index(made["year"].frame["start"].dt.year)
    assert years["n_valid"].to_dict() == {2009: 822, 2010: 8746, 2011: 8545, 2012: 8445}
    assert round(100 * years.loc[2010, "coverage"], 1) == 99.8
    assert years["value"].round(4).to_dict()[2010] == 0.5098
    assert (made["day"].reported["start"].dt.year == 2010).sum() == 364
    # Assigned by its end stamp 2012 would have one hour more.
    by_end = harwell.frame.loc[harwell.frame["valid"], "end"].dt.year
    assert (by_end == 2012).sum() == 8446


@pytest.mark.shared
@pytest.mark.parametrize(
    "rule", ["three_quarters", "eu_2024_2881", "eu_2024_2881_pm", "eu_2008_50"]
)
def test_check_22_a_thin_year_is_withheld_under_every_rule(uk, rule):
    made = chain(uk["GB0048R"], rule, exclude=())
    years = made["year"].frame.set_index(made["year"].frame["start"].dt.year)
    assert years.loc[2012, "n_valid"] == 6540
    assert round(100 * years.loc[2012, "coverage"], 2) == 74.45
    assert round(100 * winter_coverage(made["hour"], 2012), 1) == 51.7
    assert years.loc[2012, "withheld"]
    assert np.isnan(years.loc[2012, "value"])
    assert round(100 * years.loc[2020, "coverage"], 1) == 92.8
    assert round(years.loc[2020, "value"], 4) == 0.1276


def test_an_hour_needs_45_minutes():
    values = [1.0] * 45 + [np.nan] * 15 + [2.0] * 44 + [np.nan] * 16
    made = mean_over(minutes("2020-01-01", values), "hour", "eu_2008_50", exclude=())
    assert made.frame["withheld"].tolist() == [False, True]
    assert made.frame["value"].iloc[0] == 1.0
    assert np.isnan(made.frame["value"].iloc[1])
    assert made.frame["coverage"].tolist() == [0.75, 44 / 60]


def test_a_filter_over_two_days_counts_to_both_by_its_hours():
    # 7 to 7: 17 h of the first day, 7 h of the second. 17 x 2 + 7 x 8 over 24 h.
    start = np.array(["2020-01-01T07", "2020-01-02T07"], dtype="datetime64[s]")
    made = mean_over(
        series(start, start + np.timedelta64(86_400, "s"), np.array([8.0, 2.0])),
        "day",
        "none",
        exclude=(),
    ).frame
    assert made["value"].tolist() == [8.0, (7 * 8 + 17 * 2) / 24, 2.0]
    assert made["coverage"].tolist() == [17 / 24, 1.0, 7 / 24]


def test_a_week_makes_no_day():
    start = np.array(["2020-01-06"], dtype="datetime64[s]")
    week = series(start, start + np.timedelta64(7 * 86_400, "s"), np.array([1.0]))
    assert mean_over(week, "day", "none", exclude=()).frame.empty
    assert mean_over(week, "month", "none", exclude=()).frame["value"].tolist() == [1.0]
    assert "day" not in chain(week, "none", exclude=())


def test_a_value_may_reach_into_a_month_that_has_no_day():
    # Days in January, then three days in one that make no day of February.
    start = np.datetime64("2020-01-25", "s") + np.arange(5) * np.timedelta64(1, "D")
    end = start + np.timedelta64(1, "D")
    start = np.append(start, np.datetime64("2020-02-10", "s"))
    end = np.append(end, np.datetime64("2020-02-13", "s"))
    made = chain(series(start, end, np.array([1.0] * 5 + [9.0])), "three_quarters", exclude=())
    assert made["month"].frame["start"].dt.month.tolist() == [1]
    assert made["year"].frame["n_valid"].tolist() == [6]


def test_a_filter_counts_the_time_it_sampled():
    # 24 h of sampling spread over nine days, as early SPARTAN filters.
    start = np.array(["2020-01-01"], dtype="datetime64[s]")
    one = series(start, start + np.timedelta64(9 * 86_400, "s"), np.array([3.0]))
    one.frame["measured_s"] = 86_400.0
    made = mean_over(one, "month", "none", exclude=()).frame
    assert made["coverage"].tolist() == pytest.approx([1 / 31])


def test_the_chinese_rule_counts_days_and_months():
    year = hours("2019-01-01", [1.0] * 8760)
    assert not chain(year, "gb_3095", exclude=())["year"].frame["withheld"].any()
    # Five lost days in April: 360 days stand, but April has 25 of its 27.
    lost = year.frame["start"].between("2019-04-01", "2019-04-05T23:59:59")
    year.frame.loc[lost, "valid"] = False
    made = chain(year, "gb_3095", exclude=())
    assert made["month"].frame["withheld"].sum() == 1
    assert made["year"].frame["withheld"].all()
    assert not chain(year, "eu_2008_50", exclude=())["year"].frame["withheld"].any()


def test_a_rule_for_the_type_wins():
    assert rule_for("eu_2024_2881", "year", "EC").min_fraction == 0.45
    assert rule_for("eu_2024_2881", "year", "eBC").min_fraction == 0.80


def test_an_unknown_rule_names_the_nearest():
    with pytest.raises(ConfigError, match="eu_2008_50"):
        mean_over(hours("2020-01-01", [1.0]), "day", "eu_2008", exclude=())


def test_a_mark_keeps_a_value_out_only_when_asked():
    day = hours("2020-01-01", [1.0] * 23 + [100.0])
    day.frame.loc[23, "quality_flags"] = 4  # spike
    assert mean_over(day, "day", "none", exclude=()).frame["value"].iloc[0] == 123 / 24
    made = mean_over(day, "day", "none", exclude=("spike",)).frame
    assert made["value"].iloc[0] == 1.0
    assert made["quality_flags"].iloc[0] == "spike:1"
    with pytest.raises(ConfigError, match="spike"):
        mean_over(day, "day", "none", exclude=("spikes",))


def test_flags_are_counted_from_the_values_as_delivered():
    day = hours("2020-01-01", [1.0] * 24)
    day.frame["flags"] = ["147;780"] * 2 + [""] * 22
    made = chain(day, "none", exclude=())
    assert made["day"].frame["flags"].tolist() == ["147:2;780:2"]
    assert made["year"].frame["flags"].tolist() == ["147:2;780:2"]


@settings(max_examples=60)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=72), st.integers(0, 23))
def test_the_mean_of_a_full_span_is_the_mean(values, begin):
    made = hours(f"2020-03-01T{begin:02d}", values)
    days = mean_over(made, "day", "none", exclude=()).frame
    weights = days["coverage"] * 24
    assert weights.sum() == pytest.approx(len(values))
    assert float((days["value"] * weights).sum() / weights.sum()) == pytest.approx(
        np.mean(values), abs=1e-9
    )
    assert campaign_mean(made, exclude=()).frame["value"].iloc[0] == pytest.approx(
        np.mean(values), abs=1e-9
    )


@settings(max_examples=60)
@given(st.floats(0.1, 10), st.lists(st.booleans(), min_size=24, max_size=24))
def test_a_constant_stays_constant_whatever_is_missing(level, present):
    made = hours("2020-01-01", [level if p else np.nan for p in present])
    day = mean_over(made, "day", "none", exclude=()).frame
    if any(present):
        assert day["value"].iloc[0] == pytest.approx(level)
        assert day["coverage"].iloc[0] == pytest.approx(sum(present) / 24)
    else:
        assert np.isnan(day["value"].iloc[0])


@settings(max_examples=60)
@given(st.lists(st.integers(-4_000_000_000, 8_000_000_000), max_size=20), st.booleans())
def test_periods_are_those_of_the_calendar(moments, far):
    times = np.array([*moments, *([-60_000_000_000] if far else [])], dtype="datetime64[s]")
    for period, code in (("hour", "h"), ("day", "D"), ("month", "M"), ("year", "Y")):
        expected = times.astype(f"datetime64[{code}]").astype(np.int64)
        assert bin_of(times, period).tolist() == expected.tolist()
