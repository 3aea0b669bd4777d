"""The chains of two emission tables, met leaf by leaf.

What `bc_inventory.analysis.decomposition.decompose` splits a difference over: each row with a
figure is chained, is covered by one table alone, or stands combined where its activity can't meet.
Keys are whole numbers here, common to both tables, so that nothing is compared as text
more than once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.decomposition.divisia import Method, parts_of
from bc_inventory.analysis.decomposition.draws import perturbed
from bc_inventory.inventory.draws import combined

__all__ = ["HEADS", "met", "sum_to"]

HEADS = (
    *("activity", "fuel_mix", "technology_mix", "emission_factor", "abatement"),
    *("coverage", "combined"),
)
_CHAINED, _COVERAGE, _COMBINED = -1, HEADS.index("coverage"), HEADS.index("combined")
# Energy and distance add up over fuels; tonnes of different products don't.
_ADDITIVE_UNITS = ("TJ", "1e6 vehicle_km")
Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Keys:
    """Codes of rows: each names a cell, and a group of activity, fuel and technology in it."""

    cell: Codes
    group: Codes
    in_cell_group: Codes
    in_cell_fuel: Codes
    in_group_fuel: Codes
    leaf: Codes

    def of(self, rows: slice | Flags) -> _Keys:
        return _Keys(*(getattr(self, name)[rows] for name in _Keys.__dataclass_fields__))


@dataclass(frozen=True)
class _Side:
    """Rows with a figure: keys, and (rows, draws) of activity, generated and emitted."""

    keys: _Keys
    activity: Floats
    generated: Floats
    emitted: Floats

    def only(self, rows: Flags) -> _Side:
        return _Side(
            self.keys.of(rows), self.activity[rows], self.generated[rows], self.emitted[rows]
        )


def met(
    base: pd.DataFrame,
    other: pd.DataFrame,
    by: Sequence[str],
    method: Method,
    draws: int,
    seed: int,
) -> tuple[pd.DataFrame, Codes, Codes, Floats]:
    """Return the parts of the difference of two tables in all draws.

    Parameters
    ----------
    base, other, by, method, draws, seed
        See `bc_inventory.analysis.decomposition.decompose.decompose`.

    Returns
    -------
    cells : pandas.DataFrame
        The cells of `by`.
    cell, head : numpy.ndarray of int, shape (rows,)
        Position in `cells` and in `HEADS` of each row of values; both repeat.
    values : numpy.ndarray of float, shape (rows, 1 + draws)
        kt; the first column is the central case.
    """
    tables = [_figures(base), _figures(other), _keyed(base), _keyed(other)]
    used = [_amounts(table) for table in tables[:2]]
    nothing = [np.full(len(table), np.nan) for table in tables[2:]]
    keys, names, cells = _coded(tables, [*(amounts[0] for amounts in used), *nothing], by)
    sides = [
        _side(table, key, amounts, draws, seed)
        for table, key, amounts in zip(tables[:2], keys[:2], used, strict=True)
    ]
    notation = [table["notation_key"].eq("NO").to_numpy(dtype=bool) for table in tables[2:]]
    heads = [
        _heads(keys[0], keys[1], keys[3], notation[1], names),
        _heads(keys[1], keys[0], keys[2], notation[0], names),
    ]
    at, numbers, values = [], [], []
    for sign, side, head in zip((-1.0, 1.0), sides, heads, strict=True):
        alone = head != _CHAINED
        at.append(side.keys.cell[alone])
        numbers.append(head[alone])
        values.append(sign * side.emitted[alone])
    joint = [side.only(head == _CHAINED) for side, head in zip(sides, heads, strict=True)]
    where, chained = _chain_parts(joint[0], joint[1], method)
    for number, made in enumerate(chained):
        at.append(where)
        numbers.append(np.full(len(where), number))
        values.append(made)
    # A cell with notation keys alone has no part.
    named, cell = np.unique(np.concatenate(at), return_inverse=True)
    return (
        cells.iloc[named].reset_index(drop=True),
        cell,
        np.concatenate(numbers),
        np.concatenate(values),
    )


def sum_to(values: Floats, at: Codes, count: int) -> Floats:
    """Sum rows that go to one place; sorting them first is far faster than adding one by one."""
    summed = np.zeros((count, values.shape[1]))
    if len(at):
        order = np.argsort(at, kind="stable")
        ordered = at[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        summed[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return summed


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame["emission_kt"].notna() & ~frame["memo"].astype(bool)
    return frame[rows].reset_index(drop=True)


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["notation_key"].notna() & ~frame["memo"].astype(bool)]


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
) -> tuple[list[_Keys], pd.Index, pd.DataFrame]:
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
    keys = _Keys(
        cell,
        group,
        in_cell_group,
        combined([cell, code["fuel"]])[0],
        in_group_fuel,
        combined([in_group_fuel, code["technology"]])[0],
    )
    first = np.unique(cell, return_index=True)[1]
    ends = np.cumsum([len(table) for table in tables])
    made = [keys.of(slice(end - len(t), end)) for end, t in zip(ends, tables, strict=True)]
    return made, pd.Index(names), rows.loc[first, list(by)].reset_index(drop=True)


def _side(
    rows: pd.DataFrame, keys: _Keys, amounts: tuple[Floats, Floats], draws: int, seed: int
) -> _Side:
    scale = perturbed(rows, draws, seed)
    used, generated, emitted = (
        np.nan_to_num(central)[:, None] * multipliers
        for central, multipliers in (
            (amounts[0], scale.activity),
            (amounts[1], scale.generation),
            (rows["emission_kt"].to_numpy(dtype=float), scale.emission),
        )
    )
    return _Side(keys, used, generated, emitted)


def _heads(
    mine: _Keys, theirs: _Keys, keyed: _Keys, occurs_not: Flags, groups: pd.Index
) -> NDArray[np.intp]:
    """Say for each row with a figure whether it is chained, coverage or combined.

    A notation key NO in the other table means that nothing occurs, which is a
    zero and covered; any other key, or no row at all, means that nothing is
    known there.
    """
    nothing, unknown = keyed.of(occurs_not), keyed.of(~occurs_not)

    def among(table: _Keys, kind: str) -> Flags:
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
    heads[measured & ~other_unit & meets] = _CHAINED
    heads[~covered] = _COVERAGE
    return heads


def _chain_parts(base: _Side, other: _Side, method: Method) -> tuple[Codes, Floats]:
    """Return the cell of each leaf of both tables, and (heads, leaves, draws) in kt."""
    codes = np.concatenate([base.keys.leaf, other.keys.leaf])
    _, first, leaf = np.unique(codes, return_index=True, return_inverse=True)

    def of_leaf(kind: str) -> Codes:
        both = np.concatenate([getattr(base.keys, kind), getattr(other.keys, kind)])
        return np.unique(both[first], return_inverse=True)[1]

    fuel, group = of_leaf("in_group_fuel"), of_leaf("in_cell_group")
    chains = []
    rows = len(base.keys.leaf)
    for side, at in ((base, leaf[:rows]), (other, leaf[rows:])):
        used, made, out = (
            sum_to(values, at, len(first))
            for values in (side.activity, side.generated, side.emitted)
        )
        of_fuel = sum_to(used, fuel, int(fuel.max(initial=-1)) + 1)[fuel]
        of_group = sum_to(used, group, int(group.max(initial=-1)) + 1)[group]
        chains.append(
            np.stack(
                [
                    of_group,
                    _ratio(of_fuel, of_group),
                    _ratio(used, of_fuel),
                    _ratio(made, used),
                    _ratio(out, made),
                ]
            )
        )
    cells = np.concatenate([base.keys.cell, other.keys.cell])[first]
    return cells, parts_of(chains[0], chains[1], method)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
