"""Every component of a row of the default facts leads to rows of fact tables."""

import pytest

from bc_inventory.inventory.components import Component
from bc_inventory.reference.paths import embedded_root
from bc_inventory.release.explain.provenance import Provenance
from bc_inventory.storage.hashing import sha256_file


@pytest.fixture(scope="module")
def facts():
    root = embedded_root()
    inputs = [
        {"path": f"data/{path.name}", "sha256": sha256_file(path)}
        for path in sorted(root.glob("*.csv"))
    ]
    return Provenance({"inputs": inputs}, root)


@pytest.mark.parametrize(
    ("conversion", "found"),
    [
        ("ncv-cn-diesel-mass", [("calorific_values.csv", "42.652")]),
        ("co2:diesel", [("co2_factors.csv", "74.1")]),
        (
            "co2:diesel / ncv-eu-diesel-mass",
            [("co2_factors.csv", "74.1"), ("calorific_values.csv", "43.0")],
        ),
        (
            "co2:diesel;co2:natural_gas",
            [("co2_factors.csv", "74.1"), ("co2_factors.csv", "56.1")],
        ),
    ],
)
def test_what_converts_an_activity_is_a_row(facts, conversion, found):
    rows = facts.of(Component.CONVERSION, {"conversion": conversion}, 2018)
    assert [(row["table"], row["value"]) for row in rows] == found


def test_a_component_that_there_is_not_is_refused(facts):
    with pytest.raises(ValueError, match="weather"):
        facts.of("weather", {}, 2018)
