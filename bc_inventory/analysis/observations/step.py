"""The step of a build that compares its measurements with its emissions."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.hotspots.files import read_hotspots
from bc_inventory.analysis.observations.compared import (
    compare_trends,
    emission_shares,
    region_of,
    stations_in_hotspots,
)
from bc_inventory.errors import DataError
from bc_inventory.schema.observations import VALUE_COLUMNS

__all__ = ["compared_step", "comparison_table"]

_BETWEEN = "weather, transport from elsewhere and what burns near the station stand between the two"


def compared_step(
    inputs: dict[str, Path], outputs: dict[str, Path], *, year: int, factor_set: str = "harmonised"
) -> None:
    """Write `compared_with_observations`: each series of the record with its region's emissions.

    Parameters
    ----------
    inputs : dict of str to Path
        `observations`, `stations`, `totals`, `emissions` and `hotspots` of the build.
    outputs : dict of str to Path
        `table`, Parquet.
    year : int
        Year of the inventory whose shares are taken.
    factor_set : str
        Set of emission factors.
    """
    table = comparison_table(
        schema.read_parquet(inputs["observations"], "observations"),
        schema.read_parquet(inputs["stations"], "stations"),
        schema.read_parquet(inputs["totals"], "totals"),
        schema.read_parquet(inputs["emissions"], "emissions"),
        read_hotspots(inputs["hotspots"]),
        year=year,
        factor_set=factor_set,
    )
    schema.write_parquet(
        schema.check(table, "compared_with_observations"),
        "compared_with_observations",
        outputs["table"],
    )


def comparison_table(
    observations: pd.DataFrame,
    stations: pd.DataFrame,
    totals: pd.DataFrame,
    emissions: pd.DataFrame,
    hotspots: pd.DataFrame,
    *,
    year: int,
    factor_set: str,
) -> pd.DataFrame:
    """Compare each series of measurements with the inventory of its station's region.

    Parameters
    ----------
    observations, stations, totals, emissions : pandas.DataFrame
        Under the contracts of those names.
    hotspots : pandas.DataFrame
        As `read_hotspots` returns it.
    year : int
        Year of the inventory whose shares are taken.
    factor_set : str
        Set of emission factors.

    Returns
    -------
    pandas.DataFrame
        Contract `compared_with_observations`, one row for each series that isn't itself a part of
        another. Trends need three years that both have; the note says where they lack.
    """
    inside = stations_in_hotspots(stations, hotspots).groupby("station")["hotspot_id"]
    hotspots_of = inside.agg(lambda ids: ";".join(dict.fromkeys(ids)))
    places = stations.set_index("station")
    typed = observations.astype({"series_id": object, "station": object, "bc_type": object})
    whole = typed[typed["part"].isna()].drop_duplicates("series_id")
    emitted = functools.cache(lambda region: _emitted(emissions, region, year, factor_set))
    rows = []
    for series in whole.sort_values(["station", "series_id"]).itertuples():
        place = places.loc[series.station]
        known = pd.notna(place["latitude"]) and pd.notna(place["longitude"])
        region = region_of(place["latitude"], place["longitude"]) if known else None
        row: dict[str, Any] = {
            "station": series.station,
            "series_id": series.series_id,
            "bc_type": series.bc_type,
            "region": region,
            "hotspots": hotspots_of.get(series.station),
            "biomass_measured": _biomass(typed, series.station, year),
        }
        if region is None:
            row["note"] = "the station is in no region of the inventory"
        else:
            row |= emitted(region)
            row |= _trends(typed, series.series_id, totals, region, factor_set)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=schema.table("compared_with_observations").names)


def _emitted(
    emissions: pd.DataFrame, region: str, year: int, factor_set: str
) -> dict[str, float | None]:
    try:
        biomass, traffic = emission_shares(emissions, region, year, factor_set)
    except DataError:
        return {}
    return {"biomass_emitted": biomass, "traffic_emitted": traffic}


def _trends(
    observations: pd.DataFrame, series: str, totals: pd.DataFrame, region: str, factor_set: str
) -> dict[str, Any]:
    try:
        both = compare_trends(observations, series, totals, region, factor_set)
    except DataError as error:
        return {"note": f"no trend: {error.problems[0].found}; {_BETWEEN}"}
    measured = both.concentration
    # The slope over its median gives the median, which turns the interval relative too.
    median = measured.slope / measured.relative if measured.relative else np.nan
    return {
        "years": ";".join(map(str, both.years)),
        "measured_trend": measured.relative,
        "measured_lower": measured.lower / median,
        "measured_upper": measured.upper / median,
        "emission_trend": both.emission.relative,
        "breaks": ";".join(f"{moment:.1f}" for moment in measured.breaks) or None,
        "note": both.between,
    }


def _biomass(observations: pd.DataFrame, station: str, year: int) -> float | None:
    """Return the biomass part of what a station's split was computed from, in the nearest year."""
    mine = observations[
        (observations["station"] == station)
        & observations["part"].notna()
        & (observations["period"].astype(str) == "year")
        & ~observations["withheld"].astype(bool)
    ]
    if mine.empty:
        return None
    away = (mine["start"].dt.year - year).abs()
    mine = mine[away == away.min()]
    value = mine[list(VALUE_COLUMNS.values())].bfill(axis=1).iloc[:, 0].astype(float)
    parts = value.groupby(mine["part"].astype(str)).sum()
    both = float(parts.sum())
    return float(parts.get("bb", 0.0)) / both if len(parts) > 1 and both > 0 else None
