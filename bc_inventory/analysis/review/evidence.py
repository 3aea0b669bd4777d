"""What the emission of an inventory rests on: confidence, tiers and sources of its rows."""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema.enumerations import Level

__all__ = ["by_evidence", "source_use"]

_SOURCE_COLUMNS = ("activity_source", "share_source", "factor_source", "abatement_source")


def by_evidence(rows: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Return the emission of each domain by the weakest of what made each row.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions` of one year and factor set, rows with a figure and no memo items.
    totals : pandas.DataFrame
        Contract `totals` of that year and factor set.

    Returns
    -------
    pandas.DataFrame
        side, aspect (confidence, tier), value, emission_kt, share of the domain's total.
    """
    whole = totals[totals["level"] == Level.SIDE].set_index("side")["emission_kt"]
    parts = []
    for aspect in ("confidence", "tier"):
        by = rows.assign(value=rows[aspect].astype(str))
        sums = by.groupby(["side", "value"], as_index=False)["emission_kt"].sum()
        share = sums["emission_kt"] / sums["side"].astype(str).map(whole)
        parts.append(sums.assign(aspect=aspect, share=share))
    return pd.concat(parts, ignore_index=True)


def source_use(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the emission that rests on each cited source.

    Parameters
    ----------
    rows : pandas.DataFrame
        As of `by_evidence`.

    Returns
    -------
    pandas.DataFrame
        source_id, used_for (its uses, separated by commas), emission_kt (of the largest use).
    """
    parts = []
    for column in _SOURCE_COLUMNS:
        cited = rows.groupby(column, as_index=False)["emission_kt"].sum()
        split = cited.assign(source_id=cited[column].str.split(";")).explode("source_id")
        split["source_id"] = split["source_id"].str.strip()
        sums = split[split["source_id"] != ""].groupby("source_id", as_index=False)
        parts.append(sums["emission_kt"].sum().assign(used_for=column.removesuffix("_source")))
    used = pd.concat(parts, ignore_index=True)
    return used.groupby("source_id", as_index=False).agg(
        emission_kt=("emission_kt", "max"),
        used_for=("used_for", lambda matches: ", ".join(sorted(set(matches)))),
    )
