"""Licences of the sources that rows cite, and whether what is said of them can be true."""

from __future__ import annotations

import pandas as pd

from bc_inventory.errors import Problems, suggest
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv

__all__ = ["check_licences", "licences", "part_of"]

# From the freest to the most bound: what is made of several sources is bound as the last of them.
_PARTS = ("open", "terms", "odbl")
_FILE = "sources.csv"


@per_root
def licences() -> pd.DataFrame:
    """Return licences and classes of terms (contract `licences`)."""
    return read_csv(data_root() / "licences.csv", "licences")


def check_licences(sources: pd.DataFrame, known: pd.DataFrame) -> None:
    """Refuse a licence that isn't known, or is freer than that of what a source is made from.

    Parameters
    ----------
    sources : pandas.DataFrame
        Contract `sources`.
    known : pandas.DataFrame
        Contract `licences`.

    Raises
    ------
    DataError
        With one problem for each source that breaks a rule.
    """
    part = dict(zip(known["licence_id"], known["part"], strict=True))
    licence = dict(zip(sources["source_id"], sources["licence_id"], strict=True))
    problems = Problems()
    for number, row in enumerate(sources.itertuples(), 2):
        if row.licence_id not in part:
            problems.add(
                found=f"the licence {row.licence_id!r}",
                expected="a row of licences.csv",
                remedy=suggest(str(row.licence_id), list(part)),
                file=_FILE,
                row=number,
                column="licence_id",
            )
            continue
        for name in _names(row.derived_from):
            if name not in licence:
                problems.add(
                    found=f"the source {name!r}",
                    expected="a row of sources.csv",
                    remedy=suggest(name, list(licence)),
                    file=_FILE,
                    row=number,
                    column="derived_from",
                )
            elif _PARTS.index(part[row.licence_id]) < _PARTS.index(part.get(licence[name], "open")):
                problems.add(
                    found=f"{row.licence_id} for rows made from {name}, which is {licence[name]}",
                    expected="a licence that its sources allow",
                    file=_FILE,
                    row=number,
                    column="licence_id",
                )
    problems.raise_if_any()


def part_of(sources: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Return the part of the facts that rows of each source belong to, by source_id.

    Parameters
    ----------
    sources, known : pandas.DataFrame
        Contracts `sources` and `licences`.

    Returns
    -------
    pandas.Series of str
        open, terms or odbl.

    Examples
    --------
    >>> from bc_inventory.reference.codelists import sources
    >>> str(part_of(sources(), licences())["natural-earth-10m"])
    'open'
    """
    check_licences(sources, known)
    by_licence = known.set_index("licence_id")["part"]
    return sources.set_index("source_id")["licence_id"].map(by_licence)


def _names(text: object) -> list[str]:
    return [part.strip() for part in str(text).split(";")] if pd.notna(text) and text else []
