import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.errors import DataError
from bc_inventory.reference.domains import bounds_of, codes
from bc_inventory.spatial.cells import make_grid, zone


def test_the_cells_of_the_globe_cover_the_ellipsoid():
    # Surface of WGS84: 510 065 621.724 km2 (NIMA TR8350.2, table 3.3 and its formulas).
    area = make_grid(0.5, "global").area().sum()
    assert area == pytest.approx(510_065_621.724e6, rel=1e-12)
    assert make_grid(0.5, "global", earth="sphere").area().sum() == pytest.approx(area, rel=1e-12)


def test_zone_area_equals_the_integral_of_the_radii_of_curvature():
    # dA = M N cos(latitude), M and N the meridional and normal radii of curvature.
    a, f = 6378137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    latitude = np.deg2rad(np.linspace(50.0, 50.25, 20001))
    w = 1 - e2 * np.sin(latitude) ** 2
    integrand = a * (1 - e2) / w**1.5 * a / np.sqrt(w) * np.cos(latitude)
    integral = np.trapezoid(integrand, latitude)
    assert np.diff(zone([50.0, 50.25]))[0] == pytest.approx(integral, rel=1e-9)


def test_edges_of_nested_grids_are_the_same_floats():
    fine, coarse = make_grid(0.1, "all"), make_grid(0.5, "all")
    assert np.array_equal(fine.lon_edges[::5], coarse.lon_edges)
    assert np.array_equal(fine.lat_edges[::5], coarse.lat_edges)
    assert fine.lon[0] == -31.95
    assert coarse.lat[-1] == 71.75


@pytest.mark.parametrize("resolution", [0.1, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("window", [*codes(), "all"])
def test_every_window_is_a_whole_number_of_cells(resolution, window):
    grid = make_grid(resolution, window)
    bounds = bounds_of() if window == "all" else bounds_of([window])
    assert (grid.west, grid.south, grid.east, grid.north) == bounds


@given(
    st.integers(-1799, 1799).map(lambda tenth: tenth / 10),
    st.integers(-899, 899).map(lambda tenth: tenth / 10),
)
def test_a_point_on_an_edge_lies_in_the_same_place_of_every_nested_grid(lon, lat):
    fine, coarse = make_grid(0.1, "global"), make_grid(0.5, "global")
    j, i = divmod(int(fine.locate([lon], [lat])[0]), fine.nx)
    assert fine.lon_edges[i] == lon
    assert fine.lat_edges[j] == lat
    assert int(coarse.locate([lon], [lat])[0]) == (j // 5) * coarse.nx + i // 5


def test_points_outside_have_no_cell():
    grid = make_grid(0.5, "EU")
    assert grid.locate([-32.1, 45.0, 0.0, 44.99], [50, 50, 72, 71.99]).tolist() == [
        -1,
        -1,
        -1,
        grid.size - 1,
    ]


@pytest.mark.parametrize(
    ("resolution", "window", "words"),
    [
        (0.5, (170, -10, -170, 10), "date line"),
        (0.5, (170, -10, 190, 10), "date line"),
        (0.3, "EU", "a whole number of cells"),
        (0.5, (0, -91, 10, 10), "-90 <= south < north <= 90"),
        (0.5, (0, 10, 10, 10), "-90 <= south < north <= 90"),
        (0.0, "EU", "cells above 0"),
        (float("nan"), "EU", "finite"),
        (0.5, "Europe", "one of EU, CN, all, global"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(resolution, window, words):
    with pytest.raises(DataError, match=words):
        make_grid(resolution, window)
