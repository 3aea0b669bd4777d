import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.proxies import Ladder
from bc_inventory.spatial.tables import read_tables


def test_every_rung_cites_a_known_source_and_a_known_fuel():
    root = data_root()
    known = {
        "sources.source_id": set(schema.read_csv(root / "sources.csv", "sources")["source_id"]),
        "fuels.fuel": set(schema.read_csv(root / "fuels.csv", "fuels")["fuel"]),
    }
    schema.read_csv(root / "spatial" / "proxy_ladder.csv", "proxy_ladder", known=known)
    schema.read_csv(root / "spatial" / "proxies.csv", "spatial_proxies", known=known)
    schema.read_parquet(root / "spatial" / "points.parquet", "spatial_points", known=known)
    schema.read_csv(root / "spatial" / "points_typed.csv", "spatial_points", known=known)


@pytest.mark.parametrize(
    "name",
    [
        ("places.parquet", "spatial_places", 2380),
        ("hma_cells_025.parquet", "spatial_hma", 8544),
        ("glacier_cells_025.parquet", "spatial_glaciers", 15955),
        ("outlines.parquet", "spatial_outlines", 11401),
    ],
)
def test_the_other_tables_keep_their_contracts(name):
    file, contract, rows = name
    assert len(schema.read_parquet(data_root() / "spatial" / file, contract)) == rows


def test_a_fuel_s_own_ladder_goes_before_that_of_any_fuel_and_a_side_s_before_that_of_all(tables):
    ladder = Ladder(tables.ladder)

    def first(side, nfr, fuel):
        return ladder.rungs(side, "XX", nfr, fuel)[0][0]

    assert first("EU", "1A1a", "hard_coal") == "coal_power"
    assert first("EU", "1A1a", "peat") == "coal_power"
    assert first("EU", "1A1a", "kerosene") == "oilgas_power"
    assert first("EU", "1A1a", "charcoal") == "power"
    assert first("EU", "1A1c", "coke_product") == "coke_oven"
    assert first("CN", "1A1c", "coke_product") == "blast_furnace"
    assert ladder.rungs("CN", "CN-SX", "1A1c", "coke_product")[0] == ("coke_district", "low")
    assert first("EU", "1A1b", "refinery_gas") == "refinery"
    assert first("CN", "1A3aii(i)", "kerosene") == "airport_large"
    assert first("EU", "1B2c", "flared_gas") == "flare"
    assert first("CN", "1A4bi", "hard_coal") == "pop_rural"
    assert first("EU", "1A4bi", "hard_coal") == "population"
    assert first("EU", "9Z", "diesel") == "population"


def test_every_category_s_ladder_ends_with_land(tables):
    last = tables.ladder.groupby(["scope", "nfr", "fuel"])["proxy"].last()
    assert (last == "land").all()


def test_an_unknown_capacity_is_the_median_of_its_kind_in_the_region(tables):
    raw = schema.read_parquet(data_root() / "spatial" / "points.parquet", "spatial_points")
    ovens = raw[(raw["kind"] == "coke_oven") & (raw["region"] == "DE")]
    assert ovens["weight"].isna().sum() == 1
    filled = tables.points.loc[ovens.index, "weight"]
    # The others of Germany: 1080 and 2500 here, 1300 and 2000 among the points typed by hand.
    assert sorted(filled) == [1080, 1650, 2500]
    assert tables.points["weight"].notna().all()


def write_facts(tmp_path, ladder: pd.DataFrame):
    for file in (data_root() / "spatial").iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "proxy_ladder.csv").unlink()
    schema.write_csv(ladder, "proxy_ladder", tmp_path / "proxy_ladder.csv")
    return tmp_path


def test_a_ladder_that_can_end_nowhere_is_refused(tables, tmp_path):
    wrong = tables.ladder[~((tables.ladder["nfr"] == "3F") & (tables.ladder["proxy"] == "land"))]
    with pytest.raises(DataError, match=r"the ladder of 3F, \* in \* ending with 'pop_rural'"):
        read_tables(write_facts(tmp_path, wrong))


def test_an_unknown_proxy_is_refused_with_the_nearest(tables, tmp_path):
    wrong = tables.ladder.replace({"proxy": {"cropland": "croplands"}})
    with pytest.raises(DataError, match=r"'croplands'.*Did you mean 'cropland'"):
        read_tables(write_facts(tmp_path, wrong))


def test_how_many_regions_have_no_plant_of_a_kind(tables):
    kinds = tables.points.groupby("kind")["region"].agg(set)
    regions = set(tables.cells["region"])
    assert len(regions) == 64
    assert len(regions - kinds["coal_power"]) == 15
    assert len(regions - kinds["port"]) == 26
    assert len(regions - kinds["oilgas_field"]) == 35
