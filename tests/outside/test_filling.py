"""Regions filled from a sibling pollutant, by fuel where the inventory has fuels."""

import pandas as pd
import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.gapfill import fill_silent
from bc_inventory.readers.registry import read_any


@pytest.fixture
def ceds(shared):
    folder = shared / "cases" / "public" / "15_fill_from_fuels_traceback"
    bc, oc = (next(folder.glob(f"{name}_*.csv")) for name in ("BC", "OC"))
    return read_any(bc).data, read_any(oc).data


@pytest.mark.shared
def test_a_region_is_filled_fuel_by_fuel(ceds):
    """By hand: biomass 2 of 4 and diesel 6 of 2 in the others give 5 x 0.5 and 7 x 3."""
    bc, oc = (table[table["year"] == 2018].copy() for table in ceds)

    def rows(table, region, biomass, diesel):
        like = table.drop_duplicates("fuel")
        values = like["fuel"].map({"biomass": biomass, "diesel_oil": diesel})
        key = values.isna().map({True: "NE", False: None})
        return like.assign(region=region, source_region=region, value_kt=values, notation_key=key)

    figures = pd.concat([rows(bc, "DE", 2.0, 6.0), rows(bc, "AT", None, None)], ignore_index=True)
    sibling = pd.concat([rows(oc, "DE", 4.0, 2.0), rows(oc, "AT", 5.0, 7.0)], ignore_index=True)
    filled = fill_silent(figures, sibling).set_index(["region", "fuel"])["value_kt"]
    assert filled["AT", "biomass"] == 2.5
    assert filled["AT", "diesel_oil"] == 21.0
    assert filled["DE", "biomass"] == 2.0


@pytest.mark.shared
def test_fuels_in_one_alone_are_refused(ceds):
    bc, oc = ceds
    with pytest.raises(DataError, match="both by fuel, or neither"):
        fill_silent(bc, oc.drop_duplicates(["region", "year", "sector"]).assign(fuel=None))
    with pytest.raises(DataError, match="twice"):
        fill_silent(bc, pd.concat([oc, oc], ignore_index=True))
