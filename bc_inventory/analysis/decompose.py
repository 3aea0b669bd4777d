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

__all__ = ["HEADS", "decompose", "waterfall"]

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
        Columns `by`, head, part_kt, and with draws lower_kt and upper_kt (2.5
        and 97.5 % quantiles); a row for each head of each cell of `by`. The
        parts of a cell sum to its difference in kt.

    Raises
    ------
    DataError
        If a table mixes years, species or factor sets, or is empty.
    """
    for frame, name in ((base, "base"), (other, "other")):
        _check_one(frame, name)
    sides = [_side(frame, by, draws, seed) for frame in (base, other)]
    split = [_split(*pair, by) for pair in ((base, other), (other, base))]
    cells = pd.MultiIndex.from_frame(
        pd.concat([side.keys[list(by)] for side in sides]).drop_duplicates().sort_values(list(by))
    )
    parts = np.zeros((len(HEADS), len(cells), max(draws, 0) + 1))
    for sign, side, heads in zip((-1.0, 1.0), sides, split, strict=True):
        for head in ("coverage", "combined"):
            chosen = side.only((heads == head).to_numpy())
            at = _position(chosen.keys, cells, by)
            np.add.at(parts[HEADS.index(head)], at, sign * chosen.emitted)
    joint = [
        side.only((heads == "chain").to_numpy()) for side, heads in zip(sides, split, strict=True)
    ]
    leaves, chained = _chain_parts(joint[0], joint[1], by, method)
    at = _position(leaves, cells, by)
    for into, made in zip(parts, chained, strict=False):
        np.add.at(into, at, made)
    return _tidy(parts, cells, by)


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
    summed = summed[summed["part_kt"] != 0].reset_index(drop=True)
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


def _side(frame: pd.DataFrame, by: Sequence[str], draws: int, seed: int) -> _Side:
    rows = _with_figure(frame).reset_index(drop=True)
    used, generated = _amounts(rows)
    scale = perturbed(rows, draws, seed)
    emitted = rows["emission_kt"].to_numpy(dtype=float)[:, None] * scale.emission
    return _Side(
        _keys(frame, by),
        np.nan_to_num(used)[:, None] * scale.activity,
        np.nan_to_num(generated)[:, None] * scale.generation,
        emitted,
    )


def _keys(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return cell, group of activity that adds up, fuel and technology of rows with a figure."""
    rows = _with_figure(frame).reset_index(drop=True)
    used, _ = _amounts(rows)
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


def _split(frame: pd.DataFrame, against: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Say for each row with a figure whether it is chained, coverage or combined.

    A notation key NO means that nothing occurs, which is a zero and covered;
    any other key, or no row at all, means that nothing is known.
    """
    mine, theirs = _keys(frame, by), _keys(against, by)
    keyed = against[against["notation_key"].notna() & ~against["memo"].astype(bool)]
    occurs_not = keyed[keyed["notation_key"] == "NO"]
    unknown = keyed[keyed["notation_key"] != "NO"]

    def among(table: pd.DataFrame, columns: list[str]) -> pd.Series:
        index = pd.MultiIndex.from_frame(mine[columns])
        return pd.Series(index.isin(pd.MultiIndex.from_frame(table[columns])), index=mine.index)

    cell, fuel = list(by), [*by, "fuel"]
    in_cell, in_fuel = among(theirs, cell), among(theirs, fuel)
    other_unit = in_fuel & ~among(theirs, [*fuel, "group"])
    measured = mine["group"] != "none"
    covered = in_cell | (among(occurs_not, cell) & ~among(unknown, cell))
    # A fuel the other table names as unknown isn't a zero of its mix.
    covered &= in_fuel | ~among(unknown, fuel)
    meets = among(theirs, [*by, "group"]) | ~in_cell | among(occurs_not, fuel)
    heads = pd.Series("coverage", index=mine.index)
    heads[other_unit | ~measured | mine["group"].isin(_ADDITIVE_UNITS)] = "combined"
    heads[measured & ~other_unit & meets] = "chain"
    heads[~covered] = "coverage"
    return heads


def _chain_parts(
    base: _Side, other: _Side, by: Sequence[str], method: Method
) -> tuple[pd.DataFrame, Floats]:
    """Return the leaves of both tables and (heads, leaves, draws) of their parts in kt."""
    columns = [*by, *_LEAF]
    keys = pd.concat([base.keys, other.keys], ignore_index=True)[columns]
    leaf, leaves = _codes(keys, columns)
    fuel, _ = _codes(leaves, [*by, "group", "fuel"])
    group, _ = _codes(leaves, [*by, "group"])
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


def _codes(keys: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.intp], pd.DataFrame]:
    grouped = keys.groupby(columns, sort=False, dropna=False)
    codes = grouped.ngroup().to_numpy()
    return codes, keys.loc[~pd.Series(codes).duplicated().to_numpy()].reset_index(drop=True)


def _sum_to(values: Floats, at: NDArray[np.intp], count: int) -> Floats:
    summed = np.zeros((count, values.shape[1]))
    np.add.at(summed, at, values)
    return summed


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _position(keys: pd.DataFrame, cells: pd.MultiIndex, by: Sequence[str]) -> NDArray[np.intp]:
    positions: NDArray[np.intp] = cells.get_indexer(pd.MultiIndex.from_frame(keys[list(by)]))
    return positions


def _tidy(parts: Floats, cells: pd.MultiIndex, by: Sequence[str]) -> pd.DataFrame:
    heads, count, columns = parts.shape
    frame = cells.repeat(heads).to_frame(index=False, name=list(by))
    frame["head"] = np.tile(HEADS, count)
    ordered = parts.transpose(1, 0, 2).reshape(count * heads, columns)
    frame["part_kt"] = ordered[:, 0]
    if columns > 1:
        lower, upper = np.quantile(ordered[:, 1:], [0.025, 0.975], axis=1)
        frame["lower_kt"], frame["upper_kt"] = lower, upper
    return frame
