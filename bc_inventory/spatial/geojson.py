"""Read GeoJSON as RFC 7946 has it, without a driver that could follow what a file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.errors import DataError, Problem

__all__ = ["read_geojson"]

_MOST_BYTES = 512 * 2**20
_SHAPES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
) | {"GeometryCollection"}
# The names that editions before RFC 7946 gave to longitude and latitude in WGS84.
_WGS84 = ("CRS84", "EPSG:4326", "EPSG::4326")


def read_geojson(path: Path) -> tuple[NDArray[Any], dict[str, list[Any]]]:
    """Read the features of a GeoJSON file.

    Parameters
    ----------
    path : Path
        A FeatureCollection, a Feature or a geometry, UTF-8.

    Returns
    -------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        None where a feature has no geometry.
    columns : dict of str to list
        Properties by name, each of length n, None where a feature lacks it.

    Raises
    ------
    DataError
        If it isn't GeoJSON in WGS84; the message names the feature.
    """
    import shapely

    file = str(path)
    if path.stat().st_size > _MOST_BYTES:
        raise _refuse(file, f"{path.stat().st_size} bytes", f"at most {_MOST_BYTES}")
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refuse(file, f"a file that isn't JSON ({str(error)[:80]})", "GeoJSON") from error
    features = _features(file, content)
    shapes = np.empty(len(features), dtype=object)
    names = dict.fromkeys(
        name for feature in features for name in (feature.get("properties") or {})
    )
    for number, feature in enumerate(features, 1):
        geometry = feature.get("geometry")
        if geometry is None:
            continue
        if not isinstance(geometry, dict) or geometry.get("type") not in _SHAPES:
            raise _refuse(file, "a geometry of no type", f"one of {sorted(_SHAPES)}", number)
        try:
            shapes[number - 1] = shapely.geometry.shape(geometry)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise _refuse(
                file, f"a geometry that can't be read ({str(error)[:80]})", "coordinates", number
            ) from error
        except shapely.errors.ShapelyError as error:
            raise _refuse(
                file, f"a geometry that can't be made ({str(error)[:80]})", "a geometry", number
            ) from error
    columns = {
        name: [(feature.get("properties") or {}).get(name) for feature in features]
        for name in names
    }
    return shapes, columns


def _features(file: str, content: Any) -> list[dict[str, Any]]:
    """Return the features of a document in WGS84."""
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "FeatureCollection":
        features = content.get("features")
    elif kind == "Feature":
        features = [content]
    elif kind in _SHAPES:
        features = [{"type": "Feature", "geometry": content, "properties": {}}]
    else:
        raise _refuse(file, f"JSON of type {kind!r}", "a FeatureCollection, Feature or geometry")
    if not isinstance(features, list):
        raise _refuse(file, "no list of features", "a list 'features'")
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else ()
        if not isinstance(feature, dict) or not (
            properties is None or isinstance(properties, dict)
        ):
            raise _refuse(file, "a feature that isn't one", "an object with properties", number)
    system = content.get("crs")
    if system is not None:
        named = system.get("properties", {}) if isinstance(system, dict) else {}
        name = str(named.get("name", "")) if isinstance(named, dict) else ""
        # A link to a definition elsewhere is never followed.
        if system.get("type") != "name" or not name.endswith(_WGS84):
            raise _refuse(
                file,
                f"the coordinate reference system {name or system!r}"[:120],
                "WGS84 (EPSG:4326)",
                remedy="Reproject it first, for instance with ogr2ogr -t_srs EPSG:4326.",
            )
    return features


def _refuse(
    file: str, found: str, expected: str, feature: int | None = None, remedy: str | None = None
) -> DataError:
    where = "" if feature is None else f" in feature {feature}"
    return DataError([Problem(found + where, expected, file=file, remedy=remedy)])
