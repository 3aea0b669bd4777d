"""OpenAQ measurements of `bc`: JSON of the API (v2, v3), CSV and the archive's gzip.

The adapter for Poland renames benzene (`c6h6`) to `bc`, so a Polish series of `bc` is
quarantined: it is kept, invalid, and said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.readers.io.midnight import end_of_day
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import cells_of, span
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import factor_of
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "openaq"
_BC = "bc"
_QUARANTINE = "quarantine: the Polish adapter renames benzene to bc"
# Poland lies within; a series without a country is judged by its place.
_POLAND = {"latitude": (49.0, 54.9), "longitude": (14.1, 24.2)}
_MISSING = -999.0


@dataclass(frozen=True)
class _Row:
    station: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    begin: str | None
    end: str
    value: float
    unit: str
    line: int


def _looks_like(source: Source) -> bool:
    head = source.head_text.lstrip("\ufeff \r\n\t")
    if head.startswith("{"):
        return '"results"' in head and '"parameter"' in head
    first = head.split("\n", 1)[0].replace('"', "").strip()
    return first.startswith("location") and "parameter" in first and "value" in first


def read(origin: Source, *, stamp: str | None = None, interval_s: int | None = None) -> Reading:
    """Read the black carbon of an OpenAQ answer or archive file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        JSON or CSV.
    stamp : {"begin", "middle", "end"}
        What the time of a value marks, where the file gives one time and no period.
    interval_s : int
        Seconds a value stands for, in the same case.

    Returns
    -------
    Reading
        `data` is a `Record` with a series of eBC for each station, in ug/m3.

    Raises
    ------
    DataError
        If there is no `bc`, or a value, unit or time can't be read.
    """
    source = Source.of(origin)
    text = source.text.lstrip("\ufeff \r\n\t")
    rows = list(_from_json(source, text) if text.startswith("{") else _from_csv(source, text))
    if not rows:
        raise source.refuse("no value of parameter 'bc'", "black carbon")
    unnamed = [row.line for row in rows if row.station is None]
    if 0 < len(unnamed) < len(rows):
        raise source.refuse(
            "a result without a location", "one in each result, or in none", row=unnamed[0]
        )
    if any(row.begin is None for row in rows):
        require(source, stamp=stamp, interval_s=interval_s)
    stations: dict[tuple[str | None, bool], list[_Row]] = {}
    for row in rows:
        stations.setdefault((row.station, row.begin is None), []).append(row)
    remarks: list[str] = []
    result = tuple(
        _series(source, station, stamp, int(interval_s or 0), remarks)
        for station in stations.values()
    )
    return record_reading(source, NAME, Record(result, tuple(remarks)))


def _series(
    source: Source, rows: list[_Row], stamp: str | None, seconds: int, remarks: list[str]
) -> Series:
    first = rows[0]
    station = first.station or "unknown"
    end = _moments(source, rows, [row.end for row in rows])
    if first.begin is None:
        begin, end = span(source, end, stamp=stamp, seconds=seconds, utc_offset_h=0)
    else:
        begin = _moments(source, rows, [str(row.begin) for row in rows])
    factors = {unit: factor_of(source, unit) for unit in {row.unit for row in rows}}
    value = np.array([row.value * factors[row.unit] for row in rows])
    missing = np.array([row.value == _MISSING for row in rows])
    polish = first.country == "PL" or (first.country is None and _in_poland(first))
    if polish:
        remarks.append(f"{station}: {_QUARANTINE}")
    about = Description(
        station=station,
        bc_type="eBC",
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        network="OpenAQ",
        country=first.country,
        latitude=first.latitude,
        longitude=first.longitude,
        interval_s=seconds or None,
    )
    values = make_values(
        begin,
        end,
        np.where(missing, np.nan, value),
        ~missing & np.isfinite(value) & ~np.full(len(rows), polish),
        _QUARANTINE.split(":", maxsplit=1)[0] if polish else "",
    )
    return Series(about, values.sort_values("start", kind="stable", ignore_index=True))


def _in_poland(row: _Row) -> bool:
    return all(
        getattr(row, name) is not None and least <= getattr(row, name) <= most
        for name, (least, most) in _POLAND.items()
    )


def _moments(source: Source, rows: list[_Row], texts: list[str]) -> np.ndarray:
    of_day, late = end_of_day(pd.Series(texts, dtype=str))
    result = pd.to_datetime(of_day, utc=True, errors="coerce", format="ISO8601") + late
    wrong = np.flatnonzero(result.isna())
    if len(wrong):
        position = int(wrong[0])
        raise source.refuse(
            repr(texts[position]), "an ISO 8601 time", row=rows[position].line, column="date"
        )
    return result.dt.tz_localize(None).to_numpy().astype("datetime64[s]")


def _from_json(source: Source, text: str) -> Iterator[_Row]:
    try:
        results = json.loads(text, object_pairs_hook=_once)["results"]
    except json.JSONDecodeError as error:
        raise source.refuse(
            f"JSON that can't be read ({error.msg})", "an answer with 'results'", row=error.lineno
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise source.refuse("JSON that can't be read", "an answer with 'results'") from error
    if not isinstance(results, list):
        raise source.refuse("'results' that isn't a list", "a list of measurements")
    for number, item in enumerate(results, 1):
        try:
            row = _json_row(item, number)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise source.refuse(
                f"result {number} without {error}", "parameter, value, unit and time", row=number
            ) from error
        if row is not None:
            yield row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that names a key twice is two that were run together."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key that is there twice")
    return fields


def _json_row(item: dict[str, Any], number: int) -> _Row | None:
    parameter = item["parameter"]
    named = isinstance(parameter, dict)
    if (parameter["name"] if named else parameter) != _BC:
        return None
    place = item.get("coordinates") or {}
    period = item.get("period")
    if period:
        begin, end = period["datetimeFrom"]["utc"], period["datetimeTo"]["utc"]
    else:
        begin, end = None, item["date"]["utc"]
    station = item.get("location") or item.get("locationId") or item.get("sensorsId")
    return _Row(
        None if station is None else str(station),
        item.get("country"),
        _number(place.get("latitude")),
        _number(place.get("longitude")),
        begin,
        end,
        float(item["value"]),
        str(parameter["units"] if named else item["unit"]),
        number,
    )


def _number(content: Any) -> float | None:
    return None if content is None or content == "" else float(content)


def _from_csv(source: Source, text: str) -> Iterator[_Row]:
    cells = cells_of(source, text)
    frame = cells.frame
    names = {name.lower(): name for name in frame.columns}

    def pick(*choices: str) -> str | None:
        return next((names[choice] for choice in choices if choice in names), None)

    time, unit = pick("utc", "datetime", "datetime_utc"), pick("unit", "units")
    station = pick("location", "locationid", "location_id")
    if time is None or unit is None or station is None:
        raise source.refuse(
            f"columns {', '.join(frame.columns[:8])}",
            "location, utc, parameter, value, unit",
            row=1,
        )
    chosen = cells.where(cells.text("parameter") == _BC)
    value = chosen.number("value")
    places = {
        key: chosen.number(name) if name else None
        for key, name in (("lat", pick("latitude", "lat")), ("lon", pick("longitude", "lon")))
    }
    country, number = pick("country"), pick("location_id", "locationid")
    if country is not None:
        chosen.like(country, r"[A-Z]{2}|", "a country code of two letters")
    if number is not None and number != station:
        chosen.like(number, r"\d*", "a number")
    for index in range(len(chosen.frame)):
        row = chosen.frame.iloc[index]
        yield _Row(
            str(row[station]).strip(),
            str(row[country]).strip() or None if country else None,
            None if places["lat"] is None else float(places["lat"][index]),
            None if places["lon"] is None else float(places["lon"][index]),
            None,
            str(row[time]).strip(),
            float(value[index]),
            str(row[unit]).strip(),
            int(chosen.lines[index]),
        )


FORMAT = Format(
    name=NAME,
    kind="station",
    title="OpenAQ measurements of bc, JSON or CSV",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("stamp", "interval_s"),
)
