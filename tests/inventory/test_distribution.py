"""Distributions: bounds return, draws agree with bounds and means, parts add in squares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from bc_inventory.inventory.components import Component, multiplier, product
from bc_inventory.inventory.distribution import Lognormal, SplitNormal

SCORES = np.random.default_rng(5).standard_normal((1, 200_000))


def one(value, lower, upper):
    return Lognormal.from_interval([value], [lower], [upper])


def test_a_factor_of_two_either_way():
    """ln(4) / (2 x 1.95996) by hand."""
    assert one(1.0, 0.5, 2.0).deviation == pytest.approx([0.353653], abs=1e-6)


def test_a_lower_bound_of_zero_uses_the_upper_half():
    assert one(1.0, 0.0, 2.0).deviation == pytest.approx([0.353653], abs=1e-6)
    assert Lognormal.from_upper([1.0], [2.0]).deviation == pytest.approx([0.353653], abs=1e-6)


def test_a_relative_uncertainty_is_a_factor_either_way():
    made = Lognormal.from_relative([1.0])
    assert made.deviation == pytest.approx([0.353653], abs=1e-6)
    assert made.median == pytest.approx([1.0])


def test_no_value_no_spread():
    assert one(0.0, 0.0, 2.0).deviation == [0.0]
    assert Lognormal.from_upper([0.0], [1.0]).deviation == [0.0]


@given(st.floats(1e-6, 1e6), st.floats(1, 100), st.floats(0.01, 0.99))
def test_bounds_return_and_are_quantiles(value, reach, level):
    made = one(value, value / reach, value * reach)
    lower, upper = made.interval()
    assert lower == pytest.approx(value / reach)
    assert upper == pytest.approx(value * reach)
    assert lower <= made.value <= upper
    edge = stats.norm.ppf(0.5 + level / 2)
    for bound, score in zip(made.interval(level), (-edge, edge), strict=True):
        assert made.quantile([score]) == pytest.approx(bound)


def test_a_lognormal_against_scipy():
    made = Lognormal(np.array([3.0]), np.array([0.7]))
    known = stats.lognorm(0.7, scale=3.0)
    assert made.mean == pytest.approx([known.mean()])
    assert made.median == pytest.approx([known.median()])
    assert made.relative_deviation == pytest.approx([known.std() / known.mean()])
    lower, upper = known.interval(0.9)
    assert np.concatenate(made.interval(0.9)) == pytest.approx([lower, upper])
    lower, upper = known.interval(0.95)
    assert made.relative_half_width == pytest.approx([(upper - lower) / 2 / 3.0])


def test_multipliers_may_take_the_place_of_their_scores():
    made = Lognormal(np.array([3.0, 5.0]), np.array([0.2, 0.0]))
    scores = np.array([[0.5, -1.0], [2.0, 2.0]])
    wanted = made.quantile(scores) / made.median[:, None]
    assert made.multiplier(scores, out=scores) is scores
    assert scores == pytest.approx(wanted)
    assert scores[1] == pytest.approx([1.0, 1.0])


@given(st.lists(st.floats(0, 3), min_size=1, max_size=5))
def test_parts_of_a_product_add_in_squares(parts):
    first, *others = (Lognormal(np.array([2.0]), np.array([part])) for part in parts)
    made = first.times(*others)
    assert made.deviation == pytest.approx([np.sqrt(sum(part * part for part in parts))])
    assert made.median == pytest.approx([2.0 ** len(parts)])


def test_sums_of_numbers_that_move_together_and_apart():
    """3 with 0.2 and 1 with 0.6 by hand: 1.2 / 4 together, sqrt(0.36 + 0.36) / 4 apart."""
    numbers = Lognormal(np.array([3.0, 0.0, 1.0]), np.array([0.2, 0.9, 0.6]))
    group = pd.Series([0, 1, 0])
    together, apart = (numbers.summed(group, together=word) for word in (True, False))
    assert together.median == pytest.approx([4.0, 0.0])
    assert together.deviation == pytest.approx([0.3, 0.0])
    assert apart.deviation == pytest.approx([np.sqrt(0.72) / 4, 0.0])


def test_distinct_deviations_give_the_rows_back():
    made = Lognormal(np.ones(4), np.array([0.3, 0.1, 0.3, 0.2]))
    which, few = made.distinct()
    assert few.deviation.tolist() == [0.3, 0.1, 0.2]
    assert few.take(which).deviation == pytest.approx(made.deviation)


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


def test_an_emission_is_the_product_of_its_components():
    rows = pd.DataFrame({f"sigma_{component}": [0.1, None] for component in Component})
    made = product(rows.assign(emission_kt=[5.0, 2.0]))
    assert made.median == pytest.approx([5.0, 2.0])
    assert made.deviation == pytest.approx([0.1 * np.sqrt(5), 0.0])
    assert multiplier(rows, "share").median == pytest.approx([1.0, 1.0])
