"""Text in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass

from bc_inventory.release.sanitize import shorten

__all__ = [
    "CONFIDENCE_NAMES",
    "HEAD_NAMES",
    "UNIT_NAMES",
    "VERDICT_NAMES",
    "Both",
    "same",
]


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

    @property
    def begun(self) -> str:
        """English text with a capital, to begin a sentence."""
        return self.en[:1].upper() + self.en[1:]


def same(text: object) -> Both:
    """Return a text that is the same in both languages, such as a name or a code."""
    shown = shorten(text)
    return Both(shown, shown)


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

CONFIDENCE_NAMES = {
    "high": Both("high", "高"),
    "medium": Both("medium", "中"),
    "low": Both("low", "低"),
    "recalled": Both("unverified", "未核实"),
    "assumed": Both("assumed", "判断"),
}

# How units are shown; in files they stand as they are.
UNIT_NAMES = {
    "kt": Both("kt", "千吨"),
    "t/km2": Both("t/km²", "吨/平方公里"),
    "Mt CO2e": Both("Mt CO₂e", "百万吨CO₂当量"),
    "person": Both("people", "人"),
    "a": Both("years", "年"),
    "km": Both("km", "公里"),
    "degree": Both("°", "°"),
}

VERDICT_NAMES = {
    "agree": Both("agree", "一致"),
    "partly": Both("partly", "部分一致"),
    "unknown": Both("not stated", "未说明"),
    "not": Both("not", "不一致"),
}
