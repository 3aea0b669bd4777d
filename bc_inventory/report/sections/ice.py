"""Pole to Plateau: emissions by distance to ice and by latitude, by sector and by month."""

from __future__ import annotations

import pandas as pd

from bc_inventory.reference.domains import domains
from bc_inventory.report.blocks import Figure
from bc_inventory.report.charts import Bar, bars
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import CONFIDENCE_NAMES, Both
from bc_inventory.report.tables import Column, to_table

__all__ = ["ice"]

_SIDE = Column("side", Both("side", "方"))
_VIEWS = {
    "arctic": Both("Arctic", "北极"),
    "arctic_circle_km": Both("distance to the Arctic Circle", "距北极圈"),
    "hma_glacier_km": Both("distance to glaciers of High Mountain Asia", "距亚洲高山冰川"),
    "hma_region": Both("High Mountain Asia", "亚洲高山区"),
    "latitude": Both("latitude", "纬度"),
}
_EVERY = Both("all sectors", "全部部门")
_RECEPTORS = {
    "Arctic": Both("Arctic", "北极"),
    "Tibetan Plateau": Both("Tibetan Plateau", "青藏高原"),
}


def ice(material: Material) -> list[Figure]:
    """Return the figures of the view, as far as the release has them."""
    if material.impacts.get("cryosphere") is None:
        return []
    rows = _chosen(material.impacts["cryosphere"], material)
    result = [_bands(rows, material), _sectors(rows, material)]
    if material.impacts.get("cryosphere_months") is not None:
        result.append(_months(_chosen(material.impacts["cryosphere_months"], material), material))
    return [*result, _responses(material)]


def _chosen(frame: pd.DataFrame, material: Material) -> pd.DataFrame:
    return frame[(frame["year"] == material.year) & (frame["factor_set"] == material.factor_set)]


def _band_names(material: Material) -> dict[str, Both]:
    bands = material.facts["bands"]
    key = bands["view"] + "/" + bands["band"]
    return {
        name: Both(str(en), str(zh))
        for name, en, zh in zip(key, bands["name"], bands["name_zh"], strict=True)
    }


def _ordered(rows: pd.DataFrame, material: Material) -> pd.DataFrame:
    """Return rows from the nearest band to the farthest."""
    bands = material.facts["bands"]
    lower = dict(zip(bands["view"] + "/" + bands["band"], bands["lower"].fillna(-1), strict=True))
    rows = rows.assign(place=rows["view"] + "/" + rows["band"])
    return material.by_domain(rows.assign(_lower=rows["place"].map(lower))).sort_values(
        ["view", "_lower"], kind="stable"
    )


def _bands(rows: pd.DataFrame, material: Material) -> Figure:
    whole = _ordered(rows[(rows["gnfr"] == "*") & (rows["emission_kt"] > 0)], material)
    names = _band_names(material)
    near = whole[whole["view"].isin(["arctic_circle_km", "hma_glacier_km"])]
    chart = bars(
        [
            Bar(_near(row.view, names[row.place]), row.side,
                row.emission_kt, row.lower_kt, row.upper_kt)
            for row in near.itertuples()
        ],
        material.sides,
        material.colours,
        Both("Emission by distance to ice", "按距冰体距离的排放"),
        Both(
            "bands of distance to the Arctic Circle and to glaciers of High Mountain Asia",
            "距北极圈和亚洲高山冰川的距离带",
        ),
    ) if len(near) else None  # fmt: skip
    columns = [
        Column("view", Both("counted by", "划分方式")),
        Column("place", Both("band", "带")),
        _SIDE,
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("share_of_side", Both("share of side", "占比"), "1", 2, percent=True),
    ]
    labels = {"view": _VIEWS, "place": names, "side": material.sides}
    return Figure(
        Both(
            "Pole to Plateau: emission by distance to ice; the table has latitudes too.",
            "从北极到高原：按距冰体距离划分的排放量；表中另有按纬度划分。",
        ),
        chart,
        to_table(whole, columns, "cryosphere", labels),
    )


def _near(view: str, band: Both) -> Both:
    place = {
        "arctic_circle_km": Both("Arctic Circle", "北极圈"),
        "hma_glacier_km": Both("Asian glaciers", "亚洲冰川"),
    }[view]
    return Both(f"{place.en}: {band.en}", f"{place.zh}：{band.zh}")


def _sectors(rows: pd.DataFrame, material: Material) -> Figure:
    sums = rows[(rows["gnfr"] != "*") & (rows["nfr"] == "*") & (rows["emission_kt"] > 0)]
    whole = rows[rows["gnfr"] == "*"].set_index(["side", "view", "band"])["emission_kt"]
    band = pd.MultiIndex.from_frame(sums[["side", "view", "band"]])
    sums = sums.assign(share=sums["emission_kt"].to_numpy() / whole.reindex(band).to_numpy())
    sums = _ordered(sums.sort_values("emission_kt", ascending=False), material)
    columns = [
        Column("view", Both("counted by", "划分方式")),
        Column("place", Both("band", "带")),
        _SIDE,
        Column("gnfr", Both("sector", "部门")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("share", Both("share of the band", "占该带比例"), "1", 2, percent=True),
    ]
    labels = {
        "view": _VIEWS,
        "place": _band_names(material),
        "side": material.sides,
        "gnfr": material.gnfr_names,
    }
    return Figure(
        Both("What is emitted in each band, by sector.", "各带分部门排放。"),
        None,
        to_table(sums, columns, "cryosphere_sectors", labels),
    )


def _months(rows: pd.DataFrame, material: Material) -> Figure:
    shown = {code: value.ice_band for code, value in domains().items() if code in material.sides}
    keys = zip(rows["side"], rows["view"], rows["band"], strict=True)
    near = rows[[shown.get(side) == (view, band) for side, view, band in keys]]
    near = material.by_domain(near[near["nfr"] == "*"].sort_values("month"))
    bands = _band_names(material)
    groups = {
        side: Both(f"{text.en}, {name.en}", f"{text.zh}，{name.zh}")
        for side, text in material.sides.items()
        if (place := shown[side]) and (name := bands.get("/".join(place)))
    }
    chart = bars(
        [
            Bar(Both(str(row.month), f"{row.month}月"), row.side, row.emission_kt)
            for row in near.itertuples()
        ],
        groups,
        material.colours,
        Both("Emission by month near ice", "近冰区逐月排放"),
        Both("twelve months, a bar of each domain", "十二个月，每月各方一条"),
        unit=Both("kt a month", "千吨/月"),
    ) if len(near) else None  # fmt: skip
    table = _ordered(rows[(rows["nfr"] == "*") & (rows["emission_kt"] > 0)], material)
    columns = [
        Column("view", Both("counted by", "划分方式")),
        Column("place", Both("band", "带")),
        _SIDE,
        Column("month", Both("month", "月")),
        Column("emission_kt", Both("emission", "排放量"), "kt"),
    ]
    labels = {"view": _VIEWS, "place": _band_names(material), "side": material.sides}
    return Figure(
        Both(
            "Season near ice: emission by month in the band nearest to ice.",
            "近冰区季节变化：最近冰体地带的逐月排放。",
        ),
        chart,
        to_table(table, columns, "cryosphere_months", labels),
    )


def _responses(material: Material) -> Figure:
    rows = material.facts["responses"].sort_values(["receptor", "emitted_in"])
    columns = [
        Column("receptor", Both("where", "受体")),
        Column("emitted_in", Both("emitted in", "排放地")),
        Column("quantity", Both("what responds", "响应量")),
        Column("value", Both("value", "数值")),
        Column("lower", Both("from", "下限")),
        Column("upper", Both("to", "上限")),
        Column("unit", Both("unit", "单位")),
        Column("source_id", Both("source", "来源")),
        Column("confidence", Both("confidence", "可信度")),
        Column("note", Both("note", "说明")),
    ]
    return Figure(
        Both(
            "Responses that others have published. They are shown and not applied: no figure of "
            "this page is multiplied by them.",
            "文献中的响应系数，仅列出而不使用：本页数值均未乘以这些系数。",
        ),
        None,
        to_table(
            rows,
            columns,
            "cryosphere_responses",
            {"receptor": _RECEPTORS, "confidence": CONFIDENCE_NAMES},
        ),
    )
