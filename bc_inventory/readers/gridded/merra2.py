"""MERRA-2 aerosol diagnostics (M2T1NXAER, M2TMNXAER): the black carbon of a granule.

Fill value 1e15; latitude 0 is stored as -5.9e-13; a monthly mean is stamped 00:30 on the
first day, and its real span is in the global attributes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bc_inventory import units
from bc_inventory.readers.gridded._field import dataset, field_reading, horizontal
from bc_inventory.readers.io.netcdf import attribute, is_netcdf, opened, times, unit_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "read"]

NAME = "merra2_aer"
# Variable of the granule -> ours, its unit in the file and the unit we give.
_FIELDS = {
    "BCSMASS": ("bc_concentration", "kg m-3", "ug m-3", "surface mass concentration"),
    "BCCMASS": ("bc_column", "kg m-2", "kg m-2", "column mass"),
    "BCEXTTAU": ("bc_extinction_aot", "1", "1", "extinction optical thickness, 550 nm"),
    "BCSCATAU": ("bc_scattering_aot", "1", "1", "scattering optical thickness, 550 nm"),
    "BCANGSTR": ("bc_angstrom", "1", "1", "Angstrom parameter, 470-870 nm"),
}


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    try:
        with opened(source) as file:
            return "MERRA2" in str(attribute(file, "LongName") or "") and any(
                name in file.variables for name in _FIELDS
            )
    except Exception:  # a detector doesn't raise: a damaged file simply isn't this
        return False


def read(origin: Source) -> Reading:
    """Read the black carbon variables of a granule.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.

    Returns
    -------
    Reading
        `data` is a dataset with those of bc_concentration (ug m-3), bc_column (kg m-2),
        bc_extinction_aot, bc_scattering_aot and bc_angstrom that the granule holds.

    Raises
    ------
    DataError
        If it holds none, or a unit isn't the documented one.
    """
    source = Source.of(origin)
    with opened(source) as file:
        names = [name for name in _FIELDS if name in file.variables]
        if not names:
            raise source.refuse("no BC variable", f"one of {', '.join(_FIELDS)}")
        axes = horizontal(source, file)
        fields: dict[str, tuple[np.ndarray, dict[str, Any]]] = {}
        for name in names:
            our_rows, unit, wanted, words = _FIELDS[name]
            details = unit_of(source, file[name])
            if details.replace(" ", "") != unit.replace(" ", ""):
                raise source.refuse(f"unit {details!r}", unit, column=name)
            factor = 1.0 if unit == wanted else units.factor(unit, wanted)
            attributes = {"units": wanted, "long_name": f"black carbon {words}"}
            fields[our_rows] = (axes.values(source, file[name]) * factor, attributes)
        lat, lon = axes.lat, axes.lon
        bounds = _bounds(source, file)
    result = dataset(source, fields, lat, lon, bounds, model="MERRA-2")
    return field_reading(source, NAME, result)


def _bounds(source: Source, file: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the span of each time: a month from the attributes, else the increment."""
    stamps = times(source, file["time"])
    increment = str(attribute(file["time"], "time_increment") or "")
    if "Monthly Mean" in str(attribute(file, "LongName") or ""):
        month = stamps.astype("datetime64[M]")
        return month.astype("datetime64[s]"), (month + 1).astype("datetime64[s]")
    if not increment.isdigit():
        raise source.refuse(f"time_increment {increment!r}", "hhmmss, such as 10000", column="time")
    number = int(increment)
    seconds = number // 10_000 * 3600 + number // 100 % 100 * 60 + number % 100
    half = np.timedelta64(seconds // 2, "s")  # a time average is stamped in its middle
    return stamps - half, stamps - half + np.timedelta64(seconds, "s")


FORMAT = Format(
    name=NAME,
    kind="gridded",
    title="MERRA-2 aerosol diagnostics (M2T1NXAER, M2TMNXAER)",
    contract="field",
    looks_like=_looks_like,
    read=read,
)
