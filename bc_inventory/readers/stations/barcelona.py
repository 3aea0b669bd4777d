"""Hourly BC with co-pollutants, `date,BC,N,PM1,...`, as published for Barcelona.

Two blocks stand one after the other, so that the time axis jumps back and hours repeat.
"""

from __future__ import annotations

import numpy as np

from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import cells_of, span
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "hourly_copollutants"
_HOUR = 3600


def _looks_like(source: Source) -> bool:
    return bool(source.head_lines) and source.head_lines[0].startswith("date,BC,N,PM1")


def read(
    origin: Source,
    *,
    station: str | None = None,
    utc_offset_h: float | None = None,
    stamp: str | None = None,
) -> Reading:
    """Read the hours of BC.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    station : str
        Station.
    utc_offset_h : float
        Hours the file's clock is ahead of UTC; it isn't stated.
    stamp : {"begin", "middle", "end"}
        What the time of an hour marks; it isn't stated.

    Returns
    -------
    Reading
        `data` is a `Record` of one series of eBC in ug/m3, in the order of the file.
        Repeated hours stay, and are counted.
    """
    source = Source.of(origin)
    require(source, station=station, utc_offset_h=utc_offset_h, stamp=stamp)
    cells = cells_of(source, source.text)
    cells.need(("date", "BC"))
    local = cells.time("date", "%Y-%m-%d %H:%M:%S")
    value = cells.number("BC")
    begin, end = span(
        source, local, stamp=stamp, seconds=_HOUR, utc_offset_h=float(utc_offset_h or 0)
    )
    about = Description(
        station=str(station),
        bc_type="eBC",
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        clock=f"file, {utc_offset_h:+g} h taken off, stamp at {stamp}",
        interval_s=_HOUR,
    )
    values = make_values(begin, end, value, ~np.isnan(value))
    return record_reading(source, NAME, Record((Series(about, values),)))


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Hourly BC with co-pollutants, CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("station", "utc_offset_h", "stamp"),
)
