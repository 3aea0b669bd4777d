"""Contracts of factors, technology splits, controls and conversions in `data/`."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.enumerations import FactorSet

__all__ = ["TABLES"]

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
        c.value_kind,
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "fuel", "technology", "year"),
    c.interval("share"),
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
            enum=tuple(FactorSet),
        ),
        Column(
            "side",
            "string",
            "side it is recommended to; * in the harmonised set",
            enum=("*",),
            listing=c.DOMAINS,
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
        c.value_kind,
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
    c.interval("value"),
)

ABATEMENT = Table(
    "abatement",
    "Removal efficiency of a control for black carbon.",
    (
        Column("control", "string", "short name of the control"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name", required=False),
        *c.bounded("efficiency", "fraction of BC removed", "1", maximum=1.0),
        c.value_kind,
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("control",),
    c.interval("efficiency"),
)

PENETRATION = Table(
    "penetration",
    "Share of a technology's activity that has a control.",
    (
        c.scope,
        Column(
            "nfr", "string", "NFR category, or * for any", references="sectors.nfr", wildcard=True
        ),
        Column("fuel", "string", "fuel, or * for any", references="fuels.fuel", wildcard=True),
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
        c.value_kind,
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "nfr", "fuel", "technology", "control", "year"),
    c.interval("penetration"),
)

CALORIFIC_VALUES = Table(
    "calorific_values",
    "Energy of a fuel per mass or volume, or its net over its gross energy.",
    (
        Column("ncv_id", "string", "what rows of the emission table cite"),
        c.scope,
        c.fuel,
        *c.bounded("value", "figure, in `unit`"),
        c.value_kind,
        Column("unit", "string", "unit", unit_like="MJ/kg, MJ/m3, TJ/TJ_GCV"),
        Column("edition", "string", "edition of the standard it comes from", required=False),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scope", "fuel", "unit"),
    c.interval("value"),
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
    (*c.interval("pm25"), *c.interval("energy")),
)

CO2_FACTORS = Table(
    "co2_factors",
    "CO2 factor of a fuel, to recover energy where only its CO2 was published.",
    (
        c.fuel,
        *c.bounded("value", "CO2 per net energy", "t/TJ"),
        c.value_kind,
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("fuel",),
    c.interval("value"),
)

TABLES = (
    TECHNOLOGY_SHARES,
    EMISSION_FACTORS,
    ABATEMENT,
    PENETRATION,
    CALORIFIC_VALUES,
    COAL_EQUIVALENTS,
    ROAD_FACTOR_BASIS,
    CO2_FACTORS,
)
