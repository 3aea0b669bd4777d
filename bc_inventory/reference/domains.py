"""Domains: what an inventory sums, compares and names as a whole, from `data/domains.csv`.

A region belongs to the domain that `data/regions.csv` names for it; nothing is guessed from
a code. Everything that depends on a domain (names, windows, colours, what the report shows of
it) is a column of the table, so that another root of facts can have other domains.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bc_inventory.reference.paths import data_root, per_root

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NO_DOMAIN",
    "Bounds",
    "Domain",
    "Name",
    "bounds_of",
    "codes",
    "domain_of",
    "domain_of_country",
    "domains",
    "find",
    "in_order",
    "resolve_domain",
    "side_of",
]

# What `regions.side` says of a region outside every domain.
NO_DOMAIN = "none"
Bounds = tuple[float, float, float, float]


class Name(NamedTuple):
    """A name in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Domain:
    """A row of `data/domains.csv`; see its contract `domains`.

    Parameters
    ----------
    code : str
        As `side` columns and scopes use it.
    name : Name
        In both languages.
    aliases : tuple of str
        Other names.
    members : tuple of str
        Regions that are summed to it, sorted.
    territories : tuple of str
        Regions that belong to it and stand outside its totals, sorted.
    country : str or None
        Country that the members are parts of; None where each is a country.
    bounds : tuple of float
        West, south, east, north of its maps and grids, degrees.
    colour : str
        Fill of its bars, `#rrggbb`.
    ice_band : tuple of str or None
        View and band of ice whose months are shown for it.
    reference_factors : bool
        Whether implied factors are judged by the range of its official factors.
    network_note : str or None
        What a reader of its measurements should know of its networks.
    """

    code: str
    name: Name
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    territories: tuple[str, ...]
    country: str | None
    bounds: Bounds
    colour: str
    ice_band: tuple[str, str] | None
    reference_factors: bool
    network_note: str | None


def domains() -> dict[str, Domain]:
    """Return the domains of the current facts by their code, in their order.

    Raises
    ------
    DataError
        If the table breaks its contract, or a code is that of a region.

    Examples
    --------
    >>> list(domains())
    ['EU', 'CN']
    """
    return dict(_read())


def codes() -> tuple[str, ...]:
    """Return the codes of the domains in their order, without looking at their members."""
    return tuple(row["domain"] for row in _rows())


def in_order(given: Iterable[str]) -> list[str]:
    """Return the domains among some codes, each once, in the order of the table."""
    present = set(given)
    return [code for code in codes() if code in present]


def find(name: str) -> Domain | None:
    """Return the domain of a code, name or alias in any writing; None if it is none.

    Examples
    --------
    >>> [domain.code for domain in map(find, ("eu-27", "China", "欧盟")) if domain]
    ['EU', 'CN', 'EU']
    """
    wanted = _fold(name)
    for domain in domains().values():
        if wanted in {_fold(text) for text in (domain.code, *domain.name, *domain.aliases)}:
            return domain
    return None


def resolve_domain(name: str) -> str:
    """Return the code of a domain from its code, name or alias.

    Raises
    ------
    DataError
        If it isn't known; the message lists those there are.
    """
    from bc_inventory.errors import DataError, Problem, suggest

    matches = find(name)
    if matches is None:
        known = domains()
        listed = ", ".join(f"{code} ({result.name.en})" for code, result in known.items())
        remedy = suggest(name, [*known, *(value.name.en for value in known.values())])
        raise DataError([Problem(repr(name), f"a domain: {listed}", remedy=remedy)])
    return matches.code


def side_of() -> dict[str, str]:
    """Map each region to its domain; regions outside every domain aren't in it."""
    return dict(_sides())


def domain_of(region: str) -> str | None:
    """Return the domain of a region, None if it is outside all.

    Examples
    --------
    >>> domain_of("FR"), domain_of("CN-HE"), domain_of("HK")
    ('EU', 'CN', None)
    """
    return _sides().get(region)


def domain_of_country(country: str | None) -> str | None:
    """Return the domain that a country is a member of or that lies in it, else None.

    Parameters
    ----------
    country : str or None
        ISO 3166-1 alpha-2 code.
    """
    if country is None:
        return None
    within = (domain.code for domain in domains().values() if domain.country == country)
    return next(within, None) or domain_of(country)


def bounds_of(wanted: Collection[str] = ()) -> Bounds:
    """Return the smallest bounds that hold some domains, by default all.

    Parameters
    ----------
    wanted : collection of str
        Codes.

    Returns
    -------
    tuple of float
        West, south, east, north in degrees.
    """
    known = domains()
    every = [known[code].bounds for code in wanted or known]
    west, south, east, north = zip(*every, strict=True)
    return min(west), min(south), max(east), max(north)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _table(name: str) -> pd.DataFrame:
    from bc_inventory.schema import read_csv

    return read_csv(data_root() / f"{name}.csv", name)


@per_root
def _rows() -> tuple[dict[str, str], ...]:
    rows = _table("domains").sort_values(["order", "domain"])
    values = rows.astype(object).where(rows.notna(), None)
    return tuple(values.to_dict("records"))


@per_root
def _sides() -> dict[str, str]:
    regions = _table("regions")
    inside = regions[regions["side"] != NO_DOMAIN]
    return dict(zip(inside["region"], inside["side"], strict=True))


@per_root
def _read() -> dict[str, Domain]:
    regions = _table("regions")
    _refuse_ambiguous([row["domain"] for row in _rows()], regions)
    return {row["domain"]: _domain(row, regions) for row in _rows()}


def _domain(row: dict[str, str], regions: pd.DataFrame) -> Domain:
    members = regions.loc[regions["side"] == row["domain"], "region"]
    apart = regions.loc[(regions["group"] == row["territories"]), "region"]
    west, south, east, north = (float(row[name]) for name in ("west", "south", "east", "north"))
    return Domain(
        code=row["domain"],
        name=Name(row["name"], row["name_zh"]),
        aliases=tuple(text.strip() for text in (row["aliases"] or "").split(";") if text.strip()),
        members=tuple(sorted(members)),
        territories=tuple(sorted(set(apart) - set(members))),
        country=row["country"],
        bounds=(west, south, east, north),
        colour=row["colour"],
        ice_band=(row["ice_view"], row["ice_band"]) if row["ice_view"] else None,
        reference_factors=bool(row["reference_factors"]),
        network_note=row["network_note"],
    )


def _refuse_ambiguous(known: list[str], regions: pd.DataFrame) -> None:
    """Refuse a code that also names a region, a group of another domain, or none."""
    from bc_inventory.errors import DataError, Problem

    reserved = {*regions["region"], *regions.loc[regions["group"] != regions["side"], "group"]}
    clash = [code for code in known if code in reserved | {NO_DOMAIN, "*"}]
    if clash:
        raise DataError(
            Problem(
                f"the code {code!r}, which regions use too",
                "a code that no region and no group has",
                "domains.csv",
                column="domain",
            )
            for code in clash
        )
