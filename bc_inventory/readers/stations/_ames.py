"""The shape of NASA-Ames 1001 files: header, variables and numbers, no meaning yet.

Gaines and Hipskind 1998, format specification for data exchange; EBAS writes one
variable a line with its unit and attributes, and `key: value` lines as comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bc_inventory.errors import DataError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.stations._text import decode, lines_of

__all__ = [
    "AmesFile",
    "Variable",
    "column",
    "header_count",
    "header_numbers",
    "key_values",
    "moments",
    "parse",
    "read_variable",
    "reference_date",
    "table_cells",
]

_PART = re.compile(r'(?:[^,"]|"[^"]*")+')

_FIRST = re.compile(r"\s*(\d{1,10})\s+1001\s*")
_MOST_HEADER = 20_000
_LONGEST_CELL = 64
_FIXED = 12  # header lines before the variables
DAY = 86_400


@dataclass(frozen=True)
class Variable:
    """One dependent variable.

    Parameters
    ----------
    name, unit : str
        As in its title.
    attributes : dict of str to str
        `key=value` parts of its title, keys as written.
    missing : str
        Missing code as written.
    scale : float
        Scale factor.
    line : int
        Line of its title.
    """

    name: str
    unit: str
    attributes: dict[str, str]
    missing: str
    scale: float
    line: int


@dataclass(frozen=True)
class AmesFile:
    """A file of the format, its values still text.

    Parameters
    ----------
    people : tuple of str
        Header lines 2 to 5: originators, organisation, submitter, projects.
    reference : numpy.datetime64
        Reference date of line 7.
    interval_d : float
        Nominal interval in days; 0 where irregular.
    variables : tuple of Variable
        Dependent variables, in order.
    metadata : dict of str to str
        `key: value` comments.
    cells : numpy.ndarray of str, shape (rows, 1 + variables)
        Independent variable and values as written.
    lines : numpy.ndarray of int, shape (rows,)
        Line of each row.
    """

    people: tuple[str, ...]
    reference: np.datetime64
    interval_d: float
    variables: tuple[Variable, ...]
    metadata: dict[str, str]
    cells: np.ndarray
    lines: np.ndarray


def parse(source: Source) -> AmesFile:
    """Read header and cells of a NASA-Ames 1001 file.

    Parameters
    ----------
    source : Source
        UTF-8 or Latin-1, any line ends, blanks or tabs.

    Returns
    -------
    AmesFile
        Cells as text.

    Raises
    ------
    DataError
        With file and line: if it isn't 1001, its counts contradict each other, or a row
        has more or fewer cells than variables.
    """
    lines = lines_of(source, decode(source))
    header_lines = _count_of_header(source, lines)
    people = tuple(line.strip() for line in lines[1:5])
    reference = reference_date(source, lines)
    interval = header_numbers(source, lines, 7, 1)[0]
    count = header_count(source, lines, 9)
    if count + _FIXED + 2 > header_lines:
        raise source.refuse(
            f"{count} variables in a header of {header_lines} lines",
            "a line for each variable",
            row=10,
        )
    scale = header_numbers(source, lines, 10, count)
    missing = lines[11].split()
    if len(missing) != count:
        raise source.refuse(f"{len(missing)} missing codes", f"{count}", row=12)
    variables = tuple(
        read_variable(lines[_FIXED + i], missing[i], scale[i], _FIXED + i + 1) for i in range(count)
    )
    comments = _comments(source, lines, _FIXED + count, header_lines)
    cells, rows = table_cells(source, lines, header_lines, count + 1)
    return AmesFile(people, reference, interval, variables, key_values(comments), cells, rows)


def _count_of_header(source: Source, lines: list[str]) -> int:
    match = _FIRST.fullmatch(lines[0]) if lines else None
    if not match:
        raise source.refuse(
            repr(lines[0][:60]) if lines else "an empty file",
            "a first line such as '76 1001' (NASA-Ames 1001)",
            row=1,
            remedy="A comma in the first line marks the pseudo NASA-Ames of source "
            "apportionment, which has its own format 'pmf_nasa_ames'.",
        )
    count = int(match[1])
    if not _FIXED + 2 < count <= min(len(lines), _MOST_HEADER):
        raise source.refuse(
            f"{count} header lines in a file of {len(lines)} lines",
            f"between {_FIXED + 3} and {min(len(lines), _MOST_HEADER)}",
            row=1,
            remedy="The file may be cut off.",
        )
    return count


def header_count(source: Source, lines: list[str], index: int) -> int:
    text = lines[index].strip() if index < len(lines) else ""
    if not re.fullmatch(r"\d{1,10}", text):
        raise source.refuse(repr(text[:40]), "a count", row=index + 1)
    return int(text)


def header_numbers(source: Source, lines: list[str], index: int, count: int) -> list[float]:
    cells = lines[index].split()
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise source.refuse(repr(lines[index].strip()[:40]), f"{count} numbers", row=index + 1)
    return numbers


def reference_date(source: Source, lines: list[str]) -> np.datetime64:
    parts = lines[6].split()
    try:
        year, month, day = (int(part) for part in parts[:3])
        return np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "s")
    except ValueError as error:
        raise source.refuse(
            repr(lines[6].strip()[:40]), "a reference date such as '2018 01 01'", row=7
        ) from error


def read_variable(title: str, missing: str, scale: float, line: int) -> Variable:
    parts = [_unquoted(part) for part in _parts(title)]
    attributes: dict[str, str] = {}
    for part in parts[1:]:
        key, equals, value = part.partition("=")
        if equals:
            attributes.setdefault(key.strip(), _unquoted(value))
    unit = parts[1] if len(parts) > 1 and "=" not in parts[1] else ""
    return Variable(parts[0], unit, attributes, missing, scale, line)


def _parts(title: str) -> list[str]:
    """Split a title at its commas, but those in quotes, which a comment may hold."""
    if title.count('"') % 2:
        return title.split(",")
    return _PART.findall(title) or [title]


def _unquoted(text: str) -> str:
    text = text.strip()
    whole = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].strip() if whole else text


def _comments(source: Source, lines: list[str], position: int, header_lines: int) -> list[str]:
    special = header_count(source, lines, position)
    if position + special + 1 >= header_lines:
        raise source.refuse(
            f"{special} special comments", "no more than the header holds", row=position + 1
        )
    normal_at = position + 1 + special
    normal = header_count(source, lines, normal_at)
    if normal_at + 1 + normal != header_lines:
        raise source.refuse(
            f"a header of {header_lines} lines that ends on line {normal_at + 1 + normal} "
            "by its own counts",
            f"counts that agree (lines 1 and {normal_at + 1})",
            row=normal_at + 1,
        )
    return lines[position + 1 : normal_at] + lines[normal_at + 1 : header_lines]


def key_values(comments: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in comments:
        key, colon, value = line.partition(":")
        if colon:
            names.setdefault(key.strip(), value.strip().strip('"').strip())
    return names


def table_cells(
    source: Source, lines: list[str], header_lines: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[header_lines:], header_lines + 1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != width:
            raise source.refuse(f"{len(cells)} cells", f"{width} cells", row=number)
        # One long cell would widen all of them in the array.
        if len(max(cells, key=len)) > _LONGEST_CELL:
            raise source.refuse("a cell of hundreds of characters", "a number", row=number)
        rows.append(cells)
        numbers.append(number)
    if not rows:
        raise source.refuse("no row of data", "rows after the header", row=header_lines)
    return np.array(rows, dtype=str), np.array(numbers)


def column(source: Source, file: AmesFile, index: int) -> np.ndarray:
    """Return a column as numbers, NaN where it holds its missing code.

    Parameters
    ----------
    source : Source
        For messages.
    file : AmesFile
        The file.
    index : int
        0 is the independent variable, 1 the first dependent one.

    Returns
    -------
    numpy.ndarray of float, shape (rows,)
        Scaled by the factor of line 11.

    Raises
    ------
    DataError
        If a cell isn't a number, naming its line.
    """
    text = file.cells[:, index]
    try:
        numbers = text.astype(float)
    except ValueError as error:
        raise _not_a_number(source, file, index) from error
    if not np.isfinite(numbers).all():
        raise _not_a_number(source, file, index)
    if index == 0:
        return numbers
    variable = file.variables[index - 1]
    try:
        code = float(variable.missing)
    except ValueError as error:
        raise source.refuse(repr(variable.missing), "a missing code", row=12) from error
    return np.where(numbers == code, np.nan, numbers * variable.scale)


def _not_a_number(source: Source, file: AmesFile, index: int) -> DataError:
    for cell, line in zip(file.cells[:, index], file.lines, strict=True):
        try:
            good = np.isfinite(float(cell))
        except ValueError:
            good = False
        if not good:
            return source.refuse(repr(str(cell)), "a number", row=int(line), column=str(index + 1))
    raise AssertionError("called for a column of numbers")


def moments(source: Source, file: AmesFile) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end of each row to the second.

    Days carry six decimals, so that 8 o'clock is 0.333333 d or 07:59:59.97; rounding to
    the second restores it.

    Returns
    -------
    tuple of numpy.ndarray of datetime64[s], each shape (rows,)
        Begin and end.

    Raises
    ------
    DataError
        If the first variable isn't the end time, or a row ends before it begins.
    """
    if not file.variables or "end_time" not in file.variables[0].name:
        raise source.refuse(
            f"{file.variables[0].name!r} as first variable" if file.variables else "no variable",
            "the end time of the measurement",
            row=_FIXED + 1,
        )
    begin, end = (_seconds(source, file, index) for index in (0, 1))
    wrong = np.flatnonzero(end < begin)
    if len(wrong):
        raise source.refuse(
            f"an end before the begin ({' '.join(file.cells[wrong[0], :2])})",
            "begin, then end",
            row=int(file.lines[wrong[0]]),
        )
    return file.reference + begin, file.reference + end


def _seconds(source: Source, file: AmesFile, index: int) -> np.ndarray:
    days = column(source, file, index)
    most = 200 * 366.0
    wrong = np.flatnonzero(~(np.abs(days) < most))
    if len(wrong):
        raise source.refuse(
            f"{file.cells[wrong[0], index]} days from the reference date",
            "a time within two centuries",
            row=int(file.lines[wrong[0]]),
        )
    return np.rint(days * DAY).astype("timedelta64[s]")
