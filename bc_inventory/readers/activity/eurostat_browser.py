"""Workbooks of Eurostat's Data Browser: a sheet for each combination of dimensions.

A sheet names its dimensions above a table of countries by years; cells may have their flags
in a column next to them. The sheet `Summary` lists what each sheet holds, so a sheet that was
exchanged shows.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.activity.eurostat_sdmx import check_union
from bc_inventory.readers.cells import cell_name, label, numbers_block
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_FIRST = "Data extracted on"
_DATASET = re.compile(r"(.+) \[(?:ESTAT:)?([A-Z][A-Z0-9_]*?)(?:__custom_\d+)?(?:\$\w+)?\]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FLAG = re.compile(r"[a-z@C]{1,4}")
_FREQUENCY, _BALANCE, _UNIT = "Time frequency", "Energy balance", "Unit of measure"
_FUEL = "Standard international energy product classification (SIEC)"
_DIMENSIONS = (_FREQUENCY, _BALANCE, _FUEL, _UNIT)
_UNITS = {
    "Terajoule": "TJ",
    "Terajoule (gross calorific value - GCV)": "TJ_GCV",
    "Terajoule (net calorific value - NCV)": "TJ",
    "Gigawatt-hour": "GWh",
    "Thousand tonnes": "kt",
    "Thousand tonnes of oil equivalent": "ktoe",
    "Million cubic metres": "1e6 m3",
}
_ABSENT = ":"


def looks_like(source: Source) -> bool:
    """Tell whether the sheets that follow the summary begin as an extraction does."""
    if not source.is_workbook:
        return False
    names = source.workbook.sheet_names
    tops = [source.workbook.top(name, 12) for name in names if name.startswith("Sheet ")][:1]
    return "Summary" in names and any(
        rows and label(rows[0][0]).startswith(_FIRST) and _dimensions_of(rows) is not None
        for rows in tops
    )


def read(origin: object) -> Reading:
    """Read an extraction of the energy balances from the Data Browser.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook with a sheet for each item, fuel and unit, and the sheet `Summary`.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: sectors are named
        `nrg_cb_gas:Indigenous production`, fuels as the file names them. Cells `:` are
        skipped; one that is confidential has the notation key C.

    Raises
    ------
    DataError
        If a sheet differs from its line in the summary, a cell isn't a figure, a region isn't
        known, or 27 members don't add up to the EU.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    book = source.workbook
    listed = _summary(source, book.rows("Summary"))
    present = [name for name in book.sheet_names if name.startswith("Sheet ")]
    if sorted(present) != sorted(listed):
        raise source.refuse(
            f"{len(present)} sheets of figures",
            f"the {len(listed)} that the summary lists",
            remedy="A sheet was deleted or added; extract the workbook again.",
        )
    parts = [_sheet(source, name, book.rows(name), listed[name]) for name in present]
    frame = pd.concat(parts)
    check_union(source, frame)
    absent = frame["quantity"].isna() & frame["notation_key"].isna()
    skipped = [Skipped("no figure (:)", int(absent.sum()))] if absent.any() else []
    return reading(source, FORMAT.name, assemble(source, frame[~absent]), skipped)


def _dimensions_of(rows: list[list[Any]]) -> dict[str, str] | None:
    """Return what the lines above a table say, or None where it isn't such a table."""
    named = {label(row[0]): label(row[2]) for row in rows[1:12] if len(row) > 2 and row[2] != ""}
    return named if set(_DIMENSIONS) <= set(named) else None


def _summary(source: Source, rows: list[list[Any]]) -> dict[str, dict[str, str]]:
    """Return the dimensions of each sheet by its name."""
    top = next((index for index, row in enumerate(rows) if "Contents" in map(label, row)), None)
    if top is None:
        raise source.refuse("a Summary without contents", "a row 'Contents' with the dimensions")
    names = [label(cell) for cell in rows[top]]
    if any(names.count(name) != 1 for name in ("Contents", *_DIMENSIONS)):
        raise source.refuse(
            f"the contents by {', '.join(filter(None, names))}",
            f"{', '.join(_DIMENSIONS)}, each once",
            row=top + 1,
            column="Summary",
        )
    by_name: dict[str, dict[str, str]] = {}
    for position, row in enumerate(rows[top + 1 :], top + 2):
        line = dict(zip(names, map(label, row), strict=False))
        sheet = line.pop("Contents")
        if not any(line.values()) and not sheet:
            continue
        if not sheet.startswith("Sheet ") or sheet in by_name:
            raise source.refuse(f"{sheet!r}", "each sheet once", row=position, column="Summary")
        by_name[sheet] = {name: line[name] for name in _DIMENSIONS}
    return by_name


def _sheet(
    source: Source, sheet: str, rows: list[list[Any]], listed: dict[str, str]
) -> pd.DataFrame:
    dataset = next((label(row[1]) for row in rows[:4] if label(row[0]) == "Dataset:"), "")
    match = _DATASET.fullmatch(dataset)
    named = _dimensions_of(rows)
    if match is None or named is None or {n: named[n] for n in _DIMENSIONS} != listed:
        raise source.refuse(
            f"the dimensions {named or 'absent'} of {dataset[:60]!r} in {sheet}",
            f"a dataset with its code, and {listed}, as the summary says",
        )
    unit = _UNITS.get(named[_UNIT])
    if named[_FREQUENCY] != "Annual" or unit is None:
        raise source.refuse(
            f"{named[_FREQUENCY]!r} in {named[_UNIT]!r} in {sheet}",
            f"annual figures in one of {', '.join(_UNITS)}",
        )
    top, columns = _years(source, sheet, rows)
    end = next(
        (index for index in range(top + 2, len(rows)) if not label(rows[index][0])), len(rows)
    )
    body = rows[top + 2 : end]
    values, words = numbers_block(source, sheet, body, top + 2, list(columns), keys=(_ABSENT,))
    flags = _flags(source, sheet, body, top + 2, columns)
    _nothing_below(source, sheet, rows, end, columns)
    regions = [label(row[0]) for row in body]
    if not regions or len(set(regions)) != len(regions):
        raise source.refuse(f"{len(regions)} regions in {sheet}", "regions, each once")
    empty = np.isnan(values) & (words == np.array(None))
    if empty.any():
        i, j = np.argwhere(empty)[0]
        raise source.refuse(
            "an empty cell", "a figure or ':'", row=top + 3 + int(i),
            column=f"{sheet}!{cell_name(top + 2 + int(i), list(columns)[j])}",
        )  # fmt: skip
    secret = np.isnan(values) & np.isin(flags.astype(str), ["c", "@C"])
    n = len(columns)
    code = match[2].lower()
    return pd.DataFrame(
        {
            "year": np.tile(list(columns.values()), len(regions)),
            "source_region": np.repeat(regions, n),
            "source_sector": f"{code}:{named[_BALANCE]}",
            "source_fuel": named[_FUEL],
            "quantity": values.ravel(),
            "unit": unit,
            "flag": flags.ravel(),
            "notation_key": ["C" if hidden else None for hidden in secret.ravel()],
            "source_id": f"eurostat-{code.replace('_', '-')}",
        },
        index=np.repeat(np.arange(top + 3, top + 3 + len(regions)), n),
    )


def _years(source: Source, sheet: str, rows: list[list[Any]]) -> tuple[int, dict[int, int]]:
    """Return the row of years and the year of each column of figures."""
    top = next((index for index, row in enumerate(rows[:16]) if label(row[0]) == "TIME"), None)
    if top is None or len(rows) < top + 3 or not label(rows[top + 1][0]).startswith("GEO"):
        raise source.refuse(f"no row of years in {sheet}", "a row TIME above a row GEO")
    columns: dict[int, int] = {}
    for position, cell in enumerate(rows[top][1:], 1):
        name = label(cell)
        if _YEAR.fullmatch(name):
            columns[position] = int(name)
        elif name or position - 1 not in columns:
            raise source.refuse(
                f"the column {name!r}", "a year, or nothing above the flags of the year before it",
                row=top + 1, column=f"{sheet}!{cell_name(top, position)}",
            )  # fmt: skip
    require_order(source, list(columns.values()), row=top + 1, column=sheet)
    return top, columns


def _flags(
    source: Source, sheet: str, body: list[list[Any]], top: int, columns: dict[int, int]
) -> np.ndarray:
    flags = np.full((len(body), len(columns)), None, dtype=object)
    for j, column in enumerate(columns):
        if column + 1 in columns or column + 1 >= len(body[0]):
            continue
        for i, row in enumerate(body):
            text = label(row[column + 1])
            if text and not _FLAG.fullmatch(text):
                raise source.refuse(
                    repr(text[:40]), "a flag of Eurostat or nothing",
                    row=top + i + 1, column=f"{sheet}!{cell_name(top + i, column + 1)}",
                )  # fmt: skip
            flags[i, j] = text or None
    return flags


def _nothing_below(
    source: Source, sheet: str, rows: list[list[Any]], end: int, columns: dict[int, int]
) -> None:
    """Refuse cells below the last region that name none, which would be lost."""
    for index in range(end, len(rows)):
        cells = [rows[index][column] for column in columns]
        figures = any(isinstance(cell, float | int) or cell == _ABSENT for cell in cells)
        if figures or (not label(rows[index][0]) and any(map(label, rows[index]))):
            raise source.refuse(
                "cells without a region", "a region in each row of figures",
                row=index + 1, column=sheet,
            )  # fmt: skip


FORMAT = Format(
    name="eurostat_browser",
    kind="activity",
    title="Eurostat energy balances, workbook of the Data Browser",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
