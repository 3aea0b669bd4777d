"""Categories that move much in a year, and what moves them.

A category that gains or loses a third of its emission in a year has a cause: what was burnt, a
revision of statistics, or figures that begin or end. The change is split over the chain of the
emission (`bc_inventory.analysis.decomposition`), and over regions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.decomposition.decompose import split
from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.reference.limits import review_limits
from bc_inventory.schema import table
from bc_inventory.schema.counted import counted
from bc_inventory.schema.enumerations import Level

__all__ = ["category_steps", "category_steps_step", "large_steps"]

_LISTED = 3


def category_steps_step(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    """Write the steps of categories above the limits, with what moves them.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions` and `totals` of the build; `limits` (contract `review_limits`).
    outputs : dict of str to Path
        `category_steps`, Parquet.
    """
    totals = schema.read_parquet(inputs["totals"], "totals")
    steps = large_steps(totals, review_limits(inputs["limits"]))
    # Of other categories no row is read.
    wanted = [("nfr", "in", [*sorted(set(steps["nfr"])), ""])]
    rows = counted(pd.read_parquet(inputs["emissions"], filters=wanted))
    schema.write_tables({"category_steps": category_steps(rows, steps)}, outputs)


def large_steps(totals: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Return the categories of domains that moved by more than the limit in a year.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`. Years that are incomplete for a domain are left out.
    limits : mapping of str to float
        `category_share` and `category_step`.

    Returns
    -------
    pandas.DataFrame
        year (the later one), side, factor_set, nfr, emission_kt, previous_kt, change (a fraction
        of the year before; absent from zero), share (of the domain, the larger of the two years).
    """
    series = ["side", "factor_set"]
    whole = totals[(totals["level"] == Level.SIDE) & ~incomplete(totals)]
    sums = whole[[*series, "year", "emission_kt"]].rename(columns={"emission_kt": "side_kt"})
    rows = totals[totals["level"] == Level.SIDE_NFR].merge(sums, on=[*series, "year"])
    now = rows[[*series, "nfr", "year", "emission_kt", "side_kt"]]
    before = now.assign(year=now["year"] + 1).rename(
        columns={"emission_kt": "previous_kt", "side_kt": "previous_side_kt"}
    )
    # A category may be without a row in either year.
    years = sums.merge(sums.assign(year=sums["year"] + 1), on=[*series, "year"])[[*series, "year"]]
    both = now.merge(before, on=[*series, "nfr", "year"], how="outer").merge(years)
    both[["emission_kt", "previous_kt"]] = both[["emission_kt", "previous_kt"]].fillna(0.0)
    shares = both["emission_kt"] / both["side_kt"], both["previous_kt"] / both["previous_side_kt"]
    both["share"] = pd.concat(shares, axis=1).max(axis=1)
    moved = both["emission_kt"] - both["previous_kt"]
    both["change"] = moved / both["previous_kt"].where(both["previous_kt"] > 0)
    large = moved.abs() > limits["category_step"] * both["previous_kt"]
    chosen = both[large & (both["share"] > limits["category_share"])]
    return chosen.drop(columns=["side_kt", "previous_side_kt"]).reset_index(drop=True)


def category_steps(emissions: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Say what moves categories: the head of the chain, the regions and fuels, and flags.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`, the categories of the steps in all years.
    steps : pandas.DataFrame
        From `large_steps`.

    Returns
    -------
    pandas.DataFrame
        Contract `category_steps`.
    """
    rows = emissions[emissions["emission_kt"].notna()]
    groups = dict(tuple(rows.groupby(["side", "factor_set", "nfr", "year"], observed=True)))
    nothing = rows.iloc[:0]
    causes = []
    for step in steps.itertuples():
        key = (step.side, step.factor_set, step.nfr)
        now = groups.get((*key, step.year), nothing)
        before = groups.get((*key, step.year - 1), nothing)
        parts = split(before, now, by=["region", "nfr"]).table(["region"])
        heads = parts.groupby("head", sort=False)["part_kt"].sum()
        head = heads.abs().idxmax()
        flags = {word for text in now["flag"].dropna().unique() for word in text.split(";")}
        causes.append(
            {
                "head": head,
                "head_kt": heads[head],
                "where": _where(before, now),
                "flags": ";".join(sorted(flags)) or None,
            }
        )
    columns = ["head", "head_kt", "where", "flags"]
    found = steps.join(pd.DataFrame(causes, index=steps.index, columns=columns))
    return found[table("category_steps").names]


def _where(before: pd.DataFrame, now: pd.DataFrame) -> str:
    """Name the regions and fuels that move most, with their kt."""
    by = ["region", "fuel"]
    sums = [part.groupby(by, observed=True)["emission_kt"].sum() for part in (before, now)]
    moved = sums[1].sub(sums[0], fill_value=0.0)
    largest = moved.reindex(moved.abs().sort_values(ascending=False, kind="stable").index)
    return "; ".join(
        f"{region} {fuel} {kt:+.3g} kt" for (region, fuel), kt in largest.head(_LISTED).items()
    )
