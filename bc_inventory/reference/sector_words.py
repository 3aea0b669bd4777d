"""Words that people type for sectors, besides codes and full names.

A word stands for categories if it is what a page calls their aggregate (road transport,
道路交通), a common word (coking, 交通), or what a category's name says before its colon or in
full (residential, 居民). Where it is part of several names, it is refused with all of them.
"""

from __future__ import annotations

import unicodedata

import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference import codelists
from bc_inventory.reference.domains import Name
from bc_inventory.reference.paths import per_root

__all__ = ["GNFR_NAMES", "sector_words"]

# What pages call the aggregates.
GNFR_NAMES: dict[str, Name] = {
    "A_PublicPower": Name("public power", "公共电力"),
    "B_Industry": Name("industry", "工业"),
    "C_OtherStationaryComb": Name("homes, services, farms", "居民、商业和农业燃烧"),
    "D_Fugitive": Name("fugitive and flaring", "逸散和火炬"),
    "E_Solvents": Name("solvents", "溶剂"),
    "F_RoadTransport": Name("road transport", "道路交通"),
    "G_Shipping": Name("shipping", "航运"),
    "H_Aviation": Name("aviation", "航空"),
    "I_Offroad": Name("off-road machinery", "非道路机械"),
    "J_Waste": Name("waste burning", "废物焚烧"),
    "K_AgriLivestock": Name("livestock", "畜禽"),
    "L_AgriOther": Name("field burning", "秸秆焚烧及其他农业"),
    "M_Other": Name("other", "其他"),
}

# Common words, and the codes of categories, higher levels or aggregates that they stand for.
_WORDS = {
    ("transport", "traffic", "交通", "交通运输"): ("1A3",),
    ("road", "road traffic", "公路", "道路"): ("F_RoadTransport",),
    ("power", "power plants", "electricity", "电力", "电厂"): ("A_PublicPower",),
    ("coking", "coke", "coke ovens", "焦化", "炼焦", "焦炉"): ("1A1c", "1B1b"),
    ("residential", "households", "homes", "居民", "居民生活", "民用", "生活"): ("1A4b",),
    ("residential heating", "居民采暖"): ("1A4bi",),
    ("brick", "bricks", "brick kilns", "砖窑"): ("1A2f",),
    ("industry", "工业"): ("B_Industry",),
    ("shipping", "ships", "船舶", "航运"): ("G_Shipping",),
    ("aviation", "航空", "民航"): ("H_Aviation",),
    ("off-road", "offroad", "machinery", "非道路", "非道路机械"): ("I_Offroad",),
    ("agriculture", "农业"): ("1A4c", "3"),
    ("waste", "废物"): ("J_Waste",),
    ("straw burning", "秸秆焚烧"): ("3F",),
    ("railways", "rail", "铁路"): ("1A3c",),
    ("flaring", "火炬"): ("1B2c",),
}
_LISTED = 12


def sector_words(name: str) -> tuple[str, ...]:
    """Return the NFR categories that a word stands for.

    Parameters
    ----------
    name : str
        A word in English or Chinese.

    Returns
    -------
    tuple of str
        Sorted codes; empty where the word is none of these.

    Raises
    ------
    DataError
        If it is part of the names of several categories; the message lists them.

    Examples
    --------
    >>> sector_words("residential"), sector_words("铁路")
    (('1A4bi', '1A4bii'), ('1A3c',))
    """
    text = _fold(name)
    if text in _index():
        return _index()[text]
    known = codelists.sectors()
    hits = [
        str(row.nfr)
        for row in known.itertuples()
        if text and any(text in _fold(each) for each in _names(row.name, row.name_zh))
    ]
    if len(hits) > 1:
        listed = known.set_index("nfr").loc[hits[:_LISTED], "name"]
        more = f" and {len(hits) - _LISTED} more" if len(hits) > _LISTED else ""
        raise DataError(
            [
                Problem(
                    f"{name!r}, which is part of several names",
                    "one category, aggregate or level",
                    remedy="; ".join(f"{code}: {label}" for code, label in listed.items()) + more,
                )
            ]
        )
    return tuple(hits)


@per_root
def _index() -> dict[str, tuple[str, ...]]:
    """Map each word to the categories that it stands for."""
    known = codelists.sectors()
    index: dict[str, tuple[str, ...]] = {}
    heads: dict[str, set[str]] = {}
    for row in known.itertuples():
        for label in _names(row.name, row.name_zh):
            head, colon, _ = label.replace("：", ":").partition(":")
            if colon:
                heads.setdefault(_fold(head), set()).add(str(row.nfr))
    for head, codes in heads.items():
        index[head] = tuple(sorted(codes))
    for code, names in GNFR_NAMES.items():
        for label in names:
            index[_fold(label)] = _codes(code, known)
    for words, codes_of in _WORDS.items():
        found = sorted({nfr for code in codes_of for nfr in _codes(code, known)})
        if found:
            index |= dict.fromkeys(map(_fold, words), tuple(found))
    return index


def _codes(code: str, known: pd.DataFrame) -> tuple[str, ...]:
    """Return the categories of an aggregate, or below a level."""
    of = known["gnfr"] == code if "_" in code else known["nfr"].str.startswith(code)
    return tuple(sorted(known.loc[of, "nfr"]))


def _names(*names: object) -> list[str]:
    return [name for name in names if isinstance(name, str)]


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(mark for mark in plain if mark.isalnum())
