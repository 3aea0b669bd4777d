"""What lies near a hotspot: places, the Arctic Circle, glaciers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.hotspots.emission_field import EmissionField, Floats, Integers
from bc_inventory.analysis.hotspots.statistics import EARTH_RADIUS_KM

__all__ = [
    "ARCTIC_CIRCLE",
    "Context",
    "Nearest",
    "arctic_km",
    "glacier_points",
    "great_circle_km",
]

_NEAR_KM = 25.0  # a town no farther than that gives a cluster without one its name
ARCTIC_CIRCLE = 66.5622  # 90 degrees less the obliquity of the ecliptic, 23.4378 in 2020


class Nearest:
    """Find the nearest of some points.

    Parameters
    ----------
    latitude, longitude : numpy.ndarray, shape (m,)
        Degrees.
    """

    def __init__(self, latitude: Floats, longitude: Floats) -> None:
        from scipy.spatial import cKDTree

        self._tree = cKDTree(_unit(latitude, longitude)) if len(latitude) else None

    def km(self, latitude: Floats, longitude: Floats) -> tuple[Floats, Integers]:
        """Return the great-circle distance to the nearest point.

        Parameters
        ----------
        latitude, longitude : numpy.ndarray, shape (n,)
            Degrees.

        Returns
        -------
        distance : numpy.ndarray, shape (n,)
            km on a sphere, within 0.6 % of the ellipsoid; infinite where m is 0.
        index : numpy.ndarray of int, shape (n,)
            Which point.
        """
        if self._tree is None:
            return np.full(len(latitude), np.inf), np.zeros(len(latitude), dtype=np.int64)
        chord, index = self._tree.query(_unit(latitude, longitude))
        return 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1)), np.asarray(index)

    def within(self, latitude: Floats, longitude: Floats, km: float) -> list[list[int]]:
        """Return which points lie within a distance, in km, of each of some places."""
        if self._tree is None:
            return [[] for _ in latitude]
        chord = 2 * np.sin(km / EARTH_RADIUS_KM / 2)
        return list(self._tree.query_ball_point(_unit(latitude, longitude), chord))


def great_circle_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats
) -> Floats:
    """Return great-circle distances by the haversine formula, km.

    Parameters
    ----------
    latitude, longitude, to_latitude, to_longitude : numpy.ndarray
        Degrees, of shapes that go together.

    Returns
    -------
    numpy.ndarray
        On a sphere, within 0.6 % of the ellipsoid.
    """
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    across = np.radians(to_longitude) - np.radians(longitude)
    half = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(across / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _unit(latitude: Floats, longitude: Floats) -> Floats:
    phi, theta = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def arctic_km(latitude: Floats) -> Floats:
    """Return the distance along the meridian to the Arctic Circle, zero within it, km."""
    return np.maximum(np.radians(ARCTIC_CIRCLE - np.asarray(latitude)), 0.0) * EARTH_RADIUS_KM


def glacier_points(glaciers: pd.DataFrame, hma: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the centres of the glaciated cells of High Mountain Asia.

    Parameters
    ----------
    glaciers : pandas.DataFrame
        Contract `spatial_glaciers`.
    hma : pandas.DataFrame
        Contract `spatial_hma`, on the same grid.

    Returns
    -------
    latitude, longitude : numpy.ndarray, shape (cells,)
        Degrees.
    """
    from bc_inventory.spatial.cells import make_grid

    grid = make_grid(0.25, "global")
    cells = glaciers[["j", "i"]].merge(hma[["j", "i"]].drop_duplicates(), on=["j", "i"])
    return grid.lat[cells["j"].to_numpy()], grid.lon[cells["i"].to_numpy()]


class Context:
    """What the clusters of a side lie near.

    Parameters
    ----------
    field : EmissionField
        The field they were found in.
    places : pandas.DataFrame
        Contract `spatial_places`.
    glaciers : tuple of numpy.ndarray
        As `glacier_points` returns them.
    """

    def __init__(
        self, field: EmissionField, places: pd.DataFrame, glaciers: tuple[Floats, Floats]
    ) -> None:
        self._places = places.reset_index(drop=True)
        self._names, self._regions = (
            np.array([*self._places[column], None], dtype=object) for column in ("name", "region")
        )
        self._towns = Nearest(places["lat"].to_numpy(), places["lon"].to_numpy())
        self._glaciers = Nearest(*glaciers)
        # Places in the window, the most populous first, and the cell of each.
        largest = self._places.sort_values(
            ["population", "geonameid"], ascending=[False, True], kind="stable"
        )
        row, column = (
            np.floor((largest[name].to_numpy() - first + field.resolution / 2) / field.resolution)
            for name, first in (("lat", field.latitudes[0]), ("lon", field.longitudes[0]))
        )
        rows, columns = field.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        self._cell = (row * columns + column)[inside].astype(np.int64)
        self._inside = largest.index[inside].to_numpy()

    def add(self, frame: pd.DataFrame, labels: Integers) -> pd.DataFrame:
        """Add places and distances to described hotspots.

        Parameters
        ----------
        frame : pandas.DataFrame
            As `bc_inventory.analysis.hotspots.clusters.describe` returns it.
        labels : numpy.ndarray of int, shape (rows, columns)
            Clusters by the numbers of `frame.label`.

        Returns
        -------
        pandas.DataFrame
                `frame` with `place`, `place_region`, `nearest_place`,
            `nearest_place_km`, `arctic_circle_km` and `hma_glacier_km`.
        """
        latitude, longitude = frame["latitude"].to_numpy(), frame["longitude"].to_numpy()
        distance, nearest = self._towns.km(latitude, longitude)
        names, regions = self._names, self._regions
        if not len(self._places):
            nearest = np.full(len(frame), -1)
        named = self._largest(labels, frame["region"].to_numpy(dtype=object))
        known = self._largest_near(latitude, longitude, nearest)
        named = np.where(named < 0, known, named)
        return frame.assign(
            place=names[named],
            place_region=regions[named],
            nearest_place=names[nearest],
            nearest_place_km=np.where(np.isfinite(distance), distance, np.nan),
            arctic_circle_km=arctic_km(latitude),
            hma_glacier_km=self._glaciers.km(latitude, longitude)[0],
        )

    def _largest(self, labels: Integers, main: NDArray[Any]) -> Integers:
        """Return which place is the most populous in each cluster, -1 for none.

        A place of the region that emits most of the cluster goes before a
        larger one across the border.
        """
        nearest = np.full(len(main), -1)
        label = labels.ravel()[self._cell]
        hit = np.flatnonzero(label)
        cluster, place = label[hit] - 1, self._inside[hit]
        same_region = self._places["region"].to_numpy(dtype=object)[place] == main[cluster]
        # The last written stays, so the most populous of the own region goes last.
        for chosen in (slice(None), same_region):
            nearest[cluster[chosen][::-1]] = place[chosen][::-1]
        return nearest

    def _largest_near(self, latitude: Floats, longitude: Floats, nearest: Integers) -> Integers:
        """Return which place within a few kilometres is the most populous, else the nearest."""
        chosen = np.array(nearest)
        people = self._places["population"].to_numpy()
        for row, members in enumerate(self._towns.within(latitude, longitude, _NEAR_KM)):
            if members:
                chosen[row] = max(members, key=lambda place: (people[place], -place))
        return chosen
