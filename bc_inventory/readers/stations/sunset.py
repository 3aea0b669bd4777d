"""Sunset semi-continuous OC/EC results of RTCalc, per local-condition or `STP` volume.

RTCalc's STP is 20 degrees Celsius and 760 mmHg, neither that of EBAS nor that of China.
Column names differ between its versions.
"""

from __future__ import annotations

import re

import numpy as np

from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import Cells, cells_of
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import decode
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "sunset_ocec"
_EC = re.compile(r"(Thermal/Optical EC \(ugC/(?P<a>LC|STP)m\^3\)|EC ugC/m\^3 \(Thermal/Optical\))")
_US = "%m/%d/%Y %I:%M:%S %p"
# Recomputed from volumes, pressures and temperatures of 494 samples, for this version.
_STP_KNOWN = {"RTCalc705": (293.15, 1013.25)}


def _looks_like(source: Source) -> bool:
    lines = source.head_lines
    return len(lines) > 3 and lines[0].startswith("Sunset Laboratory") and "OCEC" in lines[0]


def read(
    origin: Source, *, station: str | None = None, utc_offset_h: float | None = None
) -> Reading:
    """Read thermal-optical EC of a Sunset result file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        `*_LCRes.csv` or `*_Res.csv`.
    station : str
        Station.
    utc_offset_h : float
        Hours the instrument's clock is ahead of UTC.

    Returns
    -------
    Reading
        `data` is a `Record` of one series of EC in ug/m3, ambient for local conditions.
        The optical `BC` column isn't read: it isn't eBC of a photometer.
    """
    source = Source.of(origin)
    require(source, station=station, utc_offset_h=utc_offset_h)
    text = decode(source)
    version = re.search(r"version used:\s*(\w+)", text[:500])
    cells = cells_of(source, text, header=4, more=(1,))
    column = next((name for name in cells.frame.columns if _EC.fullmatch(name)), None)
    if column is None:
        raise source.refuse(
            "no thermal/optical EC column", "such as 'Thermal/Optical EC (ugC/LCm^3)'", row=4
        )
    local = "LOCAL CONDITION" in source.head_lines[0].upper()
    begin, end = _times(cells, float(utc_offset_h or 0))
    reference, t_ref, p_ref, remarks = _state(local, version[1] if version else "unknown")
    value = cells.number(column)
    about = Description(
        station=str(station),
        bc_type="EC",
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        clock=f"instrument, {utc_offset_h:+g} h taken off",
        reference=reference,
        t_ref_k=t_ref,
        p_ref_hpa=p_ref,
        instrument="Sunset semi-continuous",
        method=version[1] if version else None,
        processing=("thermal-optical EC of RTCalc",),
    )
    values = make_values(begin, end, value, ~np.isnan(value))
    return record_reading(source, NAME, Record((Series(about, values),), remarks))


def _times(cells: Cells, offset_h: float) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end; where the length isn't given it is twice the way to the middle."""
    cells.need(("Start Date/Time", "Mid-time of Collection"))
    start = cells.time("Start Date/Time", _US)
    if "Sample Time minutes" in cells.frame.columns:
        length = np.rint(cells.number("Sample Time minutes") * 60).astype("timedelta64[s]")
    else:
        length = 2 * (cells.time("Mid-time of Collection", _US) - start)
    begin = start - np.timedelta64(round(offset_h * 3600), "s")
    return begin, begin + length


def _state(local: bool, version: str) -> tuple[str, float | None, float | None, tuple[str, ...]]:
    if local:
        return "ambient", None, None, ()
    if version in _STP_KNOWN:
        return "standard", *_STP_KNOWN[version], ()
    return (
        "unknown",
        None,
        None,
        (f"the STP of {version} was never recomputed: the reference state stays unknown",),
    )


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Sunset OC/EC results (RTCalc)",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("station", "utc_offset_h"),
)
