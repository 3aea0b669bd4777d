"""UNFCCC GHG data interface: CO2 of Annex I parties by CRF category and year.

Two title lines, a header of two rows (years over units), notation keys alone or combined
(`NO,IE,NA`), footnotes and a closing line with the date of the report. Each category is checked
against the sum of its parts, so a changed cell shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.schema.common import NOTATION_KEYS

__all__ = ["FORMAT", "read"]

_TITLE = "Annual Net emissions/removals in"
_CLOSING = re.compile(r"Report produced on \w+ \d+ \w+ \d{4} at [\d:]{8} GMT\S*")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_YEAR = re.compile(r"(?:Last Inventory Year \()?((?:19|20)\d\d)\)?")
_CATEGORY = re.compile(r"(\d(?:\.[A-Za-z0-9]+)*)\.?\s{2}\s*(.+)")
_FIRST = ("", "Year", "Base year")
# Which key stands for a combination: what is elsewhere, then what is unknown, then the rest.
_RANK = ("IE", "NE", "C", "NA", "NR", "NO")
# Categories that are the sum of what is below them for every party and year of the report.
_SUMS = (
    "1.A.1", "1.A.3", "1.A.3.b", "1.A.4", "1.A.4.c", "1.A.5", "1.B", "1.B.1", "1.B.2", "1.B.2.b",
    "2", "2.A", "2.A.4", "3", "4", "5", "5.C",
)  # fmt: skip
_DIGITS, _FLOOR = 1e-6, 1e-3
# Feedstocks are a memo of the reference approach, in which a party slipped by some digits.
_SLIPS, _MOST_KT = "crf:1.AD", 1e8


def looks_like(source: Source) -> bool:
    """Tell whether the first line is the title of the data interface."""
    return source.head_text.lstrip("\ufeff").lstrip('"').startswith(_TITLE)


def read(origin: object) -> Reading:
    """Read a report of one gas by party and category.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Comma-separated text as the data interface serves it.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: sectors are named `crf:1.A.1.a`, the fuel is
        `fossil`, as biomass isn't counted. A combination of notation keys is kept in `flag`
        and is under the key that says most (IE, NE, C, NA, NO). Base years and empty
        cells are skipped.

    Raises
    ------
    DataError
        If the report isn't whole, a cell is neither number nor key, or parts don't add up.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    # The interface ends its last line without a line end; what closes it is checked below.
    rows, lines = delimited(Source(io.BytesIO(source.content + b"\n"), source.name))
    unit = _title(source, rows)
    years, top = _header(source, rows, lines, unit)
    end = next((index for index, row in enumerate(rows) if _CLOSING.match(row[0])), None)
    if end is None or end != len(rows) - 1:
        raise source.refuse(
            "no closing line",
            "a last line 'Report produced on ... at ...'",
            remedy="The file was cut off.",
        )
    width = len(rows[top])
    body = [
        (row, line)
        for row, line in zip(rows[top + 2 : end], lines[top + 2 : end], strict=True)
        if any(row[1:])
    ]
    # The interface leaves out cells at the end of a row that have no figure.
    cut = {line for row, line in body if len(row) < width and len(set(row[2:])) > 1}
    body = [(row + [""] * (width - len(row)), line) for row, line in body]
    long = next((line for row, line in body if len(row) != width), None)
    if long is not None:
        raise source.refuse("a longer row", f"at most {width} cells", row=long)
    places = [position for position, year in enumerate(years) if year is not None]
    values, keys, empty = _cells(source, body, places)
    frame = _stack(body, [years[place] for place in places], values, keys).assign(
        unit=unit, source_fuel="fossil", source_id="unfccc-crf"
    )
    _check_sums(source, frame)
    blank = frame["quantity"].isna() & frame["notation_key"].isna()
    skipped = [Skipped("a base year, which differs between parties", len(body))]
    slip = frame["source_sector"].eq(_SLIPS) & (frame["quantity"].abs() > _MOST_KT)
    if slip.any():
        row = frame[slip].iloc[-1]
        example = f"{row['source_region']} {row['year']}: {row['quantity']:g}"
        skipped.append(
            Skipped(f"a figure of {_SLIPS} beyond what can be", int(slip.sum()), example)
        )
    if empty:
        skipped.append(Skipped("an empty cell", empty))
    short = frame.index.isin(cut) & ~blank
    if short.any():
        skipped.append(Skipped("in a row shorter than the header: which year?", int(short.sum())))
    result = assemble(source, frame[~blank & ~slip & ~short])
    return reading(source, FORMAT.name, result, skipped)


def _title(source: Source, rows: list[list[str]]) -> str:
    first = rows[0][0] if rows else ""
    match = re.fullmatch(_TITLE + r" (kt|t|Mt)", first)
    query = rows[1][0] if len(rows) > 1 else ""
    if match is None or f"Unit: {match[1]}" not in query:
        raise source.refuse(f"the title {first[:60]!r}", f"'{_TITLE} kt' and a line with the unit")
    return match[1]


def _header(
    source: Source, rows: list[list[str]], lines: list[int], unit: str
) -> tuple[list[int | None], int]:
    """Return the year of each column (None for others) and the position of the header."""
    top = next(
        (index for index, row in enumerate(rows[:10]) if len(row) > 2 and row[1] == "Year"), None
    )
    if top is None or len(rows) < top + 3:
        raise source.refuse("no header", "a row with 'Year' and years, and one with units")
    matches = [_YEAR.fullmatch(cell) for cell in rows[top]]
    years = [int(match[1]) if match else None for match in matches]
    known = [year for year in years if year is not None]
    others = [cell for cell, year in zip(rows[top], years, strict=True) if year is None]
    if others not in ([*_FIRST], [*_FIRST[:2]]):
        raise source.refuse("columns that aren't years", "years, each once", row=lines[top])
    require_order(source, known, row=lines[top])
    if rows[top + 1][0] != "Party" or set(rows[top + 1][2:]) != {unit}:
        raise source.refuse("another second row", f"Party, Category and {unit}", row=lines[top + 1])
    return years, top


def _cells(
    source: Source, body: list[tuple[list[str], int]], places: list[int]
) -> tuple[np.ndarray, np.ndarray, int]:
    values = np.full((len(body), len(places)), np.nan)
    keys = np.full((len(body), len(places)), None, dtype=object)
    allowed = set(NOTATION_KEYS)
    empty = 0
    for i, (row, line) in enumerate(body):
        for j, place in enumerate(places):
            cell = row[place]
            if _NUMBER.fullmatch(cell):
                values[i, j] = float(cell)
            elif cell in {"", "–", "-"}:
                empty += 1
            elif set(cell.replace(" ", "").split(",")) <= allowed:
                keys[i, j] = cell.replace(" ", "")
            elif _GROUPED.fullmatch(cell):
                values[i, j] = float(cell.replace(",", ""))
            else:
                raise source.refuse(
                    repr(cell[:40]), f"a number or {', '.join(NOTATION_KEYS)}", row=line
                )
    return values, keys, empty


def _stack(
    body: list[tuple[list[str], int]],
    years: Sequence[Any],
    values: np.ndarray,
    keys: np.ndarray,
) -> pd.DataFrame:
    n = len(years)
    sectors = []
    for row, _ in body:
        match = _CATEGORY.fullmatch(row[1])
        sectors.append("crf:" + (match[1] if match else row[1]))
    flags = keys.ravel()
    ranked = {
        words: next(key for key in _RANK if key in words.split(","))
        for words in set(flags) - {None}
    }
    return pd.DataFrame(
        {
            "year": np.tile(years, len(body)),
            "source_region": np.repeat([row[0] for row, _ in body], n),
            "source_sector": np.repeat(sectors, n),
            "quantity": values.ravel(),
            "flag": flags,
            "notation_key": [ranked.get(words) for words in flags],
        },
        index=np.repeat([line for _, line in body], n),
    )


def _check_sums(source: Source, frame: pd.DataFrame) -> None:
    known = frame[frame["source_sector"].str.match(r"crf:\d")].dropna(subset="quantity")
    parent = known["source_sector"].str.rsplit(".", n=1).str[0]
    named = {f"crf:{code}" for code in _SUMS}
    key = ["source_region", "year"]
    parts = known.assign(parent=parent)[parent.isin(named) & known["source_sector"].ne(parent)]
    sums = parts.groupby([*key, "parent"])["quantity"].sum()
    whole = known[known["source_sector"].isin(named)]
    stated = whole.set_index([*key, "source_sector"])["quantity"]
    if stated.index.has_duplicates:
        raise source.refuse("a category twice for one party", "each once")
    listed = frame.assign(parent=frame["source_sector"].str.rsplit(".", n=1).str[0])
    has_parts = listed[listed["source_sector"] != listed["parent"]].set_index([*key, "parent"])
    stated = stated[stated.index.isin(has_parts.index)]
    agree(
        source,
        sums.reindex(stated.index).fillna(0.0),
        stated,
        what="",
        digits=_DIGITS,
        floor=_FLOOR,
    )


FORMAT = Format(
    name="unfccc_crf",
    kind="activity",
    title="UNFCCC GHG data interface: emissions of Annex I parties by CRF category",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
