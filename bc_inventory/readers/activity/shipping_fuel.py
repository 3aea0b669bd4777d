"""World shipping fuel by year (CEDS after Smith et al. 2011 and IMO), kt."""

from __future__ import annotations

import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.cells import find_row, label, numbers_block
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_SHEET, _TITLE = "Data", "Total Shipping Fuel Consumption"
_FUELS = {"Coal": "coal", "Resid": "residual_oil", "Distillate_and_Other": "distillate_and_other"}
_TOTAL = "Total Petr"


def looks_like(source: Source) -> bool:
    """Tell whether the data sheet has the title of the table."""
    if not source.is_workbook or _SHEET not in source.workbook.sheet_names:
        return False
    top = source.workbook.top(_SHEET, 1)
    return bool(top and top[0] and label(top[0][0]) == _TITLE)


def read(origin: object) -> Reading:
    """Read the fuel of the world's ships.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The workbook.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; the world only.

    Raises
    ------
    DataError
        If a cell isn't a number, a year is missing, or oils don't add up to their total.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows = source.workbook.rows(_SHEET)
    top, columns = find_row(source, _SHEET, rows, ("Year", *_FUELS, _TOTAL, "Units"))
    unit = {label(row[0]): label(row[1]) for row in rows[:top]}.get("Unit:")
    if unit != "ktonnes":
        raise source.refuse(f"the unit {unit!r}", "'ktonnes' above the table", column=_SHEET)
    body = [
        row_index
        for row_index in range(top + 1, len(rows))
        if label(rows[row_index][columns["Year"]])
    ]
    if body != list(range(top + 1, top + 1 + len(body))):
        raise source.refuse("a blank row within the table", "a year in each row", column=_SHEET)
    block = [rows[position] for position in body]
    names = ["Year", *_FUELS, _TOTAL]
    values, _ = numbers_block(source, _SHEET, block, top + 1, [columns[name] for name in names])
    wide = pd.DataFrame(values, columns=names, index=[index + 1 for index in body])
    if wide.isna().any(axis=None) or not wide["Year"].diff().dropna().eq(1).all():
        raise source.refuse("a blank cell, or years out of order", "each year with all fuels")
    oils = wide["Resid"] + wide["Distillate_and_Other"]
    agree(source, oils, wide[_TOTAL], what="oil in row", digits=1e-9, floor=1e-6)
    stated = {label(row[columns["Units"]]) for row in block} - {"", "kt"}
    if stated:
        raise source.refuse(f"the unit {stated.pop()!r}", "kt", column=_SHEET)
    long = wide.drop(columns=_TOTAL).melt(
        id_vars="Year", var_name="source_fuel", value_name="quantity", ignore_index=False
    )
    frame = long.assign(
        year=long["Year"].astype(int),
        source_region="World",
        region="World",
        region_level="aggregate",
        source_sector="shipping:fuel",
        source_fuel=long["source_fuel"].map(_FUELS),
        unit="kt",
        source_id="ceds-shipping-fuel",
    ).drop(columns="Year")
    others = [name for name in source.workbook.sheet_names if name != _SHEET]
    skipped = [Skipped("a sheet that made the table", len(others), others[0])] if others else []
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


FORMAT = Format(
    name="shipping_fuel",
    kind="activity",
    title="World shipping fuel consumption 1850 on (CEDS)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
