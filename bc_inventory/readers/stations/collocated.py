"""Collocated daily BC and EC at European sites, one table of many stations.

From the column `MAC` on header and content are shifted (`Size_cut` holds H, `MAC` holds
the cross-section or C), so those columns aren't used and what they say stays unknown.
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

NAME = "collocated_ebc_ec"
_HEADER = "Station_name,ID,Datetime,BC,EC,Protocol,Instrument_EC,Instrument_BC"
_DAY = 86_400
_SENTINEL = 999.0
_UNKNOWN = {"UNKNOWN", "999.0", ""}


def _looks_like(source: Source) -> bool:
    return bool(source.head_lines) and source.head_lines[0].startswith(_HEADER)


def read(origin: Source, *, stamp: str | None = None) -> Reading:
    """Read daily eBC and EC, a series for each station, type, protocol and instrument.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    stamp : {"begin", "middle", "end"}
        What the time of a day marks; it isn't stated.

    Returns
    -------
    Reading
        `data` is a `Record`; values in ug/m3.
    """
    source = Source.of(origin)
    require(source, stamp=stamp)
    cells = cells_of(source, source.text)
    cells.need(_HEADER.split(","))
    cells.like("ID", r"ID\d+", "a number such as ID332")
    times = cells.time("Datetime", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S")
    begin, end = span(source, times, stamp=stamp, seconds=_DAY, utc_offset_h=0)
    text = {
        name: cells.name(name)
        for name in ("Station_name", "Protocol", "Instrument_EC", "Instrument_BC")
    }
    series = []
    for bc_type, column, keys in (
        ("eBC", "BC", ("Station_name", "Instrument_BC")),
        ("EC", "EC", ("Station_name", "Protocol", "Instrument_EC")),
    ):
        value = cells.number(column)
        named = text[keys[0]].str.cat([text[key] for key in keys[1:]], sep="|")
        for name in named.unique():
            positions = np.flatnonzero((named == name).to_numpy())
            content = np.where(value[positions] == _SENTINEL, np.nan, value[positions])
            by_name = {key: text[key].iat[positions[0]] for key in text}
            about = Description(
                station=by_name["Station_name"],
                bc_type=bc_type,
                unit="ug/m3",
                file=source.name,
                sha256=source.sha256,
                format=NAME,
                clock=f"UTC, stamp at {stamp}",
                protocol=_stated(by_name["Protocol"]) if bc_type == "EC" else None,
                instrument=_stated(by_name[keys[-1]]),
                interval_s=_DAY,
            )
            values = make_values(begin[positions], end[positions], content, ~np.isnan(content))
            series.append(Series(about, values))
    remark = "columns from MAC on are shifted against their header and aren't used"
    return record_reading(source, NAME, Record(tuple(series), (remark,)))


def _stated(text: str) -> str | None:
    return None if text in _UNKNOWN else text


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Collocated daily eBC and EC, CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("stamp",),
)
