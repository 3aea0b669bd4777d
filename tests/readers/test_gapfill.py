"""Regions that report nothing follow another pollutant, by hand and from the real files."""

import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.readers import read_any
from bc_inventory.readers.gapfill import fill_silent


def rows(species, figures):
    made = pd.DataFrame(
        [(region, sector, value) for (region, sector), value in figures.items()],
        columns=["region", "sector", "value_kt"],
    )
    return made.assign(
        inventory="X", version="1", scheme="GNFR14", source_region=made["region"],
        region_level="country", year=2018, sector_level="part", fuel=None, species=species,
        notation_key=made["value_kt"].isna().map({True: "NE", False: None}), unit="Gg",
        source_id="s", note=None,
    )  # fmt: skip


BC = {
    ("DE", "C"): 4.0, ("FR", "C"): 2.0, ("AT", "C"): None,
    ("DE", "F"): 3.0, ("FR", "F"): None, ("AT", "F"): None, ("AT", "L"): None,
}  # fmt: skip
PM = {
    ("DE", "C"): 20.0, ("FR", "C"): 40.0, ("AT", "C"): 5.0,
    ("DE", "F"): 6.0, ("FR", "F"): 10.0, ("AT", "F"): 1.0, ("AT", "L"): 7.0,
}  # fmt: skip


def test_a_silent_region_has_what_the_others_have_of_its_sibling():
    made = fill_silent(rows("BC", BC), rows("PM25", PM)).set_index(["region", "sector"])
    assert made.loc[("AT", "C"), "value_kt"] == pytest.approx(5 * (4 + 2) / (20 + 40))
    # France reports, so what it leaves out stays out; Germany alone gives the ratio.
    assert pd.isna(made.loc[("FR", "F"), "value_kt"])
    assert made.loc[("AT", "F"), "value_kt"] == pytest.approx(1 * 3 / 6)
    assert made.loc[("AT", "F"), "note"] == (
        "surrogate: PM25 x 0.5, as in 1 regions that report both"
    )
    # Nobody reports L, so there is no ratio and nothing is invented.
    assert made.loc[("AT", "L"), "notation_key"] == "NE"
    assert pd.isna(made.loc[("AT", "C"), "notation_key"])


def test_only_siblings_fill():
    with pytest.raises(DataError, match="one inventory of one version"):
        fill_silent(rows("BC", BC), rows("PM25", PM).assign(version="2"))
    with pytest.raises(DataError, match="another pollutant"):
        fill_silent(rows("BC", BC), rows("BC", BC))


@pytest.mark.shared
def test_austria_and_luxembourg(shared):
    bc, pm = (
        read_any(shared / f"data/emep-ceip-bc/EMEP_NFR14_LEVEL1_{name}.txt").frame
        for name in ("BC", "PM25")
    )
    made = schema.check(fill_silent(bc, pm), "inventory")
    mine = made[(made["year"] == 2018) & (made["sector_level"] == "part")]
    sums = mine.groupby("region")["value_kt"].sum()
    # Other combustion is 6.534 kt of Austria's PM2.5 of 2018; others have 9 to 25 % of it as BC.
    assert 1.0 < sums["AT"] < 6.0
    assert 0.1 < sums["LU"] < 1.0
    filled = made["note"].fillna("").str.startswith("surrogate")
    assert set(made.loc[filled & (made["year"] == 2018), "region"]) >= {"AT", "LU"}
    kept = bc["value_kt"].notna()
    assert made.loc[kept, "value_kt"].equals(bc.loc[kept, "value_kt"])
