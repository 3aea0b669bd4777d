"""Delimited text as publishers write it, split without interpreting any cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from bc_inventory.readers.io.source import Source

__all__ = ["bounded", "delimited", "numbers", "require_titles_alone", "require_whole_lines"]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# No cell of a table of figures is longer; a lost quote makes one of thousands.
_LONGEST_CELL = 10_000
# The longest line of a publisher here has 4 000 characters; one of millions of delimiters
# would be a list of as many cells.
_LONGEST_LINE = 1_000_000


def require_whole_lines(source: Source) -> None:
    """Refuse a text whose last line has no end, since its last number may be cut.

    Raises
    ------
    DataError
        If the last character isn't a line end.
    """
    if not source.text.endswith(("\n", "\r")):
        lines = source.text.count("\n") + 1
        raise source.refuse(
            "a last line without an end",
            "a line end after the last row",
            row=lines,
            remedy="The file was cut off; fetch it again.",
        )


def require_titles_alone(
    source: Source, above: Sequence[Sequence[str]], lines: Sequence[int]
) -> None:
    """Refuse a row of a table that stands above its header, where nothing would read it.

    Parameters
    ----------
    source : Source
        For the message.
    above : sequence of sequence of str
        Cells of the lines above the header.
    lines : sequence of int
        Their numbers.

    Raises
    ------
    DataError
        If a line holds three cells or more; a title or a unit has one or two.
    """
    for row, line in zip(above, lines, strict=False):
        if sum(map(bool, row)) > 2:
            raise source.refuse(
                "a row above the header",
                "rows below it",
                row=line,
                remedy="Put it below the header, or leave it out.",
            )


def bounded(source: Source, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a table, refusing one that would be split into millions of cells.

    Raises
    ------
    DataError
        If a line has more than a million characters.
    """
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE:
            raise source.refuse(
                f"a line of {len(line)} characters", f"at most {_LONGEST_LINE}", row=number
            )
        yield line


def delimited(
    source: Source, delimiter: str = ",", *, comment: str | None = None, skip: int = 0
) -> tuple[list[list[str]], list[int]]:
    """Split a text into rows of stripped cells; empty rows are left out.

    Parameters
    ----------
    source : Source
        What to read.
    delimiter : str
        One character.
    comment : str, optional
        Lines that begin with it are left out.
    skip : int
        Lines to leave out at the top.

    Returns
    -------
    rows : list of list of str
        Cells of each row.
    lines : list of int
        Line on which each row ends, counted from 1.

    Raises
    ------
    DataError
        If quotes don't match or the text is cut within its last line.
    """
    require_whole_lines(source)
    reader = csv.reader(
        bounded(source, io.StringIO(source.text, newline="")),
        delimiter=delimiter,
        strict=True,
        skipinitialspace=delimiter != "\t",  # else a quote after a blank is part of the cell
    )
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if reader.line_num <= skip or (comment and row and row[0].startswith(comment)):
                continue
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num)
                if len(max(cells, key=len)) > _LONGEST_CELL:
                    raise csv.Error("a cell of more than 10 000 characters")
    except csv.Error as error:
        raise source.refuse(
            f"a row that isn't delimited text ({error})",
            f"cells separated by {delimiter!r}",
            row=reader.line_num,
        ) from error
    return rows, lines


def numbers(
    cells: Sequence[str], keys: Collection[str] = (), *, empty: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read cells as plain numbers; nothing is guessed.

    Parameters
    ----------
    cells : sequence of str, shape (n,)
        Stripped cells.
    keys : collection of str
        Words allowed in place of a number, such as notation keys.
    empty : bool
        Whether an empty cell is allowed; it is NaN.

    Returns
    -------
    values : numpy.ndarray of float, shape (n,)
        NaN where the cell isn't a number.
    words : numpy.ndarray of object, shape (n,)
        The key, or None.
    wrong : numpy.ndarray of int
        Positions of cells that are neither: `1,234`, `1 234`, `1.2.2010`, `nan`, `inf`.
    """
    values = np.full(len(cells), np.nan)
    words = np.full(len(cells), None, dtype=object)
    wrong = []
    for index, cell in enumerate(cells):
        if _NUMBER.fullmatch(cell):
            values[index] = float(cell)
        elif cell in keys:
            words[index] = cell
        elif cell or not empty:
            wrong.append(index)
    return values, words, np.array(wrong, dtype=int)
