"""Regrid the fields of a NetCDF file, slice by slice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bc_inventory import __version__
from bc_inventory.cf.axes import LATITUDE, LONGITUDE, find_axis
from bc_inventory.cf.dataset import opened_fields
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.spatial.atomic_files import atomic_file
from bc_inventory.spatial.cells import Earth, Grid
from bc_inventory.spatial.regrid import Kind, regrid

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["regrid_file"]

_ENCODING = {"zlib": True, "complevel": 1, "shuffle": True}


def regrid_file(
    path: Path,
    target: Path,
    grid: Grid,
    *,
    variables: Sequence[str] = (),
    kind: Kind | None = None,
    earth: Earth | None = None,
) -> xr.Dataset:
    """Regrid fields of a file and write them with the ledger of their mass.

    Parameters
    ----------
    path : Path
        NetCDF file.
    target : Path
        File to write; it appears only when it is whole.
    grid : Grid
        The wanted grid.
    variables : sequence of str
        Fields to take; by default all along latitude and longitude that say of
        which kind they are.
    kind : {"mass", "flux"}, optional
        What the fields are; by default their attribute `kind`.
    earth : {"wgs84", "sphere"}, optional
        Surface of the areas; by default that of `grid`.

    Returns
    -------
    xarray.Dataset
        For each field `source`, `target`, `outside` and `residual`, summed over
        its other dimensions, with their `units`.

    Raises
    ------
    DataError
        If the file can't be read, has no such field, or a field isn't of a
        known kind or on a regular grid.
    """
    import xarray as xr

    with opened_fields(path) as data:
        contents: dict[str, Any] = {}
        accounts: list[str] = []
        for name in _chosen(data, variables, kind, path):
            field = data[name]
            horizontal = _horizontal(field)
            whole = {dim: -1 if dim in horizontal else 1 for dim in field.dims}
            moved = regrid(field.chunk(whole), grid, kind=kind, earth=earth)
            contents[name] = moved.field.astype(np.float32)
            contents["covered_fraction"] = moved.covered_fraction.astype(np.float32)
            unit = _unit_of_sum(str(field.attrs.get("units", "")), moved.field.attrs["kind"])
            account = {
                f"{name}_{what}": entry.assign_attrs(units=unit)
                for what, entry in moved.ledger.items()
            }
            accounts += account
            contents |= account
        fields = xr.Dataset(contents)
        for label in fields.coords.values():
            label.load()
        _describe(fields, data, grid, path)
        encoding: dict[Any, Any] = {
            name: _ENCODING for name in fields.data_vars if "lat" in fields[name].dims
        }
        with atomic_file(target) as part:
            fields.to_netcdf(part, encoding=encoding, engine="netcdf4", format="NETCDF4")
    with xr.open_dataset(target, decode_times=False) as written:
        return written[accounts].sum(keep_attrs=True).compute()


def _unit_of_sum(unit: str, kind: Kind) -> str:
    """Return the unit of a sum over cells: a flux is per area, a mass isn't."""
    if kind == "mass" or not unit:
        return unit
    left = [part for part in unit.split() if part != "m-2"]
    return " ".join(left) if len(left) < len(unit.split()) else f"{unit} m2"


def _chosen(data: xr.Dataset, variables: Sequence[str], kind: Kind | None, path: Path) -> list[str]:
    fields = [
        str(name) for name, variable in data.data_vars.items() if None not in _horizontal(variable)
    ]
    for name in variables:
        if name not in fields:
            raise _refuse(
                path,
                f"no field {name!r}",
                f"one of {', '.join(fields) or 'none: nothing lies along latitude and longitude'}",
                suggest(name, fields),
            )
    chosen = [*variables] or [name for name in fields if "kind" in data[name].attrs]
    if not chosen:
        raise _refuse(
            path,
            f"fields that don't say what they are: {', '.join(fields) or 'none'}",
            "an attribute kind, 'mass' or 'flux'",
            None if kind is None else "Name the variables.",
        )
    return chosen


def _horizontal(field: xr.DataArray) -> tuple[str | None, str | None]:
    """Return the dimensions of latitude and longitude of a field, None where it lacks one."""
    axes = {str(name): field[name].attrs for name in field.dims if name in field.coords}
    return find_axis(LATITUDE, axes), find_axis(LONGITUDE, axes)


def _describe(fields: xr.Dataset, data: xr.Dataset, grid: Grid, path: Path) -> None:
    from bc_inventory.spatial.describe import VARIABLES

    for name in ("lat", "lon"):
        fields[name].attrs = {
            key: value for key, value in VARIABLES[name].attributes.items() if key != "bounds"
        }
    fields["cell_area"] = (("lat", "lon"), grid.area(), VARIABLES["cell_area"].attributes)
    fields["cell_area"].attrs.pop("grid_mapping", None)
    for variable in fields.variables.values():
        for absent in ("grid_mapping", "coordinates", "bounds"):
            variable.attrs.pop(absent, None)
            variable.encoding.pop(absent, None)
        variable.encoding = {
            key: value for key, value in variable.encoding.items() if key == "_FillValue"
        }
    past = str(data.attrs.get("history", ""))
    step = f"bc_inventory {__version__}: {path.name} regridded to {grid.dlon:g} x {grid.dlat:g}"
    fields.attrs = {
        "Conventions": "CF-1.11",
        "title": str(data.attrs.get("title", "")),
        "history": f"{past}; {step} degrees".lstrip("; "),
    }


def _refuse(path: Path, found: str, expected: str, remedy: str | None = None) -> DataError:
    return DataError([Problem(found, expected, file=str(path), remedy=remedy)])
