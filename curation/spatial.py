"""Cells, points, places, masks and outlines, from the candidate tables beside the repository.

`../shared/spatial/README.md` says how those were computed from the publishers' polygons and
grids; tests of `tests/spatial` compare the cells with the polygons themselves.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import pandas as pd

from curation.maker import Claims, Maker, Roots, by_source, everything

__all__ = ["MAKERS"]

_FULL = 65_535  # a fraction of 1 as the candidate tables store it
_HECTARES = 10  # of cropland in a unit of theirs


def _candidate(roots: Roots, name: str) -> pd.DataFrame:
    """Return a candidate table, integers widened: theirs overflow in arithmetic."""
    frame = pd.read_parquet(roots.shared / "spatial" / name)
    whole = frame.select_dtypes("integer").columns
    return frame.astype(dict.fromkeys(whole, "int64"))


def cells(roots: Roots) -> pd.DataFrame:
    """Return the cells of every region, contract `spatial_cells`."""
    regions = pd.read_csv(roots.shared / "spatial" / "regions.csv", keep_default_na=False)
    area = _candidate(roots, "region_cells_010.parquet")
    inside = _candidate(roots, "proxy_cells_010.parquet")
    key = ["region_id", "j", "i"]
    both = area.merge(inside, on=key, validate="one_to_one")
    return pd.DataFrame(
        {
            "region": both["region_id"].map(regions.set_index("region_id")["code"]),
            "j": both["j"],
            "i": both["i"],
            "fraction": both["frac_u16"] / _FULL,
            "pop_urban": both["pop_urban"],
            "pop_rural": both["pop_rural"],
            "cropland_ha": both["cropland_10ha"] * _HECTARES,
            "waterway_km": both["waterway_km"],
        }
    )


def mountains(roots: Roots) -> pd.DataFrame:
    """Return the cells of High Mountain Asia, contract `spatial_hma`."""
    frame = _candidate(roots, "hma_cells_025.parquet")
    code = frame["o2"].astype(str)
    return pd.DataFrame(
        {
            "subregion": code.str[:2] + "-" + code.str[2:],
            "j": frame["j"],
            "i": frame["i"],
            "fraction": frame["frac_u16"] / _FULL,
        }
    )


def glaciers(roots: Roots) -> pd.DataFrame:
    """Return the glaciated cells, contract `spatial_glaciers`."""
    frame = _candidate(roots, "glacier_cells_025.parquet")
    return frame[["j", "i"]].assign(fraction=frame["frac_u16"] / _FULL)


def places(roots: Roots) -> pd.DataFrame:
    """Return the towns above 50 000 inhabitants, contract `spatial_places`."""
    frame = _candidate(roots, "places50k.parquet").rename(columns={"pop": "population"})
    return frame.assign(**{name: _degrees(frame[name], 5) for name in ("lat", "lon")})


def outlines(roots: Roots) -> pd.DataFrame:
    """Return the vertices of the regions' outlines, contract `spatial_outlines`."""
    with gzip.open(roots.shared / "spatial" / "regions_outline_005.geojson.gz") as stream:
        features = json.load(stream)["features"]
    names = ["region", "part", "vertex", "lat", "lon"]
    return pd.DataFrame([row for each in features for row in _vertices(each)], columns=names)


def _vertices(feature: dict) -> Iterator[tuple[str, int, int, float, float]]:
    shape = feature["geometry"]
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    rings = (ring for polygon in polygons for ring in polygon)
    for part, ring in enumerate(rings):
        for vertex, (lon, lat) in enumerate(ring):
            yield feature["properties"]["region"], part, vertex, lat, lon


# What the candidate table calls a source, and what we do.
_POINT_SOURCES = {
    "GEM GBPT 2024-09": "gem-gbpt-2024-09",
    "GEM GCPT 2024-07": "gem-gcpt-2024-07",
    "GEM GOGET 2025-02": "gem-goget-2025-02",
    "GEM GOGPT 2024-08": "gem-gogpt-2024-08",
    "GEM GSPT 2023-03": "gem-gspt-2023-03",
    "GEM GSPT map file 2025-03": "gem-gist-2025-03",
    "Natural Earth 10m ports": "natural-earth-ports",
    "SFI 2021-07": "sfi-cement-2021-07",
}
_OIL = "data/spatial-gem/gem_oil_gas_extraction_2025-02-26.csv"
_OIL_COLUMNS = {
    "wiki-name": "name",
    "production---oil-(million-bbl/y)": "weight",
}
_LANDSCAN = "landscan-2015"
# The ovens that the source has in Bremen stand in Bottrop: a typed point.
_NOT_THERE = ("coke_oven", "ArcelorMittal Bremen steel plant")


def points(roots: Roots) -> pd.DataFrame:
    """Return plants, fields and ports, contract `spatial_points`."""
    frame = pd.read_parquet(roots.shared / "spatial" / "points.parquet")
    result = pd.DataFrame(
        {
            "kind": frame["kind"],
            "subtype": frame["sub"].replace("", None),
            "region": frame["region"],
            "name": frame["name"],
            "lat": _degrees(frame["lat"], 4),
            "lon": _degrees(frame["lon"], 4),
            "weight": frame["weight"].astype(float).round(3),
            "weight_unit": frame["unit"].str.split(" ").str[0].str.replace("/a", " year-1"),
            "source_id": frame["source"].map(_POINT_SOURCES),
        }
    )
    result["weight_unit"] = result["weight_unit"].replace({"1/scalerank": "1"})
    kind, name = _NOT_THERE
    return result[~((result["kind"] == kind) & (result["name"] == name))]


def oil_fields(roots: Roots) -> pd.DataFrame:
    """Return the fields with oil, contract `spatial_points`: those of `points` by their oil."""
    fields = points(roots).query("kind == 'oilgas_field'")
    file = pd.read_csv(roots.shared / _OIL, low_memory=False).rename(columns=_OIL_COLUMNS)
    # By name alone, as the embedded table was made: of two fields called Weizhou 12-2 the one
    # at 20.717 N has the oil of the other, 4.307 in place of 5.84 Mbbl.
    oil = file[list(_OIL_COLUMNS.values())].dropna().drop_duplicates("name")
    result = fields.drop(columns="weight").merge(oil, on="name")
    result["weight"] = result["weight"].round(3)
    result = result[result["weight"] > 0].assign(kind="oil_field", weight_unit="Mbbl year-1")
    return result


def population(roots: Roots) -> pd.DataFrame:
    """Return the people of members and territories on a grid of 2015, contract `population`."""
    regions = pd.read_csv(roots.shared / "spatial" / "regions.csv", keep_default_na=False)
    regions = regions[regions["kind"] != "province"]
    return pd.DataFrame(
        {
            "region": regions["code"],
            "year": 2015,
            "population": regions["pop_landscan2015"].astype(float),
            "source_id": _LANDSCAN,
            "note": "ambient population of a grid; not a census",
        }
    )


def _of_candidates(frame: pd.DataFrame) -> pd.Series[bool]:
    return by_source(*_POINT_SOURCES.values())(frame) & (frame["kind"] != "oil_field")


def _degrees(values: pd.Series, digits: int) -> pd.Series:
    return values.astype(float).round(digits)


def _maker(
    name: str,
    how: str,
    inputs: tuple[str, ...],
    make: Callable[[Roots], pd.DataFrame],
    claims: Claims = everything,
) -> Maker:
    file = f"spatial/{name}.parquet"
    full = tuple(f"shared/spatial/{each}" for each in inputs)
    return Maker(name, file, how, full, lambda roots: {file: make(roots)}, claims)


MAKERS = (
    _maker(
        "cells_010",
        "fractions over 65 535, hectares from tens, codes of regions; row by row",
        ("regions.csv", "region_cells_010.parquet", "proxy_cells_010.parquet"),
        cells,
    ),
    _maker(
        "hma_cells_025",
        "fractions over 65 535, codes of subregions",
        ("hma_cells_025.parquet",),
        mountains,
    ),
    _maker("glacier_cells_025", "fractions over 65 535", ("glacier_cells_025.parquet",), glaciers),
    _maker("places", "coordinates to five decimals", ("places50k.parquet",), places),
    _maker(
        "outlines",
        "parts and vertices numbered in the order of the file",
        ("regions_outline_005.geojson.gz",),
        outlines,
    ),
    _maker(
        "points",
        "coordinates to four decimals, weights to three; without the ovens of Bremen",
        ("points.parquet",),
        points,
        _of_candidates,
    ),
    Maker(
        "oil fields",
        "spatial/points.parquet",
        "fields of the candidate table that pump oil, by their oil",
        ("shared/spatial/points.parquet", f"shared/{_OIL}"),
        lambda roots: {"spatial/points.parquet": oil_fields(roots)},
        lambda frame: frame["kind"] == "oil_field",
    ),
    Maker(
        "population of members",
        "population.csv",
        "sums of LandScan 2015",
        ("shared/spatial/regions.csv",),
        lambda roots: {"population.csv": population(roots)},
        by_source(_LANDSCAN),
    ),
)
