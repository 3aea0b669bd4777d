"""Synthetic emissions under the contract, and the embedded spatial tables."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.spatial.proxies import Tables, read_tables

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


@pytest.fixture(scope="session")
def compliance_checker() -> str:
    """Return the IOOS compliance checker; its absence is a failure in CI and a skip elsewhere.

    It lives in an environment of its own, so that it doesn't hold back ours:
    `BC_INVENTORY_COMPLIANCE_CHECKER` names the command.
    """
    named = os.environ.get("BC_INVENTORY_COMPLIANCE_CHECKER", "compliance-checker")
    found = shutil.which(named)
    if found is None:
        message = f"{named} isn't installed; `pip install compliance-checker` in a venv of its own"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found
