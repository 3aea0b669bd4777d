"""Bring quantities of a fuel to its canonical unit.

Fuels that burn for energy are counted in TJ net, products and open burning in
kt. Mass, volume, gross energy and CO2 of a fuel reach its net energy only
through a calorific value or a CO2 factor with a source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import JoinError, Problem
from bc_inventory.inventory.intervals import expected, stated
from bc_inventory.inventory.scope import narrowest

__all__ = ["canonical_unit", "energy_content", "to_canonical"]

# The unit a calorific value has for each kind of quantity it turns into energy.
_PER = {"fuel_mass": "TJ/kt", "fuel_volume": "TJ/m^3", "fuel_energy_gross": "TJ/TJ_GCV"}
_CONTENT = ["ncv_id", "content", "sigma_content", "skew_content"]
_QUANTITY = {
    "fuel_energy": "TJ",
    "fuel_energy_gross": "TJ_GCV",
    "fuel_mass": "kt",
    "fuel_volume": "m^3",
    "co2_mass": "kt",
    "product_mass": "kt",
    "distance": "1e6 vehicle_km",
}


def canonical_unit(fuel: pd.Series, fuels: pd.DataFrame) -> pd.Series:
    """Return the canonical activity unit of each fuel: `TJ` or `kt`.

    Parameters
    ----------
    fuel : pandas.Series of str
        Fuels of the contract `fuels`.
    fuels : pandas.DataFrame
        Contract `fuels`.
    """
    by_mass = fuels.set_index("fuel")["kind"].isin(["waste", "product"])
    return fuel.map(by_mass).map({True: "kt", False: "TJ"})


def energy_content(calorific: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Return the calorific value that holds in each region, by kind of quantity.

    Parameters
    ----------
    calorific : pandas.DataFrame
        Contract `calorific_values`.
    regions : pandas.DataFrame
        Contract `regions`.

    Returns
    -------
    pandas.DataFrame
        `region, fuel, quantity_kind, ncv_id, content, sigma_content, skew_content`; the
        expected content in TJ/kt, TJ/m^3 or TJ/TJ_GCV by kind.
    """
    kinds = []
    for kind, unit in _PER.items():
        fits = calorific["unit"].map(lambda given, unit=unit: units.same_dimension(given, unit))
        part = calorific[fits].assign(quantity_kind=kind)
        spread = stated(part, "value")
        part["sigma_content"], part["skew_content"] = spread.deviation, spread.skew
        part["content"] = units.convert(expected(part, "value", spread), part["unit"], unit)
        kinds.append(part)
    spread = narrowest(pd.concat(kinds, ignore_index=True), regions, ["fuel", "quantity_kind"])
    return spread[["region", "fuel", "quantity_kind", *_CONTENT]]


def to_canonical(
    frame: pd.DataFrame,
    calorific: pd.DataFrame,
    co2: pd.DataFrame,
    fuels: pd.DataFrame,
    regions: pd.DataFrame,
) -> pd.DataFrame:
    """Convert quantities to the canonical unit of their fuel.

    Parameters
    ----------
    frame : pandas.DataFrame
        Has `region, fuel, quantity, unit, quantity_kind`.
    calorific, co2, fuels, regions : pandas.DataFrame
        Contracts `calorific_values`, `co2_factors`, `fuels`, `regions`.

    Returns
    -------
    pandas.DataFrame
        `frame` with `activity`, `activity_unit`, `ncv_id` (NA where none was
        needed), and as `conversion` what names its draw, with `sigma_conversion` and
        `skew_conversion`; the deviation is negative where a figure is divided by it.

    Raises
    ------
    JoinError
        If a quantity can't reach the canonical unit: no calorific value for a
        mass, volume or gross energy, no CO2 factor for CO2, a fuel's energy
        where a product's mass is counted.
    UnitError
        If a unit doesn't fit its quantity kind.
    """
    content = pd.concat(
        [energy_content(calorific, regions), _co2_content(co2, regions)], ignore_index=True
    )
    converted = frame.merge(
        content, on=["region", "fuel", "quantity_kind"], how="left", validate="many_to_one"
    )
    converted["activity_unit"] = canonical_unit(converted["fuel"], fuels).to_numpy()
    base = np.full(len(converted), np.nan)
    for kind, unit in _QUANTITY.items():
        rows = (converted["quantity_kind"] == kind).to_numpy()
        base[rows] = units.convert(
            converted.loc[rows, "quantity"], converted.loc[rows, "unit"], unit
        )
    energy = converted["activity_unit"] == "TJ"
    needs = energy & (converted["quantity_kind"] != "fuel_energy")
    direct = (energy & (converted["quantity_kind"] == "fuel_energy")) | (
        ~energy & converted["quantity_kind"].isin(["product_mass", "fuel_mass"])
    )
    lost = ~(direct | (needs & converted["content"].notna()))
    if lost.any():
        raise JoinError([_no_way(row) for row in converted[lost].itertuples()])
    converted["activity"] = np.where(direct, base, base * converted["content"])
    converted["sigma_conversion"] = converted["sigma_content"].where(needs, 0.0)
    converted["skew_conversion"] = converted["skew_content"].where(needs, 0.0)
    converted["ncv_id"] = converted["ncv_id"].where(needs, None)
    converted["conversion"] = converted["ncv_id"]
    return converted.drop(columns=_CONTENT[1:])


def _co2_content(co2: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    spread = stated(co2, "value")
    content = co2.assign(
        quantity_kind="co2_mass",
        ncv_id="co2:" + co2["fuel"],
        content=1.0 / units.convert(expected(co2, "value", spread), "t/TJ", "kt/TJ"),
        sigma_content=-spread.deviation,
        skew_content=spread.skew,
    )
    return regions[["region"]].merge(content[["fuel", "quantity_kind", *_CONTENT]], how="cross")


def _no_way(row: object) -> Problem:
    kind, fuel = row.quantity_kind, row.fuel  # type: ignore[attr-defined]
    return Problem(
        found=f"{kind} of {fuel} in {row.region} ({row.quantity:g} {row.unit})",  # type: ignore[attr-defined]
        expected="a calorific value or CO2 factor that turns it into net energy",
        column="quantity",
        remedy=f"Add a row for {fuel} to calorific_values.csv or co2_factors.csv, with its source.",
    )
