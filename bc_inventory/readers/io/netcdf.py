"""Open NetCDF from a file or a buffer, and read variables within limits."""

from __future__ import annotations

import datetime
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bc_inventory import units
from bc_inventory.cf.classic import header_fault
from bc_inventory.cf.values import decode
from bc_inventory.readers.io.source import Source

if TYPE_CHECKING:
    import netCDF4

__all__ = ["MAGIC", "array", "attribute", "is_netcdf", "opened", "texts", "times", "unit_of"]

MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n")
_USUAL = ("standard", "gregorian", "proleptic_gregorian")
_CLOCK = re.compile("(day|hour|minute|second|d|h|hr|min|sec|s)s?")
_FAR = 1e11  # seconds; some three thousand years
_GREGORIAN = np.datetime64("1582-10-15", "s")
_MOST_VALUES = 400_000_000
# HDF5 may pack its values, by deflate at most 1032 times; what fits here isn't asked.
_MOST_PACKED, _SMALL = 1_100, 8_000_000
# Bytes that reading texts may take beyond the size of the file.
_SPARE = 500_000_000


def is_netcdf(source: Source) -> bool:
    """Tell whether a file begins as NetCDF does."""
    return source.head.startswith(MAGIC)


@contextmanager
def opened(source: Source) -> Iterator[netCDF4.Dataset]:
    """Open a NetCDF file for reading.

    Raises
    ------
    DataError
        If it isn't whole NetCDF.
    """
    import netCDF4

    with source.stream() as stream:
        fault = header_fault(stream, source.size)
    if fault:
        raise source.refuse(
            fault, "a whole NetCDF file", remedy="Its header is damaged; fetch it again."
        )
    try:
        if source.path is not None:
            file = netCDF4.Dataset(str(source.path), "r")
        else:
            file = netCDF4.Dataset(source.name, "r", memory=source.content)
    except (OSError, ValueError, RuntimeError) as error:
        raise source.refuse(
            f"a file that isn't whole NetCDF ({str(error)[:100]})",
            "a complete NetCDF file",
            remedy="It may have been cut off; fetch it again.",
        ) from error
    with warnings.catch_warnings():
        # MERRA-2 gives limits that its own integers can't hold; they limit nothing.
        warnings.filterwarnings("ignore", message="WARNING: valid_")
        warnings.filterwarnings("ignore", message="invalid value encountered in cast")
        try:
            yield file
        except (OSError, RuntimeError, AttributeError, UnicodeDecodeError) as error:
            if isinstance(error, AttributeError) and "NetCDF" not in str(error):
                raise
            # What the library says of a damaged part it meets while reading.
            raise source.refuse(
                f"a part that can't be read ({str(error)[:100]})",
                "a complete NetCDF file",
                remedy="It is damaged; fetch it again.",
            ) from error
        finally:
            file.close()


def attribute(variable: Any, *names: str) -> Any:
    """Return the first of some attributes that a variable or file has, else None."""
    content = set(variable.ncattrs())
    return next((variable.getncattr(name) for name in names if name in content), None)


def unit_of(source: Source, variable: Any) -> str:
    """Return the unit of a variable, from `units` or, as some writers have it, `unit`.

    Raises
    ------
    DataError
        If it has neither.
    """
    unit = attribute(variable, "units", "unit")
    if unit is None:
        raise source.refuse("neither units nor unit", "a unit", column=str(variable.name))
    return str(unit).strip()


def array(source: Source, variable: Any, index: Any = slice(None)) -> np.ndarray:
    """Return values as floats, NaN where they are fill values.

    Parameters
    ----------
    source : Source
        For messages.
    variable : netCDF4.Variable
        Numeric variable.
    index : index
        Part that is read.

    Raises
    ------
    DataError
        If it is larger than memory should hold, or can't be read.
    """
    size = math.prod(int(n) for n in variable.shape)
    width = np.dtype(variable.dtype).itemsize if variable.dtype is not str else 1
    packed = str(variable.group().data_model).startswith("NETCDF4")
    most = max(source.size * _MOST_PACKED, _SMALL) if packed else source.size
    if size * width > most or (size > _MOST_VALUES and index == slice(None)):
        raise source.refuse(
            f"a claim of {size} values in a file of {source.size} bytes",
            f"no more than it can hold, and at most {_MOST_VALUES} read at once",
            column=variable.name,
        )
    variable.set_auto_maskandscale(False)
    try:
        content = variable[index]
    except (OSError, RuntimeError, IndexError, ValueError) as error:
        raise source.refuse(
            f"values that can't be read ({str(error)[:100]})", "numbers", column=variable.name
        ) from error
    try:
        attributes = {name: variable.getncattr(name) for name in variable.ncattrs()}
        return decode(np.asarray(content), attributes).astype(float)
    except ValueError as error:
        raise source.refuse(
            f"{error}", "attributes that agree with the variable", column=variable.name
        ) from error


def texts(source: Source, variable: Any) -> np.ndarray:
    """Return values of text as objects.

    HDF5 takes a text to be as long as the file claims and makes room for it before it looks,
    so the process may grow by little while it reads; only Linux can be told so.

    Raises
    ------
    DataError
        If they can't be read.
    """
    try:
        with _growing_by(source.size + _SPARE):
            return np.asarray(variable[...], dtype=object)
    except (OSError, RuntimeError, MemoryError) as error:
        raise source.refuse(
            f"texts that can't be read ({str(error)[:100]})",
            "texts that lie in the file",
            column=str(variable.name),
        ) from error


@contextmanager
def _growing_by(spare: int) -> Iterator[None]:
    """Hold this process to the memory it has and some more."""
    used = Path("/proc/self/statm")
    if not used.exists():
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    most = int(used.read_text("ascii").split()[0]) * resource.getpagesize() + spare
    if before[0] != resource.RLIM_INFINITY:
        most = min(most, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def times(source: Source, variable: Any, *, like: Any = None) -> np.ndarray:
    """Return the moments of a time variable, `datetime64[s]`.

    Parameters
    ----------
    source : Source
        For messages.
    variable : netCDF4.Variable
        Times, or their bounds.
    like : netCDF4.Variable, optional
        Variable whose units and calendar hold, where bounds have none of their own.

    Raises
    ------
    DataError
        If the units or calendar can't be read.

    Notes
    -----
    Days in floating point miss a second by a millionth, so moments are rounded. Dates of
    a calendar without 29 February are taken by their calendar date; a date that the usual
    calendar doesn't have (30 February) is refused.
    """
    import netCDF4

    clock = variable if like is None else like
    unit = str(attribute(clock, "units"))
    calendar = str(attribute(clock, "calendar") or "standard").lower()
    values = np.ravel(array(source, variable))
    try:
        if calendar in _USUAL:
            return _usual(values, unit)
        dates = netCDF4.num2date(values, unit, calendar=calendar, only_use_cftime_datetimes=True)
        half = datetime.timedelta(seconds=0.5)
        texts = [f"{(date + half).isoformat():s}"[:19] for date in np.ravel(np.asarray(dates))]
        return np.array(texts, dtype="datetime64[s]")
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise source.refuse(
            f"times that can't be read ({str(error)[:100]})",
            "units since a date",
            column=str(variable.name),
        ) from error


def _usual(values: np.ndarray, unit: str) -> np.ndarray:
    """Return moments of the usual calendar, without an object for each."""
    import netCDF4

    word = _CLOCK.fullmatch(unit.split(" ", 1)[0].lower())
    if word is None:
        raise ValueError(f"the unit {unit!r}")
    origin: Any = np.ravel(np.asarray(netCDF4.num2date([0], unit)))[0]
    steps = np.rint(values * units.factor(word[1], "s"))
    begin = np.datetime64(f"{origin.isoformat():s}"[:19], "s")
    if not np.isfinite(steps).all() or np.abs(steps).max(initial=0) > _FAR:
        raise ValueError("a time that is missing or thousands of years away")
    result = begin + steps.astype("timedelta64[s]")
    if len(result) and min(result.min(), begin) < _GREGORIAN:
        raise ValueError("a date before the calendar of today")
    return result
