"""Hourly absorption and eBC by source (PMF), in a format that resembles NASA-Ames.

Its first line has a comma, it has no counts of comments and no flags, and the
cross-section that made eBC from absorption is in the header.
"""

from __future__ import annotations

import re

import numpy as np

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._ames import (
    AmesFile,
    column,
    header_count,
    header_numbers,
    key_values,
    moments,
    read_variable,
    reference_date,
    table_cells,
)
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import decode, factor_of, lines_of
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "pmf_nasa_ames"
_FIRST = re.compile(r"\s*(\d{1,6})\s*,\s*1001\s*")
_WAVELENGTH_NM = 880.0  # the header's MAC_880nm holds for all columns
_PARTS = {"bb": "biomass burning", "ff": "fossil fuel"}
_QUANTITIES = {"Babs": ("b_abs", "1/Mm"), "eBC": ("eBC", "ug/m3")}


def _looks_like(source: Source) -> bool:
    return bool(source.head_lines) and _FIRST.fullmatch(source.head_lines[0]) is not None


def read(origin: Source) -> Reading:
    """Read absorption and eBC, in parts and in total.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.

    Returns
    -------
    Reading
        `data` is a `Record`: for each quantity the parts `bb` and `ff` and their sum,
        which is valid only where both are.

    Raises
    ------
    DataError
        If a column, a station or the cross-section is missing.
    """
    source = Source.of(origin)
    file = _parse(source)
    times = moments(source, file)
    mac = _cross_section(source, file)
    names = [variable.name for variable in file.variables]
    series: list[Series] = []
    for quantity, (bc_type, unit) in _QUANTITIES.items():
        parts: dict[str | None, np.ndarray] = {}
        for part in _PARTS:
            name = f"{quantity}_{part}"
            if name not in names:
                raise source.refuse(f"no column {name!r}", "the four columns of a PMF file", row=13)
            index = names.index(name)
            variable = file.variables[index]
            factor = factor_of(source, variable.unit, unit, row=variable.line)
            parts[part] = column(source, file, index + 1) * factor
        total = parts["bb"] + parts["ff"]  # NaN where either is missing, never a zero
        for key, value in {None: total, **parts}.items():
            about = _description(source, file, bc_type, unit, mac, key)
            series.append(Series(about, make_values(*times, value, ~np.isnan(value))))
    return record_reading(source, NAME, Record(tuple(series)))


def _parse(source: Source) -> AmesFile:
    lines = lines_of(source, decode(source))
    match = _FIRST.fullmatch(lines[0]) if lines else None
    header = int(match[1]) if match else 0
    if not 13 < header <= len(lines):
        raise source.refuse(
            repr(lines[0][:60]) if lines else "an empty file",
            "a first line such as '25, 1001' with the number of header lines",
            row=1,
        )
    count = header_count(source, lines, 9)
    scale = header_numbers(source, lines, 10, count)
    missing = lines[11].split()
    if len(missing) != count or 12 + count >= header:
        raise source.refuse(f"{len(missing)} missing codes", f"{count}", row=12)
    variables = tuple(
        read_variable(lines[12 + i], missing[i], scale[i], 13 + i) for i in range(count)
    )
    cells, rows = table_cells(source, lines, header, count + 1)
    return AmesFile(
        people=tuple(line.strip() for line in lines[1:5]),
        reference=reference_date(source, lines),
        interval_d=header_numbers(source, lines, 7, 1)[0],
        variables=variables,
        metadata=key_values(lines[12 + count : header - 1]),
        cells=cells,
        lines=rows,
    )


def _cross_section(source: Source, file: AmesFile) -> float:
    try:
        section = float(file.metadata["MAC_880nm"])
        if not 0 < section < np.inf:
            raise ValueError(section)
        return section
    except (KeyError, ValueError) as error:
        raise source.refuse(
            "no number at 'MAC_880nm' in the header",
            "the cross-section that made eBC from absorption",
            remedy="Without it eBC can't be told from absorption; the instrument's 7.77 m2/g "
            "isn't assumed, since fitted values reach 20 m2/g.",
        ) from error


def _description(
    source: Source, file: AmesFile, bc_type: str, unit: str, mac: float, part: str | None
) -> Description:
    def number(key: str) -> float | None:
        match = re.match(r"\s*[+-]?\d+(\.\d+)?", file.metadata.get(key, ""))
        return float(match[0]) if match else None

    station = file.metadata.get("Station name")
    if not station:
        raise source.refuse("no 'Station name' in the header", "a station")
    return Description(
        station=station,
        station_name=station,
        network=file.people[3] or None,
        latitude=number("Station latitude"),
        longitude=number("Station longitude"),
        altitude_m=number("Station altitude"),
        bc_type=bc_type,
        unit=unit,
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        wavelength_nm=_WAVELENGTH_NM,
        mac_m2_g=mac,
        mac_from="header MAC_880nm",
        instrument="aethalometer",
        method="PMF",
        part=part,
        interval_s=round(file.interval_d * 86_400 / 60) * 60,
    )


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Absorption and eBC by source (PMF), pseudo NASA-Ames",
    contract="record",
    looks_like=_looks_like,
    read=read,
)
