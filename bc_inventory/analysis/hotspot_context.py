"""What lies near a hotspot: places, the Arctic Circle, glaciers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.analysis.emission_field import EmissionField, Floats, Integers
from bc_inventory.analysis.hotspot_statistics import EARTH_RADIUS_KM

__all__ = [
    "ARCTIC_CIRCLE",
    "add_context",
    "arctic_km",
    "glacier_points",
    "great_circle_km",
    "nearest_km",
]

ARCTIC_CIRCLE = 66.5622  # 90 degrees less the obliquity of the ecliptic, 23.4378 in 2020


def nearest_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats
) -> tuple[Floats, Integers]:
    """Return the great-circle distance to the nearest of some points.

    Parameters
    ----------
    latitude, longitude : numpy.ndarray, shape (n,)
        Degrees.
    to_latitude, to_longitude : numpy.ndarray, shape (m,)
        Degrees.

    Returns
    -------
    distance : numpy.ndarray, shape (n,)
        km on a sphere, within 0.6 % of the ellipsoid; infinite where m is 0.
    index : numpy.ndarray of int, shape (n,)
        Which point.
    """
    if not len(to_latitude):
        return np.full(len(latitude), np.inf), np.zeros(len(latitude), dtype=np.int64)
    from scipy.spatial import cKDTree

    chord, index = cKDTree(_unit(to_latitude, to_longitude)).query(_unit(latitude, longitude))
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


def add_context(
    frame: pd.DataFrame,
    field: EmissionField,
    labels: Integers,
    places: pd.DataFrame,
    glaciers: tuple[Floats, Floats],
) -> pd.DataFrame:
    """Add places and distances to described hotspots.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `bc_inventory.analysis.hotspots.describe` returns it.
    field : EmissionField
        The field it was made from.
    labels : numpy.ndarray of int, shape (rows, columns)
        Clusters by the numbers of `frame.label`.
    places : pandas.DataFrame
        Contract `spatial_places`.
    glaciers : tuple of numpy.ndarray
        As `glacier_points` returns them.

    Returns
    -------
    pandas.DataFrame
        `frame` with `place`, `nearest_place`, `nearest_place_km`,
        `arctic_circle_km` and `hma_glacier_km`.
    """
    latitude, longitude = frame["latitude"].to_numpy(), frame["longitude"].to_numpy()
    town_lat, town_lon = places["lat"].to_numpy(), places["lon"].to_numpy()
    distance, index = nearest_km(latitude, longitude, town_lat, town_lon)
    names = places["name"].to_numpy(dtype=object)
    nearest = names[index] if len(names) else np.full(len(frame), None)
    main = dict(zip(frame["label"], frame["region"], strict=True))
    largest = _largest_inside(field, labels, places, main)
    return frame.assign(
        place=[
            largest.get(label, near) for label, near in zip(frame["label"], nearest, strict=True)
        ],
        nearest_place=nearest,
        nearest_place_km=np.where(np.isfinite(distance), distance, np.nan),
        arctic_circle_km=arctic_km(latitude),
        hma_glacier_km=nearest_km(latitude, longitude, *glaciers)[0],
    )


def _largest_inside(
    field: EmissionField, labels: Integers, places: pd.DataFrame, main: dict[int, str]
) -> dict[int, str]:
    """Return the most populous place in each cluster that has one.

    A place of the region that emits most of the cluster goes before a larger
    one across the border.
    """
    half = field.resolution / 2
    row = np.floor((places["lat"] - field.latitudes[0] + half) / field.resolution).astype(int)
    column = np.floor((places["lon"] - field.longitudes[0] + half) / field.resolution).astype(int)
    inside = row.between(0, field.shape[0] - 1) & column.between(0, field.shape[1] - 1)
    found = places[inside].assign(label=labels[row[inside], column[inside]])
    found = found[found["label"] > 0]
    found = found.assign(own=found["region"] == found["label"].map(main)).sort_values(
        ["own", "population", "geonameid"], ascending=[False, False, True], kind="stable"
    )
    first = found.drop_duplicates("label")
    return dict(zip(first["label"], first["name"], strict=True))
