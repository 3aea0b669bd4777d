"""Heating by degree days, from a temperature field.

The share of a day in the year's heating is w = (1 - f) HDD / mean(HDD) + f over
the number of days, with HDD = reference - T on days colder than the threshold
and f the share that doesn't depend on the weather, such as hot water
(emiproc, emiproc/profiles/hdd.py). T is the mean over the people of a region.
"""

from __future__ import annotations

import calendar
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.cf.dataset import opened_fields
from bc_inventory.errors import DataError, Problem, Problems
from bc_inventory.spatial.regions import BASE
from bc_inventory.spatial.regrid import find_axes

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["degree_day_shares", "heating_days", "open_temperature", "region_temperatures"]

Floats = NDArray[np.float64]
_ZERO_CELSIUS = 273.15
_DIMENSIONS = 3
_KELVIN = ("K", "kelvin", "degK", "degrees_K", "degree_Kelvin", "kelvins")
_CELSIUS = ("degC", "celsius", "C", "degrees_C", "degree_C", "degrees_Celsius", "degree_Celsius")
# No daily mean near the ground was ever outside; a wrong unit nearly always is.
_PLAUSIBLE = (-80.0, 60.0)


@contextlib.contextmanager
def open_temperature(path: Path) -> Iterator[xr.DataArray]:
    """Open the temperature field of a NetCDF file.

    Parameters
    ----------
    path : Path
        A file with one variable along time, latitude and longitude.

    Yields
    ------
    xarray.DataArray
        Read day by day as it is used.

    Raises
    ------
    DataError
        If it can't be read, or doesn't hold just one such variable.
    """
    with opened_fields(path, times=True) as data:
        wanted = [name for name, variable in data.data_vars.items() if variable.ndim == _DIMENSIONS]
        if len(wanted) != 1:
            problem = Problem(
                f"variables along time, latitude and longitude: {wanted}", "just one", str(path)
            )
            raise DataError([problem])
        yield data[wanted[0]]


def degree_day_shares(temperature: Floats, parameters: dict[str, float]) -> Floats:
    """Return the share of each day in the year's heating.

    Parameters
    ----------
    temperature : numpy.ndarray of float, shape (..., days)
        Daily means of one year in degree Celsius.
    parameters : dict of str to float
        `threshold` and `reference` in degree Celsius, `constant_share`
        dimensionless.

    Returns
    -------
    numpy.ndarray of float, shape (..., days)
        Sums to one over the days; even where no day is cold enough.
    """
    days = temperature.shape[-1]
    cold = temperature < parameters["threshold"]
    degree = np.where(cold, parameters["reference"] - temperature, 0.0)
    total = degree.sum(axis=-1, keepdims=True)
    fixed = np.where(total > 0, parameters["constant_share"], 1.0)
    return (1 - fixed) * degree / np.where(total > 0, total, 1.0) + fixed / days


def heating_days(
    field: xr.DataArray,
    cells: pd.DataFrame,
    regions: list[str],
    year: int,
    parameters: dict[str, float],
) -> Floats:
    """Return the share of each day in the year's heating by region.

    Parameters
    ----------
    field : xarray.DataArray, dims (time, lat, lon)
        Daily mean temperature near the ground with `units` K or degC.
    cells : pandas.DataFrame
        As `read_cells` returns it.
    regions : list of str
        Regions wanted.
    year : int
        Calendar year.
    parameters : dict of str to float
        See `degree_day_shares`.

    Returns
    -------
    numpy.ndarray of float, shape (regions, days)

    Raises
    ------
    DataError
        As `region_temperatures`.
    """
    return degree_day_shares(region_temperatures(field, cells, regions, year), parameters)


def region_temperatures(
    field: xr.DataArray, cells: pd.DataFrame, regions: list[str], year: int
) -> Floats:
    """Return daily mean temperatures over the people of each region.

    Parameters
    ----------
    field, cells, regions, year
        As for `heating_days`.

    Returns
    -------
    numpy.ndarray of float, shape (regions, days)
        Degree Celsius. Cells take the value of the field's cell their centre
        lies in; cells without one are left out.

    Raises
    ------
    DataError
        If the unit isn't K or degC, a day of the year is missing or stands
        twice, a region has no value on some day, or a value isn't a temperature.
    """
    zero = _zero(str(field.attrs.get("units", "")))
    axes, ordered = find_axes(field)
    ordered = _days(ordered, year)
    rows, columns = _locate(cells, axes.lat_edges, axes.lon_edges)
    people = (cells["pop_urban"] + cells["pop_rural"]).to_numpy(dtype=float)
    code = pd.Index(regions).get_indexer(pd.Index(cells["region"]))
    inside = (rows >= 0) & (columns >= 0) & (code >= 0) & (people > 0)
    rows, columns, code, people = rows[inside], columns[inside], code[inside], people[inside]
    temperatures = np.full((len(regions), ordered.sizes["time"]), np.nan)
    for day in range(ordered.sizes["time"]):
        values = ordered[day].to_numpy().astype(float)[rows, columns] + zero
        known = np.isfinite(values)
        weight = np.bincount(code[known], people[known], minlength=len(regions))
        warmth = np.bincount(code[known], people[known] * values[known], minlength=len(regions))
        np.divide(warmth, weight, out=temperatures[:, day], where=weight > 0)
    _check(temperatures, regions)
    return temperatures


def _zero(unit: str) -> float:
    """Return what is added to a temperature for degree Celsius.

    A lone C is degree Celsius here, where nothing but a temperature can stand.
    """
    word = unit.strip().replace(" ", "_").lower()
    for zero, words in ((-_ZERO_CELSIUS, _KELVIN), (0.0, _CELSIUS)):
        if word in {name.lower() for name in words} or (not zero and word in {"°c", "℃"}):
            return zero
    expected = ", ".join((*_KELVIN, *_CELSIUS))
    raise _refuse(f"a temperature in {unit!r}", f"units of {expected}", "units")


def _days(field: xr.DataArray, year: int) -> xr.DataArray:
    if "time" not in field.dims:
        raise _refuse(
            f"a field with the dimensions {', '.join(map(str, field.dims))}",
            "daily values along 'time'",
            "time",
        )
    if "time" not in field.indexes:
        raise _refuse(
            "a dimension 'time' without times", "a coordinate with the date of each", "time"
        )
    dates = _dates(field.indexes["time"])
    wanted = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    here = field.isel(time=np.flatnonzero(dates.year == year)).transpose("time", "lat", "lon")
    dates_of_year = dates[dates.year == year]
    missing = wanted.difference(dates_of_year)
    if len(missing) or dates_of_year.has_duplicates or not dates_of_year.is_monotonic_increasing:
        length = 366 if calendar.isleap(year) else 365
        first = f", the first missing is {missing[0]:%Y-%m-%d}" if len(missing) else ""
        raise _refuse(
            f"{len(dates_of_year)} values in {year}{first}",
            f"{length} days, each once, in order",
            "time",
        )
    return here


def _dates(index: pd.Index) -> pd.DatetimeIndex:
    """Return days by their calendar date, whatever the calendar.

    Raises
    ------
    DataError
        If they aren't dates, or one isn't in the usual calendar (30 February).
    """
    try:
        if isinstance(index, pd.DatetimeIndex):
            return index.normalize()
        names = [f"{date.year:04d}-{date.month:02d}-{date.day:02d}" for date in index]
        return pd.DatetimeIndex(pd.to_datetime(names, format="%Y-%m-%d"))
    except (AttributeError, ValueError, TypeError) as error:
        raise _refuse(
            f"times that aren't dates of the usual calendar ({str(error)[:80]})",
            "daily values by date",
            "time",
        ) from error


def _locate(
    cells: pd.DataFrame, lat_edges: Floats, lon_edges: Floats
) -> tuple[NDArray[Any], NDArray[Any]]:
    lat, lon = BASE.lat[cells["j"].to_numpy()], BASE.lon[cells["i"].to_numpy()]
    turned = lon_edges[0] + np.mod(lon - lon_edges[0], 360.0)
    rows = np.searchsorted(lat_edges, lat, side="right") - 1
    columns = np.searchsorted(lon_edges, turned, side="right") - 1
    rows[rows >= len(lat_edges) - 1] = -1
    columns[columns >= len(lon_edges) - 1] = -1
    return rows, columns


def _check(means: Floats, regions: list[str]) -> None:
    problems = Problems()
    for region, values in zip(regions, means, strict=True):
        if np.isnan(values).any():
            problems.add(
                found=f"no temperature for the people of {region} on {np.isnan(values).sum()} days",
                expected="a field that covers every region",
                column="region",
            )
        elif values.min() < _PLAUSIBLE[0] or values.max() > _PLAUSIBLE[1]:
            problems.add(
                found=f"{values.min():.1f} to {values.max():.1f} degC in {region}",
                expected=f"daily means from {_PLAUSIBLE[0]:g} to {_PLAUSIBLE[1]:g} degC",
                column="units",
                remedy="Is the unit right?",
            )
    problems.raise_if_any()


def _refuse(found: str, expected: str, column: str) -> DataError:
    return DataError([Problem(found, expected, column=column)])
