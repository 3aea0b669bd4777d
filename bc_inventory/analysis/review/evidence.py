"""What the emission of an inventory rests on: confidence, tiers and sources of its rows."""

from __future__ import annotations

import pandas as pd

from bc_inventory.inventory.components import CONFIDENCE_OF, IDENTITY, Component
from bc_inventory.inventory.variance import Variance, propagate
from bc_inventory.schema.common import CONFIDENCE

__all__ = ["UNSUPPORTED", "by_tier", "evidence_tables", "source_use"]

# Confidences of what no source says.
UNSUPPORTED = ("recalled", "assumed")
_ALL = "*"
_NO_COMPONENT = "none"
_WEAKEST = "weakest"
_SOURCE_COLUMNS = ("activity_source", "share_source", "factor_source", "abatement_source")
# Components of the variance whose confidence is that of the activity.
_PARTS = {Component.LOCAL: Component.ACTIVITY, Component.CONVERSION: Component.ACTIVITY}
# What identifies a fact that a source would replace: a technology split is one fact.
_FACT: dict[str, tuple[str, ...]] = {
    **{name: IDENTITY[name] for name in CONFIDENCE_OF},
    Component.SHARE: ("share_scope", "nfr", "fuel"),
}
_NEEDED: dict[str, str] = {
    Component.ACTIVITY: "a statistic or survey of the activity",
    Component.SHARE: "a register, stock or survey by technology",
    Component.FACTOR: "measured factors of the technology",
    Component.ABATEMENT: "a register or survey of controls in use",
}


def evidence_tables(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the emission and its variance rest on, and the facts that no source supports.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions` of one year and factor set, rows with a figure and no memo items.

    Returns
    -------
    by_confidence : pandas.DataFrame
        Contract `evidence` but for the year and factor set, by domain, sector and component.
    open_facts : pandas.DataFrame
        Contract `evidence_open` but for the year and factor set: facts that are assumed or
        recalled, those with the largest emission first.

    Notes
    -----
    Variance is that of the domain's total by error propagation
    (`bc_inventory.inventory.variance`).
    """
    by_confidence, open_facts = [], []
    for side, of_side in rows.groupby("side", observed=True, sort=True):
        known = of_side.reset_index(drop=True)
        variance = propagate(known)
        by_confidence.append(_by_confidence(known, variance).assign(side=side))
        open_facts.append(_open_facts(known, variance).assign(side=side))
    facts = pd.concat(open_facts, ignore_index=True)
    order = ["emission_kt", "share_of_variance"]
    return (
        pd.concat(by_confidence, ignore_index=True),
        facts.sort_values(order, ascending=False, kind="stable", ignore_index=True),
    )


def _by_confidence(rows: pd.DataFrame, variance: Variance) -> pd.DataFrame:
    carried = _carried(variance)
    parts = []
    for component, column in {**CONFIDENCE_OF, _WEAKEST: "confidence"}.items():
        mine = carried.get(component, pd.Series(dtype=float))
        spread = variance.rows if component == _WEAKEST else mine
        table = pd.DataFrame(
            {
                "confidence": rows[column].fillna(_NO_COMPONENT).astype(str),
                "emission_kt": rows["emission_kt"].astype(float),
                "share_of_variance": spread.reindex(rows.index, fill_value=0.0),
            }
        )
        for sector in (rows["gnfr"].astype(str), _ALL):
            sums = table.assign(sector=sector).groupby(["sector", "confidence"]).sum()
            whole = sums["emission_kt"].groupby("sector").transform("sum")
            sums["share"] = (sums["emission_kt"] / whole).fillna(0.0)
            parts.append(sums.reset_index().assign(component=str(component)))
    return pd.concat(parts, ignore_index=True)


def _open_facts(rows: pd.DataFrame, variance: Variance) -> pd.DataFrame:
    carried = _carried(variance)
    total = float(rows["emission_kt"].sum())
    rank = {word: number for number, word in enumerate(CONFIDENCE)}
    parts = []
    for component, column in CONFIDENCE_OF.items():
        weak = rows[rows[column].isin(UNSUPPORTED)]
        if weak.empty:
            continue
        first, *others = (weak[name].astype(str) for name in _FACT[component])
        names = first.str.cat(others, sep=":") if others else first
        mine = carried.get(component, pd.Series(dtype=float)).reindex(weak.index, fill_value=0.0)
        facts = weak.assign(
            fact=names, share_of_variance=mine, rank=weak[column].map(rank).astype(int)
        )
        source = f"{component}_source"
        sums = facts.groupby("fact", sort=False).agg(
            rank=("rank", "max"),
            source_id=(source, _distinct),
            nfr=("nfr", _distinct),
            fuel=("fuel", _distinct),
            emission_kt=("emission_kt", "sum"),
            share_of_variance=("share_of_variance", "sum"),
        )
        sums["confidence"] = sums.pop("rank").map(dict(enumerate(CONFIDENCE)))
        sums["share"] = sums["emission_kt"] / total if total > 0 else 0.0
        named = sums.reset_index().assign(component=str(component), needed=_NEEDED[component])
        parts.append(named)
    columns = ["component", "fact", "confidence", "source_id", "nfr", "fuel"]
    columns += ["emission_kt", "share", "share_of_variance", "needed"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _carried(variance: Variance) -> dict[str, pd.Series]:
    """Return the share of the variance that each row carries with each component."""
    moved = variance.moved
    component = moved["part"].replace({str(part): str(of) for part, of in _PARTS.items()})
    return {
        str(name): each.groupby("row")["share_of_variance"].sum()
        for name, each in moved.groupby(component)
    }


def _distinct(cells: pd.Series) -> str:
    """Return the distinct words of cells that separate them by `;`."""
    words = cells.dropna().astype(str).drop_duplicates().str.split(";").explode().str.strip()
    return ";".join(sorted(set(words) - {""}))


def by_tier(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the emission of each domain by the lower of the tiers of activity and factor.

    Parameters
    ----------
    rows : pandas.DataFrame
        As of `evidence_tables`.

    Returns
    -------
    pandas.DataFrame
        side, tier, emission_kt, share of the domain's total.
    """
    sums = rows.groupby(["side", "tier"], as_index=False, observed=True)["emission_kt"].sum()
    whole = sums.groupby("side", observed=True)["emission_kt"].transform("sum")
    return sums.assign(share=(sums["emission_kt"] / whole).fillna(0.0))


def source_use(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the emission that rests on each cited source.

    Parameters
    ----------
    rows : pandas.DataFrame
        As of `evidence_tables`.

    Returns
    -------
    pandas.DataFrame
        source_id, used_for (its uses, separated by commas), emission_kt (of the largest use).
    """
    parts = []
    for column in _SOURCE_COLUMNS:
        cited = rows.groupby(column, as_index=False)["emission_kt"].sum()
        split = cited.assign(source_id=cited[column].str.split(";")).explode("source_id")
        split["source_id"] = split["source_id"].str.strip()
        sums = split[split["source_id"] != ""].groupby("source_id", as_index=False)
        parts.append(sums["emission_kt"].sum().assign(used_for=column.removesuffix("_source")))
    used = pd.concat(parts, ignore_index=True)
    return used.groupby("source_id", as_index=False).agg(
        emission_kt=("emission_kt", "max"),
        used_for=("used_for", lambda matches: ", ".join(sorted(set(matches)))),
    )
