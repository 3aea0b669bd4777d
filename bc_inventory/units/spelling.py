"""How publishers spell a unit, rewritten into what the registry parses, or refused.

What has one reading in this field is read, whatever its spelling: Chinese statistical units,
CF exponents, superscripts, full-width characters, grouped digits. What has two readings that
differ in size is refused with both, in its prefixed and plural forms too: `kton` is as
ambiguous as `ton`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bc_inventory.errors import UnitError

__all__ = ["check_words", "normalise"]

_LONGEST = 80

_NUMERALS = {
    "万亿": "1e12",
    "千亿": "1e11",
    "百亿": "1e10",
    "十亿": "1e9",
    "亿": "1e8",
    "千万": "1e7",
    "百万": "1e6",
    "十万": "1e5",
    "万": "1e4",
    "千": "1e3",
    "百": "1e2",
    "十": "10",
    "": "",
}
_CHINESE = {
    **{"吨标准煤": "tce", "吨标煤": "tce", "千克标准煤": "kgce", "公斤标准煤": "kgce"},
    **{"吨油当量": "toe", "吨": "t", "公吨": "t", "公斤": "kg", "千克": "kg", "克": "g"},
    **{"斤": "0.5 kg", "毫克": "mg", "微克": "ug", "纳克": "ng"},
    **{"立方米": "m^3", "立方公里": "km^3", "升": "L", "桶": "bbl"},
    **{"千瓦时": "kWh", "千瓦小时": "kWh", "度": "kWh", "兆瓦时": "MWh", "吉瓦时": "GWh"},
    **{"太瓦时": "TWh", "瓦时": "Wh", "千瓦": "kW", "兆瓦": "MW", "吉瓦": "GW", "瓦": "W"},
    **{"千焦": "kJ", "兆焦": "MJ", "吉焦": "GJ", "太焦": "TJ", "拍焦": "PJ", "艾焦": "EJ"},
    **{"焦耳": "J", "焦": "J", "大卡": "kcal", "千卡": "kcal", "卡": "cal"},
    **{"平方米": "m^2", "平方公里": "km^2", "公顷": "ha", "亩": "mu_of_land"},
    **{"公里": "km", "千米": "km", "米": "m", "毫米": "mm", "微米": "um", "纳米": "nm"},
    **{"辆公里": "vehicle_km", "车公里": "vehicle_km", "辆": "vehicle", "人": "person"},
    **{"小时": "hour", "秒": "second", "天": "day", "元": "yuan"},
}
_CHINESE_UNITS = {
    numeral + base: f"{number} {latin}".strip()
    for base, latin in _CHINESE.items()
    for numeral, number in _NUMERALS.items()
}
# The longest first, so that 万吨标准煤 isn't read as 万吨 followed by 标准煤.
_CHINESE_UNIT = re.compile("|".join(sorted(_CHINESE_UNITS, key=len, reverse=True)))
_CHINESE_EXTRA = re.compile(r"[\u3400-\u9fff]")

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_DASHES = re.compile("[−‐‑‒–—﹣－]")
_TIMES = re.compile("[×·⋅∙•✕]")

# Upper-case codes of statistical offices with one reading.
_CODES = {
    **{"KTOE": "ktoe", "MTOE": "Mtoe", "KWH": "kWh", "Kwh": "kWh", "kwh": "kWh", "MWH": "MWh"},
    **{"GWH": "GWh", "TWH": "TWh", "BTU": "Btu", "btu": "Btu", "MMBTU": "MMBtu", "mmBtu": "MMBtu"},
    **{"THS_T": "kt"},
}
_PHRASES = (
    (re.compile(r"\bmetric[ _]tons?\b", re.IGNORECASE), "t"),
    (re.compile(r"\bshort[ _]tons?\b", re.IGNORECASE), "short_ton"),
    (re.compile(r"\blong[ _]tons?\b", re.IGNORECASE), "long_ton"),
    (re.compile(r"\s+per\s+"), "/"),
)

_TON = "'t' for a tonne or 'short_ton' for 907.18 kg"
_MEGATONNE = "'Mt' for a megatonne, 't' for a tonne"
_AMBIGUOUS = {
    "C": "'kg' with the species in its own column; C alone is a coulomb, a degree or carbon",
    "M": "'Mt', 'Mm' or '1e6'; M alone is a prefix, molar or million",
    **dict.fromkeys(("mt", "MT", "mmt", "MMT", "Mmt"), _MEGATONNE),
    **dict.fromkeys(("KT", "kT", "kts", "Kt"), "'kt' for a kilotonne, or 'knot' for a speed"),
    **dict.fromkeys(("ct", "cts"), "'carat', or '0.01 t'"),
    **dict.fromkeys(("cwt", "cwts", "hundredweight"), "'45.359 kg' (US) or '50.802 kg' (UK)"),
    **dict.fromkeys(
        ("Mbbl", "MMbbl", "mbbl"), "'1e3 bbl' or '1e6 bbl'; M is a thousand in the oil trade"
    ),
    **dict.fromkeys(("MBtu", "mBtu", "MBTU"), "'1e3 Btu' or 'MMBtu'; M is a thousand there"),
}
# What a word of the registry stands for, by the ending that has another reading too.
_ENDINGS = {
    "ton": (("ton", "tons"), _TON),
    "coulomb": (("C",), _AMBIGUOUS["C"]),
    "grain": (("gr", "grs"), "'g' for a gram or 'grain' for 64.8 mg"),
    "unified_atomic_mass_unit": (
        ("u",),
        "'ug', 'dalton', or the unit in full; u is an atomic mass",
    ),
}
_PLAIN_TONS = frozenset({"short_ton", "short_tons", "US_ton", "long_ton", "UK_ton"})
_ALL_CAPS_TON = re.compile(r"[KMGkmg]?TONS?|[Kk]ilo[Tt]ons?|[Mm]ega[Tt]ons?|[Gg]iga[Tt]ons?")
# Million cubic metres to a gas statistician, a cubic megametre to a registry.
_MEGAMETRE_POWER = re.compile(r"\bMm\s*(?:\^|\*\*)?\s*[23](?!\d)")

_POWER_OF_TEN = re.compile(r"(?<![\w.])10\s*(?:\^|\*\*)\s*\(?([+-]?\d+)\)?")
_CF_EXPONENT = re.compile(r"(?<![\d.][eE])(?<=[A-Za-z])([+-]?\d+)(?![\w.])")
_DOT_OF_PRODUCT = re.compile(r"(?<=[A-Za-z])((?:\^?[+-]?\d+)?)\.(?=[A-Za-z])")
_WORD = re.compile(r"[A-Za-z_µμ%°]+")
# Digits in groups: a blank or an apostrophe parts thousands and nothing else.
_GROUPED = re.compile(r"(?<![\w.,^-])[1-9]\d{0,2}(?:[ '’]\d{3})+(?![\d'’]|\s+\d)")
_PARTED = re.compile(r"(?<![\w^.-])\d[\d.]*[\s,'’]+\d|,")
_THOUSAND_POINT = re.compile(r"(?<![\w.^-])[1-9]\d{0,2}(?:\.000)+(?!\d)")
_SUM = re.compile(r"(?<![\^eE(*])(?<!\d[eE])[+-]|--|\+\+")


def normalise(unit: str) -> str:
    """Rewrite a unit as delivered into one the registry parses.

    Parameters
    ----------
    unit : str
        As a publisher writes it: `10^4 t`, `万吨标准煤`, `kg m-2 s-1`, `ug m⁻³`, `10 000 t`.

    Returns
    -------
    str
        The same unit in the registry's spelling.

    Raises
    ------
    UnitError
        If it is empty, holds a symbol with two readings (`ton`, `C`, `M`, `mt`, `Mm3`), or
        digits that aren't one number.

    Examples
    --------
    >>> normalise("万吨标准煤")
    '1e4 * tce'
    >>> normalise("kg m-2 s-1")
    'kg * m^-2 * s^-1'
    >>> normalise("10 000 t")
    '10000 * t'
    """
    text = _plain_characters(unit)
    if not text or len(text) > _LONGEST:
        raise UnitError(
            f"found {text[:_LONGEST]!r} as a unit; expected one such as 'kt', 'TJ' or '1e4 t'"
        )
    text = _one_number(text, unit)
    text = _CHINESE_UNIT.sub(_latin, text)
    if unknown := _CHINESE_EXTRA.search(text):
        raise UnitError(f"unit {unit!r} is unknown: {unknown.group()!r} isn't part of one")
    for phrase, word in _PHRASES:
        text = phrase.sub(word, text)
    if _MEGAMETRE_POWER.search(text):
        raise UnitError(
            f"unit {unit!r} is ambiguous: write '1e6 m3', or 'km3' for a volume of rock"
        )
    text = _WORD.sub(lambda match: _CODES.get(match.group(), match.group()), text)
    for word in _WORD.findall(text):
        if remedy := _AMBIGUOUS.get(word) or (_TON if _ALL_CAPS_TON.fullmatch(word) else None):
            raise UnitError(f"unit {unit!r} is ambiguous: write {remedy}")
    text = _POWER_OF_TEN.sub(r"1e\1", text)
    text = _CF_EXPONENT.sub(r"^\1", _DOT_OF_PRODUCT.sub(r"\1 ", text))
    text = re.sub(r"\s*([*/^])\s*", r"\1", text).lstrip("*")
    text = re.sub(r"\s+", " * ", text.strip())
    if _SUM.search(text):
        raise UnitError(f"unit {unit!r} is a sum; expected one unit, such as 'kt' or 'kg m-2 s-1'")
    return text


def check_words(text: str, unit: str, name_of: Callable[[str], str]) -> None:
    """Refuse a word whose unit has a second reading by its ending.

    Parameters
    ----------
    text : str
        As `normalise` returns it.
    unit : str
        As delivered, for the message.
    name_of : callable
        The registry's name of the unit in a word, without prefix and plural.

    Raises
    ------
    UnitError
        If it is ambiguous.
    """
    for word in _WORD.findall(text):
        endings, remedy = _ENDINGS.get(name_of(word), ((), ""))
        if word not in _PLAIN_TONS and word.endswith(tuple(endings)):
            raise UnitError(f"unit {unit!r} is ambiguous: write {remedy}")


def _plain_characters(unit: str) -> str:
    """Return the text with superscripts as exponents, and one kind of dash, blank and digit."""
    text = _SUPERSCRIPT_RUN.sub(lambda match: "^" + match.group().translate(_SUPERSCRIPTS), unit)
    text = _TIMES.sub("*", _DASHES.sub("-", text))
    text = unicodedata.normalize("NFKC", text.replace("µ", "u").replace("μ", "u"))
    return re.sub(r"\s+", " ", text).strip()


def _one_number(text: str, unit: str) -> str:
    """Join grouped digits; refuse those that could be two numbers or another one."""
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match.group()), text)
    if _PARTED.search(text) or _THOUSAND_POINT.search(text):
        raise UnitError(
            f"unit {unit!r} holds digits with more than one reading; write the number without "
            "marks, such as '1000 t' or '1e3 t'"
        )
    return text


def _latin(match: re.Match[str]) -> str:
    """Return a Chinese unit in Latin letters, as one factor of what comes before it."""
    latin, before = _CHINESE_UNITS[match.group()], match.string[: match.start()].rstrip()
    if before.endswith("/"):
        return f"({latin})"
    return f"*{latin}" if before else latin
