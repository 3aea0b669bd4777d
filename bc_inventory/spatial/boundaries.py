"""Regions by a user's own polygons or raster instead of the embedded ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.errors import Problems
from bc_inventory.spatial.raster import RASTERS, read_regions
from bc_inventory.spatial.regions import BASE, require_regions
from bc_inventory.spatial.tables import Tables
from bc_inventory.spatial.vector import Features, cover_cells, need, read_features

__all__ = ["with_boundaries"]

# Borders drawn twice differ by slivers; a real overlap is more than this share of the smaller.
_SLIVER = 1e-4


def with_boundaries(
    tables: Tables, path: Path, column: str | None, regions: Collection[str] | None = None
) -> Tables:
    """Replace the regions of the spatial facts by those of a file.

    What a cell holds (people, cropland, waterways) is shared by area among the
    regions that cover its land; shipping lanes keep their region if the file has it.
    Points belong to the region they lie in;
    points at sea keep their region if the file has it.

    Parameters
    ----------
    tables : Tables
        The facts.
    path : Path
        GeoJSON, shapefile or GeoPackage with polygons, or NetCDF or GeoTIFF with
        a region's number in each cell, all in WGS84.
    column : str, optional
        Column with region codes; polygons with the same code are one region.
        Of a raster the variable or band, whose flags name the regions, see
        `bc_inventory.spatial.raster.read_regions`.
    regions : collection of str, optional
        Regions with emissions; each must be there.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If a region is missing, a polygon is invalid, two overlap, or the values
        of a raster have no names.
    """
    path = Path(path)
    lon, lat = (tables.points[name].to_numpy() for name in ("lon", "lat"))
    if path.suffix.lower() in RASTERS:
        raster = read_regions(path, column)
        known, covered, codes_at = (
            set(raster.names.values()),
            raster.cover(),
            raster.region_of(lon, lat),
        )
    else:
        features = read_features(path, column)
        codes = np.array([str(value) for value in features.attribute])
        _check_polygons(features, codes)
        known, covered = set(codes.tolist()), cover_cells(features.shapes, codes)
        codes_at = _polygon_at(features.shapes, codes, lon, lat)
    if regions is not None:
        require_regions(regions, known, str(path))
    cells = _share_out(tables.cells, covered)
    # What lies in no region, such as at sea, keeps its own if the file has it.
    region = np.where(codes_at == "", tables.points["region"].to_numpy(dtype=object), codes_at)
    points = tables.points.assign(region=region)
    points = points[points["region"].isin(known)].reset_index(drop=True)
    lanes = tables.lanes[tables.lanes["region"].isin(known)].reset_index(drop=True)
    return replace(tables, cells=cells, lanes=lanes, points=points)


def _check_polygons(features: Features, codes: NDArray[Any]) -> None:
    shapely = need("shapely")
    problems = Problems()
    for row, (shape, code) in enumerate(zip(features.shapes, codes, strict=True), start=1):
        if shape.geom_type not in {"Polygon", "MultiPolygon"}:
            found = f"a {shape.geom_type} as {code}"
            problems.add(found=found, expected="a polygon", file=features.file, row=row)
    problems.raise_if_any()
    first, second = shapely.STRtree(features.shapes).query(features.shapes, predicate="intersects")
    for a, b in zip(first[first < second], second[first < second], strict=True):
        pair = features.shapes[a], features.shapes[b]
        overlap = shapely.area(shapely.intersection(*pair))
        smaller = min(shapely.area(shape) for shape in pair)
        if overlap > _SLIVER * smaller:
            problems.add(
                found=f"polygons of {codes[a]} and {codes[b]} that overlap by "
                f"{overlap / smaller:.2%} of the smaller",
                expected="polygons that only touch",
                file=features.file,
                row=int(b) + 1,
            )
    problems.raise_if_any()


def _share_out(embedded: pd.DataFrame, covered: pd.DataFrame) -> pd.DataFrame:
    amounts = [
        name for name in embedded.columns if name not in {"region", "j", "i", "fraction", "area_m2"}
    ]
    land = embedded.groupby(["j", "i"], as_index=False)[["fraction", *amounts]].sum()
    cells = covered.merge(land, on=["j", "i"], how="left", suffixes=("", "_land"))
    wanted = cells.groupby(["j", "i"])["fraction"].transform("sum")
    # Where polygons cover more than the known land, they share what is there.
    base = np.maximum(cells["fraction_land"], wanted)
    share = (cells["fraction"] / base).fillna(0.0)
    for name in amounts:
        cells[name] = cells[name].fillna(0) * share
    cells["fraction"] = cells["fraction"].clip(upper=1.0)
    cells["area_m2"] = cells["fraction"] * BASE.row_area[cells["j"].to_numpy()]
    return cells[[*embedded.columns]].sort_values(["region", "j", "i"], ignore_index=True)


def _polygon_at(
    shapes: NDArray[Any],
    codes: NDArray[Any],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[Any]:
    """Return the code of the polygon at each point, empty where there is none."""
    shapely = need("shapely")
    point, shape = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
    result = np.full(len(lon), "", dtype=object)
    result[point] = codes[shape]
    return result
