"""Synthetic emissions under the contract, and the embedded spatial tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.spatial.tables import Tables, read_tables

CATEGORIES = {
    "1A1a": ("A_PublicPower", ("hard_coal", "natural_gas")),
    "1A1c": ("B_Industry", ("coke_product",)),
    "1A2f": ("B_Industry", ("brick", "hard_coal")),
    "1A2gviii": ("B_Industry", ("hard_coal",)),
    "1A3biii": ("F_RoadTransport", ("diesel",)),
    "1A3dii": ("G_Shipping", ("diesel",)),
    "1A4bi": ("C_OtherStationaryComb", ("hard_coal", "fuelwood")),
    "1B2c": ("D_Fugitive", ("flared_gas",)),
    "2A1": ("B_Industry", ("cement",)),
    "3F": ("L_AgriOther", ("crop_residue_field",)),
}


def contract_rows(rows: list[dict], year: int = 2018) -> pd.DataFrame:
    """Fill rows up to the contract of the emission table."""
    rules = schema.table("emissions")
    common = {
        "year": year,
        "technology": "any",
        "species": "BC",
        "factor_set": "harmonised",
        "memo": False,
        "activity_id": "synthetic",
    }
    frame = pd.DataFrame([{**common, **row} for row in rows])
    for column in rules.columns:
        if column.name not in frame:
            kind = {"number": "float64", "integer": "Int64", "boolean": "boolean", "string": "str"}
            frame[column.name] = pd.Series([None] * len(frame), dtype=kind[column.kind])
    return schema.check(frame[rules.names], "emissions")


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Return the embedded spatial tables."""
    return read_tables()


@pytest.fixture(scope="session")
def emissions(tables: Tables) -> pd.DataFrame:
    """Return emissions of every member state and province, some missing, one memo item."""
    random = np.random.default_rng(5)
    codes = sorted(tables.cells["region"].unique())
    kept_apart = {"PT-20", "PT-30", "ES-CN", "HK", "MO", "TW"}
    rows = [
        {
            "side": "CN" if code.startswith("CN-") else "EU",
            "region": code,
            "nfr": nfr,
            "gnfr": gnfr,
            "fuel": fuel,
            "emission_kt": float(random.lognormal(0, 1)),
        }
        for code in codes
        if code not in kept_apart
        for nfr, (gnfr, fuels) in CATEGORIES.items()
        for fuel in fuels
        if not (code == "LU" and nfr == "1A1c")
    ]
    rows[3] |= {"emission_kt": np.nan, "notation_key": "NE"}
    rows.append(rows[0] | {"nfr": "1A3di(i)", "memo": True, "fuel": "heavy_fuel_oil"})
    return contract_rows(rows)


@pytest.fixture(scope="session")
def sectors_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table of categories with names."""
    path = tmp_path_factory.mktemp("facts") / "sectors.csv"
    frame = pd.DataFrame(
        {
            "nfr": list(CATEGORIES),
            "gnfr": [gnfr for gnfr, _ in CATEGORIES.values()],
            "name": [f"name of {nfr}" for nfr in CATEGORIES],
            "name_zh": None,
            "ipcc_2006": None,
            "memo": False,
            "estimated": True,
            "source_id": "x",
        }
    )
    return schema.write_csv(frame, "sectors", path)


@pytest.fixture(scope="session")
def emissions_folder(emissions: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the emissions as a hive-partitioned folder."""
    folder = tmp_path_factory.mktemp("release") / "emissions"
    for side, part in emissions.groupby("side"):
        schema.write_parquet(part, "emissions", folder / f"side={side}" / "part-0.parquet")
    return folder


REAS_REGIONS = {
    **{"ANHU": "AH", "BEIJ": "BJ", "CHON": "CQ", "FUJI": "FJ", "GANS": "GS", "GUAD": "GD"},
    **{"GUAX": "GX", "GUIZ": "GZ", "HAIN": "HI", "HEBE": "HE", "HEIL": "HL", "HENA": "HA"},
    **{"HUBE": "HB", "HUNA": "HN", "JILI": "JL", "JINU": "JS", "JINX": "JX", "LIAO": "LN"},
    **{"NEMO": "NM", "NINX": "NX", "QING": "QH", "SHAA": "SN", "SHAN": "SH", "SHND": "SD"},
    **{"SHNX": "SX", "SICH": "SC", "TIAN": "TJ", "TIBE": "XZ", "XING": "XJ", "YUNN": "YN"},
    "ZHEJ": "ZJ",
}
# By position, since two columns are both named OTHERS.
REAS_COLUMNS = [
    *("1A1a", "1A1c", "1A2a", "1A2c", "1A2b", "1A2f", "1A2gviii", "1A3bi", "1A3biii", "1A3bii"),
    *("1A3biii", "1A3biv", "1A3biii", "1A3dii", "1A3c", "1A4bi", "1A4ai", "1A4ci", "1A4ai"),
]
REAS_FUELS = {"HARD_COAL": "hard_coal", "FUELWOOD": "fuelwood", "CROP_RESIDUE": "crop_residue"}
REAS_PROCESSES = {
    "PIG_IRON": ("2C1", "pig_iron"),
    "IRON_STEEL_OTHERS": ("2C1", "crude_steel"),
    "CMENT": ("2A1", "cement"),
    "BRICKS": ("1A2f", "brick"),
    "LIME": ("1A2f", "hard_coal"),
    "COKE_OVENS": ("1A1c", "coke_product"),
    "OTH_TRANSFORMATION": ("1A1c", "coke_product"),
}
CEIP_SECTORS = {
    "A_PublicPower": ("1A1a", "hard_coal"),
    "B_Industry": ("1A2gviii", "hard_coal"),
    "C_OtherStatComb": ("1A4bi", "fuelwood"),
    "D_Fugitive": ("1B2c", "flared_gas"),
    "F_RoadTransport": ("1A3biii", "diesel"),
    "G_Shipping": ("1A3dii", "diesel"),
    "H_Aviation": ("1A3aii(i)", "kerosene"),
    "I_Offroad": ("1A4cii", "diesel"),
    "J_Waste": ("5C2", "garden_waste"),
    "L_AgriOther": ("3F", "crop_residue_field"),
}


def _reas(folder: Path) -> list[tuple[str, str, str, str, float]]:
    rows = []
    for name, letters in REAS_REGIONS.items():
        text = (folder / f"REASv2.1_BC__2008_CHN_{name}.txt").read_text(encoding="ascii")
        burnt, process = text.split("Non-Combustion Sources")
        for line in burnt.splitlines():
            cells = line.split()
            if len(cells) == 21 and cells[0] != "SUB_TOTAL":
                for nfr, value in zip(REAS_COLUMNS, cells[1:20], strict=True):
                    fuel = REAS_FUELS.get(cells[0], "diesel")
                    rows.append(("CN", f"CN-{letters}", nfr, fuel, float(value) / 1e3))
        for line in process.splitlines():
            cells = line.split()
            if len(cells) == 2 and cells[0] in REAS_PROCESSES:
                rows.append(
                    ("CN", f"CN-{letters}", *REAS_PROCESSES[cells[0]], float(cells[1]) / 1e3)
                )
    return rows


def _ceip(file: Path, members: set[str]) -> list[tuple[str, str, str, str, float]]:
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        cells = line.split(";")
        if cells[0] in members and cells[1] == "2018" and cells[2] in CEIP_SECTORS:
            rows.append(("EU", cells[0], *CEIP_SECTORS[cells[2]], float(cells[5])))
    return rows


@pytest.fixture(scope="session")
def published(shared: Path, tables: Tables) -> pd.DataFrame:
    """Return totals as published: provinces by REAS v2.1 (2008), members by CEIP (2018)."""
    codes = set(tables.cells["region"].unique())
    members = {code for code in codes if len(code) == 2} - {"HK", "MO", "TW"}
    rows = _reas(shared / "data" / "reas-v2.1-bc-china") + _ceip(
        shared / "data" / "emep-ceip-bc" / "EMEP_NFR14_LEVEL1_BC.txt", members
    )
    frame = pd.DataFrame(rows, columns=["side", "region", "nfr", "fuel", "emission_kt"])
    frame = frame.groupby(["side", "region", "nfr", "fuel"], as_index=False)["emission_kt"].sum()
    frame.insert(3, "gnfr", frame["nfr"].str[:3])
    return frame
