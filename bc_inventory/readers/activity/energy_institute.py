"""Energy Institute Statistical Review: one table a sheet, countries by year, regional totals.

The unit is in the corner, years to its right; behind the last year come growth and
share columns, below the table footnotes. Tables with one row a country and a world total are
read; prices, trade matrices, sections and reserves are skipped.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from bc_inventory.readers.activity._countries import by_country
from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.cells import label
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_TITLE = "Energy Institute Statistical Review"
_UNITS = {
    "Exajoules": "EJ",
    "Exajoules (input-equivalent)": "EJ",
    "Petajoules": "PJ",
    "Terawatt-hours": "TWh",
    "Million tonnes": "Mt",
    "Million tonnes of carbon dioxide": "Mt",
    "Billion cubic metres": "1e9 m3",
}
_WORLD = "Total World"
_REGIONS = (
    "Total North America", "Total S. & Cent. America", "Total Europe", "Total CIS",
    "Total Middle East", "Total Africa", "Total Asia Pacific",
)  # fmt: skip
_HEADER, _FIRST_YEAR = 2, 1965
# One sheet's world is 0.3 % above its regions in the last year.
_ROUNDING = 5e-3
_KEYS = {"-": "NA", "n/a": "NA"}
_MARKS = re.compile(r"[#*^♦†‡]+|(?<=[a-z])\d$")


def looks_like(source: Source) -> bool:
    """Tell whether the contents sheet names the review."""
    if not source.is_workbook or source.workbook.sheet_names[0] != "Contents":
        return False
    return any(_TITLE in label(row[0]) for row in source.workbook.top("Contents") if row)


def read(origin: object) -> Reading:
    """Read the tables by country.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The review's workbook.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: sectors are `ei:` and the sheet's name,
        regional totals are aggregates. Sheets of another layout are skipped.

    Raises
    ------
    DataError
        If no sheet can be read, a cell isn't a number, or regions don't add up to the world.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    frames, other_sheets = [], []
    for sheet in source.workbook.sheet_names:
        rows = source.workbook.rows(sheet)
        unit = _unit(rows)
        names = _names(rows)
        if unit is None or _WORLD not in names or len(set(names)) != len(names):
            other_sheets.append(sheet)
            continue
        frames.append(_sheet(source, sheet, rows, unit))
    if not frames:
        raise source.refuse("no table by country", "tables with a unit, years and Total World")
    frame = pd.concat(frames, ignore_index=True)
    blank = frame["quantity"].isna() & frame["notation_key"].isna()
    frame = frame[~blank].assign(source_id="energy-institute-2024")
    skipped = (
        [Skipped("a sheet of another layout", len(other_sheets), other_sheets[0])]
        if other_sheets
        else []
    )
    if blank.any():
        skipped.append(Skipped("a blank cell", int(blank.sum())))
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _unit(rows: list[list[Any]]) -> str | None:
    """Return the unit of a table by country, None for another sheet."""
    if len(rows) < 10 or len(rows[_HEADER]) < 3:
        return None
    first = rows[_HEADER][1]
    if not (isinstance(first, float) and _FIRST_YEAR <= first < 2100):
        return None
    return _UNITS.get(_MARKS.sub("", label(rows[_HEADER][0])).strip())


def _names(rows: list[list[Any]]) -> list[str]:
    """Return the names down to the world's total; what follows are parts of it or notes."""
    names = []
    for row in rows[_HEADER + 1 :]:
        name = _plain(label(row[0])) if row else ""
        if name:
            names.append(name)
        if name == _WORLD:
            break
    return names


def _plain(name: str) -> str:
    return _MARKS.sub("", name).strip()


def _sheet(source: Source, sheet: str, rows: list[list[Any]], unit: str) -> pd.DataFrame:
    last = next(index for index, row in enumerate(rows) if _plain(label(row[0])) == _WORLD)
    values, words = by_country(
        source, sheet, rows[: last + 1], _HEADER, keys=list(_KEYS), tail=True
    )
    names = [_plain(label(rows[position][0])) for position in values.index]
    table = values.set_axis(names)
    whole = [name for name in _REGIONS if name in table.index]
    if len(whole) == len(_REGIONS):
        sums = table.loc[whole].sum(min_count=1)
        agree(source, sums, table.loc[_WORLD], what=f"{sheet},", digits=_ROUNDING, floor=1e-6)
    long = values.assign(source_region=names).melt(
        id_vars="source_region", var_name="year", value_name="quantity"
    )
    word = words.melt()["value"]
    return long.assign(
        notation_key=[_KEYS.get(key) for key in word],
        source_sector="ei:" + " ".join(sheet.split()),
        source_fuel="all",
        unit=unit,
    )


FORMAT = Format(
    name="energy_institute",
    kind="activity",
    title="Energy Institute Statistical Review of World Energy (workbook)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
