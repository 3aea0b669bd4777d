"""When in the year emissions fall: months and hours that sum to the year.

A profile gives the activity of each step of a cycle relative to the cycle's
mean; shares are factors over their sum, so that they add up to one whatever
was printed. Hours follow the clock by which people live, and each month's hours
are scaled to the month's share.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, Problems, suggest
from bc_inventory.reference.paths import data_root

__all__ = ["Profiles", "hour_parts", "month_parts", "read_profiles"]

Floats = NDArray[np.float64]
_STEPS = {"month": range(1, 13), "weekday": range(1, 8), "hour": range(24)}
_FLAT = "flat"
_ANY = "*"


@dataclass(frozen=True)
class Profiles:
    """The temporal facts, checked.

    Parameters
    ----------
    factors : pandas.DataFrame
        `temporal_profiles`.
    table : pandas.DataFrame
        `temporal_map`.
    degree_days : dict of str to float
        Parameters of the degree-day method; degC, or dimensionless.
    zones : dict of str to str
        Time zone of each region.
    """

    factors: pd.DataFrame
    table: pd.DataFrame
    degree_days: dict[str, float]
    zones: dict[str, str]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], Floats]:
        ordered = self.factors.sort_values("step")
        return {
            (str(profile), str(cycle), str(scope)): rows["factor"].to_numpy(dtype=float)
            for (profile, cycle, scope), rows in ordered.groupby(["profile", "cycle", "scope"])
        }

    @cached_property
    def _by_category(self) -> dict[tuple[str, str, str], tuple[str, bool]]:
        rows = self.table[["scope", "nfr", "cycle", "profile", "heating"]]
        return {
            (scope, nfr, cycle): (profile, bool(heating))
            for scope, nfr, cycle, profile, heating in rows.itertuples(index=False)
        }

    def _find(self, cycle: str, side: str, region: str, nfr: str) -> tuple[str, bool]:
        for category in (nfr, _ANY):
            for scope in (region, side, _ANY):
                profile = self._by_category.get((scope, category, cycle))
                if profile:
                    return profile
        return _FLAT, False

    def shares(self, cycle: str, side: str, region: str, nfr: str) -> Floats:
        """Return the share of each step of a cycle, summing to one.

        Parameters
        ----------
        cycle : {"month", "weekday", "hour"}
            The cycle.
        side, region, nfr : str
            Whose profile; the narrowest scope wins.

        Returns
        -------
        numpy.ndarray of float, shape (12,), (7,) or (24,)
        """
        steps = len(_STEPS[cycle])
        profile, _ = self._find(cycle, side, region, nfr)
        if profile != _FLAT:
            for scope in (region, side, _ANY):
                factors = self._by_name.get((profile, cycle, scope))
                if factors is not None:
                    return factors / factors.sum()
        return np.full(steps, 1 / steps)

    def heats(self, side: str, region: str, nfr: str) -> bool:
        """Tell whether degree days replace the category's months."""
        return self._find("month", side, region, nfr)[1]


def read_profiles(folder: Path | None = None) -> Profiles:
    """Read the temporal facts.

    Parameters
    ----------
    folder : Path, optional
        By default `data/spatial` as embedded.

    Returns
    -------
    Profiles

    Raises
    ------
    DataError
        If a table breaks its contract, a profile lacks a step or is zero
        throughout, or a category names a profile that isn't there.
    """
    root = Path(folder) if folder is not None else data_root() / "spatial"
    file = root / "temporal_profiles.parquet"
    factors = schema.read_parquet(file, "temporal_profiles")
    table = schema.read_csv(root / "temporal_map.csv", "temporal_map")
    problems = Problems()
    for (profile, cycle, scope), rows in factors.groupby(["profile", "cycle", "scope"]):
        wanted = list(_STEPS[str(cycle)])
        if sorted(rows["step"]) != wanted or rows["factor"].sum() <= 0:
            problems.add(
                found=f"the {cycle} profile {profile!r} of {scope} with the steps "
                f"{sorted(rows['step'])} and the sum {rows['factor'].sum():g}",
                expected=f"each step from {wanted[0]} to {wanted[-1]} once, and a sum above 0",
                file=str(file),
                column="step",
            )
    known = {*zip(factors["profile"], factors["cycle"], strict=True)}
    for line, (profile, cycle) in enumerate(
        zip(table["profile"], table["cycle"], strict=True), start=2
    ):
        if profile != _FLAT and (profile, cycle) not in known:
            problems.add(
                found=f"the {cycle} profile {profile!r}",
                expected=f"{_FLAT!r} or a profile with steps",
                file=str(root / "temporal_map.csv"),
                row=line,
                column="profile",
                remedy=suggest(profile, {name for name, its in known if its == cycle}),
            )
    problems.raise_if_any()
    degrees = schema.read_csv(root / "degree_days.csv", "degree_days")
    zones = schema.read_csv(root / "time_zones.csv", "time_zones")
    return Profiles(
        factors,
        table,
        dict(zip(degrees["parameter"], degrees["value"], strict=True)),
        dict(zip(zones["region"], zones["zone"], strict=True)),
    )


def month_parts(
    profiles: Profiles,
    sectors: list[str],
    regions: list[str],
    sides: list[str],
    heating: Floats | None = None,
    year: int | None = None,
) -> Floats:
    """Return the share of the year's emission in each month.

    Parameters
    ----------
    profiles : Profiles
        The facts.
    sectors : list of str
        NFR categories.
    regions, sides : list of str, shape (regions,)
        Regions and their sides.
    heating : numpy.ndarray of float, shape (regions, days), optional
        Share of the year's heating on each day, as `heating_days` returns it;
        replaces the profile of heating categories.
    year : int, optional
        Calendar year of `heating`.

    Returns
    -------
    numpy.ndarray of float, shape (sectors, regions, 12)
        Sums to one over the months.
    """
    parts = np.empty((len(sectors), len(regions), 12))
    for column, (side, region) in enumerate(zip(sides, regions, strict=True)):
        for row, nfr in enumerate(sectors):
            if heating is not None and profiles.heats(side, region, nfr):
                parts[row, column] = np.bincount(
                    _months(_require_year(year)), weights=heating[column], minlength=12
                )
            else:
                parts[row, column] = profiles.shares("month", side, region, nfr)
    return parts


def hour_parts(
    profiles: Profiles,
    sectors: list[str],
    regions: list[str],
    sides: list[str],
    *,
    year: int,
    month: int,
    heating: Floats | None = None,
) -> Floats:
    """Return the share of the year's emission in each hour of a month, in UTC.

    Parameters
    ----------
    profiles : Profiles
        The facts.
    sectors, regions, sides : list of str
        As for `month_parts`.
    year, month : int
        The month.
    heating : numpy.ndarray of float, shape (regions, days of the year), optional
        As for `month_parts`; also spreads the month's heating over its days.

    Returns
    -------
    numpy.ndarray of float, shape (sectors, regions, hours of the month)
        Sums to the month's share over its hours.

    Raises
    ------
    DataError
        If a region has no time zone.
    """
    whole = month_parts(profiles, sectors, regions, sides, heating, year)[:, :, month - 1]
    start = dt.datetime(year, month, 1, tzinfo=dt.UTC)
    end = dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)
    hours = [start + dt.timedelta(hours=step) for step in range((end - start).days * 24)]
    yearday = np.array([moment.timetuple().tm_yday - 1 for moment in hours])
    parts = np.empty((len(sectors), len(regions), len(hours)))
    for column, (side, region) in enumerate(zip(sides, regions, strict=True)):
        if region not in profiles.zones:
            raise DataError(
                [Problem(f"no time zone of {region!r}", "a row in time_zones", column="region")]
            )
        zone = ZoneInfo(profiles.zones[region])
        local = [moment.astimezone(zone) for moment in hours]
        weekday = np.array([moment.weekday() for moment in local])
        hour = np.array([moment.hour for moment in local])
        for row, nfr in enumerate(sectors):
            weight = (
                profiles.shares("weekday", side, region, nfr)[weekday]
                * profiles.shares("hour", side, region, nfr)[hour]
            )
            if heating is not None and profiles.heats(side, region, nfr):
                weight = weight * heating[column][yearday]
            parts[row, column] = whole[row, column] * weight / weight.sum()
    return parts


def _months(year: int) -> NDArray[np.int64]:
    """Return the month, from 0, of each day of a year."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    return days.month.to_numpy().astype(np.int64) - 1


def _require_year(year: int | None) -> int:
    if year is None:
        raise TypeError("heating needs the year its days belong to")
    return year
