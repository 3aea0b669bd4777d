"""Transcribed totals against the publishers' own files."""

import pandas as pd
import pytest

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

BENCHMARKS = read_csv(data_root() / "benchmarks.csv", "benchmarks")
KEY = ["inventory", "year", "region", "sector"]
TABLE = BENCHMARKS.set_index(KEY)["emission_kt"]


def test_published_totals():
    assert TABLE["EMEP-CEIP 2025-01-20", 2015, "EU", "*"] == pytest.approx(232.9, abs=0.05)
    assert TABLE["EMEP-CEIP 2025-01-20", 2022, "EU", "*"] == pytest.approx(181.5, abs=0.06)
    assert TABLE["REAS v3.2", 2015, "CN", "*"] == pytest.approx(1642.4, abs=0.05)
    assert TABLE["REAS v3.2", 2015, "CN-SC", "*"] == pytest.approx(88.58, abs=0.005)


def test_members_without_a_report_have_no_row():
    emep = BENCHMARKS[BENCHMARKS["inventory"] == "EMEP-CEIP 2025-01-20"]
    assert not set(emep["region"]) & {"AT", "LU"}


def test_parts_add_up_to_their_totals():
    sectors = BENCHMARKS[BENCHMARKS["sector"] != "*"]
    sums = sectors.groupby(["inventory", "year", "region"])["emission_kt"].sum()
    stated = TABLE.xs("*", level="sector").reindex(sums.index)
    assert stated.notna().all()
    assert (sums - stated).abs().max() < 0.01


@pytest.mark.shared
def test_emep_rows_are_those_of_the_file(shared):
    path = shared / "data" / "emep-ceip-bc" / "EMEP_NFR14_LEVEL1_BC.txt"
    file = pd.read_csv(
        path,
        sep=";",
        comment="#",
        names=["region", "year", "sector", "pollutant", "unit", "kt"],
        keep_default_na=False,
    )
    file["letter"] = file["sector"].str[0]
    mine = BENCHMARKS[
        (BENCHMARKS["inventory"] == "EMEP-CEIP 2025-01-20") & (BENCHMARKS["year"] == 2018)
    ]
    mine = mine[(mine["sector"] != "*") & (mine["region"] != "EU")]
    mine = mine.assign(letter=mine["sector"].str[0])
    both = mine.merge(file[file["year"] == 2018], on=["region", "letter"], validate="one_to_one")
    assert len(both) == len(mine)
    assert (both["emission_kt"] - both["kt"]).abs().max() < 5e-4


@pytest.mark.shared
def test_reas_rows_are_those_of_the_files(shared):
    mine = BENCHMARKS[(BENCHMARKS["inventory"] == "REAS v3.2") & (BENCHMARKS["year"] == 2015)]
    provinces = mine[mine["region"].str.startswith("CN-")]
    assert provinces["region"].nunique() == 31
    for region, rows in provinces.groupby("region"):
        name = f"EM_TBL_SECTOR_CHN_{region[3:]}_BC.txt"
        lines = (shared / "data" / "reas-v3.2-bc" / name).read_text().splitlines()
        column = lines[1].split().index("2015") - len(lines[1].split())
        stated = {line.split()[0]: float(line.split()[column]) for line in lines[2:] if line}
        stated["*"] = stated.pop("TOTAL")
        found = rows.set_index("sector")["emission_kt"].to_dict()
        assert found == pytest.approx(stated, abs=5e-4)
