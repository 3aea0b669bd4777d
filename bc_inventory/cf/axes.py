"""Which variables are latitude, longitude and time, and where the cells of an axis end.

Axes are known by what the CF conventions say of them (1.11, sections 4.1, 4.2 and 7.1):
standard name, units, `axis`; a name counts where these are silent. Bounds give the cells
wherever they are stated; without them the edges lie halfway between the centres.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LATITUDE", "LONGITUDE", "edges_from_bounds", "find_axis", "unwrapped"]

LATITUDE, LONGITUDE = "latitude", "longitude"
_TURN = 360.0
_DEGREES = {
    LATITUDE: {"north", "n"},
    LONGITUDE: {"east", "e"},
}
_NAMES = {
    LATITUDE: ("lat", "latitude", "nav_lat", "ylat"),
    LONGITUDE: ("lon", "longitude", "long", "nav_lon", "xlon"),
    "time": ("time", "valid_time", "date"),
}
_LETTER = {LATITUDE: "Y", LONGITUDE: "X", "time": "T"}
# Coordinates stored in single precision are off by up to 1e-5 degree.
_CLOSE = 1e-4


def find_axis(which: str, attributes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the name of an axis among variables.

    Parameters
    ----------
    which : {"latitude", "longitude", "time"}
        The axis.
    attributes : mapping of str to mapping
        Attributes of each candidate, by its name.

    Returns
    -------
    str or None
        The variable whose standard name, units or name say so, in this order; None if there
        is none.

    Examples
    --------
    >>> find_axis("latitude", {"y": {"units": "degrees_north"}, "x": {"units": "degrees_east"}})
    'y'
    """
    tests = (
        lambda name, attributes_of: str(attributes_of.get("standard_name", "")).lower() == which,
        lambda name, attributes_of: _in_degrees(which, str(attributes_of.get("units", ""))),
        lambda name, attributes_of: (
            which == "time" and " since " in str(attributes_of.get("units", "")).lower()
        ),
        lambda name, attributes_of: name.lower() in _NAMES[which],
        lambda name, attributes_of: str(attributes_of.get("axis", "")).upper() == _LETTER[which],
    )
    for test in tests:
        for name, attributes_of in attributes.items():
            if test(name, attributes_of):
                return name
    return None


def _in_degrees(which: str, units: str) -> bool:
    """Tell whether units are `degrees_north` in one of its spellings, or `degrees_east`."""
    word = units.strip().lower().replace(" ", "_")
    head, _, tail = word.partition("_")
    if head in {"degree", "degrees"}:
        return tail in _DEGREES.get(which, ())
    return word in {f"degree{letter}" for letter in _DEGREES.get(which, ())} | {
        f"degrees{letter}" for letter in _DEGREES.get(which, ())
    }


def unwrapped(longitude: NDArray[Any]) -> NDArray[np.float64]:
    """Return longitudes that run on over 180 or 360 degrees instead of falling back.

    Parameters
    ----------
    longitude : numpy.ndarray of float, shape (n,)
        In order along the axis.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The same meridians; steps between -180 and 180 degrees.

    Examples
    --------
    >>> unwrapped(np.array([178.0, 179.0, -180.0, -179.0])).tolist()
    [178.0, 179.0, 180.0, 181.0]
    """
    values = np.asarray(longitude, dtype=float)
    turns = np.cumsum(np.round(np.diff(values, prepend=values[:1]) / _TURN))
    return values - _TURN * turns


def edges_from_bounds(
    centres: NDArray[Any], bounds: NDArray[Any], which: str
) -> NDArray[np.float64]:
    """Return the edges of an axis from the bounds of its cells.

    Parameters
    ----------
    centres : numpy.ndarray of float, shape (n,)
        Rising.
    bounds : numpy.ndarray of float, shape (n, 2)
        Of each cell, in either order.
    which : {"latitude", "longitude"}
        Bounds of longitude may stand a turn away from their centre.

    Returns
    -------
    numpy.ndarray of float, shape (n + 1,)
        Rising.

    Raises
    ------
    ValueError
        If the bounds contradict the centres or leave gaps.

    Examples
    --------
    >>> bounds = np.array([[10.0, 11.0], [11.0, 12.0]])
    >>> edges_from_bounds(np.array([10.0, 11.0]), bounds, "latitude").tolist()
    [10.0, 11.0, 12.0]
    """
    centres = np.asarray(centres, dtype=float)
    pairs = np.asarray(bounds, dtype=float)
    if pairs.shape != (len(centres), 2) or not np.isfinite(pairs).all():
        raise ValueError(f"bounds of shape {pairs.shape} for {len(centres)} cells, or missing ones")
    if which == LONGITUDE:
        first = pairs[:, :1] - _TURN * np.round((pairs[:, :1] - centres[:, None]) / _TURN)
        width = pairs[:, 1:] - pairs[:, :1]
        width = width - _TURN * np.round(width / _TURN) * (np.abs(width) > _TURN / 2) * (
            len(centres) > 1
        )
        pairs = np.hstack([first, first + width])
    pairs = np.sort(pairs, axis=1)
    if (pairs[:, 0] - _CLOSE > centres).any() or (pairs[:, 1] + _CLOSE < centres).any():
        row = int(np.argmax((pairs[:, 0] - _CLOSE > centres) | (pairs[:, 1] + _CLOSE < centres)))
        raise ValueError(
            f"bounds {pairs[row, 0]:g} to {pairs[row, 1]:g} that don't hold their {which} "
            f"{centres[row]:g}"
        )
    if np.abs(pairs[1:, 0] - pairs[:-1, 1]).max(initial=0) > _CLOSE:
        raise ValueError(f"bounds of {which} that leave gaps or overlap")
    edges = np.append(pairs[:, 0], pairs[-1, 1])
    if (np.diff(edges) <= 0).any():
        raise ValueError(f"cells of {which} without width")
    return edges
