"""Read a user's vector file: GeoJSON, shapefile or GeoPackage in WGS84."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.errors import BCInventoryError, DataError, Problem, Problems, suggest
from bc_inventory.spatial.geojson import read_geojson
from bc_inventory.spatial.regions import BASE

__all__ = ["Features", "cover_cells", "need", "read_features", "refuse"]

_WGS84 = {"EPSG:4326", "OGC:CRS84"}
_MARK = "GEOGCS"


@dataclass(frozen=True)
class Features:
    """Geometries with one attribute each.

    Parameters
    ----------
    file : str
        Where they come from, for messages.
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Longitudes and latitudes in degrees.
    attribute : numpy.ndarray, shape (n,)
        The attribute.
    """

    file: str
    shapes: NDArray[Any]
    attribute: NDArray[Any]


# The packages of the extra `geo`.
COMPUTED_IMPORTS = ("exactextract", "pyogrio", "rasterio")


def need(module: str) -> Any:
    """Import a package of the extra `geo`.

    Raises
    ------
    BCInventoryError
        If it isn't installed.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise BCInventoryError(
            f"this needs the package {module.partition('.')[0]!r}: install bc-inventory[geo]"
        ) from error


def refuse(file: str, found: str, expected: str, remedy: str | None = None) -> DataError:
    """Return the error of one problem with a user's file."""
    return DataError([Problem(found, expected, file=file, remedy=remedy)])


def read_features(path: Path, attribute: str | None) -> Features:
    """Read a vector file.

    Parameters
    ----------
    path : Path
        GeoJSON, shapefile or GeoPackage; the first layer is read.
    attribute : str, optional
        Column to read with the geometries; by default each counts as 1.

    Returns
    -------
    Features

    Raises
    ------
    DataError
        If the file isn't what its ending says, can't be read, has no features, isn't in
        WGS84 longitudes and latitudes, lacks the column, or leaves the globe.
    """
    file = str(path)
    if not path.is_file():
        raise refuse(file, "no such file", "a GeoJSON, shapefile or GeoPackage")
    shapes, columns = _READERS[_format(path)](path)
    if not len(shapes):
        raise refuse(file, "no features", "at least one")
    shapes = _sound(file, shapes)
    _refuse_invalid(file, shapes, list(columns.get(attribute or "", range(len(shapes)))))
    if attribute is None:
        return Features(file, shapes, np.ones(len(shapes)))
    if attribute not in columns:
        names = list(columns)
        raise refuse(
            file,
            f"no column {attribute!r}",
            f"one of {', '.join(names)}",
            suggest(attribute, names),
        )
    return Features(file, shapes, np.asarray(columns[attribute]))


def _format(path: Path) -> str:
    """Return the format of a file by its ending, if its first bytes agree.

    A driver is chosen here and not by what the content asks for, since some formats are
    descriptions that make a driver open other files or addresses.
    """
    ending = path.suffix.lower()
    if ending not in _FIRST_BYTES:
        raise refuse(
            str(path), f"a file that ends in {ending!r}", f"one of {', '.join(_FIRST_BYTES)}"
        )
    with path.open("rb") as stream:
        head = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(_FIRST_BYTES[ending]):
        raise refuse(
            str(path), f"content that isn't {ending}", "a GeoJSON, shapefile or GeoPackage"
        )
    return ending


def _by_driver(path: Path) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """Read the first layer of a shapefile or GeoPackage."""
    pyogrio, shapely = need("pyogrio"), need("shapely")
    if path.suffix.lower() == ".gpkg":
        _require_plain_tables(path)
    try:
        meta, _, wkb, columns = pyogrio.raw.read(path.absolute())
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise refuse(str(path), f"a file that can't be read ({error})", "a vector file") from error
    if wkb is None or not len(wkb):
        return np.empty(0, dtype=object), {}
    _check_crs(str(path), meta["crs"])
    return shapely.from_wkb(wkb), dict(zip(meta["fields"], columns, strict=True))


def _require_plain_tables(path: Path) -> None:
    """Refuse a GeoPackage with a virtual table that could open something else."""
    import sqlite3

    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as db:
            statements = [str(sql) for (sql,) in db.execute("select sql from sqlite_master") if sql]
    except sqlite3.Error as error:
        raise refuse(str(path), f"a file that can't be read ({error})", "a GeoPackage") from error
    for sql in statements:
        words = sql.casefold().split()
        if words[:2] == ["create", "virtual"] and "rtree" not in sql.casefold():
            raise refuse(str(path), f"the virtual table {sql[:80]!r}", "tables and their indices")


_READERS: dict[str, Callable[[Path], tuple[NDArray[Any], Mapping[str, Any]]]] = {
    ".geojson": read_geojson,
    ".json": read_geojson,
    ".shp": _by_driver,
    ".gpkg": _by_driver,
}
_FIRST_BYTES = {
    ".geojson": b"{",
    ".json": b"{",
    ".shp": b"\x00\x00\x27\x0a",
    ".gpkg": b"SQLite format 3",
}


def _sound(file: str, shapes: NDArray[Any]) -> NDArray[Any]:
    """Return geometries of numbers within the globe.

    Raises
    ------
    DataError
        If a feature has no geometry, a vertex that is no number, or lies outside.
    """
    shapely = need("shapely")
    for number, shape in enumerate(shapes, 1):
        if shape is None or shape.is_empty:
            raise refuse(
                file,
                f"a feature without a geometry (feature {number})",
                "a geometry for each feature",
            )
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            raise refuse(file, f"a vertex that isn't a number in feature {number}", "numbers")
    west, south, east, north = shapely.total_bounds(shapes)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise refuse(
            file,
            f"bounds from {west:g}, {south:g} to {east:g}, {north:g}",
            "longitudes from -180 to 180 and latitudes from -90 to 90 in degrees",
            "Is it projected, or does it cross the date line? Cut it there.",
        )
    return shapes


def _refuse_invalid(file: str, shapes: NDArray[Any], labels: Sequence[Any]) -> None:
    """Refuse geometries that cross themselves, with the place: their area has two readings."""
    shapely = need("shapely")
    problems = Problems()
    for row in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        label = labels[row] if isinstance(labels[row], str) else f"feature {row + 1}"
        problems.add(
            found=f"an invalid polygon of {label}: {shapely.is_valid_reason(shapes[row])}",
            expected="a polygon that doesn't cross itself",
            file=file,
            row=row + 1,
            remedy="Repair it, for instance with ogr2ogr -makevalid.",
        )
    problems.raise_if_any()


def _check_crs(file: str, crs: str | None) -> None:
    if crs is None:
        raise refuse(
            file,
            "no coordinate reference system",
            "WGS84 (EPSG:4326)",
            "A shapefile says it in a .prj file beside it.",
        )
    if crs in _WGS84:
        return
    plain = crs.replace(" ", "")
    if plain.startswith(_MARK) and "WGS_1984" in plain:
        return
    raise refuse(
        file,
        f"the coordinate reference system {crs[:60]}",
        "WGS84 (EPSG:4326)",
        "Reproject it first, for instance with ogr2ogr -t_srs EPSG:4326.",
    )


def cover_cells(shapes: NDArray[Any], codes: NDArray[Any]) -> pd.DataFrame:
    """Return the share of each base cell that polygons cover.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons, shape (n,)
        Longitudes and latitudes in degrees.
    codes : numpy.ndarray of str, shape (n,)
        Their regions; polygons of the same region are added up.

    Returns
    -------
    pandas.DataFrame
        Columns `region`, `j`, `i`, `fraction`, sorted.
    """
    shapely, exactextract = need("shapely"), need("exactextract")
    source = need("exactextract.raster").NumPyRasterSource
    west, south, east, north = shapely.total_bounds(shapes)
    left, right = (int(i) for i in (np.floor((west + 180) * 10), np.ceil((east + 180) * 10)))
    low, high = (int(j) for j in (np.floor((south + 90) * 10), np.ceil((north + 90) * 10)))
    left, low = max(left, 0), max(low, 0)
    right, high = min(max(right, left + 1), BASE.nx), min(max(high, low + 1), BASE.ny)
    raster = source(
        np.zeros((high - low, right - left), np.uint8),
        xmin=BASE.lon_edges[left],
        ymin=BASE.lat_edges[low],
        xmax=BASE.lon_edges[right],
        ymax=BASE.lat_edges[high],
    )
    named = [
        {
            "type": "Feature",
            "properties": {"region": str(code)},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, shape in zip(codes, shapes, strict=True)
    ]
    covers = exactextract.exact_extract(raster, named, ["cell_id", "coverage"])
    parts = []
    for code, feature in zip(codes, covers, strict=True):
        properties = feature["properties"]
        row, column = np.divmod(np.asarray(properties["cell_id"], dtype=np.int64), right - left)
        parts.append(
            pd.DataFrame(
                {
                    "region": str(code),
                    "j": high - 1 - row,
                    "i": left + column,
                    "fraction": np.asarray(properties["coverage"], dtype=float),
                }
            )
        )
    whole = pd.concat(parts)
    whole = whole[whole["fraction"] > 0]
    return whole.groupby(["region", "j", "i"], as_index=False, sort=True)["fraction"].sum()
