"""Lines cut, too wide, repeated or out of place: refused or said, whatever the format.

Where a text is cut, no value may come out that the whole text doesn't hold.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import BCInventoryError, DataError
from bc_inventory.readers.io.ending import is_whole
from bc_inventory.readers.registry import read_any
from tests.readers.inventories.test_fuzz import TEXTS as INVENTORIES
from tests.readers.stations.station_texts import TEXTS, sample

CHINA = {"utc_offset_h": 8, "stamp": "end", "interval_s": 3600}
TABLES = {
    "uk": ("site,date_end,bc\n", "gb0036r,2015-01-{day:02d} 01:00:00,{value}\n", {}),
    "china": ("站点,时间,黑碳(ug/m3)\n", "东四,2015-01-{day:02d} 01:00:00,{value}\n", CHINA),
    "openaq": (
        "location,utc,parameter,unit,value\n",
        "X,2015-01-{day:02d}T01:00:00Z,bc,µg/m³,{value}\n",
        {"stamp": "end", "interval_s": 3600},
    ),
}


def values(path, **options):
    return [v for one in read_any(path, **options).data for v in one.good.tolist()]


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=40, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 99_999), min_size=1, max_size=6),
    decimals=st.integers(0, 3) | st.none(),
    part=st.floats(0.3, 1),
)
def test_a_text_cut_anywhere_gives_no_other_value(name, numbers, decimals, part, tmp_path_factory):
    head, row, options = TABLES[name]
    shown = [
        f"{n / 100:g}" if decimals is None else f"{n / 10**decimals:.{decimals}f}" for n in numbers
    ]
    text = head + "".join(row.format(day=i + 1, value=v) for i, v in enumerate(shown))
    content = text.encode()
    path = tmp_path_factory.mktemp("cut") / "table.csv"
    path.write_bytes(content[: int(len(content) * part)])
    try:
        found = values(path, **options)
    except BCInventoryError:
        return
    assert found == [float(v) for v in shown[: len(found)]]


@pytest.mark.shared
@pytest.mark.parametrize("name", TEXTS)
def test_a_real_text_cut_within_its_last_line_gives_no_other_value(shared, tmp_path, name):
    text, read = sample(shared, name)
    path = tmp_path / text.name
    path.write_bytes(text.content)
    whole = {v for one in _series(read(path)) for v in one}
    for lost in range(2, 40):
        path.write_bytes(text.content.rstrip(b"\r\n")[:-lost])
        try:
            found = {v for one in _series(read(path)) for v in one}
        except BCInventoryError:
            continue
        assert found <= whole, lost


def _series(data):
    if hasattr(data, "series"):
        return [one.frame["value"].dropna().tolist() for one in data]
    frame = data.frame if hasattr(data, "frame") else data
    return [frame[name].dropna().tolist() for name in frame.select_dtypes("number")]


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_without_its_last_line_end_is_refused(name):
    import io

    from bc_inventory.readers.io.source import Source

    one = INVENTORIES[name]()
    with pytest.raises(BCInventoryError, match=r"without an end|cut off|unexpected end"):
        one.read(Source(io.BytesIO(one.text.rstrip("\n")[:-1].encode()), one.name))


@pytest.mark.parametrize(
    ("cell", "others", "whole"),
    [
        ("2.7", ["2.75", "3.25", "1.50"], False),
        ("2.70", ["2.75", "3.25", "1.50"], True),
        ("12.70", ["2.75", "3.25", "1.50"], True),
        ("2.70", ["2.75", "3.25"], False),
        ("270", ["275", "325", "150"], False),
        ("", ["2.75", "3.25", "1.50"], False),
        ("2.", ["2.75", "3.25", "1.50"], False),
        ("1.2e-0", ["1.2e-05", "1.3e-05", "1.4e-05"], False),
        ("ug/m", ["ug/m3", "ug/m3", "ug/m3"], False),
        ("ug/m3", ["ug/m3", "ug/m3", "ug/m3"], True),
        ("2015-01-02", ["2015-01-01", "2015-01-03", "2015-01-04"], True),
    ],
)
def test_a_last_cell_is_whole_only_if_the_others_show_it(cell, others, whole):
    assert is_whole(cell, others) is whole


def notes(tmp_path, *rows):
    path = tmp_path / "t.csv"
    path.write_text("站点,时间,黑碳(ug/m3)\n" + "".join(f"{r}\n" for r in rows), encoding="utf-8")
    return read_any(path, **CHINA).report.notes


def test_a_row_that_is_there_twice_is_said(tmp_path):
    (note,) = notes(tmp_path, "A,2020-01-01 01:00,1", "A,2020-01-01 01:00,1")
    assert note.startswith("1 repeated time stamps, 0 of them with another value")


def test_a_time_with_two_values_is_said(tmp_path):
    (note,) = notes(
        tmp_path, "A,2020-01-01 01:00,1", "B,2020-01-01 01:00,2", "A,2020-01-01 01:00,3"
    )
    assert "1 repeated time stamps, 1 of them with another value" in note
    assert "2019-12-31T16:00:00" in note
    assert note.startswith("A.")


def test_the_same_time_at_two_stations_is_nothing_to_say(tmp_path):
    assert notes(tmp_path, "A,2020-01-01 01:00,1", "B,2020-01-01 01:00,1") == ()


@pytest.mark.parametrize("row", ["A,2020-01-01 01:00", "A,2020-01-01 01:00,1,2", "A"])
def test_a_row_of_another_width_is_refused(tmp_path, row):
    with pytest.raises(DataError, match=r"row 3: found \d cells"):
        notes(tmp_path, "A,2020-01-01 00:00,1", row)


CEDS = "em,country,sector,units,X2000,X2001,X2002\nBC,deu,1A1a,ktC,1,2,3\n"


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ("X2001,X2000,X2002", "2000 after 2001"),
        ("X2002,X2000,X2001", "2001 after 2000"),
    ],
)
def test_years_out_of_order_are_refused(tmp_path, years, said):
    path = tmp_path / "BC_CEDS_emissions_by_country_sector_2021_02_05.csv"
    path.write_text(CEDS.replace("X2000,X2001,X2002", years), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_any(path)


def test_years_left_out_are_seen_in_the_report(tmp_path):
    path = tmp_path / "BC_CEDS_emissions_by_country_sector_2021_02_05.csv"
    path.write_text(CEDS.replace("X2002", "X2005"), encoding="utf-8")
    assert "2000-2001, 2005" in read_any(path).report.as_text()


def _swapped(content, one, two):
    lines = content.split(b"\n")
    line = next(i for i, text in enumerate(lines) if one in text and two in text)
    lines[line] = lines[line].replace(one, b"\0").replace(two, one).replace(b"\0", two)
    return b"\n".join(lines)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("ae33_dat", b" BC11;", b" BC21;"),
        ("ae33_dat", b" RefCh1;", b" RefCh6;"),
        ("ae33_dat", b" K1;", b" K6;"),
        ("ae33_ddat", b" Sen1Ch1;", b" Sen2Ch1;"),
        ("ae33_ddat", b" Flow1;", b" FlowC;"),
        ("ma200", b'"UV BCc"', b'"IR BCc"'),
        ("ma200", b'"IR BC1"', b'"IR BCc"'),
        ("bc1054", b"BC2 (", b"BC9 ("),
        ("ae51", b"ATN,", b"Sen,"),
        ("ae51", b"ATN,", b"Flow,"),
    ],
)
def test_channels_exchanged_in_the_header_are_refused(shared, tmp_path, name, one, two):
    text, read = sample(shared, name)
    path = tmp_path / text.name
    path.write_bytes(_swapped(text.content, one, two))
    with pytest.raises(DataError, match="before"):
        read(path)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["ae51", "sunset_local", "spartan", "aeronet_aod", "aeronet_inversion"]
)
def test_a_row_above_the_header_is_refused(shared, tmp_path, name):
    text, read = sample(shared, name)
    lines = text.content.split(b"\n")
    row = next(line for line in lines[text.header + 3 :] if line.strip())
    path = tmp_path / text.name
    path.write_bytes(b"\n".join([*lines[: text.header - 1], row, *lines[text.header - 1 :]]))
    with pytest.raises(BCInventoryError):
        read(path)


def openaq(tmp_path, latitude, longitude, country):
    path = tmp_path / "o.csv"
    path.write_text(
        "location,utc,parameter,unit,value,latitude,longitude,country\n"
        f"X,2015-01-01T01:00:00Z,bc,µg/m³,1.5,{latitude},{longitude},{country}\n",
        encoding="utf-8",
    )
    reading = read_any(path, stamp="end", interval_s=3600)
    (one,) = reading.data
    return (one.about.latitude, one.about.longitude), reading.report.notes


@pytest.mark.parametrize(
    ("latitude", "longitude", "country"),
    [
        (116.4, 39.9, "CN"),
        (13.4, 52.5, "DE"),
        (22.4, 60.2, "FI"),
        (-9.1, 38.7, "PT"),
        (33.0, 35.0, "CY"),
    ],
)
def test_swapped_latitude_and_longitude_are_said_and_not_used(
    tmp_path, latitude, longitude, country
):
    place, notes = openaq(tmp_path, latitude, longitude, country)
    assert place == (None, None)
    assert "look swapped" in notes[0]
    assert openaq(tmp_path, longitude, latitude, country) == ((longitude, latitude), ())


@pytest.mark.parametrize(
    ("latitude", "longitude", "country"),
    [(-21.1, 55.5, "FR"), (40.7, -74, "US"), (51.5, -0.1, "GB"), (1.3, 36.8, "KE")],
)
def test_a_place_that_may_be_right_is_left_as_it_is(tmp_path, latitude, longitude, country):
    assert openaq(tmp_path, latitude, longitude, country) == ((latitude, longitude), ())


def test_a_place_beyond_the_poles_is_said(tmp_path):
    place, notes = openaq(tmp_path, 151.2, -33.9, "AU")
    assert place == (None, None)
    assert "no place" in notes[0]
