"""What one file gave, as a table that needn't be read from it again.

A part holds the values of a file at full resolution with their descriptions. It is stored
under the digest of everything it depends on (`bc_inventory.storage.results`), so it is never
changed, only written or dropped, and equal inputs give equal bytes.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.schema.series import COLUMNS, Description, Series

__all__ = [
    "PART",
    "Part",
    "PartIndex",
    "part_index",
    "read_part",
    "read_values",
    "series_index",
    "write_part",
]

_META = b"bc_inventory_series"


# What a result of the store holds that is a part.
PART = {"part": "part.parquet"}


@dataclass(frozen=True)
class PartIndex:
    """What a part holds of one series.

    Parameters
    ----------
    series_id : str
        Series.
    years : tuple of int
        Calendar years (UTC) that its values touch.
    """

    series_id: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """What one file gave.

    Parameters
    ----------
    key : str
        Digest of everything it depends on.
    path : Path
        File.
    """

    key: str
    path: Path


def write_part(series: tuple[Series, ...], path: Path) -> None:
    """Write the values of a file as one Parquet file.

    Parameters
    ----------
    series : tuple of Series
        In the order of the file; each becomes a row group.
    path : Path
        File; its folder exists.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            ("start", pa.timestamp("ms")),
            ("end", pa.timestamp("ms")),
            ("value", pa.float64()),
            ("valid", pa.bool_()),
            ("flags", text),
            ("quality_flags", pa.uint16()),
            ("segment", text),
            ("measured_s", pa.float64()),
        ],
        metadata={_META: json.dumps([_index_entry(item) for item in series], ensure_ascii=False)},
    )
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for entry in series:
            frame = entry.frame[list(COLUMNS)]
            columns = [
                pa.array(frame[field.name].astype("category")).cast(text)
                if pa.types.is_dictionary(field.type)
                else pa.array(frame[field.name]).cast(field.type)
                for field in schema
            ]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=max(len(frame), 1))


def _index_entry(series: Series) -> dict[str, Any]:
    seconds = np.concatenate(
        [
            series.frame["start"].to_numpy().astype("datetime64[Y]").astype(np.int64),
            (series.frame["end"].to_numpy().astype("datetime64[s]") - np.timedelta64(1, "s"))
            .astype("datetime64[Y]")
            .astype(np.int64),
        ]
    )
    years = (np.unique(seconds) + 1970).tolist()
    return {
        "series_id": series.about.series_id,
        "years": years,
        "rows": len(series),
        "about": dataclasses.asdict(series.about),
    }


def part_index(path: Path) -> tuple[PartIndex, ...]:
    """Return what a part holds, from its metadata alone."""
    return tuple(
        PartIndex(series["series_id"], tuple(series["years"])) for series in series_index(path)
    )


def series_index(path: Path) -> list[dict[str, Any]]:
    """Return what a part tells of each of its series: series_id, years, rows and about."""
    import pyarrow.parquet as pq

    records: list[dict[str, Any]] = json.loads(pq.read_schema(path).metadata[_META])
    return records


def read_part(path: Path, series_id: str, year: int) -> Series | None:
    """Return the values of one series that touch a year.

    Parameters
    ----------
    path : Path
        A part.
    series_id : str
        Series.
    year : int
        Calendar year, UTC.

    Returns
    -------
    Series or None
        None where the part doesn't hold the series.
    """
    import pyarrow.parquet as pq

    matches = [
        (i, details)
        for i, details in enumerate(series_index(path))
        if details["series_id"] == series_id
    ]
    if not matches:
        return None
    file = pq.ParquetFile(path)
    groups = _row_groups(file, [series["rows"] for series in series_index(path)])
    frames = [file.read_row_group(groups[i]).to_pandas() for i, _ in matches]
    frame = pd.concat(frames, ignore_index=True)
    begin, end = (np.datetime64(f"{y}-01-01", "s") for y in (year, year + 1))
    mask = (frame["start"] < end) & (frame["end"] > begin)
    frame = frame[mask].reset_index(drop=True)
    for name in ("start", "end"):
        frame[name] = frame[name].astype("datetime64[s]")
    for name in ("flags", "segment"):
        frame[name] = frame[name].astype("category")
    mapping = dict(matches[0][1]["about"])
    mapping["processing"] = tuple(mapping["processing"])
    return Series(Description(**mapping), frame)


def read_values(path: Path, group: int) -> tuple[np.ndarray, np.ndarray]:
    """Return begins (seconds since 1970, UTC) and the valid values of one series of a part.

    Parameters
    ----------
    path : Path
        A part.
    group : int
        Place of the series in it.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    _row_groups(file, [series["rows"] for series in series_index(path)])
    table = file.read_row_group(group, columns=["start", "value", "valid"])
    start, value, valid = (table.column(name).to_numpy() for name in ("start", "value", "valid"))
    mask = valid & np.isfinite(value)
    return start.astype("datetime64[s]").astype(np.int64)[mask], value[mask]


def _row_groups(file: Any, rows: list[int]) -> list[int]:
    """Return the row group of each series; one without a value has an empty group."""
    if file.num_row_groups != len(rows):
        raise OSError(f"{file.num_row_groups} row groups for {len(rows)} series")
    return list(range(len(rows)))
