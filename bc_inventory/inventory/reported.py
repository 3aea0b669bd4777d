"""Activity that a compiler reports by category and fuel, in place of what is harmonised.

A national agency or a city knows its activity in the terms of the inventory: so much of this
fuel in that category. Such a figure replaces whatever mappings and drivers give for the same
year, region, category and fuel, and carries the flag `reported`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bc_inventory import units
from bc_inventory.inventory.intervals import expected, stated

__all__ = ["REPORTED", "quantity_kind", "reported", "with_reported"]

# Begins the name of such an activity, and of the statistics behind it.
REPORTED = "reported:"
_KEY = ["year", "region", "nfr", "fuel"]
# What the unit of a quantity makes it; a mass is that of a fuel or of a product.
_LIKE = {
    "fuel_energy": "TJ",
    "fuel_energy_gross": "TJ_GCV",
    "fuel_mass": "kt",
    "fuel_volume": "m^3",
}


def quantity_kind(unit: pd.Series) -> pd.Series:
    """Return the quantity kind that each unit stands for.

    Parameters
    ----------
    unit : pandas.Series of str
        Units of `schema.common.QUANTITY_UNITS`.

    Returns
    -------
    pandas.Series of str
        As in `activity_published`; `distance` for what is neither energy, mass nor volume.

    Examples
    --------
    >>> quantity_kind(pd.Series(["GJ", "10^4 t", "1e6 vehicle_km"])).tolist()
    ['fuel_energy', 'fuel_mass', 'distance']
    """

    def kind(text: str) -> str:
        fits = (name for name, like in _LIKE.items() if units.same_dimension(text, like))
        return next(fits, "distance")

    return unit.map({text: kind(text) for text in unit.unique()})


def reported(table: pd.DataFrame, regions: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return the reported activity of some regions and years, as `harmonise` gathers it.

    Parameters
    ----------
    table : pandas.DataFrame
        Contract `activity_reported`.
    regions : pandas.DataFrame
        Rows of contract `regions` that are estimated.
    years : sequence of int
        Calendar years.

    Returns
    -------
    pandas.DataFrame
        One row for each reported figure, in its own unit. Its whole uncertainty is that of the
        region alone, and no other figure shares its draw.
    """
    chosen = table["region"].isin(regions["region"]) & table["year"].isin(list(years))
    rows = table[chosen].reset_index(drop=True)
    quantity = stated(rows, "quantity")
    name = REPORTED + rows["nfr"].astype(str) + ":" + rows["fuel"].astype(str)
    return rows[[*_KEY, "unit", "tier", "confidence", "note"]].assign(
        quantity=expected(rows, "quantity", quantity),
        quantity_kind=quantity_kind(rows["unit"]),
        activity_id=name,
        source_sector=name,
        statistics_source=rows["source_id"],
        activity_source=rows["source_id"],
        flag="reported",
        driver=None,
        notation_key=None,
        sigma_activity=0.0,
        skew_activity=0.0,
        sigma_local=quantity.deviation,
        skew_local=quantity.skew,
    )


def with_reported(harmonised: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Return harmonised activity with reported figures in place of those of the same key.

    Parameters
    ----------
    harmonised : pandas.DataFrame
        Has `year, region, nfr, fuel`.
    given : pandas.DataFrame
        From `reported`.
    """
    if given.empty:
        return harmonised
    replaced = pd.MultiIndex.from_frame(harmonised[_KEY]).isin(
        pd.MultiIndex.from_frame(given[_KEY])
    )
    return pd.concat([harmonised[~replaced], given], ignore_index=True)
