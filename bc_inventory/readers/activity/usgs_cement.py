"""USGS hydraulic cement by country: one sheet for each source year, with overlapping columns.

An `e` after a country or year means estimated, digits after a country are footnotes. The
sheet `mapping` gives an ISO code for most spellings; it gives that of Costa Rica for the
Ivory Coast, so a name that is known here counts more. The last sheet that has a year is the
one that counts.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from bc_inventory.readers.activity._countries import by_country
from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.cells import label
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.reference import codelists

__all__ = ["FORMAT", "read"]

_TITLE = "Hydraulic cement production by country (thousand metric tons)"
_MAPPING = "mapping"
# Withheld, not available, less than half a unit, zero.
_KEYS = {"W": "C", "XX": "NE", "NA": "NE", "--": "NO", "(5)": "NE"}
_FOOTNOTES = re.compile(r"[,\s]*\d*(?:,\s*\d+)*$")
_SHEET = re.compile(r"(?:19|20)\d\d")


def looks_like(source: Source) -> bool:
    """Tell whether the notes begin with the title of the cement tables."""
    if not source.is_workbook or _MAPPING not in source.workbook.sheet_names:
        return False
    top = source.workbook.top(source.workbook.sheet_names[0], 1)
    return bool(top and top[0] and label(top[0][0]) == _TITLE)


def read(origin: object) -> Reading:
    """Read all years; a year in several sheets is taken from the latest.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook with a sheet for each source year and one named mapping.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; `--` is NO, W is C, an `e` after the year
        is the flag `e`, the note names the sheet. Older figures of the same year are
        skipped; a code of the mapping that isn't its country's is named in the notes.

    Raises
    ------
    DataError
        If the mapping is absent, a name has neither a place nor a code, or a cell isn't a
        number.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    codes = _codes(source)
    sheets = sorted(name for name in source.workbook.sheet_names if _SHEET.fullmatch(name))
    if not sheets:
        raise source.refuse("no sheet of a year", "sheets such as 2013")
    parts = [_sheet(source, name, codes) for name in sheets]
    every = pd.concat(parts)
    blank = every["quantity"].isna() & every["notation_key"].isna()
    frame = every[~blank]
    key = ["region", "year"]
    older = frame.duplicated(key, keep="last")
    table = frame[~older].assign(
        source_sector="usgs:cement", source_fuel="cement", unit="kt", source_id="usgs-cement"
    )
    skipped = [Skipped("a figure of a year that a later sheet gives again", int(older.sum()))]
    if blank.any():
        skipped.append(Skipped("a blank cell", int(blank.sum())))
    return reading(source, FORMAT.name, assemble(source, table), skipped, _wrong_codes(codes))


def _codes(source: Source) -> dict[str, str]:
    rows = source.workbook.rows(_MAPPING)
    if not rows or [label(cell) for cell in rows[0][:2]] != ["Country", "iso"]:
        raise source.refuse("another header", "Country, iso", row=1, column=_MAPPING)
    return {label(row[0]): label(row[1]) for row in rows[1:] if label(row[0]) and label(row[1])}


def _sheet(source: Source, sheet: str, codes: dict[str, str]) -> pd.DataFrame:
    rows: list[list[Any]] = source.workbook.rows(sheet)
    if not rows or not label(rows[0][0]).startswith("Country"):
        raise source.refuse("another header", "Country and years", row=1, column=sheet)
    values, words = by_country(source, sheet, rows, 0, keys=list(_KEYS))
    estimated = {
        int(match[1])
        for cell in rows[0]
        if (match := re.fullmatch(r"((?:19|20)\d\d)e", label(cell)))
    }
    names = [label(rows[index][0]) for index in values.index]
    places = {name: _place(name, codes) for name in names}
    unknown = [name for name, matches in places.items() if matches is None]
    if unknown:
        raise source.refuse(
            f"the country {unknown[0]!r}",
            f"a known name, or one with a code in the sheet {_MAPPING}",
            row=int(values.index[names.index(unknown[0])]) + 1,
            column=sheet,
        )
    regions = [(places[name] or (name,))[0] for name in names]
    levels = {name: value[1] for name, value in places.items() if value}
    long = values.assign(source_region=names, region=regions).melt(
        id_vars=["source_region", "region"],
        var_name="year",
        value_name="quantity",
        ignore_index=False,
    )
    word = words.melt(ignore_index=False)["value"].to_numpy()
    long["notation_key"] = [_KEYS.get(key) for key in word]
    long["flag"] = long["year"].isin(estimated).map({True: "e", False: None})
    long.index = long.index + 1
    long["note"] = f"sheet {sheet}"
    long["region_level"] = long["source_region"].map(levels)
    return long


def _place(name: str, codes: dict[str, str]) -> tuple[str, str] | None:
    """Return region and level of a spelling: of the name itself, else of its code."""
    bare = _FOOTNOTES.sub("", name)
    for spelling in (name, bare, bare.removesuffix("e").rstrip(", ")):
        if names := place(spelling):
            return names
    code = codelists.alpha_2(codes.get(name, "").upper())
    return (code, "country") if code else None


def _wrong_codes(codes: dict[str, str]) -> list[str]:
    """Note the codes of the mapping that aren't those of the countries named."""
    notes = []
    for name, code in codes.items():
        matches, given = _place(name, codes), codelists.alpha_2(code.upper())
        if matches and given and matches[1] == "country" and matches[0] != given:
            notes.append(f"{name} has the code {code} in the mapping and is read as {matches[0]}")
    return notes


FORMAT = Format(
    name="usgs_cement",
    kind="activity",
    title="Hydraulic cement production by country (USGS Minerals Yearbook)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
