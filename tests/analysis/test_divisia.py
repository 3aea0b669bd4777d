"""The kernels against hand-worked numbers and their own laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bc_inventory.analysis.decomposition.divisia import log_mean, parts_of

METHODS = ("lmdi", "shapley")
zero_or_more = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


def test_two_factors_by_hand():
    """1 x 2 becomes 3 x 5. Shapley: 2 x (2+5)/2 = 7 and 3 x (1+3)/2 = 6, 13 together."""
    base, other = np.array([[1.0], [2.0]]), np.array([[3.0], [5.0]])
    assert parts_of(base, other, "shapley").ravel().tolist() == [7.0, 6.0]
    # LMDI: L(15, 2) = 13/ln 7.5 = 6.451923; x ln 3 = 7.088162, x ln 2.5 = 5.911838.
    assert parts_of(base, other).ravel() == pytest.approx([7.088162, 5.911838], abs=1e-6)


def test_log_mean_keeps_its_digits_where_the_sides_are_nearly_equal():
    first = np.array([1.0, 1.0, 1.0])
    second = np.array([1.0, 1.0 + 1e-13, 1.0 + 1e-7])
    assert log_mean(first, second) == pytest.approx([1.0, 1.0, 1.0 + 5e-8], abs=1e-15)


def test_a_row_that_starts_from_zero_belongs_to_the_factor_that_was_zero():
    base, other = np.array([[10.0], [0.0], [2.0]]), np.array([[20.0], [0.5], [3.0]])
    assert parts_of(base, other).ravel().tolist() == [0.0, 30.0, 0.0]


@pytest.mark.parametrize("method", METHODS)
def test_an_undefined_factor_has_no_part(method):
    base, other = np.array([[10.0], [0.0], [np.nan]]), np.array([[10.0], [0.5], [3.0]])
    assert parts_of(base, other, method).ravel() == pytest.approx([0.0, 15.0, 0.0])


@pytest.mark.parametrize("method", METHODS)
@given(arrays(float, (2, 4, 5), elements=zero_or_more))
def test_parts_sum_to_the_difference_and_swapping_flips_the_signs(method, sides):
    base, other = sides
    parts = parts_of(base, other, method)
    difference = other.prod(axis=0) - base.prod(axis=0)
    # Rounding is of the size of what is compared, however small its difference.
    size = np.maximum(np.maximum(base.prod(axis=0), other.prod(axis=0)), np.abs(parts).max(axis=0))
    assert (np.abs(parts.sum(axis=0) - difference) <= 1e-12 * size).all()
    swapped = parts_of(other, base, method)
    assert (np.abs(parts + swapped) <= 1e-12 * size).all()
