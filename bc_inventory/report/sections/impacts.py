"""Nearness to people and ice, and CO2 equivalents as ranges with their caveats."""

from __future__ import annotations

import pandas as pd

from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.material import Material
from bc_inventory.report.tables import Column, to_table
from bc_inventory.report.words import SIDE_NAMES, Both

__all__ = ["impacts"]

_SIDE = Column("side", Both("side", "方"))
_VIEWS = {
    "arctic": Both("Arctic", "北极"),
    "arctic_circle_km": Both("distance to the Arctic Circle", "距北极圈"),
    "hma_glacier_km": Both("distance to glaciers of High Mountain Asia", "距亚洲高山冰川"),
    "hma_region": Both("High Mountain Asia", "亚洲高山区"),
    "latitude": Both("latitude", "纬度"),
}


def impacts(material: Material) -> Section:
    """Return what the release holds of ice, people and climate."""
    figures = [
        made for made in (_ice(material), _people(material), _climate(material)) if made is not None
    ]
    if not figures:
        text = Both(
            "This release has no view of ice, people or climate.",
            "本版本没有冰冻圈、人口或气候分析。",
        )
        return Section("impacts", _TITLE, (text,))
    text = Both(
        "These are indicators of where emissions are, not of their effects: no wind, chemistry or "
        "response is in the first two, and the third spans metrics that disagree by design.",
        "这些指标反映排放位置而非影响: 前两项不含风、化学和响应, 第三项涵盖彼此不同的多种指标。",
    )
    return Section("impacts", _TITLE, (text,), tuple(figures))


_TITLE = Both("Ice, people and climate", "冰冻圈、人口与气候")


def _chosen(frame: pd.DataFrame, material: Material) -> pd.DataFrame:
    return frame[(frame["year"] == material.year) & (frame["factor_set"] == material.factor_set)]


def _ice(material: Material) -> Figure | None:
    if material.impacts.get("cryosphere") is None:
        return None
    rows = _chosen(material.impacts["cryosphere"], material)
    rows = rows[rows["nfr"] == "*"].sort_values(["view", "side", "band"])
    bands = material.facts["bands"]
    key = bands["view"] + "/" + bands["band"]
    names = {
        name: Both(str(en), str(zh))
        for name, en, zh in zip(key, bands["name"], bands["name_zh"], strict=True)
    }
    rows = rows.assign(place=rows["view"] + "/" + rows["band"])
    columns = [
        Column("view", Both("counted by", "划分方式")),
        Column("place", Both("band", "带")),
        _SIDE,
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("share_of_side", Both("share of side", "占比"), "1", 2, percent=True),
    ]
    labels = {"view": _VIEWS, "place": names, "side": SIDE_NAMES}
    return Figure(
        Both(
            "Pole to Plateau: emission by latitude and by distance to ice.",
            "从北极到高原: 按纬度和距冰体距离划分的排放量。",
        ),
        None,
        to_table(rows, columns, "cryosphere", labels),
    )


def _people(material: Material) -> Figure | None:
    if material.impacts.get("exposure") is None:
        return None
    rows = _chosen(material.impacts["exposure"], material)
    rows = rows[rows["nfr"] == "*"].sort_values(["side", "density_near_t_km2"], ascending=False)
    names = material.names("regions", "region") | {"*": Both("whole side", "整体")}
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
            "排放与人口的接近程度: 排放指标, 而非暴露本身。",
        ),
        None,
        to_table(rows, columns, "exposure", {"side": SIDE_NAMES, "region": names}),
        Both(caveat, "不含风、排放高度、化学和室内空气。"),
    )


def _climate(material: Material) -> Figure | None:
    if material.impacts.get("climate") is None:
        return None
    rows = _chosen(material.impacts["climate"], material)
    rows = rows.sort_values(["metric", "horizon", "side", "species"])
    columns = [
        Column("metric", Both("metric", "指标")),
        Column("horizon", Both("horizon", "时间范围"), "a"),
        _SIDE,
        Column("species", Both("species", "物种")),
        Column("lowest_mt", Both("lowest metric", "最低指标值"), "Mt CO2e"),
        Column("highest_mt", Both("highest metric", "最高指标值"), "Mt CO2e"),
        Column("outer_lower_mt", Both("outer range from", "外区间下限"), "Mt CO2e"),
        Column("outer_upper_mt", Both("to", "上限"), "Mt CO2e"),
        Column("source_ids", Both("sources", "来源")),
        Column("confidence", Both("confidence", "可信度")),
        Column("caveat", Both("caveat", "注意")),
    ]
    return Figure(
        Both(
            "CO2 equivalents by metric and horizon, always as ranges, with co-emitted organic "
            "carbon where it is estimated.",
            "按指标和时间范围的CO2当量, 始终为区间; 有机碳在有估算时并列。",
        ),
        None,
        to_table(rows, columns, "co2_equivalents", {"side": SIDE_NAMES}),
    )
