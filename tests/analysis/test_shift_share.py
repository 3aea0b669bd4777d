"""Differences of inventories without activity."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.analysis.decomposition.shift_share import STRUCTURE_HEADS, decompose_structure


def table(cells):
    return pd.DataFrame(
        [(region, sector, value) for (region, sector), value in cells.items()],
        columns=["region", "sector", "emission_kt"],
    )


def heads(parts):
    return parts.groupby("head")["part_kt"].sum().reindex(STRUCTURE_HEADS)


def test_twice_everything_is_level_alone():
    base = table({("HE", "road"): 1.0, ("HE", "home"): 3.0, ("SD", "home"): 4.0})
    parts = heads(decompose_structure(base, base.assign(emission_kt=base["emission_kt"] * 2)))
    assert parts.tolist() == pytest.approx([8.0, 0.0, 0.0, 0.0])


def test_tonnes_moved_to_a_neighbour_are_region_share():
    base = table({("HE", "home"): 3.0, ("SD", "home"): 1.0})
    moved = table({("HE", "home"): 1.0, ("SD", "home"): 3.0})
    parts = decompose_structure(base, moved).set_index(["region", "head"])["part_kt"]
    assert parts["HE", "region_share"] == pytest.approx(-2.0)
    assert parts["SD", "region_share"] == pytest.approx(2.0)
    assert parts["HE", "level"] == pytest.approx(0.0)


def test_a_cell_without_a_figure_is_coverage():
    base = table({("HE", "home"): 3.0, ("HE", "field"): 2.0})
    silent = table({("HE", "home"): 3.0, ("HE", "field"): None})
    parts = heads(decompose_structure(base, silent))
    assert parts.tolist() == pytest.approx([0.0, 0.0, 0.0, -2.0])


cells = st.dictionaries(
    st.tuples(st.sampled_from(["HE", "SD", "SX"]), st.sampled_from(["road", "home"])),
    st.one_of(st.none(), st.just(0.0), st.floats(1e-3, 1e3)),
    max_size=6,
)


@settings(max_examples=40)
@given(cells, cells, st.sampled_from(["lmdi", "shapley"]))
def test_parts_sum_and_signs_flip(first, second, method):
    base, other = table(first).astype({"emission_kt": float}), table(second)
    other = other.astype({"emission_kt": float})
    parts = decompose_structure(base, other, method=method)
    difference = other["emission_kt"].sum() - base["emission_kt"].sum()
    assert parts["part_kt"].sum() == pytest.approx(difference, abs=1e-9)
    back = decompose_structure(other, base, method=method)
    assert (parts["part_kt"] + back["part_kt"]).abs().max() < 1e-9 or parts.empty
