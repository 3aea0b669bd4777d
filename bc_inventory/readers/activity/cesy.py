"""China Energy Statistical Yearbook: energy balance of a province or the nation (.xls).

The header is stacked over six rows: Chinese name, unit in Chinese, the English name in two
or three pieces, the unit in English. Inputs to transformation are negative, a blank is zero,
items marked `#` are part of the one above.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.activity._yearbook import FUELS, OIL_AND_COAL, UNITS, squeeze
from bc_inventory.readers.cells import cell_name, label, numbers_block
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_TITLE = re.compile(r"\d+-\d+\s+(.+?)能源平衡表\s*\(实物量\)\s*-?\s*((?:19|20)\d\d)")
_UNITS = {
    **UNITS,
    # Exponents lose their place in the file: 10^4 t is (104 tn).
    "(104tn)": "1e4 t", "(108cu.m)": "1e8 m3", "(108kW•h)": "1e8 kWh", "(1010kJ)": "1e10 kJ",
    "(104tce)": "1e4 tce",
}  # fmt: skip
_FINAL, _HOMES = "四.终端消费量", "6.生活消费"
_PARTS = (
    "1.农、林、牧、渔、水利业", "2.工业", "3.建筑业", "4.交通运输、仓储和邮政业",
    "5.批发、零售业和住宿、餐饮业", _HOMES, "7.其他",
)  # fmt: skip
_TOWN_AND_COUNTRY = ("城镇", "乡村")
# Rows have two decimals. Some provinces' own sums miss by up to 53 x 10^4 t, in a large figure.
_FLOOR = 0.06
_LOOSE, _SMALL = 0.05, 60.0


def looks_like(source: Source) -> bool:
    """Tell whether a sheet's first cell is the title of a balance in physical quantity."""
    if not source.is_workbook:
        return False
    return any(_title_of(source.workbook.top(name, 1)) for name in source.workbook.sheet_names)


def read(origin: object) -> Reading:
    """Read the energy balance of a province or the nation.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of one balance in physical quantity.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; sectors are named
        `cesy:4.交通运输、仓储和邮政业`, without the blanks of the label. Blank cells and
        other sheets are skipped; sums of the publisher that miss by more than rounding are
        named in the notes.

    Raises
    ------
    DataError
        If the header or an item is absent, a cell isn't a number, or final consumption
        differs from its parts by more than 5 %.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    matches = [
        (name, match)
        for name in source.workbook.sheet_names
        if (match := _title_of(source.workbook.rows(name)[:1]))
    ]
    if len(matches) != 1:
        raise source.refuse(
            f"{len(matches)} balances",
            "one sheet with a title such as '6-1 北京能源平衡表(实物量)-2007'",
        )
    sheet, title = matches[0]
    rows = source.workbook.rows(sheet)
    top, fuels = _header(source, sheet, rows)
    wide = _items(source, sheet, rows, top, list(fuels))
    wide.columns = pd.Index([name for name, _ in fuels.values()])
    notes = _check(source, wide)
    units = dict(fuels.values())
    long = wide.melt(ignore_index=False, var_name="source_fuel", value_name="quantity")
    blank = long["quantity"].isna()
    frame = long[~blank].reset_index(names="source_sector")
    frame = frame.assign(
        year=int(title[2]),
        source_region="China" if title[1] == "中国" else title[1],
        source_sector="cesy:" + frame["source_sector"],
        unit=frame["source_fuel"].map(units),
        source_id="cesy-2008",
    )
    skipped = [Skipped("a blank cell, which means zero", int(blank.sum()))]
    others = [name for name in source.workbook.sheet_names if name != sheet]
    if others:
        skipped.append(Skipped("a sheet without a title", len(others), others[0]))
    return reading(source, FORMAT.name, assemble(source, frame), skipped, notes)


def _title_of(rows: list[list[Any]]) -> re.Match[str] | None:
    first = label(rows[0][0]) if rows and rows[0] else ""
    return _TITLE.match(first)


def _header(
    source: Source, sheet: str, rows: list[list[Any]]
) -> tuple[int, dict[int, tuple[str, str]]]:
    """Return the row of names and, by column, fuel and unit."""
    top = next(
        (position for position, row in enumerate(rows[:10]) if squeeze(row[0]) == "项目"), None
    )
    end = next((index for index, row in enumerate(rows) if squeeze(row[0]).startswith("一.")), None)
    if top is None or end is None or end <= top:
        raise source.refuse(
            f"no row 项目 above the items in {sheet}", "the stacked header of the yearbook"
        )
    fuels: dict[int, tuple[str, str]] = {}
    for column, cell in enumerate(rows[top]):
        name = squeeze(cell)
        if column < 2 or not name:
            continue
        stack = "".join(squeeze(row[column]) for row in rows[top + 1 : end])
        unit = max((u for u in _UNITS if u in stack), key=len, default=None)
        if name not in FUELS or unit is None:
            raise source.refuse(
                f"the column {name!r} with the unit {stack[:20]!r}",
                f"one of {', '.join(FUELS)} and its unit in Chinese",
                row=top + 1,
                column=cell_name(top, column),
            )
        fuels[column] = (FUELS[name], _UNITS[unit])
    missing = set(FUELS.values()) - {name for name, _ in fuels.values()}
    if missing or len(fuels) != len(FUELS):
        raise source.refuse(f"{len(fuels)} fuels", f"{len(FUELS)}, each once", row=top + 1)
    return end, fuels


def _items(
    source: Source, sheet: str, rows: list[list[Any]], top: int, columns: list[int]
) -> pd.DataFrame:
    body = [(row_index, row) for row_index, row in enumerate(rows[top:], top) if squeeze(row[0])]
    stray = next(
        (
            position
            for position, row in enumerate(rows[top:], top)
            if not squeeze(row[0]) and any(map(squeeze, row))
        ),
        None,
    )
    if stray is not None:
        raise source.refuse("figures without an item", "an item in the first column", row=stray + 1)
    values = np.vstack(
        [numbers_block(source, sheet, [row], index, columns)[0] for index, row in body]
    )
    names = [squeeze(row[0]) for _, row in body]
    if len(set(names)) != len(names) or _FINAL not in names:
        raise source.refuse("an item twice, or no final consumption", f"items with {_FINAL}")
    return pd.DataFrame(values, index=names)


def _check(source: Source, wide: pd.DataFrame) -> list[str]:
    """Hold final consumption to its parts; return what misses by more than rounding."""
    zero = wide.fillna(0.0)
    after = list(zero.index)[list(zero.index).index(_FINAL) + 1 :]
    parts = [name for name in after if re.match(r"[1-7]\.", name)]
    if len(parts) != len(_PARTS) or [p for p in (*_TOWN_AND_COUNTRY, _HOMES) if p not in after]:
        raise source.refuse(f"{len(parts)} sectors", "the seven of final consumption, homes parted")
    pairs = [
        (_FINAL, zero.loc[parts].sum(), zero.loc[_FINAL]),
        (_HOMES, zero.loc[list(_TOWN_AND_COUNTRY)].sum(), zero.loc[_HOMES]),
    ]
    for whole, columns in OIL_AND_COAL.items():
        final = zero.loc[[_FINAL, *parts]]
        pairs.append((whole, final[list(columns)].sum(axis=1), final[whole]))
    notes = []
    for name, sums, stated in pairs:
        agree(source, sums, stated, what=name, digits=_LOOSE, floor=_SMALL)
        off = (sums - stated).abs() > _FLOOR
        if off.any():
            first = off[off].index[0]
            notes.append(f"{name}, {first}: {stated[first]:g}, its parts {sums[first]:g}")
    return notes


FORMAT = Format(
    name="cesy_balance",
    kind="activity",
    title="China Energy Statistical Yearbook: provincial energy balance in physical quantity",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
