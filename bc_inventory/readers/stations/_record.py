"""From series or a log to a reading with its report."""

from __future__ import annotations

import numpy as np

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Reading, Report, Skipped
from bc_inventory.schema.series import Log, Record

__all__ = ["log_reading", "record_reading"]


def record_reading(source: Source, format_name: str, record: Record) -> Reading:
    """Return a record with a report of what it holds.

    Parameters
    ----------
    source : Source
        What was read.
    format_name : str
        Name of the format.
    record : Record
        Its series; the remarks go into the report.

    Returns
    -------
    Reading
        Invalid values stay in the record and are counted in the report.
    """
    years: set[int] = set()
    skipped: list[Skipped] = []
    for reading in record:
        stamps = reading.frame["start"].to_numpy()
        years |= set((np.unique(stamps.astype("datetime64[Y]")).astype(int) + 1970).tolist())
        bad = int((~reading.frame["valid"]).sum())
        if bad:
            skipped.append(Skipped(f"kept as invalid in {reading.about.series_id}", bad))
    report = Report(
        format=format_name,
        file=source.name,
        sha256=source.sha256,
        rows=sum(len(single) for single in record),
        years=tuple(sorted(years)),
        regions=tuple(sorted({element.about.station for element in record})),
        species=tuple(sorted({entry.about.bc_type for entry in record})),
        units=tuple(sorted({item.about.unit for item in record})),
        skipped=tuple(skipped),
        notes=record.remarks,
    )
    return Reading(record, report)


def log_reading(source: Source, format_name: str, log: Log) -> Reading:
    """Return a raw log with a report of what it holds."""
    stamps = log.frame["time"].to_numpy().astype("datetime64[Y]")
    report = Report(
        format=format_name,
        file=source.name,
        sha256=source.sha256,
        rows=len(log),
        years=tuple(sorted(set((np.unique(stamps).astype(int) + 1970).tolist()))),
        regions=(log.serial,),
        species=("eBC",),
        units=("ng/m3",),
        notes=log.remarks,
    )
    return Reading(log, report)
