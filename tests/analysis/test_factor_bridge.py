"""A bridge has no gap: its parts sum to the difference."""

import pandas as pd
import pytest

from bc_inventory.analysis.decomposition.factor_bridge import bridge, implied_factors
from tests.analysis.frames import emissions

SECTOR_OF = {"1A4bi": "home", "1A3biii": "road"}
OTHER = pd.DataFrame(
    {"region": ["DE", "DE", "AT"], "sector": ["home", "road", "home"], "emission_kt": [9.0, 1, 4]}
)


def tables():
    base = emissions(
        {"activity": 1e5, "emission_factor": 50.0},
        {
            "nfr": "1A3biii",
            "fuel": "diesel",
            "technology": "hdv_diesel_euro3",
            "activity": 1e5,
            "emission_factor": 20.0,
            "abatement": 0.5,
        },
    )
    via = base.assign(
        emission_factor=base["emission_factor"] * 1.2, emission_kt=base["emission_kt"] * 1.2
    )
    return base, via


def test_the_bridge_by_hand():
    """5 kt becomes 6 by the factor and 9 by the rest; 1 becomes 1.2 and goes back to 1."""
    made = bridge(*tables(), OTHER, SECTOR_OF).set_index(["region", "sector", "head"])["part_kt"]
    assert made["DE", "home", "emission_factor"] == pytest.approx(1.0)
    assert made["DE", "home", "rest"] == pytest.approx(3.0)
    assert made["DE", "road", "emission_factor"] == pytest.approx(0.2)
    assert made["DE", "road", "rest"] == pytest.approx(-0.2)
    assert made.groupby(["region", "sector"]).sum().to_dict() == pytest.approx(
        {("DE", "home"): 4.0, ("DE", "road"): 0.0}
    )


def test_what_it_implies_on_our_activity():
    made = implied_factors(tables()[0], OTHER, SECTOR_OF).set_index(["region", "sector"])
    assert made.loc[("DE", "home"), "times"] == pytest.approx(1.8)
    assert made.loc[("DE", "road"), "largest"] == (
        "1 kt from 1e+05 TJ of diesel in hdv_diesel_euro3 at 20 g/GJ, 50% removed"
    )
    assert ("AT", "home") not in made.index
