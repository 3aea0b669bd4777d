"""Ice, people and climate: bands that part the whole, sums by hand, ranges with caveats."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory import schema
from bc_inventory.analysis.hotspots.context import glacier_points
from bc_inventory.analysis.impacts.climate import (
    co2_equivalents,
    organic_carbon_of,
    read_metrics,
)
from bc_inventory.analysis.impacts.cryosphere import (
    Ice,
    band_masses,
    by_band,
    by_month,
    ice_around,
    read_bands,
    read_responses,
)
from bc_inventory.analysis.impacts.exposure import exposure
from bc_inventory.analysis.impacts.step import impacts_step
from bc_inventory.inventory.uncertainty import totals
from bc_inventory.reference.paths import data_root
from tests.analysis.frames import emissions
from tests.analysis.small_field import draw_groups_of, small_field
from tests.spatial.share_files import write_shares_of

DATA = data_root()
VIEWS = read_bands()
ONES = np.ones((10, 2, 2))


@pytest.fixture
def field():
    """One column of cells from 58 to 70 N; the first four rows are CN-HE."""
    heating = np.arange(1.0, 13.0).reshape(1, 12, 1)
    coke = np.zeros((1, 12, 1))
    coke[0, 11] = 4.0
    region = np.r_[np.zeros(4, int), np.ones(8, int)].reshape(12, 1)
    return small_field(np.concatenate([heating, coke]), region, south=58.0)


@pytest.fixture
def ice(field):
    """Every cell 150 km from ice and a quarter in High Mountain Asia."""
    return Ice(np.full(field.shape, 150.0), np.full(field.shape, 0.25))


def _band(frame, view, band, nfr="*"):
    rows = frame[(frame["view"] == view) & (frame["band"] == band) & (frame["nfr"] == nfr)]
    if nfr == "*" and "gnfr" in rows:
        rows = rows[rows["gnfr"] == "*"]
    return rows["emission_kt"].sum()


def test_bands_by_hand(field, ice):
    frame = schema.check(
        by_band(field, band_masses(field, ice, VIEWS), draw_groups_of(field, ONES), "harmonised"),
        "cryosphere",
    )
    # Centres 58.5 ... 69.5 N with 1 ... 12 kt of heating and 4 kt of coke in the last.
    assert _band(frame, "latitude", "50-60") == 1 + 2
    assert _band(frame, "arctic", "60n") == sum(range(3, 13)) + 4
    assert _band(frame, "arctic", "arctic_circle") == 10 + 11 + 12 + 4  # from 67.5 N
    assert _band(frame, "arctic", "amap") == 10 + 11 + 12 + 4
    assert _band(frame, "arctic_circle_km", "inside", "1A1c") == 4
    # 66.56 N less 500 km is 62.07 N.
    assert _band(frame, "arctic_circle_km", "0000-0500") == 5 + 6 + 7 + 8 + 9
    assert _band(frame, "hma_glacier_km", "0100-0250") == 78 + 4
    assert _band(frame, "hma_region", "inside") == (78 + 4) / 4
    share = frame[(frame["view"] == "arctic") & (frame["nfr"] == "1A1c")].set_index("band")
    assert share.loc["60n", "share_of_side"] == 1.0
    # All draws are alike.
    assert frame["lower_kt"].to_numpy() == pytest.approx(frame["upper_kt"].to_numpy(), rel=1e-14)


@given(st.floats(0, 80), st.integers(1, 9))
@settings(max_examples=10)
def test_bands_of_a_partition_part_the_whole(south, seed):
    random = np.random.default_rng(seed)
    kt = random.lognormal(size=(2, 9, 4))
    field = small_field(kt, np.zeros((9, 4), int), south=south)
    ice = Ice(random.uniform(0, 4000, field.shape), np.zeros(field.shape))
    frame = by_band(
        field, band_masses(field, ice, VIEWS), draw_groups_of(field, ONES[:2]), "harmonised"
    )
    table = schema.read_csv(f"{DATA}/cryosphere_bands.csv", "cryosphere_bands")
    for view in sorted(set(table.loc[table["partition"], "view"])):
        mine = frame[(frame["view"] == view) & (frame["gnfr"] == "*")]
        assert mine["emission_kt"].sum() == pytest.approx(kt.sum(), rel=1e-12)


def test_aggregates_of_bands_sum_their_categories(field, ice):
    draws = np.exp(0.4 * np.random.default_rng(0).standard_normal((400, 2, 2)))
    groups = draw_groups_of(field, draws)
    frame = by_band(field, band_masses(field, ice, VIEWS), groups, "harmonised")
    north = frame[(frame["view"] == "arctic") & (frame["band"] == "60n")]
    by_name = north.set_index(["gnfr", "nfr"])
    for gnfr, nfr in (("C_OtherStationaryComb", "1A4bi"), ("B_Industry", "1A1c")):
        figures = ["emission_kt", "lower_kt", "upper_kt"]
        assert by_name.loc[(gnfr, "*"), figures].equals(by_name.loc[(gnfr, nfr), figures])
    # Heating of 3 and 4 kt lies in one region, the rest in the other, with coke.
    drawn = 3 * draws[:, 0, 0] + 4 * draws[:, 0, 0] + 68 * draws[:, 1, 0] + 4 * draws[:, 1, 1]
    assert by_name.loc[("*", "*"), "emission_kt"] == pytest.approx(79)
    assert by_name.loc[("*", "*"), "upper_kt"] == pytest.approx(np.quantile(drawn, 0.975))


def test_months_sum_to_the_year(field, ice):
    random = np.random.default_rng(2)
    parts = random.dirichlet(np.ones(12), size=(2, 2))
    months = by_month(field, band_masses(field, ice, VIEWS), parts, "harmonised")
    months = schema.check(months, "cryosphere_months")
    year = by_band(field, band_masses(field, ice, VIEWS), draw_groups_of(field, ONES), "harmonised")
    year = year[(year["gnfr"] == "*") | (year["nfr"] != "*")]  # months aren't by aggregate
    keys = ["view", "band", "nfr"]
    summed = months.groupby(keys)["emission_kt"].sum()
    assert summed.to_numpy() == pytest.approx(
        year.set_index(keys)["emission_kt"].reindex(summed.index).to_numpy(), rel=1e-12
    )
    # Coke lies in one region, so its January is its yearly emission times one share.
    january = months[(months["month"] == 1) & (months["nfr"] == "1A1c")]
    assert _band(january, "arctic", "60n", "1A1c") == pytest.approx(4 * parts[1, 1, 0])


def test_intervals_of_bands_are_those_of_their_rows(field, ice):
    draws = np.exp(0.4 * np.random.default_rng(0).standard_normal(5000))
    multipliers = np.ones((5000, 2, 2))
    multipliers[:, :, 1] = draws[:, None]
    frame = by_band(
        field, band_masses(field, ice, VIEWS), draw_groups_of(field, multipliers), "harmonised"
    )
    coke = frame[(frame["view"] == "arctic") & (frame["band"] == "60n")].set_index("nfr")
    assert coke.loc["1A1c", "lower_kt"] == pytest.approx(4 * np.quantile(draws, 0.025))
    assert coke.loc["1A1c", "upper_kt"] == pytest.approx(4 * np.quantile(draws, 0.975))
    assert coke.loc["1A4bi", "lower_kt"] == pytest.approx(coke.loc["1A4bi", "upper_kt"], rel=1e-14)


def test_ice_lies_where_it_is():
    """Mount Everest's cell is glaciated; Beijing is far from any."""
    folder = schema.read_parquet(f"{DATA}/spatial/hma_cells_025.parquet", "spatial_hma")
    glaciers = schema.read_parquet(f"{DATA}/spatial/glacier_cells_025.parquet", "spatial_glaciers")
    points = glacier_points(glaciers, folder)
    everest = small_field(np.ones((1, 1, 1)), [0], south=27.488, west=86.425)  # 27.988, 86.925
    beijing = small_field(np.ones((1, 1, 1)), [0], south=39.4, west=115.9)
    near, far = (
        Ice(**ice_around(field.latitudes, field.longitudes, folder, *points))
        for field in (everest, beijing)
    )
    assert near.glacier_km.item() < 30
    assert near.hma_fraction.item() == 1.0
    # Beijing is about 1 500 km from the Qilian Mountains.
    assert 1000 < far.glacier_km.item() < 2000
    assert far.hma_fraction.item() == 0.0


def test_exposure_by_hand():
    # Three cells in a row at the equator, 111.2 km apart; near means 120 km.
    field = small_field([[[1.0, 0.0, 3.0]]], [0, 0, 1], south=-0.5, population=[[100.0, 50.0, 0.0]])
    frame = exposure(
        field, draw_groups_of(field, np.ones((4, 2, 1))), "harmonised", radius_km=120.0
    )
    rows = schema.check(frame, "exposure").set_index(["region", "nfr"])
    # Near the cells live 150, 150 and 50; emitted near them are 1, 4 and 3 kt on 2, 3, 2 cells.
    assert rows.loc[("*", "*"), "people_near"] == pytest.approx((1 * 150 + 3 * 50) / 4)
    assert rows.loc[("CN-HE", "*"), "people_near"] == 150
    near = np.array([1 / 2000, 4 / 3000]) * 1e3
    assert rows.loc[("CN-HE", "*"), "density_near_t_km2"] == pytest.approx(
        (100 * near[0] + 50 * near[1]) / 150
    )
    assert rows.loc[("*", "1A4bi"), "density_t_km2"] == pytest.approx(4 / 3)
    # No one lives in CN-SX, so there is no average inhabitant.
    assert np.isnan(rows.loc[("CN-SX", "*"), "density_near_t_km2"])
    assert rows.loc[("CN-SX", "*"), "people_near"] == 50
    assert rows["caveat"].str.contains("not of concentration").all()


def test_the_interval_of_exposure_is_in_the_unit_of_its_figure():
    """Draws that halve and double every emission halve and double the density."""
    field = small_field([[[1.0, 0.0, 3.0]]], [0, 0, 1], south=-0.5, population=[[100.0, 50.0, 0.0]])
    draws = np.repeat([0.5, 2.0], 50)[:, None, None] * np.ones((100, 2, 1))
    made = exposure(field, draw_groups_of(field, draws), "harmonised", radius_km=120.0)
    row = made[(made["region"] == "CN-HE") & (made["nfr"] == "*")].iloc[0]
    assert row["lower_t_km2"] == pytest.approx(row["density_near_t_km2"] / 2)
    assert row["upper_t_km2"] == pytest.approx(row["density_near_t_km2"] * 2)


@given(st.floats(0.1, 10))
@settings(max_examples=20)
def test_exposure_scales_with_emission(times):
    kt = np.random.default_rng(1).lognormal(size=(1, 3, 4))
    region = np.zeros((3, 4), int)
    fields = small_field(kt, region), small_field(kt * times, region)
    one, more = (
        exposure(field, draw_groups_of(field, ONES[:, :, :1]), "harmonised").iloc[-1]
        for field in fields
    )
    assert more["density_near_t_km2"] == pytest.approx(one["density_near_t_km2"] * times)
    assert more["people_near"] == pytest.approx(one["people_near"])


def test_climate_is_a_range_by_hand():
    metrics = pd.DataFrame(
        {
            "metric_id": ["a", "b", "o"],
            "metric": "GWP",
            "horizon": 100,
            "species": ["BC", "BC", "OC"],
            "scope": "global",
            "value": [900.0, 345.0, -69.0],
            "lower": [100.0, 138.0, np.nan],
            "upper": [1700.0, 552.0, np.nan],
            "confidence": ["recalled", "high", "recalled"],
            "source_id": ["x", "y", "x"],
            "note": None,
        }
    )
    known = pd.DataFrame(
        {
            "year": 2018,
            "side": "EU",
            "factor_set": "harmonised",
            "species": ["BC"],
            "emission_kt": [200.0],
            "lower_kt": [150.0],
            "upper_kt": [300.0],
        }
    )
    made = co2_equivalents(known, metrics).set_index("species")
    bc = made.loc["BC"]
    assert (bc["lowest_mt"], bc["highest_mt"]) == pytest.approx((69.0, 180.0))
    assert (bc["outer_lower_mt"], bc["outer_upper_mt"]) == pytest.approx((15.0, 510.0))
    assert bc["confidence"] == "recalled"
    assert bc["source_ids"] == "x;y"
    # Organic carbon isn't known: a row with a caveat and no figure.
    assert np.isnan(made.loc["OC", "lowest_mt"])
    assert "isn't estimated" in made.loc["OC", "caveat"]
    both = pd.concat(
        [known, known.assign(species="OC", emission_kt=400.0, lower_kt=300.0, upper_kt=500.0)]
    )
    made = co2_equivalents(both, metrics).set_index("species")
    oc = made.loc["OC"]
    assert oc["highest_mt"] == pytest.approx(-27.6)
    assert (oc["outer_lower_mt"], oc["outer_upper_mt"]) == pytest.approx((-34.5, -20.7))
    together = made.loc["BC+OC"]
    assert (together["lowest_mt"], together["highest_mt"]) == pytest.approx((41.4, 152.4))
    assert (together["outer_lower_mt"], together["outer_upper_mt"]) == pytest.approx((-19.5, 489.3))
    assert together["metric_ids"] == "a;b;o"


def test_organic_carbon_is_the_range_of_inventories_near_in_time():
    organic = pd.DataFrame(
        [("a", 2016, 10.0), ("a", 2018, 8.0), ("b", 2017, 6.0), ("c", 2015, 99.0)],
        columns=["inventory", "year", "emission_kt"],
    ).assign(side="CN")
    mine = pd.DataFrame({"year": [2018, 2018], "side": ["CN", "EU"], "factor_set": "harmonised"})
    made = organic_carbon_of(mine, organic)
    assert made[["side", "species"]].to_numpy().tolist() == [["CN", "OC"]]
    assert made[["lower_kt", "emission_kt", "upper_kt"]].to_numpy().tolist() == [[6.0, 7.0, 8.0]]


def test_embedded_metrics_say_what_is_recalled():
    metrics = read_metrics().set_index("metric_id")
    assert metrics.loc["bond-2013-gwp100", "confidence"] == "recalled"
    assert metrics.loc["cicero-gwp100", "value"] == 342
    assert set(metrics["horizon"]) == {20, 100}
    sources = set(schema.read_csv(f"{DATA}/sources.csv", "sources")["source_id"])
    assert set(metrics["source_id"]) <= sources
    assert set(read_responses()["source_id"]) <= sources
    bands = schema.read_csv(f"{DATA}/cryosphere_bands.csv", "cryosphere_bands")
    assert set(bands["source_id"]) <= sources


def test_the_step_writes_what_adds_up(tmp_path):
    rows = [
        {"side": "EU", "region": "FI", "nfr": "1A4bi", "fuel": "fuelwood", "emission_kt": 4.0},
        {"side": "EU", "region": "PL", "nfr": "1A4bi", "fuel": "hard_coal", "emission_kt": 30.0},
        {"side": "CN", "region": "CN-XZ", "nfr": "1A4bi", "fuel": "fuelwood", "emission_kt": 1.0},
        {
            "side": "CN",
            "region": "CN-HE",
            "nfr": "3F",
            "fuel": "crop_residue_field",
            "emission_kt": 9.0,
        },
    ]
    table = emissions(*rows)
    schema.write_parquet(table, "emissions", tmp_path / "emissions" / "all.parquet")
    schema.write_parquet(totals(table, 50, 1), "totals", tmp_path / "totals.parquet")
    inputs = {
        "emissions": tmp_path / "emissions",
        "shares": write_shares_of(table, tmp_path / "shares", 0.5),
        "totals": tmp_path / "totals.parquet",
    }
    names = ("cryosphere", "cryosphere_months", "exposure", "climate")
    outputs = {name: tmp_path / f"{name}.parquet" for name in names}
    impacts_step(inputs, outputs, year=2018, draws=20, seed=1)
    bands = schema.read_parquet(outputs["cryosphere"], "cryosphere")
    mine = bands[(bands["gnfr"] == "*") & (bands["view"] == "latitude")]
    assert mine.groupby("side")["emission_kt"].sum().to_dict() == pytest.approx(
        {"EU": 34, "CN": 10}
    )
    # Finland lies north of 59.8 N, Poland south of 55 N.
    arctic = bands[(bands["gnfr"] == "*") & (bands["band"] == "60n")].set_index("side")
    assert 3.5 < arctic.loc["EU", "emission_kt"] <= 4.0
    months = schema.read_parquet(outputs["cryosphere_months"], "cryosphere_months")
    assert months.loc[
        (months["view"] == "latitude") & (months["nfr"] == "*"), "emission_kt"
    ].sum() == pytest.approx(44)
    near = schema.read_parquet(outputs["exposure"], "exposure")
    assert set(near["region"]) == {"*", "FI", "PL", "CN-XZ", "CN-HE"}
    climate = schema.read_parquet(outputs["climate"], "co2_equivalents")
    assert (climate.loc[climate["species"] == "BC", "lowest_mt"] > 0).all()
    assert (climate.loc[climate["species"] == "OC", "highest_mt"] < 0).all()
    for _, rows in climate.groupby(["metric", "horizon"]):
        assert set(rows["species"]) == {"BC", "OC", "BC+OC"}
