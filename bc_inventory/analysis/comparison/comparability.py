"""How far two inventories can be compared at all, from what they say they mean.

Each inventory's definitions are rows of `data/comparability/definitions.csv`;
its sectors come from the crosswalks. Two definitions agree if they are the
same, agree partly if they belong to one family, and otherwise don't. What an
inventory doesn't say is unknown, never agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pandas as pd

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from bc_inventory.schema.compare import ASPECTS

__all__ = ["VERDICTS", "comparability", "defined_as", "overall", "read_definitions"]

# From the best to the worst.
VERDICTS = ("agree", "partly", "unknown", "not")


def read_definitions(path: Path | None = None) -> pd.DataFrame:
    """Return what inventories mean by their figures (contract `inventory_definitions`).

    Parameters
    ----------
    path : Path, optional
        By default the embedded table.

    Raises
    ------
    DataError
        If a row breaks the contract.
    """
    file = path or data_root() / "comparability" / "definitions.csv"
    return read_csv(file, "inventory_definitions")


def comparability(definitions: pd.DataFrame, sectors: pd.DataFrame) -> pd.DataFrame:
    """Return a verdict for each pair of inventories, sector and aspect.

    Parameters
    ----------
    definitions : pandas.DataFrame
        Contract `inventory_definitions`; a row for a sector wins over `*`.
    sectors : pandas.DataFrame
        inventory, target, sector: `Aligned.sectors` of the alignment.

    Returns
    -------
    pandas.DataFrame
        base, other, sector, aspect, verdict (see `VERDICTS`), why: both
        definitions. The verdict on `scope` also asks whether both have the
        sector, and whether they part it alike.
    """
    targets = sectors.groupby(["inventory", "sector"])["target"].agg(frozenset)
    meaning = _meanings(
        definitions, sorted(set(sectors["sector"])), sorted(set(sectors["inventory"]))
    )
    rows = []
    for base, other in combinations(sorted(set(sectors["inventory"])), 2):
        for sector in sorted(set(sectors["sector"])):
            for aspect in ASPECTS:
                first, second = (meaning[name, sector, aspect] for name in (base, other))
                verdict, why = _verdict(first, second)
                if aspect == "scope":
                    scopes = [targets.get((name, sector), frozenset()) for name in (base, other)]
                    verdict, why = _scope(scopes, (base, other), verdict, why)
                rows.append((base, other, sector, aspect, verdict, why))
    return pd.DataFrame(rows, columns=["base", "other", "sector", "aspect", "verdict", "why"])


def overall(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return one verdict for each pair and sector: that of its worst aspect.

    Parameters
    ----------
    matrix : pandas.DataFrame
        From `comparability`.

    Returns
    -------
    pandas.DataFrame
        base, other, sector, verdict, why (the aspects that made it).
    """
    rank = {verdict: number for number, verdict in enumerate(VERDICTS)}
    ranked = matrix.assign(_rank=matrix["verdict"].map(rank))
    by = ["base", "other", "sector"]
    worst = ranked[ranked["_rank"] == ranked.groupby(by)["_rank"].transform("max")]
    result = worst.groupby(by, as_index=False).agg(
        verdict=("verdict", "first"), why=("aspect", ", ".join)
    )
    return result.assign(why=result["why"].where(result["verdict"] != "agree", ""))


def defined_as(inventory: str, names: Iterable[str]) -> str | None:
    """Return the name under which an inventory is defined: its own, or that of its family.

    A definition of `EDGAR` holds for `EDGAR v8.1` unless that has its own.

    Parameters
    ----------
    inventory : str
        Name, with its version.
    names : iterable of str
        Names that have definitions.

    Examples
    --------
    >>> defined_as("EDGAR v8.1", ["EDGAR", "CEDS"])
    'EDGAR'
    """
    fit = [name for name in names if f"{inventory} ".startswith(f"{name} ")]
    return max(fit, key=len, default=None)


def _meanings(
    definitions: pd.DataFrame, sectors: list[str], inventories: list[str]
) -> dict[tuple[str, str, str], tuple[str, str] | None]:
    known = {
        (row.inventory, row.sector, row.aspect): (
            str(row.value),
            str(row.family) if pd.notna(row.family) else "",
        )
        for row in definitions.itertuples()
    }
    names = set(definitions["inventory"])
    alias = {name: defined_as(name, names) or name for name in inventories}
    return {
        (name, sector, aspect): known.get(
            (alias[name], sector, aspect), known.get((alias[name], "*", aspect))
        )
        for name in inventories
        for sector in sectors
        for aspect in ASPECTS
    }


def _verdict(first: tuple[str, str] | None, second: tuple[str, str] | None) -> tuple[str, str]:
    words = " / ".join("not stated" if side is None else side[0] for side in (first, second))
    if first is None or second is None:
        return "unknown", words
    if first[0] == second[0]:
        return "agree", first[0]
    return ("partly" if first[1] and first[1] == second[1] else "not"), words


def _scope(
    scopes: list[frozenset[str]], names: tuple[str, str], verdict: str, why: str
) -> tuple[str, str]:
    for scope, name in zip(scopes, names, strict=True):
        if not scope:
            return "not", f"{name} has no such sector"
    if scopes[0] != scopes[1] and verdict == "agree":
        listed = [", ".join(sorted(scope)) for scope in scopes]
        return "partly", f"parted as {listed[0]} / {listed[1]}"
    return verdict, why
