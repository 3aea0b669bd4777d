"""Write hotspots as GeoParquet and GeoJSON, and read them back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem, parquet_errors
from bc_inventory.schema import arrow_schema, check, table

if TYPE_CHECKING:
    import shapely

    from bc_inventory.analysis.hotspots.emission_field import EmissionField, Integers

__all__ = ["outline_clusters", "read_hotspots", "write_geojson", "write_geoparquet"]

_GEOMETRY = "geometry"


def outline_clusters(field: EmissionField, labels: Integers, count: int) -> list[shapely.Geometry]:
    """Return the outline of each cluster: the union of its cells.

    Parameters
    ----------
    field : EmissionField
        Its window's cells.
    labels, count
        As `bc_inventory.analysis.hotspots.clusters.label_clusters` returns them.

    Returns
    -------
    list of shapely.Polygon or shapely.MultiPolygon
        Degrees, WGS84; exterior rings run counter-clockwise (RFC 7946).
    """
    import shapely

    flat = labels.ravel()
    cells = np.flatnonzero(flat)
    row, column = np.divmod(cells, field.shape[1])
    half = field.resolution / 2
    # Nine decimals, so that neighbours share their border to the last bit.
    west, south, east, north = (
        np.round(values, 9)
        for values in (
            field.longitudes[column] - half,
            field.latitudes[row] - half,
            field.longitudes[column] + half,
            field.latitudes[row] + half,
        )
    )
    boxes = shapely.box(west, south, east, north)
    order = np.argsort(flat[cells], kind="stable")
    return [
        shapely.orient_polygons(
            shapely.normalize(shapely.coverage_union_all(squares)), exterior_cw=False
        )
        for squares in np.split(boxes[order], np.flatnonzero(np.diff(flat[cells][order])) + 1)[
            :count
        ]
    ]


def write_geoparquet(frame: pd.DataFrame, path: Path) -> Path:
    """Write hotspots as GeoParquet 1.1, the same bytes each time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `hotspots` and a column `geometry` of shapely geometries.
    path : Path
        File to write; its folder is made.

    Returns
    -------
    Path
        `path`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    rules = table("hotspots")
    attributes = check(frame[rules.names], rules)
    order = attributes[list(rules.key)].sort_values(list(rules.key), kind="stable").index
    shapes = frame.loc[order, _GEOMETRY].to_numpy()
    plain = arrow_schema(rules)
    described: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in shapes}),
        "orientation": "counterclockwise",
        "edges": "planar",
    }
    if len(shapes):
        described["bbox"] = [float(bound) for bound in shapely.total_bounds(shapes)]
    # Without a crs member the specification means OGC:CRS84, longitude before latitude.
    geo = {
        "version": "1.1.0",
        "primary_column": _GEOMETRY,
        "columns": {_GEOMETRY: described},
    }
    schema = plain.append(pa.field(_GEOMETRY, pa.binary(), nullable=False)).with_metadata(
        {**(plain.metadata or {}), "geo": json.dumps(geo)}
    )
    arrow = pa.Table.from_pandas(attributes.loc[order], schema=plain, preserve_index=False)
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1).tolist(), type=pa.binary())
    arrow = arrow.append_column(schema.field(_GEOMETRY), wkb).replace_schema_metadata(
        schema.metadata
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(arrow, path, compression="zstd", compression_level=6, write_statistics=True)
    return path


def read_hotspots(path: Path | str) -> pd.DataFrame:
    """Read hotspots with their geometry.

    Parameters
    ----------
    path : path-like
        `hotspots.parquet` of a release.

    Returns
    -------
    pandas.DataFrame
        Contract `hotspots` and `geometry`, shapely geometries; a column that the
        file lacks and that may be absent is empty.

    Raises
    ------
    DataError
        If the file isn't whole, has no geometry or breaks the contract.
    """
    import pyarrow.parquet as pq
    import shapely

    try:
        arrow = pq.ParquetFile(path).read()
    except parquet_errors() as error:
        raise _refuse(path, str(error).splitlines()[0], "a complete GeoParquet file") from error
    if _GEOMETRY not in arrow.column_names:
        raise _refuse(path, f"columns {', '.join(arrow.column_names)}", f"a column {_GEOMETRY!r}")
    frame = arrow.to_pandas()
    shapes = frame.pop(_GEOMETRY)
    rules = table("hotspots")
    # Releases of before a column was thought of are read, too.
    later = [column for column in rules.columns if not column.required]
    for column in later:
        if column.name not in frame.columns:
            frame[column.name] = np.nan if column.kind == "number" else None
    frame = check(frame, rules, file=str(path))[rules.names].copy()
    try:
        frame[_GEOMETRY] = shapely.from_wkb(shapes.to_numpy())
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise _refuse(
            path, f"geometry that can't be read ({error})", "well-known binary"
        ) from error
    return frame


def write_geojson(frame: pd.DataFrame, path: Path) -> Path:
    """Write hotspots as GeoJSON (RFC 7946), the same bytes each time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `hotspots` and a column `geometry` of shapely geometries.
    path : Path
        File to write; its folder is made.

    Returns
    -------
    Path
        `path`. Columns with JSON text become objects; absent values are null.
    """
    import shapely

    rules = table("hotspots")
    ordered = frame.sort_values(list(rules.key), kind="stable")
    nested = {"region_shares", "nfr_shares", "fuel_shares", "stations"}
    features = []
    for row in ordered.to_dict("records"):
        properties = {name: _plain(row[name]) for name in rules.names}
        for name in nested:
            if properties[name] is not None:
                properties[name] = json.loads(properties[name])
        features.append(
            {
                "type": "Feature",
                "id": row["hotspot_id"],
                "geometry": json.loads(shapely.to_geojson(row[_GEOMETRY])),
                "properties": properties,
            }
        )
    text = json.dumps(
        {"type": "FeatureCollection", "features": features},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; NaN and NA are null."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _refuse(path: Path | str, found: str, expected: str) -> DataError:
    return DataError(
        [Problem(found, expected, str(path), remedy="It may have been cut off; build it again.")]
    )
