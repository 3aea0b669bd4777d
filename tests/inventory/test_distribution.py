"""Distributions: bounds return, draws agree with bounds and means, parts add in squares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from bc_inventory.inventory.components import Component, multiplier, product
from bc_inventory.inventory.distribution import (
    Lognormal,
    interval_of_product,
)
from bc_inventory.inventory.fractions import Fraction, SplitNormal

# The middles of slices of equal probability.
SCORES = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)[None, :]


def one(value, lower, upper, median=False):
    return Lognormal.from_interval([value], [lower], [upper], median)


def test_a_factor_of_two_either_way():
    """ln(4) / (2 x 1.95996) by hand; the median of a mean in the middle lies below it."""
    made = one(1.0, 0.5, 2.0)
    assert made.deviation == pytest.approx([0.353653], abs=1e-6)
    assert np.concatenate(made.interval()) == pytest.approx([0.5, 2.0])
    assert made.mean == pytest.approx([1.0])
    assert 0.89 < made.median[0] < 0.91


def test_a_median_keeps_its_place_and_raises_the_mean():
    """A geometric middle, exp(0.353653^2 / 2) by hand."""
    made = one(1.0, 0.5, 2.0, median=True)
    assert made.median == pytest.approx([1.0])
    assert made.skew == pytest.approx([0.0])
    assert made.mean == pytest.approx([1.064532], abs=1e-6)


def test_a_relative_uncertainty_is_a_factor_either_way_around_the_mean():
    made = Lognormal.from_relative([1.0])
    assert np.concatenate(made.interval()) == pytest.approx([0.5, 2.0])
    assert made.mean == pytest.approx([1.0])


def test_no_value_no_spread():
    assert one(0.0, 0.0, 2.0).deviation == [0.0]
    assert one(3.0, 3.0, 3.0).interval() == ([3.0], [3.0])


@given(st.floats(1e-6, 1e6), st.floats(1.01, 6), st.floats(1.01, 6), st.booleans())
def test_bounds_return_and_are_quantiles(value, down, up, median):
    """Where a mean between the bounds can be had, bounds and mean are all those stated."""
    lower, upper = value / down, value * up
    made = one(value, lower, upper, median)
    stated = made.median if median else made.mean
    assert stated == pytest.approx([value])
    held = made.median[0] < upper * (1 - 1e-9) and made.median[0] > lower * (1 + 1e-9)
    if held and abs(made.interval()[0][0] / lower - 1) < 1e-6:
        assert made.interval()[1] == pytest.approx([upper])
    else:  # the ratio of the bounds holds, and both move
        got = made.interval()
        assert not median
        assert got[1] / got[0] == pytest.approx([upper / lower])


def test_where_mean_and_bounds_cannot_all_hold_the_mean_and_the_ratio_do():
    """No split lognormal with bounds 1/20 and 20 has the mean 1: ln(400) / 3.92 by hand."""
    made = one(1.0, 0.05, 20.0)
    deviation = np.log(400) / (2 * stats.norm.ppf(0.975))
    assert made.mean == pytest.approx([1.0])
    assert made.median == pytest.approx([np.exp(-(deviation**2) / 2)])
    lower, upper = made.interval()
    assert upper / lower == pytest.approx([400.0])


def test_a_lower_bound_of_zero_keeps_mean_and_upper_bound():
    made = one(1.0, 0.0, 2.0)
    assert made.mean == pytest.approx([1.0])
    assert made.interval()[1] == pytest.approx([2.0])


def test_a_lognormal_against_scipy():
    made = Lognormal(np.array([3.0]), np.array([0.7]))
    known = stats.lognorm(0.7, scale=3.0)
    assert made.mean == pytest.approx([known.mean()])
    assert made.median == pytest.approx([known.median()])
    assert made.relative_deviation == pytest.approx([known.std() / known.mean()])
    lower, upper = known.interval(0.9)
    assert np.concatenate(made.interval(0.9)) == pytest.approx([lower, upper])
    lower, upper = known.interval(0.95)
    assert made.relative_half_width == pytest.approx([(upper - lower) / 2 / known.mean()])


@given(st.floats(-1.5, 1.5), st.floats(-1, 1))
def test_the_mean_of_a_split_lognormal_against_an_integral(deviation, skew):
    made = Lognormal.around_one(np.array([deviation]), np.array([skew]))

    def weighted(score, power=1):
        return float(made.multiplier(np.array([score]))[0]) ** power * stats.norm.pdf(score)

    known, square = (
        integrate.quad(weighted, -12, 12, args=(power,), points=[0], limit=200)[0]
        for power in (1, 2)
    )
    assert known == pytest.approx(1.0, rel=1e-6)
    assert made.relative_deviation == pytest.approx(
        [np.sqrt(max(square - 1, 0))], rel=1e-4, abs=1e-6
    )


def test_a_number_that_is_divided_by_falls_where_it_rises():
    by = Lognormal.around_one(np.array([0.3]), np.array([0.2]))
    of = Lognormal.around_one(np.array([-0.3]), np.array([0.2]))
    product = by.multiplier(SCORES) * of.multiplier(SCORES)
    assert product == pytest.approx(np.full_like(product, product[0, 0]))


def test_multipliers_may_take_the_place_of_their_scores():
    made = Lognormal(np.array([3.0, 5.0]), np.array([0.2, 0.0]), np.array([0.5, 0.0]))
    scores = np.array([[0.5, -1.0], [2.0, 2.0]])
    wanted = made.quantile(scores) / made.mean[:, None]
    assert made.multiplier(scores, out=scores) is scores
    assert scores == pytest.approx(wanted)
    assert scores[1] == pytest.approx([1.0, 1.0])


def test_sums_of_numbers_that_move_together_and_apart():
    """3 with 0.2 and 1 with 0.6 by hand: 1.2 / 4 together, sqrt(0.36 + 0.36) / 4 apart."""
    numbers = Lognormal.around_one(np.array([0.2, 0.9, 0.6])).scaled([3.0, 0.0, 1.0])
    group = pd.Series([0, 1, 0])
    together, apart = (numbers.summed(group, together=word) for word in (True, False))
    assert together.mean == pytest.approx([4.0, 0.0])
    assert together.deviation == pytest.approx([0.3, 0.0])
    assert apart.deviation == pytest.approx([np.sqrt(0.72) / 4, 0.0])


def test_bounds_of_a_product_of_lognormals_are_exact():
    parts = [Lognormal.around_one(np.array([0.3])), Lognormal.around_one(np.array([0.4]))]
    lower, upper = interval_of_product([2.0], [part.reach() for part in parts])
    whole = Lognormal.around_one(np.array([0.5])).scaled([2.0])
    assert np.concatenate([lower, upper]) == pytest.approx(np.concatenate(whole.interval()))


@pytest.mark.parametrize(
    ("one_skew", "other_skew", "left"), [(0.3, 0.2, 0.3), (0.4, -0.1, 0.6), (0.0, 0.1, 0.9)]
)
def test_bounds_of_a_product_of_skewed_parts_are_those_of_draws(one_skew, other_skew, left):
    random = np.random.default_rng(3)
    parts = [
        Lognormal.around_one(np.array([0.5]), np.array([one_skew])),
        Lognormal.around_one(np.array([0.3]), np.array([other_skew])),
        Fraction(np.array([left]), np.array([0.5])),
    ]
    drawn = np.prod(
        [part.multiplier(random.standard_normal((1, 40_000))) for part in parts], axis=0
    )
    bounds = interval_of_product([1.0], [part.reach() for part in parts])
    assert np.concatenate(bounds) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), rel=0.06)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.8))
def test_a_fraction_keeps_mean_and_variance_and_stays_below_one(mean, part):
    """Whatever its spread, no draw of what controls leave is above one."""
    variance = part * mean * (1 - mean)
    made = Fraction.from_variance(np.array([mean]), np.array([variance]))
    drawn = made.quantile(SCORES)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0
    assert drawn.mean() == pytest.approx(mean, abs=3e-3)
    assert made.variance == pytest.approx([variance], rel=1e-3)
    assert drawn.var() == pytest.approx(variance, rel=0.03, abs=1e-4)


def test_certain_fractions_stay():
    made = Fraction(np.array([0.0, 1.0, 0.3]), np.array([0.7, 0.7, 0.0]))
    assert made.multiplier(np.array([[2.0], [2.0], [2.0]])).tolist() == [[1.0], [1.0], [1.0]]
    assert made.mean.tolist() == [0.0, 1.0, 0.3]


@given(
    st.floats(0.0, 1.0),
    st.floats(0.0, 0.5),
    st.floats(0.0, 0.5),
)
def test_a_split_normal_keeps_its_bounds_and_limits(middle, under, above):
    lower, upper = max(middle - under, 0.0), min(middle + above, 1.0)
    made = SplitNormal(np.array([middle]), np.array([lower]), np.array([upper]), 0.0, 1.0)
    assert np.concatenate(made.interval()) == pytest.approx([lower, upper])
    drawn = made.quantile(SCORES)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0
    assert made.mean == pytest.approx([drawn.mean()], abs=4e-3)


def test_the_mean_of_a_split_normal_against_an_integral():
    made = SplitNormal(np.array([0.7]), np.array([0.1]), np.array([0.9]), 0.0, 1.0)

    def weighted(score):
        return float(made.quantile([score])[0]) * stats.norm.pdf(score)

    known, _ = integrate.quad(weighted, -8, 8, points=[-2.3, 0, 2.9], limit=200)
    assert made.mean == pytest.approx([known], abs=1e-7)


def test_a_split_normal_with_a_mean_between_its_bounds():
    """Middle 0.35 of mean 0.4 in 0.2 to 0.8: 0.407 of the way to the middle of the bounds."""
    made = SplitNormal.from_interval([0.4], [0.2], [0.8], 0.0, 1.0)
    assert made.mean == pytest.approx([0.4])
    assert np.concatenate(made.interval()) == pytest.approx([0.2, 0.8])
    drawn = made.quantile(SCORES)
    assert made.variance == pytest.approx([drawn.var()], rel=0.01)


def test_an_emission_is_the_product_of_its_components():
    columns = {f"sigma_{component}": [0.1, None] for component in Component}
    columns |= {f"skew_{component}": [0.0, None] for component in Component}
    reach = np.exp(0.1 * stats.norm.ppf(0.975))
    share = Lognormal.around_one(np.array([0.1])).median[0]
    rows = pd.DataFrame(columns).assign(
        emission_kt=[5.0, 2.0],
        abatement=0.0,
        share=1.0,
        share_lower=share / reach,
        share_upper=share * reach,
        share_weight=1.0,
    )
    rows.loc[1, ["share_lower", "share_upper"]] = 1.0
    made = product(rows)
    assert made.value == pytest.approx([5.0, 2.0])
    spread = Lognormal.around_one(np.array([0.1 * np.sqrt(5), 0.0])).scaled([5.0, 2.0])
    assert np.concatenate(made.interval()) == pytest.approx(np.concatenate(spread.interval()))
    assert multiplier(rows, "factor").mean == pytest.approx([1.0, 1.0])
