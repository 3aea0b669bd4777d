"""Verdicts come from rows, and silence isn't agreement."""

import pandas as pd
import pytest

from bc_inventory.analysis.comparison.comparability import (
    comparability,
    defined_as,
    overall,
    read_definitions,
)
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from bc_inventory.schema.compare import ASPECTS

SECTORS = pd.DataFrame(
    [
        ("ours", "1A4bi", "home"),
        ("REAS", "1A4bi", "home"),
        ("ours", "1A4ai", "services"),
        ("ours", "1A4ci", "services"),
        ("REAS", "1A4ai+1A4ci", "services"),
        ("ours", "3F", "field"),
    ],
    columns=["inventory", "target", "sector"],
)


def definitions(*rows):
    full = [
        (name, sector, aspect, value, family)
        for name in ("ours", "REAS")
        for sector, aspect, value, family in [("*", a, "same", "f") for a in ASPECTS]
    ]
    frame = pd.DataFrame(full, columns=["inventory", "sector", "aspect", "value", "family"])
    more = pd.DataFrame(list(rows), columns=frame.columns)
    return pd.concat([frame, more]).drop_duplicates(["inventory", "sector", "aspect"], keep="last")


def verdict(matrix, sector, aspect):
    row = matrix[(matrix["sector"] == sector) & (matrix["aspect"] == aspect)].iloc[0]
    return row["verdict"], row["why"]


def test_verdicts():
    rows = definitions(
        ("REAS", "*", "condensables", "solid", "f"),
        ("REAS", "*", "field_burning", "left out", "g"),
        ("REAS", "home", "biomass_class", "own class", None),
    )
    rows = rows[~((rows["inventory"] == "ours") & (rows["aspect"] == "measurement"))]
    matrix = comparability(rows, SECTORS)
    assert verdict(matrix, "home", "off_road") == ("agree", "same")
    # The pair is (REAS, ours): names are in order.
    assert verdict(matrix, "home", "condensables") == ("partly", "solid / same")
    assert verdict(matrix, "home", "field_burning") == ("not", "left out / same")
    assert verdict(matrix, "home", "biomass_class") == ("not", "own class / same")
    assert verdict(matrix, "services", "biomass_class")[0] == "agree"
    assert verdict(matrix, "home", "measurement") == ("unknown", "same / not stated")


def test_scope_asks_how_a_sector_is_parted():
    matrix = comparability(definitions(), SECTORS)
    assert verdict(matrix, "home", "scope") == ("agree", "same")
    assert verdict(matrix, "services", "scope") == (
        "partly",
        "parted as 1A4ai+1A4ci / 1A4ai, 1A4ci",
    )
    assert verdict(matrix, "field", "scope") == ("not", "REAS has no such sector")


def test_the_worst_aspect_decides():
    rows = definitions(("REAS", "*", "condensables", "solid", "f"))
    made = overall(comparability(rows, SECTORS)).set_index("sector")
    assert made.loc["home", ["verdict", "why"]].tolist() == ["partly", "condensables"]
    assert made.loc["field", ["verdict", "why"]].tolist() == ["not", "scope"]
    calm = overall(comparability(definitions(), SECTORS)).set_index("sector")
    assert calm.loc["home", ["verdict", "why"]].tolist() == ["agree", ""]


@pytest.mark.parametrize(
    ("file", "contract"),
    [
        ("benchmarks.csv", "benchmarks"),
        ("comparability/definitions.csv", "inventory_definitions"),
        ("implied_factor_ranges.csv", "implied_factor_ranges"),
        ("measures.csv", "measures"),
        ("review_limits.csv", "review_limits"),
        ("targets.csv", "targets"),
    ],
)
def test_embedded_tables_cite_known_sources(file, contract):
    rows = read_csv(data_root() / file, contract)
    sources = set(read_csv(data_root() / "sources.csv", "sources")["source_id"])
    assert set(rows["source_id"]) <= sources


# Inventories that a user brings, defined for all their releases.
FAMILIES = {"CEDS", "EDGAR", "GAINS", "HTAP", "REAS v2.1"}


def test_inventories_of_the_definitions_are_those_of_the_benchmarks_or_ours():
    known = set(read_csv(data_root() / "benchmarks.csv", "benchmarks")["inventory"])
    assert set(read_definitions()["inventory"]) <= known | FAMILIES | {
        "bc_inventory harmonised",
        "bc_inventory official",
    }


def test_a_family_stands_for_its_releases_unless_they_have_their_own():
    names = ["EDGAR", "GAINS", "GAINS ECLIPSE v6b", "REAS v3.2"]
    assert defined_as("EDGAR v8.1", names) == "EDGAR"
    assert defined_as("GAINS ECLIPSE v6b", names) == "GAINS ECLIPSE v6b"
    assert defined_as("GAINS v4", names) == "GAINS"
    assert defined_as("REAS v3.21", names) is None
    sectors = SECTORS.replace({"inventory": {"REAS": "REAS v9"}})
    assert verdict(comparability(definitions(), sectors), "home", "off_road") == ("agree", "same")
