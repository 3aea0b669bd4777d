"""Pig iron by country and year, from USGS or worldsteel: country, ISO code, years; 1000 t."""

from __future__ import annotations

import re

import pandas as pd

from bc_inventory.readers.activity._countries import by_country
from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.cells import label
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.reference import codelists

__all__ = ["FORMAT", "read"]

_PUBLISHERS = (
    (re.compile(r"USG[SU] Minerals Yearbook"), "usgs-pig-iron"),
    (re.compile(r"Steel Statistical Yearbook"), "worldsteel"),
)
_TABLE = re.compile(r"(?:Pig Iron Production \(thousand metric tons\)|Production of Pig Iron)")
_WORLD = "World"
_FOOTNOTE = re.compile(r"\(\w\)")


def looks_like(source: Source) -> bool:
    """Tell whether the second line is the title of a table of pig iron."""
    if not source.is_workbook:
        return False
    top = source.workbook.top(source.workbook.sheet_names[0], 2)
    return len(top) == 2 and bool(top[1] and _TABLE.match(label(top[1][0])))


def read(origin: object) -> Reading:
    """Read a table of pig iron.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of one sheet.

    Returns
    -------
    Reading
        Table under the contract `activity_read`. Footnote marks are taken off the names;
        blank cells, footnotes and the world's row without a figure are skipped.

    Raises
    ------
    DataError
        If title or header differ, a cell isn't a number, or an ISO code isn't known.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheet = source.workbook.sheet_names[0]
    rows = source.workbook.rows(sheet)
    head = [label(row[0]) for row in rows[:3]]
    by = next((source_id for pattern, source_id in _PUBLISHERS if pattern.match(head[0])), None)
    if len(head) < 3 or by is None or not _TABLE.match(head[1]):
        raise source.refuse(
            f"the title {' / '.join(head)[:80]!r}", "pig iron of USGS or worldsteel, in 1000 t"
        )
    if not head[2].startswith("Countr") or label(rows[2][1]) != "iso":
        raise source.refuse("another header", "Country, iso and years", row=3)
    values, _ = by_country(source, sheet, rows, 2, first=2)
    codes = pd.Series([label(rows[row_index][1]) for row_index in values.index], index=values.index)
    named = codes.str.fullmatch(r"[A-Za-z]{3}")
    unknown = [line for line in values.index[named] if codelists.alpha_2(codes[line]) is None]
    stray = values[~named].dropna(how="all").index
    unknown += [line_index for line_index in stray if label(rows[line_index][0]) != _WORLD]
    if unknown or codes[named].duplicated().any():
        line = unknown[0] if unknown else codes[named].index[codes[named].duplicated()][0]
        raise source.refuse(
            f"{label(rows[line][0])!r} with the code {codes[line]!r}",
            "an ISO 3166-1 code of three letters, each once",
            row=int(line) + 1,
        )
    _check(source, values[named])
    long = values[named].melt(ignore_index=False, var_name="year", value_name="quantity")
    blank = long["quantity"].isna()
    long = long[~blank]
    frame = pd.DataFrame(
        {
            "year": long["year"],
            "source_region": [_plain(label(rows[position][0])) for position in long.index],
            "region": [codelists.alpha_2(codes[index]) for index in long.index],
            "region_level": "country",
            "source_sector": "pig_iron:" + by.replace("-", "_"),
            "source_fuel": "pig_iron",
            "quantity": long["quantity"],
            "unit": "kt",
            "source_id": by,
        }
    )
    skipped = [
        Skipped("a blank cell", int(blank.sum())),
        Skipped("a footnote or the world", int((~named).sum())),
    ]
    return reading(source, FORMAT.name, assemble(source, frame), [a for a in skipped if a.rows])


def _plain(name: str) -> str:
    return _FOOTNOTE.sub("", name).strip()


def _check(source: Source, values: pd.DataFrame) -> None:
    """Refuse what no country makes, or makes in one year of many."""
    size = values.max(axis=1)
    usual = values.median(axis=1)
    odd = (size > 100 * usual) & (size > 1000) | (values < 0).any(axis=1)
    if odd.any():
        position = int(odd[odd].index[0])
        raise source.refuse(
            f"{size[position]:g} kt beside {usual[position]:g}", "a series", row=position + 1
        )


FORMAT = Format(
    name="pig_iron",
    kind="activity",
    title="Pig iron production by country (USGS, worldsteel)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
