"""Damage small copies of publishers' formats, and judge what a reader makes of them.

A reader may read a damaged file to the same values, refuse it with an error of ours, or
leave rows out and say so. It may never give another value, crash in another way, or take
memory without bound.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pandas as pd

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Reading

__all__ = [
    "Mutant",
    "TextSample",
    "WorkbookSample",
    "binary_mutants",
    "judge",
    "text_mutants",
    "workbook_mutants",
]

# A number with a decimal point: years and codes are none.
_VALUE = re.compile(r"(?<![\w.-])\d+\.\d+(?:[eE][+-]\d+)?(?![\w.])")
_WRONG = (
    "1 234.5", "1,234.5", "0,5", "1.234,5", "2015-03-01", "3-Jan", "01.02.2015", "1e30", "-1e30",
    "1e400", "inf", "nan", "-", "…", ":", "#DIV/0!", "=A1+B2", "12abc", "1.5.2", "٣.٥", "1_000.5",
    "0x1F", "－5", "1.5 e", '"', "NULL", "１.５",
)  # fmt: skip
_WRONG_CELLS = (
    "1 234.5", "1,234.5", "0,5", dt.datetime(2015, 3, 1), dt.time(3, 4), True, 1e30, -1e30,
    "=A1*2", "#REF!", "…", "nan", "1e5", float("1e308"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A damaged file.

    Parameters
    ----------
    kind : str
        What was done to it.
    content : bytes
        The file.
    may_lose : bool
        Whether rows may be missing without a word: whole lines were taken out.
    may_differ : bool
        Whether values may differ: bytes were changed that nothing could tell.
    """

    kind: str
    content: bytes
    may_lose: bool = False
    may_differ: bool = False


@dataclass(frozen=True)
class TextSample:
    """A small text in a publisher's format, and how to read it.

    Parameters
    ----------
    name : str
        File name.
    text : str
        Whole and right.
    read : callable
        Reader; takes a `Source`.
    delimiter : str or None
        Separates columns; None for text in which they can't be swapped.
    header : str
        Text of the first cell of the header row, from which columns are swapped.
    words : dict of str to str
        Words of the header in another language.
    """

    name: str
    text: str
    read: Callable[[Source], Reading]
    delimiter: str | None = None
    header: str = ""
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkbookSample:
    """A small workbook in a publisher's format, and how to read it.

    Parameters
    ----------
    name : str
        File name.
    sheets : dict of str to list of list
        Cells by sheet.
    read : callable
        Reader; takes a `Source`.
    header : dict of str to int
        Position of the header row of each sheet that has columns.
    words : dict of str to str
        Words of the header in another language.
    swap : bool
        Whether columns are found by their labels, so that swapped ones read alike.
    """

    name: str
    sheets: dict[str, list[list[Any]]]
    read: Callable[[Source], Reading]
    header: dict[str, int]
    words: dict[str, str] = field(default_factory=dict)


def judge(
    sample: TextSample | WorkbookSample, mutant: Mutant, truth: Reading, key: Sequence[str]
) -> str:
    """Read a mutant and return what became of it; fail on another value that could be told.

    Parameters
    ----------
    sample : TextSample or WorkbookSample
        What it was made from.
    mutant : Mutant
        What to read.
    truth : Reading
        The undamaged file, read.
    key : sequence of str
        Columns that identify a row; all number and notation key columns are compared.

    Returns
    -------
    str
        `refused`; `same`; `less` where rows are left out and the report says so; `silent` where
        a value differs or a row is absent and nothing in the file could tell.
    """
    try:
        made = sample.read(Source(io.BytesIO(mutant.content), sample.name))
    except BCInventoryError:
        return "refused"
    if mutant.may_differ:
        return "same" if _values(made, key).equals(_values(truth, key)) else "silent"
    right, found = truth.frame.set_index(list(key)), made.frame.set_index(list(key))
    extra = found.index.difference(right.index)
    assert extra.empty, f"{mutant.kind}: rows from nowhere: {list(extra)[:3]}"
    both = right.loc[found.index]
    for column in right.columns:
        numeric = pd.api.types.is_float_dtype(right[column])
        if numeric or column == "notation_key":
            _same(found[column], both[column], f"{mutant.kind}: {column}")
    lost = len(right) - len(found)
    if not lost:
        return "same"
    skipped = sum(item.rows for item in made.report.skipped)
    before = sum(item.rows for item in truth.report.skipped)
    assert mutant.may_lose or skipped - before >= lost, (
        f"{mutant.kind}: {lost} rows lost in silence"
    )
    return "less" if skipped - before >= lost else "silent"


def _values(made: Reading, key: Sequence[str]) -> pd.DataFrame:
    """Return the figures of a reading by its key, in one order."""
    return made.frame.set_index(list(key)).select_dtypes("number").sort_index()


def _same(found: pd.Series, right: pd.Series, what: str) -> None:
    """Fail where values are different, naming the first."""
    if pd.api.types.is_float_dtype(right):
        good = (found - right).abs() <= 1e-12 * right.abs()
    else:
        good = found == right
    good |= found.isna() & right.isna()
    if not good.all():
        at = good.index[~good.astype(bool)][0]
        raise AssertionError(
            f"{what}: values are different: {at}: {found[at]!r} where {right[at]!r} is right"
        )


def text_mutants(sample: TextSample, seed: int, count: int) -> Iterator[Mutant]:
    """Yield `count` damaged copies of a text, the same ones for one seed."""
    chance = random.Random(seed)
    makers = [
        _cut, _cut_line, _recode, _blank_rows, _wrong_number, _wrong_number, _wrong_number,
        _empty_cell, _twice, _drop_row, _noise, _line_ends, _null, _long_cell, _every_number,
    ]  # fmt: skip
    if sample.delimiter:
        makers += [_swap_columns, _drop_cell, _label, _head]
    if sample.words:
        makers.append(_translate)
    for at in range(count):
        maker = makers[at % len(makers)]
        yield maker(sample, chance)


def _cut(sample: TextSample, chance: random.Random) -> Mutant:
    content = sample.text.encode()
    at = chance.randrange(len(content))
    # A cut right after a line end leaves whole lines; nothing can tell.
    return Mutant("cut", content[:at], may_lose=content[:at].endswith(b"\n"))


def _cut_line(sample: TextSample, chance: random.Random) -> Mutant:
    lines = sample.text.splitlines(keepends=True)
    kept = "".join(lines[: chance.randrange(len(lines))])
    return Mutant("cut after a line", kept.encode(), may_lose=True)


def _recode(sample: TextSample, chance: random.Random) -> Mutant:
    encoding = chance.choice(
        [
            "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "cp1252",
            "latin-1", "gb18030", "big5", "shift_jis",
        ]
    )  # fmt: skip
    # What an encoding can't hold becomes a question mark, as programs write it.
    return Mutant(f"as {encoding}", sample.text.encode(encoding, errors="replace"))


def _blank_rows(sample: TextSample, chance: random.Random) -> Mutant:
    lines = sample.text.splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(["\n", "  \n", "\t\n"]))
    return Mutant("blank rows", "".join(lines).encode())


def _replace_value(
    sample: TextSample, chance: random.Random, new: str, kind: str, **flags: bool
) -> Mutant:
    spans = [match.span() for match in _VALUE.finditer(sample.text)]
    start, end = chance.choice(spans)
    return Mutant(kind, (sample.text[:start] + new + sample.text[end:]).encode(), **flags)


def _wrong_number(sample: TextSample, chance: random.Random) -> Mutant:
    new = chance.choice(_WRONG)
    return _replace_value(sample, chance, new, f"a value {new!r}")


def _regroup(number: str, chance: random.Random, style: str) -> str:
    """Write a number as another country or a spreadsheet would."""
    whole, _, rest = number.partition(".")
    if "e" in number.lower():
        return number.replace(".", ",")
    return {
        "decimal comma": f"{whole},{rest}",
        "thousands by commas": f"{int(whole):,}.{rest}",
        "thousands by blanks": f"{int(whole):,}.{rest}".replace(",", " "),
        "thousands by narrow blanks": f"{int(whole):,}.{rest}".replace(",", "\u202f"),
        "thousands by dots": f"{int(whole):,}".replace(",", ".") + f",{rest}",
        "thousands by apostrophes": f"{int(whole):,}.{rest}".replace(",", "'"),
    }[style]


_STYLES = (
    "decimal comma", "thousands by commas", "thousands by blanks", "thousands by narrow blanks",
    "thousands by dots", "thousands by apostrophes",
)  # fmt: skip


def _every_number(sample: TextSample, chance: random.Random) -> Mutant:
    style = chance.choice(_STYLES)
    text = _VALUE.sub(lambda match: _regroup(match[0], chance, style), sample.text)
    return Mutant(f"all with {style}", text.encode())


def _label(sample: TextSample, chance: random.Random) -> Mutant:
    """Take a cell that isn't a figure out of the body, or pad it."""
    assert sample.delimiter
    lines, start = _split(sample)
    places = [
        (i, j)
        for i in range(start + 1, len(lines))
        for j, cell in enumerate(lines[i].split(sample.delimiter))
        if cell.strip(' "') and not _VALUE.search(cell)
    ]
    i, j = chance.choice(places)
    cells = lines[i].split(sample.delimiter)
    cells[j] = chance.choice(["", f" {cells[j]} ", f"{cells[j]}\u00a0"])
    lines[i] = sample.delimiter.join(cells)
    return Mutant(f"a label {cells[j]!r}", ("\n".join(lines) + "\n").encode())


def _head(sample: TextSample, chance: random.Random) -> Mutant:
    """Damage a cell of the header."""
    assert sample.delimiter
    lines, start = _split(sample)
    cells = lines[start].split(sample.delimiter)
    at = chance.randrange(len(cells))
    cells[at] = chance.choice(["", *_WRONG, "2015.0", f"{cells[at]} "])
    lines[start] = sample.delimiter.join(cells)
    return Mutant(f"a head {cells[at]!r}", ("\n".join(lines) + "\n").encode())


def _empty_cell(sample: TextSample, chance: random.Random) -> Mutant:
    return _replace_value(sample, chance, "", "an empty cell")


def _long_cell(sample: TextSample, chance: random.Random) -> Mutant:
    return _replace_value(sample, chance, "9" * 200_000, "a cell of 200 000 digits")


def _null(sample: TextSample, chance: random.Random) -> Mutant:
    at = chance.randrange(len(sample.text))
    return Mutant("a NUL", (sample.text[:at] + "\0" + sample.text[at:]).encode())


def _twice(sample: TextSample, chance: random.Random) -> Mutant:
    lines = sample.text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return Mutant("a line twice", "".join([*lines[: at + 1], *lines[at:]]).encode())


def _drop_row(sample: TextSample, chance: random.Random) -> Mutant:
    lines = sample.text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    kept = "".join([*lines[:at], *lines[at + 1 :]])
    return Mutant("a line less", kept.encode(), may_lose=True)


def _noise(sample: TextSample, chance: random.Random) -> Mutant:
    content = bytearray(sample.text.encode())
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return Mutant("changed bytes", bytes(content), may_differ=True)


def _line_ends(sample: TextSample, chance: random.Random) -> Mutant:
    end = chance.choice(["\r\n", "\r", " \n", "\n\n"])
    return Mutant(f"lines end in {end!r}", sample.text.replace("\n", end).encode())


def _translate(sample: TextSample, chance: random.Random) -> Mutant:
    word = chance.choice(sorted(sample.words))
    return Mutant(
        f"{word!r} in another language",
        sample.text.replace(word, sample.words[word]).encode(),
    )


def _split(sample: TextSample) -> tuple[list[str], int]:
    lines = sample.text.splitlines()
    start = next(at for at, line in enumerate(lines) if sample.header in line)
    return lines, start


def _swap_columns(sample: TextSample, chance: random.Random) -> Mutant:
    """Swap two columns with their heads; values must stay with their labels."""
    assert sample.delimiter
    lines, start = _split(sample)
    lead = lines[start][: lines[start].index(sample.header)]
    width = len(lines[start][len(lead) :].split(sample.delimiter))
    one, two = chance.sample(range(width), 2)

    def swap(line: str) -> str:
        cells = line.split(sample.delimiter)
        if len(cells) == width:
            cells[one], cells[two] = cells[two], cells[one]
        return str(sample.delimiter).join(cells)

    made = [*lines[:start], lead + swap(lines[start][len(lead) :]), *map(swap, lines[start + 1 :])]
    return Mutant("columns swapped", ("\n".join(made) + "\n").encode())


def _drop_cell(sample: TextSample, chance: random.Random) -> Mutant:
    assert sample.delimiter
    lines, start = _split(sample)
    at = chance.randrange(start + 1, len(lines))
    cells = lines[at].split(sample.delimiter)
    cells.pop(chance.randrange(len(cells)))
    lines[at] = sample.delimiter.join(cells)
    return Mutant("a cell less", ("\n".join(lines) + "\n").encode())


def workbook_mutants(sample: WorkbookSample, seed: int, count: int) -> Iterator[Mutant]:
    """Yield `count` damaged copies of a workbook, the same ones for one seed."""
    chance = random.Random(seed)
    whole = _book(sample.sheets)
    makers: list[Callable[[WorkbookSample, random.Random, bytes], Mutant]] = [
        _wb_value, _wb_value, _wb_value, _wb_blank_row, _wb_swap, _wb_translate, _wb_truncate,
        _wb_noise, _wb_bomb, _wb_entities, _wb_far_cell, _wb_lost_row, _wb_twice, _wb_head,
        _wb_label, _wb_texts, _wb_xml, _wb_formulas,
    ]  # fmt: skip
    for at in range(count):
        yield makers[at % len(makers)](sample, chance, whole)


def _book(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _changed(
    sample: WorkbookSample, chance: random.Random, change: Callable[[list[list[Any]], int], None]
) -> bytes:
    sheets = {name: [list(row) for row in rows] for name, rows in sample.sheets.items()}
    name = chance.choice(sorted(sample.header))
    change(sheets[name], sample.header[name])
    return _book(sheets)


def _wb_value(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    new = chance.choice(_WRONG_CELLS)

    def change(rows: list[list[Any]], header: int) -> None:
        places = [
            (i, j)
            for i, row in enumerate(rows)
            if i > header
            for j, cell in enumerate(row)
            if isinstance(cell, float)
        ]
        i, j = chance.choice(places)
        rows[i][j] = new

    return Mutant(f"a cell {new!r}", _changed(sample, chance, change))


def _wb_head(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    new = chance.choice([None, *_WRONG_CELLS])

    def change(rows: list[list[Any]], header: int) -> None:
        places = [at for at, cell in enumerate(rows[header]) if cell not in ("", None)]
        rows[header][chance.choice(places)] = new

    return Mutant(f"a head {new!r}", _changed(sample, chance, change))


def _wb_label(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    """Take a label out of the body, or pad it with blanks."""

    def change(rows: list[list[Any]], header: int) -> None:
        places = [
            (i, j)
            for i, row in enumerate(rows)
            if i > header
            for j, cell in enumerate(row)
            if isinstance(cell, str) and cell.strip()
        ]
        if places:
            i, j = chance.choice(places)
            rows[i][j] = chance.choice([None, f" {rows[i][j]} "])

    return Mutant("a label blank or padded", _changed(sample, chance, change))


def _wb_texts(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    """Write all figures of a sheet as text, as an import with the wrong locale does."""
    style = chance.choice(["a point", *_STYLES])

    def change(rows: list[list[Any]], header: int) -> None:
        for row in rows[header + 1 :]:
            row[:] = [
                (repr(cell) if style == "a point" else _regroup(repr(cell), chance, style))
                if isinstance(cell, float)
                else cell
                for cell in row
            ]

    return Mutant(f"figures as text with {style}", _changed(sample, chance, change))


def _wb_xml(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    """Change bytes inside the parts of a sound zip."""
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        part = chance.choice([name for name in book.namelist() if name.startswith("xl/")])

    def change(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        content = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(32, 127)
        return bytes(content)

    return Mutant(f"changed bytes in {part}", _repacked(whole, change), may_differ=True)


def _wb_formulas(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    """Make figures the stored results of formulas; they are still the figures."""
    part = f"xl/worksheets/sheet{chance.randint(1, len(sample.sheets))}.xml"

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"<v>", b"<f>SUM(A1:A2)</f><v>") if name == part else data

    return Mutant("stored results of formulas", _repacked(whole, change))


def _wb_blank_row(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    def change(rows: list[list[Any]], header: int) -> None:
        rows.insert(chance.randrange(len(rows) + 1), [])

    return Mutant("a blank row", _changed(sample, chance, change))


def _wb_swap(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    def change(rows: list[list[Any]], header: int) -> None:
        one, two = chance.sample(range(len(rows[header])), 2)
        for row in rows[header:]:
            row.extend([None] * (len(rows[header]) - len(row)))
            row[one], row[two] = row[two], row[one]

    return Mutant("columns swapped", _changed(sample, chance, change))


def _wb_translate(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    word = chance.choice(sorted(sample.words))

    def change(rows: list[list[Any]], header: int) -> None:
        for row in rows:
            row[:] = [sample.words[word] if cell == word else cell for cell in row]

    return Mutant(f"{word!r} in another language", _changed(sample, chance, change))


def _wb_lost_row(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    def change(rows: list[list[Any]], header: int) -> None:
        rows.pop(chance.randrange(len(rows)))

    return Mutant("a row less", _changed(sample, chance, change), may_lose=True)


def _wb_twice(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    def change(rows: list[list[Any]], header: int) -> None:
        at = chance.randrange(header, len(rows))
        rows.insert(at, list(rows[at]))

    return Mutant("a row twice", _changed(sample, chance, change))


def _wb_truncate(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    return Mutant("cut", whole[: chance.randrange(1, len(whole))])


def _wb_noise(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return Mutant("changed bytes", bytes(content), may_differ=True)


def binary_mutants(content: bytes, seed: int, count: int) -> Iterator[Mutant]:
    """Yield `count` damaged copies of a binary file: cut, changed, doubled and blanked."""
    chance = random.Random(seed)
    for at in range(count):
        made, place = bytearray(content), chance.randrange(len(content))
        match at % 4:
            case 0:
                made = made[:place]
            case 1:
                made[place : place + chance.randint(1, 512)] = bytes(chance.randint(1, 512))
            case 2:
                made[place:place] = made[place : place + chance.randint(1, 4096)]
            case _:
                for _ in range(chance.randint(1, 16)):
                    made[chance.randrange(len(made))] = chance.randrange(256)
        yield Mutant("a damaged binary file", bytes(made), may_lose=True, may_differ=True)


def _repacked(whole: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def _wb_bomb(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    size = chance.choice([17, 20, 24]) << 20
    part = "xl/worksheets/sheet1.xml"
    return Mutant(
        "a zip bomb",
        _repacked(whole, lambda name, data: data + b" " * size if name == part else data),
    )


def _wb_entities(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    laughs = chance.choice(
        [
            b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
            b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
            b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/l.dtd">',
            b'<!DOCTYPE l [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
        ]
    )
    part = chance.choice(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])

    def change(name: str, data: bytes) -> bytes:
        return laughs + data if name == part else data

    return Mutant("entities", _repacked(whole, change))


def _wb_far_cell(sample: WorkbookSample, chance: random.Random, whole: bytes) -> Mutant:
    part = "xl/worksheets/sheet1.xml"
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return Mutant(
        "a far cell",
        _repacked(
            whole,
            lambda name, data: data.replace(b"</sheetData>", far) if name == part else data,
        ),
    )
