"""The review's checks, each on a case that fails and one that passes."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.analysis.review.checks import (
    completeness,
    implied_factor_outliers,
    judge_implied_factor,
    series_breaks,
    summary,
)
from bc_inventory.errors import DataError, UnitError
from bc_inventory.reference.limits import review_limits
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from tests.analysis.frames import emissions

LIMITS = review_limits()
RANGES = read_csv(data_root() / "implied_factor_ranges.csv", "implied_factor_ranges")
GUIDEBOOK = pd.DataFrame(
    [("1A4bi", "fuelwood", "g/GJ", 19.0, 284.0)], columns=["nfr", "fuel", "unit", "lower", "upper"]
)
MEMBERS = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI"]


def regional_example(period_days):
    """150 000 commuters, 16 km one way, there and back, and 174.8 kt CO2e a year."""
    daily = 150_000 * 16 * 2
    assert daily == 4_800_000
    return judge_implied_factor(
        174.8, "kt", daily * period_days, "vehicle_km", "passenger car travel", "CO2e", RANGES
    )


def test_vehicle_km_printed_per_year_are_flagged():
    """4.8 million vehicle-km a year would make 36 kg CO2e a km; a day, 0.1 kg."""
    per_year = regional_example(period_days=1)
    assert per_year["implied_factor"] == pytest.approx(36.4, abs=0.05)
    assert not per_year["credible"]
    assert per_year["times_outside"] > 50
    per_day = regional_example(period_days=365)
    assert per_day["implied_factor"] == pytest.approx(0.0998, abs=1e-4)
    assert per_day["credible"]


def test_implied_factor_needs_a_known_quantity_and_a_fitting_unit():
    with pytest.raises(DataError, match="Did you mean 'passenger car travel'"):
        judge_implied_factor(1, "kt", 1, "vehicle_km", "passenger car trave", "CO2e", RANGES)
    with pytest.raises(UnitError):
        judge_implied_factor(1, "kt", 1, "TJ", "passenger car travel", "CO2e", RANGES)
    with pytest.raises(DataError, match="above zero"):
        judge_implied_factor(1, "kt", 0, "vehicle_km", "passenger car travel", "CO2e", RANGES)


def test_completeness_tells_a_key_from_silence():
    table = emissions(
        {"region": "DE", "activity": 1.0, "emission_factor": 1.0},
        {"region": "DE", "nfr": "3F", "notation_key": "NE", "share": None},
        {"region": "AT", "activity": 1.0, "emission_factor": 1.0},
        {"region": "AT", "fuel": "hard_coal", "notation_key": "IE", "share": None},
    )
    state = completeness(table).set_index(["region", "nfr"])["state"].to_dict()
    assert state == {
        ("AT", "1A4bi"): "figure and IE",
        ("AT", "3F"): "nothing",
        ("DE", "1A4bi"): "figure",
        ("DE", "3F"): "NE",
    }


def members_with(last_factor):
    factors = [60, 62, 64, 66, 68, 70, 72, 74, 76, last_factor]
    return emissions(
        *(
            {"region": region, "activity": 100.0, "emission_factor": float(value)}
            for region, value in zip(MEMBERS, factors, strict=True)
        )
    )


def test_an_implied_factor_far_from_all_others_stands_out():
    """One member 100 times its neighbours, as if grams were milligrams."""
    found = implied_factor_outliers(members_with(6800), LIMITS, GUIDEBOOK).set_index("region")
    assert found.index[found["outlier"]].tolist() == ["FI"]
    assert found.index[found["outside_range"]].tolist() == ["FI"]
    assert found.loc["AT", "implied_factor"] == pytest.approx(60.0)
    assert found.loc["AT", "median"] == pytest.approx(np.sqrt(68 * 70))
    calm = implied_factor_outliers(members_with(78), LIMITS, GUIDEBOOK)
    assert not calm[["outlier", "outside_range"]].any().any()


def test_a_sixfold_factor_within_the_guidebook_is_an_outlier_only():
    found = implied_factor_outliers(members_with(270), LIMITS, GUIDEBOOK).set_index("region")
    assert found.loc["FI", "outlier"]
    assert not found.loc["FI", "outside_range"]


def series(values, years=None):
    years = years or range(2000, 2000 + len(values))
    return pd.DataFrame(
        {"inventory": "x", "region": "NL", "sector": "F", "year": years, "emission_kt": values}
    )


def test_a_jump_is_found_and_a_trend_is_not():
    steady = [100 * 0.95**n for n in range(12)]
    wobble = [value * (1 + 0.01 * (-1) ** n) for n, value in enumerate(steady)]
    assert series_breaks(series(wobble), LIMITS).empty
    jump = [value * (1.8 if n >= 7 else 1) for n, value in enumerate(wobble)]
    found = series_breaks(series(jump), LIMITS)
    assert found["year"].tolist() == [2007]
    assert found["change"].iloc[0] == pytest.approx(jump[7] / jump[6] - 1)


def test_a_gap_of_years_is_not_a_jump_and_a_zero_is():
    gap = series([100, 95, 90, 60, 57], years=[2000, 2001, 2002, 2010, 2011])
    assert series_breaks(gap, LIMITS).empty
    dropped = series_breaks(series([10.0, 10.1, 0.0, 10.2, 10.0]), LIMITS)
    assert dropped["year"].tolist() == [2002, 2003]


def test_summary_passes_and_fails():
    table = members_with(78).assign(factor_source="a", activity_source="b")
    good = summary(
        completeness(table),
        implied_factor_outliers(table, LIMITS, GUIDEBOOK),
        series_breaks(series([1.0, 1.0, 1.0]), LIMITS),
        table,
    )
    assert good["passed"].all()
    bad_table = table.assign(pm25_kt=table["emission_kt"] / 2, factor_source=None)
    bad = summary(
        completeness(pd.concat([table, emissions({"nfr": "3F", "notation_key": "NE"})])),
        implied_factor_outliers(members_with(6800), LIMITS, GUIDEBOOK),
        series_breaks(series([1.0, 1.0, 9.0, 9.0]), LIMITS),
        bad_table,
    )
    assert bad["passed"].tolist() == [False, False, False, False, True, False, False]
    assert bad["findings"].iloc[5] == 10
    assert "and 5 more" in bad["detail"].iloc[5]


def test_a_single_year_is_no_series_and_passes_nothing():
    table = members_with(78).assign(factor_source="a", activity_source="b")
    outliers = implied_factor_outliers(table, LIMITS, GUIDEBOOK)
    made = summary(completeness(table), outliers, None, table).set_index("check")
    assert made.loc["time series without breaks", "passed"] is pd.NA
    assert made.drop("time series without breaks")["passed"].all()
