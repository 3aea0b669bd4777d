"""From series or a log to a reading with its report."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Reading, Report, Skipped
from bc_inventory.reference.places import fault_of_place
from bc_inventory.schema.series import Description, Log, Record, Series

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
        Its series; the remarks go into the report, with what shows in every record:
        repeated times, times out of order, and places that can't be right, which are left
        out.

    Returns
    -------
    Reading
        Invalid values stay in the record and are counted in the report.
    """
    record = _remarked(record)
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
        notes=(*log.remarks, *_times(log.frame.rename(columns={"time": "start"}))),
    )
    return Reading(log, report)


def _remarked(record: Record) -> Record:
    """Return a record with remarks on its times and places."""
    several: dict[str, list[Series]] = {}
    for item in record:
        several.setdefault(item.about.series_id, []).append(item)
    where: dict[str, list[str]] = {}
    for name, parts in several.items():
        frame = pd.concat([part.frame[["start", "value"]] for part in parts])
        for remark in _times(frame):
            where.setdefault(remark, []).append(name)
    remarks = [*record.remarks]
    for remark, names in where.items():
        every = len(names) == len(several)
        remarks.append(remark if every else f"{', '.join(names[:3])}: {remark}")
    series = []
    for item in record:
        about = item.about.but(**_blanks(item.about))
        fault = fault_of_place(about.latitude, about.longitude, about.country)
        if fault is not None:
            remarks.append(f"{about.station}: {fault}; the place is left out")
            about = about.but(latitude=None, longitude=None)
        series.append(Series(about, item.frame))
    return Record(tuple(series), tuple(dict.fromkeys(remarks)))


def _blanks(about: Description) -> dict[str, None]:
    """Return the fields whose cell was empty and became NaN, as fields that nothing states."""
    return {
        name: None
        for name, value in vars(about).items()
        if isinstance(value, float) and np.isnan(value)
    }


def _times(frame: pd.DataFrame) -> Iterable[str]:
    """Yield what is wrong with the times of a series, in the order of its file."""
    start = frame["start"].to_numpy()
    again = frame["start"].duplicated().to_numpy()
    if again.any():
        other = _another(frame)
        first = start[np.flatnonzero(other if other.any() else again)[0]]
        yield (
            f"{int(again.sum())} repeated time stamps, {int(other.sum())} of them with another "
            f"value, the first at {first}"
        )
    back = np.flatnonzero(np.diff(start) < np.timedelta64(0, "s"))
    if len(back):
        yield (
            f"the times jump back {len(back)} x, first from {start[back[0]]} to "
            f"{start[back[0] + 1]}"
        )


def _another(frame: pd.DataFrame) -> np.ndarray:
    """Tell which rows have another number than the first row of the same time that has one."""
    if "value" not in frame:
        return np.asarray(frame["start"].duplicated() & ~frame.duplicated())
    first = frame.groupby("start")["value"].transform("first")
    return np.asarray(frame["value"].notna() & (frame["value"] != first))
