"""REAS v2.1: one text for each year and region, by fuel and sector, in t/year.

Two sectors are both headed OTHERS, and so are a fuel and a process: they are distinguished
by their place. The file doesn't name its pollutant; its name does.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.inventories._frame import agree, assemble, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import numbers, require_whole_lines
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_HEAD = (("Year", r"((?:19|20)\d\d)"), ("Country", r"([A-Z]{3})"), ("Sub-Region", r"([A-Z]{4})"))
_NAME = re.compile(r"REASv2\.1_([A-Za-z0-9.]+?)_+\d{4}_[A-Z]{3}_[A-Z]{4}")
_SECTORS = (
    "POWER_PLANTS", "ENERGY", "IRON_STEEL", "CHEM_PETRCHEM", "NON_FERR_MET", "NON_MET_MINE",
    "OTHERS_INDUSTRY", "ROAD_CARS", "ROAD_BUSES", "ROAD_L_TRUCKS", "ROAD_H_TRUCKS", "ROAD_MC",
    "ROAD_OTHERS", "DOM_NAVI", "RAILWAY_ETC", "RESIDENT", "COMM_PUB", "AGR_FORE_FISH",
    "OTHERS_DOMESTIC",
)  # fmt: skip
_FUELS = (
    "HARD_COAL", "BROWN_COAL", "DERIVED_COAL", "NATURAL_GAS", "COKE_OVEN_GAS", "OTHER_GAS",
    "MOTOR_GASOLINE", "KEROSENE", "OTHER_LF", "DIESEL_OIL", "CRUDE_OIL", "HEAVY_FUEL_OIL",
    "OTHER_HF", "FUELWOOD", "CROP_RESIDUE", "ANIMAL_WASTE", "OTHERS",
)  # fmt: skip
_PROCESSES = (
    "PIG_IRON", "CRUDE_STEEL", "IRON_STEEL_OTHERS", "ALUMINUM_ALUMINA", "COPPER", "ZINC", "LEAD",
    "CMENT", "BRICKS", "LIME", "COKE_OVENS", "OIL_REFINERY", "OTH_TRANSFORMATION",
    "SULPHRIC_ACID", "OTHERS",
)  # fmt: skip
_SUB = "SUB_TOTAL"
_COMBUSTION = "Combustion Sources [t/year]"
_TITLES = ("Non-Combustion Sources [t/year]", "Industry [t/year]", "Sector", "Total [t/year]")
# Seven figures in every number.
_DIGITS = 2e-6


def looks_like(source: Source) -> bool:
    """Tell whether the head is that of a REAS v2 table."""
    lines = [line.strip() for line in source.head_lines[:8]]
    return _COMBUSTION in lines and any(line.startswith("Sub-Region") for line in lines)


def read(origin: object, *, species: str | None = None) -> Reading:
    """Read one file of REAS v2.1.

    Parameters
    ----------
    origin : path-like, binary file or Source
        File of one year and region.
    species : str, optional
        Pollutant; needed where the file isn't named as REAS names it.

    Returns
    -------
    Reading
        Table under the contract `inventory`: one row for each fuel and sector and each
        process, and the aggregate TOTAL. Sub-totals are checked and left out.

    Raises
    ------
    DataError
        If a line or number is missing, or parts don't add up to their sub-totals.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    require_whole_lines(source)
    named = _NAME.match(source.name)
    if named is None and species is None:
        raise source.refuse(
            "no pollutant in the name of the file", "the option species", remedy="Say which it is."
        )
    stated = named[1] if named else str(species)
    lines = [(position, line.strip()) for position, line in enumerate(source.text.splitlines(), 1)]
    lines = [(index, line) for index, line in lines if line]
    year, country, part = _head(source, lines[:3])
    block, process, total = _blocks(source, lines[3:])
    frame = _check_and_stack(source, block, process, total).assign(
        inventory="REAS",
        version="v2.1",
        scheme="REAS2",
        source_region=f"{country}_{part}",
        year=int(year),
        species=same_species(source, stated, species),
        unit="t/year",
        source_id="reas-v2.1",
    )
    skipped = Skipped(
        "a sub-total, checked against its parts", len(_FUELS) + len(_SECTORS) + 2, _SUB
    )
    return reading(source, FORMAT.name, assemble(source, frame, "REAS2"), [skipped])


def _head(source: Source, lines: list[tuple[int, str]]) -> list[str]:
    names = []
    for (name, pattern), (index, line) in zip(
        _HEAD, [*lines, (1, ""), (2, ""), (3, "")][:3], strict=True
    ):
        match = re.fullmatch(rf"{name}\s*:\s*{pattern}", line)
        if match is None:
            raise source.refuse(repr(line[:60]), f"a line '{name} : ...'", row=index)
        names.append(match[1])
    return names


def _blocks(
    source: Source, lines: list[tuple[int, str]]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Return combustion by fuel, processes by name, and the grand total."""
    texts = [text for _, text in lines]
    sector_heads = ["OTHERS" if name.startswith("OTHERS_") else name for name in _SECTORS]
    header = " ".join(["Fuel Type", *sector_heads, _SUB])
    position = 0

    def expect(text: str) -> None:
        nonlocal position
        matches = (
            " ".join(texts[position].split()) if position < len(texts) else "the end of the file"
        )
        if matches != text:
            raise source.refuse(
                repr(matches[:80]),
                repr(text[:80]),
                row=lines[position][0] if position < len(lines) else None,
                remedy="Lines and columns must stand as REAS writes them: two are named alike.",
            )
        position += 1

    def rows(names: tuple[str, ...], width: int) -> dict[str, np.ndarray]:
        nonlocal position
        columns = {}
        for name in names:
            matches, *cells = (
                texts[position].split() if position < len(texts) else ["the end of the file"]
            )
            values, _, wrong = numbers(cells)
            if matches != name or len(cells) != width or len(wrong):
                raise source.refuse(
                    repr(texts[position][:60]) if position < len(texts) else matches,
                    f"{name} and {width} numbers",
                    row=lines[position][0] if position < len(lines) else None,
                )
            columns[name] = values
            position += 1
        return columns

    expect(_COMBUSTION)
    expect(header)
    combustion = rows((*_FUELS, _SUB), len(_SECTORS) + 1)
    for title in _TITLES[:3]:
        expect(title)
    process = rows((*_PROCESSES, _SUB), 1)
    expect(_TITLES[3])
    total = rows(("TOTAL",), 1)["TOTAL"]
    if position < len(texts):
        raise source.refuse(
            repr(texts[position][:60]), "nothing after the total", row=lines[position][0]
        )
    return combustion, process, total


def _check_and_stack(
    source: Source,
    combustion: dict[str, np.ndarray],
    process: dict[str, np.ndarray],
    total: np.ndarray,
) -> pd.DataFrame:
    block = np.array([combustion[name] for name in (*_FUELS, _SUB)])
    values = np.array([process[name][0] for name in _PROCESSES])
    inner = block[:-1, :-1]
    names = [*_FUELS, *_SECTORS, "combustion", "processes", "everything"]
    sums = [*inner.sum(axis=1), *inner.sum(axis=0), inner.sum(), values.sum()]
    stated = [*block[:-1, -1], *block[-1, :-1], block[-1, -1], process[_SUB][0], total[0]]
    agree(
        source,
        pd.Series([*sums, inner.sum() + values.sum()], index=names),
        pd.Series(stated, index=names),
        what="the total of",
        digits=_DIGITS,
    )
    processes = [f"{name}_PROCESS" if name == "OTHERS" else name for name in _PROCESSES]
    several = len(_PROCESSES) + 1
    return pd.DataFrame(
        {
            "fuel": [*np.repeat(_FUELS, len(_SECTORS)), *[None] * several],
            "sector": [*_SECTORS * len(_FUELS), *processes, "TOTAL"],
            "value": np.concatenate([inner.ravel(), values, total]),
            "sector_level": ["part"] * (inner.size + len(values)) + ["aggregate"],
        }
    )


FORMAT = Format(
    name="reas2",
    kind="inventory",
    title="REAS v2.1 emissions by fuel and sector (Kurokawa et al. 2013)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species",),
)
