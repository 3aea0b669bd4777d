"""Numbers and labels in the cells of a workbook, taken as they are or refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from bc_inventory.errors import Problems
from bc_inventory.readers.io.source import Source

__all__ = [
    "cell_name",
    "find_row",
    "headless",
    "label",
    "nameless",
    "numbers_block",
    "require_no_rows_above",
]

_YEARS = range(1800, 2201)


def cell_name(row: int, column: int) -> str:
    """Return the spreadsheet name of a cell counted from 0.

    Examples
    --------
    >>> cell_name(9, 27)
    'AB10'
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def label(cell: Any) -> str:
    """Return a cell as a stripped label; a whole number without its decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def find_row(
    source: Source, sheet: str, rows: Sequence[Sequence[Any]], wanted: Collection[str]
) -> tuple[int, dict[str, int]]:
    """Find the header row: the first that holds all wanted labels.

    Parameters
    ----------
    source : Source
        Named in messages.
    sheet : str
        Named in messages.
    rows : sequence of sequence
        Cells of the sheet.
    wanted : collection of str
        Labels.

    Returns
    -------
    row : int
        Its position from 0.
    columns : dict of str to int
        Position of every label of that row.

    Raises
    ------
    DataError
        If no row holds them, a wanted label occurs twice in it, or a row of figures stands
        above it.
    """
    for index, row in enumerate(rows):
        labels = [label(cell) for cell in row]
        if set(wanted) <= set(labels):
            twice = [name for name in wanted if labels.count(name) > 1]
            if twice:
                raise source.refuse(
                    f"the label {twice[0]!r} twice in {sheet}", "each label once", row=index + 1
                )
            columns = {name: place for place, name in enumerate(labels) if name}
            require_no_rows_above(source, sheet, rows, index, list(columns.values()))
            return index, columns
    raise source.refuse(
        f"a sheet {sheet!r} without the header {', '.join(wanted)}",
        "a row with these labels",
        remedy="Give the sheet as its publisher serves it.",
    )


def require_no_rows_above(
    source: Source, sheet: str, rows: Sequence[Sequence[Any]], header: int, columns: Sequence[int]
) -> None:
    """Refuse a sheet with a row of figures above its header, where nothing would read it.

    Parameters
    ----------
    source : Source
        Named in messages.
    sheet : str
        Named in messages.
    rows : sequence of sequence
        Cells of the sheet.
    header : int
        Position of the header, from 0.
    columns : sequence of int
        Columns that it names.

    Raises
    ------
    DataError
        If at least a third of these columns, and two of them, hold figures in a row above;
        whole numbers that can be years are a head.
    """
    for index, row in enumerate(rows[:header]):
        figures = [row[place] for place in columns if type(row[place]) in {float, int}]
        years = all(value in _YEARS for value in figures)
        if len(figures) >= max(2, len(columns) / 3) and not years:
            raise source.refuse(
                f"figures above the header of {sheet}",
                "rows below it",
                row=index + 1,
                remedy="Put the row below the header, or leave it out.",
            )


def headless(
    rows: Sequence[Sequence[Any]], top: int, columns: Collection[int], first: int
) -> list[str]:
    """Return the cells of figures in columns that no head names, to be skipped aloud.

    Parameters
    ----------
    rows : sequence of sequence
        Rows of the block.
    top : int
        Position of the first of them in the sheet, from 0.
    columns : collection of int
        Columns with a head.
    first : int
        First column that can hold figures.

    Returns
    -------
    list of str
        Names of cells, such as `K7`.
    """
    return [
        cell_name(index, column)
        for index, row in enumerate(rows, top)
        for column, cell in enumerate(row)
        if column >= first and column not in columns and type(cell) in {float, int}
    ]


def nameless(rows: Sequence[Sequence[Any]], columns: Collection[int]) -> list[str]:
    """Return the cells of figures in rows whose first cell is blank, to be skipped aloud.

    Parameters
    ----------
    rows : sequence of sequence
        Rows of the sheet.
    columns : collection of int
        Columns with a head.

    Returns
    -------
    list of str
        Names of cells, such as `D10`.
    """
    return [
        cell_name(index, column)
        for index, row in enumerate(rows)
        for column in columns
        if type(row[column]) in {float, int} and not str(row[0]).strip()
    ]


def numbers_block(
    source: Source,
    sheet: str,
    rows: Sequence[Sequence[Any]],
    top: int,
    columns: Sequence[int],
    *,
    keys: Collection[str] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Read a block of cells as numbers.

    Parameters
    ----------
    source : Source
        Named in messages.
    sheet : str
        Named in messages.
    rows : sequence of sequence, n long
        Rows of the block.
    top : int
        Position of the first of them in the sheet, from 0.
    columns : sequence of int, m long
        Columns to read.
    keys : collection of str
        Words allowed in place of a number, such as notation keys.

    Returns
    -------
    values : numpy.ndarray of float, shape (n, m)
        NaN where the cell is empty or a key.
    words : numpy.ndarray of object, shape (n, m)
        The key, or None.

    Raises
    ------
    DataError
        For every cell that is a date, a truth value, or text that isn't a key: a number
        kept as text may have lost its decimal mark.
    """
    values = np.full((len(rows), len(columns)), np.nan)
    words = np.full((len(rows), len(columns)), None, dtype=object)
    problems = Problems()
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cell = row[column]
            if type(cell) is float or type(cell) is int:
                values[i, j] = cell
            elif cell == "" or (isinstance(cell, str) and not cell.strip()):
                continue
            elif isinstance(cell, str) and cell.strip() in keys:
                words[i, j] = cell.strip()
            else:
                problems.add(
                    found=f"{cell!s:.60} ({type(cell).__name__})",
                    expected="a number" + (" or a notation key" if keys else ""),
                    file=source.name,
                    row=top + i + 1,
                    column=f"{sheet}!{cell_name(top + i, column)}",
                )
    problems.raise_if_any()
    return values, words
