"""Contracts of what inventories are compared with and judged by."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table
from bc_inventory.schema.enumerations import Statistic

__all__ = ["ASPECTS", "TABLES"]

# What must agree before two figures of a sector mean the same thing.
ASPECTS = (
    "scope",
    "condensables",
    "biomass_class",
    "off_road",
    "bunkers",
    "field_burning",
    "regions",
    "activity_source",
    "measurement",
)


def _kt(name: str, description: str) -> Column:
    return Column(name, "number", description, "kt", required=False, minimum=0)


COMPARED = Table(
    "compared",
    "Emission of one inventory in one region, sector and year, on common terms.",
    (
        Column("inventory", "string", "short name of the inventory"),
        c.year,
        Column("region", "string", "region code, or the code of a whole domain"),
        Column("sector", "string", "common sector, or * for all"),
        _kt("emission_kt", "emission"),
        _kt("lower_kt", "lower bound of the 95 % interval, where the inventory gives one"),
        _kt("upper_kt", "upper bound of the 95 % interval, where the inventory gives one"),
        Column(
            "notation_key", "string", "why there is no figure", required=False, enum=c.NOTATION_KEYS
        ),
    ),
    ("inventory", "year", "region", "sector"),
    (Interval("emission_kt", "lower_kt", "upper_kt", c.AS_GIVEN),),
)

BENCHMARKS = Table(
    "benchmarks",
    "A total of another inventory, transcribed from its publication.",
    (
        Column("inventory", "string", "short name of the inventory"),
        c.year,
        Column("region", "string", "region code, or the code of a whole domain"),
        Column(
            "scheme",
            "string",
            "scheme of the sectors, as in `sector_crosswalk`; none where only totals are known",
            required=False,
        ),
        Column("sector", "string", "sector in the inventory's own terms, or * for all"),
        _kt("emission_kt", "emission as printed"),
        _kt("lower_kt", "lower end of the printed range"),
        _kt("upper_kt", "upper end of the printed range"),
        Column(
            "range_kind",
            "string",
            "what the range is",
            required=False,
            enum=("95 %", "interquartile", "plausible range", "inventory range", "1 sigma"),
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("inventory", "year", "region", "sector"),
)

DEFINITIONS = Table(
    "inventory_definitions",
    "What an inventory means by its figures, one aspect at a time.",
    (
        Column("inventory", "string", "short name of the inventory"),
        Column("sector", "string", "GNFR aggregate it holds for, or *", wildcard=True),
        Column("aspect", "string", "what is defined", enum=ASPECTS),
        Column("value", "string", "the definition, as a short name"),
        Column(
            "family",
            "string",
            "definitions of one family differ in detail and agree partly",
            required=False,
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("inventory", "sector", "aspect"),
)

SHARED_SOURCES = Table(
    "shared_sources",
    "A source behind a component of our rows that another inventory is or uses too.",
    (
        Column("inventory", "string", "short name of the inventory"),
        Column("side", "string", "domain it is compared with, or *", wildcard=True),
        Column(
            "component",
            "string",
            "component of our rows",
            enum=("activity", "share", "factor", "abatement"),
        ),
        c.source_id,
        Column(
            "nfr",
            "string",
            "category it holds for, or *",
            references="sectors.nfr",
            wildcard=True,
        ),
        Column(
            "kind",
            "string",
            "result: a figure of that inventory, or one set to agree with it; statistics: the same "
            "published activity; factors: the same compilation of factors",
            enum=("result", "statistics", "factors"),
        ),
        c.confidence,
        c.note,
    ),
    ("inventory", "side", "component", "source_id", "nfr"),
)

LIMITS = Table(
    "review_limits",
    "A limit by which a review judges an inventory.",
    (
        Column("limit", "string", "short name"),
        Column("value", "number", "the limit, in `unit`"),
        Column("unit", "string", "unit"),
        Column("description", "string", "what is held against it"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("limit",),
)

IMPLIED_RANGES = Table(
    "implied_factor_ranges",
    "Range in which an emission per activity is credible.",
    (
        Column("quantity", "string", "what is emitted per what"),
        Column("species", "string", "pollutant"),
        Column("lower", "number", "lower end, in `unit`", minimum=0),
        Column("upper", "number", "upper end, in `unit`", minimum=0),
        Column("unit", "string", "unit of the implied factor"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("quantity", "species"),
)

TARGETS = Table(
    "targets",
    "A reduction that a Party, a group of Parties or a user has set.",
    (
        Column("target_id", "string", "short name"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name", required=False),
        Column("scope", "string", "domain, region, or the group it was set for"),
        Column("species", "string", "pollutant it is set for"),
        Column(
            "kind",
            "string",
            "binding commitment, collective goal, or an illustration",
            enum=("binding", "goal", "illustration"),
        ),
        Column("base_year", "integer", "year it is counted from", minimum=1850, maximum=2100),
        Column("target_year", "integer", "year it is due", minimum=1850, maximum=2100),
        Column(
            "reduction_lower",
            "number",
            "least reduction below the base year, as a fraction",
            "1",
            minimum=0,
            maximum=1,
        ),
        Column(
            "reduction_upper",
            "number",
            "greatest reduction of the target, as a fraction",
            "1",
            minimum=0,
            maximum=1,
        ),
        Column("path", "string", "shape between the years", enum=("linear", "exponential")),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("target_id", "scope", "target_year"),
)

MEASURES = Table(
    "measures",
    "One change that a measure makes to rows of the emission table.",
    (
        Column("measure", "string", "short name of the measure"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        c.scope,
        Column("nfr", "string", "NFR category, or *", wildcard=True),
        Column("fuel", "string", "fuel, or *", wildcard=True),
        Column("technology", "string", "technology, or *", wildcard=True),
        Column(
            "changes",
            "string",
            "activity: the fraction goes away; share: it moves to `to_technology`; factor: the "
            "factor falls by it; abatement: what still passes falls by it",
            enum=("activity", "share", "factor", "abatement"),
        ),
        Column("to_technology", "string", "technology that takes the share", required=False),
        *c.bounded("effect", "fraction of the changed quantity at full uptake", "1", maximum=1.0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("measure", "scope", "nfr", "fuel", "technology", "changes"),
    (Interval("effect", "effect_lower", "effect_upper"),),
)

CLAIMS = Table(
    "claims",
    "Tonnes that an inventory, a point source or a project claims in an area.",
    (
        Column("claim", "string", "short name"),
        Column("name", "string", "name as its author gives it"),
        Column("name_zh", "string", "Chinese name", required=False),
        Column("inside", "string", "claim it is part of", required=False),
        Column(
            "kind",
            "string",
            "inventory of an area, point source inside it, or reduction by a project",
            enum=("area", "point", "reduction"),
        ),
        c.year,
        Column("region", "string", "region or place"),
        Column("sector", "string", "sector, or * for all"),
        Column("species", "string", "pollutant"),
        _kt("emission_kt", "tonnes claimed; a reduction is given as a positive number"),
        Column("notation_key", "string", "why there is no figure", required=False),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("claim", "year", "sector", "species"),
)


def _relative(
    name: str,
    description: str,
    unit: str,
    least: float | None = None,
    statistic: Statistic | None = None,
) -> Column:
    return Column(
        name, "number", description, unit, required=False, minimum=least, statistic=statistic
    )


COMPARED_WITH_OBSERVATIONS = Table(
    "compared_with_observations",
    "A series of measurements and the inventory of the region its station is in. Only what "
    "is relative is compared: a concentration is no emission.",
    (
        Column("station", "string", "station"),
        Column("series_id", "string", "series of measurements"),
        Column("bc_type", "string", "what was measured; see `observations`"),
        Column("region", "string", "region of the inventory; absent outside it", required=False),
        Column(
            "hotspots", "string", "ids of the hotspots it stands in, separated by ;", required=False
        ),
        Column("years", "string", "years that both have, separated by ;", required=False),
        _relative("measured_trend", "trend of the annual means over their median", "1/year"),
        _relative("measured_lower", "lower bound of it", "1/year", statistic=Statistic.LOWER),
        _relative("measured_upper", "upper bound of it", "1/year", statistic=Statistic.UPPER),
        _relative("emission_trend", "trend of the region's emission over its median", "1/year"),
        _relative(
            "biomass_measured",
            "biomass part of what was split, year of the inventory or the nearest",
            "1",
        ),
        _relative("biomass_emitted", "share of biomass fuels in the region's emission", "1", 0),
        _relative("traffic_emitted", "share of road transport in the region's emission", "1", 0),
        Column(
            "breaks", "string", "years in which the method of measuring changed", required=False
        ),
        Column("note", "string", "what stands between the two, and why a figure is absent"),
    ),
    ("station", "series_id"),
)

TABLES = (
    COMPARED,
    BENCHMARKS,
    DEFINITIONS,
    SHARED_SOURCES,
    LIMITS,
    IMPLIED_RANGES,
    TARGETS,
    MEASURES,
    CLAIMS,
    COMPARED_WITH_OBSERVATIONS,
)
