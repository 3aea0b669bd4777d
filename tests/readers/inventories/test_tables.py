"""GAINS and CEDS: comma-separated tables with one column a year."""

import io

import pytest

from bc_inventory.errors import BCInventoryError, DataError, UnitError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import read_any
from tests.readers.inventories import books


def read(text, name="table.csv", **options):
    return read_any(Source(io.BytesIO(text.encode()), name), **options)


def test_gains_regions_and_sums_stand_apart_from_the_parts():
    result = read(books.GAINS)
    frame = result.frame
    assert result.report.species == ("BC",)
    assert result.report.notes == ("includes high emitters",)
    assert result.report.skipped[0].rows == 2
    parts = frame[frame["sector_level"] == "part"]
    assert parts[parts["year"] == 2015]["value_kt"].sum() == 501.75
    assert set(parts["region_level"]) == {"aggregate"}
    whole = frame[frame["sector"] == "ALL SUM"]
    assert whole["region"].unique().tolist() == ["WORLD"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"600.5"', '"6005"', "region \\('CHIN_PLUS', 2010\\): parts that add up to 6006.25"),
        ('"602.2501"', '"702.2501"', "the total of 2010"),
        ('"600.5"', '"600,5"', "found '600,5'; expected a number"),
        ('"600.5",', "", "3 cells"),
        (',"ALL SUM","602.2501","501.75"\n', "", "0 rows ALL SUM"),
        ('"2010","2015"', '"2010","2010"', "a year twice"),
        ('"Unit: kt PM"', '"Unit: Mt PM"', "no line 'Unit"),
        ('"WEST_EURO"', '"WEST_EURASIA"', "the region 'WEST_EURASIA'"),
        ("PM_BC", "PM_XY", "found 'XY'"),
        ('"602.2501","501.75"\n', '"602.2501","501.75', "without an end|unexpected end"),
    ],
)
def test_a_damaged_gains_table_is_refused(old, new, message):
    with pytest.raises(BCInventoryError, match=message):
        read(books.GAINS.replace(old, new), format_name="gains_emf30")


def test_ceds_takes_kilotonnes_of_carbon_as_kilotonnes_of_black_carbon():
    frame = read(books.CEDS, "BC_CEDS_by_country_2021_02_05.csv").frame
    assert frame["version"].unique().tolist() == ["2021-02-05"]
    of_2015 = frame[frame["year"] == 2015].set_index("region")
    assert of_2015["value_kt"].to_dict() == {"CN": 380.5, "PL": 11.0, "global": 61.0}
    assert of_2015["region_level"]["global"] == "international"
    assert set(frame["unit"]) == {"ktC"}


def test_ceds_without_countries_is_the_world_and_a_span_of_years_can_be_chosen():
    text = '"sector","em","units","X1750","X2014"\n"1A3b_Road","BC","kt","0","900"\n'
    frame = read(text, version="2019-12-23", years=(1900, 2020)).frame
    assert frame[["region", "year", "value_kt"]].to_numpy().tolist() == [["WORLD", 2014, 900.0]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("380.5", "380,5", "found '380,5'"),
        ('"380.5"', '""', "found ''"),
        ("380.5", "3.8e30", "at most what the world emits"),
        ("380.5", "-380.5", "at least 0"),
        ('"chn"', '"chx"', "the region 'chx'"),
        ("ktC", "MtC", "the unit 'MtC'"),
        ('"BC","pol"', '"OC","pol"', "one pollutant"),
        ('"X2014","X2015"', '"X2014","X2014"', "the header em"),
        ("pol", "chn", "each key once|country"),
    ],
)
def test_a_damaged_ceds_table_is_refused(old, new, message):
    text = books.CEDS.replace(old, new)
    if old == "pol":
        text = text.replace("hard_coal", "biomass")
    with pytest.raises((DataError, UnitError), match=message):
        read(text, format_name="ceds", version="2021-02-05")


def test_ceds_needs_a_release():
    with pytest.raises(DataError, match="option version"):
        read(books.CEDS)


def test_carbon_units_are_refused_for_other_species():
    with pytest.raises(DataError, match="the unit 'ktC'"):
        read(books.CEDS.replace('"BC"', '"CO2"'), version="2021-02-05")


@pytest.mark.shared
def test_gains_sums_agree_with_the_rows_of_sums(shared):
    folder = shared / "data/gains-emf30-emissions-format"
    frame = read_any(next(folder.glob("*.csv")), species="OC").frame
    parts = frame[frame["sector_level"] == "part"].groupby("year")["value_kt"].sum()
    stated = frame[frame["sector"] == "ALL SUM"].set_index("year")["value_kt"]
    assert stated[2015] == 13_505.31795
    assert (parts - stated).abs().max() < 0.05


@pytest.mark.shared
def test_ceds_releases_are_read_whole(shared):
    newer, older = (
        read_any(path).frame for path in sorted((shared / "data/ceds-format").glob("*.csv"))
    )
    sums = [frame.groupby("year")["value_kt"].sum() for frame in (newer, older)]
    assert len(newer) == 60 * 270
    assert len(older) == 56 * 265
    # Sums made by awk over the columns X2014 of both files.
    assert sums[0][2014] == pytest.approx(6201.9166782036, rel=1e-9)
    assert sums[1][2014] == pytest.approx(7554.0822414229, rel=1e-9)
