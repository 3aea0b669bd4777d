"""Key categories, the checks of a review, and the map of what has a figure."""

from __future__ import annotations

import re

import pandas as pd

from bc_inventory.reference.domains import side_of
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import HEAD_NAMES, Both
from bc_inventory.report.tables import Column, to_table

__all__ = ["keys", "review"]

_LISTED = 15


def keys(material: Material) -> Section:
    """Return the key categories of each domain by level, approaches 1 and 2."""
    ordered = material.derived_of("key_categories")
    ordered = ordered.sort_values("contribution", ascending=False, kind="stable")
    order = ["side", "assessment", "approach"]
    shown = ordered[ordered["key"]].groupby(order, sort=True).head(_LISTED)
    columns = [
        Column("side", Both("side", "方")),
        Column("assessment", Both("assessment", "评估")),
        Column("approach", Both("approach", "方法")),
        Column("nfr", Both("category", "类别")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("contribution", Both("contribution", "贡献"), "1", 3, percent=True),
        Column("cumulative", Both("cumulative", "累计"), "1", 3, percent=True),
    ]
    labels = {
        "side": material.sides,
        "nfr": material.names("sectors", "nfr"),
        "assessment": _ASSESSED,
    }
    caption = Both(
        "Key categories. Approach 1 ranks by emission, approach 2 by emission times uncertainty; "
        "the trend needs a base year in the release.",
        "关键类别。方法1按排放量，方法2按排放量×不确定度排序；趋势评估需要基准年。",
    )
    return Section(
        "keys",
        Both("Key categories", "关键类别"),
        (),
        (Figure(caption, None, to_table(shown, columns, "key_categories", labels)),),
    )


_ONE_YEAR = ("one year, no series", "仅一年，无时间序列")
_ASSESSED = {"level": Both("level", "水平"), "trend": Both("trend", "趋势")}
_CHECKS_ZH = {
    "every category has a figure or a reason other than NE": "每个类别有数值或NE以外的理由",
    "implied factors near those of other regions": "隐含因子与其他地区相近",
    "implied factors within the guidebook's range": "隐含因子在指南范围内",
    "time series without breaks": "时间序列无断点",
    "every figure lies in its interval": "数值在其区间内",
    "black carbon never exceeds PM2.5": "黑碳不超过PM2.5",
    "every figure names its sources": "每个数值有来源",
}


def review(material: Material) -> Section:
    """Return the review's checks with their verdicts, and the map of notation keys."""
    checks = material.derived_of("review_checks")
    # In the order in which a review asks.
    place = {name: number for number, name in enumerate(_CHECKS_ZH)}
    checks = checks.sort_values("check", key=lambda names: names.map(place))
    verdicts = checks["passed"].map({True: "pass", False: "look"}).astype(object)
    checks = checks.assign(verdict=verdicts.where(checks["passed"].notna(), "untested"))
    columns = [
        Column("check", Both("check", "检查")),
        Column("verdict", Both("verdict", "结论")),
        Column("findings", Both("findings", "发现数")),
        Column("detail", Both("first findings", "前几项")),
    ]
    labels = {
        "check": {name: Both(name, zh) for name, zh in _CHECKS_ZH.items()},
        "verdict": {
            "pass": Both("✓ pass", "✓ 通过"),
            "look": Both("✗ look at it", "✗ 需核查"),
            "untested": Both("– not tested", "– 未检验"),
        },
        "detail": {
            text: Both(text, re.sub(r" and (\d+) more$", r"，另有\1项", text).replace(*_ONE_YEAR))
            for text in checks["detail"].dropna()
        },
    }
    figures = [
        Figure(
            Both("The checks of a review.", "评审检查结果。"),
            None,
            to_table(checks, columns, "review", labels),
            Both(
                "A finding is a reason to look, not an error: a factor may differ for a cause.",
                "发现项是核查理由而非错误。",
            ),
        ),
        _outliers(material, material.derived_of("implied_factors")),
        _completeness(material, material.derived_of("completeness")),
    ]
    breaks = material.derived["series_breaks"]
    breaks = breaks[breaks["factor_set"] == material.factor_set]
    if len(breaks):
        figures.insert(1, _breaks(material, breaks))
    steps = material.derived["category_steps"]
    steps = steps[steps["factor_set"] == material.factor_set]
    if len(steps):
        figures.insert(1, _steps(material, steps))
    return Section("review", Both("Review", "评审"), (), tuple(figures))


def _steps(material: Material, steps: pd.DataFrame) -> Figure:
    columns = [
        Column("side", Both("side", "方")),
        Column("nfr", Both("category", "类别")),
        Column("year", Both("year", "年")),
        Column("previous_kt", Both("year before", "上一年"), "kt"),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("change", Both("change", "变化"), "1", 3, percent=True),
        Column("head", Both("moved by", "主因")),
        Column("head_kt", Both("of the change", "其中"), "kt"),
        Column("where", Both("where", "地区和燃料")),
        Column("flags", Both("flags", "标记")),
    ]
    labels = {
        "side": material.sides,
        "nfr": material.names("sectors", "nfr"),
        "head": HEAD_NAMES,
    }
    return Figure(
        Both(
            "Categories above 1 % of a side that move by more than a third in a year, and what "
            "moves them.",
            "占一方1%以上且一年变化超过三分之一的类别及其原因。",
        ),
        None,
        to_table(material.by_domain(steps), columns, "category_steps", labels),
    )


def _breaks(material: Material, breaks: pd.DataFrame) -> Figure:
    columns = [
        Column("region", Both("region", "地区")),
        Column("sector", Both("sector", "部门")),
        Column("year", Both("year", "年")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("previous_kt", Both("year before", "上一年"), "kt"),
        Column("change", Both("change", "变化"), "1", 3, percent=True),
    ]
    labels = {"region": material.names("regions", "region"), "sector": material.gnfr_names}
    return Figure(
        Both("Breaks of time series, the largest first.", "时间序列断点，按变化大小排列。"),
        None,
        to_table(
            breaks.sort_values("emission_kt", ascending=False), columns, "series_breaks", labels
        ),
    )


def _outliers(material: Material, outliers: pd.DataFrame) -> Figure:
    ordered = outliers[outliers["outlier"] | outliers["outside_range"]]
    ordered = ordered.sort_values("emission_kt", ascending=False)
    columns = [
        Column("region", Both("region", "地区")),
        Column("nfr", Both("category", "类别")),
        Column("fuel", Both("fuel", "燃料")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("implied_factor", Both("implied factor", "隐含因子")),
        Column("unit", Both("unit", "单位")),
        Column("median", Both("median of regions", "各地区中位数")),
        Column("robust_z", Both("robust z", "稳健z值")),
        Column("lower", Both("guidebook from", "指南下限")),
        Column("upper", Both("to", "上限")),
    ]
    labels = {
        "region": material.names("regions", "region"),
        "nfr": material.names("sectors", "nfr"),
        "fuel": material.names("fuels", "fuel"),
    }
    return Figure(
        Both(
            "Implied factors that stand out from other regions or from the guidebook's range, the "
            "largest emissions first.",
            "与其他地区或指南范围相差明显的隐含因子，按排放量排列。",
        ),
        None,
        to_table(ordered, columns, "implied_factors", labels),
    )


def _completeness(material: Material, complete: pd.DataFrame) -> Figure:
    short = complete["state"].str.replace("figure and ", "●", regex=False)
    short = short.replace({"figure": "●", "nothing": "–"})
    wide = complete.assign(short=short).pivot_table(
        index="region", columns="nfr", values="short", aggfunc="first"
    )
    wide = wide.reset_index()
    wide = material.by_domain(wide.assign(side=wide["region"].map(side_of())))
    wide = wide.drop(columns="side")
    names = material.names("regions", "region")
    columns = [Column("region", Both("region", "地区"))]
    columns += [Column(code, Both(code, code)) for code in wide.columns if code != "region"]
    return Figure(
        Both(
            "What has a figure: ● a figure, NE not estimated, NO not occurring, IE included "
            "elsewhere, NA not applicable, C confidential; ● with a key: a part has none.",
            "完整性：●有数值，NE未估算，NO不发生，IE计入他处，NA不适用，C保密；"
            "●后附符号表示部分缺失。",
        ),
        None,
        to_table(wide, columns, "completeness", {"region": names}),
    )
