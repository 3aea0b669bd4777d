"""The fact tables of the project, read as the build reads them."""

from pathlib import Path

import pandas as pd
import pytest

from bc_inventory.inventory.facts import Facts, fact_paths, load_facts


@pytest.fixture(scope="session")
def facts(root: Path) -> Facts:
    return load_facts(fact_paths(root / "data"))


@pytest.fixture(scope="session")
def harmonised(facts: Facts) -> pd.DataFrame:
    table = facts.emission_factors
    return table[table["factor_set"] == "harmonised"].set_index(["technology", "fuel"])


@pytest.fixture(scope="session")
def candidates(shared: Path) -> pd.DataFrame:
    """Return the factors as transcribed from their publishers."""
    return pd.read_csv(shared / "factors" / "emission_factors.csv")
