"""Contracts of the spatial tables in `data/spatial/`."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table

__all__ = ["TABLES"]

_lat = Column("lat", "number", "latitude, WGS84", "degree", minimum=-90, maximum=90)
_lon = Column("lon", "number", "longitude, WGS84", "degree", minimum=-180, maximum=180)
_fraction = Column(
    "fraction",
    "number",
    "share of the cell (planar in longitude and latitude) that it covers",
    "1",
    minimum=0,
    maximum=1.0,
)


def _cell(degrees: float) -> tuple[Column, Column]:
    rows, columns = round(180 / degrees), round(360 / degrees)
    return (
        Column(
            "j",
            "integer",
            f"row of the global {degrees:g} degree grid, 0 at 90 S",
            minimum=0,
            maximum=rows - 1,
        ),
        Column(
            "i",
            "integer",
            f"column of the global {degrees:g} degree grid, 0 at 180 W",
            minimum=0,
            maximum=columns - 1,
        ),
    )


CELLS = Table(
    "spatial_cells",
    "What one region has in one cell of the global 0.1 degree grid.",
    (
        c.territory,
        *_cell(0.1),
        _fraction,
        Column("pop_urban", "integer", "persons in urban areas, 2015", "person", minimum=0),
        Column("pop_rural", "integer", "persons outside urban areas, 2015", "person", minimum=0),
        Column("cropland_ha", "integer", "cropland, 2015", "ha", minimum=0),
        Column("waterway_km", "integer", "length of large rivers and canals", "km", minimum=0),
    ),
    ("region", "j", "i"),
)

LANES = Table(
    "spatial_lanes",
    "What part of a region's national shipping passes through a 0.1 degree cell, by the shortest "
    "ways over sea between the ports of a country.",
    (
        c.territory,
        *_cell(0.1),
        Column(
            "shipping_share",
            "number",
            "share of the region's national shipping that lies in the cell",
            "1",
            minimum=0,
            maximum=1.0,
        ),
    ),
    ("region", "j", "i"),
)

NETWORKS = Table(
    "spatial_networks",
    "Length of roads and railways of OpenStreetMap in a 0.1 degree cell, under the Open Database "
    "License.",
    (
        c.territory,
        *_cell(0.1),
        Column("road_km", "number", "length of main roads, motorways both ways", "km", minimum=0),
        Column("motorway_km", "number", "length of motorways", "km", minimum=0),
        Column("rail_km", "number", "length of railway lines", "km", minimum=0),
    ),
    ("region", "j", "i"),
)

TRAFFIC = Table(
    "road_traffic",
    "Share of one class of roads in the vehicle kilometres of a reference region.",
    (
        c.scope,
        Column("vehicles", "string", "heavy is above 3.5 t and buses", enum=("heavy", "light")),
        Column(
            "road_class",
            "string",
            "motorway; main: the other main roads of the network; minor: all the rest, which "
            "lies along the root of people times land",
            enum=("motorway", "main", "minor"),
        ),
        *c.bounded("share", "share of the vehicle kilometres", "1", maximum=1.0),
        Column(
            "reference",
            "string",
            "region, or side for all its regions, in which the share holds; elsewhere a km of "
            "the class has the same traffic",
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "vehicles", "road_class"),
    c.interval("share"),
)

POINTS = Table(
    "spatial_points",
    "A plant, field, port, airport or district that stands for a point source.",
    (
        Column(
            "kind",
            "string",
            "what it is",
            enum=(
                "airport_large",
                "airport_medium",
                "bio_power",
                "blast_furnace",
                "cement",
                "coal_power",
                "coke_district",
                "coke_oven",
                "flare",
                "nonferrous",
                "oil_field",
                "oilgas_field",
                "oilgas_power",
                "port",
                "refinery",
                "steel",
            ),
        ),
        Column("subtype", "string", "technology or fuel in the publisher's terms", required=False),
        c.territory,
        Column("name", "string", "name in the publisher's spelling"),
        _lat,
        _lon,
        Column(
            "weight",
            "number",
            "capacity, output or size, in `weight_unit`; absent where unknown",
            required=False,
            minimum=0,
        ),
        Column(
            "weight_unit",
            "string",
            "unit of the weight",
            enum=("MW", "kt year-1", "Mboe year-1", "Mbbl year-1", "bcm year-1", "m", "1"),
        ),
        c.source_id,
    ),
    ("kind", "subtype", "region", "name", "lat", "lon"),
)

PLACES = Table(
    "spatial_places",
    "A town above 50 000 inhabitants.",
    (
        Column("geonameid", "integer", "identifier of GeoNames"),
        Column("name", "string", "name"),
        c.territory,
        _lat,
        _lon,
        Column("population", "integer", "inhabitants as listed", "person", minimum=0),
    ),
    ("geonameid",),
)

HMA = Table(
    "spatial_hma",
    "Cells of High Mountain Asia at 0.25 degree.",
    (
        Column("subregion", "string", "second-order glacier region, 13-01 to 15-03"),
        *_cell(0.25),
        _fraction,
    ),
    ("subregion", "j", "i"),
)

GLACIERS = Table(
    "spatial_glaciers",
    "Glaciated share of cells north of 25 N at 0.25 degree; a mask, not for area statistics.",
    (*_cell(0.25), _fraction),
    ("j", "i"),
)

OUTLINES = Table(
    "spatial_outlines",
    "A vertex of a region's outline, simplified to 0.05 degree, for maps only.",
    (
        c.territory,
        Column("part", "integer", "ring of the region, from 0", minimum=0),
        Column("vertex", "integer", "position along the ring, from 0", minimum=0),
        _lat,
        _lon,
    ),
    ("region", "part", "vertex"),
)

PROXIES = Table(
    "spatial_proxies",
    "A field or set of points along which a region's emission is spread.",
    (
        Column("proxy", "string", "short name"),
        Column("name", "string", "English name"),
        Column(
            "kind",
            "string",
            "cells: a sum of columns of spatial_cells, spatial_lanes or spatial_networks, or "
            "road_heavy and road_light, which are made of them by road_traffic; sqrt: "
            "the root of the product of its factors; land: area of the region in the cell; "
            "points: points of the kinds",
            enum=("cells", "sqrt", "land", "points"),
        ),
        Column(
            "members",
            "string",
            "columns or kinds of points it consists of, separated by ;",
        ),
        Column("unit", "string", "unit of the weight"),
        Column(
            "stack_height_class",
            "string",
            "effective height of release of point sources: low below 50 m, medium 50 to 150 m, "
            "high above",
            required=False,
            enum=("low", "medium", "high"),
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("proxy",),
)

LADDER = Table(
    "proxy_ladder",
    "One rung of the ladder of proxies of a source category; a region where a proxy is empty "
    "takes the next.",
    (
        c.scope,
        Column("nfr", "string", "NFR category, or * for any without a ladder", wildcard=True),
        Column("fuel", "string", "fuel, or * for any", references="fuels.fuel", wildcard=True),
        Column("order", "integer", "rung, from 1", minimum=1),
        Column("proxy", "string", "proxy", references="spatial_proxies.proxy"),
        Column(
            "confidence",
            "string",
            "how well the proxy is expected to place this category",
            enum=("high", "medium", "low"),
        ),
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "fuel", "order"),
)

POINT_EMISSIONS = Table(
    "point_emissions",
    "Emission of one source category and fuel at a plant, field or port; it is in the grid too.",
    (
        c.year,
        c.side,
        c.territory,
        c.nfr,
        c.fuel,
        Column("proxy", "string", "proxy that placed it"),
        Column("kind", "string", "what the point is"),
        Column("name", "string", "name in the publisher's spelling"),
        _lat,
        _lon,
        Column(
            "stack_height_class",
            "string",
            "effective height of release: low below 50 m, medium 50 to 150 m, high above",
            enum=("low", "medium", "high"),
        ),
        Column("emission_kt", "number", "emission in the year", "kt", minimum=0),
        c.source_id,
    ),
    ("region", "nfr", "fuel", "kind", "name", "lat", "lon"),
)

EXPORT_SECTORS = Table(
    "export_sectors",
    "The sector of another product's layout that a source category goes to.",
    (
        Column("nfr", "string", "NFR category", references="sectors.nfr"),
        Column(
            "ceds_index",
            "integer",
            "sector of CEDS in input4MIPs; absent where it stands in another of its files",
            required=False,
            minimum=0,
            maximum=7,
        ),
        c.source_id,
        c.note,
    ),
    ("nfr",),
)

TABLES = (
    CELLS,
    LANES,
    NETWORKS,
    TRAFFIC,
    POINTS,
    PLACES,
    HMA,
    GLACIERS,
    OUTLINES,
    PROXIES,
    LADDER,
    POINT_EMISSIONS,
    EXPORT_SECTORS,
)
