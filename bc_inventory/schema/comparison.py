"""Contracts of what a comparison with other inventories finds."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.enumerations import Statistic

__all__ = ["TABLES"]


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    statistic: Statistic | None = None,
    *,
    required: bool = False,
) -> Column:
    return Column(name, "number", description, unit, required, statistic=statistic)


def _kt(name: str, description: str, statistic: Statistic | None = None) -> Column:
    return _n(name, description, "kt", statistic)


def _s(name: str, description: str) -> Column:
    return Column(name, "string", description)


_base = _s("base", "inventory that a difference starts from")
_other = _s("other", "inventory that it leads to")
_region = _s("region", "region, or the domain where both are compared as wholes")
_sector = _s("sector", "common sector")
_PAIR = (c.year, c.side, _base, _other)
_PAIR_KEY = ("year", "side", "base", "other")
_VERDICTS = ("agree", "partly", "unknown", "not")

CELLS = Table(
    "comparison_cells",
    "Two inventories in a region and common sector, where both have a figure.",
    (
        *_PAIR,
        _region,
        _sector,
        _kt("base_kt", "emission by the first"),
        _kt("other_kt", "emission by the second"),
        _kt("difference_kt", "second less first"),
        _n("ratio", "second over first", "1"),
        _n("z", "logarithm of the ratio over its standard deviation", "1"),
        _n("p_value", "of no difference", "1"),
        Column(
            "significant",
            "boolean",
            "at the false discovery rate of the review; absent without intervals of both",
            required=False,
        ),
    ),
    (*_PAIR_KEY, "region", "sector"),
)

AGREEMENT = Table(
    "comparison_agreement",
    "How far two inventories agree on their joint scope.",
    (
        *_PAIR,
        _kt("base_kt", "emission by the first"),
        _kt("other_kt", "emission by the second"),
        _n("ratio", "second over first", "1"),
        _n("spearman", "rank correlation of regions", "1"),
        _n("spearman_p", "its p-value", "1"),
        _n("kendall", "rank correlation of regions", "1"),
        _n("kendall_p", "its p-value", "1"),
        _n("n", "number of regions", "1"),
        _n("share_distance", "share of emissions that would have to change sector", "1"),
    ),
    _PAIR_KEY,
)

LEFT_OUT = Table(
    "comparison_left_out",
    "What of an inventory a comparison with another leaves out.",
    (
        *_PAIR,
        _s("inventory", "one of the two"),
        _kt("total_kt", "its emission"),
        _kt("joint_kt", "in cells in which both have a figure"),
        _kt("left_out_kt", "in others"),
        _n("left_out_share", "share of its emission", "1"),
    ),
    (*_PAIR_KEY, "inventory"),
)

PARTS = Table(
    "comparison_parts",
    "A difference of two inventories by level, shares of sectors and of regions, and coverage.",
    (*_PAIR, _region, _sector, _s("head", "what the part is due to"), _kt("part_kt", "part")),
    (*_PAIR_KEY, "region", "sector", "head"),
)

CONSENSUS = Table(
    "comparison_consensus",
    "What inventories say together of a region and common sector.",
    (
        c.year,
        c.side,
        _region,
        _sector,
        Column("inventories", "integer", "how many have a figure", minimum=1),
        _kt("lowest_kt", "lowest of them"),
        _kt("median_kt", "median of them"),
        _kt("highest_kt", "highest of them"),
        _kt(
            "pooled_kt",
            "pooled by their intervals, random effects on logarithms; of three or more that mean "
            "the same",
        ),
        _kt("pooled_lower_kt", "lower bound of it", Statistic.LOWER),
        _kt("pooled_upper_kt", "upper bound of it", Statistic.UPPER),
        _kt("predicted_lower_kt", "lower bound of one more inventory", Statistic.LOWER),
        _kt("predicted_upper_kt", "upper bound of one more inventory", Statistic.UPPER),
        _n("between_sigma", "standard deviation of logarithms between inventories", "1"),
        _n("related_pairs", "pairs of them with correlated errors: activity of one source", "1"),
    ),
    ("year", "side", "region", "sector"),
)

COMPARABILITY = Table(
    "comparability",
    "Whether two inventories mean the same by a figure, one aspect at a time.",
    (
        _s(
            "within",
            "whose sectors are common: a domain's inventories, the `pair`, or * for no sector",
        ),
        _base,
        _other,
        _s("sector", "common sector, or *"),
        _s("aspect", "what is compared"),
        Column("verdict", "string", "how far they agree", enum=_VERDICTS),
        _s("why", "both definitions"),
    ),
    ("within", "base", "other", "sector", "aspect"),
)

OVERALL = Table(
    "comparison_overall",
    "The worst verdict on two inventories in a common sector.",
    (
        c.side,
        _base,
        _other,
        _sector,
        Column("verdict", "string", "how far they agree", enum=_VERDICTS),
        Column("why", "string", "the aspects that made it", required=False),
    ),
    ("side", "base", "other", "sector"),
)

SKIPPED = Table(
    "comparison_skipped",
    "What no common sector holds, and parts of sectors without a figure.",
    (
        c.side,
        c.year,
        _s("inventory", "inventory"),
        _region,
        _s("target", "its sector"),
        _kt("emission_kt", "emission"),
        _s("reason", "why"),
    ),
    ("side", "year", "inventory", "region", "target", "reason"),
)

BRIDGE = Table(
    "comparison_bridge",
    "A difference from another inventory, through a second set of emission factors.",
    (
        *_PAIR,
        _s("through", "emission table that it leads through"),
        _region,
        _sector,
        _s("head", "what the part is due to"),
        _kt("part_kt", "part"),
    ),
    (*_PAIR_KEY, "region", "sector", "head"),
)

IMPLIED = Table(
    "comparison_implied",
    "What another inventory's figure means for the factors of this one.",
    (
        *_PAIR,
        _region,
        _sector,
        _kt("ours_kt", "emission of this inventory"),
        _kt("other_kt", "emission of the other"),
        _n("times", "the other over this", "1"),
        Column("largest", "string", "the largest rows of the sector", required=False),
    ),
    (*_PAIR_KEY, "region", "sector"),
)

TABLES = (
    CELLS,
    AGREEMENT,
    LEFT_OUT,
    PARTS,
    CONSENSUS,
    COMPARABILITY,
    OVERALL,
    SKIPPED,
    BRIDGE,
    IMPLIED,
)
