"""Totals as published, spread over the grid."""

import numpy as np
import pytest

from bc_inventory.spatial.allocate import allocate
from bc_inventory.spatial.calendar import year_bounds
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.netcdf import write_grid
from bc_inventory.spatial.totals import region_totals

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def made(published, tables):
    return allocate(published, make_grid(0.1, "all"), tables)


def test_the_sum_of_the_provinces_is_the_published_one(published, made):
    # REAS v2.1, 31 provinces in 2008: 1 587.8 kt (Kurokawa et al. 2013).
    china = [name for name in made.pairs.names if name.startswith("CN-")]
    assert len(china) == 31
    inside = made.region_totals().sum(axis=0)[[made.pairs.names.index(name) for name in china]]
    assert inside.sum() / 1e6 == pytest.approx(1587.8, abs=0.1)
    wanted = published[published["side"] == "CN"].groupby("region")["emission_kt"].sum()
    np.testing.assert_allclose(inside / 1e6, wanted.loc[china], rtol=1e-12)


def test_the_file_gives_every_published_total_back(made, published, tmp_path):
    path = write_grid(made, tmp_path / "grid.nc", bounds=year_bounds(2018))
    found = region_totals(path).groupby(["region", "nfr"])["emission_kt"].sum()
    wanted = published.groupby(["region", "nfr"])["emission_kt"].sum()
    np.testing.assert_allclose(found.loc[wanted.index], wanted, rtol=1e-6)


def test_the_strongest_cells_are_the_coke_and_iron_towns_of_the_north(made):
    total = np.nansum([made.field(nfr) for nfr in made.sectors["nfr"]], axis=0).ravel()
    top = np.argsort(total)[::-1][:12]
    places = {
        (
            round(float(made.grid.lon[cell % made.grid.nx]), 2),
            round(float(made.grid.lat[cell // made.grid.nx]), 2),
        )
        for cell in top
    }
    # Xiaoyi and Jiexiu make the most coke of Shanxi; Rizhao has works of ten million tonnes.
    assert {(111.75, 37.15), (111.95, 37.05), (119.35, 35.15)} <= places
