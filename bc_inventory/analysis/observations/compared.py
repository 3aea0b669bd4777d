"""Measurements compared with the inventory: trends, source shares, stations in hotspots.

An emission is a mass a year and a measurement a concentration downwind of it, so nothing
here is a validation by one number. What can be set side by side is relative: the trend of
both in per cent a year, the share of biomass burning in absorption and in emission, and
which station is in which hotspot. Each result names what stands between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.monitoring.statistics.trend_table import methods_of
from bc_inventory.monitoring.statistics.trends import Trend, decimal_years, trend
from bc_inventory.reference import codelists
from bc_inventory.schema.enumerations import Level
from bc_inventory.schema.observations import VALUE_COLUMNS
from bc_inventory.spatial.allocate import counted_rows

if TYPE_CHECKING:
    from bc_inventory.monitoring.instruments.apportion import Split

__all__ = [
    "ShareComparison",
    "TrendComparison",
    "compare_shares",
    "compare_trends",
    "emission_shares",
    "region_of",
    "stations_in_hotspots",
]

_ROAD = "1A3b"
_BETWEEN_TREND = (
    "weather, transport from other regions and changes of what burns where stand between "
    "an emission and a concentration"
)
_BETWEEN_SHARES = (
    "absorption weighs brown carbon too, and a station sees its surroundings and not its region"
)


@dataclass(frozen=True)
class TrendComparison:
    """The trend at a station and that of the emissions around it.

    Parameters
    ----------
    station, region : str
        Station, and region of the inventory.
    years : tuple of int
        Years that both have.
    concentration, emission : Trend
        In ug/m3 (or 1/Mm) and in kt a year; compare their `relative`.
    between : str
        What stands between the two.
    """

    station: str
    region: str
    years: tuple[int, ...]
    concentration: Trend
    emission: Trend
    between: str


def region_of(latitude: float, longitude: float) -> str | None:
    """Return the region of the inventory a place is in, None where it is in none.

    Parameters
    ----------
    latitude, longitude : float
        Degrees.

    Returns
    -------
    str or None
        The region with the largest share of the 0.1 degree cell.
    """
    from bc_inventory.spatial.regions import BASE, read_cells

    cells = read_cells()
    i = int(np.floor((longitude - BASE.west) / BASE.dlon))
    j = int(np.floor((latitude - BASE.south) / BASE.dlat))
    here = cells[(cells["i"] == i) & (cells["j"] == j)]
    if here.empty:
        return None
    return str(here.sort_values("fraction")["region"].iloc[-1])


def compare_trends(
    observations: pd.DataFrame, series_id: str, totals: pd.DataFrame, region: str, factor_set: str
) -> TrendComparison:
    """Compare the trend of a station's annual means with that of a region's emissions.

    Parameters
    ----------
    observations : pandas.DataFrame
        Contract `observations`; annual means that stand are used.
    series_id : str
        Series of the station.
    totals : pandas.DataFrame
        Contract `totals`; rows of level `region`.
    region, factor_set : str
        Region, and set of emission factors.

    Returns
    -------
    TrendComparison
        Over the years that both have.

    Raises
    ------
    DataError
        If fewer than three years are common.
    """
    series = observations[
        (observations["series_id"].astype(str) == series_id)
        & (observations["period"].astype(str) == "year")
        & ~observations["withheld"]
    ]
    value = series[list(VALUE_COLUMNS.values())].bfill(axis=1).iloc[:, 0].to_numpy(dtype=float)
    measured = pd.DataFrame(
        {"value": value, "segment": series["segment"].astype(object).fillna("").to_numpy()},
        index=series["start"].dt.year.to_numpy(),
    )
    rows = totals[
        (totals["level"] == Level.REGION)
        & (totals["region"] == region)
        & (totals["factor_set"] == factor_set)
    ]
    emitted = pd.Series(rows["emission_kt"].to_numpy(), index=rows["year"].to_numpy())
    common = sorted(set(measured.index) & set(emitted.index))
    if len(common) < 3:
        raise DataError(
            [
                Problem(
                    f"{len(common)} years that {series_id} and {region} both have",
                    "at least three for a trend",
                    remedy="Build the inventory for the years that were measured.",
                )
            ]
        )
    middle = decimal_years(np.array([f"{y}-07-02" for y in common], dtype="datetime64[s]"))
    methods = measured.loc[common, "segment"].map(methods_of).to_numpy(dtype=object)
    return TrendComparison(
        station=str(series["station"].iloc[0]),
        region=region,
        years=tuple(common),
        concentration=trend(
            middle, measured.loc[common, "value"].to_numpy(), method="AR1", segments=methods
        ),
        emission=trend(middle, emitted.loc[common].to_numpy(dtype=float), method="AR1"),
        between=_BETWEEN_TREND,
    )


@dataclass(frozen=True)
class ShareComparison:
    """The source split at a station and the sectors of the inventory.

    Parameters
    ----------
    region : str
        Region.
    year : int
        Year of the inventory.
    biomass_absorption : float
        Mean biomass share in the absorption.
    band : tuple of float
        Least and greatest mean share by the published pairs of exponents and the chosen one.
    biomass_emission : float
        Share of biomass fuels in the emissions of the region.
    traffic_emission : float
        Share of road transport in the emissions of the region.
    fossil_absorption : float
        What the split calls fossil, traffic and all other fossil combustion together.
    between : str
        What stands between the two.
    """

    region: str
    year: int
    biomass_absorption: float
    band: tuple[float, float]
    biomass_emission: float
    traffic_emission: float
    fossil_absorption: float
    between: str


def compare_shares(
    split: Split, emissions: pd.DataFrame, region: str, year: int, factor_set: str
) -> ShareComparison:
    """Compare an apportioned series with the sector shares of a region.

    Parameters
    ----------
    split : Split
        Of the station's absorption or eBC.
    emissions : pandas.DataFrame
        Contract `emissions`.
    region : str
        Region.
    year : int
        Year of the inventory.
    factor_set : str
        Set of emission factors.

    Returns
    -------
    ShareComparison
        Fractions of one.

    Raises
    ------
    DataError
        If the inventory has no emission of the region and year.
    """
    biomass, traffic = emission_shares(emissions, region, year, factor_set)
    return ShareComparison(
        region=region,
        year=year,
        biomass_absorption=split.mean_share,
        band=split.interval,
        biomass_emission=biomass,
        traffic_emission=traffic,
        fossil_absorption=1 - split.mean_share,
        between=_BETWEEN_SHARES,
    )


def emission_shares(
    emissions: pd.DataFrame, region: str, year: int, factor_set: str
) -> tuple[float, float]:
    """Return the shares of biomass fuels and of road transport in a region's emission.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    region, year, factor_set
        Which rows; memo items are left out.

    Returns
    -------
    tuple of float
        Fractions of one.

    Raises
    ------
    DataError
        If there is no emission of the region and year.
    """
    fuels = codelists.fuels()
    biomass = set(fuels.loc[fuels["kind"] == "biomass", "fuel"])
    rows = counted_rows(emissions[emissions["region"] == region], year, factor_set)
    total = float(rows["emission_kt"].sum())
    if total <= 0:
        raise DataError(
            [
                Problem(
                    f"no emission of {region} in {year}",
                    "rows of the inventory",
                    column="region",
                )
            ]
        )

    def share(chosen: pd.Series) -> float:
        return float(rows.loc[chosen, "emission_kt"].sum()) / total

    return share(rows["fuel"].isin(biomass)), share(rows["nfr"].str.startswith(_ROAD))


def stations_in_hotspots(stations: pd.DataFrame, hotspots: pd.DataFrame) -> pd.DataFrame:
    """Return which stations stand in which hotspots.

    Parameters
    ----------
    stations : pandas.DataFrame
        Contract `stations`; those without a position are in none.
    hotspots : pandas.DataFrame
        Contract `hotspots` with `geometry`, as `read_hotspots` returns it.

    Returns
    -------
    pandas.DataFrame
        Columns station, hotspot_id, kind, sector_group, rank and emission_kt, sorted by
        station and rank; a station may stand in several, and most stand in none.
    """
    import shapely

    columns = ["station", "hotspot_id", "kind", "sector_group", "rank", "emission_kt"]
    known = stations[stations["latitude"].notna() & stations["longitude"].notna()]
    if known.empty or hotspots.empty:
        return pd.DataFrame(columns=columns)
    points = shapely.points(known["longitude"].to_numpy(), known["latitude"].to_numpy())
    tree = shapely.STRtree(hotspots["geometry"].to_numpy())
    which, where = tree.query(points, predicate="intersects")
    containing = hotspots.iloc[where].reset_index(drop=True)
    result = containing[columns[1:]].assign(station=known["station"].to_numpy()[which])
    return result[columns].sort_values(["station", "rank", "hotspot_id"], ignore_index=True)
