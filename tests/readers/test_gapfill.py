"""Regions that report nothing follow another pollutant, by hand and from the real files."""

import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.readers.gapfill import fill_holes, fill_silent
from bc_inventory.readers.registry import read_any


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


def series(figures):
    """Rows of other combustion of Poland by year."""
    whole = pd.concat(
        rows("BC", {("PL", "C"): value}).assign(year=year) for year, value in figures.items()
    )
    return whole.reset_index(drop=True)


def test_a_hole_between_figures_is_a_straight_line():
    before = series({2010: 4.0, 2013: 1.0, 2014: None, 2015: 3.0, 2024: 9.0})
    made = fill_holes(before).set_index("year").sort_index()
    assert made["value_kt"].to_dict() == {
        2010: 4.0, 2011: 3.0, 2012: 2.0, 2013: 1.0, 2014: 2.0, 2015: 3.0, 2024: 9.0,
    }  # fmt: skip
    assert made["note"].dropna().to_dict() == {
        2011: "interpolation: between 2010 and 2013",
        2012: "interpolation: between 2010 and 2013",
        2014: "interpolation: between 2013 and 2015",
    }
    assert made["notation_key"].isna().all()


def test_what_was_stated_isn_t_filled_nor_what_lies_outside():
    before = series({2010: 4.0, 2011: None, 2012: 2.0, 2013: None})
    before.loc[before["year"] == 2011, "notation_key"] = "IE"
    assert fill_holes(before).equals(before)
    provinces = before.assign(region_level="part")
    assert fill_holes(provinces).equals(provinces)
    with pytest.raises(DataError, match="2 inventories"):
        fill_holes(pd.concat([before, before.assign(species="OC")]))


@pytest.mark.shared
def test_lithuania_has_its_other_combustion_of_2018_and_2019(shared):
    """The EU's own total holds what the country's rows leave out: 1.120 and 1.045 kt."""
    frame = read_any(shared / "data/emep-ceip-bc/EMEP_NFR14_LEVEL1_BC.txt").frame
    made = schema.check(fill_holes(frame), "inventory")
    new = made[made["note"].fillna("").str.startswith("interpolation")]
    # Croatia has no row of 1989 at all, in 13 sectors.
    assert len(made) - len(frame) == len(new) == 2 + 13
    assert set(new.loc[new["region"] == "HR", "year"]) == {1989}
    mine = new[new["sector"] == "C_OtherStatComb"].set_index(["region", "year"])["value_kt"]
    assert mine["LT", 2018] == pytest.approx(1.121531 + (1.012428 - 1.121531) / 3)
    assert mine["LT", 2018] == pytest.approx(1.12018, rel=0.04)
    assert mine["LT", 2019] == pytest.approx(1.0445, rel=0.04)
    kept = frame["value_kt"].notna()
    old = frame[kept].merge(made, on=["source_region", "year", "sector"])
    assert (old["value_kt_x"] == old["value_kt_y"]).all()


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
