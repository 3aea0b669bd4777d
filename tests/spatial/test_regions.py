import numpy as np
import pytest

from bc_inventory.errors import DataError
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.kernel import lat_overlap, lon_overlap
from bc_inventory.spatial.regions import BASE, make_pairs, project, read_cells, require_regions

# Land areas in km2 that Natural Earth's polygons have (geodesic), transcribed.
AREAS = {"DE": 357_673.8, "PL": 313_430.8, "CN-SX": 155_982.5, "CN-HA": 165_937.8, "LU": 2_608.5}


@pytest.mark.parametrize("region", sorted(AREAS))
def test_area_of_a_region_is_that_of_its_polygon(region):
    cells = read_cells()
    area = cells.loc[cells["region"] == region, "area_m2"].sum() / 1e6
    assert area == pytest.approx(AREAS[region], rel=7e-5)


def test_no_cell_is_more_than_full():
    cells = read_cells()
    assert cells.groupby(["j", "i"])["fraction"].sum().max() <= 1 + 1 / 65535


@pytest.mark.parametrize(
    "grid",
    [
        make_grid(0.5, "global"),
        make_grid(0.25, "all"),
        make_grid(0.3, (-45, 15, 150, 75)),
        make_grid(0.07, (0, 35, 126, 73.5)),
        make_grid((0.625, 0.5), "global"),
        make_grid(0.1, "all", earth="sphere"),
    ],
    ids=str,
)
def test_a_quantity_of_a_region_is_the_same_on_every_grid(grid):
    cells = read_cells()
    some = cells[cells["region"].isin(["DE", "CN-HE", "FI"])].reset_index(drop=True)
    pairs, flow = make_pairs(some, grid)
    people = flow @ some["pop_rural"].to_numpy(float)
    found = np.bincount(pairs.region, weights=people)
    wanted = some.groupby("region")["pop_rural"].sum().to_numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_columns_of_the_overlap_sum_to_what_is_covered():
    grid = make_grid(0.3, (5.1, 45.0, 14.7, 54.9))
    lon = np.asarray(lon_overlap(BASE.lon_edges, grid.lon_edges).sum(axis=0)).ravel()
    lat = np.asarray(lat_overlap(BASE.lat_edges, grid.lat_edges).sum(axis=0)).ravel()
    inside_lon = (BASE.lon > 5.1) & (BASE.lon < 14.7)
    inside_lat = (BASE.lat > 45.0) & (BASE.lat < 54.9)
    np.testing.assert_allclose(lon, inside_lon, atol=1e-12)
    np.testing.assert_allclose(lat, inside_lat, atol=1e-12)


def test_a_row_cut_in_two_goes_by_area_not_by_degrees():
    # A zone from 0 to 60 degrees on the sphere is cut by 30 degrees at sine 1/2 of sine 0.866.
    whole = make_grid((1, 60), (0, 0, 1, 60), earth="sphere")
    halves = make_grid((1, 30), (0, 0, 1, 60), earth="sphere")
    share = lat_overlap(whole.lat_edges, halves.lat_edges, "sphere").toarray().ravel()
    np.testing.assert_allclose(share, [0.5 / np.sqrt(0.75), 1 - 0.5 / np.sqrt(0.75)], rtol=1e-14)


def test_cells_without_a_region_have_no_value():
    cells = read_cells()
    luxembourg = cells[cells["region"] == "LU"].reset_index(drop=True)
    grid = make_grid(0.5, "EU")
    pairs, flow = make_pairs(luxembourg, grid)
    field = project(pairs, flow @ luxembourg["area_m2"].to_numpy())
    assert np.isfinite(field).sum() == len(pairs)
    assert np.nansum(field) == pytest.approx(luxembourg["area_m2"].sum(), rel=1e-12)


def test_a_region_without_cells_is_named_with_its_nearest():
    with pytest.raises(DataError, match=r"region 'CN-HEB'.*Did you mean 'CN-HE'"):
        require_regions({"CN-HEB", "DE"}, {"CN-HE", "DE"}, "spatial_cells")
