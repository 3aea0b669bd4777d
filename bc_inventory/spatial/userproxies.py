"""Proxies of a user's own: a field, points, lines such as roads, or districts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, Problems
from bc_inventory.spatial.raster import RASTERS, read_raster
from bc_inventory.spatial.regions import BASE
from bc_inventory.spatial.regrid import Kind, regrid
from bc_inventory.spatial.tables import Tables, check_ladder
from bc_inventory.spatial.vector import Features, cover_cells, need, read_features, refuse

__all__ = ["with_ladder", "with_proxy"]

_VECTOR = {".geojson", ".json", ".shp", ".gpkg"}
# Part of a region's land that a field may leave without a value, for coasts drawn otherwise.
_UNCOVERED = 0.01


def with_proxy(
    tables: Tables,
    name: str,
    path: Path,
    *,
    column: str | None = None,
    kind: Kind = "mass",
    regions: list[str] | None = None,
) -> Tables:
    """Add a proxy from a file; ladders may then name it.

    Parameters
    ----------
    tables : Tables
        The facts.
    name : str
        Name of the proxy; one that is known is replaced.
    path : Path
        NetCDF or GeoTIFF with a field, or GeoJSON, shapefile or GeoPackage with
        points (weighted by `column`), lines (weighted by their length times
        `column`) or polygons (each with `column` as an amount that is even over
        it, such as people of a district; without a column its area), all in WGS84.
    column : str, optional
        Variable of the NetCDF file, band of the GeoTIFF, or column of the
        vector file; may be left out where there is only one, or for weights of 1.
    kind : {"mass", "flux"}
        Whether a field is a count per cell (persons) or a density (persons per km2).
    regions : list of str, optional
        Regions that the field must cover; by default those that it touches.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If a value is negative or infinite, the file isn't in WGS84, a region
        isn't covered, or there is nothing in any region.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in _VECTOR:
        values = _from_features(read_features(path, column), tables.cells, column is None)
    elif suffix in RASTERS:
        values = _from_field(read_raster(path, column), tables.cells, kind, str(path), regions)
    else:
        raise refuse(str(path), f"a file {path.suffix!r}", f"one of {sorted(_VECTOR | RASTERS)}")
    if not values.sum() > 0:
        raise refuse(str(path), "nothing in any region", "a value above 0 somewhere")
    member = f"user:{name}"
    cells = tables.cells.assign(**{member: values})
    row = {
        "name": name,
        "kind": "cells",
        "members": member,
        "unit": "1",
        "stack_height_class": None,
        "confidence": "medium",
        "source_id": str(path.name),
        "note": "given by the user",
    }
    proxies = tables.proxies.drop(index=name, errors="ignore")
    added = pd.DataFrame([row], index=pd.Index([name], name=proxies.index.name))
    return replace(tables, cells=cells, proxies=pd.concat([proxies, added[proxies.columns]]))


def with_ladder(tables: Tables, path: Path) -> Tables:
    """Put a user's ladders in the place of those for the same scope, category and fuel.

    Parameters
    ----------
    tables : Tables
        The facts, with the user's proxies.
    path : Path
        CSV file of the contract `proxy_ladder`.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If it breaks the contract, names an unknown proxy, or doesn't end with land.
    """
    known = {"spatial_proxies.proxy": set(tables.proxies.index)}
    given = schema.read_csv(path, "proxy_ladder", known=known)
    key = ["scope", "nfr", "fuel"]
    old = tables.ladder.merge(given[key].drop_duplicates(), on=key, how="left", indicator=True)
    others = tables.ladder[(old["_merge"] == "left_only").to_numpy()]
    ladder = pd.concat([others, given]).sort_values([*key, "order"], ignore_index=True)
    check_ladder(ladder, str(path))
    return replace(tables, ladder=ladder)


def _from_features(features: Features, cells: pd.DataFrame, plain: bool) -> NDArray[np.float64]:
    """Return the weight of features in each row of the table of cells; plain ones have none."""
    shapely = need("shapely")
    weight = pd.to_numeric(pd.Series(features.attribute), errors="coerce").to_numpy(dtype=float)
    problems = Problems()
    for row in np.flatnonzero(~(np.isfinite(weight) & (weight >= 0))):
        problems.add(
            found=repr(features.attribute[row]),
            expected="a finite weight from 0",
            file=features.file,
            row=int(row) + 1,
        )
    problems.raise_if_any()
    kinds = {shape.geom_type.removeprefix("Multi") for shape in features.shapes}
    if kinds == {"Point"}:
        coordinates, owner = shapely.get_coordinates(features.shapes, return_index=True)
        amount = weight[owner]
    elif kinds == {"LineString"}:
        coordinates, amount = _pieces(features.shapes, weight)
    elif kinds == {"Polygon"}:
        return _to_rows(_from_polygons(features, None if plain else weight), cells)
    else:
        raise refuse(
            features.file,
            f"features of {sorted(kinds)}",
            "points only, lines only, or polygons only",
        )
    cell = BASE.locate(coordinates[:, 0], coordinates[:, 1])
    return _to_rows(_count(cell, amount), cells)


def _from_polygons(features: Features, weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return what polygons put into each base cell: their weight, else their area in m2."""
    covered = cover_cells(features.shapes, np.arange(len(features.shapes)).astype(str))
    owner = covered["region"].to_numpy().astype(np.int64)
    row = covered["j"].to_numpy()
    amount = covered["fraction"].to_numpy() * BASE.row_area[row]
    if weight is not None:
        amount *= (weight / np.bincount(owner, amount, minlength=len(weight)))[owner]
    return _count(row * BASE.nx + covered["i"].to_numpy(), amount)


def _count(cell: NDArray[np.int64], amount: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = cell >= 0
    return np.bincount(cell[inside], amount[inside], minlength=BASE.size).astype(float)


def _pieces(
    shapes: NDArray[Any], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut lines at the edges of base cells; return middles and weighted lengths in m."""
    shapely = need("shapely")
    parts = shapely.get_parts(shapes)
    owner = np.repeat(np.arange(len(shapes)), shapely.get_num_geometries(shapes))
    coordinates, line = shapely.get_coordinates(parts, return_index=True)
    same = line[1:] == line[:-1]
    start, step = coordinates[:-1][same], np.diff(coordinates, axis=0)[same]
    ends = np.arange(len(start))
    cuts = [(ends, np.zeros(len(start))), (ends, np.ones(len(start)))]
    cuts += [_cuts(start[:, axis], step[:, axis]) for axis in (0, 1)]
    segment, place = (np.concatenate(both) for both in zip(*cuts, strict=True))
    order = np.lexsort((place, segment))
    segment, place = segment[order], place[order]
    inside = segment[1:] == segment[:-1]
    segment, middle = segment[:-1][inside], ((place[1:] + place[:-1]) / 2)[inside]
    points = start[segment] + middle[:, None] * step[segment]
    radius = np.sqrt(BASE.row_area.sum() * BASE.nx / (4 * np.pi))
    turn = np.deg2rad(step[segment]) * np.diff(place)[inside][:, None]
    length = radius * np.hypot(turn[:, 0] * np.cos(np.deg2rad(points[:, 1])), turn[:, 1])
    return points, length * weight[owner[line[1:][same][segment]]]


def _cuts(
    start: NDArray[np.float64], step: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which segments cross an edge of the base grid, and where from 0 to 1."""
    per_degree = round(1 / BASE.dlon)
    ends = np.sort(np.stack([start, start + step]) * per_degree, axis=0)
    first = np.floor(ends[0]).astype(np.int64) + 1
    count = np.maximum(np.ceil(ends[1]).astype(np.int64) - first, 0)
    segment = np.repeat(np.arange(len(start)), count)
    edge = first[segment] + np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    return segment, (edge / per_degree - start[segment]) / step[segment]


def _to_rows(in_cell: NDArray[np.float64], cells: pd.DataFrame) -> NDArray[np.float64]:
    """Share what is in a base cell among its regions by area."""
    position = cells["j"].to_numpy() * BASE.nx + cells["i"].to_numpy()
    fraction = cells["fraction"].to_numpy()
    land = np.bincount(position, weights=fraction, minlength=BASE.size)[position]
    return in_cell[position] * np.divide(fraction, land, out=np.zeros_like(land), where=land > 0)


def _from_field(
    field: Any, cells: pd.DataFrame, kind: Kind, file: str, regions: list[str] | None
) -> NDArray[np.float64]:
    values = field.to_numpy()
    if np.isinf(values).any():
        raise refuse(file, "an infinite value", "values from 0, NaN where there is none")
    low = float(np.nanmin(values)) if np.isfinite(values).any() else np.nan
    if not low >= 0:
        raise refuse(file, f"a smallest value of {low:g}", "values from 0, NaN where there is none")
    moved = regrid(field, BASE, kind=kind)
    covered = regrid(np.isfinite(field).astype(float), BASE, kind="flux").field.fillna(0.0)
    placed = moved.field.fillna(0.0).to_numpy()
    if kind == "flux":
        placed = placed * BASE.row_area[:, None]
    _check_cover(covered.to_numpy().ravel(), cells, file, regions)
    return _to_rows(placed.ravel(), cells)


def _check_cover(
    covered: NDArray[np.float64], cells: pd.DataFrame, file: str, regions: list[str] | None
) -> None:
    position = cells["j"].to_numpy() * BASE.nx + cells["i"].to_numpy()
    area = cells["area_m2"].to_numpy()
    known = pd.Series(area * covered[position]).groupby(cells["region"].to_numpy()).sum()
    whole = pd.Series(area).groupby(cells["region"].to_numpy()).sum()
    share = known / whole
    wanted = share[share > 0] if regions is None else share.reindex(regions)
    wrong = wanted[~(wanted >= 1 - _UNCOVERED)]
    if len(wrong):
        raise DataError(
            Problem(
                f"values for {0.0 if np.isnan(part) else part:.1%} of the land of {region}",
                f"values for {1 - _UNCOVERED:.0%} of every region and more",
                file=file,
                remedy="NaN isn't zero: write 0 where there is nothing, or give a field that "
                "covers the region.",
            )
            for region, part in wrong.items()
        )
