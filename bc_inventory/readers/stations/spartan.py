"""SPARTAN filter chemistry: BC by reflectance, by HIPS and EC by FTIR, one row a filter.

Version 3.0 gives each EC value twice, the second time as the detection limit rounded to
two decimals; and early reflectance values of exactly zero most likely mean not measured,
which only the user can decide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.errors import ConfigError, Problem
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import Cells, cells_of
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "spartan"
# Parameter code -> type, how it was analysed.
_PARAMETERS = {
    28201: ("eBC", "smoke stain reflectometer"),
    28202: ("eBC", "HIPS"),
    28203: ("EC", "FTIR"),
}
_UNIT = "Micrograms per cubic meter (ug/m3)"
_HOUR_S = 3600
_COLUMNS = (
    "Site_Code Latitude Longitude Elevation_meters Filter_ID Start_Year_local Start_Month_local "
    "Start_Day_local Start_hour_local End_Year_local End_Month_local End_Day_local "
    "End_hour_local Hours_sampled Parameter_Code Value Units MDL Method_Code Conditions Flag"
).split()


def _looks_like(source: Source) -> bool:
    lines = source.head_lines
    return len(lines) > 3 and lines[0].startswith("# File Updated") and "Filter_ID" in lines[3]


def read(origin: Source, *, utc_offset_h: float | None = None, zeros: str | None = None) -> Reading:
    """Read eBC and EC of filters, in ug/m3 at ambient conditions.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    utc_offset_h : float
        Hours the site's clock is ahead of UTC; the file gives local times only.
    zeros : {"measured", "missing"}
        What a value of exactly zero of the reflectometer means.

    Returns
    -------
    Reading
        `data` is a `Record` with one series for each parameter; `segment` is the method
        code, whose change is a break of the series.

    Raises
    ------
    ConfigError
        If a parameter isn't given.
    DataError
        If a cell isn't what its column says.
    """
    source = Source.of(origin)
    require(source, utc_offset_h=utc_offset_h, zeros=zeros)
    if zeros not in {"measured", "missing"}:
        raise ConfigError([Problem(f"zeros={zeros!r}", "'measured' or 'missing'", source.name)])
    cells = cells_of(source, source.text, header=4)
    cells.need(_COLUMNS)
    cells.like("Site_Code", r"[A-Z]{4}", "a site of four letters")
    code = cells.number("Parameter_Code")
    remarks: list[str] = []
    series = []
    for parameter in _PARAMETERS:
        chosen = cells.where(code == parameter)
        if len(chosen.frame):
            chosen = _without_limits(chosen, parameter, remarks)
            series.append(
                _series(source, chosen, parameter, float(utc_offset_h or 0), zeros, remarks)
            )
    if not series:
        raise source.refuse("none of parameters 28201, 28202, 28203", "BC or EC of filters")
    return record_reading(source, NAME, Record(tuple(series), tuple(remarks)))


def _without_limits(cells: Cells, parameter: int, remarks: list[str]) -> Cells:
    """Drop second rows of a filter that repeat the detection limit, rounded."""
    again = cells.frame.duplicated("Filter_ID").to_numpy()
    if not again.any():
        return cells
    limit = np.round(cells.number("MDL"), 2)
    is_limit = again & (cells.number("Value") == limit)
    others = again & ~is_limit
    if others.any():
        raise cells.source.refuse(
            f"filter {cells.frame['Filter_ID'].to_numpy()[others][0]!r} again with another value",
            "one value for each filter",
            row=int(cells.lines[others][0]),
            column="Filter_ID",
        )
    remarks.append(
        f"{int(is_limit.sum())} second rows of parameter {parameter} hold the rounded detection "
        "limit and aren't values"
    )
    return cells.where(~is_limit)


def _series(
    source: Source,
    cells: Cells,
    parameter: int,
    offset_h: float,
    zeros: str,
    remarks: list[str],
) -> Series:
    bc_type, analysis = _PARAMETERS[parameter]
    for column, wanted in (("Units", _UNIT), ("Site_Code", cells.text("Site_Code").iat[0])):
        other = np.flatnonzero(cells.text(column) != wanted)
        if len(other):
            raise source.refuse(
                repr(cells.text(column).iat[other[0]]),
                wanted,
                row=int(cells.lines[other[0]]),
                column=column,
            )
    value = cells.number("Value")
    valid = ~np.isnan(value)
    if parameter == 28201:
        nothing = value == 0
        remarks.append(f"{int(nothing.sum())} zeros of parameter {parameter}: {zeros}")
        if zeros == "missing":
            valid &= ~nothing
    conditions = set(cells.text("Conditions"))
    ambient = conditions == {"Ambient local"}
    about = Description(
        station=str(cells.text("Site_Code").iat[0]),
        bc_type=bc_type,
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        clock=f"local, {offset_h:+g} h taken off",
        network="SPARTAN",
        station_name=_site_name(source),
        latitude=float(cells.number("Latitude")[0]),
        longitude=float(cells.number("Longitude")[0]),
        altitude_m=float(cells.number("Elevation_meters")[0]),
        size_cut="pm25",
        reference="ambient" if ambient else "unknown",
        instrument=analysis,
        method=analysis,
    )
    begin, end = (_moment(cells, which, offset_h) for which in ("Start", "End"))
    wrong = np.flatnonzero(end < begin)
    if len(wrong):
        raise source.refuse(
            "an end before its begin", "times in order", row=int(cells.lines[wrong[0]])
        )
    for row in np.flatnonzero(end == begin):
        remarks.append(
            f"row {cells.lines[row]}: a filter that begins and ends at one time enters no mean"
        )
    flags = cells.text("Flag").str.replace("; ", ";", regex=False).to_numpy()
    values = make_values(begin, end, value, valid, flags)
    values["segment"] = cells.text("Method_Code").to_numpy()
    values["segment"] = values["segment"].astype("category")
    values["measured_s"] = cells.number("Hours_sampled") * _HOUR_S
    return Series(about, values.sort_values("start", kind="stable", ignore_index=True))


def _site_name(source: Source) -> str | None:
    line = source.head_lines[2]
    return line.partition("Site:")[2].strip() or None


def _moment(cells: Cells, which: str, offset_h: float) -> np.ndarray:
    parts = {
        part: cells.number(f"{which}_{name}_local")
        for part, name in (("year", "Year"), ("month", "Month"), ("day", "Day"))
    }
    result = pd.to_datetime(pd.DataFrame(parts), errors="coerce")
    if result.isna().any():
        row = int(np.flatnonzero(result.isna())[0])
        raise cells.source.refuse(
            "a date that doesn't exist", "year, month and day", row=int(cells.lines[row])
        )
    hours = np.rint((cells.number(f"{which}_hour_local") - offset_h) * _HOUR_S)
    return result.to_numpy().astype("datetime64[s]") + hours.astype("timedelta64[s]")


FORMAT = Format(
    name=NAME,
    kind="station",
    title="SPARTAN filter-based chemistry CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("utc_offset_h", "zeros"),
)
