"""Columns that several contracts share, so that they are said once."""

from __future__ import annotations

from bc_inventory.schema.contract import Column, Interval
from bc_inventory.schema.enumerations import FactorSet, Statistic, ValueKind

__all__ = [
    "AS_GIVEN",
    "CONFIDENCE",
    "DOMAINS",
    "NOTATION_KEYS",
    "QUANTITY_UNITS",
    "bounded",
    "factor_set",
    "fuel",
    "interval",
    "nfr",
    "note",
    "region",
    "scope",
    "side",
    "source_id",
    "technology",
    "territory",
    "value_kind",
    "year",
]

# Codes of domains, as the facts list them.
DOMAINS = "domains.domain"
# NFR reporting guidelines, ECE/EB.AIR/150/Add.1.
NOTATION_KEYS = ("NO", "NE", "NA", "IE", "C", "NR")
# high: read in the source or a faithful copy; medium: derived from such; low: by
# analogy; recalled: from memory, not seen; assumed: our own judgement.
CONFIDENCE = ("high", "medium", "low", "recalled", "assumed")
# Dimensions an activity may have: energy net and gross, mass, volume, distance, heads.
QUANTITY_UNITS = "TJ, TJ_GCV, kt, m3, vehicle_km, person"

# What an interval holds whose value isn't a median: the central value of a source, whatever it
# is; and a sum over rows.
AS_GIVEN = (Statistic.AS_GIVEN, Statistic.LOWER, Statistic.UPPER)

year = Column("year", "integer", "calendar year", minimum=1850, maximum=2100)
side = Column("side", "string", "domain that the region belongs to", listing=DOMAINS)
region = Column(
    "region",
    "string",
    "ISO 3166-1 alpha-2 code of a member state or ISO 3166-2 code of a province (DE, CN-HE)",
    references="regions.region",
)
territory = Column(
    "region",
    "string",
    "ISO 3166 code of a member state, a province, or a territory kept apart from both",
)
nfr = Column(
    "nfr", "string", "NFR14 source category without dots, such as 1A4bi", references="sectors.nfr"
)
fuel = Column("fuel", "string", "fuel, or the product of a process", references="fuels.fuel")
technology = Column(
    "technology", "string", "combustion or process technology", references="technologies.technology"
)
factor_set = Column("factor_set", "string", "set of emission factors", enum=tuple(FactorSet))
source_id = Column("source_id", "string", "source of the row", references="sources.source_id")
confidence = Column(
    "confidence", "string", "how far the row was seen in its source", enum=CONFIDENCE
)
value_kind = Column(
    "value_kind",
    "string",
    "what the value is of its distribution: the expected value, or the median where the source "
    "gives one (chase studies, geometric middles)",
    enum=tuple(ValueKind),
    default=ValueKind.MEAN,
)
note = Column("note", "string", "what a reader of the row should know", required=False)
scope = Column(
    "scope",
    "string",
    "where the row holds: a region, a region group, a side, or *; the narrowest wins",
    references="regions.scope",
    wildcard=True,
)


def bounded(
    name: str,
    description: str,
    unit: str | None = None,
    *,
    minimum: float | None = 0.0,
    maximum: float | None = None,
    required: bool = True,
) -> tuple[Column, Column, Column]:
    """Return the columns of a value, its lower and its upper bound."""
    return (
        Column(name, "number", description, unit, required, minimum, maximum),
        Column(
            f"{name}_lower",
            "number",
            f"lower bound of the 95 % interval of {name}",
            unit,
            required,
            minimum,
            maximum,
        ),
        Column(
            f"{name}_upper",
            "number",
            f"upper bound of the 95 % interval of {name}",
            unit,
            required,
            minimum,
            maximum,
        ),
    )


def interval(name: str) -> tuple[Interval, ...]:
    """Return the rule that holds the columns of `bounded` to lower <= value <= upper."""
    return (Interval(name, f"{name}_lower", f"{name}_upper"),)
