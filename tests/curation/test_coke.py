"""Coke of China: capture by hand, gaps, and output against the provinces' balances."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.coke import captured, gaps_filled
from curation.maker import Roots, read_fact

EFFICIENCY = 0.945


def test_what_ovens_leave_meets_both_ends_of_the_source():
    # PM2.5 falls to 0.3659 while coke grows to 4.5551: 0.0803 of what a tonne gave.
    assert captured(2001, EFFICIENCY) == 0.0
    assert 1 - EFFICIENCY * captured(2018, EFFICIENCY) == pytest.approx(0.3659 / 4.5551)
    assert captured(2024, EFFICIENCY) == captured(2018, EFFICIENCY)


@given(st.integers(2001, 2017))
def test_no_year_jumps(year):
    left = [1 - EFFICIENCY * captured(each, EFFICIENCY) for each in (year, year + 1)]
    assert left[1] / left[0] == pytest.approx((0.3659 / 4.5551) ** (1 / 17))


def test_only_zeros_between_figures_are_gaps():
    output = pd.DataFrame({1: [0.0, 4.0, 2.0], 2: [0.0, 0.0, 0.0], 3: [3.0, 6.0, 0.0]})
    assert gaps_filled(output).to_numpy().tolist() == [[0, 0, 3], [4, 5, 6], [2, 0, 0]]


def test_shanxi_and_the_gap_of_tianjin():
    shares = read_fact(Roots(), "region_shares").query("driver == 'coke-output'")
    shares = shares.set_index(["region", "year"])["share"]
    # The yearbook: 98.0 of 478.0 Mt in 2022; Tianjin between 2.29 and 2.05 Mt in 2015.
    assert shares["CN-SX", 2022] == pytest.approx(0.205, abs=0.001)
    assert shares["CN-TJ", 2015] == pytest.approx(2.17 / 448.3, rel=0.01)
