"""GAINS activity by EMF30 region and sector (ECLIPSE v6b), five-year steps.

Regions are groups of countries: CHIN_PLUS is China with Hong Kong, Macao, Taiwan and
Mongolia. Sectors `..._Coal` without `_Old` or `_New` are empty where the two are given.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.inventories._frame import regions
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers, require_titles_alone
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_HEAD = ["Region", "EMF30 sector", "EMF30 unit"]
_SCENARIO = re.compile(r"Scenario:\s*(.+)")
_UNITS = {"PJ": "PJ", "Mt": "Mt", "bln m3": "1e9 m3"}


def looks_like(source: Source) -> bool:
    """Tell whether the head is that of a GAINS table of activity by EMF30 sectors."""
    head = source.head_text[:2000]
    return "EMF30 sectors" in head and "Activity data:" in head


def read(origin: object) -> Reading:
    """Read a GAINS table of activity.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Comma-separated text.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; most regions are aggregates. Empty cells,
        sums (`SUM`) and sectors without a unit (`n.a`) are skipped.

    Raises
    ------
    DataError
        If a cell isn't a number or a unit isn't known.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows, lines = delimited(source)
    top = next((index for index, row in enumerate(rows) if row[:3] == _HEAD), None)
    if top is None:
        raise source.refuse("no header", f"a line {', '.join(_HEAD)} and years")
    require_titles_alone(source, rows[:top], lines)
    scenario = next((m for row in rows[:top] if (m := _SCENARIO.match(row[0]))), None)
    years = rows[top][3:]
    if scenario is None or not all(re.fullmatch(r"(?:19|20)\d\d", year) for year in years):
        raise source.refuse("no scenario or no years", "the lines above GAINS tables")
    require_order(source, [int(year) for year in years], row=lines[top])
    body, position = rows[top + 1 :], lines[top + 1 :]
    skipped = [
        Skipped(reason, sum(bad), example)
        for reason, bad, example in (
            ("a sum over sectors", [_is_sum(row) for row in body], "SUM"),
            ("a sector without a unit", [row[2:3] == ["n.a"] for row in body], "n.a"),
        )
        if sum(bad)
    ]
    frame = _stack(source, body, position, [int(year) for year in years])
    empty = frame["quantity"].isna()
    skipped.append(Skipped("an empty cell", int(empty.sum())))
    frame = frame[~empty].assign(source_id="gains-eclipse-v6b")
    frame["region"], frame["region_level"] = regions(source, frame, "GAINS-EMF30")
    return reading(
        source,
        FORMAT.name,
        assemble(source, frame),
        skipped,
        [f"scenario {scenario[1]}: figures after 2015 are a projection"],
    )


def _is_sum(row: list[str]) -> bool:
    return "SUM" in row[1]


def _stack(
    source: Source, body: list[list[str]], index: list[int], years: list[int]
) -> pd.DataFrame:
    remaining, values = [], []
    for row, line in zip(body, index, strict=True):
        if len(row) != len(years) + 3:
            raise source.refuse(f"{len(row)} cells", f"{len(years) + 3}", row=line)
        if _is_sum(row) or row[2] == "n.a":
            continue
        if row[2] not in _UNITS:
            raise source.refuse(f"the unit {row[2]!r}", f"one of {', '.join(_UNITS)}", row=line)
        numbered, _, wrong = numbers(row[3:], empty=True)
        if len(wrong):
            raise source.refuse(
                repr(row[3 + wrong[0]]), "a number", row=line, column=str(years[wrong[0]])
            )
        remaining.append((row[0], row[1], _UNITS[row[2]], line))
        values.append(numbered)
    if not remaining:
        raise source.refuse("no row of figures", "sectors of regions below the header")
    n = len(years)
    table = pd.DataFrame(remaining, columns=["source_region", "source_sector", "unit", "line"])
    long = table.loc[np.repeat(table.index, n)].reset_index(drop=True)
    long["year"] = np.tile(years, len(table))
    long["quantity"] = np.concatenate(values) if values else np.empty(0)
    long["source_sector"] = "emf30:" + long["source_sector"]
    long["source_fuel"] = "all"
    return long.set_index("line")


FORMAT = Format(
    name="gains_activity",
    kind="activity",
    title="GAINS activity by EMF30 sector and region (ECLIPSE v6b)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
