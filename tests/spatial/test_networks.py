"""Roads and railways of OpenStreetMap, read on request, and lanes of shipping."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.allocate import allocate
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.proxies import make_weights
from bc_inventory.spatial.roads import road_traffic
from bc_inventory.spatial.tables import read_tables
from tests.spatial.frames import one_kt


@pytest.fixture(scope="module")
def networks():
    return read_tables(networks=True)


def at(made, nfr, lat, lon):
    return made.field(nfr).ravel()[made.grid.locate([lon], [lat])[0]]


def test_the_tables_cite_known_sources_and_cells(tables):
    folder = data_root() / "spatial"
    lanes = schema.read_parquet(folder / "lanes_010.parquet", "spatial_lanes")
    found = schema.read_parquet(folder.parent / "odbl" / "networks_010.parquet", "spatial_networks")
    key = ["region", "j", "i"]
    known = set(map(tuple, tables.cells[key].to_numpy().tolist()))
    assert set(map(tuple, found[key].to_numpy().tolist())) <= known
    assert set(lanes["region"]) <= set(tables.cells["region"])
    assert (len(lanes), len(found)) == (19010, 78825)


def test_networks_are_passed_over_until_they_are_read(tables, networks):
    asked = one_kt("1A3c", ["FR", "CN-SX", "CY"])
    grid = make_grid(0.5, "all")
    without = allocate(asked, grid, tables).ledger.set_index("region")
    made = allocate(asked, grid, networks).ledger.set_index("region")
    assert without["proxy"].tolist() == ["sqrt_pop_area"] * 3
    assert without["rung"].tolist() == [2, 2, 2]
    assert made["proxy"].to_dict() == {"FR": "rail", "CN-SX": "rail", "CY": "sqrt_pop_area"}


def test_the_lines_from_paris_to_lyon_and_from_beijing_to_shanghai_carry_rail(networks):
    made = allocate(
        one_kt("1A3c", ["FR", "CN-TJ", "CN-JS", "CN-BJ"]), make_grid(0.1, "all"), networks
    )
    # Paris, Dijon, Macon, Lyon; Beijing, Tianjin, Xuzhou, Nanjing.
    places = [(48.85, 2.37), (47.32, 5.03), (46.30, 4.82), (45.76, 4.86)]
    places += [(39.87, 116.38), (39.14, 117.21), (34.26, 117.20), (32.09, 118.74)]
    assert all(at(made, "1A3c", lat, lon) > 0 for lat, lon in places)
    assert not at(made, "1A3c", 44.75, 6.95) > 0  # high in the Alps
    np.testing.assert_allclose(made.region_totals(), 1e6, rtol=1e-12)


@pytest.mark.parametrize("nfr", ["1A3bi", "1A3bii", "1A3biii"])
def test_road_traffic_keeps_its_mass_and_goes_where_roads_and_people_are(networks, nfr):
    made = allocate(one_kt(nfr, ["DE", "CN-QH"]), make_grid(0.1, "all"), networks)
    np.testing.assert_allclose(made.region_totals(), 1e6, rtol=1e-12)
    assert set(made.ledger["proxy"]) == {"road_heavy" if nfr == "1A3biii" else "road_light"}
    xining, hoh_xil = at(made, nfr, 36.62, 101.78), at(made, nfr, 35.5, 92.0)
    assert xining > 100 * np.nan_to_num(hoh_xil)


def test_motorways_have_the_lengths_that_countries_report(networks):
    length = networks.cells.groupby("region")["motorway_km"].sum()
    china = length[length.index.str.startswith("CN-")].sum()
    # 222e9 vehicle km a year at 47 100 vehicles a day (BASt, 2012), to which lengths are scaled.
    assert length["DE"] == pytest.approx(222e9 / 365 / 47_100, rel=1e-3)
    # The end of 2018 and of 2020, by the bulletins of the ministry; tiles are of early 2021.
    assert 142.6e3 < china < 161e3
    # Eurostat, about 2018.
    for region, km in {"FR": 11_671, "ES": 15_585, "IT": 6_943, "PL": 1_637, "PT": 3_065}.items():
        assert length[region] == pytest.approx(km, rel=0.08), region
    assert length[["MT", "EE"]].sum() == 0


def test_lorries_keep_to_motorways_more_than_cars(networks):
    cells = networks.cells
    germany = cells[cells["region"] == "DE"]
    near = germany["motorway_km"] > 0
    heavy, light = (germany.loc[near, f"road_{kind}"].sum() for kind in ("heavy", "light"))
    # All of what goes by motorway, and what other roads and people hold in the same cells.
    assert 0.29 < light < heavy < 0.85
    assert germany[["road_heavy", "road_light"]].sum().tolist() == pytest.approx([1.0, 1.0])


def test_traffic_by_class_is_worked_out_by_hand():
    cells = pd.DataFrame(
        {
            "region": ["A", "A", "B", "C"],
            "pop_urban": [100.0, 0.0, 25.0, 9.0],
            "pop_rural": 0.0,
            "area_m2": 1.0,
            "road_km": [20.0, 5.0, 30.0, 7.0],
            "motorway_km": [4.0, 1.0, 0.0, 2.0],
        }
    )
    sides = pd.Series({"A": "EU", "B": "EU", "C": "CN"})
    rows = [("motorway", 0.5), ("main", 0.3), ("minor", 0.2)]
    traffic = pd.DataFrame(
        [("EU", vehicles, *row, "A") for vehicles in ("heavy", "light") for row in rows],
        columns=["scope", "vehicles", "road_class", "share", "reference"],
    )
    made = road_traffic(cells, traffic, sides, "traffic.csv")
    # Main roads without both directions of motorways: 12 and 3 km in A, 30 in B; the roots of
    # people times land: 10 and 0 in A, 5 in B. C is of another side.
    by_hand = [
        0.5 * 4 / 5 + 0.3 * 12 / 15 + 0.2 * 10 / 10,
        0.5 * 1 / 5 + 0.3 * 3 / 15,
        0.3 * 30 / 15 + 0.2 * 5 / 10,
        0.0,
    ]
    np.testing.assert_allclose(made["road_heavy"], by_hand)
    np.testing.assert_allclose(made["road_light"], by_hand)
    with pytest.raises(DataError, match=r"sum to 0\.8000"):
        road_traffic(cells, traffic[traffic["road_class"] != "minor"], sides, "traffic.csv")
    with pytest.raises(DataError, match="no motorway roads in 'B'"):
        road_traffic(cells, traffic.assign(reference="B"), sides, "traffic.csv")


def test_the_shares_are_those_of_the_counts():
    table = schema.read_csv(data_root() / "spatial" / "road_traffic.csv", "road_traffic")
    share = table.set_index(["scope", "vehicles", "road_class"])["share"]
    # 10^9 vehicle km of 2012: of heavy vehicles and of all, and how many a day of each.
    heavy, every = 63.610, 725.498
    motorway = 222 * np.array([7_010, 47_100 - 7_010]) / 47_100
    main = 110 * np.array([800, 9_440 - 800]) / 9_440
    for place, (kind, whole) in enumerate((("heavy", heavy), ("light", every - heavy))):
        assert share["EU", kind, "motorway"] == pytest.approx(motorway[place] / whole, abs=6e-4)
        assert share["EU", kind, "main"] == pytest.approx(main[place] / whole, abs=6e-4)


@pytest.mark.shared
def test_rail_is_nearer_to_another_copy_of_the_network_than_its_stand_in(networks, shared):
    other = pd.read_parquet(shared / "data" / "spatial-osm-rail" / "rail_km_010.parquet")
    cells = networks.cells.merge(other, on=["j", "i"], how="left")
    land = cells.groupby(["j", "i"])["fraction"].transform("sum")
    people = (cells["pop_urban"] + cells["pop_rural"]).astype(float)
    placed = pd.DataFrame(
        {
            "other": cells["km"].fillna(0) * cells["fraction"] / land,
            "rail": cells["rail_km"],
            "stand_in": np.sqrt(people * cells["area_m2"]),
        }
    )
    half = [cells["region"], cells["j"] // 5, cells["i"] // 5]
    sums = placed.groupby(half).sum()
    share = sums / sums.groupby(level=0).transform("sum")
    wrong = share.sub(share["other"], axis=0).abs().groupby(level=0).sum() / 2
    wrong = wrong[placed["other"].groupby(cells["region"]).sum() > 300]
    china = wrong.index.str.startswith("CN-")
    # As docs/spatial.md has them.
    assert wrong.loc[china, ["rail", "stand_in"]].median().round(2).tolist() == [0.14, 0.30]
    europe = wrong.loc[~china & ~wrong.index.isin(["HK", "MO", "TW"])]
    assert europe[["rail", "stand_in"]].median().round(2).tolist() == [0.19, 0.21]


def test_lanes_share_out_a_region_and_lie_at_sea(tables):
    lanes = tables.lanes
    np.testing.assert_allclose(lanes.groupby("region")["shipping_share"].sum(), 1.0, atol=1e-3)
    land = tables.cells.groupby(["j", "i"], as_index=False)["fraction"].sum()
    covered = lanes.merge(land, on=["j", "i"], how="left")["fraction"].fillna(0.0)
    assert (lanes["shipping_share"] * covered).sum() / lanes["shipping_share"].sum() < 0.2
    # Marseille to Corsica, the strait of Taiwan, Piraeus to the Cyclades.
    held = set(zip(lanes["region"], lanes["j"], lanes["i"], strict=True))
    for region, south, west in (("FR", 42.5, 7.0), ("CN-ZJ", 24.5, 118.5), ("GR", 37.0, 24.5)):
        j, i = round((south + 90) * 10), round((west + 180) * 10)
        assert any((region, j + y, i + x) in held for y in range(10) for x in range(10))


def test_shipping_goes_by_lanes_where_there_is_a_coast_and_by_rivers_elsewhere(tables):
    regions = ["IT", "NL", "AT", "CN-FJ", "CN-JS", "CN-HB"]
    made = allocate(one_kt("1A3dii", regions), make_grid(0.25, "all"), tables)
    found = made.ledger.set_index("region")["proxy"].to_dict()
    assert found["IT"] == found["CN-FJ"] == "shipping_lane"
    assert {found[region] for region in ("NL", "AT", "CN-JS", "CN-HB")} == {"waterway"}
    np.testing.assert_allclose(made.region_totals(), 1e6, rtol=1e-3)
    tyrrhenian = made.field("1A3dii").ravel()[made.grid.locate([12.0], [40.5])[0]]
    assert tyrrhenian > 0


@pytest.mark.parametrize("resolution", [0.1, 0.3, 1.0])
def test_lanes_keep_their_mass_on_any_grid(tables, resolution):
    weights = make_weights(tables, make_grid(resolution, "global"), ["GR", "IT"])
    assert weights.share("shipping_lane", 1).sum() == pytest.approx(1.0)


def test_lanes_are_even_within_a_base_cell(tables):
    window = (8.0, 36.0, 20.0, 45.0)
    fine = make_weights(tables, make_grid(0.05, window), ["IT"]).share("shipping_lane", 0)
    base = make_weights(tables, make_grid(0.1, window), ["IT"]).share("shipping_lane", 0)
    assert fine.sum() == pytest.approx(base.sum())
    assert (fine > 0).sum() == 4 * (base > 0).sum()
