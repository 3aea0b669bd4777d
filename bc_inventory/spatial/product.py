"""Make a gridded emission file from an emission table, as asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bc_inventory import __version__, schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import bounds_of
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.enumerations import Period
from bc_inventory.spatial.allocate import Allocation, allocate, select_emissions, spread
from bc_inventory.spatial.calendar import month_bounds, year_bounds
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.netcdf import write_grid
from bc_inventory.spatial.parallel import Compute
from bc_inventory.spatial.profiles import hour_parts, month_parts, read_profiles
from bc_inventory.spatial.proxy_shares import ProxyShares
from bc_inventory.spatial.tables import Tables, read_tables

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PERIODS", "Request", "make_product", "time_steps"]

# What a product may be resolved by.
PERIODS = (Period.YEAR, Period.MONTH, Period.HOUR)
Floats = NDArray[np.float64]
_HOURS_PER_DAY = 24


@dataclass(frozen=True)
class Request:
    """What a gridded file shall hold.

    Parameters
    ----------
    year : int
        Calendar year.
    resolution : float or (float, float)
        Width and height of a cell in degrees.
    window : str or (west, south, east, north)
        A name that `cells.make_grid` knows, or bounds in degrees; by default the smallest
        bounds that hold the domains of the emissions.
    factor_set : str
        Set of emission factors.
    period : {"year", "month", "hour"}
        Length of a time step; hours are those of one month, in UTC.
    month : int, optional
        The month of hourly steps.
    temperature : Path, optional
        NetCDF with daily mean temperatures of the year, for heating by degree days.
    significant_digits : int, optional
        Digits kept by bit rounding; by default fluxes are lossless.
    compute : Compute
        Where fields are computed.
    attributes : dict of str to str
        Global attributes that replace or add to the usual.
    """

    year: int
    resolution: float | tuple[float, float] = 0.25
    window: str | tuple[float, float, float, float] = ""
    factor_set: str = "harmonised"
    period: str = Period.YEAR
    month: int | None = None
    temperature: Path | None = None
    significant_digits: int | None = None
    compute: Compute = field(default_factory=Compute)
    attributes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise _refuse(f"the period {self.period!r}", "'year', 'month' or 'hour'")
        if (self.period == Period.HOUR) != (self.month is not None):
            raise _refuse(
                f"the period {self.period!r} with the month {self.month}",
                "a month where steps are hours, and only there",
            )
        if self.month is not None and not 1 <= self.month <= 12:
            raise _refuse(f"the month {self.month}", "1 to 12")
        if self.temperature is not None and self.period == Period.YEAR:
            raise _refuse("temperatures for a year's total", "the period 'month' or 'hour'")
        if self.significant_digits is not None and not 1 <= self.significant_digits <= 7:
            raise _refuse(f"{self.significant_digits} significant digits", "1 to 7")


def make_product(
    emissions: Path,
    target: Path,
    request: Request,
    *,
    tables: Tables | None = None,
    sectors: Path | None = None,
    shares: ProxyShares | None = None,
) -> Allocation:
    """Spread a year's emissions over a grid and write them.

    Parameters
    ----------
    emissions : Path
        Folder or file of the contract `emissions`.
    target : Path
        NetCDF file to write; it appears only when it is whole.
    request : Request
        What it shall hold.
    tables : Tables, optional
        Spatial facts; by default those embedded.
    sectors : Path, optional
        Table of categories; by default the embedded one.
    shares : ProxyShares, optional
        Of the request's grid, worked out before; by default they are made of `tables`.

    Returns
    -------
    Allocation
        Annual masses of regions in cells.

    Raises
    ------
    DataError
        If an input breaks its contract or doesn't cover what it must, or `shares`
        are those of another grid.
    """
    table = schema.read_parquet(emissions, "emissions")
    chosen = select_emissions(table, request.year, request.factor_set)
    facts = tables if tables is not None else read_tables()
    if not request.window:
        window = bounds_of(set(chosen["side"])) if shares is None else shares.pairs.grid.bounds
        request = replace(request, window=window)
    grid = make_grid(request.resolution, request.window)
    if shares is None:
        allocation = allocate(chosen, grid, facts)
    elif shares.pairs.grid == grid:
        allocation = spread(chosen, shares)
    else:
        raise _refuse(f"shares of the cells of {shares.pairs.grid}", f"those of {grid}")
    bounds, parts = time_steps(allocation, request, facts.cells)
    write_grid(
        allocation,
        target,
        bounds=bounds,
        parts=parts,
        names=_names(sectors if sectors is not None else data_root() / "sectors.csv"),
        attributes={
            "factor_set": request.factor_set,
            "history": _history(request),
            **request.attributes,
        },
        significant_digits=request.significant_digits,
        compute=request.compute,
    )
    return allocation


def time_steps(
    allocation: Allocation, request: Request, cells: pd.DataFrame
) -> tuple[Floats, Floats | None]:
    """Return bounds of the steps and the share of the year in each.

    Parameters
    ----------
    allocation : Allocation
        Its categories, regions and sides.
    request : Request
        Period, year and temperatures.
    cells : pandas.DataFrame
        As `read_cells` returns it.

    Returns
    -------
    bounds : numpy.ndarray of float, shape (times, 2)
        Days since 1850-01-01.
    parts : numpy.ndarray of float, shape (sectors, regions, times), or None
        None where the year is one step.

    Raises
    ------
    DataError
        If the temperatures can't be used or a region has no time zone.
    """
    if request.period == Period.YEAR:
        return year_bounds(request.year), None
    profiles = read_profiles()
    who = (
        allocation.sectors["nfr"].tolist(),
        list(allocation.pairs.names),
        list(allocation.sides),
    )
    heating = None
    if request.temperature is not None:
        from bc_inventory.spatial.heating import heating_days, open_temperature

        with open_temperature(request.temperature) as temperature:
            heating = heating_days(temperature, cells, who[1], request.year, profiles.degree_days)
    if request.month is None:
        parts = month_parts(profiles, *who, heating, request.year)
        return month_bounds(request.year), parts
    parts = hour_parts(profiles, *who, year=request.year, month=request.month, heating=heating)
    start, end = month_bounds(request.year)[request.month - 1]
    edges = start + np.arange(round((end - start) * _HOURS_PER_DAY) + 1) / _HOURS_PER_DAY
    return np.column_stack([edges[:-1], edges[1:]]), parts


def _names(path: Path) -> dict[str, tuple[str, str]]:
    """Return the English and the Chinese name of each category."""
    sectors = schema.read_csv(path, "sectors")
    chinese = sectors["name_zh"].fillna(sectors["name"])
    return dict(zip(sectors["nfr"], zip(sectors["name"], chinese, strict=True), strict=True))


def _history(request: Request) -> str:
    where = request.window if isinstance(request.window, str) else f"{request.window}"
    when = f"{request.year}" if request.month is None else f"{request.year}-{request.month:02d}"
    heated = "" if request.temperature is None else f", heating by {request.temperature.name}"
    return (
        f"bc_inventory {__version__}: {when} by {request.period}, {request.factor_set} factors, "
        f"{where} at {request.resolution} degrees{heated}"
    )


def _refuse(found: str, expected: str) -> DataError:
    return DataError([Problem(found, expected)])
