"""The EMEP reporting template, Annex I (NFR): a sheet a year, a row a category.

Cells hold a number or a notation key; neither is ever turned into the other. The rows of
totals are kept as aggregates, and where they differ from their parts the report says so.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import suggest
from bc_inventory.readers.cells import find_row, label, numbers_block
from bc_inventory.readers.inventories._frame import assemble
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.nfr_annex import NFR_CODE, POLLUTANTS, TOTAL
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.reference import codelists
from bc_inventory.schema.common import NOTATION_KEYS

__all__ = ["FORMAT", "read"]

_MARKS = ("NMVOC", "NH3", "PM2.5", "BC", "CO")
_HEAD_ROWS = 30
_SPECIES = {re.sub(r"\W", "", name).casefold(): rows for name, _, rows in POLLUTANTS if rows}
# Rows below the categories, recognised by the cells left of the figures; the first that fits.
_TOTALS = (
    (re.compile(r"compliance.*NECD", re.IGNORECASE), "NT COMPLIANCE (NECD)", "aggregate"),
    (re.compile(r"compliance", re.IGNORECASE), "NT COMPLIANCE", "aggregate"),
    (re.compile(r"flexibilit", re.IGNORECASE), "FLEXIBILITIES", "memo"),
    (re.compile(r"adjustment", re.IGNORECASE), "ADJUSTMENTS", "memo"),
    (re.compile(r"total\b.*(?:\(fu\)|fuel used)", re.IGNORECASE), f"{TOTAL} (fu)", "aggregate"),
    (re.compile(r"national total", re.IGNORECASE), TOTAL, "aggregate"),
)
# Road transport again by fuel used, and all transport by it: memo items next to fuel sold.
_FUEL_USED = re.compile(r"(\w+)\(fu\)", re.IGNORECASE)
_TRANSPORT = "1A3"
# Parties round what they report; a larger gap is worth a note.
_NOTED_GAP = 0.005


def looks_like(source: Source) -> bool:
    """Tell whether one of the first sheets has the header of Annex I."""
    if not source.is_workbook:
        return False
    for sheet in source.workbook.sheet_names[:6]:
        labels = {label(c) for row in source.workbook.top(sheet, _HEAD_ROWS) for c in row}
        if set(_MARKS) <= labels and any(NFR_CODE.casefold() == t.casefold() for t in labels):
            return True
    return False


def read(origin: object, *, species: str | None = "BC") -> Reading:
    """Read an Annex I workbook.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of one Party.
    species : str or None
        Pollutant to keep, black carbon by default; None keeps the nine main ones.

    Returns
    -------
    Reading
        Table under the contract `inventory`, scheme NFR14; empty cells and negative
        adjustments are skipped.

    Raises
    ------
    DataError
        If no sheet has the header, a category isn't known, or a cell is neither a number
        nor a notation key.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    wanted = None if species is None else codelists.resolve_species(species)
    frames, skipped, below, notes = [], 0, 0, []
    for sheet in source.workbook.sheet_names:
        rows = source.workbook.rows(sheet)
        labels = {label(cell) for row in rows[:_HEAD_ROWS] for cell in row}
        if not set(_MARKS) <= labels:
            notes.append(f"sheet {sheet!r} isn't a year of Annex I")
            continue
        frame, empty = _sheet(source, sheet, rows, wanted)
        # An adjustment may take away; it is no emission.
        negative = (frame["value"] < 0) & (frame["sector_level"] != "part")
        below += int(negative.sum())
        frames.append(frame[~negative])
        skipped += empty
        notes.extend(_gap(sheet, frame))
    if not frames:
        raise source.refuse("no sheet with the header of Annex I", f"{', '.join(_MARKS)} in a row")
    table = pd.concat(frames)
    return reading(
        source,
        FORMAT.name,
        assemble(source, table, "NFR"),
        [
            Skipped(reason, count)
            for reason, count in (("an empty cell", skipped), ("a negative adjustment", below))
            if count
        ],
        notes,
    )


def _sheet(
    source: Source, sheet: str, rows: list[list[Any]], wanted: str | None
) -> tuple[pd.DataFrame, int]:
    top, columns = find_row(source, sheet, rows[:_HEAD_ROWS], _MARKS)
    places = {
        place: position
        for name, position in columns.items()
        if (place := _SPECIES.get(re.sub(r"\W", "", name).casefold()))
        and (wanted is None or place == wanted)
    }
    units = {subset: label(rows[top + 1][index]) for subset, index in places.items()}
    if not places or any(unit not in {"kt", "Gg", "t", "Mg"} for unit in units.values()):
        raise source.refuse(
            f"the pollutants and units {units} in {sheet}",
            f"{wanted or 'the main pollutants'} in kt, below the header",
            row=top + 2,
        )
    code_at = _code_column(source, sheet, rows[: top + 2])
    head = _head(source, sheet, rows[:top])
    body = rows[top + 2 :]
    values, keys = numbers_block(
        source, sheet, body, top + 2, list(places.values()), keys=NOTATION_KEYS
    )
    result, empty = [], 0
    for row_index, row in enumerate(body):
        placed = _category(source, sheet, row, code_at, top + 3 + row_index, places)
        if placed is None:
            continue
        for column, place in enumerate(places):
            value, key = values[row_index, column], keys[row_index, column]
            if key is None and np.isnan(value):
                empty += 1
                continue
            result.append((top + 3 + row_index, *placed, place, value, key, units[place]))
    names = ["line", "sector", "sector_level", "species", "value", "notation_key", "unit"]
    frame = pd.DataFrame(result, columns=names).set_index("line").assign(**head)
    return frame.assign(inventory="NFR submission", scheme="NFR14", source_id="nfr14"), empty


def _code_column(source: Source, sheet: str, rows: list[list[Any]]) -> int:
    matches = {
        index
        for row in rows
        for index, cell in enumerate(row)
        if label(cell).casefold() == "nfr code"
    }
    if len(matches) != 1:
        raise source.refuse(f"{len(matches)} columns {NFR_CODE!r} in {sheet}", "one")
    return matches.pop()


def _head(source: Source, sheet: str, rows: list[list[Any]]) -> dict[str, Any]:
    """Return country, year and version from the cells next to their labels."""
    by_name = {}
    for row in rows:
        for index, cell in enumerate(row[:-1]):
            name = label(cell).rstrip(":").casefold()
            if name in {"country", "year", "version"} and name not in by_name:
                by_name[name] = next((label(c) for c in row[index + 1 : index + 4] if c != ""), "")
    year = by_name.get("year", "")
    named = re.search(r"(?:19|20)\d\d(?!\d)", sheet)
    if not re.fullmatch(r"(?:19|20)\d\d", year) or (named and named[0] != year):
        raise source.refuse(
            f"the year {year!r} in the sheet {sheet!r}",
            "a cell 'YEAR:' with the year of the sheet beside it",
            remedy="The head and the name of the sheet must say the same.",
        )
    if not by_name.get("country"):
        raise source.refuse(f"no country in {sheet}", "a cell 'COUNTRY:' with its code beside it")
    region = codelists.resolve_region(by_name["country"])
    return {
        "source_region": by_name["country"],
        "region": region,
        "region_level": "part" if "-" in region else "country",
        "year": int(year),
        "version": by_name.get("version") or "unstated",
    }


def _category(
    source: Source, sheet: str, row: list[Any], code_at: int, line: int, places: dict[str, int]
) -> tuple[str, str] | None:
    """Return code and level of a row, None for a row of notes."""
    text = label(row[code_at])
    code = text.replace(" ", "")
    known = codelists.memo_items()
    if code in known:
        return code, "memo" if known[code] else "part"
    again = _FUEL_USED.fullmatch(code)
    if code == _TRANSPORT or (again and again[1] in known):
        return f"{again[1]}(fu)" if again else code, "memo"
    neighbours = " ".join(label(cell) for cell in row[: min(places.values())])
    for pattern, name, level in _TOTALS:
        if pattern.search(neighbours):
            return name, level
    if all(row[place] == "" for place in places.values()):
        return None
    raise source.refuse(
        f"the category {text!r} in {sheet}",
        "an NFR14 code",
        row=line,
        remedy=suggest(code, known) if code else "A row of values needs its code.",
    )


def _gap(sheet: str, frame: pd.DataFrame) -> list[str]:
    """Note where the stated national total isn't the sum of the parts."""
    notes = []
    for species, rows in frame.groupby("species"):
        stated = rows.loc[rows["sector"] == TOTAL, "value"].dropna()
        parts = rows.loc[rows["sector_level"] == "part", "value"].sum()
        if len(stated) and abs(parts - stated.iat[0]) > _NOTED_GAP * abs(stated.iat[0]):
            notes.append(
                f"sheet {sheet!r}: {species} adds up to {parts:.6g}, "
                f"stated total {stated.iat[0]:.6g}"
            )
    return notes


FORMAT = Format(
    name="nfr_template",
    kind="inventory",
    title="EMEP reporting template, Annex I (NFR)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species",),
)
