"""Axes by their attributes, cells by their bounds, longitudes round the globe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.cf.axes import edges_from_bounds, find_axis, unwrapped


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"lat": {}}, "lat"),
        ({"Latitude": {}}, "Latitude"),
        ({"y": {"units": "degrees_north"}}, "y"),
        ({"y": {"units": "degree_N"}}, "y"),
        ({"y": {"units": "degrees north"}}, "y"),
        ({"y": {"units": "degreesN"}}, "y"),
        ({"lat": {"units": "m"}, "phi": {"standard_name": "latitude"}}, "phi"),
        ({"row": {"axis": "Y"}}, "row"),
        ({"lon": {"units": "degrees_east"}}, None),
        ({"y": {"units": "degrees"}}, None),
    ],
)
def test_an_axis_is_what_its_attributes_say(attributes, name):
    assert find_axis("latitude", attributes) == name


@given(st.integers(4, 72), st.integers(0, 71), st.booleans())
def test_longitudes_run_on_from_any_meridian(count, first, descending):
    step = 360 / count
    whole = np.arange(count) * step + first * 5
    stored = (whole + 180) % 360 - 180
    if descending:
        whole, stored = whole[::-1], stored[::-1]
    steps = np.diff(unwrapped(stored))
    np.testing.assert_allclose(steps, np.diff(whole), atol=1e-9)


@given(
    st.lists(st.floats(0.1, 3.0), min_size=2, max_size=12),
    st.floats(-170, 100),
    st.floats(0, 1),
    st.booleans(),
    st.sampled_from([-360.0, 0.0, 360.0]),
)
def test_bounds_give_the_cells_wherever_the_label_stands(widths, west, place, turned, away):
    edges = west + np.append(0.0, np.cumsum(widths))
    centres = edges[:-1] + place * np.diff(edges)
    pairs = np.column_stack([edges[:-1], edges[1:]])
    bounds = (pairs[:, ::-1] if turned else pairs) + away
    np.testing.assert_allclose(edges_from_bounds(centres, bounds, "longitude"), edges, atol=1e-9)


def test_a_cell_over_the_date_line():
    edges = edges_from_bounds(
        np.array([0.0, 1.0]), np.array([[359.5, 0.5], [0.5, 1.5]]), "longitude"
    )
    np.testing.assert_allclose(edges, [-0.5, 0.5, 1.5])


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ([[0, 1], [1.2, 2]], "gaps"),
        ([[0, 1], [0.5, 2]], "gaps or overlap"),
        ([[5, 6], [6, 7]], "don't hold"),
        ([[0, 1], [1, np.nan]], "missing"),
        ([[0, 1]], "shape"),
    ],
)
def test_bounds_that_contradict_are_refused(bounds, words):
    with pytest.raises(ValueError, match=words):
        edges_from_bounds(np.array([0.5, 1.5]), np.array(bounds, float), "latitude")
