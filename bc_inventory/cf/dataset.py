"""Open the fields of a NetCDF file: values decoded, bounds at hand, lazily."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bc_inventory.cf.classic import header_fault
from bc_inventory.cf.values import MEANING, decode
from bc_inventory.errors import DataError, Problem

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["opened_fields"]


@contextlib.contextmanager
def opened_fields(path: Path, *, times: bool = False) -> Iterator[xr.Dataset]:
    """Open a NetCDF file of fields.

    Parameters
    ----------
    path : Path
        The file; only the NetCDF library opens it.
    times : bool
        Whether times become dates; otherwise they stay the numbers of the file.

    Yields
    ------
    xarray.Dataset
        Numbers decoded as `bc_inventory.cf.values.decode` does, read when they are used.
        Bounds of an axis `lat` stand in the coordinates `lat_lower_bound` and
        `lat_upper_bound` along it, since a field keeps those.

    Raises
    ------
    DataError
        If it can't be read, or an attribute contradicts itself.
    """
    import xarray as xr

    _check_header(path)
    try:
        stored = xr.open_dataset(
            path,
            engine="netcdf4",
            chunks={},
            mask_and_scale=False,
            decode_times=False,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _refuse(path, f"a file that can't be read ({error})", "a whole NetCDF") from error
    with stored:
        decoded = stored.copy()
        for name, variable in stored.variables.items():
            if variable.dtype.kind in "iuf":
                decoded[name] = _decoded(path, str(name), variable)
        if times:
            try:
                decoded = xr.decode_cf(decoded, mask_and_scale=False, decode_coords=False)
            except (ValueError, OverflowError, TypeError) as error:
                raise _refuse(
                    path,
                    f"times that can't be read ({str(error)[:120]})",
                    "units since a date",
                    "time",
                ) from error
        yield decoded.assign_coords(_cell_bounds(path, decoded))


def _check_header(path: Path) -> None:
    """Refuse a header that would have the library make room for what isn't there."""
    try:
        with path.open("rb") as file:
            fault = header_fault(file, path.stat().st_size)
    except OSError as error:
        raise _refuse(path, f"a file that can't be read ({error})", "a whole NetCDF") from error
    if fault:
        remedy = "Its header is damaged; fetch it again."
        raise _refuse(path, fault, "a whole NetCDF file", remedy=remedy)


def _cell_bounds(path: Path, data: xr.Dataset) -> dict[str, xr.Variable]:
    """Return lower and upper bounds of each axis that states them, along the axis."""
    import xarray as xr

    limits: dict[str, xr.Variable] = {}
    for name, axis in data.variables.items():
        bounds = axis.attrs.get("bounds")
        if bounds is None or axis.ndim != 1 or bounds not in data.variables:
            continue
        pairs = data.variables[bounds]
        if pairs.dtype.kind != "f" or axis.dtype.kind != "f":
            continue  # bounds of times that became dates are used by nobody here
        if pairs.dims[:1] != axis.dims or pairs.shape != (axis.size, 2):
            raise _refuse(
                path,
                f"bounds of shape {pairs.shape}",
                f"({axis.size}, 2), along {name}",
                str(bounds),
            )
        values = np.asarray(pairs)
        for column, side in enumerate(("lower", "upper")):
            limits[f"{name}_{side}_bound"] = xr.Variable(axis.dims, values[:, column])
    return limits


def _decoded(path: Path, name: str, variable: xr.Variable) -> xr.Variable:
    import xarray as xr

    attributes = variable.attrs
    others = {key: value for key, value in attributes.items() if key not in MEANING}
    try:
        # A wrong attribute is found here, not at the first value that is used.
        kind = decode(np.zeros(0, variable.dtype), attributes).dtype
    except ValueError as error:
        raise _refuse(
            path, f"{error}", "attributes that agree with the variable (CF-1.11, 2.5.1)", name
        ) from error
    if not variable.chunks:
        return xr.Variable(variable.dims, decode(np.asarray(variable), attributes), others)
    values = variable.data.map_blocks(decode, attributes=dict(attributes), dtype=kind)
    return xr.Variable(variable.dims, values, others)


def _refuse(
    path: Path, found: str, expected: str, column: str | None = None, remedy: str | None = None
) -> DataError:
    return DataError([Problem(found, expected, file=str(path), column=column, remedy=remedy)])
