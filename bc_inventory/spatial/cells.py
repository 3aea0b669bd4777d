"""Regular longitude-latitude grids: edges, cell areas, where a point lies.

Edges are made from integers over one common denominator, so that the edge at
12.5 E is the same float in a 0.1 and in a 0.5 degree grid and nested cells
share their borders exactly. Cell areas are those of zones on the WGS84
ellipsoid in closed form (Snyder 1987, USGS Professional Paper 1395, eq. 3-12);
a sphere can be chosen to meet products that were made on one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import Bounds, bounds_of, domains, find

__all__ = ["Earth", "Grid", "make_grid", "zone"]

Earth = Literal["wgs84", "sphere"]
Floats = NDArray[np.float64]

_GLOBE: Bounds = (-180.0, -90.0, 180.0, 90.0)
# WGS84: NIMA TR8350.2. The sphere has the same surface as the ellipsoid.
_MAJOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)
_FULL_CIRCLE = 360


@dataclass(frozen=True)
class Grid:
    """A regular grid, its edges aligned to its lower left corner.

    Parameters
    ----------
    west, south : float
        Lower left corner in degrees.
    dlon, dlat : float
        Width and height of a cell in degrees.
    nx, ny : int
        Number of columns and rows.
    earth : {"wgs84", "sphere"}
        Surface on which areas are taken.
    """

    west: float
    south: float
    dlon: float
    dlat: float
    nx: int
    ny: int
    earth: Earth = "wgs84"

    @cached_property
    def lon_edges(self) -> Floats:
        """Edges in degrees east, shape (nx + 1,)."""
        return _edges(self.west, self.dlon, self.nx)

    @cached_property
    def lat_edges(self) -> Floats:
        """Edges in degrees north, shape (ny + 1,), ascending."""
        return _edges(self.south, self.dlat, self.ny)

    @cached_property
    def lon(self) -> Floats:
        """Centres in degrees east, shape (nx,)."""
        return _edges(self.west, self.dlon / 2, 2 * self.nx)[1::2]

    @cached_property
    def lat(self) -> Floats:
        """Centres in degrees north, shape (ny,)."""
        return _edges(self.south, self.dlat / 2, 2 * self.ny)[1::2]

    @cached_property
    def row_area(self) -> Floats:
        """Area of one cell of each row in m2, shape (ny,)."""
        width = np.deg2rad(float(Fraction(repr(self.dlon))))
        return width * np.diff(zone(self.lat_edges, self.earth))

    @property
    def east(self) -> float:
        """Right edge in degrees."""
        return float(self.lon_edges[-1])

    @property
    def north(self) -> float:
        """Upper edge in degrees."""
        return float(self.lat_edges[-1])

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in degrees."""
        return self.west, self.south, self.east, self.north

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.ny, self.nx

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.ny * self.nx

    def area(self) -> Floats:
        """Return cell areas in m2, shape (ny, nx)."""
        return np.repeat(self.row_area[:, None], self.nx, axis=1)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """Return the flat cell index of each point, -1 outside.

        Parameters
        ----------
        lon, lat : array-like of float, shape (n,)
            Degrees.

        Returns
        -------
        numpy.ndarray of int, shape (n,)
            `row * nx + column`. A point on an edge belongs to the cell east
            and north of it, and does so in every nested grid.
        """
        i = _position(np.asarray(lon, dtype=float), self.west, self.dlon)
        j = _position(np.asarray(lat, dtype=float), self.south, self.dlat)
        inside = (i >= 0) & (i < self.nx) & (j >= 0) & (j < self.ny)
        return np.where(inside, j * self.nx + i, -1)


def make_grid(
    resolution: float | tuple[float, float],
    window: str | Bounds = "all",
    *,
    earth: Earth = "wgs84",
) -> Grid:
    """Return the grid of a resolution over a window.

    Parameters
    ----------
    resolution : float or (float, float)
        Width and height of a cell in degrees.
    window : str or (west, south, east, north)
        A domain by its code or name, `all` of them, `global`, or bounds in degrees.
    earth : {"wgs84", "sphere"}
        Surface on which areas are taken.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        If the window is unknown, empty, crosses the date line, leaves the
        globe, or isn't a whole number of cells.

    Examples
    --------
    >>> make_grid(0.5, "EU").shape
    (90, 154)
    """
    west, south, east, north = (
        _bounds(window) if isinstance(window, str) else (float(bound) for bound in window)
    )
    dlon, dlat = (
        (float(resolution), float(resolution))
        if isinstance(resolution, int | float)
        else (float(resolution[0]), float(resolution[1]))
    )
    found = f"west {west:g}, south {south:g}, east {east:g}, north {north:g}"
    if not all(map(math.isfinite, (west, south, east, north, dlon, dlat))) or min(dlon, dlat) <= 0:
        raise _refuse(f"{found}, cells of {dlon:g} x {dlat:g}", "finite bounds and cells above 0")
    if not (-90 <= south < north <= 90):
        raise _refuse(found, "-90 <= south < north <= 90")
    if west >= east or west < -180 or east > 180:
        raise _refuse(
            found,
            "-180 <= west < east <= 180",
            "A grid can't cross the date line: make two, one on each side of it, or a global one.",
        )
    return Grid(
        west, south, dlon, dlat, _count(west, east, dlon), _count(south, north, dlat), earth
    )


def _bounds(window: str) -> Bounds:
    if window == "global":
        return _GLOBE
    if window == "all":
        return bounds_of()
    domain = find(window)
    if domain is None:
        names = ", ".join([*domains(), "all", "global"])
        raise _refuse(f"the window {window!r}", f"one of {names}, or four bounds")
    return domain.bounds


def zone(latitude: ArrayLike, earth: Earth = "wgs84") -> Floats:
    """Return the area between the equator and a latitude, per radian of longitude.

    Parameters
    ----------
    latitude : array-like of float, shape (n,)
        Degrees north.
    earth : {"wgs84", "sphere"}
        The ellipsoid, or the sphere of equal surface.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        m2 per radian, negative in the south. Differences are exact zone areas.
    """
    sine = np.sin(np.deg2rad(np.asarray(latitude, dtype=float)))
    pole = float(_authalic(np.array(1.0)))
    half = _MAJOR**2 / 2
    return half * (pole * sine if earth == "sphere" else _authalic(sine))


def _authalic(sine: Floats) -> Floats:
    e = math.sqrt(_ECCENTRICITY2)
    return (1 - _ECCENTRICITY2) * (sine / (1 - _ECCENTRICITY2 * sine**2) + np.arctanh(e * sine) / e)


def _edges(start: float, step: float, count: int) -> Floats:
    first, width = Fraction(repr(start)), Fraction(repr(step))
    denominator = math.lcm(first.denominator, width.denominator)
    numerators = int(first * denominator) + int(width * denominator) * np.arange(count + 1)
    return np.asarray(numerators / denominator, dtype=float)


def _position(value: Floats, start: float, step: float) -> NDArray[np.int64]:
    # Coordinates carry at most six decimals, so nine in the quotient tell an edge from a cell.
    return np.floor(np.round((value - start) / step, 9)).astype(np.int64)


def _count(low: float, high: float, step: float) -> int:
    exact = (Fraction(repr(high)) - Fraction(repr(low))) / Fraction(repr(step))
    count = round(exact)
    if count < 1 or abs(exact - count) > Fraction(1, 10**9):
        raise _refuse(
            f"{low:g} to {high:g} in cells of {step:g} degrees, that is {float(exact):.6g} cells",
            "a whole number of cells",
            "Move a bound, or choose another resolution.",
        )
    return count


def _refuse(found: str, expected: str, remedy: str | None = None) -> DataError:
    return DataError([Problem(found, expected, remedy=remedy)])
