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
    wanted = set(shares.choices[["region", "proxy"]].itertuples(index=False, name=None))
    assert set(shares.parts) == wanted
    for (region, _), (pair, share) in shares.parts.items():
        assert share.sum() == pytest.approx(1.0, abs=1e-12)
        assert (share > 0).all()
        assert {shares.pairs.names[place] for place in shares.pairs.region[pair]} == {region}


def test_what_lies_outside_the_grid_is_in_no_cell(chosen, tables, tmp_path):
    grid = make_grid(0.5, (0.0, 45.0, 10.0, 50.0))
    cut = make_shares(chosen[chosen["region"].isin(["FR", "PL"])], grid, tables)
    sums = {key: share.sum() for key, (_, share) in cut.parts.items()}
    assert max(total for (region, _), total in sums.items() if region == "PL") == 0
    assert 0.2 < sums["FR", "population"] < 0.8
    write_shares(cut, tmp_path)
    found = read_shares(tmp_path)
    assert {key: share.sum() for key, (_, share) in found.parts.items()} == sums


def test_files_give_back_what_was_written(shares, tmp_path):
    write_shares(shares, tmp_path)
    found = read_shares(tmp_path)
    assert found.pairs.grid == shares.pairs.grid
    assert found.pairs.names == shares.pairs.names
    assert found.parts.keys() == shares.parts.keys()
    for key, (pair, share) in shares.parts.items():
        assert np.array_equal(found.parts[key][0], pair)
        assert np.array_equal(found.parts[key][1], share)
    assert found.choices.equals(shares.choices)
    for name in ("region", "cell"):
        assert np.array_equal(getattr(found.pairs, name), getattr(shares.pairs, name))
    for name in ("area_m2", "population", "settled"):
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
