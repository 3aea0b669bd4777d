"""CEADs: CO2 of Chinese provinces, or of China, by 47 sectors and 17 fuels, one sheet each.

CO2 is energy use times a constant, so the physical energy balance comes back by division
(`bc_inventory.readers.recover`). Headers are spelt in several ways over the years. Sectors
are checked against the sheet's total and fuels to its scope 1 total, to the last digit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.cells import label, numbers_block
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.recover import recover as recover_activity
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_FUELS = (
    "raw_coal", "cleaned_coal", "other_washed_coal", "briquettes", "coke", "coke_oven_gas",
    "other_gas", "other_coking_products", "crude_oil", "gasoline", "kerosene", "diesel_oil",
    "fuel_oil", "lpg", "refinery_gas", "other_petroleum_products", "natural_gas", "other_energy",
    "process",
)  # fmt: skip
_SCOPE_2 = ("scope_2_heat", "scope_2_electricity")
_TOTAL = "scope_1_total"
_COLUMNS = {name.replace("_", ""): name for name in (*_FUELS, *_SCOPE_2, _TOTAL)}
_SUM = re.compile(r"total ?(?:consumption|emissions)", re.IGNORECASE)
_SHEET = re.compile(r"([A-Za-z]*)((?:19|20)\d\d)")
_SECTORS = 47
_NATION = "China"
_DIGITS, _FLOOR = 1e-9, 1e-9


def looks_like(source: Source) -> bool:
    """Tell whether the workbook's note is that of CEADs and its sheets are provinces or years."""
    if not source.is_workbook or "NOTE" not in source.workbook.sheet_names:
        return False
    note = " ".join(label(cell) for row in source.workbook.top("NOTE") for cell in row)
    return "CO2 emission inventor" in note or "二氧化碳排放清单" in note


def read(origin: object, *, recover: bool = False) -> Reading:
    """Read a CEADs workbook.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of the provinces in one year, or of China in all years.
    recover : bool
        Return the physical activity recovered by division instead of CO2.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: CO2 in Mt by the publisher's sectors, or
        activity by the sectors of `data/activity_groups.csv`. Zeros (blank in the yearbook),
        totals and the empty scope 2 columns are skipped.

    Raises
    ------
    DataError
        If a sheet has another layout, a cell isn't a number, or totals don't agree.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheets = {
        name: match
        for name in source.workbook.sheet_names
        if (match := _SHEET.fullmatch(name.strip()))
    }
    if not sheets:
        raise source.refuse("no sheet of a province or year", "sheets such as Shanghai2015 or 2015")
    odd = [name for name, match in sheets.items() if place(match[1] or _NATION) is None]
    if odd:
        raise source.refuse(f"the sheet {odd[0]!r}", "a province of China and a year")
    years = {match[2] for match in sheets.values()}
    if len(years) > 1 and len({match[1] for match in sheets.values()}) > 1:
        raise source.refuse("sheets of several years and provinces", "one of the two to vary")
    every = [_sheet(source, name) for name in sheets]
    frame = _stack(sheets, every)
    zero = frame["quantity"] == 0
    frame = frame[~zero].assign(unit="Mt", source_id="ceads")
    skipped = [
        Skipped("zero, where the yearbook has a blank", int(zero.sum())),
        Skipped("a total, checked against its parts", len(every) * (_SECTORS + len(_FUELS))),
    ]
    result = assemble(source, frame)
    return reading(source, FORMAT.name, recover_activity(result) if recover else result, skipped)


def _sheet(source: Source, sheet: str) -> tuple[list[str], np.ndarray]:
    """Return the sectors of a sheet and their CO2 by fuel, shape (sectors, fuels)."""
    rows = source.workbook.rows(sheet)
    columns = _columns(source, sheet, rows[0] if rows else [])
    units = {label(cell) for cell in rows[1][1:]} if len(rows) > 1 else set()
    if units != {"Mt CO2"}:
        raise source.refuse(f"the units {', '.join(units)}", "Mt CO2", row=2, column=sheet)
    first = next((index for index, row in enumerate(rows) if _SUM.fullmatch(label(row[0]))), None)
    if first is None or any(label(cell) for row in rows[2:first] for cell in row):
        raise source.refuse("no row of totals below the units", "Total Consumption", column=sheet)
    names, values = _block(source, sheet, rows, first, len(columns))
    if len(names) != _SECTORS + 1 or len(set(names)) != len(names):
        raise source.refuse(f"{len(names) - 1} sectors", f"{_SECTORS}, each once", column=sheet)
    position = [columns.index(name) for name in _FUELS]
    _add_up(source, sheet, values[1:].sum(axis=0), values[0], columns)
    _add_up(
        source,
        sheet,
        values[1:, position].sum(axis=1),
        values[1:, columns.index(_TOTAL)],
        names[1:],
    )
    return names[1:], values[1:, position]


def _add_up(
    source: Source, sheet: str, sums: np.ndarray, stated: np.ndarray, names: list[str]
) -> None:
    if not np.allclose(sums, stated, rtol=_DIGITS, atol=_FLOOR):
        matches, total = pd.Series(sums, names), pd.Series(stated, names)
        agree(source, matches, total, what=f"{sheet}:", digits=_DIGITS, floor=_FLOOR)


def _stack(
    sheets: Mapping[str, re.Match[str]], every: list[tuple[list[str], np.ndarray]]
) -> pd.DataFrame:
    cells = _SECTORS * len(_FUELS)
    return pd.DataFrame(
        {
            "year": np.repeat([int(match[2]) for match in sheets.values()], cells),
            "source_region": np.repeat([m[1] or _NATION for m in sheets.values()], cells),
            "source_sector": np.concatenate([np.repeat(n, len(_FUELS)) for n, _ in every]),
            "source_fuel": np.tile(_FUELS, _SECTORS * len(every)),
            "quantity": np.concatenate([values.ravel() for _, values in every]),
        }
    )


def _columns(source: Source, sheet: str, header: list[Any]) -> list[str]:
    names = [_COLUMNS.get(re.sub(r"[^a-z0-9]", "", label(c).lower()), "") for c in header[1:]]
    if "" in names or len(names) != len(_COLUMNS) or len(set(names)) != len(names):
        index = names.index("") + 1 if "" in names else 0
        raise source.refuse(
            f"the column {label(header[index])!r}" if header else "an empty sheet",
            f"{len(_COLUMNS)} columns: {', '.join(_COLUMNS.values())}",
            row=1,
            column=sheet,
        )
    return names


def _block(
    source: Source, sheet: str, rows: list[list[Any]], first: int, columns: int
) -> tuple[list[str], np.ndarray]:
    body = rows[first:]
    while body and not any(label(cell) for cell in body[-1]):
        body = body[:-1]
    values, _ = numbers_block(source, sheet, body, first, range(1, columns + 1))
    names = [label(row[0]) for row in body]
    if np.isnan(values).any() or (values < 0).any() or "" in names:
        raise source.refuse("an empty or negative cell", "CO2 in every cell", column=sheet)
    return names, values


FORMAT = Format(
    name="ceads",
    kind="activity",
    title="CEADs CO2 inventory of China or its provinces by sector and fuel",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
    options=("recover",),
)
