"""Which stations lie near a hotspot, and what they measured.

An emission is a mass per year, a measurement a concentration somewhere downwind:
they are set side by side, not compared. What is measured keeps its type
(elemental carbon, equivalent black carbon, ...), since the types aren't the same
quantity.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.analysis.hotspots.context import great_circle_km
from bc_inventory.analysis.hotspots.emission_field import Floats
from bc_inventory.schema import table
from bc_inventory.schema.enumerations import Period
from bc_inventory.schema.observations import VALUE_COLUMNS

__all__ = ["WITHIN_KM", "measured", "nearest_stations"]

WITHIN_KM = 300.0  # the scale over which boundary-layer air moves in a day; a judgement
_COUNT = 3
_MEAN = (
    "station",
    "bc_type",
    "value",
    "unit",
    "half_width",
    "period",
    "start",
    "end",
    "coverage",
)
# The longest mean speaks first.
_PERIODS = (
    *(Period.YEAR, Period.CAMPAIGN, Period.MONTH),
    *(Period.DAY, Period.HOUR, Period.SAMPLE),
)


def measured(observations: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return for each station and type of measurement the mean that speaks for it.

    Parameters
    ----------
    observations : pandas.DataFrame
        Contract `observations`.
    year : int
        Year of the inventory; the nearest year is taken.

    Returns
    -------
    pandas.DataFrame
        Columns `station`, `bc_type`, `value`, `unit`, `half_width`, `period`,
        `start`, `end`, `coverage`; a value that was withheld speaks for nothing.
    """
    units = {column.name: column.unit for column in table("observations").columns}
    reported = observations[~observations["withheld"].astype(bool)]
    parts = []
    for bc_type, column in VALUE_COLUMNS.items():
        mine = reported[(reported["bc_type"] == bc_type) & reported[column].notna()]
        parts.append(mine.assign(value=mine[column], unit=units[column]))
    rows = pd.concat(parts, ignore_index=True)
    rows["order"] = rows["period"].map({name: place for place, name in enumerate(_PERIODS)})
    rows["away"] = (rows["start"].dt.year - year).abs()
    rows = rows.sort_values(
        ["station", "bc_type", "order", "away", "series_id", "start"], kind="stable"
    )
    first = rows.drop_duplicates(["station", "bc_type"])
    return first[list(_MEAN)].reset_index(drop=True)


def nearest_stations(
    latitude: Floats, longitude: Floats, stations: pd.DataFrame, means: pd.DataFrame
) -> list[str | None]:
    """Return the nearest stations of each place as JSON.

    Parameters
    ----------
    latitude, longitude : numpy.ndarray, shape (n,)
        Degrees.
    stations : pandas.DataFrame
        Contract `stations`; those without a position are left out.
    means : pandas.DataFrame
        As `measured` returns them.

    Returns
    -------
    list of str or None
        For each place an array of at most three stations within 300 km,
        nearest first, with `station`, `name`, `km`, `setting` and `measured`;
        None where there is none.
    """
    known = stations[stations["latitude"].notna() & stations["longitude"].notna()]
    known = known.sort_values("station", ignore_index=True)
    by_station = {name: part for name, part in means.groupby("station")}
    described = [_station(row, by_station.get(row.station)) for row in known.itertuples()]
    distance = great_circle_km(
        np.asarray(latitude)[:, None],
        np.asarray(longitude)[:, None],
        known["latitude"].to_numpy()[None, :],
        known["longitude"].to_numpy()[None, :],
    )
    result: list[str | None] = []
    for row in distance:
        order = [
            place for place in np.argsort(row, kind="stable")[:_COUNT] if row[place] <= WITHIN_KM
        ]
        nearest = [{**described[place], "km": round(float(row[place]), 1)} for place in order]
        result.append(json.dumps(nearest, ensure_ascii=False) if nearest else None)
    return result


def _station(station: Any, rows: pd.DataFrame | None) -> dict[str, Any]:
    values = [] if rows is None else [_value(row) for row in rows.itertuples()]
    setting = station.setting if isinstance(station.setting, str) else None
    return {
        "station": station.station,
        "name": station.name,
        "km": None,
        "setting": setting,
        "measured": values,
    }


def _value(row: Any) -> dict[str, Any]:
    return {
        "bc_type": row.bc_type,
        "value": _rounded(row.value),
        "half_width": _rounded(row.half_width),
        "unit": row.unit,
        "period": row.period,
        "start": row.start.date().isoformat(),
        "end": row.end.date().isoformat(),
        "coverage": _rounded(row.coverage),
    }


def _rounded(value: float) -> float | None:
    return None if pd.isna(value) else float(f"{value:.4g}")
