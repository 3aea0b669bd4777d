"""Local statistics: equal to esda, honest under noise, and able to find what is planted."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.analysis.hotspots.randomisation import Randomisation, benjamini_hochberg
from bc_inventory.analysis.hotspots.statistics import (
    EARTH_RADIUS_KM,
    distance_window,
    getis_ord,
    local_moran,
    neighbour_matrix,
    square_window,
    window_sums,
)

REFERENCE = json.loads((Path(__file__).parent / "esda_reference.json").read_text())


def _haversine(lat1, lon1, lat2, lon2):
    p1, l1, p2, l2 = map(np.radians, (lat1, lon1, lat2, lon2))
    h = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin((l2 - l1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h))


@pytest.mark.parametrize("kind", ["queen", "arc"])
def test_statistics_equal_esda(kind):
    field = np.array(REFERENCE["field"])
    domain = np.array(REFERENCE["domain"], dtype=bool)
    window = (
        square_window(field.shape[0])
        if kind == "queen"
        else distance_window(
            np.array(REFERENCE["latitudes"]), REFERENCE["step"], REFERENCE["radius_km"]
        )
    )
    z, _ = getis_ord(field, domain, window)
    moran, _, _ = local_moran(field, domain, window)
    assert np.abs(z[domain] - REFERENCE[kind]["gi_star"]).max() < 1e-10
    assert np.abs(moran[domain] - REFERENCE[kind]["moran"]).max() < 1e-10
    assert np.isnan(z[~domain]).all()


def test_gi_star_by_hand():
    # n = 4, x = (1, 2, 3, 10): mean 4, s^2 = 12.5. The first cell with its one
    # neighbour: W = 2, sum 3, so z = (3 - 8) / (sqrt(12.5) sqrt((4*2 - 4) / 3)).
    field = np.array([[1.0, 2.0, 3.0, 10.0]])
    z, neighbours = getis_ord(field, np.ones((1, 4), bool), square_window(1))
    assert neighbours.tolist() == [[2, 3, 3, 2]]
    assert z[0, 0] == pytest.approx(-5 / (np.sqrt(12.5) * np.sqrt(4 / 3)), rel=1e-14)


@given(
    st.floats(30, 85),
    st.sampled_from([0.1, 0.25, 0.5]),
    st.floats(5, 120),
)
@settings(max_examples=60)
def test_distance_window_counts_cells_within_the_radius(south, step, radius):
    rows, columns = 9, 41
    lat, lon = south + step * (np.arange(rows) + 0.5), step * np.arange(columns)
    lat = lat[lat < 90]
    ones = np.ones((len(lat), columns))
    sums = window_sums(ones, distance_window(lat, step, radius))
    for row in range(len(lat)):
        distance = _haversine(lat[row], lon[20], lat[:, None], lon[None, :])
        if np.abs(distance - radius).min() < 1e-6:
            continue  # a tie may go either way by rounding of this loop
        assert sums[row, 20] == (distance <= radius).sum()


@given(st.integers(0, 10_000), st.sampled_from(["square", "distance"]))
@settings(max_examples=30)
def test_neighbours_of_some_cells_sum_to_what_the_window_gives(seed, kind):
    random = np.random.default_rng(seed)
    field = random.lognormal(size=(random.integers(1, 12), random.integers(1, 15)))
    domain = random.random(field.shape) < 0.7
    where = domain & (random.random(field.shape) < 0.4)
    latitudes = 60 + 0.25 * np.arange(len(field))
    square = square_window(len(field), order=2)
    window = square if kind == "square" else distance_window(latitudes, 0.25, 60.0)
    sums = neighbour_matrix(domain, window, where) @ field[domain]
    expected = window_sums(np.where(domain, field, 0.0), window)[where]
    assert sums == pytest.approx(expected, rel=1e-12)


def test_constant_field_has_no_statistic():
    z, _ = getis_ord(np.full((4, 5), 3.0), np.ones((4, 5), bool), square_window(4))
    moran, _, _ = local_moran(np.full((4, 5), 3.0), np.ones((4, 5), bool), square_window(4))
    assert np.isnan(z).all()
    assert (moran == 0).all()


def test_critical_sums_agree_with_probabilities():
    values = np.random.default_rng(3).lognormal(size=500)
    null = Randomisation(values, draws=999)
    neighbours = np.array([3, 3, 9, 40])
    edge = null.critical(neighbours, 0.01)
    assert (null.probability(edge, neighbours) <= 0.01).all()
    assert (null.probability(edge - 1e-6, neighbours) > 0.01).all()
    assert np.isinf(null.critical(neighbours, 1e-4)).all()


def test_benjamini_hochberg_published_example():
    # Benjamini and Hochberg (1995), section 3.2: 15 p-values, four rejected at 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
    p += [0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(np.array(p), 0.05).sum() == 4
    assert not benjamini_hochberg(np.array([0.2, 0.9]), 0.05).any()
    assert benjamini_hochberg(np.zeros(0), 0.05).shape == (0,)


def _found(field, domain, seed, order=1):
    z, neighbours = getis_ord(field, domain, square_window(field.shape[0], order))
    null = Randomisation(field[domain], draws=9_999, seed=seed)
    found = np.zeros(field.shape, dtype=bool)
    p = null.probability(z[domain], neighbours[domain])
    found[domain] = benjamini_hochberg(p, 0.05)
    return found


@pytest.mark.parametrize(("noise", "order"), [("normal", 1), ("lognormal", 1), ("lognormal", 2)])
def test_noise_yields_at_most_the_nominal_rate(noise, order):
    """Under noise every find is false, so the false-discovery rate is how often any is found."""
    domain = np.ones((30, 40), dtype=bool)
    domain[:6, :12] = False
    wrong = 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        field = generator.normal(size=domain.shape)
        values = np.exp(1.5 * field) if noise == "lognormal" else field
        wrong += _found(values, domain, seed, order).any()
    assert wrong / 200 <= 0.05


def test_planted_hotspots_are_found():
    generator = np.random.default_rng(11)
    field = generator.lognormal(0.0, 0.5, size=(60, 80))
    planted = np.zeros(field.shape, dtype=bool)
    for row, column in ((10, 10), (30, 50), (48, 70)):
        planted[row : row + 4, column : column + 4] = True
    field[planted] += 3.0
    found = _found(field, np.ones(field.shape, dtype=bool), 0)
    assert found[planted].mean() > 0.9
    # A window reaches one cell beyond what was planted.
    near = window_sums(planted.astype(float), square_window(60)) > 0
    assert (found & ~near).sum() / found.sum() <= 0.05
