"""CMIP5, CMIP6 and input4MIPs black carbon: emission, deposition, mixing ratio.

The same quantity has two standard names: CMIP5 wrote `black_carbon_dry_aerosol`, the table
now says `elemental_carbon_dry_aerosol_particles`; the old name is read and the new one
given. Sectors of input4MIPs stand in the attribute `ids` of the variable `sector`.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from bc_inventory.readers.gridded._field import field_reading, horizontal
from bc_inventory.readers.io.netcdf import array, attribute, is_netcdf, opened, times, unit_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "modern_name", "read", "sectors_of"]

NAME = "cmip_bc"
_OLD, _NEW = "black_carbon_dry_aerosol", "elemental_carbon_dry_aerosol_particles"
_VARIABLE = re.compile(r"emibc|drybc|wetbc|mmrbc|loadbc|BC_em_\w+|BC_openburning\w*")
_UNITS = {"kg m-2 s-1", "kg kg-1", "kg m-2", "1"}
_LEVELS = ("lev", "level", "plev")


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    try:
        with opened(source) as file:
            return any(_VARIABLE.fullmatch(name) for name in file.variables)
    except Exception:  # a detector doesn't raise: a damaged file simply isn't this
        return False


def modern_name(name: str) -> str:
    """Return a standard name with the alias for black carbon replaced.

    Examples
    --------
    >>> modern_name("mass_fraction_of_black_carbon_dry_aerosol_in_air")
    'mass_fraction_of_elemental_carbon_dry_aerosol_particles_in_air'
    """
    return name.replace(_OLD, _NEW) if f"{_OLD}_particles" not in name else name


def sectors_of(ids: str) -> dict[int, str]:
    """Return sector names by number from an `ids` attribute.

    Parameters
    ----------
    ids : str
        `0: Agriculture; 1: Energy; ...`.
    """
    mapping = {}
    for part in ids.split(";"):
        number, colon, name = part.partition(":")
        if colon and number.strip().isdigit():
            mapping[int(number)] = name.strip()
    return mapping


def read(origin: Source) -> Reading:
    """Read the black carbon variable of a file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.

    Returns
    -------
    Reading
        `data` is a dataset with the variable under its own name and unit, dimensions
        time, then sector or level where it has one, lat, lon; `sector` holds names.

    Raises
    ------
    DataError
        If there is no such variable, or its unit or axes can't be read.
    """
    import xarray as xr

    source = Source.of(origin)
    with opened(source) as file:
        name = next((n for n in file.variables if _VARIABLE.fullmatch(n)), None)
        if name is None:
            raise source.refuse("no BC variable", "emibc, mmrbc, BC_em_anthro ...")
        variable = file[name]
        unit = unit_of(source, variable)
        if unit not in _UNITS:
            raise source.refuse(f"unit {unit!r}", " or ".join(sorted(_UNITS)), column=name)
        surface = horizontal(source, file)
        values = surface.values(source, variable)
        others = tuple(name for name in variable.dimensions if name not in surface.names)
        axes = (*others, "lat", "lon")
        coords: dict[str, Any] = {"lat": ("lat", surface.lat), "lon": ("lon", surface.lon)}
        begin, end = _bounds(source, file)
        coords["time"] = ("time", begin.astype("datetime64[ns]"))
        coords |= _other_axes(source, file, axes)
        text = str(attribute(variable, "standard_name") or "")
        result = xr.Dataset(
            {
                name: (
                    axes,
                    values,
                    {
                        "units": unit,
                        "standard_name": modern_name(text),
                        "cell_methods": str(attribute(variable, "cell_methods") or ""),
                    },
                ),
                "time_bnds": (
                    ("time", "bnds"),
                    np.column_stack([begin, end]).astype("datetime64[ns]"),
                ),
            },
            coords=coords,
            attrs={"file": source.name, "file_sha256": source.sha256},
        ).sortby("lat")
    return field_reading(source, NAME, result)


def _bounds(source: Source, file: Any) -> tuple[np.ndarray, np.ndarray]:
    stamps = times(source, file["time"])
    named = str(attribute(file["time"], "bounds") or "time_bnds")
    if named not in file.variables:
        return stamps, stamps
    flat = times(source, file[named], like=file["time"])
    if len(flat) != 2 * len(stamps):
        raise source.refuse(f"{len(flat)} bounds", f"two for each of {len(stamps)}", column=named)
    return flat.reshape(-1, 2)[:, 0], flat.reshape(-1, 2)[:, 1]


def _other_axes(source: Source, file: Any, axes: tuple[str, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for axis in axes:
        if axis in {"time", "lat", "lon"}:
            continue
        if axis == "sector":
            names = sectors_of(str(attribute(file["sector"], "ids") or ""))
            numbers = array(source, file["sector"]).astype(int).tolist()
            missing = [number for number in numbers if number not in names]
            if missing:
                raise source.refuse(
                    f"sector {missing[0]} without a name", "names in sector:ids", column="sector"
                )
            fields["sector"] = ("sector", [names[number] for number in numbers])
        elif axis in _LEVELS and axis in file.variables:
            fields[axis] = (axis, array(source, file[axis]))
        else:
            raise source.refuse(f"a dimension {axis!r}", "time, sector, level, lat, lon")
    return fields


FORMAT = Format(
    name=NAME,
    kind="gridded",
    title="CMIP and input4MIPs black carbon",
    contract="field",
    looks_like=_looks_like,
    read=read,
)
