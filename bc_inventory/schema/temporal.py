"""Contracts of the tables that share a year out over months, weekdays and hours."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table

__all__ = ["TABLES"]

_cycle = Column(
    "cycle",
    "string",
    "month of the year, weekday from Monday, or hour of the local day",
    enum=("month", "weekday", "hour"),
)

PROFILES = Table(
    "temporal_profiles",
    "Activity in one step of a cycle, relative to the mean of the cycle.",
    (
        Column("profile", "string", "short name"),
        _cycle,
        c.scope,
        Column("step", "integer", "1 to 12, 1 to 7, or 0 to 23", minimum=0, maximum=23),
        Column("factor", "number", "relative to the mean over the steps", "1", minimum=0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("profile", "cycle", "scope", "step"),
)

PROFILE_MAP = Table(
    "temporal_map",
    "Which profile a source category follows.",
    (
        c.scope,
        Column("nfr", "string", "NFR category, or * for any without a row", wildcard=True),
        _cycle,
        Column("profile", "string", "profile, or flat"),
        Column(
            "heating",
            "boolean",
            "whether degree days replace it where temperatures are given",
        ),
        Column(
            "confidence",
            "string",
            "how well the profile is expected to suit the category",
            enum=("high", "medium", "low"),
        ),
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "cycle"),
)

DEGREE_DAYS = Table(
    "degree_days",
    "A parameter of the degree-day method of heating.",
    (
        Column(
            "parameter",
            "string",
            "threshold below which heating runs, indoor reference, constant share",
            enum=("threshold", "reference", "constant_share"),
        ),
        Column("value", "number", "value, in `unit`"),
        Column("unit", "string", "unit", enum=("degC", "1")),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("parameter",),
)

TIME_ZONES = Table(
    "time_zones",
    "The time by which people of a region live.",
    (
        c.territory,
        Column("zone", "string", "name in the IANA time zone database"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("region",),
)

TABLES = (PROFILES, PROFILE_MAP, DEGREE_DAYS, TIME_ZONES)
