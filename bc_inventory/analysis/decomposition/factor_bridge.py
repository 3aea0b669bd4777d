"""Explain the difference to an inventory that publishes no activity.

Its figures can't be chained with ours, but two things can be said exactly.
How much of the difference goes away if our own table is made with the factors
its authors were recommended (a bridge through that table). And what emission
per activity it implies on our activity, next to ours.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bc_inventory.analysis.decomposition.decompose import decompose
from bc_inventory.schema.counted import counted

__all__ = ["bridge", "implied_factors"]

_CELL = ["region", "sector"]


def bridge(
    base: pd.DataFrame,
    via: pd.DataFrame,
    other: pd.DataFrame,
    sector_of: Mapping[str, str],
) -> pd.DataFrame:
    """Split `other - base` into a step through a third table and the rest.

    Parameters
    ----------
    base, via : pandas.DataFrame
        Contract `emissions` of one year: ours, and ours with other factors.
    other : pandas.DataFrame
        region, sector, emission_kt of the other inventory.
    sector_of : mapping of str to str
        Common sector of each NFR category, from the alignment.

    Returns
    -------
    pandas.DataFrame
        region, sector, head, part_kt: the heads of `decompose` from base to
        via, and `rest` from via to other. They sum to the difference of a
        cell. Cells without a figure in the other inventory are left out.
    """
    tables = [
        frame.assign(sector=frame["nfr"].map(sector_of)).dropna(subset=["sector"])
        for frame in (base, via)
    ]
    known = other.loc[other["emission_kt"].notna(), [*_CELL, "emission_kt"]]
    step = decompose(tables[0], tables[1], by=("region", "sector", "nfr"), keep=tuple(_CELL))
    step = step.merge(known[_CELL], on=_CELL)
    reached = counted(tables[1]).groupby(_CELL, as_index=False)["emission_kt"].sum(min_count=1)
    rest = known.merge(reached, on=_CELL, suffixes=("", "_via")).dropna()
    rest = rest.assign(head="rest", part_kt=rest["emission_kt"] - rest["emission_kt_via"])
    parts = pd.concat([step, rest[[*_CELL, "head", "part_kt"]]], ignore_index=True)
    return parts.sort_values(_CELL, kind="stable", ignore_index=True)


def implied_factors(
    emissions: pd.DataFrame, other: pd.DataFrame, sector_of: Mapping[str, str]
) -> pd.DataFrame:
    """Set what another inventory implies on our activity against ours.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of one year and factor set.
    other : pandas.DataFrame
        region, sector, emission_kt.
    sector_of : mapping of str to str
        Common sector of each NFR category.

    Returns
    -------
    pandas.DataFrame
        region, sector, ours_kt, other_kt, times (other over ours: by what
        our factors, or our activity, would have to be multiplied to meet it),
        largest: the rows that make most of ours, with activity, share, factor
        and abatement.
    """
    rows = emissions.assign(sector=emissions["nfr"].map(sector_of))
    rows = counted(rows[rows["sector"].notna() & (rows["emission_kt"] > 0)])
    ours = rows.groupby(_CELL, as_index=False)["emission_kt"].sum()
    both = ours.merge(
        other.loc[other["emission_kt"].notna(), [*_CELL, "emission_kt"]],
        on=_CELL,
        suffixes=("_ours", "_other"),
    ).rename(columns={"emission_kt_ours": "ours_kt", "emission_kt_other": "other_kt"})
    both["times"] = both["other_kt"] / both["ours_kt"]
    order = rows.sort_values([*_CELL, "emission_kt"], ascending=[True, True, False])
    words = order.groupby(_CELL).head(3)
    words = words.assign(text=words.apply(_words, axis=1))
    listed = words.groupby(_CELL)["text"].agg("; ".join).rename("largest").reset_index()
    return both.merge(listed, on=_CELL, how="left")


def _words(row: pd.Series) -> str:
    used = row["activity"] * row["share"]
    text = f"{row['emission_kt']:.3g} kt from {used:.3g} {row['activity_unit']} of {row['fuel']}"
    text += f" in {row['technology']} at {row['emission_factor']:.3g} {row['emission_factor_unit']}"
    if row["abatement"] > 0:
        text += f", {row['abatement']:.0%} removed"
    return text
