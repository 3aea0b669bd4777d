"""How much of an inventory is independent of each inventory that it is compared with."""

from __future__ import annotations

import pandas as pd

from bc_inventory.inventory.components import CONFIDENCE_OF

__all__ = ["KINDS", "independence"]

# What a row may share with another inventory, the strongest tie first; `none` shares nothing known.
KINDS = ("result", "statistics", "factors", "none")
_ANY = "*"


def independence(rows: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """Return the emission by what its rows share with other inventories.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions` of one year and factor set, rows with a figure and no memo items.
    shared : pandas.DataFrame
        Contract `shared_sources`: sources that an inventory is or uses too.

    Returns
    -------
    pandas.DataFrame
        Contract `independence` but for the year and factor set: by inventory, domain and sector
        the emission and share of each of `KINDS`. A row counts once, at its strongest tie.
    """
    parts = []
    for side, of_side in rows.groupby("side", observed=True, sort=True):
        mine = shared[shared["side"].isin([side, _ANY])]
        for inventory, ties in mine.groupby("inventory", sort=True):
            tied = of_side[["gnfr", "emission_kt"]].assign(kind=_ties(of_side, ties))
            for sector in (tied["gnfr"].astype(str), _ANY):
                sums = tied.assign(sector=sector).groupby(["sector", "kind"])["emission_kt"].sum()
                table = sums.reset_index().assign(side=side, inventory=inventory)
                whole = table.groupby("sector")["emission_kt"].transform("sum")
                parts.append(table.assign(share=(table["emission_kt"] / whole).fillna(0.0)))
    columns = ["inventory", "side", "sector", "kind", "emission_kt", "share"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _ties(rows: pd.DataFrame, ties: pd.DataFrame) -> pd.Series:
    """Return the strongest tie of each row to one inventory."""
    rank = pd.Series(len(KINDS) - 1, index=rows.index)
    for component in CONFIDENCE_OF:
        cited = rows[f"{component}_source"].fillna("").astype(str)
        mine = ties[ties["component"] == component]
        for tie in mine.itertuples():
            words = {
                cell: tie.source_id in [word.strip() for word in cell.split(";")]
                for cell in cited.unique()
            }
            applies = cited.map(words).astype(bool)
            if tie.nfr != _ANY:
                applies &= rows["nfr"] == tie.nfr
            rank = rank.where(~applies, rank.clip(upper=KINDS.index(str(tie.kind))))
    return rank.map(dict(enumerate(KINDS)))
