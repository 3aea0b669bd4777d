"""Take the regions of a side from an inventory, each once, and say what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference import codelists
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv

__all__ = ["Scope", "side_rows"]


@dataclass(frozen=True)
class Scope:
    """Which regions of a side an inventory covers.

    Parameters
    ----------
    side : str
        Code of the domain.
    by : str
        `regions` where the members or provinces stand one by one, `whole` where one row
        holds the side, `aggregate` where it holds more than the side.
    present : tuple of str
        Regions with at least one figure.
    silent : tuple of str
        Regions of which every row has a notation key.
    absent : tuple of str
        Regions of the side without a row.
    beyond : tuple of str
        Regions outside the side that can't be taken out.
    left_out : tuple of str
        Regions as delivered that hold the same emissions again.
    """

    side: str
    by: str
    present: tuple[str, ...]
    silent: tuple[str, ...]
    absent: tuple[str, ...]
    beyond: tuple[str, ...]
    left_out: tuple[str, ...]


@per_root
def _groups() -> dict[str, frozenset[str]]:
    """Map each publisher's aggregate to its members."""
    rows = read_csv(data_root() / "crosswalk" / "regions.csv", "region_crosswalk")
    rows = rows[rows["level"] == "aggregate"]
    by_name = {name: frozenset(group["region"]) for name, group in rows.groupby("source_region")}
    return {name: value for name, value in by_name.items() if value != {name}}


def side_rows(frame: pd.DataFrame, side: str) -> tuple[pd.DataFrame, Scope]:
    """Return the rows that make up one side, no emission twice.

    Members or provinces are taken where the inventory has any, else the row of the whole
    side, else the smallest aggregate that holds it, else aggregates that hold it together
    without overlap.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `inventory`, one inventory and version.
    side : str
        Code of a domain.

    Returns
    -------
    rows : pandas.DataFrame
        Rows whose regions don't overlap.
    scope : Scope
        What they cover and what was left out.

    Raises
    ------
    DataError
        If there is more than one inventory or version, or nothing of the side.
    """
    editions = frame[["inventory", "version"]].drop_duplicates()
    if len(editions) != 1:
        raise DataError(
            [Problem(f"{len(editions)} inventories or versions", "one; compare them side by side")]
        )
    wanted = set(codelists.members(side))
    here = set(frame["region"])
    groups = {name: subset for name, subset in _groups().items() if name in here}
    wide = {name for name, value in groups.items() if _covers(value, wanted, side)}
    single = here & wanted
    beyond: set[str] = set()
    if single:
        chosen, by = single, "regions"
    elif side in here:
        chosen, by = {side}, "whole"
    elif wide:
        best = min(wide, key=lambda name: (len(groups[name]), name))
        chosen, by, beyond = {best}, "aggregate", set(groups[best] - wanted - {side})
    elif together := _together(groups, wanted):
        chosen, by = together, "aggregate"
        beyond = {code for name in together for code in groups[name]} - wanted
    else:
        raise DataError(
            [Problem(f"the regions {', '.join(sorted(here)[:8])}, ...", f"regions of {side}")]
        )
    rows = frame[frame["region"].isin(chosen)]
    figures = set(rows.loc[rows["value_kt"].notna(), "region"])
    again = sorted((wide | ({side} & here)) - chosen)
    scope = Scope(
        side=side,
        by=by,
        present=tuple(sorted(figures)),
        silent=tuple(sorted(chosen - figures)),
        absent=tuple(sorted(wanted - single)) if by == "regions" else (),
        beyond=tuple(sorted(beyond)),
        left_out=tuple(again),
    )
    return rows, scope


def _together(groups: dict[str, frozenset[str]], wanted: set[str]) -> set[str]:
    """Return the aggregates that hold a side together, if they don't overlap."""
    touching = {name: value for name, value in groups.items() if value & wanted}
    codes = [code for rows in touching.values() for code in rows]
    whole = wanted <= set(codes) and len(codes) == len(set(codes))
    return set(touching) if whole else set()


def _covers(names: frozenset[str], wanted: set[str], side: str) -> bool:
    return side in names or wanted <= names
