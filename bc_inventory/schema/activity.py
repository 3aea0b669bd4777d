"""Contracts around activity: how figures are recovered, repaired and read."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table

__all__ = ["REPAIR_METHODS", "TABLES"]

# IPCC 2006 Guidelines, vol. 1 ch. 5.3; EMEP/EEA Guidebook, part A ch. 4.
REPAIR_METHODS = ("overlap", "surrogate", "interpolation", "extrapolation")


def _year(name: str, description: str) -> Column:
    return Column(name, "integer", description, required=False, minimum=1850, maximum=2100)


RECOVERY = Table(
    "activity_recovery",
    "Divisor that turns a published emission back into the activity it was computed from.",
    (
        Column(
            "activity_source", "string", "source of the figures", references="sources.source_id"
        ),
        Column("source_sector", "string", "publisher's sector, or * for those without a row"),
        Column("source_fuel", "string", "publisher's fuel"),
        *c.bounded("value", "CO2 per activity, in `unit`"),
        Column("unit", "string", "unit of the divisor", unit_like="kg/kg, kg/m3"),
        Column("quantity_unit", "string", "unit of the activity", unit_like=c.QUANTITY_UNITS),
        Column(
            "flag",
            "string",
            "exact where the publisher used this figure, mean_factor where it stands for several",
            enum=("exact", "mean_factor"),
        ),
        Column(
            "digits",
            "integer",
            "decimals of an exact figure, or significant figures of a mean one",
            minimum=0,
            maximum=9,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("activity_source", "source_sector", "source_fuel"),
    (Interval("value", "value_lower", "value_upper"),),
)

GROUPS = Table(
    "activity_groups",
    "A publisher's sector and the sum of sectors in which published activity holds it.",
    (
        Column(
            "activity_source", "string", "source of the figures", references="sources.source_id"
        ),
        Column("source_sector", "string", "sector as the publisher writes it"),
        Column("activity_sector", "string", "sector of `activity_published`"),
        c.source_id,
        c.note,
    ),
    ("activity_source", "source_sector"),
)

REPAIRS = Table(
    "activity_repairs",
    "A rule that fills a hole or mends a break in a series of published activity.",
    (
        Column("repair_id", "string", "what repaired figures cite"),
        c.region,
        Column("source_sector", "string", "sector of the series in the publisher's terms"),
        Column("source_fuel", "string", "fuel of the series in the publisher's terms"),
        Column("method", "string", "how", enum=REPAIR_METHODS),
        Column("year_from", "integer", "first year to repair", minimum=1850, maximum=2100),
        Column("year_to", "integer", "last year to repair", minimum=1850, maximum=2100),
        _year("reference_from", "first year of the figures that give level or trend"),
        _year("reference_to", "last year of the figures that give level or trend"),
        Column(
            "surrogate_region",
            "string",
            "regions of the surrogate separated by ;, or * for all of the side with figures",
            required=False,
        ),
        Column(
            "factor",
            "number",
            "for a series without figures of its own: its size over the surrogate's",
            "1",
            required=False,
            minimum=0,
        ),
        Column("per_head", "boolean", "whether `factor` holds per head of population"),
        Column(
            "relative", "number", "half width of the 95 % interval over the figure", "1", minimum=0
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("region", "source_sector", "source_fuel", "year_from"),
)

SELECTION = Table(
    "activity_selection",
    "What of a publisher's file is embedded as published activity.",
    (
        Column(
            "activity_source", "string", "source of the figures", references="sources.source_id"
        ),
        Column("source_sector", "string", "publisher's sector, or *"),
        Column("source_fuel", "string", "publisher's fuel"),
        Column("unit", "string", "unit of the rows to take, where a fact stands in several"),
        Column("side", "string", "domain of the regions to take", listing=c.DOMAINS),
        Column("year_from", "integer", "first year", minimum=1850, maximum=2100),
        Column("year_to", "integer", "last year", minimum=1850, maximum=2100),
        Column("quantity_kind", "string", "what is counted, as in `activity_published`"),
        Column("activity_fuel", "string", "fuel in the embedded table"),
        Column("recover", "boolean", "whether activity is recovered from CO2 by division"),
        Column(
            "zeros",
            "string",
            "keep; absent: left out; not_reported: a zero before the first figure is NE, a series "
            "of zeros is left out",
            enum=("keep", "absent", "not_reported"),
        ),
        Column(
            "digits",
            "integer",
            "significant figures to keep, 0 for all",
            minimum=0,
            maximum=15,
        ),
        c.note,
    ),
    ("activity_source", "source_sector", "source_fuel", "unit"),
)

POPULATION_CORRECTIONS = Table(
    "population_corrections",
    "A misprint of a publisher, and what is read instead.",
    (
        c.region,
        c.year,
        Column("printed", "number", "persons as printed", "person", minimum=0),
        Column("population", "number", "persons as read", "person", minimum=0),
        c.source_id,
        c.note,
    ),
    ("region", "year"),
)

READ_ACTIVITY = Table(
    "activity_read",
    "A figure of activity data as a publisher's file holds it.",
    (
        c.year,
        Column("source_region", "string", "region as the publisher writes it"),
        Column("region", "string", "ISO 3166 code, or the publisher's word for an aggregate"),
        Column(
            "region_level",
            "string",
            "what the region is; aggregates aren't added to their members",
            enum=("country", "province", "aggregate"),
        ),
        Column("source_sector", "string", "sector in the publisher's terms"),
        Column("source_fuel", "string", "fuel in the publisher's terms"),
        Column("quantity", "number", "figure as published, in `unit`", required=False),
        Column("unit", "string", "unit as published"),
        Column(
            "notation_key",
            "string",
            "notation key where there is no figure",
            required=False,
            enum=c.NOTATION_KEYS,
        ),
        Column("flag", "string", "publisher's flag, or how it was recovered", required=False),
        c.source_id,
        c.note,
    ),
    ("year", "source_region", "source_sector", "source_fuel", "unit"),
)

REPAIRED = Table(
    "activity_repaired",
    "A figure of published activity that a rule filled or mended.",
    (
        Column("repair_id", "string", "rule that made it"),
        Column("method", "string", "how", enum=REPAIR_METHODS),
        c.year,
        c.region,
        Column("source_sector", "string", "sector in the publisher's terms"),
        Column("source_fuel", "string", "fuel in the publisher's terms"),
        Column("published", "number", "figure as published, in `unit`", required=False),
        Column("quantity", "number", "repaired figure, in `unit`", minimum=0),
        Column("unit", "string", "unit", unit_like=c.QUANTITY_UNITS),
        Column("relative", "number", "half width of the 95 % interval over the figure", "1"),
        c.confidence,
        c.source_id,
    ),
    ("year", "region", "source_sector", "source_fuel"),
)

TABLES = (REPAIRED, RECOVERY, GROUPS, SELECTION, REPAIRS, POPULATION_CORRECTIONS, READ_ACTIVITY)
