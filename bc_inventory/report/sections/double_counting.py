"""Double counting between nested inventories: each tonne once, and what overlaps or is missing."""

from __future__ import annotations

import pandas as pd

from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import Both, same
from bc_inventory.report.tables import Column, number, to_table

__all__ = ["double_counting"]

_SPECIES = {
    "BC": Both("black carbon", "黑碳"),
    "raw coal": Both("raw coal", "原煤"),
    "CO2e": Both("CO2e", "CO2当量"),
}
_FINDINGS = {
    "alternative": Both("another claim on the same", "同一对象的另一主张"),
    "exceeds": Both("inner claims exceed it", "内部主张超出"),
    "overlap": Both("reductions exceed it", "减排超出排放"),
    "gap": Both("nothing around it", "外层无数值"),
}


def double_counting(material: Material) -> Section:
    """Return the seed cases of nesting, with each tonne claimed once."""
    claims = material.facts["claims"]
    names = {
        str(row.claim): Both(
            same(row.label).en, same(row.name_zh if pd.notna(row.name_zh) else row.label).en
        )
        for row in claims.rename(columns={"name": "label"}).itertuples()
    }
    text = Both(
        "An inventory of a city or province lies inside that of the nation, a plant inside its "
        "sector, a project inside both. What is left to each claim is what no claim inside it "
        "holds, so the last column adds up to each tonne once. Two inventories of one region are "
        "alternatives: both are shown, one is counted, neither is averaged.",
        "市、省清单位于国家清单之内，企业位于部门之内，项目位于二者之内。每项主张只保留其内部主张未包含的部分，"
        "因此每吨只计一次。同一地区的两份清单是替代关系：两者都列出，只计其一，不取平均。",
    )
    return Section(
        "nesting",
        Both("Double counting", "重复计算核查"),
        (text,),
        (
            _claims_table(material.derived["double_counting"], names, claims),
            _findings(material.derived["double_counting_findings"], names),
        ),
    )


def _claims_table(table: pd.DataFrame, names: dict[str, Both], claims: pd.DataFrame) -> Figure:
    rows = table.assign(
        sector=table["sector"].replace("*", "all"),
        counted=table["counted"].astype(bool),
        source_id=table["claim"].map(dict(zip(claims["claim"], claims["source_id"], strict=True))),
    )
    columns = [
        Column("claim", Both("claim", "主张")),
        Column("year", Both("year", "年")),
        Column("sector", Both("sector", "部门")),
        Column("species", Both("what", "物种")),
        Column("claimed_kt", Both("claimed", "主张量"), "kt", 4),
        Column("inside_kt", Both("in claims inside it", "内部主张"), "kt", 4),
        Column("reduced_kt", Both("saved by projects inside", "内部项目减排"), "kt", 4),
        Column("counted", Both("counted", "计入")),
        Column("remaining_kt", Both("left to it", "自身余量"), "kt", 4),
        Column("source_id", Both("source", "来源")),
    ]
    labels = {"claim": names, "sector": {"all": Both("all", "全部")}, "species": _SPECIES}
    caption = Both(
        "Claims and what is left to each. Raw coal and CO2e stand for cases that were published "
        "so; they aren't black carbon.",
        "各主张及其自身余量。原煤和CO2e为按原文公布的案例，并非黑碳。",
    )
    return Figure(caption, None, to_table(rows, columns, "nesting", labels))


def _findings(findings: pd.DataFrame, names: dict[str, Both]) -> Figure:
    rows = findings.assign(
        factor=[
            None if pd.isna(value) else f"x {number(float(value), 2)}"
            for value in findings["ratio"]
        ],
    )
    columns = [
        Column("finding", Both("finding", "发现")),
        Column("claim", Both("claim", "主张")),
        Column("other", Both("other claim", "对照")),
        Column("year", Both("year", "年")),
        Column("species", Both("what", "物种")),
        Column("kt", Both("amount", "数量"), "kt"),
        Column("factor", Both("factor between them", "相差倍数")),
    ]
    labels = {"finding": _FINDINGS, "claim": names, "other": names, "species": _SPECIES}
    return Figure(
        Both("Overlaps, gaps and alternatives.", "重叠、缺口与替代。"),
        None,
        to_table(rows, columns, "nesting_findings", labels),
    )
