"""Estimate emissions: activity x share x factor x (1 - abatement).

EMEP/EEA Guidebook part A ch. 3; IPCC 2006 Guidelines vol. 1 ch. 1. Each row of
the result is one technology, and holds all that makes its number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.inventory.abatement import add_abatement, removal
from bc_inventory.inventory.activity import join_words, weakest
from bc_inventory.inventory.components import CONFIDENCE_OF, product
from bc_inventory.inventory.factors import add_factors, add_shares
from bc_inventory.inventory.facts import Facts
from bc_inventory.schema import check, table

__all__ = ["apply_factors", "estimate", "uses_of"]

_NO_TECHNOLOGY = "none"


def estimate(
    activity: pd.DataFrame,
    facts: Facts,
    regions: pd.DataFrame,
    years: Sequence[int],
    factor_sets: Sequence[str],
) -> pd.DataFrame:
    """Return the emission table.

    Parameters
    ----------
    activity : pandas.DataFrame
        Contract `activity`.
    facts : Facts
        All fact tables.
    regions : pandas.DataFrame
        Rows of contract `regions` to estimate.
    years : sequence of int
        Calendar years.
    factor_sets : sequence of str
        Of `harmonised`, `official`.

    Returns
    -------
    pandas.DataFrame
        Contract `emissions`, sorted by its key. A category in the project's
        scope without any activity in a region has a row with a notation key.

    Raises
    ------
    JoinError
        If activity meets no technology, factor or calorific value.
    """
    numbers = activity[activity["activity"].notna()]
    split = add_shares(numbers, facts.technology_shares, regions, list(years))
    removed = removal(uses_of(split), facts.abatement, facts.penetration, regions, list(years))
    return apply_factors(activity, split, removed, facts, regions, years, factor_sets)


def uses_of(split: pd.DataFrame) -> pd.DataFrame:
    """Return what is burnt or made in what: the distinct nfr, fuel and technology of rows."""
    return split[["nfr", "fuel", "technology"]].drop_duplicates()


def apply_factors(
    activity: pd.DataFrame,
    split: pd.DataFrame,
    removed: pd.DataFrame,
    facts: Facts,
    regions: pd.DataFrame,
    years: Sequence[int],
    factor_sets: Sequence[str],
) -> pd.DataFrame:
    """Return the emission table of activity that is split over technologies.

    Parameters
    ----------
    activity : pandas.DataFrame
        Contract `activity`.
    split : pandas.DataFrame
        Its rows with a figure by technology, of `bc_inventory.inventory.factors.add_shares`.
    removed : pandas.DataFrame
        What controls remove, of `bc_inventory.inventory.abatement.removal`.
    facts, regions, years, factor_sets
        As `estimate` takes them.

    Returns
    -------
    pandas.DataFrame
        As `estimate` returns it.
    """
    split = split.merge(regions[["region", "side"]], on="region", validate="many_to_one")
    parts = []
    for factor_set in factor_sets:
        rows = add_factors(split, facts, regions, factor_set)
        rows = add_abatement(rows, removed)
        parts += [_multiply(rows), _without_figure(activity, facts, regions, years, factor_set)]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    sectors = facts.sectors[["nfr", "gnfr", "memo"]]
    rows = rows.drop(columns=["gnfr", "memo"], errors="ignore").merge(
        sectors, on="nfr", how="left", validate="many_to_one"
    )
    rules = table("emissions")
    emissions = rows.reindex(columns=rules.names)
    emissions["tier"] = emissions["tier"].astype("Int64")
    emissions = emissions.sort_values(list(rules.key), kind="stable", ignore_index=True)
    return check(emissions, rules)


def _multiply(rows: pd.DataFrame) -> pd.DataFrame:
    emissions = rows.assign(species="BC")
    uncontrolled = emissions["activity"] * emissions["share"] * (1.0 - emissions["abatement"])
    for column, factor in (("emission_kt", "emission_factor"), ("pm25_kt", "pm25_factor")):
        emissions[column] = 0.0
        for unit in emissions["activity_unit"].unique():
            of_unit = emissions["activity_unit"] == unit
            per = emissions.loc[of_unit, "emission_factor_unit"].iat[0]
            mass = (uncontrolled[of_unit] * emissions.loc[of_unit, factor]).to_numpy()
            emissions.loc[of_unit, column] = units.convert(mass, f"{unit} * {per}", "kt")
    emissions["lower_kt"], emissions["upper_kt"] = product(emissions).interval()
    emissions["tier"] = np.minimum(
        emissions["tier"].astype(int), emissions["factor_tier"].astype(int)
    )
    emissions["activity_confidence"] = emissions["confidence"]
    emissions["confidence"] = _weakest_of(emissions, list(CONFIDENCE_OF.values()))
    emissions["note"] = join_words(emissions["note"])
    return emissions


def _weakest_of(frame: pd.DataFrame, columns: list[str]) -> pd.Series:
    distinct = frame[columns].drop_duplicates()
    words = distinct.apply(lambda row: weakest(row.dropna()), axis=1)
    lookup = distinct.assign(_weakest=words)
    return frame[columns].merge(lookup, on=columns, how="left")["_weakest"].set_axis(frame.index)


def _without_figure(
    activity: pd.DataFrame,
    facts: Facts,
    regions: pd.DataFrame,
    years: Sequence[int],
    factor_set: str,
) -> pd.DataFrame:
    """Return a row with a notation key wherever the scope has no figure."""
    keyed = activity[activity["notation_key"].notna()]
    scope = facts.sectors.loc[facts.sectors["estimated"].astype(bool), ["nfr"]]
    wanted = scope.merge(regions[["region", "side"]], how="cross").merge(
        pd.DataFrame({"year": list(years)}), how="cross"
    )
    have = activity[["year", "region", "nfr"]].drop_duplicates()
    silent = wanted.merge(have, how="left", indicator=True)
    silent = silent[silent.pop("_merge") == "left_only"].assign(
        fuel="none", activity_id="none", notation_key="NE", note="no activity data found for it"
    )
    keyed = keyed.merge(regions[["region", "side"]], on="region")
    keys = pd.concat([keyed, silent], ignore_index=True)
    return keys.assign(
        technology=_NO_TECHNOLOGY, species="BC", factor_set=factor_set, activity=np.nan
    )
