"""Contracts of what a review of an inventory finds, and of claims resolved."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.enumerations import Statistic

__all__ = ["COMPONENTS", "TABLES"]

# Components of a row that have a confidence, and the weakest of them.
COMPONENTS = ("activity", "share", "factor", "abatement", "weakest")


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    *,
    required: bool = False,
    statistic: Statistic | None = None,
) -> Column:
    return Column(name, "number", description, unit, required, statistic=statistic)


def _s(name: str, description: str, *, required: bool = True) -> Column:
    return Column(name, "string", description, required=required)


KEY_CATEGORIES = Table(
    "key_categories",
    "The assessment of a category of a domain by level or trend: approach 1 by emission, approach "
    "2 by emission times uncertainty.",
    (
        c.year,
        c.factor_set,
        c.side,
        Column("nfr", "string", "NFR source category"),
        Column("assessment", "string", "what is assessed", enum=("level", "trend")),
        Column("approach", "integer", "approach", minimum=1, maximum=2),
        _n("emission_kt", "emission", "kt"),
        _n("base_kt", "emission of the base year of the trend", "kt"),
        _n("contribution", "fraction of the sum of the assessment", "1", required=True),
        _n("cumulative", "that of all categories up to this one", "1", required=True),
        Column("key", "boolean", "whether it is a key category"),
    ),
    ("year", "factor_set", "side", "assessment", "approach", "nfr"),
)

CHECKS = Table(
    "review_checks",
    "A check of a review with its verdict.",
    (
        c.year,
        c.factor_set,
        _s("check", "what is checked"),
        Column(
            "passed", "boolean", "verdict; absent where nothing could be tested", required=False
        ),
        Column("findings", "integer", "number of findings", minimum=0),
        _s("detail", "the first findings, or why nothing was tested", required=False),
    ),
    ("year", "factor_set", "check"),
)

COMPLETENESS = Table(
    "completeness",
    "What a region reports for a category.",
    (
        c.year,
        c.factor_set,
        Column("region", "string", "region"),
        Column("nfr", "string", "NFR source category"),
        _s("state", "`figure`, a notation key, both, or `nothing` where there is no row"),
    ),
    ("year", "factor_set", "region", "nfr"),
)

IMPLIED_FACTORS = Table(
    "implied_factors",
    "Emission per activity of a region, category and fuel, held against other regions and against "
    "the range of the guidebook.",
    (
        c.year,
        c.factor_set,
        Column("region", "string", "region"),
        Column("nfr", "string", "NFR source category"),
        Column("fuel", "string", "fuel, or the product of a process"),
        _s("unit", "unit of the factors"),
        _n("emission_kt", "emission", "kt", required=True),
        _n("implied_factor", "emission per activity after control, in `unit`", required=True),
        _n("median", "median over regions, in `unit`", required=True),
        _n("robust_z", "distance of logarithms from it; absent with too few regions", "1"),
        _n("lower", "lower end of the guidebook's range", statistic=Statistic.LEAST),
        _n("upper", "upper end of the guidebook's range", statistic=Statistic.GREATEST),
        Column("outlier", "boolean", "whether it stands out from other regions"),
        Column("outside_range", "boolean", "whether it lies outside the guidebook's range"),
    ),
    ("year", "factor_set", "region", "nfr", "fuel", "unit"),
)

BREAKS = Table(
    "series_breaks",
    "A jump or dip of a time series that stands out from its other steps.",
    (
        c.factor_set,
        _s("region", "region"),
        _s("sector", "GNFR aggregate"),
        Column("year", "integer", "later year of the step"),
        _n("emission_kt", "emission of that year", "kt", required=True),
        _n("previous_kt", "emission of the year before it in the series", "kt", required=True),
        _n("change", "change a year, as a fraction; absent from or to zero", "1"),
        _n("robust_z", "distance from the median step; absent from or to zero", "1"),
    ),
    ("factor_set", "region", "sector", "year"),
)

CATEGORY_STEPS = Table(
    "category_steps",
    "A category above a smallest share of a domain that moves by more than a limit in a year, "
    "with what moves it.",
    (
        c.year,
        c.side,
        c.factor_set,
        Column("nfr", "string", "NFR source category"),
        _n("emission_kt", "emission of that year", "kt", required=True),
        _n("previous_kt", "emission of the year before", "kt", required=True),
        _n("change", "change, as a fraction of the year before; absent from zero", "1"),
        _n("share", "share of the domain, the larger of both years", "1", required=True),
        _s("head", "part of the chain that moves it most, as in `decomposition`", required=False),
        _n("head_kt", "part of the change by it, by LMDI-I", "kt"),
        _s("where", "regions and fuels that move most", required=False),
        _s("flags", "what isn't as published in that year, separated by ;", required=False),
    ),
    ("year", "side", "factor_set", "nfr"),
)

EVIDENCE = Table(
    "evidence",
    "Emission and variance of a domain by the confidence of each component of its rows.",
    (
        c.year,
        c.factor_set,
        c.side,
        _s("sector", "GNFR aggregate, or * for all"),
        Column("component", "string", "component, or the weakest of a row", enum=COMPONENTS),
        Column(
            "confidence",
            "string",
            "how far the fact behind it was seen in its source; none where the row has no such "
            "component, as without controls",
            enum=(*c.CONFIDENCE, "none"),
        ),
        _n("emission_kt", "emission of the rows", "kt", required=True),
        _n("share", "share of the domain's emission of the sector", "1", required=True),
        _n(
            "share_of_variance",
            "share of the variance of the domain's total by error propagation: that of the "
            "component, and for `weakest` that of the rows; what offsets others can be below zero",
            "1",
            required=True,
        ),
    ),
    ("year", "factor_set", "side", "sector", "component", "confidence"),
)

OPEN_EVIDENCE = Table(
    "evidence_open",
    "A fact that is assumed or recalled, by what rests on it and what would replace it.",
    (
        c.year,
        c.factor_set,
        c.side,
        Column("component", "string", "component", enum=COMPONENTS[:-1]),
        _s(
            "fact",
            "mapping_id or activity_id, factor_id; scope, category and fuel of a technology split; "
            "scope, category, fuel and technology of a set of controls",
        ),
        Column("confidence", "string", "its weakest confidence", enum=c.CONFIDENCE),
        _s("source_id", "sources of the rows, separated by ;"),
        _s("nfr", "categories it is used in, separated by ;"),
        _s("fuel", "fuels it is used with, separated by ;"),
        _n("emission_kt", "emission of the rows that rest on it", "kt", required=True),
        _n("share", "share of the domain's total", "1", required=True),
        _n(
            "share_of_variance",
            "share of the variance of the domain's total by error propagation; a part that offsets "
            "others can be below zero",
            "1",
            required=True,
        ),
        _s("needed", "what would replace it"),
    ),
    ("year", "factor_set", "side", "component", "fact"),
)

INDEPENDENCE = Table(
    "independence",
    "Emission of a domain by what its rows share with an inventory it is compared with.",
    (
        c.year,
        c.factor_set,
        _s("inventory", "short name of the other inventory"),
        c.side,
        _s("sector", "GNFR aggregate, or * for all"),
        Column(
            "kind",
            "string",
            "strongest tie of a row, see `shared_sources`; none where nothing shared is known",
            enum=("result", "statistics", "factors", "none"),
        ),
        _n("emission_kt", "emission of the rows", "kt", required=True),
        _n("share", "share of the domain's emission of the sector", "1", required=True),
    ),
    ("year", "factor_set", "inventory", "side", "sector", "kind"),
)

BY_TIER = Table(
    "emission_by_tier",
    "Emission of a domain by the lower of the tiers of activity and factor.",
    (
        c.year,
        c.factor_set,
        c.side,
        Column("tier", "integer", "tier", minimum=1, maximum=3),
        _n("emission_kt", "emission", "kt", required=True),
        _n("share", "share of the domain's total", "1", required=True),
    ),
    ("year", "factor_set", "side", "tier"),
)

SOURCE_USE = Table(
    "source_use",
    "The emission that rests on a source, the largest of its uses.",
    (
        c.year,
        c.factor_set,
        _s("source_id", "source"),
        _s("used_for", "activity, share, factor, abatement, separated by commas"),
        _n("emission_kt", "emission of the rows that cite it", "kt", required=True),
    ),
    ("year", "factor_set", "source_id"),
)

DOUBLE_COUNTING = Table(
    "double_counting",
    "A claim of `claims`, and what is left to it when each tonne is counted once.",
    (
        _s("claim", "claim"),
        c.year,
        _s("sector", "sector, or * for all"),
        _s("species", "pollutant"),
        _n("claimed_kt", "tonnes claimed", "kt"),
        _n("inside_kt", "tonnes of the claims inside it", "kt", required=True),
        _n("remaining_kt", "tonnes left to it", "kt"),
        _n("reduced_kt", "tonnes that projects inside it save", "kt", required=True),
        Column("counted", "boolean", "whether it is counted: one of several on the same thing is"),
    ),
    ("claim", "year", "sector", "species"),
)

DOUBLE_COUNTING_FINDINGS = Table(
    "double_counting_findings",
    "An overlap, a gap or an alternative among claims.",
    (
        Column(
            "finding", "string", "what was found", enum=("alternative", "exceeds", "overlap", "gap")
        ),
        _s("claim", "claim it is about"),
        _s("other", "the other claim", required=False),
        c.year,
        _s("sector", "sector, or * for all"),
        _s("species", "pollutant"),
        _n("kt", "how much", "kt"),
        _n("ratio", "factor between two alternatives", "1"),
        _s("words", "the finding in words"),
    ),
    ("finding", "claim", "other", "year", "sector", "species"),
)

TABLES = (
    KEY_CATEGORIES,
    CHECKS,
    COMPLETENESS,
    IMPLIED_FACTORS,
    BREAKS,
    CATEGORY_STEPS,
    EVIDENCE,
    OPEN_EVIDENCE,
    BY_TIER,
    INDEPENDENCE,
    SOURCE_USE,
    DOUBLE_COUNTING,
    DOUBLE_COUNTING_FINDINGS,
)
