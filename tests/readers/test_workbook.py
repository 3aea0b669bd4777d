"""Workbooks made to exhaust memory or to hide an absent value are refused."""

import io
import re
import struct
import zipfile

import openpyxl
import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.io import guards
from bc_inventory.readers.io.source import Source

_SHEET = "xl/worksheets/sheet1.xml"


def book(cells=((1, 1, 5.0),)):
    made = openpyxl.Workbook()
    for row, column, value in cells:
        made.active.cell(row, column, value)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def rewrite(content, name, change):
    """Return the workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for item in old.namelist():
            data = old.read(item)
            new.writestr(item, change(data) if item == name else data)
    return out.getvalue()


def rows(content):
    workbook = Source(io.BytesIO(content), "book.xlsx").workbook
    return workbook.rows(workbook.sheet_names[0])


def test_cells_are_read_from_the_first_row_and_column():
    assert rows(book([(2, 2, 5.0), (2, 3, "x")])) == [["", "", ""], ["", 5.0, "x"]]


def test_a_formula_without_a_stored_result_is_refused_not_read_as_empty():
    with pytest.raises(DataError, match=r"formula without a stored result, in Sheet!B3"):
        rows(book([(1, 1, 1.0), (3, 2, "=A1*2")]))


def test_a_formula_with_its_result_is_read():
    content = rewrite(
        book([(1, 1, 1.0), (1, 2, "=A1*2")]),
        _SHEET,
        lambda data: data.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"),
    )
    assert rows(content) == [[1.0, 2.0]]


def test_a_stray_cell_in_the_far_corner_is_refused():
    with pytest.raises(DataError, match="row 1048576, column 16384"):
        rows(book([(1, 1, 1.0), (1_048_576, 16_384, 1.0)]))


def test_many_rows_without_numbers_are_counted():
    rows_without_numbers = b"<row/>" * 2_000_000 + b'<row><c r="Z1"><v>1</v></c></row></sheetData>'
    content = rewrite(
        book(), _SHEET, lambda data: data.replace(b"</sheetData>", rows_without_numbers)
    )
    with pytest.raises(DataError, match="at most 5000000 cells"):
        rows(content)


def test_a_long_text_that_many_cells_share_is_refused():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 601))
    strings = b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    content = rewrite(
        book(),
        _SHEET,
        lambda data: re.sub(
            rb"<sheetData>.*</sheetData>", f"<sheetData>{cells}</sheetData>".encode(), data
        ),
    )
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("xl/sharedStrings.xml", strings)
    with pytest.raises(DataError, match="bytes of text"):
        rows(out.getvalue())


def test_a_zip_bomb_is_refused_by_what_really_comes_out(monkeypatch):
    bomb = rewrite(book(), _SHEET, lambda data: data + b" " * 30_000_000)
    with pytest.raises(DataError, match="inflates more than"):
        rows(bomb)
    # The same with a size in the directory that lies.
    directory = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(_SHEET.encode()))
    lying = bytearray(bomb)
    lying[directory + 24 : directory + 28] = struct.pack("<I", 100)
    with pytest.raises(DataError, match="inflates more than"):
        rows(bytes(lying))


def test_a_workbook_that_declares_too_much_is_refused():
    content = bytearray(book())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 0xFFFFFFF0)
    with pytest.raises(DataError, match="says it inflates"):
        rows(bytes(content))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_entity_expanding_xml_is_refused(encoding):
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'.encode(encoding)
    with pytest.raises(DataError, match="document type declaration"):
        rows(rewrite(book(), _SHEET, lambda data: laughs + data))


@pytest.mark.parametrize("keep", [30, 500, 2000])
def test_a_truncated_workbook_is_refused(keep):
    with pytest.raises(DataError, match="zip that can't be read"):
        rows(book()[:keep])


def test_a_part_that_stands_twice_is_refused():
    out = io.BytesIO(book())
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "a") as file:
        file.writestr(_SHEET, b"<worksheet/>")
    with pytest.raises(DataError, match="each once"):
        rows(out.getvalue())


def test_a_file_that_only_looks_like_an_old_workbook_is_refused():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(DataError, match="compound file"):
        rows(content)


def _record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def test_an_old_workbook_that_reaches_beyond_its_format_is_refused():
    with pytest.raises(DataError, match="column 9000"):
        guards._walk_biff("a.xls", _record(0x0203, struct.pack("<HHHd", 1, 8999, 0, 1.0)))
    with pytest.raises(DataError, match="row 4000000000"):
        guards._walk_biff(
            "a.xls", _record(0x0200, struct.pack("<IIHHH", 0, 4_000_000_000, 0, 9, 0))
        )


def test_an_old_workbook_whose_cells_share_long_texts_is_refused():
    strings = _record(0x00FC, bytes(8000)) + _record(0x003C, bytes(8000)) * 8
    label = _record(0x00FD, struct.pack("<HHHI", 1, 1, 0, 0))
    with pytest.raises(DataError, match="share long texts"):
        guards._walk_biff("a.xls", strings + label * 40_000)


def test_an_old_formula_that_was_never_computed_is_found():
    sheet = _record(0x0809, bytes(16))
    bound = _record(0x0085, struct.pack("<IHBB", 4 + 8 + 1, 0, 1, 0) + b"S")
    formula = _record(0x0006, struct.pack("<HHH", 4, 2, 0) + b"\x03\0\0\0\0\0\xff\xff" + bytes(6))
    assert guards._walk_biff("a.xls", bound + sheet + formula) == {"S": ("R5C3",)}


@pytest.mark.shared
def test_every_workbook_of_the_publishers_opens(shared):
    files = sorted(shared.glob("data/*/*.xls*"))
    assert len(files) >= 80
    for file in files:
        workbook = Source(file).workbook
        assert set(workbook.sheet_names) == set(workbook._uncached), file.name
