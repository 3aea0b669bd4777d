"""Text in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass

from bc_inventory.report.inert import shorten

__all__ = ["HEAD_NAMES", "SIDE_NAMES", "VERDICT_NAMES", "Both", "one"]


@dataclass(frozen=True)
class Both:
    """One text in both languages of the report.

    Parameters
    ----------
    en, zh : str
        English, and simplified Chinese.
    """

    en: str
    zh: str


def one(text: object) -> Both:
    """Return a text that is the same in both languages, such as a name or a code."""
    shown = shorten(text)
    return Both(shown, shown)


SIDE_NAMES = {"EU": Both("EU-27", "欧盟27国"), "CN": Both("mainland China", "中国大陆")}

HEAD_NAMES = {
    "activity": Both("activity level", "活动水平"),
    "fuel_mix": Both("fuel mix", "燃料结构"),
    "technology_mix": Both("technology mix", "技术构成"),
    "emission_factor": Both("emission factor", "排放因子"),
    "abatement": Both("abatement", "末端治理"),
    "coverage": Both("coverage", "覆盖范围"),
    "combined": Both("not separable", "不可分离"),
    "level": Both("level of the whole", "总体水平"),
    "sector_share": Both("share of the sector", "部门占比"),
    "region_share": Both("share of the region", "地区占比"),
}

VERDICT_NAMES = {
    "agree": Both("agree", "一致"),
    "partly": Both("partly", "部分一致"),
    "unknown": Both("not stated", "未说明"),
    "not": Both("not", "不一致"),
}
