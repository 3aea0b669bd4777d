import numpy as np
import pytest

from bc_inventory import schema
from bc_inventory.spatial.allocate import allocate, select_emissions
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.points import point_emissions


@pytest.fixture(scope="module")
def made(emissions, tables):
    chosen = select_emissions(emissions, 2018, "harmonised")
    return allocate(chosen, make_grid(0.1, "all"), tables)


@pytest.fixture(scope="module")
def points(made, tables):
    return schema.check(point_emissions(made, tables, 2018), "point_emissions")


def test_points_sum_to_the_totals_that_points_placed(made, tables, points):
    kinds = tables.proxies["kind"]
    placed = made.ledger[made.ledger["proxy"].map(kinds) == "points"]
    wanted = placed.groupby(["region", "nfr", "fuel"])["emission_kt"].sum()
    found = points.groupby(["region", "nfr", "fuel"])["emission_kt"].sum()
    np.testing.assert_allclose(found, wanted.loc[found.index], rtol=1e-12)
    assert len(found) == len(wanted)


def test_what_points_hold_is_in_the_grid_too(made, points):
    cement = points[points["nfr"] == "2A1"]
    cell = made.grid.locate(cement["lon"], cement["lat"])
    held = np.bincount(cell, weights=cement["emission_kt"], minlength=made.grid.size)
    gridded = np.nan_to_num(made.field("2A1")).ravel() / 1e6
    assert (gridded - held).min() > -1e-9
    plants = made.ledger[(made.ledger["nfr"] == "2A1") & (made.ledger["proxy"] == "cement")]
    assert held.sum() == pytest.approx(plants["emission_kt"].sum(), rel=1e-12)


def test_a_point_has_the_stack_of_its_kind_whatever_proxy_chose_it(points):
    malta = points[(points["region"] == "MT") & (points["fuel"] == "hard_coal")]
    assert set(malta["proxy"]) == {"power"}
    assert set(malta["kind"]) <= {"oilgas_power", "bio_power"}
    assert set(malta["stack_height_class"]) == {"medium"}
    coal = points[points["kind"] == "coal_power"]
    assert set(coal["stack_height_class"]) == {"high"}
