"""UK black carbon network, hours by site: `site,date_end,bc`, stamped at the END."""

from __future__ import annotations

import numpy as np

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import cells_of
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "uk_black_carbon"
_HEADER = "site,date_end,bc"
_SITE = r"[A-Za-z]{2}\d{1,4}[A-Za-z]?"
_MISSING = ("", "NA")
_HOUR = np.timedelta64(3600, "s")


def _looks_like(source: Source) -> bool:
    return bool(source.head_lines) and source.head_lines[0].strip() == _HEADER


def read(origin: Source) -> Reading:
    """Read hourly eBC in ug/m3, one series for each site.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.

    Returns
    -------
    Reading
        `data` is a `Record`; an hour stamped 01:00 begins at 00:00. Rows without a site
        are padding and aren't missing hours.
    """
    source = Source.of(origin)
    cells = cells_of(source, source.text)
    cells.need(_HEADER.split(","))
    named = ~cells.text("site").isin(_MISSING)
    remarks = (f"{int((~named).sum())} empty rows are no hours",) if (~named).any() else ()
    cells = cells.where(named)
    end = cells.time("date_end", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ")
    value = cells.number("bc", _MISSING)
    site = cells.like("site", _SITE, "a site code such as gb0036r")
    series = []
    for name in site.unique():
        rows = (site == name).to_numpy()
        about = Description(
            station=name.upper(),
            bc_type="eBC",
            unit="ug/m3",
            file=source.name,
            sha256=source.sha256,
            format=NAME,
            clock="UTC, stamps moved from the end of the hour",
            network="UK black carbon network",
            country="GB",
            interval_s=3600,
        )
        values = make_values(end[rows] - _HOUR, end[rows], value[rows], ~np.isnan(value[rows]))
        series.append(Series(about, values))
    return record_reading(source, NAME, Record(tuple(series), remarks))


FORMAT = Format(
    name=NAME,
    kind="station",
    title="UK black carbon network, hourly CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
)
