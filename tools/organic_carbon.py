"""Write data/organic_carbon.csv from the publishers' files.

Run as `python tools/organic_carbon.py [FOLDER]`, FOLDER being the publishers' files beside the
repository (`../shared/data`). EDGAR's rows are its countries without fires of fossil fuel (5.B)
and without what tyres and roads give (1.A.3.b_RES); MEIC's are all its sectors.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from bc_inventory.readers.registry import read_any
from bc_inventory.reference.codelists import members

ROOT = Path(__file__).resolve().parent.parent
FIRST, LAST = 2000, 2022
LEFT_OUT = ("5.B", "1.A.3.b_RES")


def edgar(path: Path) -> pd.DataFrame:
    """Return the sums of both sides by year."""
    rows = read_any(path, species="OC").frame
    rows = rows[(rows["sector_level"] == "part") & ~rows["sector"].isin(LEFT_OUT)]
    rows = rows[rows["year"].between(FIRST, LAST)]
    of = {region: "EU" for region in members("EU")} | {"CN": "CN"}
    sums = rows.assign(side=rows["region"].map(of)).dropna(subset=["side"])
    made = sums.groupby(["year", "side"], as_index=False)["value_kt"].sum()
    return made.assign(
        inventory="EDGAR v8.1",
        source_id="edgar-v8.1-ap",
        note="sum of countries without fires of fossil fuel and road wear",
    )


def meic(path: Path) -> pd.DataFrame:
    """Return the national sums by year."""
    rows = read_any(path, species="OC").frame
    rows = rows[(rows["species"] == "OC") & (rows["sector_level"] == "part")]
    made = rows.groupby("year", as_index=False)["value_kt"].sum()
    return made.assign(
        side="CN",
        inventory="MEIC Zheng 2018",
        source_id="meic-zheng-2018",
        note="sum of sectors; open burning is outside MEIC",
    )


def table(folder: Path) -> pd.DataFrame:
    """Return the table of facts."""
    made = pd.concat(
        [
            edgar(folder / "edgar-v8.1-workbook-format" / "EDGAR_OC_1970_2022.xlsx"),
            meic(folder / "meic-format" / "Fig3_MEIC_detail_Zheng_etal_2018.xlsx"),
        ]
    )
    made = made.assign(emission_kt=made["value_kt"].round(3), confidence="high")
    columns = ["inventory", "year", "side", "emission_kt", "confidence", "source_id", "note"]
    return made[columns].sort_values(columns[:3], ignore_index=True)


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    path = ROOT / "data" / "organic_carbon.csv"
    table(folder).to_csv(path, index=False, lineterminator="\n")
    print(path)


if __name__ == "__main__":
    main()
