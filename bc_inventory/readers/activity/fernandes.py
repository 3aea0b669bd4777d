"""Fernandes et al. 2007: biofuel use by country 1850-2000, a block of rows each.

Fuelwood of towns and of the country is in ktoe, everything else in kt; the domestic total of
fuelwood was estimated apart and is not their sum. The total of a country leaves both out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._countries import by_country
from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.cells import label
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_CORNER = "ktonnes (Gg)"
_OVERVIEW = "Global"
_TOTALS = "TOTALS (Mt = Tg)"
_TOTAL = "Total"
_ROWS = {
    "Dom Urban FW": ("domestic_urban", "fuelwood", "ktoe"),
    "Dom Rural FW": ("domestic_rural", "fuelwood", "ktoe"),
    "Dom Total FW": ("domestic", "fuelwood", "kt"),
    "Dom Crop Res": ("domestic", "crop_residue", "kt"),
    "Dom Ag Res": ("domestic", "crop_residue", "kt"),
    "Dom Dung": ("domestic", "dung", "kt"),
    "Dom Charcoal": ("domestic", "charcoal", "kt"),
    "Ind Biofuel": ("industry", "biofuel", "kt"),
    "Ind Charcoal": ("industry", "charcoal", "kt"),
    "Bagasse": ("industry", "bagasse", "kt"),
    "Extra Bagasse": ("industry", "extra_bagasse", "kt"),
    "Power": ("power", "biofuel", "kt"),
    _TOTAL: ("total", "biofuel", "kt"),
}
# A country's own row is empty but for a slip or two.
_STRAY = 2
# What the total of a country may be made of; sheets differ in what they add.
_PARTS = ("Dom Total FW", "Dom Crop Res", "Dom Ag Res", "Dom Dung", "Dom Charcoal", "Ind Biofuel")


def looks_like(source: Source) -> bool:
    """Tell whether the first sheet has the corner and the totals of the data set."""
    if not source.is_workbook or _OVERVIEW not in source.workbook.sheet_names:
        return False
    top = source.workbook.top(_OVERVIEW, 2)
    return len(top) == 2 and label(top[0][0]) == _CORNER and label(top[1][0]).startswith("TOTALS")


def read(origin: object) -> Reading:
    """Read the regional sheets.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The workbook.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: sectors `fernandes:domestic` and so on.
        Regional totals, the overview and blank cells are skipped.

    Raises
    ------
    DataError
        If a cell isn't a number, a row's name isn't known, or a country's total is less than
        its largest part or more than the sum of all.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    frames, others = [], []
    for sheet in source.workbook.sheet_names:
        rows = source.workbook.rows(sheet)
        is_region = bool(rows and rows[0]) and label(rows[0][0]) == _CORNER
        if not is_region or sheet == _OVERVIEW:
            others.append(sheet)
            continue
        frames.append(_sheet(source, sheet, rows))
    if not frames:
        raise source.refuse("no regional sheet", f"sheets with the corner {_CORNER!r}")
    frame = pd.concat(frames, ignore_index=True)
    blank = frame["quantity"].isna()
    frame = frame[~blank].assign(source_id="fernandes-2007")
    skipped = [
        Skipped("a blank cell", int(blank.sum())),
        Skipped("an overview or a figure's sheet", len(others), others[0] if others else ""),
    ]
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _sheet(source: Source, sheet: str, rows: list[list[Any]]) -> pd.DataFrame:
    end = next((index for index, row in enumerate(rows) if label(row[0]) == _TOTALS), None)
    if end is None:
        raise source.refuse("no totals", f"a row {_TOTALS!r}", column=sheet)
    values, _ = by_country(source, sheet, rows[:end], 0)
    country, remaining = "", []
    for position in values.index:
        name = label(rows[position][0])
        if name in _ROWS:
            if not country:
                raise source.refuse(f"{name!r} above any country", "a country", row=position + 1)
            remaining.append((position, country, name))
        elif values.loc[position].notna().sum() > _STRAY:
            raise source.refuse(
                f"the row {name!r} with figures",
                f"a country, or one of {', '.join(_ROWS)}",
                row=position + 1,
                column=sheet,
            )
        else:
            country = name
    table = pd.DataFrame(remaining, columns=["at", "source_region", "name"]).set_index("at")
    values = values.loc[table.index]
    _check_totals(source, sheet, table, values)
    long = table.join(values).melt(
        id_vars=["source_region", "name"], var_name="year", value_name="quantity"
    )
    sector, fuel, unit = (long["name"].map({k: v[i] for k, v in _ROWS.items()}) for i in range(3))
    return long.drop(columns="name").assign(
        source_sector="fernandes:" + sector, source_fuel=fuel, unit=unit
    )


def _check_totals(source: Source, sheet: str, table: pd.DataFrame, values: pd.DataFrame) -> None:
    key = [table["source_region"], table["name"]]
    if table.duplicated().any():
        raise source.refuse(
            f"{', '.join(table[table.duplicated()].iloc[0])} twice", "each once", column=sheet
        )
    by_name = values.set_index(pd.MultiIndex.from_arrays(key))
    if _TOTAL not in by_name.index.get_level_values(1):
        raise source.refuse(f"no row {_TOTAL!r} of any country", "one a country", column=sheet)
    stated = by_name.xs(_TOTAL, level=1)
    parts = by_name[by_name.index.get_level_values(1).isin(_PARTS)].groupby(level=0)
    most = by_name.drop(index=_TOTAL, level=1).groupby(level=0).sum().reindex(stated.index)
    least = parts.max().reindex(stated.index).fillna(0.0)
    off = (stated > most * (1 + 1e-6) + 1e-6) | (stated < least * (1 - 1e-6) - 1e-6)
    if off.to_numpy().any():
        row, column = np.argwhere(off.to_numpy())[0]
        raise source.refuse(
            f"a total of {stated.iat[row, column]:g} for {stated.index[row]} in "
            f"{stated.columns[column]}, parts of {least.iat[row, column]:g} to "
            f"{most.iat[row, column]:g}",
            "a total between its largest part and the sum of all",
            column=sheet,
        )


FORMAT = Format(
    name="fernandes",
    kind="activity",
    title="Fernandes et al. 2007 biofuel use by country 1850-2000",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
