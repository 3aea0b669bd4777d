"""Mixes of wood appliances by hand and by their properties; kinds of household coal."""

import pandas as pd
import pytest

from bc_inventory.reference.paths import embedded_root
from bc_inventory.schema import read_csv
from curation.household_coal import coal_kinds
from curation.household_wood import wood_mix, wood_rows
from curation.maker import Roots, parameters


def test_a_mix_by_hand():
    parts = {"pellets": 0.2, "stoves": 3.0, "boilers": 1.0, "modern_boilers": 0.25}
    parts |= {"open": 0.1, "old": 0.5, "advanced": 0.2}
    made = wood_mix(pd.DataFrame([parts]), 3.0).loc[0]
    # Logs are 0.8, half of it in boilers (1 x 3 against 3).
    assert made["wood_boiler_conventional"] == pytest.approx(0.3)
    assert made["wood_fireplace"] == pytest.approx(0.04)
    assert made["wood_stove_conventional"] == pytest.approx(0.18)
    assert made["wood_stove_efficient"] == pytest.approx(0.108)
    assert made["wood_stove_ecolabelled"] == pytest.approx(0.072 + 0.1)
    assert made.sum() == pytest.approx(1.0)


def test_every_mix_is_whole_and_more_pellets_are_never_less_clean():
    rows = wood_rows(Roots())
    assert rows.groupby(["scope", "year"])["share"].sum().to_numpy() == pytest.approx(1.0)
    assert rows["share"].between(0, 1).all()
    pellets = rows[rows["technology"] == "wood_pellet"].pivot_table("share", "year", "scope")
    assert (pellets.diff().iloc[1:] >= 0).all().all()


def test_every_fact_of_the_stock_has_a_source_of_the_table():
    known = set(read_csv(embedded_root() / "sources.csv", "sources")["source_id"])
    stock = parameters("household_stock")
    assert set(stock["source_id"]) <= known
    assert stock.loc[stock["confidence"] == "assumed", "source_id"].unique() == ["bcinv-wood-stock"]


def test_what_rests_on_an_assumption_says_so():
    rows = wood_rows(Roots()).set_index(["scope", "technology", "year"])["confidence"]
    assert rows["PL", "wood_pellet", 2000] == "assumed"
    assert rows["PL", "wood_pellet", 2022] == "high"
    assert rows["DE", "wood_boiler_conventional", 2018] == "low"


@pytest.mark.shared
def test_polish_household_coal_is_hard_coal(shared):
    """265 PJ of hard coal, 4.2 of brown coal and 6.8 of coke in 2005, by the file's own rows."""
    rows = coal_kinds(Roots(shared=shared)).set_index(["scope", "fuel"])["share"]
    assert rows["PL", "hard_coal"] == pytest.approx(
        (264.67 + 3.41) / (264.67 + 4.19 + 6.81), abs=1e-3
    )
    assert rows["PL"].sum() == pytest.approx(1.0)
