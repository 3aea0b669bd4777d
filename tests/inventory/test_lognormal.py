"""Intervals and deviations return into each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.inventory import lognormal


def test_a_factor_of_two_either_way():
    """ln(4) / (2 x 1.95996) by hand."""
    assert lognormal.sigma(1.0, 0.5, 2.0) == pytest.approx(0.353653, abs=1e-6)


def test_a_lower_bound_of_zero_uses_the_upper_half():
    assert lognormal.sigma(1.0, 0.0, 2.0) == pytest.approx(0.353653, abs=1e-6)


def test_no_value_no_spread():
    assert lognormal.sigma(0.0, 0.0, 2.0) == 0.0


@given(st.floats(1e-6, 1e6), st.floats(1, 100))
def test_bounds_return(value, reach):
    spread = lognormal.sigma(value, value / reach, value * reach)
    lower, upper = lognormal.bounds(value, spread)
    assert lower == pytest.approx(value / reach)
    assert upper == pytest.approx(value * reach)
    assert lower <= value <= upper


@given(st.lists(st.floats(0, 3), min_size=1, max_size=5))
def test_parts_add_in_squares(parts):
    assert lognormal.combine(*parts) == pytest.approx(np.sqrt(sum(p * p for p in parts)))
