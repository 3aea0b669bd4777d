"""The sums people check first, taken from the files without any reader, and by the readers."""

import csv

import pytest

from bc_inventory.readers.registry import read_all, read_any
from bc_inventory.reference import codelists

# Not from the project's tables, so that a slip there shows.
MEMBERS = set(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
PROVINCES = set(
    "AH BJ CQ FJ GD GS GX GZ HA HB HE HI HL HN JL JS JX LN NM NX QH SC SD SH SN SX TJ XJ XZ YN ZJ"
    .split()
)  # fmt: skip


def test_the_members_of_these_sums_are_those_of_the_project():
    assert set(codelists.members("EU")) == MEMBERS
    assert set(codelists.members("CN")) == {f"CN-{code}" for code in PROVINCES}


@pytest.mark.shared
def test_reas_of_2015(shared):
    sums = {}
    for file in (shared / "data/reas-v3.2-bc").glob("EM_TBL_SECTOR_CHN_*_BC.txt"):
        lines = file.read_text().splitlines()
        place = lines[1].split().index("2015")
        code = file.name.split("_")[4]
        sums[code] = sum(
            float(line.split()[1 + place])
            for line in lines[2:]
            if line.strip() and not line.startswith("TOTAL")
        )
    by_hand = sum(sums[code] for code in PROVINCES)
    assert by_hand == pytest.approx(1642.4, abs=0.05)
    assert sums["WC"] == pytest.approx(1643.0, abs=0.05)
    assert by_hand + sums["HK"] + sums["MC"] == pytest.approx(sums["WC"], abs=0.001)
    frame, _ = read_all(sorted((shared / "data/reas-v3.2-bc").glob("EM_TBL_SECTOR_CHN_*_BC.txt")))
    rows = frame[(frame["year"] == 2015) & (frame["sector_level"] == "part")]
    read = rows.groupby("source_region")["value_kt"].sum()
    provinces = rows.loc[rows["region"].str.startswith("CN-"), "value_kt"].sum()
    assert provinces == pytest.approx(by_hand, rel=1e-9)
    assert read.filter(like="WC").item() == pytest.approx(sums["WC"], rel=1e-9)


@pytest.mark.parametrize(("year", "kt"), [(2015, 232.9), (2022, 181.5)])
@pytest.mark.shared
def test_emep_of_the_members(shared, year, kt):
    file = shared / "data/emep-ceip-bc/EMEP_NFR14_LEVEL1_BC.txt"
    by_hand = {code: 0.0 for code in MEMBERS}
    for line in file.read_text().splitlines():
        cells = line.split(";")
        if line.startswith("#") or len(cells) != 6 or cells[1] != str(year):
            continue
        if cells[0] in MEMBERS and cells[2][0] in "ABCDEFGHIJKLM" and cells[2][1] == "_":
            by_hand[cells[0]] += float(cells[5])
    assert sum(by_hand.values()) == pytest.approx(kt, abs=0.05)
    assert {code for code, value in by_hand.items() if value == 0} == {"AT", "LU"}
    frame = read_any(file).frame
    rows = frame[(frame["year"] == year) & (frame["sector_level"] == "part")]
    rows = rows[rows["region"].isin(MEMBERS)]
    assert rows["value_kt"].sum() == pytest.approx(sum(by_hand.values()), rel=1e-9)
    silent = rows[rows["region"].isin(["AT", "LU"])]
    assert silent["value_kt"].isna().all()
    assert set(silent["notation_key"]) == {"NE"}


@pytest.mark.shared
def test_household_wood_of_2018(shared):
    [file] = (shared / "data/eurostat-energy").glob("eurostat_house*.tsv")
    with file.open(newline="", encoding="utf-8") as stream:
        header, *body = csv.reader(stream, delimiter="\t")
    place = [cell.strip() for cell in header].index("2018")
    by_hand = {}
    for row in body:
        key = row[0].split(",")
        if key[1:4] == ["FC_OTH_HH_E", "R5110-5150_W6000RI", "TJ"] and row[place].strip() != ":":
            by_hand[key[4].replace("EL", "GR")] = float(row[place].split()[0])
    pj = sum(by_hand[code] for code in MEMBERS) / 1000
    assert pj == pytest.approx(1801, abs=0.5)
    frame = read_any(file).frame
    rows = frame[(frame["year"] == 2018) & (frame["unit"] == "TJ")]
    rows = rows[rows["source_sector"] == "nrg_d_hhq:FC_OTH_HH_E"]
    rows = rows[rows["source_fuel"] == "R5110-5150_W6000RI"].set_index("region")["quantity"]
    assert rows[sorted(MEMBERS)].sum() / 1000 == pytest.approx(pj, rel=1e-12)


@pytest.mark.shared
def test_household_coal_and_cement_of_2018(shared):
    """CO2 over the factors that the provincial balances of 2007 gave, 1.46296 and 0.2906."""
    from python_calamine import CalamineWorkbook

    [file] = (shared / "data/ceads-co2-by-fuel-sector").glob("*rovinces_2018.xlsx")
    book = CalamineWorkbook.from_path(file)
    coal, cement, provinces = 0.0, 0.0, 0
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        heads = [str(cell).strip().replace("_", " ").lower() for cell in rows[0]]
        if "raw coal" not in heads:
            continue
        provinces += 1
        for row in rows[1:]:
            sector = str(row[0]).strip().lower()
            if sector in {"urban", "rural"}:
                coal += float(row[heads.index("raw coal")] or 0) / 1.46296
            elif not sector.startswith("total"):
                value = row[heads.index("process")]
                cement += value / 0.2906 if isinstance(value, float) else 0.0
    assert provinces == 30
    assert coal == pytest.approx(66.3, abs=0.05)
    assert cement == pytest.approx(2199, abs=0.5)
    frame = read_any(file, recover=True).frame
    homes = frame["source_sector"].isin(["ceads:residential_urban", "ceads:residential_rural"])
    raw = homes & (frame["source_fuel"] == "raw_coal")
    # In 10^4 t, with the two decimals of the yearbook.
    assert frame.loc[raw, "quantity"].sum() / 100 == pytest.approx(coal, abs=0.002)
    made = frame.loc[frame["source_fuel"] == "cement", "quantity"].sum()
    assert made / 100 == pytest.approx(cement, rel=1e-3)
