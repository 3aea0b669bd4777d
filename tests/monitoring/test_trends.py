"""Trends on real dates, against published packages and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.monitoring.statistics.autocorrelation import lag1_of_residuals, variance_factor
from bc_inventory.monitoring.statistics.prewhitening import lag1, prewhitened_trend
from bc_inventory.monitoring.statistics.rank_tests import (
    mann_kendall,
    p_value,
    slopes_of,
    theil_sen,
)
from bc_inventory.monitoring.statistics.seasonal import seasonal_trend
from bc_inventory.monitoring.statistics.trend_table import adjusted, trend_table
from bc_inventory.monitoring.statistics.trends import decimal_years, trend
from bc_inventory.readers.stations import spartan

# AR(1) with r 0.6 on a trend of -0.03 a month; random generator 7, rounded to three decimals.
CORRELATED = np.array(
    "5.0 4.97 5.03 4.882 4.596 4.543 4.338 4.519 5.0 4.726 4.511 4.704 4.767 4.718 4.366 4.413 "
    "4.646 4.162 4.126 3.659 3.551 3.308 3.632 3.505 3.878 4.056 4.048 3.332 3.483 3.709 3.882 "
    "3.48 3.543 3.418 3.382 3.91 3.653 3.72 4.024 3.753 3.72 3.755 3.75 3.349 3.486 3.941 3.331 "
    "3.674 3.646 3.389 4.016 4.008 3.403 3.41 3.553 3.397 3.553 3.41 3.532 3.825".split(),
    dtype=float,
)
MONTHS = 2000 + np.arange(60) / 12


@pytest.mark.shared
def test_check_21_beijing_on_real_dates(shared):
    path = shared / "data/obs-spartan/FilterBased_ChemSpecPM25_CHTS.csv"
    record = spartan.read(path, utc_offset_h=8, zeros="measured").data
    (hips,) = [s for s in record if s.about.instrument == "HIPS"]
    local = hips.frame["start"] + np.timedelta64(8, "h")
    annual = hips.frame.groupby(local.dt.year)["value"].mean()
    assert annual.round(4).to_dict() == {
        2013: 10.97,
        2014: 7.245,
        2015: 6.1406,
        2016: 6.6336,
        2017: 3.1935,
        2019: 3.2036,
        2020: 1.5375,
        2022: 1.6146,
        2023: 1.354,
        2024: 1.5194,
    }
    segments = hips.frame["segment"].astype(str).groupby(local.dt.year).agg(lambda s: s.mode()[0])
    made = trend(
        annual.index.to_numpy(float),
        annual.to_numpy(),
        method="plain",
        segments=segments.to_numpy(),
    )
    assert round(made.slope, 3) == -0.704
    assert (round(made.lower, 3), round(made.upper, 3)) == (-1.143, -0.316)
    assert (made.s, round(made.p, 4)) == (-37, 0.0013)
    assert made.breaks  # a change of method code is a break
    # Equal spacing, as if no year were missing, would have given -0.938.
    steps = trend(np.arange(10.0), annual.to_numpy(), method="plain")
    assert round(steps.slope, 3) == -0.938


def test_against_scipy():
    from scipy.stats import kendalltau, theilslopes

    made = trend(MONTHS, CORRELATED, method="plain")
    other = theilslopes(CORRELATED, MONTHS)
    assert made.slope == pytest.approx(other[0])
    assert (made.lower, made.upper) == (pytest.approx(other[2]), pytest.approx(other[3]))
    assert np.sign(made.s) == np.sign(kendalltau(MONTHS, CORRELATED)[0])


def test_what_the_plain_test_calls_certain_is_autocorrelation_to_a_good_part():
    plain = trend(MONTHS, CORRELATED, method="plain")
    whitened = trend(MONTHS, CORRELATED, method="3PW")
    assert plain.significant
    assert whitened.p > plain.p
    assert whitened.method == "3PW, lag-1 autocorrelation 0.724 removed"


def test_what_alternates_around_a_line_has_no_autocorrelation_to_remove():
    """Around 1.5 a year 1, 0.5, 1, 0.5, 1: products of -0.06, and squares of 0.06 in the mean."""
    values, years = np.array([1.0, 2.0, 4.0, 5.0, 7.0]), np.arange(5.0)
    residual = values - 1.5 * years - np.median(values - 1.5 * years)
    neighbour = np.arange(5) > 0
    assert lag1(residual - residual.mean(), neighbour) == pytest.approx(-1.0)
    made = prewhitened_trend(years, values, np.zeros(5))
    assert (made.autocorrelation, made.slope, made.s) == (0.0, 1.5, 10.0)


def test_without_autocorrelation_nothing_is_removed():
    values = np.tile([0.0, 1.0], 20)
    made = prewhitened_trend(np.arange(40.0), values, np.zeros(40))
    assert made.autocorrelation == 0.0
    assert made.slope == theil_sen(np.arange(40.0), values)[0]


def test_a_gap_breaks_the_chain_of_neighbours():
    """Of 30 + 30 values two have no neighbour before them: 58 are left, 29 in each part."""
    years = np.append(np.arange(30.0), 60 + np.arange(30.0))
    rng = np.random.default_rng(2)
    values = np.append(np.linspace(0, 5, 30), np.linspace(20, 25, 30)) + rng.normal(0, 0.3, 60)
    made = prewhitened_trend(years, values, np.zeros(60))
    assert made.autocorrelation > 0
    assert len(made.pairs.slopes) == 58 * 57 / 2


def test_seasons_are_tested_apart():
    # Each month rises by 1 a year whatever its level.
    years = 2000 + np.arange(48) / 12
    level = np.tile(np.arange(12) * 10.0, 4) + np.repeat(np.arange(4.0), 12)
    made = seasonal_trend(years, level, np.tile(np.arange(1, 13), 4), method="plain")
    assert made.slope == pytest.approx(1.0)
    assert made.s == 12 * 6
    assert made.significant
    # All seasons agree.
    assert made.homogeneity == pytest.approx(1.0)


def test_seasons_that_go_apart_are_told():
    years = 2000 + np.arange(240) / 12
    months = np.tile(np.arange(1, 13), 20)
    rng = np.random.default_rng(4)
    level = np.where(months < 7, 1, -1) * np.floor(years - 2000) + rng.normal(0, 0.1, 240)
    made = seasonal_trend(years, level, months, method="plain")
    assert not made.significant
    assert made.homogeneity < 1e-6


def monthly(seed, slope=0.0, r=0.6, count=144):
    rng = np.random.default_rng(seed)
    noise = np.zeros(count)
    for at in range(1, count):
        noise[at] = r * noise[at - 1] + rng.normal()
    months = np.arange(count) % 12 + 1
    years = 2000 + np.arange(count) / 12
    cycle = 5 * np.cos(2 * np.pi * months / 12)
    return years, 20 + cycle + noise + slope * (years - 2000), months


def many(count, **made):
    return [seasonal_trend(*monthly(seed, **made), method="3PW") for seed in range(count)]


def test_pre_whitening_keeps_the_seasonal_test_honest():
    # No trend, autocorrelation 0.6 beside a cycle far above the noise: the plain test finds
    # a trend in about a third of the series, the whitened one about as often as it says.
    plain = [seasonal_trend(*monthly(seed), method="plain").significant for seed in range(60)]
    assert sum(plain) > 12
    assert np.mean([made.significant for made in many(400)]) <= 0.07


@pytest.mark.parametrize(("r", "slope"), [(0.0, -0.05), (0.3, -0.3), (0.6, -0.5)])
def test_the_seasonal_slope_is_within_its_interval_and_not_biased(r, slope):
    made = many(400, slope=slope, r=r)
    assert np.mean([m.lower <= slope <= m.upper for m in made]) >= 0.93
    assert np.mean([m.slope for m in made]) == pytest.approx(slope, rel=0.05)
    # Test and interval are of one series and say the same.
    assert all(m.significant == (m.lower > 0 or m.upper < 0) for m in made)


def test_a_clear_decline_is_one():
    """Twelve years from 8 by -0.5 a year, noise of 0.25 with r = 0.3."""
    made = [
        seasonal_trend(years, 8 + (values - 20) / 4 - 0.5 * (years - 2000), months, method="3PW")
        for years, values, months in (monthly(seed, r=0.3) for seed in range(60))
    ]
    assert np.mean([m.significant for m in made]) >= 0.9
    assert np.mean([m.slope for m in made]) == pytest.approx(-0.5, rel=0.05)


def test_twenty_annual_values_that_fall_are_significant():
    years = np.arange(20.0)
    made = [
        trend(years, 2 - 0.03 * years + np.random.default_rng(s).normal(0, 0.1, 20), method="3PW")
        for s in range(200)
    ]
    assert np.mean([m.significant for m in made]) >= 0.9
    assert np.mean([m.slope for m in made]) == pytest.approx(-0.03, rel=0.05)


@pytest.mark.shared
def test_a_monthly_series_that_falls_clearly_is_significant(shared):
    table = np.loadtxt(
        shared / "cases/monitoring/trend_3pw_power/monthly.csv", delimiter=",", skiprows=1
    )
    made = seasonal_trend(table[:, 0], table[:, 2], table[:, 1].astype(int), method="3PW")
    assert made.significant
    assert made.lower < -0.5 < made.upper < 0


@given(st.lists(st.integers(0, 3), min_size=6, max_size=24), st.integers(1, 3))
def test_p_and_interval_never_contradict_each_other(values, seasons):
    """Also of few values with many ties, where pairs without a slope count for no side."""
    y = np.array(values, dtype=float)
    season = np.arange(len(y)) % seasons
    made = prewhitened_trend(np.arange(len(y)) / seasons, y, season)
    if np.isfinite(made.lower):
        assert (made.p < 0.05) == (made.lower > 0 or made.upper < 0)


def test_without_autocorrelation_the_whitened_seasonal_trend_is_the_plain_one():
    years, values, months = monthly(3, r=-0.3)
    plain = seasonal_trend(years, values, months, method="plain")
    whitened = seasonal_trend(years, values, months, method="3PW")
    assert "autocorrelation 0.000" in whitened.method
    assert (whitened.slope, whitened.s, whitened.p) == (
        pytest.approx(plain.slope, abs=1e-12),
        plain.s,
        plain.p,
    )
    for method in ("best", "AR1"):
        with pytest.raises(ValueError, match="3PW"):
            seasonal_trend(years, values, months, method=method)


@given(st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=2, max_size=9))
def test_many_series_at_once_are_tested_as_one_by_one(rows):
    series = np.array(rows, dtype=float)
    times = np.arange(len(rows), dtype=float) * 2
    s, variance = mann_kendall(series)
    p = p_value(s, variance)
    slopes = np.median(slopes_of(times, series), axis=0)
    for column in range(4):
        alone = mann_kendall(series[:, column])
        assert (s[column], variance[column]) == alone
        assert p[column] == p_value(*alone)
        assert slopes[column] == theil_sen(times, series[:, column])[0]


def test_ties_lower_the_variance():
    assert mann_kendall(np.array([1.0, 2.0, 3.0, 4.0])) == (6, pytest.approx(26 / 3))
    assert mann_kendall(np.array([1.0, 1.0, 1.0]))[1] == 0
    assert trend(np.arange(3.0), np.ones(3), method="plain").p == 1.0


def test_too_few_values_have_no_trend():
    made = trend(np.array([2000.0, 2001.0]), np.array([1.0, 2.0]), method="plain")
    assert np.isnan(made.slope)
    assert not made.significant
    with pytest.raises(ValueError, match="3PW"):
        trend(np.arange(5.0), np.arange(5.0), method="best")


def test_three_or_four_values_bound_no_slope():
    for count in (3, 4):
        made = trend(np.arange(count) + 2000.0, np.arange(float(count)), method="plain")
        assert made.slope == 1.0
        assert np.isnan([made.lower, made.upper]).all()
    five = trend(np.arange(5) + 2000.0, np.array([0.0, 1.1, 1.9, 3.0, 4.2]), method="plain")
    assert five.lower <= five.slope <= five.upper


def test_decimal_years_know_leap_years():
    times = np.array(["2019-01-01", "2020-07-02", "2019-07-02T12"], dtype="datetime64[s]")
    assert decimal_years(times).tolist() == [2019, 2020.5, 2019.5]


@settings(max_examples=50)
@given(st.floats(-5, 5), st.lists(st.integers(1950, 2020), min_size=3, max_size=15, unique=True))
def test_a_straight_line_has_its_own_slope_on_any_dates(slope, years):
    x = np.sort(np.array(years, dtype=float))
    made = trend(x, slope * (x - x[0]), method="plain")
    assert made.slope == pytest.approx(slope, abs=1e-9)


def means(period, values, first=2000, segment=None, withheld=()):
    import pandas as pd

    unit = {"year": "Y", "month": "M"}[period]
    begin = np.datetime64(str(first), unit) + np.arange(len(values))
    stamps = [edge.astype("datetime64[ms]") for edge in (begin, begin + 1)]
    return pd.DataFrame(
        {
            "series_id": "X.eBC",
            "station": "X",
            "side": "EU",
            "bc_type": "eBC",
            "period": period,
            "withheld": np.isin(np.arange(len(values)), withheld),
            "start": pd.Series(stamps[0]).dt.tz_localize("UTC"),
            "end": pd.Series(stamps[1]).dt.tz_localize("UTC"),
            "segment": segment if segment is not None else [None] * len(values),
            "ebc_ug_m3": np.array(values, dtype=float),
        }
    )


def test_the_table_of_trends_by_hand():
    from bc_inventory import schema

    methods = ["a:12"] * 3 + ["b:12"] * 2
    annual = means("year", [5.0, 4.0, 99.0, 2.0, 1.0], segment=methods, withheld=[2])
    made = schema.check(trend_table(annual), "measured_trends")
    (row,) = made.to_dict("records")
    # A fall of one a year over four years that stand; half a day of a leap year aside.
    assert row["slope"] == pytest.approx(-1.0, abs=2e-3)
    assert (row["n"], row["s"], row["unit"]) == (4, -6.0, "ug/m3")
    assert row["method"] == "AR1, lag-1 autocorrelation unknown"
    assert (row["first"], row["last"], row["breaks"]) == ("2000-01-01", "2005-01-01", "2003.5")
    level = 10 + 3 * np.cos(2 * np.pi * np.arange(48) / 12) + np.arange(48) / 12
    level += np.tile([0.02, -0.02, -0.02, 0.02, 0.0], 10)[:48]
    made = schema.check(trend_table(means("month", level)), "measured_trends")
    assert made["slope"].iloc[0] == pytest.approx(1.0, abs=2e-2)
    assert made["method"].iloc[0].startswith("seasonal 3PW")
    assert made["p"].iloc[0] < 0.01
    # Two years and 35 months are no trend.
    assert trend_table(means("year", [1.0, 2.0])).empty
    short = schema.check(trend_table(means("month", level[:35])), "measured_trends")
    assert short.empty


def false_alarms(method, count=10, r=0.5, runs=1500):
    """Return how often series without a trend are called significant."""
    generator = np.random.default_rng(11)
    noise = generator.standard_normal((runs, count))
    for at in range(1, count):
        noise[:, at] = r * noise[:, at - 1] + np.sqrt(1 - r**2) * noise[:, at]
    years = np.arange(2000.0, 2000.0 + count)
    return np.mean([trend(years, row, method=method).significant for row in noise])


def test_autocorrelation_of_ten_years_is_no_trend():
    """With r = 0.5 the plain test finds a trend in a fifth of series that have none."""
    assert false_alarms("plain") > 0.17
    assert false_alarms("AR1") <= 0.08
    assert false_alarms("AR1", r=0.0) <= 0.05


def test_the_variance_by_hand():
    """Residuals 1, 1, -1, -1, 1, 1, -1, -1 about no trend: r = (4 - 3) / 8 = 1/8.

    Corrected (8/8 + 2) / 4 = 0.75, so the variance is seven times as large.
    """
    values = np.array([1.0, 1, -1, -1, 1, 1, -1, -1])
    r = lag1_of_residuals(np.arange(8.0), values, 0.0)
    assert r == pytest.approx(0.75)
    assert variance_factor(r) == pytest.approx(7.0)
    assert np.isnan(lag1_of_residuals(np.arange(4.0), values[:4], 0.0))


def test_a_clear_trend_of_ten_years_is_still_found():
    rng = np.random.default_rng(1)
    values = 5 - 0.5 * np.arange(10.0) + rng.normal(0, 0.3, 10)
    made = trend(np.arange(2010.0, 2020.0), values, method="AR1")
    assert made.significant
    assert made.lower < -0.5 < made.upper


def test_many_stations_share_one_rate_of_false_discoveries():
    """Of p = 0.01, 0.03 and 0.6 the adjusted are 0.03, 0.045 and 0.6."""
    assert adjusted(np.array([0.01, 0.6, 0.03])).tolist() == pytest.approx([0.03, 0.6, 0.045])
    import pandas as pd

    rng = np.random.default_rng(4)
    series = [
        means("year", rng.normal(5, 1, 12)).assign(series_id=f"S{place}") for place in range(20)
    ]
    made = trend_table(pd.concat(series))
    assert (made["p_adjusted"] >= made["p"]).all()
    assert (made["p_adjusted"] > 0.05).all()
