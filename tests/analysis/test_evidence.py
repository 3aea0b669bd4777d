"""What an inventory rests on, by hand."""

import pandas as pd
import pytest

from bc_inventory.analysis.review.evidence import by_tier, evidence_tables
from bc_inventory.schema import check
from tests.analysis.frames import emissions

KNOWN = {
    "activity_confidence": "high",
    "share_confidence": "medium",
    "factor_confidence": "high",
    "activity_source": "eurostat",
    "share_source": "stock",
    "tier": 2,
}


def row(region, kt, weakest, **fields):
    return (
        KNOWN
        | {
            "region": region,
            "activity": kt * 1000,
            "emission_factor": 1000.0,
            "confidence": weakest,
            "sigma_local": 0.0,
        }
        | fields
    )


@pytest.fixture
def table():
    """Six kt of the EU, three of them on an assumed split, two on a control from memory."""
    return emissions(
        row("DE", 1.0, "medium"),
        row("FR", 3.0, "assumed", share_confidence="assumed", share_source="judgement"),
        row(
            "PL",
            2.0,
            "recalled",
            nfr="1A2f",
            gnfr="B_Industry",
            abatement_confidence="recalled",
            abatement_source="memory;guideline",
            abatement_nfr="*",
            abatement_fuel="*",
            abatement_technology="stove",
            abatement_scope="EU",
        ),
    )


def by_label(rows, component, sector="*"):
    chosen = rows[(rows["component"] == component) & (rows["sector"] == sector)]
    return chosen.set_index("confidence")[["emission_kt", "share"]].round(9).T.to_dict("list")


def test_each_component_has_all_of_the_emission_by_its_own_label(table):
    rows, _ = evidence_tables(table)
    assert by_label(rows, "activity") == {"high": [6.0, 1.0]}
    assert by_label(rows, "share") == {"assumed": [3.0, 0.5], "medium": [3.0, 0.5]}
    assert by_label(rows, "abatement") == {
        "none": [4.0, pytest.approx(4 / 6)],
        "recalled": [2.0, pytest.approx(2 / 6)],
    }
    assert by_label(rows, "weakest")["assumed"] == [3.0, 0.5]
    assert by_label(rows, "weakest", "B_Industry") == {"recalled": [2.0, 1.0]}
    stamped = rows.assign(year=2018, factor_set="harmonised")
    assert len(check(stamped, "evidence")) == len(rows)


def test_what_no_source_supports_comes_by_what_rests_on_it(table):
    _, facts = evidence_tables(table)
    assert facts[["component", "fact", "emission_kt"]].to_numpy().tolist() == [
        ["share", "fuelwood/stove:1A4bi:fuelwood", 3.0],
        ["abatement", "EU:*:*:stove", 2.0],
    ]
    assert facts["source_id"].tolist() == ["judgement", "guideline;memory"]
    assert facts["share"].tolist() == pytest.approx([0.5, 1 / 3])
    assert facts["needed"].str.len().min() > 0
    stamped = facts.assign(year=2018, factor_set="harmonised")
    assert len(check(stamped, "evidence_open")) == 2


def test_the_variance_is_shared_out_once(table):
    """Components other than the weakest add up to one, and so do rows by their weakest."""
    rows, facts = evidence_tables(table)
    whole = rows[rows["sector"] == "*"].groupby(rows["component"] == "weakest")
    assert whole["share_of_variance"].sum().tolist() == pytest.approx([1.0, 1.0])
    split = rows[rows["sector"] != "*"].groupby(rows["component"] == "weakest")
    assert split["share_of_variance"].sum().tolist() == pytest.approx([1.0, 1.0])
    # One factor and one activity for all rows: their variance is theirs alone.
    factor = rows[(rows["component"] == "factor") & (rows["sector"] == "*")]
    assert factor["share_of_variance"].iloc[0] > 0.8
    assert facts["share_of_variance"].tolist() == [0.0, 0.0]


def test_an_inventory_without_open_facts_has_none():
    rows, facts = evidence_tables(emissions(row("DE", 1.0, "medium")))
    assert facts.empty
    assert set(rows["confidence"]) == {"high", "medium", "none"}


def test_tiers_add_up(table):
    tiers = by_tier(table)
    assert tiers["emission_kt"].tolist() == [6.0]
    assert tiers["share"].tolist() == [1.0]


def test_domains_stand_apart(table):
    both = pd.concat([table, emissions(row("CN-HE", 9.0, "medium", side="CN"))])
    rows, _ = evidence_tables(both)
    whole = rows[(rows["component"] == "weakest") & (rows["sector"] == "*")]
    assert whole.groupby("side")["emission_kt"].sum().to_dict() == {"CN": 9.0, "EU": 6.0}
