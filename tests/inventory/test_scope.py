"""Assumptions resolve to the narrowest scope and to the year asked for."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.inventory.scope import at_years, narrowest, spell_out

REGIONS = pd.DataFrame(
    {
        "region": ["DE", "PL", "CN-HE"],
        "group": ["EU-WEST", "EU-CENTRAL", "CN-NORTH"],
        "side": ["EU", "EU", "CN"],
    }
)


def test_a_narrow_set_replaces_a_wide_one_whole():
    frame = pd.DataFrame(
        {
            "scope": ["*", "*", "EU", "PL"],
            "fuel": ["wood", "wood", "wood", "wood"],
            "technology": ["stove", "boiler", "pellet", "kiln"],
        }
    )
    got = narrowest(frame, REGIONS, ["fuel"])
    held = got.groupby("region")["technology"].agg(list).to_dict()
    assert held == {"CN-HE": ["stove", "boiler"], "DE": ["pellet"], "PL": ["kiln"]}


def test_sets_are_told_apart_by_their_columns():
    frame = pd.DataFrame({"scope": ["*", "EU-WEST"], "fuel": ["wood", "coal"], "x": [1, 2]})
    got = narrowest(frame, REGIONS, ["fuel"])
    assert sorted(got.loc[got["region"] == "DE", "fuel"]) == ["coal", "wood"]


def series(points):
    return pd.DataFrame(
        {"name": "a", "year": list(points), "share": list(points.values()), "note": "n"}
    )


@pytest.mark.parametrize(
    ("year", "expected"), [(2005, 0.2), (2010, 0.2), (2012, 0.4), (2015, 0.7), (2030, 0.7)]
)
def test_between_anchors_is_linear_and_outside_is_held(year, expected):
    got = at_years(series({2010: 0.2, 2015: 0.7}), [year], ["name"], ["share"])
    assert got["share"].tolist() == pytest.approx([expected])
    assert got["year"].tolist() == [year]
    assert got["note"].tolist() == ["n"]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(2000, 2025))
def test_shares_that_sum_to_one_still_do(first, last, year):
    frame = pd.concat(
        [
            series({2005: first, 2015: last}),
            series({2005: 1 - first, 2015: 1 - last}).assign(name="b"),
        ]
    )
    got = at_years(frame, [year], ["name"], ["share"])
    assert got["share"].sum() == pytest.approx(1)
    assert got["share"].between(0, 1).all()


def test_a_set_that_names_the_category_or_fuel_replaces_one_for_any():
    stated = pd.DataFrame(
        [
            ("CN", "*", "*", "stoker", "filter", 0.5),
            ("CN", "*", "*", "stoker", "cyclone", 0.2),
            ("CN", "*", "coal", "stoker", "filter", 0.6),
            ("CN", "1A1a", "*", "stoker", "filter", 0.9),
            ("CN", "1A2f", "coal", "*", "filter", 0.1),
            ("EU", "1A4ai", "*", "stoker", "filter", 0.3),
        ],
        columns=["scope", "nfr", "fuel", "technology", "control", "penetration"],
    )
    uses = pd.DataFrame(
        [("1A1a", "coal", "stoker"), ("1A2f", "coal", "stoker"), ("1A2f", "peat", "stoker")],
        columns=["nfr", "fuel", "technology"],
    )

    made = spell_out(stated, uses)

    got = {key: sorted(part["penetration"]) for key, part in made.groupby(uses.columns.tolist())}
    assert got == {
        ("1A1a", "coal", "stoker"): [0.9],
        ("1A2f", "coal", "stoker"): [0.6],
        ("1A2f", "peat", "stoker"): [0.2, 0.5],
        ("1A2f", "coal", "*"): [0.1],
    }
