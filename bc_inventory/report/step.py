"""The build step that writes the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bc_inventory.report.blocks import Section
from bc_inventory.report.context import Material, read_material
from bc_inventory.report.i18n import Both, same
from bc_inventory.report.page import render
from bc_inventory.report.sections import (
    compared,
    double_counting,
    evidence,
    impacts,
    matrix,
    outlook,
    overview,
    review,
)

__all__ = ["SECTIONS", "report_step"]

SECTIONS: tuple[Callable[[Material], Section], ...] = (
    overview.totals,
    overview.sectors,
    overview.maps,
    compared.series,
    compared.difference,
    matrix.matrix,
    review.keys,
    review.review,
    outlook.targets,
    outlook.measures,
    double_counting.double_counting,
    impacts.impacts,
    evidence.stations,
    evidence.methods,
)


def report_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    title: Sequence[str],
    year: int,
    factor_set: str = "harmonised",
    note: str = "",
) -> None:
    """Write the report of a release as one self-contained HTML file.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions` and `totals` (contracts of those names) and the facts of
        `bc_inventory.report.context.report_facts`. Optional: `grid` (NetCDF),
        `facts_changed`, `hotspots`, `stations`, `monitoring`, `compared_with_observations`,
        `climate`, `cryosphere`, `exposure` (Parquet).
    outputs : dict of str to Path
        `report`: the HTML file.
    title : sequence of str
        Title of the inventory in English and Chinese.
    year : int
        Year the report is about.
    factor_set : str
        Factor set whose figures are shown first.
    note : str
        Shown at the head where the derived tables aren't those of the release.

    Raises
    ------
    DataError
        If an input breaks its contract.
    """
    english, chinese = (same(text).en for text in title)
    shown = Both(english, f"{english}（{chinese}报告）")
    material = read_material(inputs, title=shown, year=year, factor_set=factor_set)
    page = render(
        shown,
        Both(
            f"Report for the year {year}, {factor_set} factors. {note}".strip(),
            f"{year}年报告，{'统一' if factor_set == 'harmonised' else '官方推荐'}因子。"
            + ("派生表为现在计算，不属于该版本。" if note else ""),
        ),
        [make(material) for make in SECTIONS],
    )
    outputs["report"].parent.mkdir(parents=True, exist_ok=True)
    outputs["report"].write_text(page, encoding="utf-8", newline="\n")
