"""From arrays to a CF dataset of a gridded field, checked on its axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bc_inventory.cf.axes import LATITUDE, LONGITUDE, find_axis, unwrapped
from bc_inventory.readers.io.netcdf import array
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Reading, Report

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Horizontal", "dataset", "field_reading", "horizontal", "latitudes", "longitudes"]

_AXIS_DIGITS = 9  # MERRA-2 stores latitude 0 as -5.9e-13


@dataclass(frozen=True)
class Horizontal:
    """Latitude and longitude of a file.

    Parameters
    ----------
    names : tuple of str
        The dimensions of latitude and of longitude.
    lat, lon : numpy.ndarray of float
        Degrees; longitudes run on where the file's fall back.
    """

    names: tuple[str, str]
    lat: np.ndarray
    lon: np.ndarray

    def values(self, source: Source, variable: Any) -> np.ndarray:
        """Return a variable's values with latitude and longitude last.

        Raises
        ------
        DataError
            If it doesn't lie along both.
        """
        dims = list(variable.dimensions)
        if not set(self.names) <= set(dims):
            raise source.refuse(
                f"dimensions {', '.join(dims)}", " and ".join(self.names), column=variable.name
            )
        values = array(source, variable)
        return np.moveaxis(values, [dims.index(name) for name in self.names], [-2, -1])


def horizontal(source: Source, file: Any) -> Horizontal:
    """Find latitude and longitude by what their attributes say, else by name.

    Parameters
    ----------
    source : Source
        For messages.
    file : netCDF4.Dataset
        The open file.

    Raises
    ------
    DataError
        If one is absent, or isn't an axis in order.
    """
    attributes = {
        name: {key: variable.getncattr(key) for key in variable.ncattrs()}
        for name, variable in file.variables.items()
        if variable.dimensions == (name,)
    }
    by_name = {which: find_axis(which, attributes) for which in (LATITUDE, LONGITUDE)}
    for which, name in by_name.items():
        if name is None:
            raise source.refuse(
                f"no axis of {which} among {', '.join(attributes) or 'no axes'}",
                f"a variable along itself with the units or standard name of {which}",
                column=which,
            )
    lat, lon = str(by_name[LATITUDE]), str(by_name[LONGITUDE])
    return Horizontal(
        (lat, lon),
        latitudes(source, array(source, file[lat])),
        longitudes(source, unwrapped(array(source, file[lon]))),
    )


def latitudes(source: Source, values: np.ndarray) -> np.ndarray:
    """Return latitudes, rounding errors removed.

    Raises
    ------
    DataError
        If one is outside -90 to 90, or they aren't in order.
    """
    return _axis(source, values, "latitude", 90.0)


def longitudes(source: Source, values: np.ndarray) -> np.ndarray:
    """Return longitudes, rounding errors removed; either convention stays as it is."""
    return _axis(source, values, "longitude", 540.0)


def _axis(source: Source, values: np.ndarray, name: str, most: float) -> np.ndarray:
    content = np.round(np.asarray(values, dtype=float), _AXIS_DIGITS) + 0.0
    steps = np.diff(content)
    if content.ndim != 1 or not len(content) or not np.isfinite(content).all():
        raise source.refuse(f"a {name} that isn't a row of numbers", "an axis", column=name)
    if np.abs(content).max() > most or not ((steps > 0).all() or (steps < 0).all()):
        raise source.refuse(
            f"a {name} from {content.min():g} to {content.max():g} that isn't in order",
            f"an axis within {most:g} degrees, rising or falling",
            column=name,
        )
    return content


def dataset(
    source: Source,
    fields: dict[str, tuple[np.ndarray, dict[str, Any]]],
    lat: np.ndarray,
    lon: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray] | None,
    *,
    model: str,
) -> xr.Dataset:
    """Return fields as a CF dataset.

    Parameters
    ----------
    source : Source
        Whose name and checksum the dataset carries.
    fields : dict
        Values of shape (time, lat, lon), or (lat, lon) without `bounds`, and attributes,
        by variable.
    lat, lon : numpy.ndarray of float
        Axes, degrees.
    bounds : tuple of numpy.ndarray of datetime64[s], or None
        Begin and end of each time.
    model : str
        What made the field, kept as the attribute `source`.

    Returns
    -------
    xarray.Dataset
        Latitude rising; `time` is the begin, `time_bnds` holds both.
    """
    import xarray as xr

    dims = ("lat", "lon") if bounds is None else ("time", "lat", "lon")
    result = xr.Dataset(
        {name: (dims, values, attributes) for name, (values, attributes) in fields.items()},
        coords={
            "lat": ("lat", lat, {"standard_name": "latitude", "units": "degrees_north"}),
            "lon": ("lon", lon, {"standard_name": "longitude", "units": "degrees_east"}),
        },
        attrs={"file": source.name, "file_sha256": source.sha256, "source": model},
    )
    if bounds is not None:
        stamps = [bound.astype("datetime64[ns]") for bound in bounds]
        result = result.assign_coords(
            time=("time", stamps[0], {"standard_name": "time", "bounds": "time_bnds"})
        )
        result["time_bnds"] = (("time", "bnds"), np.column_stack(stamps))
    return result.sortby("lat")


def field_reading(
    source: Source, format_name: str, data: xr.Dataset, notes: tuple[str, ...] = ()
) -> Reading:
    """Return a dataset with its report."""
    years: tuple[int, ...] = ()
    if "time" in data.coords:
        years = tuple(sorted(set(data["time"].dt.year.to_numpy().tolist())))
    names = [name for name in data.data_vars if name != "time_bnds"]
    report = Report(
        format=format_name,
        file=source.name,
        sha256=source.sha256,
        rows=int(sum(data[name].size for name in names)),
        years=years,
        species=tuple(sorted(map(str, names))),
        units=tuple(sorted({str(data[name].attrs.get("units", "")) for name in names})),
        notes=notes,
    )
    return Reading(data, report)
