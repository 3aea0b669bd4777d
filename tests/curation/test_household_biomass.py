"""Household wood and straw: the level by hand and by its properties."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.household_biomass import burnt, level

PERIODS = pd.DataFrame({"from_year": [1992, 2012], "to_year": [2012, 2017], "value": [0.37, 0.55]})


def test_the_level_meets_the_surveys_and_stays_after_the_last():
    assert level(100.0, PERIODS, 1992) == pytest.approx(100.0)
    assert level(100.0, PERIODS, 2012) == pytest.approx(37.0)
    assert level(100.0, PERIODS, 2017) == pytest.approx(37.0 * 0.55)
    assert level(100.0, PERIODS, 2020) == level(100.0, PERIODS, 2017)


@given(st.integers(1992, 2016))
def test_between_surveys_each_year_changes_alike(year):
    rate = 0.37 ** (1 / 20) if year < 2012 else 0.55 ** (1 / 5)
    assert level(1.0, PERIODS, year + 1) / level(1.0, PERIODS, year) == pytest.approx(rate)


@pytest.mark.shared
def test_both_levels_of_2012_by_hand(roots):
    # Moved: 214.8 x 0.37 + 286.4 x 0.49 = 219.8 Mt. Composed, of 2014: 65.857 Mtce at 20.908 PJ/Mt
    # is 92.3 Mt of coal, times 78 / 22 = 327.3 Mt; 2012 is 0.55^(-0.4) = 1.270 times 2014.
    rows = burnt(roots).query("year == 2012").groupby("year").sum(numeric_only=True).iloc[0]
    assert rows["quantity_lower"] == pytest.approx(219.8, abs=0.3)
    assert rows["quantity"] == pytest.approx((219.8 + 327.3 * 1.270) / 2, abs=1.0)
