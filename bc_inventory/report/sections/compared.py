"""Inventories side by side: time series, and why they differ."""

from __future__ import annotations

import pandas as pd

from bc_inventory.analysis.decomposition.decompose import waterfall
from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.report.blocks import Figure, Section
from bc_inventory.report.charts import Series, lines, waterfall_chart
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import HEAD_NAMES, Both
from bc_inventory.report.tables import Column, to_table
from bc_inventory.schema.enumerations import Level

__all__ = ["difference", "series"]

_OURS = "bc_inventory"


def series(material: Material) -> Section:
    """Return the time series of each domain with every inventory."""
    figures = []
    for side, text in material.sides.items():
        rows = _by_year(material, side)
        result = [
            Series(
                str(name),
                tuple(
                    (int(r.year), float(r.emission_kt), _maybe(r.lower_kt), _maybe(r.upper_kt))
                    for r in part.itertuples()
                ),
                ours=str(name).startswith(_OURS),
            )
            for name, part in rows.groupby("inventory", sort=True)
        ]
        result.sort(key=lambda item: not item.ours)
        columns = [
            Column("inventory", Both("inventory", "清单")),
            Column("year", Both("year", "年")),
            Column("emission_kt", Both("emission", "排放量"), "kt", 4),
            Column("lower_kt", Both("lower", "下限"), "kt", 4),
            Column("upper_kt", Both("upper", "上限"), "kt", 4),
            Column("source_id", Both("source", "来源")),
            Column("note", Both("note", "说明")),
        ]
        caption = Both(
            f"{text.begun}: totals of every inventory. Scopes differ; see the comparability table "
            "before reading a difference.",
            f"{text.zh}：各清单总量。范围不同，比较前请看可比性表。",
        )
        note = _incomplete(material, side)
        chart = lines(
            result,
            Both(f"Time series, {text.en}", f"{text.zh}时间序列"),
            Both(f"{len(result)} inventories by year", f"{len(result)}个清单，按年"),
        )
        table = to_table(rows, columns, f"series_{side}")
        figures.append(Figure(caption, chart, table, note))
    return Section("series", Both("Every inventory by year", "各清单历年总量"), (), tuple(figures))


def _incomplete(material: Material, side: str) -> Both | None:
    """Say which years of a domain have no total, and what they lack."""
    rows = material.whole_years
    rows = rows[
        (rows["side"] == side) & (rows["factor_set"] == material.factor_set) & incomplete(rows)
    ]
    if rows.empty:
        return None
    lines = [
        (
            f"{row.year} ({row.coverage:.0%} of the emission of {row.compared_with} has a figure; "
            f"lacking {row.lacking})",
            f"{row.year}年（{row.compared_with}年排放中{row.coverage:.0%}有数值；缺{row.lacking}）",
        )
        for row in rows.itertuples()
    ]
    return Both(
        "Incomplete, so without a total: " + ". ".join(en for en, _ in lines) + ".",
        "不完整、故无总量：" + "；".join(zh for _, zh in lines) + "。",
    )


def _maybe(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _by_year(material: Material, side: str) -> pd.DataFrame:
    table = material.totals[
        (material.totals["level"] == Level.SIDE) & (material.totals["side"] == side)
    ]
    table = table[~incomplete(table)].assign(
        inventory=_OURS + " " + table["factor_set"], source_id=None, note="this release"
    )
    bench = material.facts["benchmarks"]
    others = bench[
        (bench["region"] == material.published_as(side))
        & (bench["sector"] == "*")
        & bench["emission_kt"].notna()
    ]
    columns = ["inventory", "year", "emission_kt", "lower_kt", "upper_kt", "source_id", "note"]
    both = pd.concat([table[columns], others[columns]], ignore_index=True)
    return both.sort_values(["inventory", "year"], ignore_index=True)


def difference(material: Material) -> Section:
    """Return what makes each two domains differ, and the two factor sets of each."""
    pair = ["base_side", "base_set", "other_side", "other_set"]
    parts = material.derived["decomposition"]
    place = {code: number for number, code in enumerate(material.sides)}
    # Between domains first, each in the order of the domains.
    known = sorted(
        parts[pair].drop_duplicates().to_dict("records"),
        key=lambda row: (
            row["base_side"] == row["other_side"],
            row["other_set"],
            place[row["base_side"]],
            place[row["other_side"]],
        ),
    )
    figures = []
    for row in known:
        rows = parts[(parts[pair] == pd.Series(row)).all(axis=1)]
        base, other = row["base_side"], row["other_side"]
        if base != other:
            names = material.sides[base], material.sides[other]
            figures.append(_waterfall(material, rows, names, f"{base}_{other}"))
        else:
            text = material.sides[base]
            first, second = (
                Both(f"{text.en}, {name}", text.zh + _SETS_ZH.get(name, f"({name})"))
                for name in (row["base_set"], row["other_set"])
            )
            figures.append(_waterfall(material, rows, (first, second), f"factors_{base}"))
    text = Both(
        "A difference is split along the chain activity x fuel share x technology share x factor x "
        "(1 - abatement) by LMDI-I, which leaves no residual. Coverage is what one side has and "
        "the other hasn't. The last column of the table says what the Shapley method would give: "
        "where the two differ much, technologies hardly overlap and the split is a convention.",
        "差异沿活动水平×燃料占比×技术占比×因子×（1−去除率）链用LMDI-I分解，无残差。"
        "覆盖范围指一方有而另一方没有的部分。表末列为Shapley方法结果："
        "两者相差大处，技术重叠少，分解只是一种约定。",
    )
    return Section("difference", Both("Why they differ", "差异来源"), (text,), tuple(figures))


_SETS_ZH = {"harmonised": "（统一因子）", "official": "（官方因子）"}


def _waterfall(
    material: Material, parts: pd.DataFrame, names: tuple[Both, Both], file: str
) -> Figure:
    first = parts.iloc[0]
    ends = [material.total(first[f"{end}_side"], first[f"{end}_set"]) for end in ("base", "other")]
    of_all = (parts["region"] == "*") & (parts["nfr"] == "*")
    heads = parts[of_all]
    falling = waterfall(heads, ends[0]).merge(heads[["head", "lower_kt", "upper_kt"]], on="head")
    steps = [
        (HEAD_NAMES[row.head], row.part_kt, _maybe(row.lower_kt), _maybe(row.upper_kt))
        for row in falling.itertuples()
    ]
    chart = waterfall_chart(
        (names[0], ends[0]),
        steps,
        (names[1], ends[1]),
        Both(f"From {names[0].en} to {names[1].en}", f"从{names[0].zh}到{names[1].zh}"),
        Both("one bar for each head of the decomposition", "每个分解项一条"),
    )
    cells = parts[~of_all]
    shown = cells[cells["part_kt"].abs() > 0].assign(_size=lambda frame: frame["part_kt"].abs())
    shown = shown.sort_values("_size", ascending=False)
    columns = [
        Column("nfr", Both("category", "类别")),
        Column("head", Both("head", "分解项")),
        Column("part_kt", Both("part", "贡献"), "kt"),
        Column("lower_kt", Both("2.5 %", "2.5 %"), "kt"),
        Column("upper_kt", Both("97.5 %", "97.5 %"), "kt"),
        Column("shapley_kt", Both("Shapley", "Shapley"), "kt"),
    ]
    labels = {"nfr": material.names("sectors", "nfr"), "head": HEAD_NAMES}
    if (cells["region"] != "*").any():
        columns.insert(0, Column("region", Both("region", "地区")))
        labels["region"] = material.names("regions", "region")
    caption = Both(
        f"From {names[0].en} to {names[1].en}, {material.year}: parts of the difference with 95 % "
        f"intervals of {material.draws:,} draws.",
        f"{material.year}年从{names[0].zh}到{names[1].zh}："
        f"差异的组成及{material.draws:,}次抽样的95%区间。",
    )
    return Figure(caption, chart, to_table(shown, columns, f"difference_{file}", labels))
