"""Cui et al. 2021: daily CO2 of 31 Chinese provinces 2019-2020, Mt; read as sums of a year.

The sheet of ground transport in 2020 is dated 2019 by its publisher, so the year is the
sheet's. Provinces have letters of a scheme of their own (HEB is Hebei, HAN Hainan).
"""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.cells import label, numbers_block
from bc_inventory.readers.inventories._frame import agree, region_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "SCHEME", "read"]

SCHEME = "CUI"
_SHEET = re.compile(r"(Power|Industry|Ground Transport)((?:19|20)\d\d)")
_PROVINCES = 31
_LONGEST, _LEAP_DAY = 366, 60


def looks_like(source: Source) -> bool:
    """Tell whether the workbook has a sheet for each sector and year."""
    return source.is_workbook and sum(map(_is_sheet, source.workbook.sheet_names)) >= 2


def _is_sheet(name: str) -> bool:
    return _SHEET.fullmatch(name) is not None


def read(origin: object) -> Reading:
    """Read the CO2 of each province, sector and year.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The workbook.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: Mt CO2 of the year, sectors
        `cui:ground_transport` and so on. Sums, weekdays and the sheet of totals are
        skipped; dates of another year than the sheet's are named in the notes.

    Raises
    ------
    DataError
        If a day is missing, a cell isn't a number, or provinces don't add up to China.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    frames, notes = [], []
    sheets = [name for name in source.workbook.sheet_names if _is_sheet(name)]
    if not sheets:
        raise source.refuse("no sheet of a sector and year", "sheets such as Power2019")
    for sheet in sheets:
        table, dated = _sheet(source, sheet)
        match = _SHEET.fullmatch(sheet)
        sector, year = (match[1], int(match[2])) if match else ("", 0)
        if dated - {year}:
            notes.append(f"{sheet}: dated {', '.join(map(str, sorted(dated)))} by the publisher")
        frames.append(
            pd.DataFrame(
                {
                    "year": year,
                    "source_region": table.columns,
                    "source_sector": "cui:" + sector.lower().replace(" ", "_"),
                    "quantity": table.sum().to_numpy(),
                }
            )
        )
    frame = pd.concat(frames, ignore_index=True).assign(
        source_fuel="fossil", unit="Mt", source_id="cui-2021"
    )
    places = frame["source_region"].map(lambda code: region_of(SCHEME, code))
    frame["region"], frame["region_level"] = places.str[0], "province"
    others = [name for name in source.workbook.sheet_names if name not in sheets]
    skipped = [Skipped("a sheet of totals", len(others), others[0])] if others else []
    return reading(source, FORMAT.name, assemble(source, frame), skipped, notes)


def _sheet(source: Source, sheet: str) -> tuple[pd.DataFrame, set[int]]:
    rows: list[list[Any]] = source.workbook.rows(sheet)
    header = [label(cell) for cell in rows[0]] if rows else []
    codes = {
        row_index: name
        for row_index, name in enumerate(header)
        if region_of(SCHEME, name) and row_index > 1
    }
    if header[:2] != ["Date", "China"] or len(set(codes.values())) != _PROVINCES:
        raise source.refuse(
            f"{len(codes)} provinces in {sheet}", f"Date, China and {_PROVINCES} provinces", row=1
        )
    match = _SHEET.fullmatch(sheet)
    leap = match is not None and calendar.isleap(int(match[2]))
    days = _days(source, sheet, rows, leap)
    block = [rows[position] for position in days]
    values = np.vstack(
        [numbers_block(source, sheet, [rows[index]], index, [1, *codes])[0] for index in days]
    )
    table = pd.DataFrame(
        values, columns=["China", *codes.values()], index=[day + 1 for day in days]
    )
    if table.isna().any(axis=None) or (table < 0).any(axis=None):
        raise source.refuse("a blank or negative cell", "CO2 of each day", column=sheet)
    provinces = table[list(codes.values())]
    agree(source, provinces.sum(axis=1), table["China"], what=f"{sheet} row", digits=1e-6)
    return provinces, {row[0].year for row in block if isinstance(row[0], datetime.date)}


def _days(source: Source, sheet: str, rows: list[list[Any]], leap: bool) -> list[int]:
    """Return the rows of days; 29 February has a row in all years, and no date in one sheet."""
    body = [row for row in range(1, _LONGEST + 1) if row < len(rows)]
    dated = [row for row in body if isinstance(rows[row][0], datetime.date)]
    undated = [
        line_index for line_index in body if line_index not in dated and label(rows[line_index][1])
    ]
    below = [row_index for row_index in range(_LONGEST + 1, len(rows)) if label(rows[row_index][0])]
    in_order = [rows[position][0] for position in dated]
    odd = bool(below) or [index for index in undated if index != _LEAP_DAY]
    if odd or len(dated) + len(undated) != 365 + leap or in_order != sorted(set(in_order)):
        raise source.refuse(
            f"{len(dated)} days and {len(undated)} rows without a date in {sheet}",
            f"{365 + leap} days in order",
            remedy="A row is missing, repeated or moved; fetch the file again.",
        )
    return sorted([*dated, *undated])


FORMAT = Format(
    name="cui_daily",
    kind="activity",
    title="Cui et al. 2021 daily CO2 of Chinese provinces (power, industry, ground transport)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
