"""Bring inventories to regions they have in common: members of a side, or the side as a whole.

Some inventories give provinces or member states, some a side in one row, some an aggregate
that holds more than the side. Two inventories meet by members where both have them, and
otherwise as wholes; what a whole lacks or holds beyond is listed, never made up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from bc_inventory.errors import DataError
from bc_inventory.readers.scope import Scope, side_rows
from bc_inventory.reference import codelists
from bc_inventory.reference.domains import codes
from bc_inventory.reference.naming import name_of

__all__ = ["missing_members", "of_part", "of_side", "one_level", "whole_rows"]

_ASIDE = ["inventory", "year", "region", "target", "emission_kt", "reason"]


def of_side(
    inventory: pd.DataFrame, side: str, *, species: str = "BC"
) -> tuple[pd.DataFrame, list[str], dict[str, str]]:
    """Return the rows of a side from publishers' tables, no emission twice.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Contract `inventory`; several inventories and versions.
    side : str
        Code of a domain.
    species : str
        Pollutant.

    Returns
    -------
    rows : pandas.DataFrame
        Contract `inventory`. An aggregate that stands for the side has the side for region.
    notes : list of str
        What stands between an inventory and the side, one sentence each.
    unusable : dict of str to str
        Inventories without anything of the side, and why.
    """
    parts = inventory[(inventory["species"] == species) & (inventory["sector_level"] == "part")]
    usable, notes, unusable = [], [], {}
    for key, version_rows in inventory.groupby(["inventory", "version"], sort=True):
        name = " ".join(map(str, key))
        mine = parts[(parts["inventory"] == key[0]) & (parts["version"] == key[1])]
        if mine.empty:
            unusable[name] = _nothing(version_rows, species)
            continue
        try:
            rows, scope = side_rows(mine, side)
        except DataError as error:
            unusable[name] = str(error)
            continue
        if scope.by == "aggregate":
            rows = rows.assign(region=side)
        usable.append(rows)
        notes += [f"{name}: {text}" for text in _stated(scope)]
    rows = pd.concat(usable, ignore_index=True) if usable else parts.head(0)
    return rows, notes, unusable


def _nothing(rows: pd.DataFrame, species: str) -> str:
    reported = sorted(set(rows["species"]))
    if species not in reported:
        return f"found {', '.join(reported)}; expected {species}"
    return "found totals of all sectors alone; expected sectors, which can be aligned"


def _stated(scope: Scope) -> list[str]:
    figures = {
        f"holds {', '.join(scope.beyond)} beyond {scope.side}, which can't be taken out": (
            scope.beyond
        ),
        f"gives no figure for {', '.join(scope.silent)}": scope.silent,
        f"has no row for {', '.join(scope.absent)}": scope.absent,
    }
    return [text for text, there in figures.items() if there]


def of_part(
    published: pd.DataFrame, reported: Collection[str], side: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return published rows of the members that a release holds, where it holds a part of a side.

    What others give for the whole side says nothing of a part.

    Parameters
    ----------
    published : pandas.DataFrame
        inventory, region and others.
    reported : collection of str
        Regions of the release.
    side : str
        Code of a domain.

    Returns
    -------
    rows : pandas.DataFrame
        All of them where the release holds every member.
    notes : list of str
        Inventories without a row of these members, one sentence each.
    """
    members = set(codelists.members(side))
    mine = members & set(reported)
    if not mine or mine == members:
        return published, []
    inside = published[published["region"].isin(mine)]
    without = sorted(set(published["inventory"]) - set(inside["inventory"]))
    return inside, [f"{name}: has no figure of {name_of(mine).en} alone" for name in without]


def whole_rows(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return the rows of inventories that give members, under the side as their region.

    Parameters
    ----------
    rows : pandas.DataFrame
        inventory, region and others.
    side : str
        Code of a domain.

    Returns
    -------
    pandas.DataFrame
        Rows of members alone, of inventories that have no row for the side itself.
    """
    with_side_total = rows.loc[rows["region"] == side, "inventory"].unique()
    inside = rows["region"].isin(codelists.members(side)) & ~rows["inventory"].isin(with_side_total)
    return rows[inside].assign(region=side)


def missing_members(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    """List members without a figure in the sum of their side.

    Parameters
    ----------
    rows : pandas.DataFrame
        inventory, year, region, sector, emission_kt: members before they are summed.
    side : str
        Code of a domain.

    Returns
    -------
    pandas.DataFrame
        inventory, year, region, target (the sector), emission_kt (none), reason; only
        of sectors in which another member has a figure.
    """
    members = pd.Index(codelists.members(side), name="region")
    mine = rows[rows["region"].isin(members)]
    known = mine[mine["emission_kt"].notna()]
    cells = known[["inventory", "year", "sector"]].drop_duplicates()
    every = cells.merge(members.to_frame(index=False), how="cross")
    have = pd.MultiIndex.from_frame(known[["inventory", "year", "sector", "region"]])
    absent = every[~pd.MultiIndex.from_frame(every[have.names]).isin(have)]
    result = absent.rename(columns={"sector": "target"}).assign(
        emission_kt=float("nan"), reason=f"no figure in the sum of {side}"
    )
    return result[_ASIDE]


def one_level(compared: pd.DataFrame, inventories: Sequence[str]) -> pd.DataFrame:
    """Return the rows at the finest regions that all of some inventories have.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`, with members and wholes of a side.
    inventories : sequence of str
        Which must meet.

    Returns
    -------
    pandas.DataFrame
        Their rows: of members where each has some, otherwise of wholes.
    """
    rows = compared[compared["inventory"].isin(inventories)]
    whole = rows["region"].isin(codes())
    with_members = set(rows.loc[~whole, "inventory"])
    return rows[~whole] if with_members >= set(inventories) or not whole.any() else rows[whole]
