"""Regions by a user's own polygons instead of the embedded ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.errors import Problems
from bc_inventory.spatial.proxies import Tables
from bc_inventory.spatial.regions import BASE, require_regions
from bc_inventory.spatial.vector import Features, need, read_features

__all__ = ["with_boundaries"]

# Borders drawn twice differ by slivers; a real overlap is more than this share of the smaller.
_SLIVER = 1e-4


def with_boundaries(
    tables: Tables, path: Path, column: str, regions: Collection[str] | None = None
) -> Tables:
    """Replace the regions of the spatial facts by polygons of a file.

    What a cell holds (people, cropland, waterways) is shared by area among the
    polygons that cover its land. Points belong to the polygon they lie in;
    points at sea keep their region if the file has it.

    Parameters
    ----------
    tables : Tables
        The facts.
    path : Path
        GeoJSON, shapefile or GeoPackage in WGS84.
    column : str
        Column with region codes; features with the same code are one region.
    regions : collection of str, optional
        Regions with emissions; each must be there.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If a region is missing, a polygon is invalid, or two overlap.
    """
    features = read_features(Path(path), column)
    codes = np.array([str(value) for value in features.attribute])
    _check_polygons(features, codes)
    if regions is not None:
        require_regions(regions, set(codes), features.file)
    covered = _cover(features.shapes, codes)
    cells = _share_out(tables.cells, covered)
    points = tables.points.copy()
    points["region"] = _region_of_points(points, features.shapes, codes)
    points = points[points["region"].isin(set(codes))].reset_index(drop=True)
    return replace(tables, cells=cells, points=points)


def _check_polygons(features: Features, codes: NDArray[Any]) -> None:
    shapely = need("shapely")
    problems = Problems()
    for row, (shape, code) in enumerate(zip(features.shapes, codes, strict=True), start=1):
        if shape.geom_type not in {"Polygon", "MultiPolygon"}:
            found, expected = f"a {shape.geom_type} as {code}", "a polygon"
        elif not shape.is_valid:
            found = f"an invalid polygon of {code}: {shapely.is_valid_reason(shape)}"
            expected = "a polygon that doesn't cross itself"
        else:
            continue
        problems.add(
            found=found,
            expected=expected,
            file=features.file,
            row=row,
            remedy="Repair it, for instance with ogr2ogr -makevalid.",
        )
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


def _cover(shapes: NDArray[Any], codes: NDArray[Any]) -> pd.DataFrame:
    """Return the share of each base cell that each region covers."""
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
    found = exactextract.exact_extract(raster, named, ["cell_id", "coverage"])
    parts = []
    for code, feature in zip(codes, found, strict=True):
        said = feature["properties"]
        row, column = np.divmod(np.asarray(said["cell_id"], dtype=np.int64), right - left)
        parts.append(
            pd.DataFrame(
                {
                    "region": str(code),
                    "j": high - 1 - row,
                    "i": left + column,
                    "fraction": np.asarray(said["coverage"], dtype=float),
                }
            )
        )
    whole = pd.concat(parts)
    whole = whole[whole["fraction"] > 0]
    return whole.groupby(["region", "j", "i"], as_index=False, sort=True)["fraction"].sum()


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


def _region_of_points(
    points: pd.DataFrame, shapes: NDArray[Any], codes: NDArray[Any]
) -> NDArray[Any]:
    shapely = need("shapely")
    places = shapely.points(points["lon"].to_numpy(), points["lat"].to_numpy())
    point, shape = shapely.STRtree(shapes).query(places, predicate="intersects")
    found = points["region"].to_numpy(dtype=object).copy()
    known = set(codes)
    inland = np.zeros(len(points), dtype=bool)
    found[point] = codes[shape]
    inland[point] = True
    return np.where(inland | np.isin(found, list(known)), found, "")
