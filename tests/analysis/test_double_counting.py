"""Each tonne is claimed once, and what doesn't fit is listed."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.analysis.comparison.double_counting import nest, read_claims
from bc_inventory.errors import DataError


def claims(*rows):
    defaults = {
        "name": "x",
        "inside": None,
        "kind": "area",
        "year": 2018,
        "region": None,
        "sector": "*",
        "species": "BC",
        "emission_kt": np.nan,
        "notation_key": None,
        "confidence": "high",
        "source_id": "x",
        "note": None,
    }
    return pd.DataFrame(
        [defaults | {"region": row["claim"]} | row for row in rows],
        columns=["claim", *defaults],
    )


PROVINCE = {"claim": "province", "emission_kt": 100.0}


def own(made):
    return made.claims.set_index("claim")["remaining_kt"]


def test_a_county_and_a_plant_are_taken_out_of_what_surrounds_them():
    made = nest(
        claims(
            PROVINCE,
            {"claim": "county", "inside": "province", "emission_kt": 30.0},
            {"claim": "plant", "inside": "county", "kind": "point", "emission_kt": 12.0},
        )
    )
    assert own(made).to_dict() == {"province": 70.0, "county": 18.0, "plant": 12.0}
    assert own(made).sum() == 100.0
    assert made.findings.empty


def test_only_the_same_sector_is_taken_out():
    made = nest(
        claims(
            {"claim": "province", "sector": "1A2c", "emission_kt": 10.0},
            {"claim": "province", "sector": "1A3bi", "emission_kt": 20.0},
            {"claim": "county", "inside": "province", "sector": "1A2c", "emission_kt": 4.0},
        )
    )
    result = made.claims.set_index(["claim", "sector"])["remaining_kt"]
    assert result["province", "1A2c"] == 6.0
    assert result["province", "1A3bi"] == 20.0


def test_inner_claims_beyond_the_outer_are_listed_and_not_lost():
    made = nest(claims(PROVINCE, {"claim": "city", "inside": "province", "emission_kt": 130.0}))
    assert own(made).to_dict() == {"province": 0.0, "city": 130.0}
    finding = made.findings.iloc[0]
    assert (finding["finding"], finding["claim"], finding["kt"]) == ("exceeds", "province", 30.0)


def test_two_claims_on_one_region_are_alternatives():
    made = nest(
        claims(
            PROVINCE,
            {"claim": "a", "region": "city", "inside": "province", "emission_kt": 30.0},
            {"claim": "b", "region": "city", "inside": "province", "emission_kt": 10.0},
        )
    )
    assert own(made).to_dict() == {"province": 70.0, "a": 30.0, "b": 0.0}
    finding = made.findings.iloc[0]
    assert (finding["finding"], finding["other"]) == ("alternative", "b")
    assert finding["ratio"] == pytest.approx(3.0)


def test_reductions_are_inside_their_sector_once():
    sector = {"claim": "sector", "emission_kt": 10.0}
    project = {"kind": "reduction", "inside": "sector"}
    made = nest(
        claims(
            sector,
            project | {"claim": "one", "emission_kt": 4.0},
            project | {"claim": "two", "emission_kt": 3.0},
        )
    )
    assert made.claims.set_index("claim").loc[
        "sector", ["remaining_kt", "reduced_kt"]
    ].tolist() == [
        10,
        7,
    ]
    assert made.findings.empty
    made = nest(
        claims(
            sector,
            project | {"claim": "one", "emission_kt": 8.0},
            project | {"claim": "two", "emission_kt": 8.0},
        )
    )
    assert made.findings["finding"].tolist() == ["overlap"]
    assert made.findings["kt"].tolist() == [6.0]


def test_a_claim_inside_what_has_no_figure_is_a_gap():
    made = nest(
        claims(
            {"claim": "province", "notation_key": "NE"},
            {"claim": "county", "inside": "province", "emission_kt": 5.0},
        )
    )
    assert made.findings["finding"].tolist() == ["gap"]
    assert own(made)["county"] == 5.0


def test_loops_strangers_and_two_parents_are_refused():
    with pytest.raises(DataError, match="Did you mean 'province'"):
        nest(claims(PROVINCE, {"claim": "county", "inside": "provinc"}))
    with pytest.raises(DataError, match="inside itself"):
        nest(claims({"claim": "a", "inside": "b"}, {"claim": "b", "inside": "a"}))
    with pytest.raises(DataError, match="several claims"):
        nest(
            claims(
                PROVINCE,
                {"claim": "other"},
                {"claim": "a", "inside": "province"},
                {"claim": "a", "inside": "other", "sector": "1A2c"},
            )
        )


def test_the_seed_cases():
    """Sichuan by guideline is a third of REAS; a county without a province; an eighth saved."""
    made = nest(read_claims())
    result = made.claims.set_index("claim")
    assert result.loc["china-reas", "remaining_kt"] == pytest.approx(1642.353 - 88.583)
    assert not result.loc["sichuan-guideline", "counted"]
    findings = made.findings.set_index("finding")
    assert findings.loc["alternative", "ratio"] == pytest.approx(88.583 / 28.7)
    assert findings.loc["alternative", "ratio"] == pytest.approx(3.1, abs=0.02)
    assert findings.loc["gap", "claim"] == "county-industry"
    commuting = result.loc["commuting-region"]
    assert commuting["reduced_kt"] / commuting["claimed_kt"] == pytest.approx(1 / 8)


@pytest.mark.shared
def test_a_claim_for_all_sectors_holds_the_reductions_in_each(shared):
    claims = read_claims(shared / "cases" / "working-group" / "claims.csv")
    done = nest(claims)
    row = done.claims.set_index("claim").loc["pl"]
    assert row["reduced_kt"] == pytest.approx(62.4)
    found = done.findings.set_index("finding")
    assert found.loc["overlap", "kt"] == pytest.approx(21.87)
    twice = found.loc["alternative"]
    assert (twice["claim"], twice["other"], twice["kt"]) == ("stoves-a", "stoves-b", 1.2)


def test_a_claim_for_one_sector_holds_no_reduction_of_another():
    rows = [
        ("area", "outer", None, "1A4bi", 10.0),
        ("reduction", "stoves", "outer", "1A4bi", 1.0),
        ("reduction", "lorries", "outer", "1A3biii", 4.0),
    ]
    claims = pd.DataFrame(
        [
            {
                "claim": claim, "inside": inside, "kind": kind, "year": 2018, "region": "PL",
                "sector": sector, "species": "BC", "emission_kt": kt,
            }
            for kind, claim, inside, sector, kt in rows
        ]
    )  # fmt: skip
    assert nest(claims).claims["reduced_kt"].tolist() == [1.0]
