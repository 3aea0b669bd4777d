"""Hotspots of a field small enough to work out by hand."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from bc_inventory.analysis.hotspots.build import Rules, Surroundings, categories_of, find_hotspots
from bc_inventory.analysis.hotspots.clusters import (
    cluster_masses,
    describe,
    label_cells,
    label_clusters,
    tail_threshold,
)
from bc_inventory.analysis.hotspots.context import Context, Nearest, arctic_km
from bc_inventory.analysis.hotspots.draws import cluster_probability, densities, intervals
from bc_inventory.analysis.hotspots.files import (
    outline_clusters,
    read_hotspots,
    write_geojson,
    write_geoparquet,
)
from bc_inventory.analysis.hotspots.identity import inherit_ids
from bc_inventory.analysis.hotspots.persistence import (
    PERSISTENCE,
    classify_years,
    rank_changes,
)
from bc_inventory.errors import DataError
from bc_inventory.monitoring.statistics.rank_tests import mann_kendall, p_value
from bc_inventory.schema import check, read_csv, table
from tests.analysis.small_field import small_field

ALL = np.ones(2, dtype=bool)


@pytest.fixture
def field():
    """Two regions side by side, two categories; one cluster of three cells, one alone."""
    heating = np.array([[1.0, 1, 1, 1], [1, 8, 6, 1], [1, 1, 1, 9]])
    coke = np.array([[0.0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 1]])
    region = np.array([[0, 0, 1, 1]] * 3)
    return small_field([heating, coke], region)


def test_the_tail_is_a_share_of_the_area():
    density = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    area = np.array([1.0, 1.0, 2.0, 3.0, 3.0])
    assert tail_threshold(density, area, 0.9) == 5.0  # one tenth of the area
    assert tail_threshold(density, area, 0.8) == 4.0
    assert tail_threshold(density, area, 0.7) == 4.0  # the third cell no longer fits
    assert tail_threshold(density, area, 0.6) == 3.0
    assert tail_threshold(np.array([0.0, 7.0, 0.0]), np.ones(3), 0.0) == 7.0
    assert tail_threshold(np.zeros(3), np.ones(3), 0.9) == np.inf


def test_cells_that_touch_by_a_corner_are_one_cluster():
    labels, count = label_clusters(np.array([[1, 0, 0, 1], [0, 1, 0, 0]], dtype=bool))
    assert count == 2
    assert labels[0, 0] == labels[1, 1] != labels[0, 3]


def test_the_densest_cells_come_one_by_one(field):
    labels, count = label_cells(field.density(ALL), field.domain, 3)
    assert count == 3
    assert labels.tolist() == [[0, 0, 0, 0], [0, 1, 3, 0], [0, 0, 0, 2]]


def test_a_cluster_by_hand(field):
    labels, count = label_clusters(field.density(ALL) >= 6.0)
    masses = cluster_masses(field, labels, count, ALL)
    frame = describe(field, labels, masses, kind="density", sector_group="all", chosen=ALL)
    assert count == 1
    row = frame.iloc[0]
    # Cells of 10, 6 and 10 kt; 35 kt in all, 15 of them in CN-HE.
    assert row["emission_kt"] == 26.0
    assert row["cells"] == 3
    assert row["area_km2"] == 3000.0
    assert row["density_t_km2"] == pytest.approx(26 / 3)
    assert row["peak_density_t_km2"] == 10.0
    assert (row["peak_latitude"], row["peak_longitude"]) == (31.5, 101.5)
    assert row["latitude"] == pytest.approx((16 * 31.5 + 10 * 32.5) / 26)
    assert row["share_of_side"] == pytest.approx(26 / 35)
    assert row["region"] == "CN-SX"
    assert json.loads(row["region_shares"]) == {"CN-SX": 0.6154, "CN-HE": 0.3846}
    assert row["share_of_region"] == pytest.approx(16 / 20)
    assert json.loads(row["nfr_shares"]) == {"1A4bi": 0.8846, "1A1c": 0.1154}
    assert row["emission_per_head_kg"] == pytest.approx(26e6 / 3e5)
    assert row["hotspot_id"] == "CN.density.all.3150N10150E"


def test_a_sector_group_counts_its_categories_only(field, root):
    groups = read_csv(root / "data" / "hotspot_groups.csv", "hotspot_groups")
    chosen = categories_of(field, groups, "coking")
    assert chosen.tolist() == [False, True]
    labels, count = label_clusters(field.density(chosen) > 0)
    masses = cluster_masses(field, labels, count, chosen)
    frame = describe(field, labels, masses, kind="density", sector_group="coking", chosen=chosen)
    assert frame["emission_kt"].tolist() == [2.0, 1.0]
    assert frame["share_of_side"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_draws_move_a_cluster_as_its_rows_move(field):
    labels, count = label_clusters(field.density(ALL) >= 9.0)
    generator = np.random.default_rng(0)
    multipliers = np.ones((4000, 2, 2))
    heating = np.exp(0.5 * generator.standard_normal(4000))
    multipliers[:, :, 0] = heating[:, None]  # one draw for both regions
    lower, upper = intervals(cluster_masses(field, labels, count, ALL), multipliers)
    # Cells of 8 + 2 and of 9 + 1: heating is lognormal, coke stays.
    quantiles = np.quantile(heating, [0.025, 0.975])
    assert lower == pytest.approx([8 * quantiles[0] + 2, 9 * quantiles[0] + 1])
    assert upper == pytest.approx([8 * quantiles[1] + 2, 9 * quantiles[1] + 1])
    drawn = densities(field, ALL, multipliers)
    assert drawn[5] == pytest.approx(8 * heating + 2)
    # In the centre both cells have 10 t km-2: with little heating coke decides.
    sure = cluster_probability(field, labels, count, drawn >= drawn.max(axis=0))
    assert sure == pytest.approx([(heating <= 1).mean(), (heating >= 1).mean()])


def test_distances_by_hand():
    # A degree of the meridian of a sphere of 6371.0088 km is 111.195 km.
    towns = Nearest(np.array([50.0, 11.0]), np.array([20.0, 20.0]))
    distance, index = towns.km(np.array([10.0]), np.array([20.0]))
    assert distance[0] == pytest.approx(111.195, abs=1e-3)
    assert index[0] == 1
    assert arctic_km(np.array([65.5622, 80.0])) == pytest.approx([111.195, 0.0], abs=1e-3)
    none, _ = Nearest(np.zeros(0), np.zeros(0)).km(np.array([1.0]), np.array([2.0]))
    assert np.isinf(none).all()


def test_a_cluster_without_a_town_takes_the_largest_near_it_and_not_a_suburb(field):
    """Cells of the left column are one cluster, those of the right another."""
    places = pd.DataFrame(
        {
            "geonameid": [1, 2, 3, 4, 5],
            "name": ["Across", "Own", "Suburb", "City", "Far"],
            "region": ["CN-SX", "CN-HE", "CN-SX", "CN-SX", "CN-SX"],
            "lat": [30.2, 31.8, 31.5, 31.45, 31.5],
            "lon": [100.5, 100.5, 104.05, 104.2, 106.0],
            "population": [9, 1, 3, 30, 300],
        }
    )
    context = Context(field, places, (np.array([35.0]), np.array([90.0])))
    labels = np.array([[1, 0, 0, 2]] * 3)
    frame = pd.DataFrame(
        {
            "label": [1, 2],
            "region": ["CN-HE", "CN-SX"],
            "latitude": [31.5, 31.5],
            "longitude": [100.5, 104.0],
        }
    )
    named = context.add(frame, labels)
    # "Across" has more people, but most of the cluster is emitted in the region of "Own".
    assert named["place"].tolist() == ["Own", "City"]
    assert named["place_region"].tolist() == ["CN-HE", "CN-SX"]
    assert named["nearest_place"].tolist() == ["Own", "Suburb"]
    none = Context(field, places.iloc[:0], (np.zeros(0), np.zeros(0))).add(frame, labels)
    assert none["place"].isna().all()
    assert none["nearest_place_km"].isna().all()


@pytest.fixture
def around(root):
    """Return embedded sector groups, one town, one glacier."""
    places = pd.DataFrame(
        {
            "geonameid": [1, 2],
            "name": ["Inside", "Outside"],
            "region": ["CN-HE", "CN-HE"],
            "lat": [31.4, 20.0],
            "lon": [101.6, 100.0],
            "population": [5, 9],
        }
    )
    groups = read_csv(root / "data" / "hotspot_groups.csv", "hotspot_groups")
    return Surroundings(groups, places, (np.array([35.0]), np.array([90.0])))


@pytest.fixture
def found(field, around):
    """Return all hotspots of the small field."""
    rules = Rules(quantile=0.75, radius_km=120.0, top_cells=2, permutations=199)
    return find_hotspots([field], np.ones((20, 2, 2)), around, rules)


def test_hotspots_keep_their_contract(found):
    frame = found.hotspots.reindex(columns=[*table("hotspots").names, "geometry"])
    check(frame[table("hotspots").names], "hotspots")
    assert set(frame["kind"]) >= {"cell", "density"}
    dense = frame[(frame["kind"] == "density") & (frame["sector_group"] == "all")].iloc[0]
    assert dense["place"] == "Inside"
    assert dense["probability"] == 1.0
    assert dense["lower_kt"] == dense["emission_kt"] == dense["upper_kt"]
    assert dense["geometry"].area == pytest.approx(3.0)
    assert frame["hotspot_id"].is_unique


def test_geoparquet_says_what_its_geometry_is(found, tmp_path):
    frame = found.hotspots.reindex(columns=[*table("hotspots").names, "geometry"])
    path = write_geoparquet(frame, tmp_path / "hotspots.parquet")
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0"
    assert column["encoding"] == "WKB"
    assert set(column["geometry_types"]) <= {"Polygon", "MultiPolygon"}
    assert column["bbox"] == pytest.approx(shapely.total_bounds(frame["geometry"].to_numpy()))
    assert "crs" not in column  # absent is OGC:CRS84
    assert pq.read_schema(path).field("emission_kt").metadata[b"units"] == b"kt"
    again = read_hotspots(path)
    assert len(again) == len(frame)
    original = frame.set_index("hotspot_id")["geometry"]
    for row in again.itertuples():
        assert row.geometry.equals(original[row.hotspot_id])
    second = write_geoparquet(again, tmp_path / "again.parquet")
    assert second.read_bytes() == path.read_bytes()


def test_a_truncated_file_is_a_clear_error(found, tmp_path):
    frame = found.hotspots.reindex(columns=[*table("hotspots").names, "geometry"])
    path = write_geoparquet(frame, tmp_path / "hotspots.parquet")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"hotspots\.parquet.*complete GeoParquet"):
        read_hotspots(path)


def test_a_release_of_before_a_column_was_thought_of_is_read(found, tmp_path):
    frame = found.hotspots.reindex(columns=[*table("hotspots").names, "geometry"])
    path = write_geoparquet(frame, tmp_path / "hotspots.parquet")
    arrow = pq.read_table(path)
    pq.write_table(arrow.drop_columns(["place_region", "gi_star_max"]), path)
    again = read_hotspots(path)
    assert again["place_region"].isna().all()
    assert again["gi_star_max"].isna().all()
    pq.write_table(arrow.drop_columns(["emission_kt"]), path)
    with pytest.raises(DataError, match="column emission_kt: found no such column"):
        read_hotspots(path)


def test_geojson_is_plain(found, tmp_path):
    frame = found.hotspots.reindex(columns=[*table("hotspots").names, "geometry"])
    made = json.loads(write_geojson(frame, tmp_path / "hotspots.geojson").read_text("utf-8"))
    assert len(made["features"]) == len(frame)
    feature = made["features"][0]
    assert isinstance(feature["properties"]["nfr_shares"], dict)
    assert feature["properties"]["stations"] is None
    ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
    assert ring.is_ccw


def test_outlines_hold_every_shape():
    mask = np.ones((5, 5), dtype=bool)
    mask[1, 1] = mask[2, 2] = False  # two holes that touch by a corner
    mask[4, 0:2] = mask[3, 0] = False
    field = small_field(mask[None] * 1.0, np.zeros(25, dtype=int))
    labels, count = label_clusters(mask)
    (shape,) = outline_clusters(field, labels, count)
    assert shape.is_valid
    assert shape.area == pytest.approx(mask.sum())
    assert shape.bounds == (100.0, 30.0, 105.0, 35.0)


def _hotspot(name, west, width=1.0, kind="density"):
    return {
        "hotspot_id": name,
        "side": "CN",
        "kind": kind,
        "sector_group": "all",
        "geometry": shapely.box(west, 30, west + width, 31),
    }


def test_ids_are_kept_where_clusters_overlap():
    before = pd.DataFrame([_hotspot("a", 0, 4), _hotspot("b", 10), _hotspot("c", 20)])
    now = pd.DataFrame(
        [
            _hotspot("x", 0.5, 3),  # most of a
            _hotspot("y", 3.6),  # the rest of it
            _hotspot("b", 30),  # new, though its own name was another's
            _hotspot("z", 10, kind="significant"),  # over b, of another kind
        ]
    )
    kept = inherit_ids(now, before)
    assert kept["hotspot_id"].tolist() == ["a", "y", "b-2", "z"]
    assert kept["previous_id"].tolist()[:2] == ["a", "a"]
    assert kept["previous_id"].isna().tolist()[2:] == [True, True]


def test_merged_clusters_take_the_id_of_the_larger_overlap():
    before = pd.DataFrame([_hotspot("a", 0), _hotspot("b", 1, 2)])
    kept = inherit_ids(pd.DataFrame([_hotspot("x", 0, 3)]), before)
    assert kept["hotspot_id"].tolist() == ["b"]
    assert kept["previous_id"].tolist() == ["b;a"]


def test_cells_that_emit_nothing_are_no_hotspot(around):
    """A ring of plants around an empty cell: its neighbours are hot, it isn't."""
    coke = np.zeros((40, 40))
    coke[19:22, 19:22] = 5.0
    coke[20, 20] = 0.0
    field = small_field([np.zeros((40, 40)), coke], np.zeros((40, 40), dtype=int))
    rules = Rules(quantile=0.9, radius_km=160.0, permutations=99_999)
    made = find_hotspots([field], np.ones((3, 2, 2)), around, rules)
    found = made.groups["coking"].significance
    assert found.hot[19, 19]
    assert not found.hot[20, 20]
    rows = made.hotspots[made.hotspots["kind"] == "significant"]
    assert (rows["emission_kt"] > 0).all()
    assert rows["emission_kt"].max() == 40.0


def test_ranks_change_in_the_draws_in_which_one_overtakes():
    """Of 5, 4 and 1 the last is 4.5 in one of four draws and 9 in another: 2 and 3 places."""
    first = np.tile([[5.0], [4.0], [1.0]], (1, 4))
    last = first.copy()
    last[2] = [1.0, 4.5, 9.0, 1.0]
    assert rank_changes(first, last).tolist() == [0.25, 0.5, 0.5]


def test_classes_over_years_need_five():
    """Of n rising values p is 0.089 for four and 0.027 for five, by the normal approximation."""
    assert p_value(*mann_kendall(np.arange(4.0))) == pytest.approx(0.0894, abs=1e-4)
    assert p_value(*mann_kendall(np.arange(5.0))) == pytest.approx(0.0275, abs=1e-4)
    rising, hot = np.arange(5.0)[:, None] + 3, np.ones((5, 1), dtype=bool)
    names = [PERSISTENCE[classify_years(sign * rising, hot)[0]] for sign in (1, -1, 0)]
    assert names == ["intensifying", "diminishing", "persistent"]
    with pytest.raises(ValueError, match="at least 5"):
        classify_years(rising[:4], hot[:4])
