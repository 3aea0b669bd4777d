"""A workbook with one sheet a table and units in the headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.release.sanitize import for_spreadsheet
from bc_inventory.schema import table

__all__ = ["Sheet", "write_workbook"]

_MOST_ROWS = 1_048_575
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Sheet:
    """A table and what the reader of its sheet should know.

    Parameters
    ----------
    name : str
        Of the sheet.
    frame : pandas.DataFrame
        The table.
    contract : str, optional
        Contract whose units and descriptions head the columns.
    units : mapping of str to str, optional
        Units of columns without a contract.
    note : str
        Shown in the list of sheets.
    """

    name: str
    frame: pd.DataFrame
    contract: str | None = None
    units: Mapping[str, str] | None = None
    note: str = ""


def write_workbook(sheets: Sequence[Sheet], path: Path, *, title: str) -> Path:
    """Write tables as sheets of one xlsx file, with a list of them first.

    Text that a spreadsheet would take for a formula is written as text.

    Parameters
    ----------
    sheets : sequence of Sheet
        In order.
    path : Path
        File to write; its folder is made.
    title : str
        Of the workbook.

    Raises
    ------
    DataError
        If a table has more rows than a sheet can hold.
    """
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    for sheet in sheets:
        if len(sheet.frame) > _MOST_ROWS:
            raise DataError(
                [
                    Problem(
                        found=f"{len(sheet.frame):,} rows in {sheet.name}",
                        expected=f"at most {_MOST_ROWS:,}, which a sheet can hold",
                        remedy="Choose fewer years or regions, or export CSV or Parquet.",
                    )
                ]
            )
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "bc_inventory"
    book.properties.title = for_spreadsheet(title)[:200]
    names = _sheet_names([sheet.name for sheet in sheets])
    contents = book.create_sheet("Contents")
    contents.append([_text(title)])
    contents.append(["sheet", "rows", "note"])
    for sheet, name in zip(sheets, names, strict=True):
        contents.append([_text(name), len(sheet.frame), _text(sheet.note)])
    for sheet, name in zip(sheets, names, strict=True):
        result = book.create_sheet(name)
        result.freeze_panes = "A2"
        head = []
        for column in sheet.frame.columns:
            cell = WriteOnlyCell(result, value=_text(_header(str(column), sheet)))
            cell.font = Font(bold=True)
            head.append(cell)
        result.append(head)
        for row in sheet.frame.itertuples(index=False, name=None):
            result.append([_value(value) for value in row])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _sheet_names(names: Sequence[str]) -> list[str]:
    labels: list[str] = []
    for name in names:
        base = for_spreadsheet(name).translate(_FORBIDDEN).strip()[:_LONGEST_NAME] or "table"
        unique, number = base, 2
        while unique.casefold() in {other.casefold() for other in [*labels, "Contents"]}:
            unique = f"{base[: _LONGEST_NAME - 4]} {number}"
            number += 1
        labels.append(unique)
    return labels


def _header(column: str, sheet: Sheet) -> str:
    unit = (sheet.units or {}).get(column)
    if sheet.contract is not None:
        known = {item.name: item.unit for item in table(sheet.contract).columns}
        unit = known.get(column, unit)
    return f"{column} [{unit}]" if unit else column


def _text(value: object) -> str:
    return for_spreadsheet(value)


def _value(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return _text(value)
