"""Workbook sheets with a country in each row and a year in each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.cells import headless, label, numbers_block, require_no_rows_above
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.years import require_order

__all__ = ["by_country"]

_YEAR = re.compile(r"((?:18|19|20)\d\d)e?")


def by_country(
    source: Source,
    sheet: str,
    rows: Sequence[Sequence[Any]],
    header: int,
    *,
    first: int = 1,
    keys: Sequence[str] = (),
    tail: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a sheet as one column a year.

    Parameters
    ----------
    source : Source
        Named in messages.
    sheet : str
        Named in messages.
    rows : sequence of sequence
        Cells of the sheet.
    header : int
        Position of the row with years, from 0.
    first : int
        Position of the first column with a year, from 0.
    keys : sequence of str
        Words allowed in place of a number.
    tail : bool
        Whether columns of another kind (growth, shares) may follow the last year.

    Returns
    -------
    values : pandas.DataFrame of float
        Index: position of the row in the sheet. Columns: years. Empty rows are left out.
    words : pandas.DataFrame of object
        The key in each cell, or None.

    Raises
    ------
    DataError
        If there is no year, a year occurs twice, another column is among them, a cell
        isn't a number, or a row or column has figures and no name.
    """
    names = [label(cell) for cell in rows[header][first:]]
    while names and not names[-1]:
        names.pop()
    if tail:
        last = next(
            (index for index, name in enumerate(names) if name in names[:index]), len(names)
        )
        names = names[:last]
    matches = [_YEAR.fullmatch(name) for name in names]
    years = [int(match[1]) for match in matches if match]
    if len(years) != len(names):
        raise source.refuse(
            f"the columns {', '.join(names)[:80]}",
            "years, each once",
            row=header + 1,
            column=sheet,
        )
    require_order(source, years, row=header + 1, column=sheet)
    columns = range(first, first + len(years))
    require_no_rows_above(source, sheet, rows, header, columns)
    neighbours = [] if tail else headless(rows[header + 1 :], header + 1, columns, first)
    if neighbours:
        raise source.refuse(
            "figures in a column without a head",
            "a year above each",
            column=f"{sheet}!{neighbours[0]}",
        )
    position = [i for i in range(header + 1, len(rows)) if label(rows[i][0])]
    again = next((i for i in position if label(rows[i][0]) == label(rows[header][0])), None)
    if again is not None:
        raise source.refuse("the header again", "a country", row=again + 1, column=sheet)
    nameless = next(
        (
            i
            for i in range(header + 1, len(rows))
            if i not in position and any(label(rows[i][column]) for column in columns)
        ),
        None,
    )
    if nameless is not None:
        raise source.refuse("figures without a name", "a country", row=nameless + 1, column=sheet)
    blocks = [numbers_block(source, sheet, [rows[i]], i, columns, keys=keys) for i in position]
    values = np.vstack([block[0] for block in blocks]) if blocks else np.empty((0, len(years)))
    words = (
        np.vstack([block[1] for block in blocks])
        if blocks
        else np.empty((0, len(years)), dtype=object)
    )
    return pd.DataFrame(values, position, years), pd.DataFrame(words, position, years)
