"""What a name asks for: a side, a country, a province, a sector at any level, years.

`bc_inventory.reference.codelists` knows codes and names in English and Chinese. Here
they meet what one release holds, so that asking for a year or a region that
isn't in it is an error and not an empty table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference import codelists
from bc_inventory.reference.domains import find
from bc_inventory.reference.sector_words import sector_words

__all__ = ["Names", "Regions", "Sectors", "as_list", "regions", "sectors", "years"]

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Regions:
    """Regions asked for.

    Parameters
    ----------
    codes : tuple of str
        ISO 3166 codes, sorted.
    sides : tuple of str
        Sides that were asked for as a whole.
    named : tuple of str
        Codes that were asked for otherwise than by their side.
    """

    codes: tuple[str, ...]
    sides: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True)
class Sectors:
    """Sectors asked for.

    Parameters
    ----------
    nfr : tuple of str
        NFR categories, sorted.
    gnfr : tuple of str
        GNFR aggregates that were asked for as a whole.
    named : tuple of str
        Categories that were asked for otherwise than by their aggregate.
    """

    nfr: tuple[str, ...]
    gnfr: tuple[str, ...]
    named: tuple[str, ...]


def as_list(names: Names) -> list[str]:
    """Return one name or several as a list."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else [str(name) for name in names]


def regions(names: Iterable[str], content: Collection[str]) -> Regions:
    """Resolve names of sides, groups, countries and provinces.

    Parameters
    ----------
    names : iterable of str
        `EU`, `China`, `EU-WEST`, `DE`, `Germany`, `CN-HE`, `河北`, ...
    content : collection of str
        Regions that the release holds.

    Raises
    ------
    DataError
        If a name isn't known, or the release holds nothing of it.
    """
    codes: set[str] = set()
    named: set[str] = set()
    sides: list[str] = []
    for name in names:
        domain = find(name)
        side = domain.code if domain else None
        matches = set(_members(side or name))
        if not matches & set(content):
            raise _not_covered("region", name, content)
        codes |= matches & set(content)
        if side:
            sides.append(side)
        else:
            named |= matches & set(content)
    return Regions(tuple(sorted(codes)), tuple(sides), tuple(sorted(named)))


def _members(name: str) -> tuple[str, ...]:
    groups = codelists.regions()
    if name in set(groups["side"]) | set(groups["group"]):
        return codelists.members(name)
    return (codelists.resolve_region(name),)


def sectors(names: Iterable[str], content: Collection[str]) -> Sectors:
    """Resolve names of sectors at any level.

    Parameters
    ----------
    names : iterable of str
        `1A4bi`, `1.A.4.b.i`, a higher level such as `1A4`, a GNFR aggregate
        (`C_OtherStationaryComb`, `C`), a name in English or Chinese, or a common word
        (`residential`, `交通`).
    content : collection of str
        NFR categories that the release holds.

    Raises
    ------
    DataError
        If a name isn't known or part of several, or the release holds nothing of it.
    """
    nfr: set[str] = set()
    named: set[str] = set()
    gnfr: list[str] = []
    for name in names:
        matches, whole = _sector(name)
        if not set(matches) & set(content):
            raise _not_covered("sector", name, content)
        nfr |= set(matches) & set(content)
        gnfr += whole
        if not whole:
            named |= set(matches) & set(content)
    return Sectors(tuple(sorted(nfr)), tuple(gnfr), tuple(sorted(named)))


def _sector(name: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the NFR categories of a name, and its GNFR aggregate if it is one."""
    known = codelists.sectors()["nfr"]
    try:
        return (codelists.resolve_sector(name),), []
    except DataError as unknown:
        plain = name.strip().replace(".", "").replace(" ", "")
        below = tuple(code for code in known if plain[:1].isdigit() and code.startswith(plain))
        if below:
            return below, []
        try:
            code = codelists.resolve_gnfr(name)
        except DataError:
            if words := sector_words(name):
                return words, []
            raise unknown from None
        return codelists.nfr_of(code), [code]


def years(wanted: int | Iterable[int] | None, content: Collection[int]) -> tuple[int, ...]:
    """Return the years asked for, none for all.

    Raises
    ------
    DataError
        If the release doesn't hold one of them.
    """
    if wanted is None:
        return ()
    request = (wanted,) if isinstance(wanted, int) else tuple(int(year) for year in wanted)
    for year in request:
        if year not in content:
            raise _not_covered("year", str(year), [str(item) for item in sorted(content)])
    return request


def _not_covered(what: str, name: str, content: Collection[str]) -> DataError:
    listed = ", ".join(sorted(content)[:12]) + (", ..." if len(content) > 12 else "")
    remedy = f"It holds: {listed}." if content else "It holds none."
    problem = Problem(
        repr(name), f"a {what} that this release holds", remedy=suggest(name, content) or remedy
    )
    return DataError([problem])
