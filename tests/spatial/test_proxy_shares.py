"""Shares are worked out once and hold for any emissions of their categories."""

import numpy as np
import pytest

from bc_inventory.errors import DataError
from bc_inventory.spatial.allocate import allocate, select_emissions, spread
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.proxy_shares import make_shares, read_shares, write_shares


@pytest.fixture(scope="module")
def chosen(emissions):
    """Return the emissions of all regions."""
    return select_emissions(emissions, 2018, "harmonised")


@pytest.fixture(scope="module")
def shares(chosen, tables):
    """Return the shares of all categories of them."""
    return make_shares(chosen, make_grid(0.5), tables)


def test_a_region_is_shared_out_once_by_each_proxy_it_takes(shares):
    sums = np.array([np.bincount(shares.pairs.region, row) for row in shares.shares])
    pairs = shares.choices[["region", "proxy"]].drop_duplicates()
    for region, proxy in pairs.itertuples(index=False):
        where = shares.proxies.index(proxy), shares.pairs.names.index(region)
        assert sums[where] == pytest.approx(1.0, abs=1e-12)
        sums[where] = 0.0
    assert not (sums > 1e-12).any()


def test_files_give_back_what_was_written(shares, tmp_path):
    write_shares(shares, tmp_path)
    found = read_shares(tmp_path)
    assert found.pairs.grid == shares.pairs.grid
    assert found.pairs.names == shares.pairs.names
    assert found.proxies == shares.proxies
    assert found.choices.equals(shares.choices)
    for name in ("region", "cell"):
        assert np.array_equal(getattr(found.pairs, name), getattr(shares.pairs, name))
    for name in ("shares", "area_m2", "population", "settled"):
        assert np.array_equal(getattr(found, name), getattr(shares, name))


def test_part_of_the_regions_is_placed_as_if_it_were_alone(chosen, shares, tables):
    part = chosen[chosen["region"].isin(["PL", "CN-SX"])]
    alone, of_all = allocate(part, make_grid(0.5), tables), spread(part, shares)
    assert of_all.pairs.names == alone.pairs.names == ("CN-SX", "PL")
    for name in ("mass", "total", "land"):
        assert np.array_equal(getattr(of_all, name), getattr(alone, name), equal_nan=True)
    assert of_all.ledger.equals(alone.ledger)


def test_an_emission_that_the_shares_know_nothing_of_is_refused(chosen, shares):
    other = chosen.assign(fuel="peat")
    with pytest.raises(DataError, match=r"no proxy for .*peat.*different builds"):
        spread(other, shares)
