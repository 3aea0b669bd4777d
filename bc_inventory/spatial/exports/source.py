"""Read a gridded emission file slice by slice, for the layouts others want."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.cf.labels import labels_of
from bc_inventory.errors import DataError, Problem
from bc_inventory.spatial.describe import EMISSION, FILL, TOTAL

__all__ = ["Source", "chosen_months", "open_source", "variable_name"]

_MONTHS = 12


@dataclass(frozen=True)
class Source:
    """An open file of `bc_inventory.spatial.netcdf.write_grid`.

    Parameters
    ----------
    file : netCDF4.Dataset
        The file.
    sectors, gnfr, names : list of str
        NFR code, GNFR aggregate and English name of each category.
    lat, lon : numpy.ndarray of float
        Centres in degrees.
    lat_bounds, lon_bounds, time_bounds : numpy.ndarray of float, shape (n, 2)
        Bounds; days since 1850-01-01 for time.
    """

    file: Any
    sectors: list[str]
    gnfr: list[str]
    names: list[str]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat_bounds: NDArray[np.float64]
    lon_bounds: NDArray[np.float64]
    time_bounds: NDArray[np.float64]

    def flux(self, sector: int, time: int) -> NDArray[np.float32]:
        """Return kg m-2 s-1 of a category and step, NaN where there is no figure."""
        return _plain(self.file[EMISSION][time, sector])

    def total(self, time: int) -> NDArray[np.float32]:
        """Return kg m-2 s-1 of all categories."""
        return _plain(self.file[TOTAL][time])


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a gridded emission file.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.

    Yields
    ------
    Source

    Raises
    ------
    DataError
        If it isn't such a file, or isn't whole.
    """
    import netCDF4

    try:
        file = netCDF4.Dataset(path)
    except OSError as error:
        raise _refuse(path, f"a file that can't be read ({error})") from error
    with file:
        if EMISSION not in file.variables or "codes" not in file["sector"].ncattrs():
            raise _refuse(path, f"variables {', '.join(sorted(file.variables)[:8])}")
        file.set_auto_maskandscale(False)
        about = {name: file["sector"].getncattr(name) for name in file["sector"].ncattrs()}
        yield Source(
            file,
            labels_of(about),
            labels_of(about, "gnfr"),
            labels_of(about, "sector_name"),
            *(np.asarray(file[name][:]) for name in ("lat", "lon")),
            *(np.asarray(file[name][:]) for name in ("lat_bnds", "lon_bnds", "time_bnds")),
        )


def chosen_months(source: Source, layout: str) -> None:
    """Refuse a file that isn't monthly over one year.

    Raises
    ------
    DataError
        If it has other steps.
    """
    steps = len(source.time_bounds)
    if steps != _MONTHS:
        raise DataError(
            [
                Problem(
                    f"{steps} time steps",
                    f"{_MONTHS} months for the layout {layout!r}",
                    remedy="Make the grid with --period month.",
                )
            ]
        )


def variable_name(code: str) -> str:
    """Return a category as a part of a variable's name.

    Examples
    --------
    >>> variable_name("1A3aii(i)")
    '1A3aii_i'
    """
    return code.replace("(", "_").replace(")", "")


def _plain(values: Any) -> NDArray[np.float32]:
    array = np.array(values, dtype=np.float32)
    array[array == FILL] = np.nan
    return array


def _refuse(path: Path, found: str) -> DataError:
    return DataError([Problem(found, "a whole file of gridded emissions", file=str(path))])
