"""Contracts of what an analysis derives from an inventory: differences, savings, targets."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.enumerations import Statistic

__all__ = ["DECOMPOSITION_HEADS", "TABLES"]

# Parts of a difference along the chain of an emission.
DECOMPOSITION_HEADS = (
    *("activity", "fuel_mix", "technology_mix", "emission_factor", "abatement"),
    *("coverage", "combined"),
)
_SETS = ("harmonised", "official")


def _kt(
    name: str, description: str, statistic: Statistic | None = None, *, required: bool = True
) -> Column:
    return Column(name, "number", description, "kt", required=required, statistic=statistic)


def _fraction(name: str, description: str, statistic: Statistic | None = None) -> Column:
    return Column(name, "number", description, "1", required=False, statistic=statistic)


_LOWER = _kt("lower_kt", "2.5 % quantile of the draws", Statistic.LOWER)
_UPPER = _kt("upper_kt", "97.5 % quantile of the draws", Statistic.UPPER)


_factor_set = Column("factor_set", "string", "set of emission factors", enum=_SETS)
_target = Column("target_id", "string", "row of `targets`")
_scope = Column("scope", "string", "side or region that the target is set for")
_inventory = Column("inventory", "string", "name of the inventory")
_base_year = Column("base_year", "integer", "year that the reduction is counted from")

DECOMPOSITION = Table(
    "decomposition",
    "A part of the difference of two sides, or of two factor sets of a side, along the chain "
    "activity x fuel share x technology share x factor x (1 - abatement). The parts of a cell "
    "add up to its difference, those of all cells to the row with * for category and region.",
    (
        c.year,
        Column("base_side", "string", "domain that the difference starts from", listing=c.DOMAINS),
        Column("base_set", "string", "its set of emission factors", enum=_SETS),
        Column("other_side", "string", "domain that the difference leads to", listing=c.DOMAINS),
        Column("other_set", "string", "its set of emission factors", enum=_SETS),
        Column("region", "string", "region within which both were compared, or * for all"),
        Column("nfr", "string", "NFR category within which both were compared, or * for all"),
        Column("head", "string", "what the part is due to", enum=DECOMPOSITION_HEADS),
        _kt("part_kt", "part of the difference of expected totals, by LMDI-I"),
        _LOWER,
        _UPPER,
        _kt("shapley_kt", "part of the difference by the Shapley method"),
    ),
    (
        *("year", "base_side", "base_set", "other_side", "other_set"),
        *("region", "nfr", "head"),
    ),
)

MEASURE_SAVINGS = Table(
    "measure_savings",
    "What a measure of the library would save at full uptake. Measures on the same rows interact: "
    "a wedge is the mean over all orders, so wedges add up to the joint saving of all, which is "
    "the row with * for measure.",
    (
        c.year,
        _factor_set,
        c.side,
        Column("region", "string", "region, or * for the whole side"),
        Column("measure", "string", "measure, or * for all together"),
        _kt("saved_kt", "wedge: part of the joint saving", Statistic.MEAN),
        _LOWER,
        _UPPER,
        _kt("alone_kt", "saving if nothing else were done", Statistic.MEAN),
    ),
    ("year", "factor_set", "side", "region", "measure"),
)

TARGET_PROGRESS = Table(
    "target_progress",
    "How an inventory stands against a target in its latest year.",
    (
        _target,
        _inventory,
        _scope,
        _base_year,
        _kt(
            "base_kt",
            "emission of the base year; absent where the inventory has none",
            required=False,
        ),
        Column("year", "integer", "latest year with a figure", required=False),
        _kt("emission_kt", "emission of that year", required=False),
        _fraction("change", "change since the base year"),
        _fraction(
            "due_lower",
            "change that the path of the least reduction asks for by then",
            Statistic.LEAST,
        ),
        _fraction(
            "due_upper",
            "change that the path of the greatest reduction asks for by then",
            Statistic.GREATEST,
        ),
        Column(
            "status",
            "string",
            "where it stands",
            enum=("met", "on path", "behind", "base year only", "no base year"),
        ),
        _kt(
            "to_go_kt",
            "emission above what the least reduction allows in the target year",
            required=False,
        ),
    ),
    ("target_id", "inventory", "scope"),
)

EMISSION_GAP = Table(
    "emission_gap",
    "The gap between an inventory's latest emission and what a target allows, as it stands and "
    "with every measure of the library at full uptake. The share that these save of this "
    "inventory's emission is taken from each.",
    (
        _target,
        _inventory,
        _scope,
        _base_year,
        Column("target_year", "integer", "year in which it is due"),
        Column("year", "integer", "latest year with a figure"),
        _kt("allowed_kt", "emission that the least reduction allows"),
        _kt("ambitious_kt", "emission that the greatest reduction allows"),
        _kt("emission_kt", "emission of the latest year"),
        _kt("gap_kt", "gap as it stands; above zero where more is needed"),
        _kt("after_kt", "emission with every measure"),
        _kt("gap_after_kt", "gap with every measure"),
        _kt("gap_after_lower_kt", "lower bound of its 95 % interval", Statistic.LOWER),
        _kt("gap_after_upper_kt", "upper bound of its 95 % interval", Statistic.UPPER),
    ),
    ("target_id", "inventory", "scope"),
)

TABLES = (DECOMPOSITION, MEASURE_SAVINGS, TARGET_PROGRESS, EMISSION_GAP)
