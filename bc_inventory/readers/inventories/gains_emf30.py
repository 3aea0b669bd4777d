"""GAINS emissions by EMF30 region and sector (ECLIPSE v6b), five-year steps.

Each region has a row SUM and the file a row ALL SUM, which are checked and kept as
aggregates. Regions are groups of countries: CHIN_PLUS is China with Hong Kong, Macao,
Taiwan and Mongolia.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.inventories._frame import agree, assemble, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers, require_titles_alone
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_POLLUTANT = re.compile(r"Pollutant:\s*(?:PM \(PM Fraction: PM_(\w+)\)|(\w+))")
_UNIT = re.compile(r"Unit:\s*(kt)\b")
_SCENARIO = re.compile(r"Scenario:\s*(.+)")
_SECTOR = "EMF30 kt"
# Parts have three decimals, so each may hide half of the last.
_HALF_DIGIT = 0.000_5


def looks_like(source: Source) -> bool:
    """Tell whether the head is that of a GAINS table of emissions by EMF30 sectors."""
    head = source.head_text[:2000]
    return "EMF30 sectors" in head and "Pollutant:" in head and _SECTOR in head


def read(origin: object, *, species: str | None = None) -> Reading:
    """Read a GAINS table of emissions.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Comma-separated text of one pollutant.
    species : str, optional
        Refuse the file if it holds another pollutant.

    Returns
    -------
    Reading
        Table under the contract `inventory`; empty cells are skipped.

    Raises
    ------
    DataError
        If a cell isn't a number, or sectors don't add up to the SUM of their region or
        regions to ALL SUM.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows, lines = delimited(source)
    start = next((index for index, row in enumerate(rows) if row[:2] == ["Region", _SECTOR]), None)
    if start is None:
        raise source.refuse("no header", f"a line 'Region', '{_SECTOR}' and years")
    require_titles_alone(source, rows[:start], lines)
    stated, unit, scenario = _preamble(source, [row[0] for row in rows[:start]])
    years = _years(source, rows[start], lines[start])
    wide = _wide(source, rows[start + 1 :], lines[start + 1 :], years)
    _check_sums(source, wide, years)
    long = wide.melt(
        id_vars=["source_region", "sector"], value_vars=years, var_name="year", ignore_index=False
    )
    empty = long["value"].isna()
    frame = long[~empty].assign(
        inventory="GAINS",
        version=scenario,
        scheme="GAINS-EMF30",
        species=same_species(source, stated, species),
        unit=unit,
        source_id="gains-eclipse-v6b",
    )
    frame["sector_level"] = np.where(frame["sector"].isin(["SUM", "ALL SUM"]), "aggregate", "part")
    notes = []
    if "high emitters added" in scenario:
        notes.append("includes high emitters")
    skipped = [Skipped("an empty cell", int(empty.sum()))] if empty.any() else []
    return reading(source, FORMAT.name, assemble(source, frame, "GAINS-EMF30"), skipped, notes)


def _preamble(source: Source, lines: list[str]) -> tuple[str, str, str]:
    matches = []
    for name, pattern in (("Pollutant", _POLLUTANT), ("Unit", _UNIT), ("Scenario", _SCENARIO)):
        match = next((m for line in lines if (m := pattern.match(line))), None)
        if match is None:
            raise source.refuse(f"no line '{name}: ...'", "the lines above GAINS tables")
        matches.append(next(group for group in match.groups() if group))
    return matches[0], matches[1], matches[2]


def _years(source: Source, header: list[str], line: int) -> list[int]:
    cells = header[2:]
    if not cells or not all(re.fullmatch(r"(?:19|20)\d\d", cell) for cell in cells):
        raise source.refuse(f"the header {', '.join(header)[:80]}", "years after it", row=line)
    years = [int(cell) for cell in cells]
    require_order(source, years, row=line)
    return years


def _wide(
    source: Source, rows: list[list[str]], lines: list[int], years: list[int]
) -> pd.DataFrame:
    values = np.empty((len(rows), len(years)))
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        if len(row) != len(years) + 2:
            raise source.refuse(f"{len(row)} cells", f"{len(years) + 2} cells", row=line)
        values[index], _, wrong = numbers(row[2:], empty=True)
        if len(wrong):
            raise source.refuse(
                repr(row[2 + wrong[0]]), "a number", row=line, column=str(years[wrong[0]])
            )
    wide = pd.DataFrame(values, columns=years, index=pd.Index(lines))
    wide.insert(0, "source_region", [row[0] or "ALL" for row in rows])
    wide.insert(1, "sector", [row[1] for row in rows])
    return wide


def _check_sums(source: Source, wide: pd.DataFrame, years: list[int]) -> None:
    is_sum, is_all = wide["sector"] == "SUM", wide["sector"] == "ALL SUM"
    parts = wide[~is_sum & ~is_all].groupby("source_region")[years].sum()
    stated = wide[is_sum].set_index("source_region")[years]
    if not is_all.sum() == 1 or stated.index.duplicated().any():
        raise source.refuse(
            f"{int(is_all.sum())} rows ALL SUM and {int(is_sum.sum())} rows SUM",
            "one ALL SUM and one SUM for each region",
            remedy="The file may be cut off.",
        )
    floor = _HALF_DIGIT * (wide["source_region"].value_counts().max() + 1)
    agree(source, parts, stated, what="region", digits=1e-9, floor=floor)
    total = wide[is_all][years].iloc[0]
    agree(source, stated.sum(), total, what="the total of", digits=1e-6, floor=_HALF_DIGIT)


FORMAT = Format(
    name="gains_emf30",
    kind="inventory",
    title="GAINS emissions by EMF30 sector and region (ECLIPSE v6b)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species",),
)
