"""The EBAS flags: three digits each, coded into the decimals of a number."""

from __future__ import annotations

from dataclasses import dataclass

from bc_inventory import schema
from bc_inventory.reference.paths import data_root, per_root

__all__ = ["FlagSet", "flag_set", "split_numflag"]

CHECKED = 100  # checked by the originator: valid, overrides invalid flags
MISSING = 999


@dataclass(frozen=True)
class FlagSet:
    """Which flags make a value valid.

    Parameters
    ----------
    valid : frozenset of int
        Flags with which a value is valid.
    known : frozenset of int
        All flags of the list.
    """

    valid: frozenset[int]
    known: frozenset[int]

    def is_valid(self, flags: tuple[int, ...]) -> bool:
        """Tell whether a value with these flags is valid; flag 100 overrides the rest."""
        return CHECKED in flags or all(flag in self.valid for flag in flags)


@per_root
def flag_set(rejects: str) -> FlagSet:
    """Return the flags by one of the two published opinions.

    Parameters
    ----------
    rejects : {"ebas", "ghost"}
        `ghost` also rejects 14 flags that EBAS calls valid.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if rejects not in {"ebas", "ghost"}:
        raise ValueError(f"flags={rejects!r}; expected 'ebas' or 'ghost'")
    table = schema.read_csv(data_root() / "monitoring" / "ebas_flags.csv", "ebas_flags")
    valid = table["category"].eq("V")
    if rejects == "ghost":
        valid &= ~table["ghost_rejects"]
    return FlagSet(frozenset(table.loc[valid, "flag"].tolist()), frozenset(table["flag"].tolist()))


def split_numflag(text: str) -> tuple[int, ...]:
    """Return the flags of a numflag as written.

    The decimals hold them, three digits each: `0.147780000` is 147 and 780. Nines before
    the point, or decimals of nines, are 999 (missing).

    Parameters
    ----------
    text : str
        The number as written in the file.

    Returns
    -------
    tuple of int
        Without the zeros that fill it up.

    Raises
    ------
    ValueError
        If its decimals aren't whole flags: a digit was lost.

    Examples
    --------
    >>> split_numflag("0.147780000")
    (147, 780)
    >>> split_numflag("9.999")
    (999,)
    """
    whole, _, decimals = text.partition(".")
    if not (whole.isdigit() and (decimals.isdigit() or not decimals)):
        raise ValueError(f"{text!r} isn't a flag number")
    if not decimals.strip("0") and int(whole) == 0:
        return ()
    if int(whole) != 0 and set(whole + decimals) != {"9"}:
        raise ValueError(f"{text!r} has more than decimals")
    if int(whole) != 0:
        return (MISSING,)
    if len(decimals) % 3:
        raise ValueError(f"the decimals of {text!r} aren't whole three-digit flags")
    groups = [int(decimals[i : i + 3]) for i in range(0, len(decimals), 3)]
    if set(decimals) == {"9"}:
        return (MISSING,)
    return tuple(group for group in groups if group)
