"""Measurements compared with the emissions, and the methods page from the data's own sources."""

from __future__ import annotations

import pandas as pd

from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import CONFIDENCE_NAMES, Both, same
from bc_inventory.report.sections.changed_facts import changed_facts
from bc_inventory.report.tables import Column, to_table
from bc_inventory.schema.enumerations import Level

__all__ = ["methods", "stations"]

_READ = {
    "primary": Both("read in the source", "阅读原文"),
    "copy": Both("faithful copy", "可靠副本"),
    "secondary": Both("quoted by another", "转引"),
    "recalled": Both("unverified", "未核实"),
    "assumed": Both("judgement", "判断"),
}


_COMPONENTS = {
    "activity": Both("activity", "活动水平"),
    "share": Both("technology share", "技术占比"),
    "factor": Both("emission factor", "排放因子"),
    "abatement": Both("abatement", "治理"),
    "weakest": Both("weakest of a row", "每行最弱者"),
}
_TIES = {
    "result": Both("a result of it", "其结果"),
    "statistics": Both("published activity", "公布的活动水平"),
    "factors": Both("a compilation of factors", "因子汇编"),
    "none": Both("nothing known", "无已知共有"),
}
_NEEDED = {
    "a statistic or survey of the activity": Both(
        "a statistic or survey of the activity", "活动水平的统计或调查"
    ),
    "a register, stock or survey by technology": Both(
        "a register, stock or survey by technology", "按技术的登记、保有量或调查"
    ),
    "measured factors of the technology": Both(
        "measured factors of the technology", "该技术的实测因子"
    ),
    "a register or survey of controls in use": Both(
        "a register or survey of controls in use", "在用治理设施的登记或调查"
    ),
}
_QUANTITIES = {
    "*": Both("all", "全部"),
    "EC": Both("elemental carbon", "元素碳"),
    "eBC": Both("equivalent black carbon", "等效黑碳"),
    "rBC": Both("refractory black carbon", "难熔黑碳"),
    "b_abs": Both("absorption", "吸收系数"),
}
_SETTINGS = {
    "rural": "乡村",
    "urban": "城市",
    "suburban": "郊区",
    "mountain": "山区",
    "coastal": "沿海",
    "traffic": "交通",
    "remote": "偏远",
    "background": "背景",
    "urban background": "城市背景",
    "rural background": "乡村背景",
    "regional background": "区域背景",
}


def _words(values: pd.Series, known: dict[str, str]) -> dict[str, Both]:
    """Return texts with their Chinese where it is known."""
    texts = {str(value) for value in values.dropna()}
    return {text: Both(same(text).en, known.get(text.casefold(), same(text).en)) for text in texts}


def stations(material: Material) -> Section:
    """Return the stations with what their measurements can be compared with."""
    if material.stations is None:
        text = Both("This release has no measurements.", "本版本没有观测数据。")
        return Section("stations", Both("Measurements", "观测"), (text,))
    columns = [
        Column("station", Both("station", "站点")),
        Column("name", Both("name", "名称")),
        Column("country", Both("country", "国家")),
        Column("network", Both("network", "网络")),
        Column("setting", Both("setting", "环境")),
        Column("bc_types", Both("quantity", "观测量")),
        Column("first", Both("from", "起")),
        Column("last", Both("to", "止")),
        Column("comparable_with", Both("comparable with", "可比于")),
        Column("not_comparable_with", Both("not comparable with", "不可比于")),
    ]
    rows = material.by_domain(material.stations.sort_values("station"))
    rows = rows.assign(**{name: rows[name].astype(str).str[:10] for name in ("first", "last")})
    figures = [
        Figure(
            Both("Stations of the record, and what each can be compared with.", "站点及其可比性。"),
            None,
            to_table(rows, columns, "stations", {"setting": _words(rows["setting"], _SETTINGS)}),
        )
    ]
    if material.monitoring is not None:
        figures.append(_asymmetry(material, material.monitoring))
    if material.observed is not None:
        figures.append(_compared(material, material.observed))
    text = Both(
        "A measurement is the only outside witness of an inventory. Elemental carbon, equivalent "
        "black carbon and refractory black carbon are different quantities and aren't mixed.",
        "观测是清单唯一的外部证据。元素碳、等效黑碳和难熔黑碳是不同的量，不混用。",
    )
    return Section("stations", Both("Measurements", "观测"), (text,), tuple(figures))


def _asymmetry(material: Material, monitoring: pd.DataFrame) -> Figure:
    columns = [
        Column("side", Both("side", "方")),
        Column("bc_type", Both("quantity", "观测量")),
        Column("stations", Both("stations", "站点数")),
        Column("samples", Both("samples", "样品数")),
        Column("years", Both("yearly means", "年均值数")),
        Column("note", Both("note", "说明")),
    ]
    names = {
        "side": material.domains | {"other": Both("elsewhere", "其他地区")},
        "bc_type": _QUANTITIES,
    }
    monitoring = material.by_domain(monitoring)
    return Figure(
        Both(
            "The asymmetry of what is measured and open, in numbers.",
            "公开观测数据的不对称。",
        ),
        None,
        to_table(monitoring, columns, "monitoring", names),
    )


def _compared(material: Material, compared: pd.DataFrame) -> Figure:
    columns = [
        Column("station", Both("station", "站点")),
        Column("bc_type", Both("quantity", "观测量")),
        Column("region", Both("region", "地区")),
        Column("hotspots", Both("hotspots around it", "所在热点数")),
        Column("years", Both("years of both", "共有年份")),
        Column("measured_trend", Both("trend measured, a year", "观测年趋势"), "1", percent=True),
        Column("emission_trend", Both("trend emitted, a year", "排放年趋势"), "1", percent=True),
        Column("biomass_measured", Both("biomass measured", "观测生物质占比"), "1", percent=True),
        Column("biomass_emitted", Both("biomass emitted", "排放生物质占比"), "1", percent=True),
        Column(
            "traffic_emitted", Both("road transport emitted", "排放道路占比"), "1", percent=True
        ),
        Column("note", Both("note", "说明")),
    ]
    rows = compared[compared["region"].notna()]
    # Those with a trend first: the others say why they have none.
    rows = rows.sort_values("measured_trend", key=lambda trend: trend.isna(), kind="stable")
    rows = rows.assign(hotspots=rows["hotspots"].str.count(";").add(1).fillna(0).astype(int))
    names = {"bc_type": _QUANTITIES, "region": material.names("regions", "region")}
    return Figure(
        Both(
            "Measurements and the emissions of their region: only what is relative meets.",
            "观测与所在地区排放对照：只比较相对量。",
        ),
        None,
        to_table(rows, columns, "compared_with_observations", names),
    )


def methods(material: Material) -> Section:
    """Return methods and sources, generated from the rows of the emission table."""
    totals = material.totals
    subset = totals[
        (totals["level"] == Level.SIDE)
        & (totals["year"] == material.year)
        & (totals["factor_set"] == material.factor_set)
    ]
    rows = int(subset["covered"].sum())
    formula = Both(
        "emission = activity x technology share x emission factor x (1 - abatement), one row for "
        "each technology in each region. Intervals are 95 % of lognormal errors by Monte Carlo; "
        "rows that share a factor share its draw.",
        "排放 = 活动水平 × 技术占比 × 排放因子 × （1 − 去除率），每地区每技术一行。"
        "区间为对数正态误差的95%蒙特卡罗区间；共用因子的行共用一次抽样。",
    )
    counts = Both(
        f"{rows:,} rows make the figures of {material.year}; each names the source of its "
        "activity, technology share, factor and control.",
        f"{material.year}年数值由{rows:,}行构成，每行都注明活动、技术占比、因子和治理的来源。",
    )
    return Section(
        "methods",
        Both("Methods and sources", "方法与来源"),
        (formula, counts),
        (
            _confidence(material),
            _open_facts(material),
            _tiers(material),
            _independence(material),
            _sources(material),
            *changed_facts(material),
        ),
    )


def _confidence(material: Material) -> Figure:
    rows = material.derived_of("evidence")
    rows = rows[rows["sector"] == "*"]
    columns = [
        Column("side", Both("side", "方")),
        Column("component", Both("component", "组成")),
        Column("confidence", Both("confidence", "可信度")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("share", Both("share", "占比"), "1", 3, percent=True),
        Column(
            "share_of_variance",
            Both("share of the variance of the total", "占总方差比例"),
            "1",
            3,
            percent=True,
        ),
    ]
    caption = Both(
        "Emission by the confidence of each component: activity, technology share, factor, "
        "control, and the weakest of a row.",
        "按各组成（活动水平、技术占比、因子、治理）及每行最弱者的可信度划分的排放量。",
    )
    labels = {
        "side": material.sides,
        "component": _COMPONENTS,
        "confidence": {**CONFIDENCE_NAMES, "none": Both("none", "无")},
    }
    return Figure(caption, None, to_table(rows, columns, "evidence", labels))


def _open_facts(material: Material) -> Figure:
    """List what is assumed or recalled, the largest first."""
    rows = material.derived_of("evidence_open")
    columns = [
        Column("side", Both("side", "方")),
        Column("component", Both("component", "组成")),
        Column("fact", Both("fact", "事实")),
        Column("confidence", Both("confidence", "可信度")),
        Column("emission_kt", Both("emission that rests on it", "所支撑的排放"), "kt"),
        Column("share", Both("share", "占比"), "1", 3, percent=True),
        Column(
            "share_of_variance",
            Both("share of the variance of the total", "占总方差比例"),
            "1",
            3,
            percent=True,
        ),
        Column("needed", Both("what would replace it", "可替代的资料")),
    ]
    names = {
        "side": material.sides,
        "component": _COMPONENTS,
        "confidence": CONFIDENCE_NAMES,
        "needed": _NEEDED,
    }
    return Figure(
        Both(
            "What is assumed or unverified, by the emission that rests on it.",
            "属于判断或未核实的事实，按其支撑的排放量排列。",
        ),
        None,
        to_table(rows, columns, "evidence_open", names),
    )


def _tiers(material: Material) -> Figure:
    columns = [
        Column("side", Both("side", "方")),
        Column("tier", Both("tier", "层级")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("share", Both("share", "占比"), "1", 3, percent=True),
    ]
    caption = Both(
        "Emission by tier: the lower of activity and factor.",
        "按层级划分的排放量（取活动水平与因子中较低者）。",
    )
    rows = material.derived_of("emission_by_tier")
    return Figure(caption, None, to_table(rows, columns, "tier", {"side": material.sides}))


def _independence(material: Material) -> Figure:
    rows = material.derived_of("independence")
    rows = rows[rows["sector"] == "*"]
    columns = [
        Column("inventory", Both("inventory", "清单")),
        Column("side", Both("side", "方")),
        Column("kind", Both("shared with it", "共有内容")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("share", Both("share", "占比"), "1", 3, percent=True),
    ]
    caption = Both(
        "What rows share with an inventory they are compared with, at their strongest tie: a "
        "comparison is independent only where nothing is shared.",
        "各行与对比清单共有的内容（取最强联系）：仅在无共有内容时对比才是独立的。",
    )
    names = {"side": material.sides, "kind": _TIES}
    return Figure(caption, None, to_table(rows, columns, "independence", names))


def _sources(material: Material) -> Figure:
    """List each cited source with the emission that rests on it."""
    listed = material.derived_of("source_use").merge(
        material.facts["sources"], on="source_id", how="left"
    )
    listed = listed.sort_values("emission_kt", ascending=False, kind="stable")
    columns = [
        Column("source_id", Both("source", "来源")),
        Column("citation", Both("citation", "引用")),
        Column("address", Both("address", "地址")),
        Column("licence", Both("licence", "许可")),
        Column("read", Both("how it was read", "阅读方式")),
        Column("used_for", Both("used for", "用于")),
        Column("emission_kt", Both("emission that rests on it", "所支撑的排放"), "kt"),
    ]
    return Figure(
        Both(
            "Every source behind the figures of this page, by the emission that rests on it.",
            "本页数值的全部来源，按其支撑的排放量排列。",
        ),
        None,
        to_table(listed, columns, "sources", {"read": _READ}),
    )
