"""Tables of the report: what is shown, and the same data to take along as CSV."""

from __future__ import annotations

import base64
import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bc_inventory.release.sanitize import for_spreadsheet
from bc_inventory.report.i18n import UNIT_NAMES, Both, same

__all__ = ["Column", "Table", "csv_text", "number", "to_table"]

_MOST_ROWS = 400


@dataclass(frozen=True)
class Column:
    """A column of a shown table.

    Parameters
    ----------
    name : str
        Column of the frame.
    title : Both
        Its heading.
    unit : str
        Unit of a number, empty for text.
    digits : int
        Significant digits of a number.
    percent : bool
        Whether a fraction is shown in percent.
    """

    name: str
    title: Both
    unit: str = ""
    digits: int = 3
    percent: bool = False

    @property
    def shown_unit(self) -> Both:
        """Unit as the heading shows it; empty for text and percent."""
        return Both("", "") if self.percent else UNIT_NAMES.get(self.unit, same(self.unit))


@dataclass(frozen=True)
class Table:
    """A table as the template shows it.

    `rows` holds, for each cell, its text in both languages and whether it is a
    number; `more` counts rows that only the CSV has.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Both, bool], ...], ...]
    more: int
    file: str
    address: str


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, without an exponent where it can.

    Examples
    --------
    >>> number(1234.5), number(0.01234), number(12.0)
    ('1,230', '0.0123', '12.0')
    """
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    if places > 7 or places < -12:
        return f"{rounded:.{digits - 1}e}"
    return f"{rounded:,.{max(places, 0)}f}"


def to_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    file: str,
    names: dict[str, dict[str, Both]] | None = None,
) -> Table:
    """Return a frame as a shown table with its CSV.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds the columns.
    columns : sequence of Column
        What is shown, in order.
    file : str
        Name of the CSV file, without its suffix.
    names : dict, optional
        For a column, the name of each code in both languages.

    Returns
    -------
    Table
    """
    shown = frame.head(_MOST_ROWS)
    rows = tuple(
        tuple(_cell(value, column, (names or {}).get(column.name)) for value, column in pairs)
        for pairs in (
            tuple(zip(row, columns, strict=True))
            for row in shown[[column.name for column in columns]].itertuples(index=False, name=None)
        )
    )
    text = csv_text(frame, columns)
    coded = base64.b64encode(text.encode("utf-8-sig")).decode()
    address = f"data:text/csv;charset=utf-8;base64,{coded}"
    return Table(tuple(columns), rows, max(len(frame) - _MOST_ROWS, 0), f"{file}.csv", address)


def _cell(value: Any, column: Column, names: dict[str, Both] | None) -> tuple[Both, bool]:
    if _absent(value):
        return Both("–", "–"), False
    if isinstance(value, bool):
        return (Both("yes", "是") if value else Both("no", "否")), False
    if isinstance(value, int):
        return same(str(value)), True
    if isinstance(value, float):
        text = number(value * 100, column.digits) + " %" if column.percent else ""
        return same(text or number(value, column.digits)), True
    if names is not None and value in names:
        return names[value], False
    return same(value), False


def _absent(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def csv_text(frame: pd.DataFrame, columns: Sequence[Column]) -> str:
    """Return a frame as CSV that a spreadsheet opens without running anything.

    Numbers are written in full; text that would be a formula gets an apostrophe.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds the columns.
    columns : sequence of Column
        What is written; units stand in the header.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(
        f"{column.name} [{column.unit}]" if column.unit else column.name for column in columns
    )
    for row in frame[[column.name for column in columns]].itertuples(index=False, name=None):
        writer.writerow(
            ""
            if _absent(value)
            else value
            if isinstance(value, int | float)
            else for_spreadsheet(value)
            for value in row
        )
    return stream.getvalue()
