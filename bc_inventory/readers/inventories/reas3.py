"""REAS v3: one fixed-width text for each country, province or sub-region, by sector.

`REASv3.2 SECTOR CHN HE BC [kt/year]`, a line of years, then one line for each of six
sectors and their total. `CHN_WC` is the whole country with Hong Kong and Macao: an
aggregate here, so that nobody adds it to its provinces.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.inventories._frame import agree, assemble, region_of, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import numbers, require_whole_lines
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, reading

__all__ = ["FORMAT", "read"]

_TITLE = re.compile(r"REAS(v3[.\d]*) SECTOR ([A-Z]{3}) ([A-Z]{2}) (\S+) \[(kt/year)\]")
_SECTORS = ("PP", "IND", "ROAD", "OTRA", "RESI", "ODOM")
_TOTAL = "TOTAL"
# Seven figures in every number; six of them are added.
_DIGITS = 2e-6


def looks_like(source: Source) -> bool:
    """Tell whether the first line is the title of a REAS v3 sector table."""
    return bool(source.head_lines) and _TITLE.match(source.head_lines[0].strip()) is not None


def read(origin: object, *, species: str | None = None) -> Reading:
    """Read one file of REAS v3.

    Parameters
    ----------
    origin : path-like, binary file or Source
        File of one country or sub-region.
    species : str, optional
        Refuse the file if it holds another pollutant.

    Returns
    -------
    Reading
        Table under the contract `inventory`; the row TOTAL is an aggregate.

    Raises
    ------
    DataError
        If a line or number is missing, or the sectors don't add up to the total.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    require_whole_lines(source)
    lines = [line.rstrip() for line in source.text.splitlines()]
    match = _TITLE.fullmatch(lines[0].strip()) if lines else None
    if match is None:
        raise source.refuse(
            "no title", "'REASv3.2 SECTOR <country> <sub-region> <species> [kt/year]'"
        )
    version, country, part, stated, unit = match.groups()
    years = _years(source, lines[1] if len(lines) > 1 else "")
    table = _sectors(source, lines, len(years))
    sums = pd.Series(sum(table[name] for name in _SECTORS), index=years)
    agree(source, sums, pd.Series(table[_TOTAL], index=years), what="the total of", digits=_DIGITS)
    region, level = _region(source, country, part)
    frame = pd.concat(
        pd.DataFrame(
            {
                "year": years,
                "sector": name,
                "sector_level": "aggregate" if name == _TOTAL else "part",
                "value": values,
            }
        )
        for name, values in table.items()
    ).assign(
        inventory="REAS",
        version=version,
        scheme="REAS3",
        source_region=f"{country}_{part}",
        region=region,
        region_level=level,
        species=same_species(source, stated, species),
        unit=unit,
        source_id="reas-v3.2",
    )
    return reading(source, FORMAT.name, assemble(source, frame, "REAS3"))


def _years(source: Source, line: str) -> list[int]:
    cells = line.split()
    if not cells or not all(re.fullmatch(r"(?:19|20)\d\d", cell) for cell in cells):
        raise source.refuse(f"{line.strip()[:60]!r}", "a line of years", row=2)
    years = [int(cell) for cell in cells]
    require_order(source, years, row=2)
    return years


def _sectors(source: Source, lines: list[str], width: int) -> dict[str, np.ndarray]:
    """Return the values of each sector; every line must be there once and whole."""
    table: dict[str, np.ndarray] = {}
    for index, line in enumerate(lines[2:], start=3):
        name, *cells = line.split() or [""]
        if not name:
            continue
        if name not in (*_SECTORS, _TOTAL) or name in table:
            raise source.refuse(
                f"the row {name!r}", f"{', '.join(_SECTORS)} and {_TOTAL}, each once", row=index
            )
        if len(cells) != width:
            raise source.refuse(f"{len(cells)} numbers", f"{width}, one for each year", row=index)
        values, _, wrong = numbers(cells)
        if len(wrong):
            raise source.refuse(
                repr(cells[wrong[0]]), "a number", row=index, column=f"number {wrong[0] + 1}"
            )
        table[name] = values
    missing = [name for name in (*_SECTORS, _TOTAL) if name not in table]
    if missing:
        raise source.refuse(
            f"no row {', '.join(missing)}", "all sectors", remedy="The file may be cut off."
        )
    return table


def _region(source: Source, country: str, part: str) -> tuple[str, str]:
    """Return region and level: sub-regions outside China keep the publisher's code."""
    known = region_of("REAS3", f"{country}_{part}")
    whole = region_of("REAS3", country)
    if known is None and whole is not None:
        known = whole if part == "WC" else (f"{country}_{part}", "part")
    if known is None or (country == "CHN" and known[0].startswith("CHN_") and part != "WC"):
        raise source.refuse(f"the region {country} {part}", "a country or province of REAS", row=1)
    return known


FORMAT = Format(
    name="reas3",
    kind="inventory",
    title="REAS v3 emissions by sector (Kurokawa and Ohara 2020)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species",),
)
