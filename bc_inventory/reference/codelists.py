"""Names of sectors, fuels, technologies and regions, and how other people write them.

Tables come from `data/` and are read once. A name is resolved exactly or not at all:
codes with or without dots and prefixes, English and Chinese names, and the codes that
Eurostat and UNFCCC use for Greece and the United Kingdom. What isn't known is an error
with the nearest known name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference.domains import domains
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv

__all__ = [
    "alpha_2",
    "countries",
    "fuels",
    "gnfr_index",
    "gnfr_of",
    "members",
    "memo_items",
    "nfr_of",
    "regions",
    "resolve_fuel",
    "resolve_gnfr",
    "resolve_region",
    "resolve_sector",
    "resolve_species",
    "resolve_technology",
    "sectors",
    "sources",
    "technologies",
]

# Eurostat and the EU institutions write EL and UK where ISO 3166 has GR and GB.
_REGION_ALIASES = {"EL": "GR", "UK": "GB"}
_SPECIES = {
    "bc": "BC", "黑碳": "BC", "oc": "OC", "有机碳": "OC", "ec": "EC",
    "pm2.5": "PM25", "pm25": "PM25", "pm2_5": "PM25", "细颗粒物": "PM25",
    "pm10": "PM10", "tsp": "TSP", "co": "CO", "co2": "CO2", "ch4": "CH4", "n2o": "N2O",
    "nh3": "NH3", "nox": "NOx", "so2": "SO2", "sox": "SOx", "nmvoc": "NMVOC", "voc": "NMVOC",
}  # fmt: skip
_SAME_PLACE = 0.8
_ZH_SUFFIX = re.compile(
    r"(壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市|共和国|联邦"
    r"|壯族自治區|回族自治區|維吾爾自治區|自治區|特別行政區|共和國|聯邦)$"
)
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_NFR_PREFIX = re.compile(r"^(?:nfr|n)\s*(?:14|19)?\s+", re.IGNORECASE)


@per_root
def _table(path: str, contract: str) -> pd.DataFrame:
    return read_csv(data_root() / path, contract)


def sectors() -> pd.DataFrame:
    """Return the NFR14 categories (contract `sectors`)."""
    return _table("sectors.csv", "sectors")


def fuels() -> pd.DataFrame:
    """Return the fuels and products (contract `fuels`)."""
    return _table("fuels.csv", "fuels")


def technologies() -> pd.DataFrame:
    """Return the technologies (contract `technologies`)."""
    return _table("technologies.csv", "technologies")


def regions() -> pd.DataFrame:
    """Return member states, provinces and territories (contract `regions`)."""
    return _table("regions.csv", "regions")


def sources() -> pd.DataFrame:
    """Return the sources that rows cite (contract `sources`)."""
    return _table("sources.csv", "sources")


def countries() -> pd.DataFrame:
    """Return the codes of ISO 3166-1 (contract `countries`)."""
    return _table("crosswalk/countries.csv", "countries")


def _fold(text: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(ch for ch in plain if ch.isalnum() or ch in "()")


def _unknown(what: str, name: str, known: list[str]) -> DataError:
    remedy = suggest(name, known) or f"Known are: {', '.join(known[:12])}, ..."
    return DataError([Problem(repr(name), f"a known {what}", remedy=remedy)])


def _index(frame: pd.DataFrame, code: str, *names: str) -> dict[str, str]:
    """Map every folded code and name to its code; codes win over names."""
    index: dict[str, str] = {}
    for column in (code, *names):
        for key, value in zip(frame[column], frame[code], strict=True):
            if pd.notna(key) and str(key):
                index.setdefault(_fold(str(key)), value)
    return index


@dataclass(frozen=True)
class _Names:
    """Where the names of one kind of code are: its table, column of codes, other columns."""

    table: Callable[[], pd.DataFrame]
    code: str
    names: tuple[str, ...]


_KINDS = {
    "region": _Names(regions, "region", ("name", "name_zh", "nuts", "gb_t_2260")),
    "NFR category": _Names(sectors, "nfr", ("name", "name_zh")),
    "fuel": _Names(fuels, "fuel", ("name", "name_zh")),
    "technology": _Names(technologies, "technology", ("name", "name_zh")),
}


@per_root
def _index_of(kind: str) -> dict[str, str]:
    names = _KINDS[kind]
    return _index(names.table(), names.code, *names.names)


@per_root
def _resolve(kind: str, *spellings: str) -> str:
    """Return the code of the first spelling that is known."""
    index = _index_of(kind)
    for spelling in spellings:
        if code := index.get(_fold(spelling)):
            return code
    known, columns = _KINDS[kind].table(), (_KINDS[kind].code, *_KINDS[kind].names)
    raise _unknown(kind, spellings[0], [name for column in columns for name in known[column]])


@per_root
def _region_index() -> dict[str, str]:
    known = regions()
    index = dict(_index_of("region"))
    for key, value in _index(countries(), "alpha_2", "alpha_3", "name").items():
        index.setdefault(key, value)
    for alias, code in _REGION_ALIASES.items():
        index[_fold(alias)] = code
    for domain in (domain for domain in domains().values() if domain.country):
        for alias in domain.aliases:
            # Parts of a country are also written with its name before theirs.
            for name, code in zip(known["name_zh"], known["region"], strict=True):
                index.setdefault(_fold(name.removeprefix(alias)), code)
            index.setdefault(_fold(alias), str(domain.country))
    for name, code in _other_names().items():
        index.setdefault(_fold(name), code)
    return index


def _other_names() -> dict[str, str]:
    """Map other spellings of countries and provinces to their codes (scheme `NAMES`)."""
    rows = _table("crosswalk/regions.csv", "region_crosswalk")
    rows = rows[(rows["scheme"] == "NAMES") & rows["level"].isin(["country", "part"])]
    return dict(zip(rows["source_region"], rows["region"], strict=True))


@per_root
def resolve_region(name: str) -> str:
    """Return the ISO 3166 code of a region.

    Parameters
    ----------
    name : str
        ISO code of two or three letters or of a province (`CN-HE`), `EL` or `UK`, English
        or Chinese name with or without 省, 市 or 自治区, NUTS 0 or GB/T 2260 code.

    Returns
    -------
    str
        Code, such as `GR` or `CN-HE`.

    Raises
    ------
    DataError
        If it isn't known; the message names the nearest. The two letters that Chinese
        statistics use alone (`SC`, `HN`) are country codes elsewhere: write `CN-SC`.

    Examples
    --------
    >>> resolve_region("EL"), resolve_region("河北省"), resolve_region("shaanxi")
    ('GR', 'CN-HE', 'CN-SN')
    """
    index = _region_index()
    spellings = (name, _ZH_SUFFIX.sub("", name.strip()), _ARTICLE.sub("", name.strip()))
    for candidate in spellings:
        text = index.get(_fold(candidate))
        if text:
            return text
    known = regions()
    if name in {*known["side"], *known["group"]}:
        text = f"{name!r}, which stands for several regions"
        raise DataError([Problem(text, "one region", remedy=f"Its members: {members(name)}.")])
    names = [*known["region"], *known["name"], *known["name_zh"], *countries()["name"]]
    # A name that is only somewhat alike is another place.
    remedy = suggest(name, [*names, *_other_names()], alike=_SAME_PLACE)
    raise DataError([Problem(repr(name), "a known region", remedy=remedy)])


def alpha_2(alpha_3: str) -> str | None:
    """Return the two-letter code of a three-letter one, None if it isn't in ISO 3166-1."""
    return _alpha_3_index().get(alpha_3.upper())


@per_root
def _alpha_3_index() -> dict[str, str]:
    world = countries()
    return dict(zip(world["alpha_3"], world["alpha_2"], strict=True))


@per_root
def members(scope: str) -> tuple[str, ...]:
    """Return the regions of a side, a group or a parent; of a region, itself.

    Parameters
    ----------
    scope : str
        A domain, a group such as `EU-WEST`, or a region.

    Returns
    -------
    tuple of str
        Sorted codes; territories outside the totals of a domain aren't its members.

    Raises
    ------
    DataError
        If it is none of these.
    """
    known = regions()
    for column in ("side", "group", "region"):
        matches = known.loc[known[column] == scope, "region"]
        if len(matches):
            return tuple(sorted(matches))
    every = sorted({*known["side"], *known["group"], *known["region"]})
    raise _unknown("domain, group or region", scope, every)


def resolve_sector(name: str) -> str:
    """Return the NFR14 code of a source category.

    Parameters
    ----------
    name : str
        Code with or without dots, spaces and the prefix `N14` (`1.A.4.b.i`, `N14 1A4bi`),
        or its English or Chinese name.

    Returns
    -------
    str
        Code without dots, such as `1A4bi`.

    Raises
    ------
    DataError
        If it isn't known; the message names the nearest.

    Examples
    --------
    >>> resolve_sector("1.A.4.b.i"), resolve_sector("N14 1A3di(i)")
    ('1A4bi', '1A3di(i)')
    """
    return _resolve("NFR category", name, _NFR_PREFIX.sub("", name.strip()))


@per_root
def resolve_gnfr(name: str) -> str:
    """Return the GNFR aggregate of that code, letter or publisher's spelling.

    Parameters
    ----------
    name : str
        `C_OtherStationaryComb`, `C_OtherStatComb`, `GNFR C` or `C`.

    Returns
    -------
    str
        As in `sectors()`.

    Raises
    ------
    DataError
        If it isn't known.
    """
    known = sorted(set(sectors()["gnfr"]))
    text = re.sub(r"^gnfr[ _]?(?:14|19)?[ _]?", "", name.strip(), flags=re.IGNORECASE)
    letter, _, rest = text.partition("_")
    for code in known:
        code_letter, _, code_rest = code.partition("_")
        if letter.casefold() != code_letter.casefold():
            continue
        # Publishers shorten the words after the letter, never reorder them.
        if not rest or _abbreviates(rest, code_rest) or _abbreviates(code_rest, rest):
            return code
    raise _unknown("GNFR aggregate", name, known)


def _abbreviates(short: str, long: str) -> bool:
    letters = iter(long.casefold())
    return all(letter in letters for letter in short.casefold())


def gnfr_of(nfr: str) -> str:
    """Return the GNFR aggregate of an NFR category.

    Raises
    ------
    DataError
        If the category isn't known.
    """
    return gnfr_index()[resolve_sector(nfr)]


@per_root
def gnfr_index() -> dict[str, str]:
    """Map each NFR category to its GNFR aggregate."""
    return dict(zip(sectors()["nfr"], sectors()["gnfr"], strict=True))


@per_root
def memo_items() -> dict[str, bool]:
    """Map each NFR category to whether it is a memo item, outside the totals."""
    known = sectors()
    return dict(zip(known["nfr"], known["memo"].astype(bool), strict=True))


@per_root
def nfr_of(gnfr: str) -> tuple[str, ...]:
    """Return the NFR categories of a GNFR aggregate, sorted.

    Raises
    ------
    DataError
        If the aggregate isn't known.
    """
    code = resolve_gnfr(gnfr)
    return tuple(sorted(nfr for nfr, value in gnfr_index().items() if value == code))


def resolve_fuel(name: str) -> str:
    """Return the short name of a fuel from it, its English or its Chinese name.

    Raises
    ------
    DataError
        If it isn't known; the message names the nearest.
    """
    return _resolve("fuel", name)


def resolve_technology(name: str) -> str:
    """Return the short name of a technology from it, its English or its Chinese name.

    Raises
    ------
    DataError
        If it isn't known; the message names the nearest.
    """
    return _resolve("technology", name)


def resolve_species(name: str) -> str:
    """Return the name of a pollutant as this project writes it.

    Raises
    ------
    DataError
        If it isn't known; the message names the nearest.

    Examples
    --------
    >>> resolve_species("PM2.5"), resolve_species("黑碳")
    ('PM25', 'BC')
    """
    text = _SPECIES.get(name.strip().casefold())
    if text:
        return text
    raise _unknown("pollutant", name, sorted(set(_SPECIES.values())))
