"""The checks of a review: key categories, completeness, implied factors, breaks, verdicts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bc_inventory.analysis.review.checks import (
    completeness,
    implied_factor_outliers,
    series_breaks,
    summary,
)
from bc_inventory.analysis.review.key_categories import key_categories, uncertainty_from_interval
from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.reference.domains import domains
from bc_inventory.schema.counted import is_counted
from bc_inventory.schema.enumerations import FactorSet, Level

__all__ = ["guidebook_ranges", "key_tables", "review_tables"]

# A break is a step away from the median step, so there must be two at least.
_COLUMNS = [
    *("year", "side", "region", "nfr", "fuel", "factor_set", "notation_key"),
    *("activity", "activity_unit", "activity_source", "share", "abatement"),
    *("emission_factor", "emission_factor_unit", "factor_lower", "factor_upper", "factor_source"),
    *("emission_kt", "lower_kt", "upper_kt", "pm25_kt"),
]
_FEWEST_YEARS = 3


def key_tables(
    totals: pd.DataFrame, limits: Mapping[str, float], *, year: int, factor_set: str
) -> pd.DataFrame:
    """Return the assessment of key categories of each side.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`.
    limits : mapping of str to float
        Review limits.
    year : int
        Latest year; the first one that is whole for a side is the base year of its trend.
    factor_set : str
        Set of emission factors.

    Returns
    -------
    pandas.DataFrame
        side, and the columns of `key_categories`.
    """
    rows = totals[(totals["level"] == Level.SIDE_NFR) & (totals["factor_set"] == factor_set)]
    whole = totals[(totals["level"] == Level.SIDE) & ~incomplete(totals)]
    parts = []
    for side, part in rows.groupby("side", sort=False):
        first = int(whole.loc[whole["side"] == side, "year"].min())
        emissions = part.assign(uncertainty=uncertainty_from_interval(part))
        base = emissions[emissions["year"] == first] if first < year else None
        assessed = key_categories(emissions[emissions["year"] == year], limits, base)
        parts.append(assessed.assign(side=side))
    keys = pd.concat(parts, ignore_index=True)
    return keys[["side", *(name for name in keys if name != "side")]]


def guidebook_ranges(official: pd.DataFrame) -> pd.DataFrame:
    """Return the range of official factors by category and fuel.

    Parameters
    ----------
    official : pandas.DataFrame
        Contract `emissions`, official factors of the domains that others are judged by.

    Returns
    -------
    pandas.DataFrame
        nfr, fuel, unit, lower, upper: from the lowest lower bound, after
        control, to the highest upper bound.
    """
    rows = official[official["factor_upper"].notna()]
    passed = 1.0 - rows["abatement"].fillna(0.0)
    rows = rows.assign(lower=rows["factor_lower"] * passed, upper=rows["factor_upper"])
    result = rows.groupby(["nfr", "fuel", "emission_factor_unit"], as_index=False).agg(
        lower=("lower", "min"), upper=("upper", "max")
    )
    return result.rename(columns={"emission_factor_unit": "unit"})


def review_tables(
    emissions: pd.DataFrame,
    totals: pd.DataFrame,
    limits: Mapping[str, float],
    *,
    year: int,
    factor_set: str,
) -> dict[str, pd.DataFrame]:
    """Return the checks of a review.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of the year, all factor sets; memo items are left out.
    totals : pandas.DataFrame
        Contract `totals` of all years.
    limits : mapping of str to float
        Review limits.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.

    Returns
    -------
    dict of str to pandas.DataFrame
        checks (see `analysis.qaqc.summary`), completeness, outliers (all implied
        factors with their flags) and breaks (empty where the release has fewer than
        three years, in which case the check isn't passed but untested).
    """
    rows = (emissions["year"] == year) & is_counted(emissions)
    mine = emissions.loc[rows, _COLUMNS]
    counted = mine[mine["factor_set"] == factor_set]
    judges = [code for code, domain in domains().items() if domain.reference_factors]
    official = mine[(mine["factor_set"] == FactorSet.OFFICIAL) & mine["side"].isin(judges)]
    complete = completeness(counted)
    outliers = implied_factor_outliers(counted, limits, guidebook_ranges(official))
    series = totals[(totals["level"] == Level.REGION_GNFR) & (totals["factor_set"] == factor_set)]
    series = series.rename(columns={"gnfr": "sector"}).assign(inventory="bc_inventory")
    breaks = series_breaks(series, limits)
    tested = breaks if series["year"].nunique() >= _FEWEST_YEARS else None
    return {
        "checks": summary(complete, outliers, tested, counted),
        "completeness": complete,
        "outliers": outliers,
        "breaks": breaks,
    }
