"""Write the record: Parquet by side, CF NetCDF of time series, stations and a summary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.monitoring.record.rows import OUTSIDE
from bc_inventory.reference.domains import codes, domains
from bc_inventory.schema.observations import BC_TYPES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_rows", "station_table", "summary_table", "write_observations"]

_KEY = list(schema.table("observations").key)
_PERIOD_COLUMNS = {
    "hours": "hour",
    "days": "day",
    "months": "month",
    "years": "year",
    "campaigns": "campaign",
}


def write_observations(
    frame: pd.DataFrame, folder: Path, *, metadata: dict[str, Any] | None = None
) -> Path:
    """Write the record as Parquet, a folder for each side, the same bytes each time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Under the contract `observations`.
    folder : Path
        Made if absent; `side=EU/observations.parquet` and so on. A side without rows has
        no folder.
    metadata : dict, optional
        Stored in each file as JSON.

    Returns
    -------
    Path
        `folder`.
    """
    import pyarrow.parquet as pq

    contract = schema.arrow_schema("observations")
    more = {key: json.dumps(value) for key, value in (metadata or {}).items()}
    content = contract.remove(contract.get_field_index("side"))
    content = content.with_metadata({**(contract.metadata or {}), **more})
    for side, part in frame.groupby("side", observed=True, sort=True):
        arrow = arrow_rows(part.sort_values(_KEY, kind="stable"), content)
        path = folder / f"side={side}" / "observations.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        pq.write_table(arrow, temporary, compression="zstd", compression_level=6)
        temporary.replace(path)
    return folder


def arrow_rows(frame: pd.DataFrame, contract: pa.Schema) -> pa.Table:
    """Return rows as Arrow; text that is a category is expanded there, which is cheap.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds the columns of the contract.
    contract : pyarrow.Schema
        Names and types wanted.
    """
    import pyarrow as pa

    columns = [pa.array(frame[field.name], from_pandas=True).cast(field.type) for field in contract]
    return pa.table(columns, schema=contract)


def station_table(observations: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return the stations of a record, and what each can be compared with.

    Parameters
    ----------
    observations : pandas.DataFrame
        Under the contract `observations`.
    places : pandas.DataFrame
        Columns station, name, latitude, longitude, altitude_m and setting; one row a
        station.

    Returns
    -------
    pandas.DataFrame
        Under the contract `stations`.
    """
    from bc_inventory.monitoring.quality.comparability import comparability

    details = places.set_index("station")
    rows = []
    for station, part in observations.groupby("station", observed=True, sort=True):
        status = part[~part["withheld"]]
        can, cannot = comparability(part)
        place = details.loc[station] if station in details.index else pd.Series(dtype=object)
        rows.append(
            {
                "station": station,
                "name": place["name"] if pd.notna(place.get("name")) else station,
                "side": part["side"].iloc[0],
                "country": part["country"].iloc[0],
                "network": part["network"].iloc[0],
                "latitude": place.get("latitude"),
                "longitude": place.get("longitude"),
                "altitude_m": place.get("altitude_m"),
                "setting": place.get("setting"),
                "bc_types": ";".join(sorted(map(str, part["bc_type"].unique()))),
                "series": part["series_id"].nunique(),
                "values": len(status),
                "first": part["start"].min(),
                "last": part["end"].max(),
                "comparable_with": can,
                "not_comparable_with": cannot,
            }
        )
    table = pd.DataFrame(rows, columns=schema.table("stations").names)
    return _typed(table, "stations")


def summary_table(observations: pd.DataFrame) -> pd.DataFrame:
    """Return what each side has of each type of measurement.

    Parameters
    ----------
    observations : pandas.DataFrame
        Under the contract `observations`.

    Returns
    -------
    pandas.DataFrame
        Under the contract `monitoring_summary`; a side without any value has its row of
        zeros, so that an absence is seen.
    """
    rows = []
    for side in (*codes(), OUTSIDE):
        for bc_type in ("*", *BC_TYPES):
            part = observations[observations["side"] == side]
            if bc_type != "*":
                part = part[part["bc_type"] == bc_type]
            rows.append({"side": side, "bc_type": bc_type, **_counts(part, side, bc_type)})
    table = pd.DataFrame(rows, columns=schema.table("monitoring_summary").names)
    return _typed(table, "monitoring_summary")


def _counts(part: pd.DataFrame, side: str, bc_type: str) -> dict[str, Any]:
    status = part[~part["withheld"]]
    period = status["period"]
    note = None
    known = domains().get(side)
    if known is not None and known.network_note and bc_type == "*":
        networks = ", ".join(sorted(map(str, part["network"].unique()))) or "none"
        note = f"networks: {networks}. {known.network_note}"
    return {
        "stations": part["station"].nunique(),
        "series": part["series_id"].nunique(),
        **{column: int((period == name).sum()) for column, name in _PERIOD_COLUMNS.items()},
        "samples": _samples(status),
        "withheld": int(part["withheld"].sum()),
        "first": part["start"].min() if len(part) else None,
        "last": part["end"].max() if len(part) else None,
        "note": note,
    }


def _samples(table: pd.DataFrame) -> int:
    """Return the values behind the longest kind of mean of each series, each once."""
    period, series = table["period"], table["series_id"]
    total = 0
    seen: set[str] = set()
    for name in ("campaign", "year", "month", "day", "hour"):
        mask = (period == name) & ~series.isin(seen)
        total += int(table.loc[mask, "n_valid"].sum())
        seen |= set(series[mask].unique())
    return total


def _typed(frame: pd.DataFrame, contract: str) -> pd.DataFrame:
    for column in schema.table(contract).columns:
        if column.kind == "timestamp":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True).astype(
                "datetime64[ms, UTC]"
            )
        elif column.kind == "number":
            frame[column.name] = frame[column.name].astype(float)
        elif column.kind == "integer":
            frame[column.name] = frame[column.name].astype(np.int64)
        elif column.kind == "string":
            frame[column.name] = (
                frame[column.name].astype("str").where(frame[column.name].notna(), None)
            )
    return schema.check(frame, contract)
