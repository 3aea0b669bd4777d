"""What a set of regions is called: a domain, one member, a few members, or a part of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bc_inventory.reference import codelists
from bc_inventory.reference.domains import Domain, Name, domains

__all__ = ["joined", "name_of", "names_by_domain"]

# So many members of a domain are listed by name; more are counted.
_LISTED = 4


def names_by_domain(regions: Iterable[str]) -> dict[str, Name]:
    """Return what each domain's part of some regions is called.

    Parameters
    ----------
    regions : iterable of str
        Codes; those outside every domain are left out.

    Returns
    -------
    dict of str to Name
        By the code of the domain, in the order of the domains: the domain's name where all
        its members are there, the names of up to four members, otherwise `N of M members of`.

    Examples
    --------
    >>> names_by_domain(["PL"])["EU"].en, names_by_domain(["DE", "PL"])["EU"].zh
    ('Poland', '德国和波兰')
    """
    wanted = set(regions)
    by_name = {}
    for code, domain in domains().items():
        inside = [member for member in domain.members if member in wanted]
        if inside:
            by_name[code] = joined(_part(domain, inside))
    return by_name


def name_of(regions: Iterable[str]) -> Name:
    """Return what some regions are called together.

    Parameters
    ----------
    regions : iterable of str
        Codes.

    Returns
    -------
    Name
        The names of their parts by domain, joined; of regions outside every domain their own.

    Examples
    --------
    >>> name_of(["CN-HE", "PL"]).en
    'Poland and Hebei'
    """
    wanted = set(regions)
    parts: list[Name] = []
    for domain in domains().values():
        inside = [member for member in domain.members if member in wanted]
        parts += _part(domain, inside) if inside else []
    return joined(parts or [_region_name(code) for code in sorted(wanted)])


def joined(names: Sequence[Name]) -> Name:
    """Return names as one, with `and` before the last."""
    english, chinese = [name.en for name in names], [name.zh for name in names]
    return Name(_listed(english, ", ", " and "), _listed(chinese, "、", "和"))


def _listed(texts: list[str], comma: str, last: str) -> str:
    return last.join([*([comma.join(texts[:-1])] if len(texts) > 1 else []), *texts[-1:]])


def _part(domain: Domain, inside: list[str]) -> list[Name]:
    if len(inside) == len(domain.members):
        return [domain.name]
    if len(inside) <= _LISTED:
        return [_region_name(code) for code in inside]
    some, every = len(inside), len(domain.members)
    return [
        Name(
            f"{some} of {every} members of {domain.name.en}",
            f"{domain.name.zh}{every}个成员中的{some}个",
        )
    ]


def _region_name(code: str) -> Name:
    known = codelists.regions()
    row = known[known["region"] == code]
    return (
        Name(str(row["name"].iat[0]), str(row["name_zh"].iat[0])) if len(row) else Name(code, code)
    )
