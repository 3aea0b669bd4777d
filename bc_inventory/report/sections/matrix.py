"""The comparability matrix: which figures mean the same thing, and which don't."""

from __future__ import annotations

import pandas as pd

from bc_inventory.analysis.comparison.comparability import VERDICTS
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import VERDICT_NAMES, Both, same
from bc_inventory.report.tables import Column, to_table

__all__ = ["matrix"]

_SIGNS = dict(zip(VERDICTS, ("●", "◐", "?", "○"), strict=True))
_ASPECTS = {
    "scope": Both("scope", "范围"),
    "condensables": Both("condensables", "可凝结颗粒物"),
    "biomass_class": Both("biomass class", "生物质归类"),
    "off_road": Both("off-road", "非道路"),
    "bunkers": Both("bunkers", "国际燃料"),
    "field_burning": Both("field burning", "秸秆焚烧"),
    "regions": Both("regions", "地区"),
    "activity_source": Both("activity", "活动数据"),
    "measurement": Both("measurement", "测量"),
}
_INVENTORY = Column("inventory", Both("inventory", "清单"))
_SIGNED = {
    sign: Both(f"{sign} {VERDICT_NAMES[verdict].en}", f"{sign} {VERDICT_NAMES[verdict].zh}")
    for verdict, sign in _SIGNS.items()
}


def matrix(material: Material) -> Section:
    """Return how far each inventory can be compared with ours, by aspect and by sector."""
    our_rows = f"bc_inventory {material.factor_set}"
    verdicts = material.derived["comparability"]
    result = _of_ours(verdicts[verdicts["within"] == "*"], our_rows)
    text = Both(
        "Verdicts come from each inventory's own definitions, one row for each, with its source. "
        "What an inventory doesn't state is never taken for agreement.",
        "判断来自各清单自身定义，每条都有来源；未说明者不视为一致。",
    )
    figures = (_aspects(result, our_rows), _reasons(result), _sectors(material, our_rows))
    return Section("comparability", Both("Comparability", "可比性"), (text,), figures)


def _of_ours(table: pd.DataFrame, ours: str) -> pd.DataFrame:
    subset = table[(table["base"] == ours) | (table["other"] == ours)]
    return subset.assign(
        inventory=subset["base"].where(subset["base"] != ours, subset["other"]),
        sign=subset["verdict"].map(_SIGNS),
    )


def _aspects(frame: pd.DataFrame, ours: str) -> Figure:
    wide = frame.pivot_table(
        index="inventory", columns="aspect", values="sign", aggfunc="first", observed=True
    ).reset_index()
    columns = [_INVENTORY, *(Column(name, _ASPECTS[name]) for name in _ASPECTS if name in wide)]
    caption = Both(
        f"How far each inventory can be compared with {ours}.", f"各清单与{ours}的可比程度。"
    )
    table = to_table(wide, columns, "comparability", dict.fromkeys(_ASPECTS, _SIGNED))
    return Figure(caption, None, table)


def _reasons(table: pd.DataFrame) -> Figure:
    why = table[table["verdict"] != "agree"][["inventory", "aspect", "verdict", "why"]]
    columns = [
        _INVENTORY,
        Column("aspect", Both("aspect", "方面")),
        Column("verdict", Both("verdict", "判断")),
        Column("why", Both("definitions (first / second by name)", "定义（按名称先后）")),
    ]
    labels = {"aspect": dict(_ASPECTS), "verdict": VERDICT_NAMES}
    return Figure(
        Both("What doesn't agree, and why.", "不一致之处及原因（定义为英文原文）。"),
        None,
        to_table(why, columns, "comparability_reasons", labels),
    )


def _sectors(material: Material, ours: str) -> Figure:
    """Return the verdict by sector for inventories whose sectors are known."""
    verdicts = material.derived["comparability"]
    result = _of_ours(verdicts[verdicts["within"] == "pair"], ours)
    wide = result.pivot_table(
        index=["inventory", "sector"], columns="aspect", values="sign", aggfunc="first"
    ).reset_index()
    columns = [
        _INVENTORY,
        Column("sector", Both("common sector", "共同部门")),
        *(Column(name, _ASPECTS[name]) for name in _ASPECTS if name in wide),
    ]
    known = material.names("sectors", "nfr") | material.gnfr_names
    labels = dict.fromkeys(_ASPECTS, _SIGNED) | {
        "sector": {str(name): _sector_name(str(name), known) for name in wide["sector"]}
    }
    caption = Both(
        "By the finest sectors in common: what agrees within each.",
        "按最细共同部门逐项列出是否一致。",
    )
    return Figure(caption, None, to_table(wide, columns, "comparability_sectors", labels))


def _sector_name(name: str, known: dict[str, Both]) -> Both:
    """Return the name of a sector, or of all that it joins."""
    parts = [known.get(part, same(part)) for part in name.split("+")]
    return Both(" + ".join(part.en for part in parts), " + ".join(part.zh for part in parts))
