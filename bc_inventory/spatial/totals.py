"""Read a gridded emission file back: totals of regions, mass and density of cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.cf.labels import with_labels
from bc_inventory.errors import DataError, Problem
from bc_inventory.spatial.calendar import seconds
from bc_inventory.spatial.cells import Floats, Grid, make_grid
from bc_inventory.spatial.describe import EMISSION, TOTAL
from bc_inventory.spatial.netcdf import ledger_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["density_of", "mass_of", "region_totals"]


def region_totals(path: Path) -> pd.DataFrame:
    """Sum a gridded file back to regions and categories.

    Parameters
    ----------
    path : Path
        A file of `write_grid`, its ledger next to it.

    Returns
    -------
    pandas.DataFrame
        Columns `side`, `region`, `nfr`, `gnfr`, `time` (step from 0) and
        `emission_kt`: the flux of cells that belong to one region alone, times
        their area and the seconds of the step, plus the region's part of the
        cells that belong to several. Categories for which a region has no
        figure are left out.
    """
    import xarray as xr

    rows = []
    with (
        xr.open_dataset(path, decode_times=False) as fields,
        xr.open_dataset(ledger_of(path), decode_times=False) as ledger,
    ):
        data = with_labels(fields)
        names, sides = ledger["region"].to_numpy(), ledger["side"].to_numpy()
        index = ledger["region_index"].fillna(-1).to_numpy().astype(int).ravel()
        alone = index >= 0
        border = ledger["border_region"].to_numpy().astype(int)
        area = data["cell_area"].to_numpy().ravel()[alone]
        reported = np.isfinite(ledger["region_total"].to_numpy())
        for step, length in enumerate(seconds(data["time_bnds"].to_numpy())):
            for row, nfr in enumerate(data["sector"].to_numpy()):
                flux = data[EMISSION][step, row].to_numpy().ravel()[alone].astype(float)
                shared = ledger["border_emission"][step, row].to_numpy().astype(float)
                mass = np.bincount(
                    index[alone], np.nan_to_num(flux) * area * length, minlength=len(names)
                ) + np.bincount(border, np.nan_to_num(shared), minlength=len(names))
                gnfr = data["gnfr"].to_numpy()[row]
                rows += [
                    (
                        sides[position],
                        names[position],
                        nfr,
                        gnfr,
                        step,
                        mass[position] * units.factor("kg", "kt"),
                    )
                    for position in np.flatnonzero(reported[row])
                ]
    columns = ["side", "region", "nfr", "gnfr", "time", "emission_kt"]
    return pd.DataFrame(rows, columns=columns)


def mass_of(path: Path) -> tuple[Grid, Floats]:
    """Return the grid of an emission file and the year's mass in its cells.

    Parameters
    ----------
    path : Path
        As `bc_inventory.spatial.netcdf.write_grid` makes it.

    Returns
    -------
    grid : Grid
    mass : numpy.ndarray, shape (rows, columns)
        kg, all sectors and time steps; NaN where the file has no figure.

    Raises
    ------
    DataError
        If the file can't be read as such.
    """
    import xarray as xr

    try:
        with xr.open_dataset(path, decode_times=False) as data:
            grid = _read_grid(data)
            flux = data[TOTAL].transpose("time", "lat", "lon")
            per_second = units.factor(str(flux.attrs.get("units", "")), "kg m-2 s-1")
            mass = np.zeros(grid.shape)
            for step, length in enumerate(seconds(data["time_bnds"].to_numpy())):
                mass += flux[step].to_numpy().astype(float) * length
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            [
                Problem(
                    f"a file that can't be read as gridded emissions ({error})",
                    "a grid_<year>.nc of a release",
                    str(path),
                )
            ]
        ) from error
    return grid, mass * per_second * grid.area()


def density_of(path: Path) -> xr.DataArray:
    """Return the emission per area and year of a grid file.

    Parameters
    ----------
    path : Path
        As `bc_inventory.spatial.netcdf.write_grid` makes it.

    Returns
    -------
    xarray.DataArray, dims (lat, lon)
        t km-2 of all sectors; NaN where the file has no figure.
    """
    import xarray as xr

    grid, kg = mass_of(path)
    values = units.convert(kg / grid.area(), "kg/m2", "t/km2")
    return xr.DataArray(values, dims=("lat", "lon"), coords={"lat": grid.lat, "lon": grid.lon})


def _read_grid(data: xr.Dataset) -> Grid:
    lat, lon = data["lat_bnds"].to_numpy(), data["lon_bnds"].to_numpy()
    step = (round(float(lon[0, 1] - lon[0, 0]), 9), round(float(lat[0, 1] - lat[0, 0]), 9))
    corners = (lon[0, 0], lat[0, 0], lon[-1, 1], lat[-1, 1])
    west, south, east, north = (round(float(corner), 9) for corner in corners)
    return make_grid(step, (west, south, east, north))
