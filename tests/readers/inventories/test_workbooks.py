"""EDGAR and MEIC: rows of workbooks, held to the totals that stand in them."""

import io

import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import read_any
from tests.readers.inventories import books


def read(content, name="book.xlsx", **options):
    return read_any(Source(io.BytesIO(content), name), **options)


def test_edgar_tells_fossil_from_bio_and_skips_empty_cells():
    result = read(books.edgar())
    frame = result.frame
    assert result.report.format == "edgar"
    assert result.report.skipped[0].rows == 1
    assert frame["version"].unique().tolist() == ["v8.1"]
    poland = frame[(frame["region"] == "PL") & (frame["year"] == 2014)]
    assert poland.set_index("fuel")["value_kt"].to_dict() == {"bio": 3.0, "fossil": 1.5}
    ships = frame[frame["source_region"] == "SEA"]
    assert set(ships["region_level"]) == {"international"}


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (8, 8, 30.0, "the total of \\('POL', 2014\\): parts that add up to 31.5"),
        (8, 8, "3,0", "IPCC 2006!I9: found 3,0 \\(str\\)"),
        (8, 8, True, "True \\(bool\\)"),
        (8, 7, "Bio", "found 'Bio'; expected bio or fossil"),
        (8, 6, "OC", "found 'OC'; expected the compound of the head, BC"),
        (8, 2, "QQQ", "3 countries|4 countries|the region 'QQQ'"),
        (7, 2, "Land", "without the header Country_code_A3"),
        (4, 1, "furlong", "the unit 'furlong'; expected a mass"),
    ],
)
def test_a_changed_cell_of_edgar_is_refused(row, column, value, message):
    from bc_inventory.errors import BCInventoryError

    rows = books.edgar_rows()
    rows[row][column] = value
    with pytest.raises(BCInventoryError, match=message):
        read(books.edgar(rows), format_name="edgar")


def test_a_date_in_place_of_a_number_is_refused():
    import datetime as dt

    rows = books.edgar_rows()
    rows[8][8] = dt.date(2014, 3, 1)
    with pytest.raises(DataError, match="2014-03-01"):
        read(books.edgar(rows))


def test_meic_is_read_in_kt_and_by_pollutant():
    frame = read(books.meic(), species="BC").frame
    assert set(frame["region"]) == {"CN"}
    assert frame.groupby("year")["value_kt"].sum().to_dict() == pytest.approx(
        {2010: 1752.0, 2011: 1701.5}
    )
    assert set(read(books.meic()).frame["species"]) == {"BC", "OC"}
    with pytest.raises(DataError, match="a sheet for TSP"):
        read(books.meic(), species="TSP")


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (1, 0, "i. OC", "the titles OC"),
        (2, 0, "Unit: kg/m3", "unit"),
        (3, 2, "0,6", "BC!C4: found 0,6"),
        (3, 2, None, "no value"),
        (3, 2, 0.6e30, "at most what the world emits"),
        (3, 2, -0.6, "at least 0"),
        (4, 0, 2013, "consecutive years"),
        (4, 0, "Mai 2011", "a year"),
        (2, 2, "工业", "without the header"),
    ],
)
def test_a_changed_cell_of_meic_is_refused(row, column, value, message):
    from bc_inventory.errors import BCInventoryError

    rows = books.meic_rows()
    rows[row][column] = value
    with pytest.raises(BCInventoryError, match=message):
        read(books.meic(rows), format_name="meic", species="BC")


@pytest.mark.shared
def test_edgar_agrees_with_its_own_sheet_of_totals(shared):
    path = shared / "data/edgar-v8.1-workbook-format/EDGAR_OC_1970_2022.xlsx"
    source = Source(path)
    frame = read_any(source).frame
    totals = source.workbook.rows("TOTALS BY COUNTRY")
    stated = {row[2]: row[-1] for row in totals[10:]}
    of_2022 = frame[frame["year"] == 2022].groupby("source_region")["value_kt"].sum()
    assert len(of_2022) == sum(value != "" for value in stated.values()) > 200
    for region, value in of_2022.items():
        assert value == pytest.approx(stated[region], rel=1e-12)
    # Both classifications hold the same emissions, China without Hong Kong and Macao.
    older = read_any(source, scheme="IPCC1996").frame
    key = ["region", "year"]
    gap = frame.groupby(key)["value_kt"].sum() - older.groupby(key)["value_kt"].sum()
    assert gap.abs().max() < 1e-9
    assert {"CN", "HK", "MO", "TW"} <= set(frame["region"])
    with pytest.raises(DataError, match="the pollutant OC; expected BC"):
        read_any(source, species="BC")


@pytest.mark.shared
def test_meic_sums_of_zheng_2018(shared):
    frame = read_any(shared / "data/meic-format/Fig3_MEIC_detail_Zheng_etal_2018.xlsx").frame
    bc = frame[frame["species"] == "BC"].groupby("year")["value_kt"].sum()
    assert bc[[2010, 2013, 2015, 2017]].round().tolist() == [1729, 1746, 1453, 1255]
    assert len(set(frame["species"])) == 11
