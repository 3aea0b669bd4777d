"""Contracts of the embedded facts in `data/`."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table

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


def _interval(name: str) -> tuple[Interval, ...]:
    return (Interval(name, f"{name}_lower", f"{name}_upper"),)


SOURCES = Table(
    "sources",
    "A publication, data set or judgement that rows cite.",
    (
        Column("source_id", "string", "short name that rows cite"),
        Column("title", "string", "title"),
        Column("publisher", "string", "publisher or authors"),
        Column("published", "string", "year or date of publication", required=False),
        Column("address", "string", "DOI or address", required=False),
        Column("licence", "string", "licence or terms, as far as known"),
        Column("citation", "string", "how to cite it"),
        Column(
            "read",
            "string",
            "primary: read in the source; copy: in a faithful copy; secondary: quoted by another; "
            "recalled: from memory; assumed: a judgement of this project",
            enum=("primary", "copy", "secondary", "recalled", "assumed"),
        ),
        c.note,
    ),
    ("source_id",),
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
    ),
    ("technology",),
)

REGIONS = Table(
    "regions",
    "A member state, a province, or a territory kept apart from both.",
    (
        Column("region", "string", "ISO 3166 code"),
        Column(
            "side",
            "string",
            "EU, CN, or none for a territory outside both totals",
            enum=(*c.SIDES, "none"),
        ),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column("group", "string", "group that assumptions may be given for, such as EU-WEST"),
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
    _interval("share"),
)

ACTIVITY_UNCERTAINTY = Table(
    "activity_uncertainty",
    "Uncertainty of published activity itself, before any split.",
    (
        Column(
            "activity_source", "string", "source that published it", references="sources.source_id"
        ),
        Column("source_sector", "string", "publisher's sector, or *"),
        Column("flag", "string", "flag of the figure, or *"),
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
    _interval("quantity"),
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

TECHNOLOGY_SHARES = Table(
    "technology_shares",
    "Share of an activity that one technology carries.",
    (
        c.scope,
        c.nfr,
        c.fuel,
        c.technology,
        Column(
            "year",
            "integer",
            "year of the share; between years it is interpolated, outside it is held",
        ),
        *c.bounded("share", "share of the activity", "1", maximum=1.0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "fuel", "technology", "year"),
    _interval("share"),
)

EMISSION_FACTORS = Table(
    "emission_factors",
    "Emission factor of a technology and fuel before the controls of `penetration`.",
    (
        Column("factor_id", "string", "what rows of the emission table cite"),
        Column(
            "factor_set",
            "string",
            "harmonised, or official as recommended to each side",
            enum=("harmonised", "official"),
        ),
        Column(
            "side",
            "string",
            "side it is recommended to; * in the harmonised set",
            enum=(*c.SIDES, "*"),
        ),
        Column(
            "nfr",
            "string",
            "NFR category it is limited to, or *",
            references="sectors.nfr",
            wildcard=True,
        ),
        c.fuel,
        Column(
            "technology",
            "string",
            "technology, or * for any",
            references="technologies.technology",
            wildcard=True,
        ),
        Column("species", "string", "pollutant", enum=("BC",)),
        *c.bounded("value", "factor, in `unit`"),
        Column(
            "unit",
            "string",
            "unit per fuel energy (net), mass, or distance",
            unit_like="g/GJ, g/kg, g/vehicle_km",
        ),
        Column(
            "pm25_value",
            "number",
            "PM2.5 factor of the same convention, in `unit`",
            required=False,
            minimum=0,
        ),
        Column(
            "convention",
            "string",
            "particles the PM2.5 behind it counts",
            enum=("total", "solid", "direct", "unspecified"),
        ),
        Column(
            "controls_included",
            "boolean",
            "whether the factor already counts end-of-pipe controls, so that `penetration` "
            "isn't applied to it (EMEP/EEA Tier 1 factors do)",
        ),
        Column("tier", "integer", "tier of the factor", minimum=1, maximum=3),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("factor_set", "side", "nfr", "fuel", "technology", "species"),
    _interval("value"),
)

ABATEMENT = Table(
    "abatement",
    "Removal efficiency of a control for black carbon.",
    (
        Column("control", "string", "short name of the control"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name", required=False),
        *c.bounded("efficiency", "fraction of BC removed", "1", maximum=1.0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("control",),
    _interval("efficiency"),
)

PENETRATION = Table(
    "penetration",
    "Share of a technology's activity that has a control.",
    (
        c.scope,
        c.nfr,
        c.fuel,
        Column(
            "technology",
            "string",
            "technology, or * for any",
            references="technologies.technology",
            wildcard=True,
        ),
        Column("control", "string", "control", references="abatement.control"),
        Column(
            "year",
            "integer",
            "year of the share; between years it is interpolated, outside it is held",
        ),
        *c.bounded("penetration", "share of the activity", "1", maximum=1.0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "fuel", "technology", "control", "year"),
    _interval("penetration"),
)

CALORIFIC_VALUES = Table(
    "calorific_values",
    "Energy of a fuel per mass or volume, or its net over its gross energy.",
    (
        Column("ncv_id", "string", "what rows of the emission table cite"),
        c.scope,
        c.fuel,
        *c.bounded("value", "figure, in `unit`"),
        Column("unit", "string", "unit", unit_like="MJ/kg, MJ/m3, TJ/TJ_GCV"),
        Column("edition", "string", "edition of the standard it comes from", required=False),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "fuel", "unit"),
    _interval("value"),
)

COAL_EQUIVALENTS = Table(
    "coal_equivalents",
    "Coefficient to standard coal of GB/T 2589.",
    (
        Column("carrier", "string", "energy carrier"),
        Column("carrier_zh", "string", "energy carrier in Chinese"),
        Column("coefficient", "number", "coefficient, in `unit`", minimum=0),
        Column("unit", "string", "unit", unit_like="kgce/kg, kgce/m3, kgce/kWh"),
        Column(
            "calorific_value",
            "number",
            "lower calorific value that goes with it in this edition, in `calorific_unit`",
            required=False,
            minimum=0,
        ),
        Column(
            "calorific_unit",
            "string",
            "unit of the calorific value",
            required=False,
            unit_like="kJ/kg, kJ/m3",
        ),
        Column("edition", "string", "edition of GB/T 2589"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("carrier", "unit", "edition"),
)

ROAD_FACTOR_BASIS = Table(
    "road_factor_basis",
    "What a road factor per fuel energy was made of: PM2.5 per distance x EC fraction / energy "
    "per distance.",
    (
        c.technology,
        c.fuel,
        *c.bounded("pm25", "exhaust PM2.5 per distance", "mg/vehicle_km"),
        Column("ec_fraction", "number", "EC in PM2.5", "1", minimum=0, maximum=1),
        *c.bounded("energy", "fuel energy per distance", "MJ/vehicle_km"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("technology", "fuel"),
    (*_interval("pm25"), *_interval("energy")),
)

CO2_FACTORS = Table(
    "co2_factors",
    "CO2 factor of a fuel, to recover energy where only its CO2 was published.",
    (
        c.fuel,
        *c.bounded("value", "CO2 per net energy", "t/TJ"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("fuel",),
    _interval("value"),
)

TABLES = (
    SOURCES,
    SECTORS,
    FUELS,
    TECHNOLOGIES,
    REGIONS,
    POPULATION,
    ACTIVITY,
    MAPPING,
    ACTIVITY_UNCERTAINTY,
    NATIONAL_ACTIVITY,
    REGION_SHARES,
    TECHNOLOGY_SHARES,
    EMISSION_FACTORS,
    ABATEMENT,
    PENETRATION,
    CALORIFIC_VALUES,
    COAL_EQUIVALENTS,
    ROAD_FACTOR_BASIS,
    CO2_FACTORS,
)
