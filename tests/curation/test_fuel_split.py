"""Derived shares follow from what publishers serve, by a formula worked by hand."""

import pandas as pd
import pytest

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from curation import fuel_split

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
    shares = fuel_split._carrier_shares(base, consumption, regions)
    factors = read_csv(DATA / "co2_factors.csv", "co2_factors").set_index("fuel")["value"]
    # AT has a quarter solid where the group has half: weights 10 x 0.5 and 10 x 1.5.
    solid, gas = 5.0 * factors["hard_coal"], 15.0 * factors["natural_gas"]
    austria = shares.loc[("power", "AT", 2015)]
    assert austria["solid"] == pytest.approx(solid / (solid + gas))
    assert shares.sum(axis=1).tolist() == pytest.approx([1.0, 1.0])


def test_a_row_of_a_country_is_taken_as_it_is(published, mapping):
    split = mapping[(mapping["source_id"] == fuel_split.SPLIT) & (mapping["scope"] == "EE")]
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
    made = fuel_split.cars(published, mapping)
    columns = ["scope", "fuel", "share", "share_lower", "share_upper"]
    own = mapping[(mapping["mapping_id"] == "eu-cars") & (mapping["source_id"] == fuel_split.CARS)]
    pd.testing.assert_frame_equal(
        made[columns].reset_index(drop=True),
        own[columns].sort_values(["scope", "fuel"]).reset_index(drop=True),
    )
    assert made.groupby("scope")["share"].sum().sub(1).abs().max() < 1e-9


def test_fuels_of_a_category_add_up_to_what_is_covered(mapping):
    split = mapping[mapping["source_id"] == fuel_split.SPLIT]
    sums = split.groupby(["scope", "source_sector", "year"])["share"].sum()
    power = sums[sums.index.get_level_values("source_sector") == "crf:1.A.1.a"]
    assert power.sub(0.96).abs().max() < 5e-4
    assert sums.max() <= 0.9805
