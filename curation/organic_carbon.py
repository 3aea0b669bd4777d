"""Organic carbon of both sides, from inventories that publish it beside black carbon.

EDGAR's rows are its countries without fires of fossil fuel (5.B) and without what tyres and
roads give (1.A.3.b_RES); MEIC's are all its sectors.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory.readers.registry import read_any
from bc_inventory.schema import read_csv, table
from curation.maker import Maker, Roots

__all__ = ["MAKER", "organic_carbon"]

_EDGAR = "data/edgar-v8.1-workbook-format/EDGAR_OC_1970_2022.xlsx"
_MEIC = "data/meic-format/Fig3_MEIC_detail_Zheng_etal_2018.xlsx"
_FIRST, _LAST = 2000, 2022
_LEFT_OUT = ("5.B", "1.A.3.b_RES")


def organic_carbon(roots: Roots) -> pd.DataFrame:
    """Return sums by inventory, year and side, contract `organic_carbon`."""
    result = pd.concat([_edgar(roots.shared / _EDGAR, roots), _meic(roots.shared / _MEIC)])
    result = result.assign(emission_kt=result["value_kt"].round(3), confidence="high")
    return result[table("organic_carbon").names]


def _edgar(path: Path, roots: Roots) -> pd.DataFrame:
    rows = read_any(path, species="OC").frame
    rows = rows[(rows["sector_level"] == "part") & ~rows["sector"].isin(_LEFT_OUT)]
    rows = rows[rows["year"].between(_FIRST, _LAST)]
    regions = read_csv(roots.data / "regions.csv", "regions").query("side != 'none'")
    sides = regions.set_index("region")["side"]
    # EDGAR has countries: members of one side, and the other as a whole.
    sides = pd.concat([sides, pd.Series(sides.unique(), sides.unique())])
    sums = rows.assign(side=rows["region"].map(sides)).dropna(subset=["side"])
    result = sums.groupby(["year", "side"], as_index=False)["value_kt"].sum()
    return result.assign(
        inventory="EDGAR v8.1",
        source_id="edgar-v8.1-ap",
        note="sum of countries without fires of fossil fuel and road wear",
    )


def _meic(path: Path) -> pd.DataFrame:
    rows = read_any(path, species="OC").frame
    rows = rows[(rows["species"] == "OC") & (rows["sector_level"] == "part")]
    result = rows.groupby("year", as_index=False)["value_kt"].sum()
    return result.assign(
        side="CN",
        inventory="MEIC Zheng 2018",
        source_id="meic-zheng-2018",
        note="sum of sectors; open burning is outside MEIC",
    )


MAKER = Maker(
    "organic carbon",
    "organic_carbon.csv",
    "sums of countries and sectors",
    (f"shared/{_EDGAR}", f"shared/{_MEIC}", "data/regions.csv"),
    lambda roots: {"organic_carbon.csv": organic_carbon(roots)},
)
