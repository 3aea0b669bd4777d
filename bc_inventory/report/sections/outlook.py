"""Targets and measures."""

from __future__ import annotations

import pandas as pd

from bc_inventory.reference.domains import Name
from bc_inventory.reference.naming import joined
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.charts import Bar, bars
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import Both
from bc_inventory.report.tables import Column, to_table

__all__ = ["measures", "targets"]


def _targets(material: Material) -> pd.DataFrame:
    known = material.facts["targets"]
    places = {*material.sides, *map(material.published_as, material.sides)}
    return known[(known["species"] == "BC") & known["scope"].isin(places)]


def _target_names(targets: pd.DataFrame) -> dict[str, Both]:
    return {
        str(row.target_id): Both(str(row.name_en), str(row.name_zh))
        for row in targets.rename(columns={"name": "name_en"}).itertuples()
    }


def targets(material: Material) -> Section:
    """Return how each inventory stands against the targets."""
    black = _targets(material)
    merged = material.derived["target_progress"]
    merged = merged[merged["status"] != "no base year"]
    merged = merged.merge(
        black[["target_id", "scope", "kind", "target_year"]], on=["target_id", "scope"]
    )
    columns = [
        Column("target_id", Both("target", "目标")),
        Column("scope", Both("side", "方")),
        Column("kind", Both("kind", "性质")),
        Column("inventory", Both("inventory", "清单")),
        Column("base_year", Both("base year", "基准年")),
        Column("year", Both("latest year", "最新年")),
        Column("change", Both("change", "变化"), "1", 3, percent=True),
        Column("due_lower", Both("due by then", "届时应有"), "1", 3, percent=True),
        Column("due_upper", Both("to", "至"), "1", 3, percent=True),
        Column("status", Both("status", "状态")),
        Column("to_go_kt", Both("to go", "尚差"), "kt"),
    ]
    names = {
        "target_id": _target_names(black),
        "scope": _places(material),
        "kind": _KINDS,
        "status": _STATUS,
    }
    figure = Figure(
        Both("Standing of every inventory that has the base year.", "有基准年数据的各清单进展。"),
        None,
        to_table(merged, columns, "targets", names),
    )
    return Section("targets", Both("Targets", "目标"), _statements(material, black), (figure,))


def _statements(material: Material, black: pd.DataFrame) -> tuple[Both, ...]:
    """Return what kind of targets these are."""
    name = Both(*joined([Name(text.en, text.zh) for text in material.sides.values()]))
    none = Both(
        f"No target for black carbon binds {name.en} to a number.",
        f"{name.zh}没有对黑碳有约束力的数值目标。",
    )
    yardstick = Both(
        "A target shown as a yardstick was set by others or for another pollutant.",
        "标为参照的目标由他方或针对其他污染物提出，此处仅作参照。",
    )
    kinds = set(black["kind"])
    return (
        *(() if "binding" in kinds else (none,)),
        *((yardstick,) if "illustration" in kinds else ()),
    )


def _places(material: Material) -> dict[str, Both]:
    return material.names("regions", "region") | material.domains


_KINDS = {
    "binding": Both("binding", "有约束力"),
    "goal": Both("goal", "集体目标"),
    "illustration": Both("yardstick", "参照"),
}
_STATUS = {
    "met": Both("met", "已达到"),
    "on path": Both("on path", "按路径"),
    "behind": Both("behind", "落后"),
    "base year only": Both("base year only", "仅有基准年"),
}


def measures(material: Material) -> Section:
    """Return what each measure of the library would save at full uptake."""
    library = material.facts["measures"]
    saved = material.derived["measure_savings"]
    saved = saved[saved["measure"] != "*"]
    ordered = saved[saved["region"] == "*"]
    names = {
        str(row.measure): Both(str(row.name_en), str(row.name_zh))
        for row in library.rename(columns={"name": "name_en"}).itertuples()
    }
    order = ordered.groupby("measure")["saved_kt"].sum().sort_values(ascending=False).index
    rank = {name: place for place, name in enumerate(order)}
    ordered = material.by_domain(ordered.assign(_rank=ordered["measure"].map(rank)))
    ordered = ordered.sort_values("_rank", kind="stable")
    chart = bars(
        [
            Bar(names[row.measure], row.side, row.saved_kt, row.lower_kt, row.upper_kt)
            for row in ordered.itertuples()
        ],
        material.sides,
        material.colours,
        Both("Saving by measure", "各措施减排"),
        Both("wedges at full uptake with 95 % intervals", "完全实施时的减排及95%区间"),
    )
    columns = [
        Column("measure", Both("measure", "措施")),
        Column("side", Both("side", "方")),
        Column("saved_kt", Both("wedge", "联合减排中的份额"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("alone_kt", Both("if done alone", "单独实施"), "kt"),
    ]
    text = Both(
        "Full uptake of each measure: the technical reach, not a forecast. Measures on the same "
        "rows interact; a wedge is the mean over all orders, so wedges add up to what all save "
        "together. Effects are judgements with wide intervals, see data/measures.csv.",
        "假设各措施完全实施，是技术潜力而非预测。作用于同一行的措施相互影响；份额为所有次序的平均，"
        "故各份额之和等于联合减排量。效果为判断值，区间较宽，见data/measures.csv。",
    )
    caption = Both(
        f"Wedges by measure and side, {material.year}, {material.draws:,} draws.",
        f"{material.year}年各措施各方的减排份额，{material.draws:,}次抽样。",
    )
    labels = {"measure": names, "side": material.sides}
    return Section(
        "measures",
        Both("Measures", "措施"),
        (text,),
        (
            Figure(caption, chart, to_table(ordered, columns, "measures", labels)),
            _by_region(material, saved[saved["region"] != "*"], names),
            _gap(material),
        ),
    )


def _by_region(material: Material, wedge: pd.DataFrame, names: dict[str, Both]) -> Figure:
    ordered = wedge[wedge["saved_kt"].abs() > 0].sort_values("saved_kt", ascending=False)
    columns = [
        Column("region", Both("region", "地区")),
        Column("measure", Both("measure", "措施")),
        Column("saved_kt", Both("wedge", "联合减排中的份额"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("alone_kt", Both("if done alone", "单独实施"), "kt"),
    ]
    labels = {"measure": names, "region": material.names("regions", "region")}
    return Figure(
        Both("The same by region.", "按地区列出。"),
        None,
        to_table(ordered, columns, "measures_regions", labels),
    )


def _gap(material: Material) -> Figure:
    """Return the emission gap to each target, as it stands and with every measure."""
    result, black = material.derived["emission_gap"], _targets(material)
    columns = [
        Column("target_id", Both("target", "目标")),
        Column("scope", Both("side", "方")),
        Column("inventory", Both("inventory", "清单")),
        Column("year", Both("latest year", "最新年")),
        Column("target_year", Both("due", "目标年")),
        Column("allowed_kt", Both("allowed", "允许排放"), "kt"),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("gap_kt", Both("gap today", "现有差距"), "kt"),
        Column("gap_after_kt", Both("gap with all measures", "全部措施后差距"), "kt"),
        Column("gap_after_lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("gap_after_upper_kt", Both("97.5 %", "97.5 %"), "kt"),
    ]
    return Figure(
        Both(
            "The emission gap: above zero where more is needed than the target allows. The share "
            "that all measures together would save of our emission is taken from each inventory.",
            "排放差距：大于零表示超出目标允许量。各清单均按本清单全部措施联合减排的比例折算。",
        ),
        None,
        to_table(result, columns, "emission_gap",
                 {"target_id": _target_names(black), "scope": _places(material)}),
    )  # fmt: skip
