"""Find the sectors that several inventories have in common.

Each inventory parts the same activities in its own way. What they share is
the finest partition of NFR categories in which every sector of every
inventory lies inside one part; nothing is split that a publisher didn't split.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["NOT_COMPARABLE", "common_sectors", "leaves_of"]

NOT_COMPARABLE = "not_comparable"


def leaves_of(target: str, gnfr_of: Mapping[str, str]) -> frozenset[str]:
    """Return the NFR categories of a sector.

    Parameters
    ----------
    target : str
        NFR or GNFR codes joined by `+`, or `not_comparable`.
    gnfr_of : mapping of str to str
        GNFR aggregate of each NFR category.

    Returns
    -------
    frozenset of str
        Empty for `not_comparable`.

    Raises
    ------
    DataError
        If a code is neither.

    Examples
    --------
    >>> sorted(leaves_of("F_Road+1A4bi", {"1A3bi": "F_Road", "1A4bi": "C_Small"}))
    ['1A3bi', '1A4bi']
    """
    if target == NOT_COMPARABLE:
        return frozenset()
    leaves: set[str] = set()
    for code in (part.strip() for part in target.split("+")):
        members = {code} if code in gnfr_of else {n for n, g in gnfr_of.items() if g == code}
        if not members:
            raise DataError([Problem(found=repr(code), expected="an NFR or GNFR code")])
        leaves |= members
    return frozenset(leaves)


def common_sectors(targets: Iterable[str], gnfr_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the common sector of each sector of any inventory.

    Parameters
    ----------
    targets : iterable of str
        Sectors of all inventories, as in `leaves_of`.
    gnfr_of : mapping of str to str
        GNFR aggregate of each NFR category.

    Returns
    -------
    pandas.DataFrame
        target, sector. A sector is named by the GNFR aggregate whose
        categories it holds among those mentioned, by the category itself, or
        by the names it joins with `+`. `not_comparable` stays as it is.
    """
    distinct = sorted(set(targets))
    sets = {target: leaves_of(target, gnfr_of) for target in distinct}
    parts: list[set[str]] = []
    for leaves in sets.values():
        if leaves:
            touching = [part for part in parts if part & leaves]
            parts = [part for part in parts if not part & leaves]
            parts.append(set(leaves).union(*touching))
    mentioned = set().union(*sets.values()) if sets else set()
    names = {frozenset(part): _name(part, mentioned, gnfr_of) for part in parts}
    rows = []
    for target, leaves in sets.items():
        home = next((name for part, name in names.items() if leaves & part), NOT_COMPARABLE)
        rows.append((target, home))
    return pd.DataFrame(rows, columns=["target", "sector"])


def _name(part: set[str], mentioned: set[str], gnfr_of: Mapping[str, str]) -> str:
    left, names = set(part), []
    for gnfr in sorted({gnfr_of[leaf] for leaf in part}):
        members = {leaf for leaf in mentioned if gnfr_of[leaf] == gnfr}
        if members <= left and (len(members) > 1 or len(part) > 1):
            names.append(gnfr)
            left -= members
    return "+".join([*names, *sorted(left)])
