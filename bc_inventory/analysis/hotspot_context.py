"""What lies near a hotspot: places, the Arctic Circle, glaciers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.analysis.emission_field import EmissionField, Floats, Integers
from bc_inventory.analysis.hotspot_statistics import EARTH_RADIUS_KM

__all__ = [
    "ARCTIC_CIRCLE",
    "Context",
    "Nearest",
    "arctic_km",
    "glacier_points",
    "great_circle_km",
]

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
        self._names = places["name"].to_numpy(dtype=object)
        self._towns = Nearest(places["lat"].to_numpy(), places["lon"].to_numpy())
        self._glaciers = Nearest(*glaciers)
        # Places in the window, the most populous first, and the cell of each.
        largest = places.sort_values(
            ["population", "geonameid"], ascending=[False, True], kind="stable"
        )
        row, column = (
            np.floor((largest[name].to_numpy() - first + field.resolution / 2) / field.resolution)
            for name, first in (("lat", field.latitudes[0]), ("lon", field.longitudes[0]))
        )
        rows, columns = field.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        self._cell = (row * columns + column)[inside].astype(np.int64)
        self._inside = largest.loc[inside, ["name", "region"]].astype(object)

    def add(self, frame: pd.DataFrame, labels: Integers) -> pd.DataFrame:
        """Add places and distances to described hotspots.

        Parameters
        ----------
        frame : pandas.DataFrame
            As `bc_inventory.analysis.hotspots.describe` returns it.
        labels : numpy.ndarray of int, shape (rows, columns)
            Clusters by the numbers of `frame.label`.

        Returns
        -------
        pandas.DataFrame
            `frame` with `place`, `nearest_place`, `nearest_place_km`,
            `arctic_circle_km` and `hma_glacier_km`.
        """
        latitude, longitude = frame["latitude"].to_numpy(), frame["longitude"].to_numpy()
        distance, index = self._towns.km(latitude, longitude)
        nearest = self._names[index] if len(self._names) else np.full(len(frame), None)
        largest = self._largest(labels, dict(zip(frame["label"], frame["region"], strict=True)))
        return frame.assign(
            place=[
                largest.get(label, near)
                for label, near in zip(frame["label"], nearest, strict=True)
            ],
            nearest_place=nearest,
            nearest_place_km=np.where(np.isfinite(distance), distance, np.nan),
            arctic_circle_km=arctic_km(latitude),
            hma_glacier_km=self._glaciers.km(latitude, longitude)[0],
        )

    def _largest(self, labels: Integers, main: dict[int, str]) -> dict[int, str]:
        """Return the most populous place in each cluster that has one.

        A place of the region that emits most of the cluster goes before a
        larger one across the border.
        """
        label = labels.ravel()[self._cell]
        hit = np.flatnonzero(label)
        found: dict[int, str] = {}
        own: set[int] = set()
        for cluster, name, region in zip(
            label[hit].tolist(), *self._inside.iloc[hit].to_numpy().T, strict=True
        ):
            if cluster not in own and region == main[cluster]:
                own.add(cluster)
                found[cluster] = name
            found.setdefault(cluster, name)
        return found
