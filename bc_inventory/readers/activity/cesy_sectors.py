"""China Energy Statistical Yearbook: consumption of one carrier by sector and year (.xls)."""

from __future__ import annotations

import re

import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.activity._yearbook import HEADLESS, NAMELESS, UNITS, squeeze, titled
from bc_inventory.readers.cells import headless, label, nameless, numbers_block
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_TITLE = re.compile(r"5-\d+分行业(.+?)消费总量")
_CARRIERS = {"能源": "energy", "煤炭": "coal", "焦炭": "coke", "电力": "electricity"}
_UNIT = re.compile(r"单位[：:](.+)")
_TOTAL, _INDUSTRY = "消费总量", "工业"


def looks_like(source: Source) -> bool:
    """Tell whether the first cell is the title of a table by sector."""
    return titled(source, _TITLE)


def read(origin: object) -> Reading:
    """Read the national consumption of one carrier by sector.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of one table, such as 5-4 (energy) or 5-13 (electricity).

    Returns
    -------
    Reading
        Table under the contract `activity_read`; the nation only.

    Raises
    ------
    DataError
        If title, unit or years are absent, a cell isn't a number, or a sector exceeds the
        total.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheet = source.workbook.sheet_names[0]
    rows = source.workbook.rows(sheet)
    match = _TITLE.match(squeeze(rows[0][0])) if rows and rows[0] else None
    if match is None or match[1] not in _CARRIERS:
        raise source.refuse("another title", "5-4 分行业能源消费总量 or a table like it", row=1)
    stated = next((m for row in rows[:6] if (m := _UNIT.match(squeeze(row[0])))), None)
    if stated is None or stated[1] not in UNITS:
        raise source.refuse("no unit", f"单位： and one of {', '.join(UNITS)}", column=sheet)
    top = next(
        (position for position, row in enumerate(rows[:8]) if squeeze(row[0]) == "行业"), None
    )
    if top is None:
        raise source.refuse("no row 行业", "the header with years", column=sheet)
    years = {
        column: int(name)
        for column, cell in enumerate(rows[top])
        if column > 1 and re.fullmatch(r"(?:19|20)\d\d", name := label(cell))
    }
    odd = [
        label(c)
        for line_index, c in enumerate(rows[top])
        if line_index > 1 and line_index not in years and label(c)
    ]
    if not years or odd or len(set(years.values())) != len(years):
        raise source.refuse(
            f"the columns {odd or 'without years'}", "years, each once", row=top + 1
        )
    body = [
        (row_index, row)
        for row_index, row in enumerate(rows[top + 1 :], top + 1)
        if squeeze(row[0])
    ]
    wide = pd.concat(
        pd.DataFrame(
            numbers_block(source, sheet, [row], index, list(years))[0],
            columns=list(years.values()),
            index=[squeeze(row[0])],
        )
        for index, row in body
    )
    _check(source, wide)
    long = wide.melt(ignore_index=False, var_name="year", value_name="quantity")
    blank = long["quantity"].isna()
    frame = long[~blank].reset_index(names="source_sector")
    frame = frame.assign(
        source_region="China",
        source_sector="cesy:" + frame["source_sector"],
        source_fuel=_CARRIERS[match[1]],
        unit=UNITS[stated[1]],
        source_id="cesy-2008",
    )
    skipped = [Skipped("a blank cell", int(blank.sum()))] if blank.any() else []
    if stray := nameless(rows[top + 1 :], years):
        skipped.append(Skipped(NAMELESS, len(stray)))
    if neighbours := headless(rows[top + 1 :], top + 1, years, 2):
        skipped.append(Skipped(HEADLESS, len(neighbours), neighbours[0]))
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _check(source: Source, wide: pd.DataFrame) -> None:
    if wide.index.has_duplicates or _TOTAL not in wide.index or _INDUSTRY not in wide.index:
        raise source.refuse("a sector twice, or no total", f"{_TOTAL}, {_INDUSTRY} and its parts")
    above = wide.gt(wide.loc[_TOTAL] * (1 + 1e-9), axis=1).any(axis=1)
    if above.any():
        raise source.refuse(f"{above[above].index[0]} above the total", f"at most {_TOTAL}")


FORMAT = Format(
    name="cesy_sectors",
    kind="activity",
    title="China Energy Statistical Yearbook: national consumption by sector",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
