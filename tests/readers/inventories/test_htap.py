"""The HTAP mosaic: its sectors, its providers, and the unit it doesn't state."""

import io

import pytest

from bc_inventory.analysis.comparison.align import mapped_rows
from bc_inventory.analysis.comparison.regions import of_side
from bc_inventory.errors import DataError
from bc_inventory.readers.crosswalk import sector_table
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import read_any
from tests.readers.inventories import books

MONTHS = "January;February;March;April;May;June;July;August;September;October;November;December"


def read(text, name="edgar_HTAPv3_BC.csv", **options):
    return read_any(Source(io.BytesIO(text.encode()), name), **options)


def test_tonnes_by_sector_with_the_providers_in_the_note():
    frame = read(books.HTAP).frame.set_index(["region", "sector"])
    assert frame.loc[("PL", "6_Residential"), "value_kt"] == pytest.approx(16.01375)
    ships = frame.loc[("PL", "5.3_Domestic_shipping")]
    assert ships["value_kt"] == pytest.approx(0.0405)
    assert ships["note"] == "CAMS and EDGAR"
    assert frame.loc[("SEA", "1_International_Shipping"), "sector_level"] == "memo"
    assert set(frame["version"]) == {"v3"}
    assert frame.loc[("CHN_HKG_MAC", "6_Residential"), "region_level"] == "aggregate"


def test_a_side_of_it_meets_the_crosswalk():
    frame = read(books.HTAP, name="HTAPv3.1_BC.csv").frame
    rows, _, _ = of_side(frame, "EU")
    made = mapped_rows(rows, sector_table())
    assert set(made["inventory"]) == {"HTAP v3.1"}
    assert made.set_index("target").loc["C_OtherStationaryComb", "emission_kt"] > 16
    rows, notes, _ = of_side(frame, "CN")
    assert rows["region"].tolist() == ["CN"]
    assert "HK, MO beyond CN" in notes[0]


def test_twelve_months_between_semicolons():
    row = "REAS;BC;2018;CHN;HTAPv3_6_Residential;" + ";".join(["10"] * 12)
    frame = read(f"Data_provider;Substance;Year;Country;Sector;{MONTHS}\n{row}\n").frame
    assert frame["value_kt"].tolist() == [pytest.approx(0.12)]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("1865.5", "1 865", "'1 865'.*a number"),
        ("HTAPv3_4.1_Industry", "Industry", "a sector such as HTAPv3_4.1_Industry"),
        ('"EDGAR","BC",2015,"POL","HTAPv3_5.3', '"CAMS","BC",2015,"POL","HTAPv3_5.3', "twice"),
        ('"EDGAR","BC"', '"EDGAR","OC"', "one pollutant"),
        ("2015", "201", "a year"),
    ],
)
def test_what_it_refuses(old, new, match):
    with pytest.raises(DataError, match=match):
        read(books.HTAP.replace(old, new))


def test_a_file_without_rows_is_refused():
    head = books.HTAP.splitlines()[0]
    with pytest.raises(DataError, match="a header without rows"):
        read(f"{head}\n")
    with pytest.raises(DataError, match="the header"):
        read("\n\n", format_name="htap3")
