"""Benchmarks that publishers' files give: sums of EMEP-CEIP and REAS by region and sector."""

from __future__ import annotations

import pandas as pd

from bc_inventory.readers.registry import read_any
from bc_inventory.schema import table
from curation.maker import Maker, Roots, by_source, read_fact

__all__ = ["MAKER", "benchmarks"]

_FILE = "benchmarks.csv"
_CEIP = "data/emep-ceip-bc/EMEP_NFR14_LEVEL1_BC.txt"
_REAS = "data/reas-v3.2-bc"
_ALL = "*"
_FIRST, _LAST = 2000, 2022
# Years with totals of single regions, and the year with their sectors; sums of a side have all.
_MEMBER_YEARS, _MEMBER_SECTORS = (2015, 2018, 2022), 2018
_PROVINCE_YEARS, _PROVINCE_SECTORS = (2015,), 2015


def benchmarks(roots: Roots) -> pd.DataFrame:
    """Return the rows of both inventories, contract `benchmarks`."""
    sides = read_fact(roots, "regions").set_index("region")["side"]
    both = pd.concat([_ceip(roots, sides), _reas(roots, sides)], ignore_index=True)
    both["emission_kt"] = both["emission_kt"].map(_printed)
    return both.assign(confidence="high").reindex(columns=table("benchmarks").names)


def _printed(value: float) -> float:
    """Round to three decimals, or to four significant figures below 1."""
    return round(value, 3) if value >= 1 else float(f"{value:.4g}")


def _sums(rows: pd.DataFrame, side: str, years: tuple[int, ...], by_sector: int) -> pd.DataFrame:
    """Return sums of a side for all years, and of its regions for some, by sector and in all."""
    some = rows[rows["year"].isin(years)]
    some = some[some["sector"].eq(_ALL) | some["year"].eq(by_sector)]
    both = pd.concat([rows.assign(region=side), some], ignore_index=True)
    sums = both.groupby(["year", "region", "sector"], as_index=False)["value_kt"].sum()
    return sums.rename(columns={"value_kt": "emission_kt"})


def _ceip(roots: Roots, sides: pd.Series) -> pd.DataFrame:
    """Return sums of CEIP's sectors; a sector without emissions has no row."""
    rows = read_any(roots.shared / _CEIP).frame
    rows = rows[rows["region"].map(sides).eq("EU") & rows["sector_level"].eq("part")]
    rows = rows[rows["year"].between(_FIRST, _LAST) & rows["value_kt"].notna()]
    rows = pd.concat([rows, rows.assign(sector=_ALL)], ignore_index=True)
    result = _sums(rows, "EU", _MEMBER_YEARS, _MEMBER_SECTORS).query("emission_kt > 0")
    result = result.assign(
        inventory=f"EMEP-CEIP {rows['version'].iloc[0]}", scheme="GNFR14", source_id="ceip-webdab"
    )
    note = "sum of 25 members; AT and LU report none"
    return result.assign(note=result["region"].eq("EU").map({True: note, False: None}))


def _reas(roots: Roots, sides: pd.Series) -> pd.DataFrame:
    """Return sums of provinces; their totals are those that REAS prints."""
    files = sorted((roots.shared / _REAS).glob("EM_TBL_SECTOR_CHN_*_BC.txt"))
    rows = pd.concat(read_any(path).frame for path in files)
    rows = rows[rows["region"].map(sides).eq("CN") & rows["year"].ge(_FIRST)]
    rows = rows.assign(sector=rows["sector"].replace({"TOTAL": _ALL}))
    result = _sums(rows, "CN", _PROVINCE_YEARS, _PROVINCE_SECTORS).assign(
        inventory="REAS v3.2", scheme="REAS3", source_id="reas-v3.2"
    )
    return result.assign(note=result["region"].eq("CN").map({True: "31 provinces", False: None}))


MAKER = Maker(
    "benchmarks",
    _FILE,
    "sums of sectors and regions; three decimals, below 1 four significant figures",
    (f"shared/{_CEIP}", f"shared/{_REAS}/", "data/regions.csv"),
    lambda roots: {_FILE: benchmarks(roots)},
    by_source("ceip-webdab", "reas-v3.2"),
)
