"""Totals of each domain, sectors, and the maps."""

from __future__ import annotations

import pandas as pd

from bc_inventory.analysis.maps.frames import frame_of
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.charts import Bar, bars
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import Both
from bc_inventory.report.maps import Marker, legend, map_chart
from bc_inventory.report.tables import Column, number, to_table
from bc_inventory.schema.enumerations import Level
from bc_inventory.spatial.totals import density_of

__all__ = ["maps", "sectors", "totals"]

_KT = "kt"
_INTERVAL = (
    Column("emission_kt", Both("emission", "排放量"), _KT),
    Column("lower_kt", Both("2.5 %", "2.5 %"), _KT),
    Column("upper_kt", Both("97.5 %", "97.5 %"), _KT),
)
_SIDE = Column("side", Both("side", "方"))
_SET = Column("factor_set", Both("factor set", "因子集"))
_LISTED = 10


def totals(material: Material) -> Section:
    """Return the totals of each domain with their intervals."""
    rows = material.by_domain(
        material.totals[
            (material.totals["level"] == Level.SIDE) & (material.totals["year"] == material.year)
        ]
    )
    rows = rows.sort_values(
        "factor_set", key=lambda values: values != material.factor_set, kind="stable"
    )
    main = rows[rows["factor_set"] == material.factor_set]
    stated = tuple(_sentence(row, material.sides[row.side]) for row in main.itertuples())
    result = bars(
        [
            Bar(_SET_NAMES.get(row.factor_set, Both(row.factor_set, row.factor_set)), row.side,
                row.emission_kt, row.lower_kt, row.upper_kt)
            for row in rows.itertuples()
        ],
        material.sides,
        material.colours,
        Both("Totals by factor set", "各因子集总量"),
        Both("bars for each domain with 95 % intervals", "各方总量及95%区间"),
    )  # fmt: skip
    columns = [
        _SET,
        _SIDE,
        *_INTERVAL,
        Column("median_kt", Both("median of draws", "抽样中位数"), _KT),
    ]
    return Section(
        "totals",
        Both("Totals", "总量"),
        stated,
        (
            Figure(
                Both(
                    f"Black carbon {material.year} by factor set, with 95 % intervals from Monte "
                    "Carlo draws in which one factor is one draw wherever it is used.",
                    f"{material.year}年黑碳总量及蒙特卡罗95%区间；同一因子在各处共用一次抽样。",
                ),
                result,
                to_table(
                    rows, columns, "totals", {"side": material.sides, "factor_set": _SET_NAMES}
                ),
                Both(
                    "Each number is an expected value, the sum of those of its rows. Errors are "
                    "skewed, so it lies above the median of the draws.",
                    "各数值为期望值，即各行期望值之和；误差右偏，故高于抽样中位数。",
                ),
            ),
        ),
    )


_SET_NAMES = {
    "harmonised": Both("harmonised factors", "统一因子"),
    "official": Both("official factors", "官方推荐因子"),
}


def _sentence(row, side: Both) -> Both:  # type: ignore[no-untyped-def]
    value, low, high = (number(v) for v in (row.emission_kt, row.lower_kt, row.upper_kt))
    return Both(
        f"{side.begun} emitted {value} kt of black carbon in {row.year} "
        f"(95 % interval {low} to {high} kt).",
        f"{side.zh}{row.year}年排放黑碳{value}千吨(95%区间{low}至{high}千吨)。",
    )


def sectors(material: Material) -> Section:
    """Return sector bars with intervals."""
    names = material.gnfr_names
    rows = material.totals[
        (material.totals["level"] == Level.SIDE_GNFR)
        & (material.totals["year"] == material.year)
        & (material.totals["factor_set"] == material.factor_set)
    ]
    order = rows.groupby("gnfr")["emission_kt"].max().sort_values(ascending=False).index
    rows = rows.assign(_rank=rows["gnfr"].map({code: n for n, code in enumerate(order)}))
    rows = material.by_domain(rows).sort_values("_rank", kind="stable")
    result = bars(
        [
            Bar(names[row.gnfr], row.side, row.emission_kt, row.lower_kt, row.upper_kt)
            for row in rows.itertuples()
        ],
        material.sides,
        material.colours,
        Both("Emission by sector", "分部门排放"),
        Both("a bar of each domain for a sector, with 95 % intervals", "每部门各方一条，附95%区间"),
    )
    columns = [Column("gnfr", Both("sector (GNFR)", "部门（GNFR）")), _SIDE, *_INTERVAL]
    whole = {side: material.total(side, material.factor_set) for side in rows["side"].unique()}
    shares = rows["emission_kt"] / rows["side"].map(whole).astype(float)
    columns.append(Column("share", Both("share of side", "占比"), "1", 2, percent=True))
    table = to_table(
        rows.assign(share=shares), columns, "sectors", {"side": material.sides, "gnfr": names}
    )
    caption = Both(
        f"Emission by sector {material.year}, harmonised GNFR sectors, 95 % intervals.",
        f"{material.year}年分部门排放，95%区间。",
    )
    return Section("sectors", Both("Sectors", "部门"), (), (Figure(caption, result, table),))


def maps(material: Material) -> Section:
    """Return a map of each domain, all on one scale, with hotspots and stations."""
    if material.grid is None:
        return Section("maps", Both("Maps", "地图"), (_no("grid", "网格"),))
    density = density_of(material.grid)
    outlines, emissions = material.facts["outlines"], material.emissions
    figures = []
    for side, text in material.sides.items():
        members = set(emissions.loc[emissions["side"] == side, "region"])
        hot = _hotspots(material, side)
        labels = [
            Marker("hotspot", row.longitude, row.latitude, str(place))
            for place, row in enumerate(hot.itertuples(), start=1)
        ]
        if material.stations is not None:
            labels += [
                Marker("station", row.longitude, row.latitude)
                for row in material.stations.itertuples()
            ]
        chart = map_chart(
            frame_of(side, material.facts["regions"], outlines, members),
            density,
            outlines,
            labels,
            Both(f"Map of {text.en}", f"{text.zh}地图"),
            Both(
                "emission density by grid cell, numbered hotspots and stations; the table lists "
                "the hotspots",
                "网格排放密度、编号热点和站点；热点见下表",
            ),
        )
        caption = Both(
            f"{text.begun}: emission density {material.year}; circles: the largest hotspots, "
            "triangles: stations.",
            f"{text.zh}：{material.year}年排放密度；圆圈为主要热点，三角为站点。",
        )
        figures.append(Figure(caption, chart, _hotspot_table(material, hot, side), pair=True))
    scale = Figure(Both("Colour scale of all maps.", "各图共用色标。"), legend())
    note = Both(
        "Borders are for orientation only.",
        "边界仅供定位参考。",
    )
    return Section("maps", Both("Maps and hotspots", "地图与热点"), (note,), (scale, *figures))


def _no(what: str, zh: str) -> Both:
    return Both(f"This release has no {what}.", f"本版本没有{zh}。")


def _hotspots(material: Material, side: str) -> pd.DataFrame:
    if material.hotspots is None:
        return pd.DataFrame(columns=["longitude", "latitude"])
    rows = material.hotspots[
        (material.hotspots["side"] == side)
        & (material.hotspots["kind"] == "density")
        & (material.hotspots["sector_group"] == "all")
        & (material.hotspots["year"] == material.year)
    ]
    return rows.nsmallest(_LISTED, "rank")


def _hotspot_table(material: Material, rows: pd.DataFrame, side: str):  # type: ignore[no-untyped-def]
    if rows.empty:
        return None
    columns = [
        Column("rank", Both("rank", "序号")),
        Column("place", Both("place", "地点")),
        Column("region", Both("region", "地区")),
        *_INTERVAL,
        Column("density_t_km2", Both("density", "密度"), "t/km2"),
        Column("share_of_side", Both("share of side", "占比"), "1", 2, percent=True),
        Column("top_nfr", Both("largest category", "最大类别")),
        Column("population", Both("inhabitants", "人口"), "person"),
        Column("longitude", Both("longitude", "经度"), "degree", 5),
        Column("latitude", Both("latitude", "纬度"), "degree", 5),
    ]
    names = {
        "region": material.names("regions", "region"),
        "top_nfr": material.names("sectors", "nfr"),
    }
    return to_table(rows, columns, f"hotspots_{side}", names)
