"""Gridded emissions for geographic information systems: GeoTIFF and GeoParquet."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.spatial.atomic_files import atomic_file
from bc_inventory.spatial.calendar import EPOCH, seconds
from bc_inventory.spatial.exports.source import Source, open_source
from bc_inventory.spatial.vector import need

__all__ = ["write_geoparquet", "write_geotiff"]

# A polygon of one ring of five points in well-known binary, little-endian.
_WKB = np.dtype(
    [
        ("order", "u1"),
        ("type", "<u4"),
        ("rings", "<u4"),
        ("points", "<u4"),
        ("xy", "<f8", (5, 2)),
    ]
)
_POLYGON = 3


def write_geotiff(path: Path, target: Path) -> list[Path]:
    """Write a GeoTIFF for each time step, a band for each category and the total.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.
    target : Path
        File to write; with several steps their start is put before the suffix.

    Returns
    -------
    list of Path
        What was written: kg m-2 s-1, north up, NaN where there is no figure.

    Raises
    ------
    BCInventoryError
        If rasterio isn't installed.
    DataError
        If `path` isn't such a file.
    """
    rasterio = need("rasterio")
    written = []
    with open_source(path) as source:
        steps = len(source.time_bounds)
        west, north = source.lon_bounds[0, 0], source.lat_bounds[-1, 1]
        profile = {
            "driver": "GTiff",
            "height": len(source.lat),
            "width": len(source.lon),
            "count": len(source.sectors) + 1,
            "dtype": "float32",
            "crs": "EPSG:4326",
            "nodata": np.nan,
            "compress": "deflate",
            "predictor": 3,
            "interleave": "band",
            "transform": rasterio.transform.from_origin(
                west,
                north,
                source.lon_bounds[0, 1] - west,
                north - source.lat_bounds[-1, 0],
            ),
        }
        for step in range(steps):
            start = _stamp(source.time_bounds[step, 0])
            name = target if steps == 1 else target.with_stem(f"{target.stem}_{start:%Y%m%dT%H}")
            with atomic_file(name) as part, rasterio.open(part, "w", **profile) as file:
                for sector, nfr in enumerate(source.sectors):
                    file.write(source.flux(sector, step)[::-1], sector + 1)
                    file.set_band_description(sector + 1, f"{nfr} {source.names[sector]}")
                file.write(source.total(step)[::-1], len(source.sectors) + 1)
                file.set_band_description(len(source.sectors) + 1, "all categories")
                file.update_tags(
                    units="kg m-2 s-1", title=source.file.title, start=f"{start:%Y-%m-%dT%H:%M}Z"
                )
            written.append(name)
    return written


def write_geoparquet(path: Path, target: Path) -> Path:
    """Write a table with a row for each cell and time step that has a figure.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.
    target : Path
        File to write.

    Returns
    -------
    Path
        `target`: GeoParquet 1.1 with the cell as polygon, `lon`, `lat`,
        `start`, `end`, `cell_area_m2`, `total_kg` and `<NFR>_kg`, null where
        there is no figure; kg in the step.

    Raises
    ------
    DataError
        If `path` isn't such a file.
    """
    import pyarrow.parquet as pq

    with open_source(path) as source, atomic_file(target) as part:
        area = np.asarray(source.file["cell_area"][:])
        rules = _schema(source)
        with pq.ParquetWriter(part, rules, compression="zstd") as writer:
            for step, length in enumerate(seconds(source.time_bounds)):
                writer.write_table(_rows(source, step, area, length, rules))
    return target


def _schema(source: Source) -> Any:
    import pyarrow as pa

    kg = {"units": "kg"}
    fields = [
        pa.field("geometry", pa.binary(), nullable=False),
        pa.field("lon", pa.float64(), metadata={"units": "degrees_east"}),
        pa.field("lat", pa.float64(), metadata={"units": "degrees_north"}),
        pa.field("start", pa.timestamp("s", tz="UTC")),
        pa.field("end", pa.timestamp("s", tz="UTC")),
        pa.field("cell_area_m2", pa.float64(), metadata={"units": "m2"}),
        pa.field("total_kg", pa.float64(), metadata=kg),
        *(pa.field(f"{nfr}_kg", pa.float64(), metadata=kg) for nfr in source.sectors),
    ]
    column = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"],
        "bbox": [
            float(source.lon_bounds[0, 0]),
            float(source.lat_bounds[0, 0]),
            float(source.lon_bounds[-1, 1]),
            float(source.lat_bounds[-1, 1]),
        ],
        "orientation": "counterclockwise",
    }
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return pa.schema(fields, metadata={"geo": json.dumps(geo), "title": str(source.file.title)})


def _rows(source: Source, step: int, area: NDArray[np.float64], length: float, rules: Any) -> Any:
    import pyarrow as pa

    total = source.total(step)
    known = ~np.isnan(total)
    row, column = np.nonzero(known)
    size = len(row)

    def mass(flux: NDArray[np.float32]) -> Any:
        values = flux[known].astype(float) * area[known] * length
        return pa.array(values, mask=np.isnan(values))

    start, end = (_stamp(day) for day in source.time_bounds[step])
    columns = [
        pa.array(_polygons(source.lon_bounds[column], source.lat_bounds[row]), pa.binary()),
        pa.array(source.lon[column]),
        pa.array(source.lat[row]),
        pa.array([start] * size, pa.timestamp("s", tz="UTC")),
        pa.array([end] * size, pa.timestamp("s", tz="UTC")),
        pa.array(area[known]),
        mass(total),
        *(mass(source.flux(sector, step)) for sector in range(len(source.sectors))),
    ]
    return pa.Table.from_arrays(columns, schema=rules)


def _polygons(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[bytes]:
    """Return cells as polygons in well-known binary, counterclockwise."""
    cells = np.zeros(len(lon), _WKB)
    cells["order"], cells["type"], cells["rings"], cells["points"] = 1, _POLYGON, 1, 5
    cells["xy"][:, :, 0] = lon[:, [0, 1, 1, 0, 0]]
    cells["xy"][:, :, 1] = lat[:, [0, 0, 1, 1, 0]]
    return [cell.tobytes() for cell in cells]


def _stamp(days: float) -> dt.datetime:
    start = dt.datetime.combine(EPOCH, dt.time(), tzinfo=dt.UTC)
    return start + dt.timedelta(days=float(days))
