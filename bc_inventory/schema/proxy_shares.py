"""Contracts of what places emissions in the cells of a grid, whatever their amount."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table

__all__ = ["TABLES"]

_row = Column("row", "integer", "row of the grid, 0 in the south", minimum=0)
_column = Column("column", "integer", "column of the grid, 0 in the west", minimum=0)

PROXY_CHOICES = Table(
    "proxy_choices",
    "The proxy that places a source category and fuel of a region: the first of its ladder that "
    "isn't empty there.",
    (
        c.territory,
        c.nfr,
        c.fuel,
        Column("proxy", "string", "proxy", references="spatial_proxies.proxy"),
        Column("rung", "integer", "its place in the ladder, 1 for the first choice", minimum=1),
        Column(
            "confidence",
            "string",
            "how well it stands for the category",
            enum=("high", "medium", "low"),
        ),
    ),
    ("region", "nfr", "fuel"),
)

PROXY_SHARES = Table(
    "proxy_shares",
    "The part of a region's emission that a proxy puts into a cell; cells without any are left "
    "out, and the sum is below one where a part of the region lies outside the grid.",
    (
        c.territory,
        Column("proxy", "string", "proxy", references="spatial_proxies.proxy"),
        _row,
        _column,
        Column("share", "number", "part of the region's emission", "1", minimum=0),
    ),
    ("region", "proxy", "row", "column"),
)

REGION_CELLS = Table(
    "region_cells",
    "What a region has in a cell of a grid.",
    (
        c.territory,
        _row,
        _column,
        Column("area_m2", "number", "its area, inland water included", "m2", minimum=0),
        Column("population", "number", "inhabitants, 2015", "person", minimum=0),
        Column(
            "settled",
            "boolean",
            "whether it has land or a point source there; through others only shipping passes",
        ),
    ),
    ("region", "row", "column"),
)

TABLES = (PROXY_CHOICES, PROXY_SHARES, REGION_CELLS)
