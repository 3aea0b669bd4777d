"""China Energy Statistical Yearbook: consumption of the nation by carrier and year (.xls).

Table 5-1 names the unit next to each carrier; shares in percent follow and are derived.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.activity._yearbook import HEADLESS, UNITS, squeeze, titled
from bc_inventory.readers.cells import headless, label, numbers_block
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_TITLE = re.compile(r"5-\d+能源消费总量和构成")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ITEM = re.compile(r"(能源消费总量|[一-鿿]+)[(（](\w+)[)）](?:[(（](\w+)[)）])?")
_SHARE = "构成"
_CARRIERS = {
    "能源消费总量电热当量计算法": "energy_total_calorific",
    "能源消费总量发电煤耗计算法": "energy_total_coal_equivalent",
    "煤炭": "coal", "石油": "oil", "天然气": "natural_gas", "水电": "hydro_electricity",
    "核电": "nuclear_electricity",
}  # fmt: skip


def looks_like(source: Source) -> bool:
    """Tell whether the first cell is the title of the table."""
    return titled(source, _TITLE)


def read(origin: object) -> Reading:
    """Read the nation's consumption by carrier.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of table 5-1.

    Returns
    -------
    Reading
        Table under the contract `activity_read`, sector `cesy:消费总量`. Shares in percent
        and cells to the right of the years are skipped.

    Raises
    ------
    DataError
        If title or years are absent, a carrier or unit isn't known, or a cell isn't a number.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    sheet = source.workbook.sheet_names[0]
    rows = source.workbook.rows(sheet)
    top = next(
        (position for position, row in enumerate(rows[:8]) if squeeze(row[0]).startswith("项目")),
        None,
    )
    if top is None or not _TITLE.match(squeeze(rows[0][0])):
        raise source.refuse("no row 项目", "the title of table 5-1 and a header with years")
    labels = [label(cell) for cell in rows[top]]
    years = {
        line_index: int(name) for line_index, name in enumerate(labels) if _YEAR.fullmatch(name)
    }
    odd = [
        name
        for row_index, name in enumerate(labels)
        if row_index and row_index not in years and name
    ]
    if odd:
        raise source.refuse(f"the columns {odd}", "years, each once", row=top + 1)
    require_order(source, list(years.values()), row=top + 1)
    shares = next(
        (index for index, row in enumerate(rows) if squeeze(row[0]).startswith(_SHARE)), len(rows)
    )
    matches = []
    for number in range(top + 1, shares):
        text = squeeze(rows[number][0])
        numbers = numbers_block(source, sheet, [rows[number]], number, list(years))[0][0]
        match = _ITEM.match(text)
        if match is None and np.isnan(numbers).all():
            continue  # the English name, on lines of its own
        carrier = _CARRIERS.get(match[1] + (match[3] or "")) if match else None
        if match is None or carrier is None or match[2] not in UNITS or np.isnan(numbers).any():
            raise source.refuse(
                f"the item {text[:40]!r}, or a blank among its figures",
                "a carrier with its unit, such as 煤炭(万吨), and a figure each year",
                row=number + 1,
            )
        matches.append((number + 1, carrier, UNITS[match[2]], numbers))
    if {carrier for _, carrier, _, _ in matches} != set(_CARRIERS.values()):
        raise source.refuse(f"{len(matches)} carriers", f"{', '.join(_CARRIERS)}, each once")
    n = len(years)
    frame = pd.DataFrame(
        {
            "year": list(years.values()) * len(matches),
            "source_region": "China",
            "source_sector": "cesy:消费总量",
            "source_fuel": np.repeat([carrier for _, carrier, _, _ in matches], n),
            "quantity": np.concatenate([numbers for *_, numbers in matches]),
            "unit": np.repeat([unit for _, _, unit, _ in matches], n),
            "source_id": "cesy-2008",
        },
        index=np.repeat([line for line, *_ in matches], n),
    )
    percent = sum(isinstance(cell, float) for row in rows[shares:] for cell in row)
    neighbours = headless(rows[top + 1 : shares], top + 1, years, 1)
    skipped = [
        Skipped(reason, count)
        for reason, count in (
            ("a share in percent, or a figure beside them", percent),
            (HEADLESS, len(neighbours)),
        )
        if count
    ]
    return reading(source, FORMAT.name, assemble(source, frame), skipped)


FORMAT = Format(
    name="cesy_totals",
    kind="activity",
    title="China Energy Statistical Yearbook: national consumption by carrier",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
