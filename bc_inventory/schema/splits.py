"""Contracts of what derived shares of published activity are made from."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table

__all__ = ["TABLES"]

FUEL_SPLIT_BASE = Table(
    "fuel_split_base",
    "Energy by carrier of a category, in a region group or a country.",
    (
        Column("category", "string", "power, industry, services, farm"),
        c.scope,
        Column("year", "integer", "year", minimum=1850, maximum=2100),
        Column("carrier", "string", "group of fuels", enum=("solid", "gas", "oil")),
        Column(
            "energy", "number", "energy; within a category, scope and year only ratios count",
            "PJ", minimum=0,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("category", "scope", "year", "carrier"),
)  # fmt: skip

FUEL_SPLIT_RULES = Table(
    "fuel_split_rules",
    "How the fossil CO2 of a category is parted by fuel.",
    (
        Column("source_sector", "string", "category in the publisher's terms"),
        c.scope,
        c.nfr,
        Column("category", "string", "category of `fuel_split_base`"),
        Column(
            "covered", "number", "share of the CO2 that the split covers", "1",
            minimum=0, maximum=1,
        ),
        Column(
            "mobile_sector", "string", "part of the category that is mobile, taken out first",
            required=False,
        ),
        Column(
            "heavy", "number", "share of the oil that is heavy fuel oil; the rest is gas oil", "1",
            minimum=0, maximum=1,
        ),
        Column(
            "lignite", "number", "share of lignite in solid fuel; empty: as in the balance", "1",
            required=False, minimum=0, maximum=1,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("source_sector", "scope"),
)  # fmt: skip

TABLES = (FUEL_SPLIT_BASE, FUEL_SPLIT_RULES)
