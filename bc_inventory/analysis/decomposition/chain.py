"""The chains of two emission tables, met leaf by leaf.

What `bc_inventory.analysis.decomposition.decompose` splits a difference over: each row with a
figure is chained, is covered by one table alone, or stands combined where its activity can't meet.
Keys are whole numbers here, common to both tables, so that nothing is compared as text
more than once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.decomposition.divisia import Method, parts_of
from bc_inventory.inventory.draws import combined
from bc_inventory.schema.analysis import DECOMPOSITION_HEADS
from bc_inventory.schema.counted import counted

__all__ = [
    "CHAINED",
    "HEADS",
    "Codes",
    "Floats",
    "Leaves",
    "Matched",
    "Side",
    "central_parts",
    "match",
    "sum_to",
]

HEADS = DECOMPOSITION_HEADS
CHAINED, _COVERAGE, _COMBINED = -1, HEADS.index("coverage"), HEADS.index("combined")
# Energy and distance add up over fuels; tonnes of different products don't.
_ADDITIVE_UNITS = ("TJ", "1e6 vehicle_km")
Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Keys:
    """Codes of rows: each names a cell, and a group of activity, fuel and technology in it."""

    cell: Codes
    group: Codes
    in_cell_group: Codes
    in_cell_fuel: Codes
    in_group_fuel: Codes
    leaf: Codes

    def of(self, rows: slice | Flags) -> Keys:
        """Return the codes of some rows."""
        return Keys(*(getattr(self, name)[rows] for name in Keys.__dataclass_fields__))


@dataclass(frozen=True)
class Side:
    """Rows with a figure: keys, the head of each or `CHAINED`, and its chain in kt.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    keys : Keys
        Common to both tables.
    head : numpy.ndarray of int, shape (rows,)
        Position in `HEADS` of rows that can't be chained.
    used, generated, emitted : numpy.ndarray of float, shape (rows,)
        Activity of the technology in its unit; what it makes before control and what is
        emitted, in kt. The first two are NaN where they aren't known.
    """

    rows: pd.DataFrame
    keys: Keys
    head: Codes
    used: Floats
    generated: Floats
    emitted: Floats


@dataclass(frozen=True)
class Matched:
    """Two tables met: the cells in which a row has a figure, and both sides."""

    cells: pd.DataFrame
    sides: tuple[Side, Side]


def match(base: pd.DataFrame, other: pd.DataFrame, by: Sequence[str]) -> Matched:
    """Meet the rows of two tables, leaf by leaf.

    Parameters
    ----------
    base, other, by
        See `bc_inventory.analysis.decomposition.decompose.decompose`.
    """
    tables = [_figures(base), _figures(other), _keyed(base), _keyed(other)]
    used = [_amounts(table) for table in tables[:2]]
    nothing = [np.full(len(table), np.nan) for table in tables[2:]]
    keys, names, cells = _coded(tables, [*(amounts[0] for amounts in used), *nothing], by)
    notation = [table["notation_key"].eq("NO").to_numpy(dtype=bool) for table in tables[2:]]
    heads = [
        _heads(keys[0], keys[1], keys[3], notation[1], names),
        _heads(keys[1], keys[0], keys[2], notation[0], names),
    ]
    # A cell with notation keys alone has no part.
    named = np.unique(np.concatenate([keys[0].cell, keys[1].cell]))
    place = np.zeros(len(cells), dtype=np.intp)
    place[named] = np.arange(len(named))
    sides = [
        Side(
            table,
            replace(key, cell=place[key.cell]),
            head,
            *amounts,
            table["emission_kt"].to_numpy(dtype=float),
        )
        for table, key, head, amounts in zip(tables[:2], keys[:2], heads, used, strict=True)
    ]
    return Matched(cells.iloc[named].reset_index(drop=True), (sides[0], sides[1]))


def central_parts(matched: Matched, method: Method) -> Floats:
    """Return the parts of the central case, kt, shape (cells, heads)."""
    size = len(matched.cells) * len(HEADS)
    places, values = [], []
    for sign, side in zip((-1.0, 1.0), matched.sides, strict=True):
        alone = side.head != CHAINED
        places.append(side.keys.cell[alone] * len(HEADS) + side.head[alone])
        values.append(sign * side.emitted[alone])
    leaves = Leaves(matched, [side.head == CHAINED for side in matched.sides])
    chains = [
        leaves.chain(
            *(
                sum_to(amount[chained, None], leaf, leaves.count)
                for amount in (side.used, side.generated, side.emitted)
            )
        )
        for side, chained, leaf in zip(matched.sides, leaves.rows, leaves.leaf, strict=True)
    ]
    for number, part in enumerate(parts_of(chains[0], chains[1], method)):
        places.append(leaves.cell * len(HEADS) + number)
        values.append(part[:, 0])
    summed = sum_to(np.concatenate(values)[:, None], np.concatenate(places), size)
    return summed.reshape(len(matched.cells), len(HEADS))


class Leaves:
    """The leaves of the chain, common to some rows of both tables.

    Parameters
    ----------
    matched : Met
        The tables.
    rows : sequence of numpy.ndarray of bool
        Which rows of each.
    """

    def __init__(self, matched: Matched, rows: Sequence[Flags]) -> None:
        self.rows = tuple(rows)
        keys = [side.keys.of(chosen) for side, chosen in zip(matched.sides, rows, strict=True)]
        codes = np.concatenate([key.leaf for key in keys])
        _, first, leaf = np.unique(codes, return_index=True, return_inverse=True)
        self.count = len(first)
        self.leaf = (leaf[: len(keys[0].leaf)], leaf[len(keys[0].leaf) :])
        self.cell = np.concatenate([key.cell for key in keys])[first]

        def of_leaf(kind: str) -> Codes:
            both = np.concatenate([getattr(key, kind) for key in keys])
            return np.unique(both[first], return_inverse=True)[1]

        self._fuel, self._group = of_leaf("in_group_fuel"), of_leaf("in_cell_group")

    def chain(self, used: Floats, generated: Floats, emitted: Floats) -> Floats:
        """Return the factors of each leaf from its amounts, shape (5, leaves, draws)."""
        return self.factors(used, _ratio(generated, used), _ratio(emitted, generated))

    def factors(self, used: Floats, factor: Floats, passed: Floats) -> Floats:
        """Return the factors of each leaf from its activity, factor and what passes."""
        of_fuel = sum_to(used, self._fuel, int(self._fuel.max(initial=-1)) + 1)[self._fuel]
        of_group = sum_to(used, self._group, int(self._group.max(initial=-1)) + 1)[self._group]
        shares = [of_group, _ratio(of_fuel, of_group), _ratio(used, of_fuel)]
        return np.stack([*shares, factor, passed])


def sum_to(values: NDArray[np.floating[Any]], place: Codes, count: int) -> Floats:
    """Sum rows that go to one place; sorting them first is far faster than adding one by one."""
    summed = np.zeros((count, values.shape[1]))
    if len(place):
        order = np.argsort(place, kind="stable")
        ordered = place[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        summed[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return summed


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    return counted(frame[frame["emission_kt"].notna()]).reset_index(drop=True)


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    return counted(frame[frame["notation_key"].notna()])


def _amounts(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the technology's activity and what it makes before control (kt), NaN if unknown."""
    used = rows["activity"].to_numpy(float) * rows["share"].to_numpy(float)
    to_kt = np.ones(len(rows))
    pairs = rows[["emission_factor_unit", "activity_unit"]]
    for (per, unit), index in pairs.groupby(list(pairs.columns), sort=False).indices.items():
        to_kt[index] = units.factor(f"{per} * {unit}", "kt")
    generated = used * rows["emission_factor"].to_numpy(float) * to_kt
    emission = rows["emission_kt"].to_numpy(float)
    # An emission without what made it can't be chained.
    broken = ~np.isfinite(generated) | ((generated == 0) & (emission > 0))
    return np.where(broken, np.nan, used), np.where(broken, np.nan, generated)


def _coded(
    tables: Sequence[pd.DataFrame], used: Sequence[Floats], by: Sequence[str]
) -> tuple[list[Keys], pd.Index, pd.DataFrame]:
    """Return the keys of each table, the names of groups, and the cells.

    A group is activity that adds up: a unit, or one fuel in a unit that doesn't add up over
    fuels, or `none` where the activity isn't known.
    """
    columns = [*dict.fromkeys([*by, "fuel", "technology", "activity_unit"])]
    rows = pd.concat([table[columns] for table in tables], ignore_index=True)
    code = {
        name: pd.factorize(rows[name], use_na_sentinel=False)[0].astype(np.intp) for name in columns
    }
    unit = rows["activity_unit"].astype(object).where(np.isfinite(np.concatenate(used)), "none")
    alone = unit.isin((*_ADDITIVE_UNITS, "none"))
    group, names = pd.factorize(unit.where(alone, unit + " " + rows["fuel"].astype(object)))
    cell, _ = combined([code[name] for name in by])
    in_cell_group, _ = combined([cell, group])
    in_group_fuel, _ = combined([in_cell_group, code["fuel"]])
    keys = Keys(
        cell,
        group,
        in_cell_group,
        combined([cell, code["fuel"]])[0],
        in_group_fuel,
        combined([in_group_fuel, code["technology"]])[0],
    )
    first = np.unique(cell, return_index=True)[1]
    ends = np.cumsum([len(table) for table in tables])
    by_table = [keys.of(slice(end - len(t), end)) for end, t in zip(ends, tables, strict=True)]
    return by_table, pd.Index(names), rows.loc[first, list(by)].reset_index(drop=True)


def _heads(
    mine: Keys, theirs: Keys, keyed: Keys, occurs_not: Flags, groups: pd.Index
) -> NDArray[np.intp]:
    """Say for each row with a figure whether it is chained, coverage or combined.

    A notation key NO in the other table means that nothing occurs, which is a
    zero and covered; any other key, or no row at all, means that nothing is
    known there.
    """
    nothing, unknown = keyed.of(occurs_not), keyed.of(~occurs_not)

    def among(table: Keys, kind: str) -> Flags:
        return np.isin(getattr(mine, kind), getattr(table, kind))

    in_cell, in_fuel = among(theirs, "cell"), among(theirs, "in_cell_fuel")
    other_unit = in_fuel & ~among(theirs, "in_group_fuel")
    measured = np.asarray(groups != "none")[mine.group]
    covered = in_cell | (among(nothing, "cell") & ~among(unknown, "cell"))
    # A fuel the other table names as unknown isn't a zero of its mix.
    covered &= in_fuel | ~among(unknown, "in_cell_fuel")
    meets = among(theirs, "in_cell_group") | ~in_cell | among(nothing, "in_cell_fuel")
    additive = np.asarray(groups.isin(_ADDITIVE_UNITS))[mine.group]
    heads = np.full(len(mine.cell), _COVERAGE)
    heads[other_unit | ~measured | additive] = _COMBINED
    heads[measured & ~other_unit & meets] = CHAINED
    heads[~covered] = _COVERAGE
    return heads


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
