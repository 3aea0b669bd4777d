"""Contracts of the embedded facts in `data/`; factors and controls have their own module."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.sources import TABLES as SOURCES

__all__ = ["TABLES"]

_KINDS = (
    "fuel_energy",
    "fuel_energy_gross",
    "fuel_mass",
    "fuel_volume",
    "co2_mass",
    "product_mass",
    "distance",
)


SECTORS = Table(
    "sectors",
    "An NFR14 source category.",
    (
        Column("nfr", "string", "NFR14 code without dots"),
        Column("gnfr", "string", "GNFR aggregate it belongs to"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name", required=False),
        Column("ipcc_2006", "string", "IPCC 2006 category", required=False),
        Column("memo", "boolean", "memo item, outside the totals"),
        Column("estimated", "boolean", "whether this project estimates it"),
        c.source_id,
    ),
    ("nfr",),
)

FUELS = Table(
    "fuels",
    "A fuel, or the product of a process that emits.",
    (
        Column("fuel", "string", "short name"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column(
            "kind",
            "string",
            "group",
            enum=("solid", "liquid", "gas", "biomass", "waste", "product"),
        ),
        c.source_id,
    ),
    ("fuel",),
)

TECHNOLOGIES = Table(
    "technologies",
    "A combustion or process technology.",
    (
        Column("technology", "string", "short name"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column("description", "string", "what counts as this technology"),
        c.source_id,
    ),
    ("technology",),
)

DOMAINS = Table(
    "domains",
    "A domain: what an inventory sums and compares as a whole. Its members, by group, are the "
    "regions that name it in `regions.side`.",
    (
        Column("domain", "string", "code, as `side` columns and scopes use it"),
        Column("order", "integer", "place in tables and charts", minimum=1),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column("aliases", "string", "other names in any language, separated by ;", required=False),
        Column(
            "country",
            "string",
            "ISO 3166-1 code of the country that its members are parts of; empty where each "
            "member is a country",
            required=False,
        ),
        Column(
            "territories",
            "string",
            "group of the regions that belong to it and stand outside its totals",
            required=False,
        ),
        Column("west", "number", "left bound of its map and grid", "degree", True, -180, 180),
        Column("south", "number", "lower bound", "degree", True, -90, 90),
        Column("east", "number", "right bound", "degree", True, -180, 180),
        Column("north", "number", "upper bound", "degree", True, -90, 90),
        Column("colour", "string", "fill of its bars in charts, as #rrggbb"),
        Column("ice_view", "string", "view of ice whose months are shown for it", required=False),
        Column("ice_band", "string", "band of that view", required=False),
        Column(
            "reference_factors",
            "boolean",
            "whether implied factors are judged by the range of its official factors",
        ),
        Column(
            "network_note",
            "string",
            "what a reader of its measurements should know of its networks",
            required=False,
        ),
        c.source_id,
    ),
    ("domain",),
)

REGIONS = Table(
    "regions",
    "A member of a domain, such as a member state or a province, or a territory kept apart.",
    (
        Column("region", "string", "ISO 3166 code"),
        Column(
            "side",
            "string",
            "domain it belongs to, or none for a territory outside the totals of all",
            enum=("none",),
            listing=c.DOMAINS,
        ),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column("group", "string", "group that assumptions may be given for"),
        Column("parent", "string", "code of the region it is part of", required=False),
        Column("nuts", "string", "NUTS 0 code", required=False),
        Column("gb_t_2260", "integer", "GB/T 2260 code", required=False),
        Column(
            "letters",
            "string",
            "two letters publishers of Chinese data use (HE, SX, SN ...)",
            required=False,
        ),
        c.source_id,
    ),
    ("region",),
)

POPULATION = Table(
    "population",
    "Population of a region in a year.",
    (
        c.region,
        c.year,
        Column("population", "number", "persons", "person", minimum=0),
        c.source_id,
        c.note,
    ),
    ("region", "year"),
)

ACTIVITY = Table(
    "activity_published",
    "One published figure of activity data, as delivered.",
    (
        c.year,
        c.region,
        Column("source_sector", "string", "sector in the publisher's terms"),
        Column("source_fuel", "string", "fuel in the publisher's terms"),
        Column("quantity", "number", "figure as published, in `unit`", required=False, minimum=0),
        Column("unit", "string", "unit as published", unit_like=c.QUANTITY_UNITS),
        Column("quantity_kind", "string", "what is counted", enum=_KINDS),
        Column(
            "notation_key",
            "string",
            "notation key where there is no figure",
            required=False,
            enum=c.NOTATION_KEYS,
        ),
        Column(
            "flag",
            "string",
            "publisher's flag, or how a figure was recovered (exact, mean_factor, ...)",
            required=False,
        ),
        c.source_id,
        c.note,
    ),
    ("year", "region", "source_sector", "source_fuel", "unit"),
)

MAPPING = Table(
    "activity_mapping",
    "How much of a published figure is activity of an NFR category and fuel.",
    (
        Column("mapping_id", "string", "what rows of the emission table cite"),
        c.scope,
        Column("source_sector", "string", "sector in the publisher's terms"),
        Column("source_fuel", "string", "fuel in the publisher's terms"),
        c.nfr,
        c.fuel,
        Column(
            "year",
            "integer",
            "year of this share; between years it is interpolated, outside it is held",
        ),
        *c.bounded("share", "share of the published figure", "1", maximum=1.0),
        c.value_kind,
        Column(
            "tier",
            "integer",
            "1 default, 2 country- or technology-specific, 3 detailed",
            minimum=1,
            maximum=3,
        ),
        Column("surrogate", "boolean", "whether this stands in for activity nobody published"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("mapping_id", "scope", "source_sector", "source_fuel", "nfr", "fuel", "year"),
    c.interval("share"),
)

ACTIVITY_UNCERTAINTY = Table(
    "activity_uncertainty",
    "Uncertainty of published activity itself, before any split.",
    (
        Column(
            "activity_source", "string", "source that published it", references="sources.source_id"
        ),
        Column("source_sector", "string", "publisher's sector, or *"),
        Column(
            "flag",
            "string",
            "flag of the figure, or *; `extrapolated` is what each year of distance adds, in "
            "squares, to a figure with the flag `extrapolated_N`",
        ),
        Column(
            "relative", "number", "half width of the 95 % interval over the figure", "1", minimum=0
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("activity_source", "source_sector", "flag"),
)

NATIONAL_ACTIVITY = Table(
    "activity_national",
    "Activity known for a whole side or country only; it is spread over regions by a driver.",
    (
        Column("activity_id", "string", "what rows of the emission table cite"),
        c.scope,
        c.nfr,
        c.fuel,
        Column(
            "year",
            "integer",
            "year of the figure; between years it is interpolated, outside it is held",
        ),
        *c.bounded("quantity", "figure, in `unit`"),
        c.value_kind,
        Column("unit", "string", "unit", unit_like=c.QUANTITY_UNITS),
        Column("driver", "string", "column group of `region_shares` that spreads it"),
        Column(
            "tier",
            "integer",
            "1 default, 2 country- or technology-specific, 3 detailed",
            minimum=1,
            maximum=3,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("activity_id", "scope", "nfr", "fuel", "year"),
    c.interval("quantity"),
)

REPORTED_ACTIVITY = Table(
    "activity_reported",
    "Activity that a compiler reports for a region by NFR category and fuel; it takes the place "
    "of all that mappings and drivers give there. The embedded table is empty: it serves overlays.",
    (
        c.year,
        c.region,
        c.nfr,
        c.fuel,
        *c.bounded("quantity", "activity, in `unit`"),
        c.value_kind,
        Column("unit", "string", "unit", unit_like=c.QUANTITY_UNITS),
        Column(
            "tier",
            "integer",
            "1 default, 2 country- or technology-specific, 3 detailed",
            minimum=1,
            maximum=3,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("year", "region", "nfr", "fuel"),
    c.interval("quantity"),
)

REGION_SHARES = Table(
    "region_shares",
    "Share of a region in the total of a driver, such as brick production or crop residue burnt.",
    (
        Column("driver", "string", "name of the driver"),
        c.region,
        Column("year", "integer", "year of the share; the nearest given year is used"),
        Column("share", "number", "share of the driver's total", "1", minimum=0, maximum=1),
        Column(
            "relative_uncertainty",
            "number",
            "half width of the 95 % interval over the share",
            "1",
            minimum=0,
        ),
        c.source_id,
        c.note,
    ),
    ("driver", "region", "year"),
)

FACTS_CHANGED = Table(
    "facts_changed",
    "What a row given for an inventory puts in place of an embedded fact; tables given whole are "
    "counted in the manifest instead.",
    (
        Column("table", "string", "table below `data/`"),
        Column("row", "string", "key of the row: column=value, separated by ;"),
        Column(
            "change",
            "string",
            "whether the row has other values, a new key, or is gone",
            enum=("replaced", "added", "removed"),
        ),
        Column("column", "string", "column whose value changed; * where the whole row did"),
        Column("embedded", "string", "its embedded value", required=False),
        Column("given", "string", "the value in its place", required=False),
    ),
    ("table", "row", "column"),
)

TABLES = (
    FACTS_CHANGED,
    *SOURCES,
    SECTORS,
    FUELS,
    TECHNOLOGIES,
    DOMAINS,
    REGIONS,
    POPULATION,
    ACTIVITY,
    MAPPING,
    ACTIVITY_UNCERTAINTY,
    NATIONAL_ACTIVITY,
    REPORTED_ACTIVITY,
    REGION_SHARES,
)
