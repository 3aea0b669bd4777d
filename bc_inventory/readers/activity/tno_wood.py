"""TNO: residential wood use of European countries in 2005 and 2010 (Denier van der Gon 2015).

Two tables stand side by side with their countries in different order.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.cells import find_row, label, numbers_block
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_SHEET = "Data"
_FIRST = ("2005 (GJ/inhabitant)", "Total use (TJ)")
_SECOND = ("2010 Eurostat", "2010 (TJ)", "2010 (GJ/inh.)")
_AUTHORS = "Visschedijk"


def looks_like(source: Source) -> bool:
    """Tell whether the data sheet names the authors and wood use."""
    if not source.is_workbook or _SHEET not in source.workbook.sheet_names:
        return False
    top = source.workbook.top(_SHEET, 4)
    return bool(top and top[0]) and _AUTHORS in label(top[0][0])


def read(origin: object) -> Reading:
    """Read wood use and the population it was related to.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The workbook.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: TJ of wood in 2005 and 2010, and persons
        under 2010. The population named 2010 is that of 1 January 2007 for Austria and others.

    Raises
    ------
    DataError
        If a cell isn't a number, or use per head times people isn't the use.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows = source.workbook.rows(_SHEET)
    top, columns = find_row(source, _SHEET, rows, (*_FIRST, *_SECOND))
    codes = [position for position, cell in enumerate(rows[top]) if label(cell) == "ISO3"]
    if len(codes) != 2:
        raise source.refuse(f"{len(codes)} columns ISO3", "two tables side by side", row=top + 1)
    _check_names(source, rows, top, codes[0])
    first = _table(source, rows, top, codes[0], [columns[name] for name in _FIRST])
    second = _table(source, rows, top, codes[1], [columns[name] for name in _SECOND])
    agree(
        source,
        second[1] * 1000.0 / second[0],  # TJ to GJ, per person
        second[2],
        what="wood per head in row",
        digits=1e-6,
    )
    per_head = first[0]
    people = first[1] * 1000.0 / per_head
    if ((people < 1e4) | (people > 3e8)).any():
        row_index = int(people[(people < 1e4) | (people > 3e8)].index[0])
        raise source.refuse(
            f"{people[row_index]:g} people by use over use per head", "a country", row=row_index
        )
    parts = [
        _long(first, first[1], 2005, "fuelwood", "TJ"),
        _long(second, second[1], 2010, "fuelwood", "TJ"),
        _long(second, second[0], 2010, "persons", "person"),
    ]
    frame = pd.concat(parts).assign(source_id="tno-wood-2015")
    others = [name for name in source.workbook.sheet_names if name != _SHEET]
    skipped = [Skipped("a sheet of notes", len(others), others[0])] if others else []
    codeless = sum(
        type(rows[index][column]) in {float, int}
        for code, names in zip(codes, (_FIRST, _SECOND), strict=True)
        for index in range(top + 1, len(rows))
        if not label(rows[index][code])
        for column in (columns[name] for name in names)
    )
    if codeless:
        skipped.append(Skipped("a figure in a row without a code", codeless))
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


def _check_names(source: Source, rows: list[list[object]], top: int, code: int) -> None:
    """Refuse codes that aren't those of the countries named next to them.

    Both tables head their codes alike, so columns that changed places look sound.
    """
    if [label(cell) for cell in rows[top][code : code + 2]] != ["ISO3", "country"]:
        raise source.refuse("no column country beside the first ISO3", "it", row=top + 1)
    for index in range(top + 1, len(rows)):
        matches, name = (label(cell) for cell in rows[index][code : code + 2])
        wanted = place(name)
        if matches and wanted and wanted[1] == "country" and place(matches) != wanted:
            raise source.refuse(f"the code {matches} for {name}", "its own code", row=index + 1)


def _table(
    source: Source, rows: list[list[object]], top: int, code: int, columns: list[int]
) -> pd.DataFrame:
    body = [line_index for line_index in range(top + 1, len(rows)) if label(rows[line_index][code])]
    blocks = [
        numbers_block(source, _SHEET, [rows[row_index]], row_index, columns)[0]
        for row_index in body
    ]
    frame = pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
    frame.index = pd.Index([index + 1 for index in body])
    frame["code"] = [label(rows[position][code]) for position in body]
    numbers = list(range(len(columns)))
    if frame[numbers].isna().any(axis=None) or frame["code"].duplicated().any():
        raise source.refuse("a blank cell, or a country twice", "each country with all figures")
    return frame


def _long(table: pd.DataFrame, values: pd.Series, year: int, fuel: str, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": year,
            "source_region": table["code"],
            "source_sector": "tno:residential" if fuel == "fuelwood" else "tno:population",
            "source_fuel": fuel,
            "quantity": values,
            "unit": unit,
        }
    )


FORMAT = Format(
    name="tno_wood",
    kind="activity",
    title="TNO residential wood use in Europe 2005 and 2010",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
