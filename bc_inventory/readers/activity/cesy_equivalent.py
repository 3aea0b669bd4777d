"""China Energy Statistical Yearbook: national tables in coal equivalent (.xls).

Table 4-1 is the balance of the nation, 5-3 the final consumption of the branches of industry.
One unit holds for the whole sheet; names of fuels are split over rows. The total of a row is
given twice: with electricity by the coal burnt for it, and by its own heat.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.activity._yearbook import (
    FUELS,
    HEADLESS,
    NAMELESS,
    OIL_AND_COAL,
    UNITS,
    squeeze,
    titled,
)
from bc_inventory.readers.cells import cell_name, headless, nameless, numbers_block
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_TITLE = re.compile(
    r"(?:4-\d+中国能源平衡表|5-\d+工业分行业终端能源消费量)[(（]标准量[)）]-?((?:19|20)\d\d)"
)
_UNIT = re.compile(r"单位[：:](\w+)")
_HEADS = ("项目", "行业")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_CHINESE = re.compile(r"[一-鿿]+")
_TOTALS = {"发电煤耗": "energy_total_coal_equivalent", "电热当量": "energy_total_calorific"}
_CALORIFIC = _TOTALS["电热当量"]
_OTHER = "other_energy"
_FINAL, _INDUSTRY = "四.终端消费量", "工业"
_SECTORS = re.compile(r"[1-7]\.")
_GROUPS = re.compile(r"\([一二三四五]\)")
_DIGITS, _FLOOR = 1e-9, 1e-6


def looks_like(source: Source) -> bool:
    """Tell whether a first cell is the title of a national table in coal equivalent."""
    return titled(source, _TITLE)


def read(origin: object) -> Reading:
    """Read a national table in coal equivalent.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of table 4-1 or 5-3.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; sectors are named `cesy:2.工业`, all units
        are 10^4 t of coal equivalent. Blank cells and cells of the compiler's own sums, in
        rows without an item, are skipped.

    Raises
    ------
    DataError
        If title, unit or header are absent, a cell isn't a number, or coal, oil, all fuels and
        final consumption aren't the sum of their parts.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheet = source.workbook.sheet_names[0]
    rows = source.workbook.rows(sheet)
    title = _TITLE.match(squeeze(rows[0][0])) if rows and rows[0] else None
    if title is None:
        raise source.refuse("another title", "'4-1 中国能源平衡表(标准量)-2007' or that of 5-3")
    stated = next((m for row in rows[:6] if (m := _UNIT.match(squeeze(row[0])))), None)
    if stated is None or UNITS.get(stated[1]) != "1e4 tce":
        raise source.refuse("no unit", "a line 单位:万吨标准煤 below the title", column=sheet)
    top, fuels = _header(source, sheet, rows)
    items = [(row_index, row) for row_index, row in enumerate(rows[top:], top) if squeeze(row[0])]
    names = [squeeze(row[0]) for _, row in items]
    if len(set(names)) != len(names) or not {_FINAL, _INDUSTRY} & set(names):
        raise source.refuse("an item twice, or no total", f"items with {_FINAL} or {_INDUSTRY}")
    texts = [
        cell_name(position, column)
        for position, row in items
        for column in fuels
        if isinstance(row[column], str) and _PLAIN.fullmatch(row[column].strip())
    ]
    values = np.vstack(
        [
            numbers_block(source, sheet, [_without_texts(row)], index, list(fuels))[0]
            for index, row in items
        ]
    )
    wide = pd.DataFrame(values, index=names, columns=list(fuels.values()))
    _check(source, wide.fillna(0.0))
    long = wide.melt(ignore_index=False, var_name="source_fuel", value_name="quantity")
    blank = long["quantity"].isna()
    frame = long[~blank].reset_index(names="source_sector")
    frame = frame.assign(
        year=int(title[1]),
        source_region="China",
        source_sector="cesy:" + frame["source_sector"],
        unit="1e4 tce",
        source_id="cesy-2008",
    )
    skipped = [Skipped("a blank cell, which means zero", int(blank.sum()) - len(texts))]
    if texts:
        skipped.append(Skipped("a number kept as text", len(texts), texts[0]))
    if stray := nameless(rows, fuels):
        skipped.append(Skipped(NAMELESS, len(stray), stray[0]))
    if neighbours := headless([row for _, row in items], top, fuels, 2):
        skipped.append(Skipped(HEADLESS, len(neighbours)))
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _header(source: Source, sheet: str, rows: list[list[Any]]) -> tuple[int, dict[int, str]]:
    """Return the first row of items, and the fuel of each column."""
    named = next(
        (row_index for row_index, row in enumerate(rows[:12]) if squeeze(row[0]) in _HEADS), None
    )
    unit = next(
        (position for position, row in enumerate(rows[:6]) if _UNIT.match(squeeze(row[0]))), None
    )
    if named is None or unit is None or unit > named:
        raise source.refuse(f"no row {' or '.join(_HEADS)} in {sheet}", "the stacked header")
    top = next(
        (index for index in range(named + 1, len(rows)) if squeeze(rows[index][0])), len(rows)
    )
    fuels: dict[int, str] = {}
    for column in range(2, len(rows[named])):
        stack = "".join(squeeze(row[column]) for row in rows[unit + 1 : top])
        chinese = "".join(_CHINESE.findall(stack))
        total = next((fuel for word, fuel in _TOTALS.items() if word in chinese), None)
        fuel = total or FUELS.get(chinese)
        if chinese and fuel is None:
            raise source.refuse(
                f"the column {chinese!r}", f"one of {', '.join(FUELS)} or a total",
                row=named + 1, column=cell_name(named, column),
            )  # fmt: skip
        if fuel:
            fuels[column] = fuel
    needed = {*FUELS.values(), *_TOTALS.values()} - {_OTHER}
    if len(set(fuels.values())) != len(fuels) or needed - set(fuels.values()):
        raise source.refuse(
            f"{len(fuels)} fuels", f"{len(needed)} or more, each once", row=named + 1
        )
    return top, fuels


def _without_texts(row: list[Any]) -> list[Any]:
    """Return a row without numbers that the publisher typed as text, which may be changed."""
    return [
        "" if isinstance(cell, str) and _PLAIN.fullmatch(cell.strip()) else cell for cell in row
    ]


def _check(source: Source, wide: pd.DataFrame) -> None:
    """Hold fuels to their totals, and items to their parts."""
    items = list(wide.index)
    if _FINAL in items:
        whole, final = _FINAL, wide.loc[_FINAL:]
        parts = [name for name in final.index if _SECTORS.match(name)]
        rows = final.loc[[_FINAL, *parts]]
    else:
        whole, rows = _INDUSTRY, wide
        parts = [name for name in items if _GROUPS.match(name)]
        _check_groups(source, wide)
    agree(source, wide.loc[parts].sum(), wide.loc[whole], what=whole, digits=_DIGITS, floor=_FLOOR)
    for total, fuels in OIL_AND_COAL.items():
        sums = rows[list(fuels)].sum(axis=1)
        agree(source, sums, rows[total], what=total, digits=_DIGITS, floor=_FLOOR)
    inside = {fuel for fuels in OIL_AND_COAL.values() for fuel in fuels} | set(_TOTALS.values())
    all_fuels = rows[[fuel for fuel in rows.columns if fuel not in inside]].sum(axis=1)
    stated = rows[_CALORIFIC]
    if _OTHER not in rows:
        # The table of branches leaves out bagasse and the like, which are in its totals.
        all_fuels = all_fuels.clip(lower=stated)
    agree(source, all_fuels, stated, what="all fuels", digits=_DIGITS, floor=_FLOOR)


def _check_groups(source: Source, wide: pd.DataFrame) -> None:
    """Hold each group of branches, such as (二)制造业, to its branches."""
    group = pd.Series(
        [name if _GROUPS.match(name) else None for name in wide.index], wide.index, dtype=object
    ).ffill()
    branches = wide[~wide.index.str.match(_GROUPS.pattern) & group.notna()]
    sums = branches.groupby(group).sum()
    for name, stated in wide.loc[sums.index].iterrows():
        agree(source, sums.loc[name], stated, what=str(name), digits=_DIGITS, floor=_FLOOR)


FORMAT = Format(
    name="cesy_equivalent",
    kind="activity",
    title="China Energy Statistical Yearbook: national tables in coal equivalent",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
