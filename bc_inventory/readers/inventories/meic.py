"""MEIC totals of China by sector, as in the data of Figure 3 of Zheng et al. 2018.

One sheet a pollutant: a title, `i. BC`, then `Unit: Tg` with six sectors, then a row a year.
Transport includes off-road; field burning and international shipping are outside MEIC.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from bc_inventory.errors import DataError
from bc_inventory.readers.cells import find_row, label, numbers_block
from bc_inventory.readers.inventories._frame import assemble
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, reading
from bc_inventory.reference import codelists

__all__ = ["FORMAT", "read"]

_SECTORS = ("Power", "Industry", "Residential", "Transportation", "Solvent Use", "Agriculture")
_UNIT = re.compile(r"Unit:\s*(\S+)")
_BLOCK = re.compile(r"[a-z]\.\s*(\S+)")


def looks_like(source: Source) -> bool:
    """Tell whether a sheet has the sectors of MEIC next to a unit."""
    if not source.is_workbook:
        return False
    for row in source.workbook.top(source.workbook.sheet_names[0], 8):
        labels = [label(cell) for cell in row]
        if set(_SECTORS) <= set(labels) and any(_UNIT.fullmatch(text) for text in labels):
            return True
    return False


def read(origin: object, *, species: str | None = None) -> Reading:
    """Read MEIC totals.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook with a sheet for each pollutant.
    species : str, optional
        Read this pollutant alone; by default all.

    Returns
    -------
    Reading
        Table under the contract `inventory`, region CN: the 31 provinces of the mainland.

    Raises
    ------
    DataError
        If a sheet isn't laid out as above or doesn't hold the pollutant of its name.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheets = {codelists.resolve_species(name): name for name in source.workbook.sheet_names}
    if species is not None:
        wanted = codelists.resolve_species(species)
        if wanted not in sheets:
            raise source.refuse(f"sheets for {', '.join(sheets)}", f"a sheet for {species}")
        sheets = {wanted: sheets[wanted]}
    frame = pd.concat(_sheet(source, name, rows) for rows, name in sheets.items())
    frame = frame.assign(
        inventory="MEIC",
        version="Zheng 2018",
        scheme="MEIC",
        source_region="China",
        sector_level="part",
        source_id="meic-zheng-2018",
    )
    return reading(source, FORMAT.name, assemble(source, frame, "MEIC"))


def _sheet(source: Source, sheet: str, species: str) -> pd.DataFrame:
    rows = source.workbook.rows(sheet)
    top, columns = find_row(source, sheet, rows, _SECTORS)
    units = {name: m[1] for name in columns if (m := _UNIT.fullmatch(name))}
    cells = [label(cell) for row in rows[:top] for cell in row]
    titles = [m[1] for text in cells if (m := _BLOCK.fullmatch(text))]
    if len(units) != 1 or len(titles) != 1 or _other(titles[0], species):
        raise source.refuse(
            f"the titles {', '.join(titles) or 'none'} and units {', '.join(units) or 'none'} "
            f"in {sheet}",
            f"one title of {species} and one unit",
            row=top + 1,
        )
    [(heading, unit)] = units.items()
    body, years = _years(source, sheet, rows, top, columns[heading])
    index = [columns[name] for name in _SECTORS]
    values, _ = numbers_block(source, sheet, body, top + 1, index)
    wide = pd.DataFrame(values, columns=list(_SECTORS), index=range(top + 2, top + 2 + len(body)))
    wide["year"] = years
    long = wide.melt(id_vars=["year"], var_name="sector", ignore_index=False)
    return long.assign(species=species, unit=unit)


def _other(title: str, species: str) -> bool:
    try:
        return codelists.resolve_species(title) != species
    except DataError:
        return True


def _years(
    source: Source, sheet: str, rows: list[list[Any]], top: int, column: int
) -> tuple[list[list[Any]], list[int]]:
    body = rows[top + 1 :]
    while body and all(cell == "" for cell in body[-1]):
        body.pop()
    years = []
    for index, row in enumerate(body, start=top + 2):
        text = label(row[column])
        if not re.fullmatch(r"(?:19|20)\d\d", text) or isinstance(row[column], bool):
            raise source.refuse(f"{text!r} in {sheet}", "a year", row=index)
        years.append(int(text))
    if not years or years != list(range(years[0], years[0] + len(years))):
        raise source.refuse(f"the years {years} in {sheet}", "consecutive years, each once")
    return body, years


FORMAT = Format(
    name="meic",
    kind="inventory",
    title="MEIC totals by sector (Zheng et al. 2018, data of Figure 3)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species",),
)
