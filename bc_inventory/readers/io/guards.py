"""Look through a workbook's bytes before a parser may inflate or lay them out.

Limits are on what is really there: declared sizes in a zip may lie, and a single cell
in the far corner makes a dense array of thousands of millions of cells.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from bc_inventory.errors import DataError

__all__ = ["check_xls", "check_xlsx"]

MAX_PARTS = 10_000
MAX_BYTES = 512 * 1024 * 1024
# Deflate can't exceed about 1032; sheets of publishers stay below 60.
MAX_RATIO = 250
RATIO_FROM = 16 * 1024 * 1024
# The largest sheet of a publisher here spans 0.9 million; a cell takes some 40 bytes.
MAX_CELLS = 5_000_000
_CHUNK = 1 << 20

_CELL = re.compile(
    rb"<(?:\w+:)?c(?=[\s>/])(?:[^>]*?\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"'])?[^>]*?(/?)>"
)
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s>/])([^>]*)>")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
_FULL_CELL = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])([^>]*[^/>]|)>((?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?f[\s>/].*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_SHARED = re.compile(rb"\st\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>(\d{1,9})<")
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?(?:/>|>([^<]*)<)")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]+\d+)[\"']")
_MARKUP = tuple(
    text.encode(encoding)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


def check_xlsx(file: str, content: bytes) -> dict[str, tuple[str, ...]]:
    """Refuse an .xlsx that could exhaust memory, and find formulas without results.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    content : bytes
        All its bytes.

    Returns
    -------
    dict of str to tuple of str
        By sheet name, the cells that hold a formula and no stored result.

    Raises
    ------
    DataError
        If it isn't a sound zip, holds a document type declaration, inflates beyond
        512 MiB or 250 times, repeats a text beyond 512 MiB, or has a sheet of more than
        5 million cells.
    """
    parts: dict[str, tuple[str, ...]] = {}
    small: dict[str, bytes] = {}
    lengths: list[int] = []
    uses: Counter[int] = Counter()
    total = 0
    for name, data in _inflate(file, content):
        total += len(data)
        if total > MAX_BYTES:
            raise DataError.in_file(
                file,
                f"a workbook that inflates to more than {MAX_BYTES} bytes",
                f"at most {MAX_BYTES}",
            )
        if any(mark in data for mark in _MARKUP):
            raise DataError.in_file(
                file,
                f"a document type declaration in {name}",
                "XML without one, as spreadsheet programs write it",
                remedy="Entities could expand without bound; the file isn't opened.",
            )
        if b"sheetData" in data:
            _check_area(file, name, data)
            parts[name] = _uncached_cells(data)
            uses.update(map(int, _SHARED.findall(data)))
        elif b"sst" in data[:2000] and _STRING_END.search(data):
            lengths = [len(piece) for piece in _STRING_END.split(data)]
        elif name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            small[name] = data
    _check_text(file, lengths, uses)
    return _by_sheet(file, parts, small)


def _check_text(file: str, lengths: list[int], uses: Counter[int]) -> None:
    """Refuse a long text that is stored once and used in thousands of cells."""
    size = sum(lengths[index] * times for index, times in uses.items() if index < len(lengths))
    if size > MAX_BYTES:
        raise DataError.in_file(
            file, f"cells that hold {size} bytes of text", f"at most {MAX_BYTES} bytes"
        )


def _inflate(file: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and real content of each part, stopping at the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise DataError.in_file(
            file,
            f"a zip that can't be read ({error})",
            "a whole .xlsx workbook",
            remedy="It may have been cut off; fetch it again.",
        ) from error
    names = [info.filename for info in infos]
    if len(infos) > MAX_PARTS or len(set(names)) != len(names):
        raise DataError.in_file(
            file,
            f"{len(infos)} parts, {len(set(names))} of them with different names",
            f"at most {MAX_PARTS} parts, each once",
        )
    if sum(info.file_size for info in infos) > MAX_BYTES:
        raise DataError.in_file(
            file,
            f"a workbook that says it inflates to {sum(i.file_size for i in infos)} bytes",
            f"at most {MAX_BYTES}",
        )
    for info in infos:
        yield info.filename, _part(file, content, info)


def _part(file: str, content: bytes, info: zipfile.ZipInfo) -> bytes:
    """Inflate one part by its own header, counting what really comes out."""
    start = info.header_offset
    header = content[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04" or info.flag_bits & 1:
        raise DataError.in_file(
            file,
            f"a part {info.filename} that is encrypted or has no header",
            "a plain .xlsx workbook",
        )
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start += 30 + name_length + extra_length
    packed = content[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        return packed
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise DataError.in_file(
            file, f"a part {info.filename} compressed by method {info.compress_type}", "deflate"
        )
    inflater = zlib.decompressobj(-15)
    pieces, size, rest = [], 0, packed
    try:
        while not inflater.eof:
            piece = inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
            if not piece and not rest:
                raise zlib.error("it ends too early")
            size += len(piece)
            pieces.append(piece)
            over = size > RATIO_FROM and size > MAX_RATIO * max(len(packed), 1)
            if size > MAX_BYTES or over:
                raise DataError.in_file(
                    file,
                    f"a part {info.filename} that inflates more than "
                    f"{size // max(len(packed), 1)} times",
                    f"at most {MAX_RATIO} times and {MAX_BYTES} bytes",
                    remedy="It is made to exhaust memory; it isn't opened.",
                )
    except zlib.error as error:
        raise DataError.in_file(
            file,
            f"a part {info.filename} that can't be inflated ({error})",
            "a whole .xlsx workbook",
        ) from error
    return b"".join(pieces)


def _check_area(file: str, name: str, data: bytes) -> None:
    """Refuse a sheet whose furthest cells span too large an array."""
    rows = [_ROW_NUMBER.search(attributes) for attributes in _ROW.findall(data)]
    last_row, last_column, run, widest, unplaced = 0, 0, 0, 0, False
    letters: set[bytes] = set()
    for column, row, empty in _CELL.findall(data):
        if empty and column:
            continue
        if column:
            letters.add(column)
            last_row = max(last_row, int(row))
        else:
            unplaced = True
    if unplaced or any(results is None for results in rows):
        # Cells without a place follow each other, so no row is wider than its cells.
        for piece in _ROW.split(data)[2::2]:
            run = piece.count(b"<c") + len(re.findall(rb"<\w+:c[\s>/]", piece))
            widest = max(widest, run)
        last_row += max((int(matches[1]) for matches in rows if matches), default=0) + len(rows)
    last_column = max((_column_number(text) for text in letters), default=0) + widest
    _check_span(file, f"a sheet {name}", last_row, last_column)


def _check_span(file: str, what: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose furthest cell makes a large array of blanks."""
    if rows * columns > MAX_CELLS:
        raise DataError.in_file(
            file,
            f"{what} that reaches to row {rows}, column {columns}",
            f"at most {MAX_CELLS} cells",
            remedy="A stray cell far outside the table may be the cause; delete it.",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _uncached_cells(data: bytes) -> tuple[str, ...]:
    """Return cells without a figure that look empty: errors, and formulas never computed."""
    places = [_REFERENCE.search(attributes) for attributes in _ERROR_CELL.findall(data)]
    matches = [place[1].decode() if place else "an unnamed cell" for place in places]
    if not _FORMULA.search(data):
        return tuple(matches)
    for attributes, inner in _FULL_CELL.findall(data):
        value = _VALUE.search(inner)
        # A formula that gives an empty text stores an empty value of type str.
        if value is None or (not (value[1] or b"").strip() and b"str" not in attributes):
            place = _REFERENCE.search(attributes)
            matches.append(place[1].decode() if place else "an unnamed cell")
    return tuple(matches)


def _by_sheet(
    file: str, parts: dict[str, tuple[str, ...]], small: dict[str, bytes]
) -> dict[str, tuple[str, ...]]:
    """Name the parts by the sheets they hold."""
    try:
        # Document type declarations were refused above, so nothing can expand.
        book = ElementTree.fromstring(small["xl/workbook.xml"])  # noqa: S314
        links = ElementTree.fromstring(small["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except (KeyError, ElementTree.ParseError) as error:
        raise DataError.in_file(
            file, f"a zip without a sound list of sheets ({error})", "an .xlsx workbook"
        ) from error
    targets = {
        link.get("Id"): (link.get("Target") or "").removeprefix("/xl/").removeprefix("/")
        for link in links
    }
    named = {}
    for element in book.iter():
        if element.tag.endswith("}sheet") or element.tag == "sheet":
            link = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
            target = targets.get(link, "").removeprefix("xl/")
            named[element.get("name") or ""] = parts.get(f"xl/{target}", ())
    return named


# Record numbers of cells in the binary format; each begins with row and column.
_BIFF_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, *range(0x0201, 0x0207), 0x027E, 0x0406}
_BIFF_FORMULAS = {0x0006, 0x0206, 0x0406}
_BIFF_BOOLEAN = 0x0205  # a truth value, or an error
_BIFF_DIMENSIONS = 0x0200
_BIFF_SHEET = 0x0085
_BIFF_LABEL, _BIFF_STRINGS, _BIFF_MORE = 0x00FD, 0x00FC, 0x003C
_BIFF_LONGEST = 65_535


def check_xls(file: str, content: bytes) -> dict[str, tuple[str, ...]]:
    """Refuse an .xls whose cells lie beyond its format, and find formulas without results.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    content : bytes
        All its bytes.

    Returns
    -------
    dict of str to tuple of str
        By sheet name, the cells that hold a formula whose result was never computed.

    Raises
    ------
    DataError
        If it isn't a sound compound file, places a cell outside 65 536 rows and 256 columns,
        or has a sheet of more than 5 million cells.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            name = next(name for name in ("Workbook", "Book") if compound.exists(name))
            stream = compound.openstream(name).read()
    except StopIteration:
        raise DataError.in_file(
            file, "a compound file without a workbook", "an .xls workbook"
        ) from None
    except Exception as error:
        raise DataError.in_file(
            file, f"a compound file that can't be read ({error})", "a whole .xls workbook"
        ) from error
    return _walk_biff(file, stream)


def _walk_biff(file: str, stream: bytes) -> dict[str, tuple[str, ...]]:
    sheets: dict[int, str] = {}
    uncached: dict[int, list[str]] = {}
    spans: dict[int, list[int]] = {}
    index, current, labels, strings = 0, 0, 0, 0
    while index + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, index)
        body = stream[index + 4 : index + 4 + length]
        labels += kind == _BIFF_LABEL
        strings += length if kind in {_BIFF_STRINGS, _BIFF_MORE} else 0
        if kind == _BIFF_SHEET and len(body) >= 8:
            sheets[struct.unpack_from("<I", body)[0]] = _sheet_name(body)
        elif kind in {0x0809, 0x0009, 0x0209, 0x0409}:
            current = index if index in sheets else current
        elif kind == _BIFF_DIMENSIONS:
            _check_dimensions(file, body)
        elif kind in _BIFF_CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if column > 255:
                raise DataError.in_file(
                    file, f"a cell in column {column + 1}", "at most 256 columns, as .xls has"
                )
            span = spans.setdefault(current, [0, 0])
            span[:] = max(span[0], row + 1), max(span[1], column + 1)
            # Writers that don't compute store the mark of an empty text and no text.
            empty = kind in _BIFF_FORMULAS and body[6:14] == b"\x03\0\0\0\0\0\xff\xff"
            error = kind in _BIFF_FORMULAS and body[6:7] + body[12:14] == b"\x02\xff\xff"
            if empty or error or (kind == _BIFF_BOOLEAN and body[7:8] == b"\x01"):
                uncached.setdefault(current, []).append(f"R{row + 1}C{column + 1}")
        index += 4 + length
    for rows, columns in spans.values():
        _check_span(file, "a sheet", rows, columns)
    # A bound, not a sum: where the shared texts end isn't read here.
    if labels * min(strings, _BIFF_LONGEST) > 4 * MAX_BYTES:
        raise DataError.in_file(
            file, f"{labels} cells that share long texts", "texts of ordinary length"
        )
    return {name: tuple(uncached.get(offset, ())) for offset, name in sheets.items()}


def _check_dimensions(file: str, body: bytes) -> None:
    layout = "<IIHH" if len(body) >= 12 else "<HHHH"
    if len(body) < struct.calcsize(layout):
        return
    _, last_row, _, last_column = struct.unpack_from(layout, body)
    if last_row > 65_536 or last_column > 256:
        raise DataError.in_file(
            file,
            f"a sheet said to reach to row {last_row}, column {last_column}",
            "at most 65 536 rows and 256 columns, as .xls has",
        )


def _sheet_name(body: bytes) -> str:
    length = body[6]
    if len(body) == 7 + length:
        return body[7:].decode("latin-1")
    wide = body[7] & 1
    raw = body[8 : 8 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1", errors="replace")
