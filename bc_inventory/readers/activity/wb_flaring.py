"""World Bank (GFMR) gas flaring: volume, intensity and oil production by country and year.

The three sheets are one fact in three forms, volume = intensity x production, so each is
checked against the others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.readers.activity._countries import by_country
from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.cells import label
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_SHEETS = {
    "Flare volume": ("Country, bcm", "flare_volume", "gas", "bcm"),
    "Flaring intensity": ("Country m3/bbl", "flaring_intensity", "gas", "m3/barrel"),
    "Oil production": ("Country, kbb/d", "oil_production", "crude_oil", "1e3 barrel/day"),
}
_TOTAL = "Total"
# Intensity is volume over 365 days of production in every year; it has ten digits and more.


def looks_like(source: Source) -> bool:
    """Tell whether the workbook has the sheets of the flaring data."""
    return source.is_workbook and set(_SHEETS) <= set(source.workbook.sheet_names)


def read(origin: object) -> Reading:
    """Read the flaring estimates.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook with three sheets.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; sectors are `wb_flaring:flare_volume` and
        so on. Blank cells are skipped.

    Raises
    ------
    DataError
        If a cell isn't a number, countries don't add up to the total, or volume, intensity
        and production contradict each other.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheets = {name: _sheet(source, name) for name in _SHEETS}
    volume = sheets["Flare volume"]
    if _TOTAL not in volume.index:
        raise source.refuse("no row Total in Flare volume", "it, as the last row")
    parts = volume.drop(index=_TOTAL).sum()
    agree(source, parts, volume.loc[_TOTAL], what="flaring in", digits=1e-3, floor=1e-3)
    _check_intensity(source, sheets)
    frames, blank = [], 0
    for name, table in sheets.items():
        _, sector, fuel, unit = _SHEETS[name]
        long = table.melt(ignore_index=False, var_name="year", value_name="quantity")
        blank += int(long["quantity"].isna().sum())
        long = long.dropna(subset="quantity").reset_index(names="source_region")
        frames.append(
            long.assign(source_sector="wb_flaring:" + sector, source_fuel=fuel, unit=unit)
        )
    frame = pd.concat(frames, ignore_index=True).assign(source_id="wb-flaring")
    skipped = [Skipped("a blank cell", blank)] if blank else []
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _sheet(source: Source, sheet: str) -> pd.DataFrame:
    rows = source.workbook.rows(sheet)
    if not rows or label(rows[0][0]) != _SHEETS[sheet][0]:
        raise source.refuse(
            f"the corner {label(rows[0][0])!r}" if rows else "an empty sheet",
            repr(_SHEETS[sheet][0]),
            column=f"{sheet}!A1",
        )
    values, _ = by_country(source, sheet, rows, 0)
    values.index = pd.Index([label(rows[index][0]) for index in values.index])
    if values.index.has_duplicates or (values < 0).any(axis=None):
        raise source.refuse(
            "a country twice, or a negative cell", "each country once", column=sheet
        )
    return values


def _check_intensity(source: Source, sheets: dict[str, pd.DataFrame]) -> None:
    tables = []
    for table in sheets.values():
        named = table.drop(index=_TOTAL, errors="ignore")
        named.index = pd.Index([(place(name) or (name,))[0] for name in named.index])
        tables.append(named)
    years = tables[0].columns
    if any(set(table.columns) != set(years) for table in tables):
        raise source.refuse("other years in each sheet", "the same years")
    same = tables[0].index.intersection(tables[1].index).intersection(tables[2].index)
    volume, intensity, oil = (table.loc[same, years].to_numpy() for table in tables)
    produced = oil * units.factor("1e3 barrel/day", "barrel/year")
    with np.errstate(over="ignore"):  # an absurd figure is off in any case
        expected = volume * units.factor("bcm", "m^3") / np.where(oil > 0, produced, np.nan)
    off = np.abs(intensity - expected) > 0.02 * np.abs(expected) + 1e-6
    if off.any():
        row, column = np.argwhere(off)[0]
        raise source.refuse(
            f"{volume[row, column]:g} bcm, {intensity[row, column]:g} m3/bbl and "
            f"{oil[row, column]:g} kbbl/d for {same[row]} in {years[column]}",
            "volume = intensity x production",
            remedy="A cell was changed; fetch the file again.",
        )


FORMAT = Format(
    name="wb_flaring",
    kind="activity",
    title="World Bank GFMR gas flaring by country",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
