"""Factors of road vehicles per energy, from distance, fraction and consumption.

    factor = PM2.5 per km x EC fraction / energy per km

Its interval adds, as variances of logarithms, those of PM2.5 and of energy, and a standard
deviation of 10 % for the fraction.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.schema import table
from curation.intervals import Z
from curation.maker import Maker, Roots, by_source, read_fact

__all__ = ["MAKER", "road_factors"]

_SOURCE = "bcinv-road-per-energy"
_FRACTION = 0.10
_COLUMNS = ("value", "value_lower", "value_upper", "pm25_value")


def road_factors(roots: Roots) -> pd.DataFrame:
    """Return the factors and their bounds, g/GJ, with the key of `emission_factors`."""
    rows = read_fact(roots, "emission_factors").query("source_id == @_SOURCE")
    key = list(table("emission_factors").key)
    basis = read_fact(roots, "road_factor_basis")
    both = rows[[*dict.fromkeys([*key, "technology", "fuel"])]].merge(
        basis, on=["technology", "fuel"]
    )
    mass = both["pm25"] / both["energy"] * units.factor("mg/MJ", "g/GJ")
    # The bounds of PM2.5 are a factor up and down; its lower bound is printed rounded.
    of_mass = np.log(both["pm25_upper"] / both["pm25"]) / Z
    of_energy = np.log(both["energy_upper"] / both["energy_lower"]) / (2 * Z)
    deviation = np.sqrt(of_mass**2 + of_energy**2 + _FRACTION**2)
    value = mass * both["ec_fraction"]
    spread = np.exp(Z * deviation)
    result = {
        "value": value,
        "value_lower": value / spread,
        "value_upper": value * spread,
        "pm25_value": mass,
    }
    return both[key].assign(**{name: each.map(_four) for name, each in result.items()})


def _four(value: float) -> float:
    return float(f"{value:.4g}")


MAKER = Maker(
    "road factors",
    "emission_factors.csv",
    "PM2.5 per km times EC fraction over energy per km; intervals add as variances of logarithms",
    ("data/road_factor_basis.csv", "data/emission_factors.csv"),
    lambda roots: {"emission_factors.csv": road_factors(roots)},
    by_source(_SOURCE),
    _COLUMNS,
)
