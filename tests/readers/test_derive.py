"""Derived shares follow from what publishers serve, by a formula worked by hand."""

import pandas as pd
import pytest

from bc_inventory.readers import derive
from bc_inventory.readers.registry import read_any
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

DATA = data_root()


@pytest.fixture(scope="module")
def mapping():
    return read_csv(DATA / "activity_mapping.csv", "activity_mapping")


@pytest.fixture(scope="module")
def published():
    files = sorted((DATA / "activity").glob("eu_*.csv"))
    return pd.concat([read_csv(path, "activity_published") for path in files], ignore_index=True)


def test_the_split_of_a_group_is_moved_by_what_its_members_use():
    base = pd.DataFrame(
        {
            "category": "power",
            "scope": "EU-WEST",
            "year": 2015,
            "carrier": ["solid", "gas", "oil"],
            "energy": [10.0, 10.0, 0.0],
        }
    )
    consumption = pd.DataFrame(
        {"solid": [1.0, 3.0], "gas": [3.0, 1.0], "oil": [0.0, 0.0]},
        index=pd.MultiIndex.from_tuples([("AT", 2015), ("DE", 2015)], names=["region", "year"]),
    )
    regions = pd.DataFrame({"region": ["AT", "DE"], "group": "EU-WEST"})
    consumption["oil"] += 1e-9  # the group's share of nothing at all has no meaning
    shares = derive._carrier_shares(base, consumption, regions)
    factors = read_csv(DATA / "co2_factors.csv", "co2_factors").set_index("fuel")["value"]
    # AT has a quarter solid where the group has half: weights 10 x 0.5 and 10 x 1.5.
    solid, gas = 5.0 * factors["hard_coal"], 15.0 * factors["natural_gas"]
    austria = shares.loc[("power", "AT", 2015)]
    assert austria["solid"] == pytest.approx(solid / (solid + gas))
    assert shares.sum(axis=1).tolist() == pytest.approx([1.0, 1.0])


def test_a_row_of_a_country_is_taken_as_it_is(published, mapping):
    split = mapping[(mapping["source_id"] == derive.SPLIT) & (mapping["scope"] == "EE")]
    power = split[(split["mapping_id"] == "eu-1a1a") & (split["year"] == 2015)].set_index("fuel")
    base = read_csv(DATA / "fuel_split_base.csv", "fuel_split_base")
    own = base.query("category == 'power' and scope == 'EE' and year == 2015").set_index("carrier")
    factors = read_csv(DATA / "co2_factors.csv", "co2_factors").set_index("fuel")["value"]
    co2 = own["energy"] * pd.Series(
        {
            "solid": factors["hard_coal"],
            "gas": factors["natural_gas"],
            "oil": factors["heavy_fuel_oil"],
        }
    )
    assert power.loc["natural_gas", "share"] == pytest.approx(
        0.96 * co2["gas"] / co2.sum(), rel=1e-3
    )


def test_cars_follow_from_the_embedded_fuels(published, mapping):
    made = derive.cars(published, mapping)
    columns = ["scope", "fuel", "share", "share_lower", "share_upper"]
    own = mapping[(mapping["mapping_id"] == "eu-cars") & (mapping["source_id"] == derive.CARS)]
    pd.testing.assert_frame_equal(
        made[columns].reset_index(drop=True),
        own[columns].sort_values(["scope", "fuel"]).reset_index(drop=True),
    )
    assert made.groupby("scope")["share"].sum().sub(1).abs().max() < 1e-9


def test_fuels_of_a_category_add_up_to_what_is_covered(mapping):
    split = mapping[mapping["source_id"] == derive.SPLIT]
    sums = split.groupby(["scope", "source_sector", "year"])["share"].sum()
    power = sums[sums.index.get_level_values("source_sector") == "crf:1.A.1.a"]
    assert power.sub(0.96).abs().max() < 5e-4
    assert sums.max() <= 0.9805


def test_drivers_made_from_embedded_tables_follow_from_them(published):
    shares = read_csv(DATA / "region_shares.csv", "region_shares")
    people = read_csv(DATA / "population.csv", "population").set_index(["year", "region"])
    for year in (2000, 2005, 2010, 2015, 2019):
        own = people.loc[year]["population"]
        own = own[own.index.str.startswith("CN-")]
        driver = shares.query("driver == 'population-cn' and year == @year").set_index("region")
        assert (driver["share"] - own / own.sum()).abs().max() < 2e-5
    road = published.query(
        "year == 2022 and source_sector == 'nrg_d_traq:FC_TRA_ROAD_E'"
        " and source_fuel == 'O4671XR5220B'"
    ).set_index("region")["quantity"]
    driver = shares[shares["driver"] == "road-diesel-eu"].set_index("region")["share"]
    both = pd.DataFrame({"driver": driver, "road": road}).dropna()
    assert len(both) == 25
    assert (
        both["driver"] / both["driver"].sum() - both["road"] / both["road"].sum()
    ).abs().max() < (2e-5)


@pytest.mark.shared
def test_drivers_and_bases_are_what_the_publishers_serve(shared):
    shares = read_csv(DATA / "region_shares.csv", "region_shares")
    gains = read_any(next(shared.glob("data/gains-emf30-activity/Global*.csv"))).frame
    gains = gains.set_index(["region", "source_sector", "year"])["quantity"]
    base = read_csv(DATA / "fuel_split_base.csv", "fuel_split_base")
    own = base[base["source_id"] == "gains-eclipse-v6b"]
    for row in own.itertuples():
        region, names = str(row.note).split(" ", 1)
        sectors = [f"emf30:{name}" for name in names.split(" + ")]
        assert sum(gains[region, name, row.year] for name in sectors) == pytest.approx(row.energy)
    coke = []
    for number in range(1, 31):
        frame = read_any(next(shared.glob(f"data/china-energy-*/{number}.xls"))).frame
        mine = frame["source_sector"].eq("cesy:4.炼焦") & frame["source_fuel"].eq("coke")
        coke.append(frame[mine].set_index("region")["quantity"])
    output = pd.concat(coke)
    driver = shares.query("driver == 'coke-output' and year == 2007").set_index("region")["share"]
    assert output.sum() / 100 == pytest.approx(334.15, abs=0.005)
    assert (driver - output / output.sum()).abs().max() < 2e-5
    brick = {}
    for file in shared.glob("data/reas-v2.1-bc-china/*_2008_CHN_*.txt"):
        frame = read_any(file).frame
        part = frame[(frame["sector"] == "BRICKS") & frame["region"].str.startswith("CN-")]
        if len(part):
            brick[part["region"].iloc[0]] = part["value_kt"].iloc[0]
    bricks = pd.Series(brick)
    driver = shares.query("driver == 'brick-output' and year == 2008").set_index("region")["share"]
    assert (driver - bricks / bricks.sum()).abs().max() < 2e-5
    industry = {}
    for file in shared.glob("data/reas-v3.2-bc/EM_TBL_SECTOR_CHN_*_BC.txt"):
        frame = read_any(file).frame
        part = frame[(frame["sector"] == "IND") & frame["region"].str.startswith("CN-")]
        industry |= part.set_index(["region", "year"])["value_kt"].to_dict()
    for year in (2010, 2013, 2015):
        moved = pd.Series(
            {at: share * industry[at, year] / industry[at, 2008] for at, share in driver.items()}
        )
        own = shares.query(f"driver == 'brick-output' and year == {year}").set_index("region")
        assert (own["share"] - moved / moved.sum()).abs().max() < 1e-5
