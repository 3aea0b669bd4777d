"""Nearness to people and ice, and CO2 equivalents as ranges with their caveats."""

from __future__ import annotations

import pandas as pd

from bc_inventory.analysis.impacts.climate import CAVEATS
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import CONFIDENCE_NAMES, Both, same
from bc_inventory.report.sections.ice import ice
from bc_inventory.report.tables import Column, to_table

__all__ = ["impacts"]

_SIDE = Column("side", Both("side", "方"))


def impacts(material: Material) -> Section:
    """Return what the release holds of ice, people and climate."""
    figures = ice(material)
    figures += [value for value in (_people(material), _climate(material)) if value is not None]
    if not figures:
        text = Both(
            "This release has no view of ice, people or climate.",
            "本版本没有冰冻圈、人口或气候分析。",
        )
        return Section("impacts", _TITLE, (text,))
    text = Both(
        "These are indicators of where emissions are, not of their effects: no wind, chemistry or "
        "response is in the first two, and the third spans metrics that disagree by design.",
        "这些指标反映排放位置而非影响：前两项不含风、化学和响应，第三项涵盖彼此不同的多种指标。",
    )
    return Section("impacts", _TITLE, (text,), tuple(figures))


_TITLE = Both("Ice, people and climate", "冰冻圈、人口与气候")


def _chosen(frame: pd.DataFrame, material: Material) -> pd.DataFrame:
    return frame[(frame["year"] == material.year) & (frame["factor_set"] == material.factor_set)]


def _people(material: Material) -> Figure | None:
    if material.impacts.get("exposure") is None:
        return None
    rows = _chosen(material.impacts["exposure"], material)
    rows = rows[rows["nfr"] == "*"].sort_values("density_near_t_km2", ascending=False)
    rows = material.by_domain(rows)
    names = material.names("regions", "region") | {"*": Both("all of it", "整体")}
    columns = [
        _SIDE,
        Column("region", Both("region", "地区")),
        Column(
            "density_near_t_km2", Both("emission density near people", "人口加权排放密度"), "t/km2"
        ),
        Column("lower_t_km2", Both("2.5 %", "2.5 %"), "t/km2"),
        Column("upper_t_km2", Both("97.5 %", "97.5 %"), "t/km2"),
        Column("density_t_km2", Both("over the area", "面积平均"), "t/km2"),
        Column("people_near", Both("people near a kilogram", "每千克附近人口"), "person"),
        Column("radius_km", Both("near is", "范围"), "km"),
    ]
    caveat = str(rows["caveat"].iat[0]) if len(rows) else ""
    return Figure(
        Both(
            "How near emissions are to people: an indicator of emissions, not of exposure itself.",
            "排放与人口的接近程度：排放指标，而非暴露本身。",
        ),
        None,
        to_table(rows, columns, "exposure", {"side": material.sides, "region": names}),
        Both(caveat, "不含风、排放高度、化学和室内空气。"),
    )


_SPECIES = {
    "BC": Both("black carbon", "黑碳"),
    "OC": Both("organic carbon", "有机碳"),
    "BC+OC": Both("both together", "两者合计"),
}


def _climate(material: Material) -> Figure | None:
    if material.impacts.get("climate") is None:
        return None
    rows = _chosen(material.impacts["climate"], material)
    rank = {species: place for place, species in enumerate(_SPECIES)}
    rows = rows.assign(_rank=rows["species"].map(rank)).sort_values("_rank", kind="stable")
    rows = material.by_domain(rows).sort_values(
        ["metric", "horizon"], ascending=[False, True], kind="stable"
    )
    columns = [
        Column("metric", Both("metric", "指标")),
        Column("horizon", Both("horizon", "时间范围"), "a"),
        _SIDE,
        Column("species", Both("species", "物种")),
        Column("lowest_mt", Both("lowest metric", "最低指标值"), "Mt CO2e"),
        Column("highest_mt", Both("highest metric", "最高指标值"), "Mt CO2e"),
        Column("outer_lower_mt", Both("outer range from", "外区间下限"), "Mt CO2e"),
        Column("outer_upper_mt", Both("to", "上限"), "Mt CO2e"),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("source_ids", Both("sources", "来源")),
        Column("confidence", Both("confidence", "可信度")),
        Column("caveat", Both("caveat", "注意")),
    ]
    labels = {
        "side": material.sides,
        "species": _SPECIES,
        "confidence": CONFIDENCE_NAMES,
        "caveat": {
            text: Both(text, _CAVEATS_ZH.get(species, text))
            for text, species in zip(rows["caveat"], rows["species"], strict=True)
        },
        "source_ids": {text: same(text.replace(";", "; ")) for text in rows["source_ids"]},
    }
    return Figure(
        Both(
            "CO2 equivalents by metric and horizon, always as ranges, with the organic carbon that "
            "is emitted with it, as other inventories have it.",
            "按指标和时间范围的CO2当量，始终为区间；并列同时排放的有机碳（取自其他清单）。",
        ),
        None,
        to_table(rows, columns, "co2_equivalents", labels),
        Both(f"Black carbon: {CAVEATS['BC']}.", f"黑碳：{_CAVEATS_ZH['BC']}。"),
    )


_CAVEATS_ZH = {
    "BC": "多项评估的范围，多未核实；不含同时排放并致冷的有机碳；不可与长寿命气体简单相加",
    "OC": "本清单不估算有机碳，此为其他清单的范围，其口径不同；棕碳有增温作用",
    "BC+OC": "两者区间之和，按最不利情形相加；未计二氧化硫等同时排放的物种",
}
