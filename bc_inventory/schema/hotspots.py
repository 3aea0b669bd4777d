"""Contracts of hotspots and of the views of exposure and of the cryosphere."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table

__all__ = ["HOTSPOT_KINDS", "SECTOR_GROUPS", "TABLES"]

HOTSPOT_KINDS = ("cell", "density", "significant", "persistent")
SECTOR_GROUPS = ("all", "residential_heating", "heavy_diesel", "coking", "brick")

HOTSPOT_GROUPS = Table(
    "hotspot_groups",
    "An NFR category and fuel of a group of sectors that has hotspots of its own.",
    (
        Column("sector_group", "string", "group", enum=SECTOR_GROUPS[1:]),
        Column("name", "string", "English name of the group"),
        Column("name_zh", "string", "Chinese name of the group"),
        c.nfr,
        Column("fuel", "string", "fuel, or *", references="fuels.fuel", wildcard=True),
        c.source_id,
        c.note,
    ),
    ("sector_group", "nfr", "fuel"),
)


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    minimum: float | None = 0.0,
    maximum: float | None = None,
) -> Column:
    return Column(
        name, "number", description, unit, required=False, minimum=minimum, maximum=maximum
    )


def _s(name: str, description: str) -> Column:
    return Column(name, "string", description, required=False)


HOTSPOTS = Table(
    "hotspots",
    "A contiguous cluster of grid cells that are hotspots by one definition.",
    (
        Column("hotspot_id", "string", "id, kept across versions where the clusters overlap"),
        c.year,
        c.side,
        Column("kind", "string", "definition: see docs/hotspots.md", enum=HOTSPOT_KINDS),
        Column("sector_group", "string", "sectors it is a hotspot of", enum=SECTOR_GROUPS),
        Column("rank", "integer", "rank by emission in its side, kind and sector group", minimum=1),
        Column("region", "string", "region that emits most of it"),
        Column("region_shares", "string", "share of each region in its emission, JSON object"),
        Column("cells", "integer", "number of cells", minimum=1),
        Column("resolution", "number", "cell size", "degree", minimum=0.0),
        Column("latitude", "number", "centre of its emission, WGS84", "degree"),
        Column("longitude", "number", "centre of its emission, WGS84", "degree"),
        Column("peak_latitude", "number", "centre of its densest cell", "degree"),
        Column("peak_longitude", "number", "centre of its densest cell", "degree"),
        Column("area_km2", "number", "area of its cells", "km2", minimum=0.0),
        Column("emission_kt", "number", "emission of the sector group in it", "kt", minimum=0.0),
        _n("lower_kt", "lower bound of the 95 % interval from the factor draws", "kt"),
        _n("upper_kt", "upper bound of the 95 % interval from the factor draws", "kt"),
        Column("density_t_km2", "number", "emission per area and year", "t/km2", minimum=0.0),
        Column("peak_density_t_km2", "number", "of its densest cell", "t/km2", minimum=0.0),
        _n("threshold_t_km2", "density that a cell had to reach, kind density", "t/km2"),
        Column("share_of_side", "number", "of the side's emission of the group", "1", True, 0, 1),
        Column("share_of_region", "number", "part in `region` over that region's", "1", True, 0, 1),
        Column("top_nfr", "string", "NFR category that emits most of it"),
        Column("nfr_shares", "string", "share of each NFR category, JSON object"),
        Column("fuel_shares", "string", "share of each fuel, JSON object"),
        _n("population", "inhabitants of its cells", "person"),
        _n("emission_per_head_kg", "emission per inhabitant and year", "kg/person"),
        _s(
            "place",
            "most populous place in it, of `region` if it has one; else the most populous within "
            "25 km of its centre of emission, else the nearest",
        ),
        _s("place_region", "region of `place`"),
        _s("nearest_place", "place nearest to its centre of emission"),
        _n("nearest_place_km", "distance to it", "km"),
        _n("arctic_circle_km", "distance of its centre of emission to 66.56 N", "km"),
        _n("hma_glacier_km", "distance to the nearest glaciated cell of High Mountain Asia", "km"),
        _s("stations", "nearest stations, distance and what they measured, JSON array"),
        _n("probability", "share of factor draws in which at least half of it is hot", "1", 0, 1),
        _n("gi_star_max", "largest Getis-Ord Gi* of its cells", "1", None),
        _n("moran_share", "share of its area that local Moran calls high-high", "1", 0, 1),
        Column("years", "integer", "years of grids looked at", minimum=1),
        _s("persistence", "class over the years, kind persistent"),
        _n("gi_star_slope", "Theil-Sen slope of its mean Gi*", "1/a", None),
        _n(
            "rank_slope",
            "Theil-Sen slope of its rank from 0 to 1 among the cells; positive is rising",
            "1/a",
            None,
        ),
        _n(
            "rank_changes",
            "share of paired draws in which its rank by emission among those of its kind isn't "
            "the same in the first and in the last year",
            "1",
            0,
            1,
        ),
        _s("previous_id", "hotspots of the version before that it overlaps, separated by ;"),
    ),
    ("hotspot_id",),
    (Interval("emission_kt", "lower_kt", "upper_kt"),),
)

TABLES = (HOTSPOT_GROUPS, HOTSPOTS)
