"""What is shared with another inventory isn't independent of it."""

import pandas as pd
import pytest

from bc_inventory.analysis.review.independence import independence
from bc_inventory.schema import check, read_csv
from tests.analysis.frames import emissions


def row(region, kt, **fields):
    return {"region": region, "activity": kt * 1000, "emission_factor": 1000.0} | fields


def ties(*rows):
    names = ["inventory", "side", "component", "source_id", "nfr", "kind"]
    return pd.DataFrame(rows, columns=names)


TABLE = emissions(
    row("DE", 1.0, activity_source="statistics"),
    row("FR", 2.0, activity_source="statistics;model", share_source="survey"),
    row("PL", 3.0, activity_source="survey", nfr="1A2f", gnfr="B_Industry", share_source="model"),
    row("CN-HE", 9.0, side="CN", activity_source="model"),
)


def shares(table, side="EU", sector="*"):
    chosen = table[(table["side"] == side) & (table["sector"] == sector)]
    return chosen.set_index("kind")["emission_kt"].to_dict()


def test_a_row_counts_once_at_its_strongest_tie():
    table = independence(
        TABLE,
        ties(
            ("X", "EU", "activity", "statistics", "*", "statistics"),
            ("X", "EU", "activity", "model", "*", "result"),
        ),
    )
    assert shares(table) == {"statistics": 1.0, "result": 2.0, "none": 3.0}
    assert shares(table, sector="B_Industry") == {"none": 3.0}
    assert table.groupby("sector")["share"].sum().to_numpy() == pytest.approx(1.0)
    # The tie is of the EU: nothing is said of the other domain.
    assert set(table["side"]) == {"EU"}
    check(table.assign(year=2018, factor_set="harmonised"), "independence")


def test_a_tie_holds_for_its_component_and_category():
    table = independence(TABLE, ties(("X", "*", "share", "model", "1A2f", "result")))
    assert shares(table) == {"result": 3.0, "none": 3.0}
    assert shares(table, "CN") == {"none": 9.0}


def test_part_of_a_name_is_no_tie():
    table = independence(TABLE, ties(("X", "*", "activity", "mod", "*", "result")))
    assert shares(table) == {"none": 6.0}


def test_ties_are_of_inventories_that_are_compared(root):
    shared = read_csv(root / "data" / "comparability" / "shared_sources.csv", "shared_sources")
    compared = set(pd.read_csv(root / "data" / "benchmarks.csv")["inventory"])
    assert set(shared["inventory"]) <= compared
    for name in ("sources", "sectors"):
        known = pd.read_csv(root / "data" / f"{name}.csv").iloc[:, 0]
        column = {"sources": "source_id", "sectors": "nfr"}[name]
        assert set(shared[column]) <= {*known, "*"}
