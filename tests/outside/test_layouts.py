"""Layouts that publishers serve or users save, read as the ones that were known before."""

import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import read_any

HEAD = """\
# WebDab output on Mon Jan 20 18:25:46 2025
# Format: ISO2;YEAR;SECTOR;POLLUTANT;UNIT;NUMBER/FLAG
"""


def emep(tmp_path, *rows):
    path = tmp_path / "emep.txt"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_any(path).data


@pytest.mark.shared
def test_an_aggregate_by_its_official_spelling(shared):
    table = read_any(shared / "cases/public/17_gnfr_spelling/emep.txt").data
    assert dict(zip(table["sector"], table["value_kt"], strict=True)) == {
        "A_PublicPower": 1.5,
        "C_OtherStatComb": 2.0,
    }


@pytest.mark.parametrize(
    ("written", "sector"),
    [
        ("GNFR C_OtherStationaryComb", "C_OtherStatComb"),
        ("K_AgriLivestock", "K_AgriLivestock"),
        ("N14 1A1a", "1A1a"),
        ("NFR14 1A1a", "1A1a"),
        ("NFR19 1A1b", "1A1b"),
        ("NFR 19 1A1b", "1A1b"),
    ],
)
def test_a_sector_in_the_spelling_of_another_edition(tmp_path, written, sector):
    table = emep(tmp_path, f"XK;2018;{written};BC;Gg;1.25")
    assert table[["region", "sector", "value_kt"]].to_numpy().tolist() == [["XK", sector, 1.25]]


@pytest.mark.parametrize("written", ["C_RoadTransport", "C_Solvents", "Q_PublicPower", "NFR19 1Z9"])
def test_a_sector_that_is_none_is_refused(tmp_path, written):
    with pytest.raises(DataError, match=r"emep\.txt, row 3, column SECTOR"):
        emep(tmp_path, f"DE;2018;{written};BC;Gg;1.25")


TSV = "freq,nrg_bal,siec,unit,geo\\TIME_PERIOD\t2019 \t2020 \n"


def eurostat(tmp_path, text, name="nrg.tsv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_any(path).data.sort_values(["region", "year"])


@pytest.mark.shared
def test_a_selection_of_countries_with_the_union(shared):
    table = read_any(shared / "cases/public/18_eurostat_subset_and_layouts/subset.tsv").data
    assert table.groupby("region")["quantity"].sum().to_dict() == {
        "DE": 10,
        "FR": 12,
        "EU27_2020": 200,
    }


def test_the_header_before_2023_says_the_same(tmp_path):
    new = eurostat(tmp_path, TSV + "A,FC_OTH_HH_E,SOLID,TJ,DE\t5\t6 e\n")
    old = eurostat(
        tmp_path,
        TSV.replace("freq,", "").replace("TIME_PERIOD", "time")
        + "FC_OTH_HH_E,SOLID,TJ,DE\t5\t6 e\n",
    )
    assert new.equals(old)


def test_ktoe_is_read_and_compared_with_tj(tmp_path):
    rows = "A,GIC,SOLID,KTOE,DE\t10\t20\n"
    assert eurostat(tmp_path, TSV + rows)["unit"].tolist() == ["ktoe", "ktoe"]
    both = rows + "A,GIC,SOLID,TJ,DE\t418.68\t837.36\n"
    assert len(eurostat(tmp_path, TSV + both)) == 4
    with pytest.raises(DataError, match="one fact in two units"):
        eurostat(tmp_path, TSV + both.replace("837.36", "873.36"))


SDMX = "freq,nrg_bal,siec,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
FIGURE = "A,GIC,BIOE,KTOE,AL,1990,363.022,e"


def test_sdmx_csv_2_says_the_same_as_1(tmp_path):
    one = eurostat(
        tmp_path,
        f"DATAFLOW,LAST UPDATE,{SDMX}\nESTAT:NRG_BAL_C(1.0),02/05/25 23:00:00,{FIGURE}\n",
        "x.csv",
    )
    two = eurostat(
        tmp_path,
        f"STRUCTURE,STRUCTURE_ID,{SDMX}\ndataflow,ESTAT:NRG_BAL_C(1.0),{FIGURE}\n",
        "x.csv",
    )
    assert one.equals(two)
    assert two["quantity"].tolist() == [363.022]
