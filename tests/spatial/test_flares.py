"""Gas flares seen by satellite, beside the volumes of their countries."""

import re

import numpy as np
import pandas as pd
import pytest

from bc_inventory.spatial.allocate import allocate
from bc_inventory.spatial.cells import make_grid
from tests.spatial.frames import one_kt

_ID = re.compile(r"[A-Z]{3}_UPS_\d{4}_([\d.]+)([EW])_([\d.]+)([NS])_v0\.2")


@pytest.fixture(scope="module")
def flares(tables):
    return tables.points[tables.points["kind"] == "flare"]


def test_a_flare_lies_where_its_number_says(flares):
    # The list was retyped; the publisher's number of a flare holds its place once more.
    parts = [_ID.fullmatch(name).groups() for name in flares["name"]]
    assert len(parts) == len(set(flares["name"])) == 356
    signs = {"E": 1, "N": 1, "W": -1, "S": -1}
    for axis, values in (("lon", [p[:2] for p in parts]), ("lat", [p[2:] for p in parts])):
        coded = [float(degrees) * signs[side] for degrees, side in values]
        np.testing.assert_allclose(flares[axis], coded, atol=1.1e-4)


@pytest.mark.shared
def test_flares_add_up_to_the_volumes_of_the_world_bank(flares, shared):
    book = shared / "data" / "worldbank-gas-flaring" / "World_Bank_Gas_Flaring_Data-2012-2023.xlsx"
    published = pd.read_excel(book, engine="openpyxl").set_index("Country, bcm")[2019]
    names = {
        "CZ": "Czechia",
        "DK": "Denmark",
        "FR": "France",
        "GR": "Greece",
        "HR": "Croatia",
        "HU": "Hungary",
        "IT": "Italy",
        "NL": "Netherlands",
        "PL": "Poland",
        "RO": "Romania",
    }
    sums = flares.groupby("region")["weight"].sum()
    found = sums[~sums.index.str.startswith("CN-")].rename(names)
    assert set(found.index) == set(names.values())
    # Volumes of the list are greater by the same 0.02 million m3 or so for each flare.
    count = flares["region"].value_counts().rename(names)[found.index]
    assert ((found - published[found.index]).abs() < 3e-5 * count).all()
    # The largest were read twice, with the same result; nothing tells where the rest stands.
    china = sums[sums.index.str.startswith("CN-")].sum()
    assert china / published["China"] == pytest.approx(0.98, abs=0.002)


def test_flared_gas_goes_to_flares_and_elsewhere_to_fields(tables):
    emissions = one_kt("1B2c", ["DK", "HU", "CN-XJ", "AT"], "D_Fugitive", "flared_gas")
    made = allocate(emissions, make_grid(0.1, "all"), tables)
    placed = made.ledger.set_index("region")
    assert placed["proxy"].to_dict() == {
        "DK": "flare",
        "HU": "flare",
        "CN-XJ": "flare",
        "AT": "oil_field",
    }
    assert placed["confidence"].to_dict()["DK"] == "high"
    field = made.field("1B2c")
    # Tyra and Dan in the North Sea hold more than half of Denmark's.
    (rows,) = np.nonzero((made.grid.lat > 55.2) & (made.grid.lat < 55.9))
    (columns,) = np.nonzero((made.grid.lon > 4.5) & (made.grid.lon < 5.6))
    assert np.nansum(field[np.ix_(rows, columns)]) > 0.5e6
    np.testing.assert_allclose(made.region_totals(), 1e6, rtol=1e-12)
