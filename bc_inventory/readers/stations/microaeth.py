"""AethLabs microAeth files: AE51 (one wavelength) and MA200 (five, dual spot).

Both give eBC by the instrument's own cross-section in ng/m3. Seconds of a portable
instrument are noisy and often negative; they stay as they are.
"""

from __future__ import annotations

import re

import numpy as np

from bc_inventory import units
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._channels import channels_of, require_fixed_order
from bc_inventory.readers.stations._csv import Cells, cells_of
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import decode
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMATS", "read_ae51", "read_ma200"]

_COLOURS = ("UV", "Blue", "Green", "Red", "IR")
_WINTER = (11, 12, 1, 2)
_AE51 = ("Date", "Time", "Ref", "Sen", "ATN", "Flow", "PCB temp", "Status", "Battery", "BC")
_CLOCK = ("Date local (yyyy/MM/dd)", "Time local (hh:mm:ss)")


def _looks_like_ae51(source: Source) -> bool:
    head = source.head_text[:2000]
    return "AethLabs" in head and "Device ID = AE51" in head


def _looks_like_ma200(source: Source) -> bool:
    first = source.head_lines[0] if source.head_lines else ""
    return '"Datum ID"' in first and '"IR BCc"' in first


def read_ae51(
    origin: Source, *, station: str | None = None, utc_offset_h: float | None = None
) -> Reading:
    """Read an AE51 file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    station : str
        Place of the measurement; a mobile run is a station of its own.
    utc_offset_h : float
        Hours the instrument's clock is ahead of UTC.

    Returns
    -------
    Reading
        `data` is a `Record` of one series of eBC at 880 nm in ug/m3; rows whose Status
        isn't 0 are invalid. No loading correction is applied: it is a single-spot
        instrument.
    """
    source = Source.of(origin)
    require(source, station=station, utc_offset_h=utc_offset_h)
    text = decode(source)
    head = dict(re.findall(r"^([\w ]+) = (.*?)\s*$", text[:2000], flags=re.MULTILINE))
    # Longest that it can be set to is 300 s; more digits are damage, and 0 is no span.
    timebase = re.fullmatch(r"([1-9]\d{0,3}) s", head.get("Timebase", ""))
    if not timebase or head.get("BC units") != "ng/m^3":
        raise source.refuse(
            f"timebase {head.get('Timebase')!r}, unit {head.get('BC units')!r}",
            "'Timebase = 1 s' and 'BC units = ng/m^3' in the preamble",
        )
    header = next((i for i, line in enumerate(text.split("\n"), 1) if line.startswith("Date,")), 0)
    cells = cells_of(source, text, header=header or 16)
    cells.need(("Date", "Time", "Status", "BC", "ATN"))
    require_fixed_order(source, list(cells.frame.columns), _AE51, row=header or 16)
    seconds = int(timebase[1])
    begin = _clock(cells, ("Date", "Time"), float(utc_offset_h or 0))
    about = _description(
        source,
        str(station),
        "AE51",
        utc_offset_h,
        serial=head.get("Device ID"),
        interval_s=seconds,
        processing="single-spot eBC of the instrument, not corrected for loading",
        clock="instrument",
    )
    value = cells.number("BC") * units.factor("ng/m3", "ug/m3")
    status = cells.number("Status")
    values = make_values(
        begin,
        begin + np.timedelta64(seconds, "s"),
        value,
        (status == 0) & ~np.isnan(value),
        _statuses(status),
    )
    return record_reading(source, "ae51", Record((Series(about, values),)))


def _description(
    source: Source,
    station: str,
    instrument: str,
    utc_offset_h: float | None,
    *,
    serial: str | None,
    interval_s: int,
    processing: str,
    clock: str,
    channel: int = 1,
) -> Description:
    """Return what a series of one channel is."""
    wavelength, sigma = channels_of(instrument)[channel]
    return Description(
        station=station,
        bc_type="eBC",
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=instrument.lower(),
        clock=f"{clock}, {utc_offset_h:+g} h taken off",
        wavelength_nm=wavelength,
        mac_m2_g=sigma,
        mac_from="instrument",
        instrument=instrument,
        serial=serial,
        interval_s=interval_s,
        processing=(processing,),
    )


def read_ma200(
    origin: Source, *, station: str | None = None, utc_offset_h: float | None = None
) -> Reading:
    """Read an MA200 file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    station : str
        Place of the measurement.
    utc_offset_h : float
        Hours the local times are ahead of UTC. The file states one, which is often the
        default of the device: it is reported where it contradicts the place and season.

    Returns
    -------
    Reading
        `data` is a `Record` with a series of compensated eBC for each wavelength.
    """
    source = Source.of(origin)
    require(source, station=station, utc_offset_h=utc_offset_h)
    cells = cells_of(source, decode(source))
    cells.need(
        (*_CLOCK, "Timebase (s)", "Readable status", *(f"{colour} BCc" for colour in _COLOURS))
    )
    spots = [f"{colour} {spot}" for colour in _COLOURS for spot in ("BC1", "BC2", "BCc")]
    require_fixed_order(source, list(cells.frame.columns), [*_CLOCK, *spots], row=1)
    begin = _clock(cells, _CLOCK, float(utc_offset_h or 0))
    seconds = np.rint(cells.number("Timebase (s)")).astype("timedelta64[s]")
    started = cells.text("Readable status").eq("").to_numpy()
    flags = _statuses(cells.number("Status"))
    series = []
    for channel, colour in enumerate(_COLOURS, 1):
        value = cells.number(f"{colour} BCc") * units.factor("ng/m3", "ug/m3")
        about = _description(
            source,
            str(station),
            "MA200",
            utc_offset_h,
            channel=channel,
            serial=str(cells.text("Serial number").iat[0]),
            interval_s=int(np.median(seconds.astype(int))),
            processing="dual-spot eBC of the instrument",
            clock="local",
        )
        valid = started & ~np.isnan(value)
        series.append(Series(about, make_values(begin, begin + seconds, value, valid, flags)))
    return record_reading(source, "ma200", Record(tuple(series), _doubts(cells, begin)))


def _clock(cells: Cells, names: tuple[str, str], offset_h: float) -> np.ndarray:
    joined = cells.frame[names[0]].str.strip() + " " + cells.frame[names[1]].str.strip()
    both = Cells(cells.source, cells.frame.assign(moment=joined), cells.lines)
    result = both.time("moment", "%Y/%m/%d %H:%M:%S")
    return np.asarray(result - np.timedelta64(round(offset_h * 3600), "s"))


def _statuses(status: np.ndarray) -> np.ndarray:
    distinct, codes = np.unique(status, return_inverse=True)
    names = ["" if value == 0 else f"status {value:g}" for value in distinct]
    return np.array(names, dtype=object)[codes]


def _doubts(cells: Cells, begin: np.ndarray) -> tuple[str, ...]:
    """Compare the stated offset with the zone of the place, in the half without summer time."""
    stated = np.unique(cells.number("Timezone offset (mins)"))
    if len(stated) != 1:
        return (f"{len(stated)} time zone offsets are stated in one file",)
    longitude = cells.number("GPS long (dddmm.mmmmm)")
    latitude = cells.number("GPS lat (ddmm.mmmmm)")
    if not np.isfinite(longitude).any():
        return ()
    zone = 60 * round(float(np.nanmedian(longitude)) / 15)
    months = begin.astype("datetime64[M]").astype(int) % 12 + 1
    winter = np.isin(months, _WINTER).all() and np.nanmedian(latitude) > 0
    off = float(stated[0]) - zone
    if abs(off) >= 90 or (winter and abs(off) >= 60):
        return (
            f"the stated offset of {stated[0]:+g} min is suspicious: the zone of the place is "
            f"{zone:+d} min",
        )
    return ()


FORMATS = (
    Format(
        name="ae51",
        kind="station",
        title="AethLabs microAeth AE51",
        contract="record",
        looks_like=_looks_like_ae51,
        read=read_ae51,
        options=("station", "utc_offset_h"),
    ),
    Format(
        name="ma200",
        kind="station",
        title="AethLabs microAeth MA200",
        contract="record",
        looks_like=_looks_like_ma200,
        read=read_ma200,
        options=("station", "utc_offset_h"),
    ),
)
