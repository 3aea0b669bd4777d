"""What the stored numbers of a NetCDF variable mean: missing, out of range, packed.

The order is that of the CF conventions (1.11, sections 2.5.1 and 8.1) and of the NetCDF
users' guide: codes of missing values are stored numbers, so they are compared before
anything is unpacked, after a cast to the variable's type, since most writers state them in
another one; limits hold for stored numbers, unless their type is that of the unpacked ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MEANING", "decode"]

_CODES = ("_FillValue", "missing_value", "fmissing_value")
_LIMITS = ("valid_min", "valid_max", "valid_range")
_PACKING = ("scale_factor", "add_offset")
MEANING = (*_CODES, *_LIMITS, *_PACKING, "_Unsigned")
"""Attributes that say what stored numbers mean, and nothing once they are decoded."""

# What the library writes where nothing was written, by type (netcdf.h).
_DEFAULT_FILL = {
    "i2": -32767,
    "u2": 65535,
    "i4": -2147483647,
    "u4": 4294967295,
    "i8": -9223372036854775806,
    "u8": 18446744073709551614,
    "f4": 9.969209968386869e36,
    "f8": 9.969209968386869e36,
}


def decode(stored: NDArray[Any], attributes: Mapping[str, Any]) -> NDArray[np.floating[Any]]:
    """Return what stored numbers mean, NaN where they are missing or out of range.

    Parameters
    ----------
    stored : numpy.ndarray of a numeric type
        As the file holds them.
    attributes : mapping
        Of the variable: `_FillValue`, `missing_value` (one or several), `valid_min`,
        `valid_max`, `valid_range`, `scale_factor`, `add_offset`, `_Unsigned`.

    Returns
    -------
    numpy.ndarray of float
        Of the same shape; single precision stays single.

    Raises
    ------
    ValueError
        If a limit or a packing attribute isn't a number, a scale is zero, or the limits leave
        nothing.

    Examples
    --------
    >>> decode(np.array([1, 2, -99], "i2"), {"missing_value": -99.0, "scale_factor": 0.5})
    array([0.5, 1. , nan])
    """
    if str(attributes.get("_Unsigned", "")).lower() == "true" and stored.dtype.kind == "i":
        stored = stored.view(stored.dtype.str.replace("i", "u"))
    scale, offset = (
        _number(attributes, name, neutral)
        for name, neutral in zip(_PACKING, (1.0, 0.0), strict=True)
    )
    if scale == 0 or not np.isfinite((scale, offset)).all():
        raise ValueError(f"scale_factor {scale:g} and add_offset {offset:g}")
    absent = np.zeros(stored.shape, dtype=bool)
    unpacked_codes = []
    for code in _codes(attributes, stored.dtype):
        with np.errstate(over="ignore", invalid="ignore"):
            cast = np.asarray(code).astype(stored.dtype)
        if stored.dtype.kind == "f" or cast == code:
            absent |= stored == cast
        else:
            # A code that the type can't hold was meant for the unpacked values.
            unpacked_codes.append(float(code))
    lower, upper, unpacked_limits = _limits(attributes, stored.dtype)
    if not unpacked_limits:
        absent |= (stored < lower) | (stored > upper)
    single = stored.dtype.kind == "f" and stored.dtype.itemsize <= 4 and (scale, offset) == (1, 0)
    values: NDArray[Any] = stored.astype(np.float32 if single else np.float64)
    if (scale, offset) != (1, 0):
        values = values * scale + offset
    if unpacked_limits:
        absent |= (values < lower) | (values > upper)
    for number in unpacked_codes:
        absent |= values == number
    values[absent] = np.nan
    return values


def _codes(attributes: Mapping[str, Any], dtype: np.dtype[Any]) -> list[Any]:
    """Return the codes of missing values; the library's own where no other is stated."""
    codes: list[Any] = []
    for name in _CODES:
        if name not in attributes:
            continue
        for code in np.atleast_1d(np.asarray(attributes[name])).ravel():
            try:
                codes.append(code if np.issubdtype(type(code), np.number) else float(code))
            except ValueError:
                continue  # a text such as "NaN or none" says nothing of a number
    if "_FillValue" not in attributes:
        codes += [_DEFAULT_FILL[kind] for kind in [dtype.str[1:]] if kind in _DEFAULT_FILL]
    return [code for code in codes if not np.isnan(code)]


def _limits(
    attributes: Mapping[str, Any], dtype: np.dtype[Any]
) -> tuple[np.float64, np.float64, bool]:
    """Return the limits, and whether they hold for unpacked values."""
    bounds = [-np.inf, np.inf]
    kinds = []
    for name in _LIMITS:
        if name not in attributes:
            continue
        limit = np.atleast_1d(np.asarray(attributes[name]))
        kinds.append(limit.dtype)
        if limit.dtype.kind not in "iuf" or len(limit) != (2 if name == "valid_range" else 1):
            raise ValueError(f"{name} {attributes[name]!r}")
        pair = limit if len(limit) == 2 else [limit[0], np.inf]
        if name == "valid_max":
            pair = [-np.inf, limit[0]]
        # A limit given as double for single numbers is the single nearest to it.
        low, high = (
            np.float64(np.asarray(part).astype(dtype)) if dtype.kind == "f" else np.float64(part)
            for part in pair
        )
        bounds = [max(bounds[0], low), min(bounds[1], high)]
    if bounds[0] > bounds[1]:
        raise ValueError(f"limits {bounds[0]:g} to {bounds[1]:g}, between which nothing lies")
    packing = [np.asarray(attributes[name]).dtype for name in _PACKING if name in attributes]
    unpacked = bool(packing) and dtype.kind in "iu" and all(kind.kind == "f" for kind in kinds)
    return np.float64(bounds[0]), np.float64(bounds[1]), unpacked and bool(kinds)


def _number(attributes: Mapping[str, Any], name: str, neutral: float) -> float:
    if name not in attributes:
        return neutral
    number = np.asarray(attributes[name]).ravel()
    try:
        return float(number[0])
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{name} {attributes[name]!r}") from error
