"""The EMEP Annex I (NFR) workbook of a region from the emission table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.readers.nfr_annex import write_annex
from bc_inventory.schema import table
from bc_inventory.schema.enumerations import Level

__all__ = ["as_inventory", "write_nfr"]

_KEY_ORDER = ("NE", "C", "IE", "NR", "NA", "NO")


def as_inventory(
    emissions: pd.DataFrame, *, version: str, totals: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return an emission table as figures by NFR category (contract `inventory`).

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of one factor set.
    version : str
        Version of the release.
    totals : pandas.DataFrame, optional
        Contract `totals` of that factor set, whose figures are taken; memo items, which it
        doesn't hold, are summed.

    Returns
    -------
    pandas.DataFrame
        A figure where any part of the category has one, otherwise its
        strongest notation key. A category that is partly without a figure
        names the keys in its note. One whose total is incomplete is NE.
    """
    by = ["year", "region", "nfr", "species", "memo"]
    rank = {key: place for place, key in enumerate(_KEY_ORDER)}
    ranked = emissions.assign(_rank=emissions["notation_key"].map(rank).astype(float))
    groups = ranked.groupby(by, sort=True)
    frame = groups["emission_kt"].sum(min_count=1).rename("value_kt").to_frame()
    strongest = groups["_rank"].min().map(dict(enumerate(_KEY_ORDER))).astype(object)
    has = frame["value_kt"].notna()
    if totals is not None:
        rows = totals[totals["level"] == Level.REGION_NFR].assign(memo=False)
        published = rows.set_index(by)["emission_kt"].reindex(frame.index)
        frame["value_kt"] = published.where(has & published.notna(), frame["value_kt"])
        short = rows[incomplete(rows)].set_index(by).index
        lacks = frame.index.isin(short)
        frame.loc[lacks, "value_kt"] = float("nan")
        has &= ~lacks
        strongest = strongest.where(~lacks, "NE")
    frame["notation_key"] = strongest.where(~has & strongest.notna(), None)
    partial = has & strongest.notna() & (strongest != "NO")
    frame["note"] = ("part of it " + strongest.astype(str)).where(partial, None)
    frame = frame.reset_index().rename(columns={"nfr": "sector"})
    memo = frame["memo"].astype(bool)
    frame = frame.assign(
        inventory="bc_inventory",
        version=version,
        scheme="NFR14",
        source_region=frame["region"],
        region_level=frame["region"].str.contains("-").map({True: "part", False: "country"}),
        sector_level=memo.map({True: "memo", False: "part"}),
        fuel=None,
        unit="kt",
        source_id="bcinv-release",
    )
    return frame[table("inventory").names]


def write_nfr(
    emissions: pd.DataFrame,
    path: Path,
    *,
    region: str,
    version: str,
    written: dt.date,
    totals: pd.DataFrame | None = None,
) -> Path:
    """Write the Annex I workbook of a region.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of one factor set.
    path : Path
        File to write.
    region : str
        Member state or province.
    version : str
        Version of the release.
    written : datetime.date
        Date in the head of each sheet.
    totals : pandas.DataFrame, optional
        See `as_inventory`.

    Raises
    ------
    DataError
        If the region isn't in the table.
    """
    rows = emissions[emissions["region"] == region]
    figures = as_inventory(rows, version=version, totals=totals)
    return write_annex(figures, path, region=region, version=version, written=written)
