"""Read a user's raster file: NetCDF or GeoTIFF in WGS84."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.cf.dataset import opened_fields
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.regions import BASE
from bc_inventory.spatial.regrid import Axes, find_axes, regrid
from bc_inventory.spatial.vector import need, refuse

__all__ = ["RASTERS", "RasterRegions", "read_raster", "read_regions"]

_NETCDF = {".nc", ".nc4"}
RASTERS = _NETCDF | {".tif", ".tiff"}
_FLAGS = ("flag_values", "flag_meanings")
# The globe at half a minute has less than twice as many.
_MOST_CELLS = 500_000_000
_PER_DEGREE = round(1 / BASE.dlon)


@dataclass(frozen=True)
class RasterRegions:
    """Regions as cells of a raster, each cell wholly of one region or of none.

    Parameters
    ----------
    names : dict of float to str
        Code of the region of each value.
    values : numpy.ndarray of float, shape (ny, nx)
        Value of each cell; NaN where there is none.
    axes : Axes
        Edges of the cells.
    field : xarray.DataArray
        The same values with their coordinates.
    """

    names: dict[float, str]
    values: NDArray[np.float64]
    axes: Axes
    field: Any

    def cover(self) -> pd.DataFrame:
        """Return the share of each base cell that each region covers.

        Returns
        -------
        pandas.DataFrame
            Columns `region`, `j`, `i`, `fraction`, sorted.
        """
        west, east = self.axes.lon_edges[[0, -1]]
        south, north = self.axes.lat_edges[[0, -1]]
        if west < BASE.west or east > BASE.east:
            west, east = BASE.west, BASE.east
        low = [np.floor(edge * _PER_DEGREE) / _PER_DEGREE for edge in (west, south)]
        high = [np.ceil(edge * _PER_DEGREE) / _PER_DEGREE for edge in (east, north)]
        window = make_grid(
            BASE.dlon, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        )
        first_row = round((window.south - BASE.south) * _PER_DEGREE)
        first_column = round((window.west - BASE.west) * _PER_DEGREE)
        parts = []
        for value, name in sorted(self.names.items(), key=lambda item: item[1]):
            mine = (self.field == value).astype(float)
            share = regrid(mine, window, kind="flux").field.fillna(0.0).to_numpy()
            row, column = np.nonzero(share)
            parts.append(
                pd.DataFrame(
                    {
                        "region": name,
                        "j": first_row + row,
                        "i": first_column + column,
                        "fraction": np.minimum(share[row, column], 1.0),
                    }
                )
            )
        whole = pd.concat(parts)
        return whole.groupby(["region", "j", "i"], as_index=False, sort=True)["fraction"].sum()

    def region_of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[Any]:
        """Return the code of the region at each point, empty where there is none."""
        west = self.axes.lon_edges[0]
        column = np.searchsorted(self.axes.lon_edges, west + (lon - west) % 360, "right") - 1
        row = np.searchsorted(self.axes.lat_edges, lat, "right") - 1
        rows, columns = self.values.shape
        inside = (row >= 0) & (row < rows) & (column < columns)
        codes = np.full(len(lon), "", dtype=object)
        values = self.values[row[inside], column[inside]]
        codes[inside] = [self.names.get(value, "") for value in values]
        return codes


def read_raster(path: Path, name: str | None) -> Any:
    """Read a field of a NetCDF file or a band of a GeoTIFF.

    Parameters
    ----------
    path : Path
        The file, in WGS84.
    name : str, optional
        Variable or number of the band; may be left out where there is only one.

    Returns
    -------
    xarray.DataArray, dims (lat, lon)
        NaN where there is no value, with the attributes of the file.

    Raises
    ------
    DataError
        If it can't be read, isn't in WGS84 or has no such field.
    """
    return (_netcdf if path.suffix.lower() in _NETCDF else _geotiff)(path, name)


def read_regions(path: Path, name: str | None) -> RasterRegions:
    """Read regions from a raster whose values are flags (CF conventions, section 3.5).

    Parameters
    ----------
    path : Path
        NetCDF or GeoTIFF.
    name : str, optional
        See `read_raster`. The variable, or the metadata of the band, has
        `flag_values` and, in their order, the regions' codes in `flag_meanings`.

    Returns
    -------
    RasterRegions

    Raises
    ------
    DataError
        If there are no flags, or a cell has a value without one.
    """
    field = read_raster(path, name)
    file, flags = str(path), [field.attrs.get(flag) for flag in _FLAGS]
    if any(flag is None for flag in flags):
        raise refuse(
            file,
            f"a raster without {' and '.join(_FLAGS)}",
            "the values and, in their order, the codes of their regions (CF conventions, 3.5)",
        )
    text = flags[0].strip("{}").replace(",", " ").split() if isinstance(flags[0], str) else flags[0]
    try:
        numbers = np.atleast_1d(np.asarray(text, dtype=float))
    except ValueError as error:
        raise refuse(file, f"the flag_values {flags[0]!r}", "numbers") from error
    names = str(flags[1]).split()
    if len(numbers) != len(names):
        raise refuse(file, f"{len(numbers)} flag_values, {len(names)} flag_meanings", "as many")
    axes, ordered = find_axes(field)
    values = ordered.to_numpy().astype(float)
    known = dict(zip(numbers.tolist(), names, strict=True))
    strange = sorted(set(np.unique(values[np.isfinite(values)]).tolist()) - set(known))
    if strange:
        raise refuse(
            file,
            f"cells with the value {strange[0]:g}, which isn't among the flag_values",
            f"one of {', '.join(f'{value:g}' for value in known)}, or no value",
        )
    return RasterRegions(known, values, axes, ordered)


def _netcdf(path: Path, name: str | None) -> Any:
    try:
        with opened_fields(path) as data:
            two = [n for n, v in data.data_vars.items() if v.squeeze(drop=True).ndim == 2]
            chosen = name or (two[0] if len(two) == 1 else None)
            if chosen not in data.data_vars:
                raise refuse(str(path), f"the variable {chosen!r}", f"one of {two}")
            _require_size(str(path), data[chosen].size)
            return data[chosen].squeeze(drop=True).load()
    except (OSError, RuntimeError, ValueError) as error:
        raise refuse(str(path), f"a file that can't be read ({error})", "a whole NetCDF") from error


def _require_size(file: str, cells: int) -> None:
    """Refuse before memory is asked for what a small file may claim."""
    if cells > _MOST_CELLS:
        raise refuse(file, f"{cells} cells", f"at most {_MOST_CELLS}", "Cut it to its window.")


def _geotiff(path: Path, band: str | None) -> Any:
    import xarray as xr

    rasterio = need("rasterio")
    try:
        with rasterio.open(path.absolute(), driver="GTiff") as data:
            _require_size(str(path), data.width * data.height)
            if data.crs is None or data.crs.to_epsg() != 4326:
                raise refuse(
                    str(path),
                    f"the coordinate reference system {data.crs}",
                    "WGS84 (EPSG:4326)",
                    "Reproject it first, for instance with gdalwarp -t_srs EPSG:4326.",
                )
            number = band or "1"
            if number not in map(str, data.indexes):
                raise refuse(str(path), f"the band {band!r}", f"one of {list(data.indexes)}")
            values = data.read(int(number), masked=True).astype(float).filled(np.nan)
            step, tags = data.transform, {**data.tags(), **data.tags(int(number))}
    except rasterio.errors.RasterioIOError as error:
        raise refuse(
            str(path), f"a file that can't be read ({error})", "a whole GeoTIFF"
        ) from error
    if step.b or step.d:
        raise refuse(str(path), "a field that is turned against the meridians", "north up")
    lat = step.f + step.e * (np.arange(values.shape[0]) + 0.5)
    lon = step.c + step.a * (np.arange(values.shape[1]) + 0.5)
    return xr.DataArray(values, dims=("lat", "lon"), coords={"lat": lat, "lon": lon}, attrs=tags)
