"""The publishers' own files give the figures that are known of them."""

import pandas as pd
import pytest

from bc_inventory.readers.registry import read_any

pytestmark = pytest.mark.shared

HOMES = ["residential_urban", "residential_rural"]
# Items of the yearbook's balance and sectors of CEADs outside industry.
SAME = {
    "1.农、林、牧、渔、水利业": "agriculture",
    "3.建筑业": "construction",
    "4.交通运输、仓储和邮政业": "transport",
    "5.批发、零售业和住宿、餐饮业": "commerce",
    "7.其他": "other_services",
    "城镇": "residential_urban",
    "乡村": "residential_rural",
}


def one(shared, pattern):
    (file,) = sorted(shared.glob(f"data/{pattern}"))
    return file


def ceads(shared, year):
    return read_any(one(shared, f"ceads-*/*rovinces_{year}.xlsx"), recover=True).frame


def total(frame, sectors, fuel):
    names = [f"ceads:{name}" for name in sectors]
    rows = frame["source_sector"].isin(names) & (frame["source_fuel"] == fuel)
    return frame.loc[rows, "quantity"].sum()


def test_eurostat_household_wood_2018(shared):
    frame = read_any(one(shared, "eurostat-energy/eurostat_house*.tsv")).frame
    wood = frame[
        (frame["source_fuel"] == "R5110-5150_W6000RI")
        & (frame["source_sector"] == "nrg_d_hhq:FC_OTH_HH_E")
        & (frame["unit"] == "TJ")
        & (frame["year"] == 2018)
    ].set_index("source_region")["quantity"]
    union = wood["EU27_2020"]
    assert union == pytest.approx(1_801_424.038)
    from bc_inventory.readers.activity.eurostat_tsv import MEMBERS

    assert wood[list(MEMBERS)].sum() == pytest.approx(union, abs=0.03)


def test_eurostat_confidential_cells_are_c_and_missing_ones_skipped(shared):
    reading = read_any(one(shared, "eurostat-energy/eurostat_serv*.tsv"))
    assert reading.report.notation_keys == {"C": 391}
    assert reading.report.skipped[0].rows == 66_042


def test_eurostat_balance_in_labels(shared):
    frame = read_any(one(shared, "eurostat-energy/estat_nrg_bal_c*.csv")).frame
    assert len(frame) == 25_880
    assert set(frame["unit"]) == {"ktoe"}
    assert "XK" in set(frame["region"]) and "TR" in set(frame["region"])


def test_unfccc_sums_2018(shared):
    reading = read_any(one(shared, "unfccc-*/*.csv"))
    frame = reading.frame
    members = frame["region"].isin(pd.read_csv("data/regions.csv").query("side=='EU'")["region"])
    year = frame[members & (frame["year"] == 2018)].groupby("source_sector")["quantity"].sum()
    assert year["crf:1.A.1.a"] == pytest.approx(875_018, abs=1)
    assert year["crf:1.A.2"] == pytest.approx(440_999, abs=1)
    assert year["crf:1.A.3.b.iii"] == pytest.approx(205_809, abs=1)
    assert year["crf:1.A.4.b"] == pytest.approx(309_277, abs=1)
    finland = frame[(frame["region"] == "FI") & (frame["year"] == 2018)]
    vans = finland.set_index("source_sector").loc["crf:1.A.3.b.ii"]
    assert (vans["notation_key"], vans["flag"]) == ("IE", "NO,IE,NA")


def test_ceads_households_and_cement_2018(shared):
    frame = ceads(shared, 2018)
    assert frame["region"].nunique() == 30
    assert total(frame, HOMES, "raw_coal") / 100 == pytest.approx(66.3, abs=0.05)
    assert total(frame, ["cement"], "cement") / 100 == pytest.approx(2199, abs=0.5)


def test_ceads_gives_back_the_yearbook_of_2007(shared):
    recovered = ceads(shared, 2007)
    balances = pd.concat(
        read_any(one(shared, f"china-energy-*/{number}.xls")).frame for number in range(1, 31)
    )
    assert balances["region"].nunique() == 30
    balances["source_sector"] = balances["source_sector"].str.removeprefix("cesy:").map(SAME)
    key = ["region", "source_sector", "source_fuel"]
    exact = recovered[recovered["flag"] == "exact"]
    exact = exact.assign(source_sector=exact["source_sector"].str.removeprefix("ceads:"))
    exact = exact[exact["source_sector"].isin(SAME.values())].set_index(key)["quantity"]
    book = balances.dropna(subset="source_sector").set_index(key)["quantity"]
    fuels = exact.index.unique("source_fuel")
    book = book[book.index.get_level_values("source_fuel").isin(fuels) & (book > 0)]
    # The yearbook has a few cells of 0.000001, which round to nothing.
    both = pd.DataFrame({"recovered": exact, "book": book}).fillna(0.0)
    gap = (both["recovered"] - both["book"]).abs()
    assert len(both) > 1000
    # Five digits of the divisor, three decimals of the result.
    assert (gap <= 1e-5 * both["book"] + 0.001).all(), both[~(gap <= 1e-5 * both["book"] + 0.001)]


def test_population_names_the_slip_and_adds_up(shared):
    reading = read_any(one(shared, "nbs-*/*.csv"))
    frame = reading.frame
    assert reading.report.notes == ("Heilongjiang 2013: 3535 between neighbours of about 3833.5",)
    provinces = frame[(frame["region_level"] == "province") & (frame["year"] == 2018)]
    assert provinces["quantity"].sum() == 139_653


def test_gains_regions_are_groups_or_countries_and_stoves_as_known(shared):
    frame = read_any(one(shared, "gains-emf30-activity/Global*.csv")).frame
    levels = frame.drop_duplicates("source_region").set_index("source_region")["region_level"]
    assert set(levels[["CHIN_PLUS", "WEST_EURO", "CENT_EURO"]]) == {"aggregate"}
    assert set(frame.loc[frame["source_region"] == "TURK_WHOL", "region"]) == {"TR"}
    china = frame[(frame["region"] == "CHIN_PLUS") & (frame["year"] == 2010)]
    stoves = china[china["source_sector"].str.contains("Residential_Bio_Trad")]
    assert stoves["quantity"].sum() == pytest.approx(4687, abs=1)


def test_fernandes_china_2000_keeps_its_two_units(shared):
    frame = read_any(one(shared, "fernandes-*/*.xlsx")).frame
    china = frame[(frame["region"] == "CN") & (frame["year"] == 2000)]
    china = china.set_index(["source_sector", "source_fuel"])
    assert china.loc[("fernandes:domestic", "fuelwood"), "quantity"] == pytest.approx(
        186_799, abs=1
    )
    assert china.loc[("fernandes:domestic", "crop_residue"), "quantity"] == pytest.approx(
        319_159, abs=1
    )
    assert china.loc[("fernandes:domestic_rural", "fuelwood"), "unit"] == "ktoe"


def test_flaring_pig_iron_cement_and_ships(shared):
    flaring = read_any(one(shared, "worldbank-*/*.xlsx")).frame
    china = flaring[(flaring["region"] == "CN") & (flaring["unit"] == "bcm")]
    assert china.set_index("year")["quantity"][2018] == pytest.approx(1.813, abs=5e-4)
    iron = read_any(one(shared, "cement-*/worldsteel*.xlsx")).frame
    assert iron[(iron["region"] == "CN") & (iron["year"] == 2018)]["quantity"].item() == 771_054
    cement = read_any(one(shared, "cement-*/USGS_Comm*.xlsx")).frame
    assert (
        cement[(cement["region"] == "CN") & (cement["year"] == 2013)]["quantity"].item() == 2.411e6
    )
    # The mapping of the workbook gives the Ivory Coast the code of Costa Rica, and spellings
    # with footnotes, such as Bangladesh4, none.
    assert set(cement.loc[cement["source_region"].str.contains("voire"), "region"]) == {"CI"}
    assert set(cement.loc[cement["source_region"].str.startswith("Bangl"), "region"]) == {"BD"}
    assert set(cement.loc[cement["region_level"] == "aggregate", "region"]) == {
        "Other countries (rounded)",
        "Serbia and Montenegro",
    }
    ships = read_any(one(shared, "shipping-*/*.xlsx")).frame
    assert ships[ships["year"] == 2012]["quantity"].sum() == pytest.approx(302_746.84, abs=0.01)


def test_cui_share_of_tibet_and_the_misdated_sheet(shared):
    reading = read_any(one(shared, "cui-2021-*/*.xlsx"))
    road = reading.frame[reading.frame["source_sector"] == "cui:ground_transport"]
    share = road[road["region"] == "CN-XZ"]["quantity"].sum() / road["quantity"].sum()
    assert share == pytest.approx(0.0022, abs=5e-5)
    assert reading.report.notes == ("Ground Transport2020: dated 2019 by the publisher",)


def test_tno_wood_and_the_review(shared):
    wood = read_any(one(shared, "tno-*/*.xlsx")).frame
    belgium = wood[(wood["region"] == "BE") & (wood["source_fuel"] == "fuelwood")]
    assert belgium.set_index("year")["quantity"].to_dict() == {2005: 8400.0, 2010: 26400.0}
    review = read_any(one(shared, "energy-institute-*/*.xlsx")).frame
    coal = review[review["source_sector"] == "ei:Coal Consumption - EJ"]
    assert coal[(coal["region"] == "CN") & (coal["year"] == 2018)]["quantity"].item() == (
        pytest.approx(80.4677, abs=1e-4)
    )


def test_national_tables_in_coal_equivalent_hold_each_other(shared):
    balance = read_any(one(shared, "china-energy-*/0401.xls")).frame
    branches = read_any(one(shared, "china-energy-*/0503.xls")).frame
    totals = read_any(one(shared, "china-energy-*/0501.xls")).frame
    key = ["source_sector", "source_fuel"]
    balance = balance.set_index(key)["quantity"]
    branches = branches.set_index(key)["quantity"]
    # Final consumption of industry in the one is the sum of branches in the other.
    assert balance["cesy:2.工业", "raw_coal"] == pytest.approx(30_978.755, abs=5e-4)
    assert branches["cesy:工业", "raw_coal"] == pytest.approx(30_978.757, abs=5e-4)
    whole = totals[(totals["year"] == 2007)].set_index("source_fuel")["quantity"]
    stated = balance["cesy:六.能源消费总量", "energy_total_calorific"]
    assert whole["energy_total_calorific"] == pytest.approx(stated, rel=1e-5)


def test_gas_of_households_from_the_data_browser(shared):
    """The bulk file of households gives the same gas, in gross energy."""
    browser = read_any(one(shared, "eurostat-energy/custom*.xlsx")).frame
    homes = "nrg_cb_gas:Final consumption - other sectors - households - energy use"
    gas = browser[(browser["source_sector"] == homes) & (browser["year"] == 2020)]
    gas = gas.set_index("region")["quantity"]
    bulk = read_any(one(shared, "eurostat-energy/eurostat_house*.tsv")).frame
    bulk = bulk[
        (bulk["source_sector"] == "nrg_d_hhq:FC_OTH_HH_E")
        & (bulk["source_fuel"] == "G3000")
        & (bulk["unit"] == "TJ_GCV")
        & (bulk["year"] == 2020)
    ].set_index("region")["quantity"]
    both = pd.DataFrame({"browser": gas, "bulk": bulk}).dropna().query("bulk > 0")
    # The workbook was extracted in 2022 and the bulk file later: some were revised since.
    same = (both["browser"] / both["bulk"] - 1).abs() < 0.001
    assert len(both) >= 25
    assert same.sum() >= 20, both[~same]
