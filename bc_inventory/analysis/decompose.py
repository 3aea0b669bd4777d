"""Take the difference of two emission tables apart.

The emission of a technology is a chain,

    activity level x share of the fuel x share of the technology
        x emission factor x (1 - abatement),

and the difference of two inventories, two sides or two years is split over the
chain by an exact method (`bc_inventory.analysis.divisia`). What one table covers
and the other doesn't is *coverage*; what both cover but in activity that can't
meet (tonnes against terajoules, or none at all) is *combined*. The parts of all
heads sum to the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.divisia import Method, parts_of
from bc_inventory.analysis.draws import perturbed
from bc_inventory.errors import DataError, Problem

__all__ = ["HEADS", "Parts", "decompose", "drawn_parts", "waterfall"]

CHAIN = ("activity", "fuel_mix", "technology_mix", "emission_factor", "abatement")
HEADS = (*CHAIN, "coverage", "combined")
_LEAF = ("group", "fuel", "technology")
# Energy and distance add up over fuels; tonnes of different products don't.
_ADDITIVE_UNITS = ("TJ", "1e6 vehicle_km")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Side:
    """Rows with a figure: keys, and (rows, draws) of activity, generated and emitted."""

    keys: pd.DataFrame
    activity: Floats
    generated: Floats
    emitted: Floats

    def only(self, rows: NDArray[np.bool_]) -> _Side:
        return _Side(
            self.keys[rows].reset_index(drop=True),
            self.activity[rows],
            self.generated[rows],
            self.emitted[rows],
        )


def decompose(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    by: Sequence[str] = ("nfr",),
    keep: Sequence[str] | None = None,
    method: Method = "lmdi",
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Split the difference `other - base` of two emission tables into heads.

    Parameters
    ----------
    base, other : pandas.DataFrame
        Contract `emissions`, each of one year, one species and one factor set.
        Memo items are left out.
    by : sequence of str
        Columns that both tables share and within which they are compared:
        ("nfr",) for two sides, ("region", "nfr") for two tables of one side.
    keep : sequence of str, optional
        Those of `by` to keep apart in the result, by default all; over the
        others the parts are summed, with their draws.
    method : {"lmdi", "shapley"}
        Exact method.
    draws : int
        Monte Carlo draws for the intervals; 0 gives none. Rows of both tables
        with one `corr_*` name share their draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns `keep`, head, part_kt, and with draws lower_kt and upper_kt (2.5
        and 97.5 % quantiles); a row for each head of each cell of `keep`. The
        parts of a cell sum to its difference in kt.

    Raises
    ------
    DataError
        If a table mixes years, species or factor sets, or is empty.
    """
    return drawn_parts(base, other, by=by, method=method, draws=draws, seed=seed).table(keep)


@dataclass(frozen=True)
class Parts:
    """The parts of a difference in all draws.

    Parameters
    ----------
    keys : pandas.DataFrame
        Cell of each row of `values`; cells repeat.
    head : numpy.ndarray of int, shape (rows,)
        Position in `HEADS`.
    values : numpy.ndarray of float, shape (rows, 1 + draws)
        kt; the first column is the central case.
    """

    keys: pd.DataFrame
    head: NDArray[np.intp]
    values: Floats

    def table(self, keep: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the parts summed to cells of `keep`; see `decompose`."""
        columns = list(self.keys.columns if keep is None else keep)
        cells = pd.DataFrame(index=[0])
        at = np.zeros(len(self.keys), dtype=np.intp)
        if columns:
            at, cells = _codes(self.keys, columns)
        summed = _sum_to(self.values, at * len(HEADS) + self.head, len(cells) * len(HEADS))
        frame = cells.loc[cells.index.repeat(len(HEADS))].reset_index(drop=True)
        frame["head"] = np.tile(HEADS, len(cells))
        frame["part_kt"] = summed[:, 0]
        if summed.shape[1] > 1:
            lower, upper = np.quantile(summed[:, 1:], [0.025, 0.975], axis=1)
            frame["lower_kt"], frame["upper_kt"] = lower, upper
        order = frame["head"].map({head: place for place, head in enumerate(HEADS)})
        return (
            frame.assign(_order=order)
            .sort_values([*columns, "_order"], ignore_index=True)
            .drop(columns="_order")
        )


def drawn_parts(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    by: Sequence[str] = ("nfr",),
    method: Method = "lmdi",
    draws: int = 0,
    seed: int = 0,
) -> Parts:
    """Return the parts of a difference in all draws, to sum them in several ways.

    Parameters
    ----------
    base, other, by, method, draws, seed
        See `decompose`.

    Returns
    -------
    Parts

    Raises
    ------
    DataError
        See `decompose`.
    """
    for frame, name in ((base, "base"), (other, "other")):
        _check_one(frame, name)
    sides = [_side(frame, by, draws, seed) for frame in (base, other)]
    keyed = [_keyed(frame) for frame in (base, other)]
    heads = [
        _split(sides[0].keys, sides[1].keys, keyed[1], by),
        _split(sides[1].keys, sides[0].keys, keyed[0], by),
    ]
    keys, numbers, values = [], [], []
    for sign, side, head in zip((-1.0, 1.0), sides, heads, strict=True):
        for name in ("coverage", "combined"):
            chosen = side.only((head == name).to_numpy())
            keys.append(chosen.keys[list(by)])
            numbers.append(np.full(len(chosen.keys), HEADS.index(name)))
            values.append(sign * chosen.emitted)
    joint = [
        side.only((head == "chain").to_numpy()) for side, head in zip(sides, heads, strict=True)
    ]
    leaves, chained = _chain_parts(joint[0], joint[1], by, method)
    for number, made in enumerate(chained):
        keys.append(leaves[list(by)])
        numbers.append(np.full(len(leaves), number))
        values.append(made)
    return Parts(
        pd.concat(keys, ignore_index=True), np.concatenate(numbers), np.concatenate(values)
    )


def waterfall(parts: pd.DataFrame, base_kt: float, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the bars of a waterfall: where each head starts and ends.

    Parameters
    ----------
    parts : pandas.DataFrame
        From `decompose`, any columns `by`.
    base_kt : float
        Where the fall starts, in kt.
    by : sequence of str
        Columns to keep apart beside the head; none for one bar a head.

    Returns
    -------
    pandas.DataFrame
        Columns `by`, head, part_kt, start_kt, end_kt in the order of `HEADS`;
        heads without a part are left out.
    """
    order = pd.Categorical(parts["head"], categories=HEADS, ordered=True)
    summed = (
        parts.assign(head=order)
        .groupby([*by, "head"], observed=True, sort=True)["part_kt"]
        .sum()
        .reset_index()
    )
    # Parts of the size of rounding aren't steps.
    smallest = 1e-9 * summed["part_kt"].abs().max()
    summed = summed[summed["part_kt"].abs() > smallest].reset_index(drop=True)
    summed["head"] = summed["head"].astype(str)
    summed["end_kt"] = base_kt + summed["part_kt"].cumsum()
    summed["start_kt"] = summed["end_kt"] - summed["part_kt"]
    return summed


def _check_one(frame: pd.DataFrame, name: str) -> None:
    problems = [
        Problem(
            found=f"{len(frame[column].unique())} values of {column} in the {name} table",
            expected=f"one {column}",
            column=column,
            remedy="Choose one, for example with a query, before the decomposition.",
        )
        for column in ("year", "species", "factor_set")
        if len(frame[column].unique()) != 1
    ]
    if problems:
        raise DataError(problems)


def _with_figure(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["emission_kt"].notna() & ~frame["memo"].astype(bool)]


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["notation_key"].notna() & ~frame["memo"].astype(bool)]


def _side(frame: pd.DataFrame, by: Sequence[str], draws: int, seed: int) -> _Side:
    rows = _with_figure(frame).reset_index(drop=True)
    used, generated = _amounts(rows)
    scale = perturbed(rows, draws, seed)
    emitted = rows["emission_kt"].to_numpy(dtype=float)[:, None] * scale.emission
    return _Side(
        _keys(rows, used, by),
        np.nan_to_num(used)[:, None] * scale.activity,
        np.nan_to_num(generated)[:, None] * scale.generation,
        emitted,
    )


def _keys(rows: pd.DataFrame, used: Floats, by: Sequence[str]) -> pd.DataFrame:
    """Return cell, group of activity that adds up, fuel and technology of each row."""
    unit = rows["activity_unit"].astype("object").where(np.isfinite(used), "none")
    fuel = rows["fuel"].astype("object")
    return rows[list(by)].assign(
        group=unit.where(unit.isin((*_ADDITIVE_UNITS, "none")), unit + " " + fuel),
        fuel=fuel,
        technology=rows["technology"].astype("object"),
    )


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


def _split(
    mine: pd.DataFrame, theirs: pd.DataFrame, keyed: pd.DataFrame, by: Sequence[str]
) -> pd.Series:
    """Say for each row with a figure whether it is chained, coverage or combined.

    A notation key NO in the other table means that nothing occurs, which is a
    zero and covered; any other key, or no row at all, means that nothing is
    known there.
    """
    occurs_not = keyed[keyed["notation_key"] == "NO"]
    unknown = keyed[keyed["notation_key"] != "NO"]

    def among(table: pd.DataFrame, columns: list[str]) -> pd.Series:
        index = pd.MultiIndex.from_frame(mine[columns])
        known = pd.MultiIndex.from_frame(table[columns].drop_duplicates())
        return pd.Series(index.isin(known), index=mine.index)

    cell, fuel = list(by), _with(by, "fuel")
    in_cell, in_fuel = among(theirs, cell), among(theirs, fuel)
    other_unit = in_fuel & ~among(theirs, _with(fuel, "group"))
    measured = mine["group"] != "none"
    covered = in_cell | (among(occurs_not, cell) & ~among(unknown, cell))
    # A fuel the other table names as unknown isn't a zero of its mix.
    covered &= in_fuel | ~among(unknown, fuel)
    meets = among(theirs, _with(by, "group")) | ~in_cell | among(occurs_not, fuel)
    heads = pd.Series("coverage", index=mine.index)
    heads[other_unit | ~measured | mine["group"].isin(_ADDITIVE_UNITS)] = "combined"
    heads[measured & ~other_unit & meets] = "chain"
    heads[~covered] = "coverage"
    return heads


def _chain_parts(
    base: _Side, other: _Side, by: Sequence[str], method: Method
) -> tuple[pd.DataFrame, Floats]:
    """Return the leaves of both tables and (heads, leaves, draws) of their parts in kt."""
    columns = _with(by, *_LEAF)
    keys = pd.concat([base.keys, other.keys], ignore_index=True)[columns]
    leaf, leaves = _codes(keys, columns)
    fuel, _ = _codes(leaves, _with(by, "group", "fuel"))
    group, _ = _codes(leaves, _with(by, "group"))
    chains = []
    for side, at in ((base, leaf[: len(base.keys)]), (other, leaf[len(base.keys) :])):
        used, made, out = (
            _sum_to(values, at, len(leaves))
            for values in (side.activity, side.generated, side.emitted)
        )
        of_fuel = _sum_to(used, fuel, fuel.max(initial=-1) + 1)[fuel]
        of_group = _sum_to(used, group, group.max(initial=-1) + 1)[group]
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
    return leaves, parts_of(chains[0], chains[1], method)


def _with(by: Sequence[str], *more: str) -> list[str]:
    """Return columns, each once: a comparison within one fuel has the fuel twice."""
    return list(dict.fromkeys([*by, *more]))


def _codes(keys: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.intp], pd.DataFrame]:
    grouped = keys.groupby(columns, sort=False, dropna=False)
    codes = grouped.ngroup().to_numpy()
    return codes, keys.loc[~pd.Series(codes).duplicated().to_numpy()].reset_index(drop=True)


def _sum_to(values: Floats, at: NDArray[np.intp], count: int) -> Floats:
    """Sum rows that go to one place; sorting them first is far faster than adding one by one."""
    summed = np.zeros((count, values.shape[1]))
    if len(at):
        order = np.argsort(at, kind="stable")
        places, starts = np.unique(at[order], return_index=True)
        summed[places] = np.add.reduceat(values[order], starts, axis=0)
    return summed


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
