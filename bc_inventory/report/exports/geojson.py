"""Totals by region as GeoJSON (RFC 7946) on simplified outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.release.sanitize import clean
from bc_inventory.schema.enumerations import Level

__all__ = ["write_geojson"]


def write_geojson(
    totals: pd.DataFrame,
    regions: pd.DataFrame,
    outlines: pd.DataFrame,
    path: Path,
    *,
    year: int,
    factor_set: str,
) -> Path:
    """Write a feature for each region with its emission by sector.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`.
    regions : pandas.DataFrame
        Contract `regions`.
    outlines : pandas.DataFrame
        Contract `spatial_outlines`, simplified for maps only.
    path : Path
        File to write; its folder is made.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.

    Returns
    -------
    Path
        `path`. A region without an outline has a null geometry.
    """
    chosen = totals[(totals["year"] == year) & (totals["factor_set"] == factor_set)]
    whole = chosen[chosen["level"] == Level.REGION].set_index("region")
    sectors = chosen[chosen["level"] == Level.REGION_GNFR]
    by_sector = sectors.pivot_table(
        index="region", columns="gnfr", values="emission_kt", aggfunc="first"
    )
    names = regions.set_index("region")
    shapes = _shapes(outlines)
    features = []
    for region, row in whole.sort_index().iterrows():
        column = by_sector.loc[region] if region in by_sector.index else pd.Series(dtype=float)
        properties: dict[str, Any] = {
            "region": region,
            "name": clean(names.loc[region, "name"]),
            "name_zh": clean(names.loc[region, "name_zh"]),
            "side": row["side"],
            "year": year,
            "factor_set": factor_set,
            **{
                name: None if pd.isna(row[name]) else row[name]
                for name in ("emission_kt", "lower_kt", "upper_kt")
            },
            "completeness": row.get("completeness", "untested"),
            "unit": "kt black carbon a year; bounds of the 95 % interval",
        }
        properties |= {f"{sector}_kt": value for sector, value in column.dropna().items()}
        features.append(
            {
                "type": "Feature",
                "id": region,
                "properties": properties,
                "geometry": shapes.get(str(region)),
            }
        )
    collection = {"type": "FeatureCollection", "features": features}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def _shapes(outlines: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return a MultiPolygon for each region; rings run anticlockwise, as the format asks."""
    ordered = outlines.sort_values(["region", "part", "vertex"])
    polygons: dict[str, list[list[list[list[float]]]]] = {}
    for (region, _), ring in ordered.groupby(["region", "part"], sort=True):
        points = ring[["lon", "lat"]].to_numpy(float)
        if not np.array_equal(points[0], points[-1]):
            points = np.vstack([points, points[:1]])
        if len(points) < 4:
            continue
        area = np.sum(points[:-1, 0] * points[1:, 1] - points[1:, 0] * points[:-1, 1])
        polygons.setdefault(str(region), []).append(
            [(points if area > 0 else points[::-1]).tolist()]
        )
    return {
        region: {"type": "MultiPolygon", "coordinates": parts} for region, parts in polygons.items()
    }
