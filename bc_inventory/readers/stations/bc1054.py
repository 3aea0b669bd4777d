"""Met One BC-1054 files: ten wavelengths of eBC a minute, with a corrected clock.

`Raw_Time` and `Time` disagree where the clock was set later; `Time` is the corrected one.
Status is a bit field and cells are blank while the tape advances.
"""

from __future__ import annotations

import numpy as np

from bc_inventory import units
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._channels import channels_of, require_fixed_order
from bc_inventory.readers.stations._csv import cells_of
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import decode
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "bc1054"
_CHANNELS = range(1, 11)
_MINUTE = 60


def _looks_like(source: Source) -> bool:
    first = source.head_lines[0] if source.head_lines else ""
    return first.startswith("Raw_Time,Time,BC1 (ng/m3)")


def read(
    origin: Source, *, station: str | None = None, utc_offset_h: float | None = None
) -> Reading:
    """Read the minutes of a BC-1054.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    station : str
        Station.
    utc_offset_h : float
        Hours the corrected clock is ahead of UTC.

    Returns
    -------
    Reading
        `data` is a `Record` with a series for each wavelength in ug/m3, in the order of
        the file; rows whose Status isn't 0 are invalid.
    """
    source = Source.of(origin)
    require(source, station=station, utc_offset_h=utc_offset_h)
    cells = cells_of(source, decode(source))
    columns = ("Raw_Time", "Time", *(f"BC{n} (ng/m3)" for n in _CHANNELS), "Status")
    cells.need(columns)
    require_fixed_order(source, list(cells.frame.columns), columns, row=1)
    pattern = "%Y/%m/%d %H:%M:%S"
    local, raw = (cells.time(name, pattern) for name in ("Time", "Raw_Time"))
    begin = local - np.timedelta64(round(float(utc_offset_h or 0) * 3600), "s")
    end = begin + np.timedelta64(_MINUTE, "s")
    status = cells.number("Status")
    remarks = [f"Raw_Time differs from Time in {int((raw != local).sum())} rows: Time is used"]
    flags = np.where(status == 0, "", [f"status {item:g}" for item in status])
    series = []
    for channel in _CHANNELS:
        wavelength, sigma = channels_of("BC-1054")[channel]
        value = cells.number(f"BC{channel} (ng/m3)") * units.factor("ng/m3", "ug/m3")
        about = Description(
            station=str(station),
            bc_type="eBC",
            unit="ug/m3",
            file=source.name,
            sha256=source.sha256,
            format=NAME,
            clock=f"instrument, corrected, {utc_offset_h:+g} h taken off",
            wavelength_nm=wavelength,
            mac_m2_g=sigma,
            mac_from="instrument",
            instrument="BC-1054",
            interval_s=_MINUTE,
            processing=("eBC of the instrument",),
        )
        valid = (status == 0) & ~np.isnan(value)
        series.append(Series(about, make_values(begin, end, value, valid, flags.astype(object))))
    return record_reading(source, NAME, Record(tuple(series), tuple(remarks)))


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Met One BC-1054 CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("station", "utc_offset_h"),
)
