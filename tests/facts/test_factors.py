"""What the factor-side fact tables must hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema, units

TABLES = (
    "sources",
    "sectors",
    "fuels",
    "technologies",
    "technology_shares",
    "emission_factors",
    "abatement",
    "penetration",
    "calorific_values",
    "coal_equivalents",
    "road_factor_basis",
    "co2_factors",
)
SCOPES = {"EU", "CN", "EU-WEST", "EU-CENTRAL", "CN-NORTH", "CN-SOUTH"}


@pytest.fixture(scope="module")
def facts(root: Path) -> dict[str, pd.DataFrame]:
    data = root / "data"
    first = {
        name: schema.read_csv(data / f"{name}.csv", name)
        for name in ("sources", "sectors", "fuels", "technologies", "abatement")
    }
    known = {
        "sources.source_id": set(first["sources"]["source_id"]),
        "sectors.nfr": set(first["sectors"]["nfr"]),
        "fuels.fuel": set(first["fuels"]["fuel"]),
        "technologies.technology": set(first["technologies"]["technology"]),
        "abatement.control": set(first["abatement"]["control"]),
        "regions.scope": SCOPES,
    }
    return {name: schema.read_csv(data / f"{name}.csv", name, known=known) for name in TABLES}


@pytest.fixture(scope="module")
def harmonised(facts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    table = facts["emission_factors"]
    return table[table["factor_set"] == "harmonised"].set_index(["technology", "fuel"])


def test_harmonised_factors_hold_for_both_sides_and_once(harmonised: pd.DataFrame) -> None:
    assert (harmonised["side"] == "*").all()
    assert (harmonised["nfr"] == "*").all()
    assert not harmonised.index.duplicated().any()


def test_bc_is_at_most_pm25_of_the_same_row(facts: dict[str, pd.DataFrame]) -> None:
    table = facts["emission_factors"].dropna(subset="pm25_value")
    assert len(table) > 300
    assert (table["value"] <= table["pm25_value"]).all()


def test_factors_are_positive_with_an_interval_that_has_width(
    facts: dict[str, pd.DataFrame],
) -> None:
    table = facts["emission_factors"]
    assert (table["value_lower"] > 0).all()
    assert (table["value_lower"] < table["value"]).all()
    assert (table["value"] < table["value_upper"]).all()


def test_every_technology_of_a_split_has_a_harmonised_factor(
    facts: dict[str, pd.DataFrame], harmonised: pd.DataFrame
) -> None:
    used = set(
        facts["technology_shares"][["technology", "fuel"]].itertuples(index=False, name=None)
    )
    assert used - set(harmonised.index) == set()


def test_shares_add_up_to_one_in_each_anchor_year(facts: dict[str, pd.DataFrame]) -> None:
    shares = facts["technology_shares"]
    sums = shares.groupby(["scope", "nfr", "fuel", "year"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-9)
    each = shares.groupby(["scope", "nfr", "fuel"])
    assert (each.size() == each["technology"].nunique() * each["year"].nunique()).all()


def test_penetrations_add_up_to_at_most_one(facts: dict[str, pd.DataFrame]) -> None:
    by = ["scope", "nfr", "fuel", "technology", "year"]
    assert facts["penetration"].groupby(by)["penetration"].sum().max() <= 1 + 1e-9


def test_grams_per_gigajoule_and_per_kilogram_meet_in_the_calorific_value() -> None:
    per_kg = units.factor("g/GJ", "g/TJ") * 72.3 * units.factor("MJ/kg", "TJ/kg") * 20.908
    assert per_kg / (20.908 * units.factor("MJ/kg", "TJ/kg")) == pytest.approx(72.3e3)
