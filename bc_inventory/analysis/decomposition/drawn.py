"""The parts of a difference in all draws.

The draws are those of the published totals (`bc_inventory.inventory.draws`): a part's draw
depends on its name alone, so two tables that share a factor share its draw, and the interval
of their difference is as narrow as it should be. Rows are summed to leaves of the chain before
anything is divided, and groups of activity that are the same in both tables, in all draws,
only to cells: activity, fuels and technologies have no part there, and what is left depends on
the pair of factors and controls alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition.chain import (
    CHAINED,
    HEADS,
    Codes,
    Floats,
    Leaves,
    Matched,
    Side,
    sum_to,
)
from bc_inventory.analysis.decomposition.divisia import Method, parts_of
from bc_inventory.inventory.components import (
    ACTIVITY,
    COMMON,
    DRAW_COLUMNS,
    SPREAD,
    Component,
    draw_names,
)
from bc_inventory.inventory.draws import SPLIT, Multipliers, Products, Splits, combined, grouped

__all__ = ["drawn_parts"]

_OF_KIND = ("factor", "passed", "factor_draw", "passed_draw")
# Numbers that a block of draws of all leaves may take.
_BLOCK_SIZE = 1_000_000
_LAST = [HEADS.index("emission_factor"), HEADS.index("abatement")]
Flags = NDArray[np.bool_]


def drawn_parts(
    matched: Matched, method: Method, draws: int, seed: int
) -> tuple[Codes, NDArray[np.float32]]:
    """Return the parts of the difference of two tables in all draws.

    Parameters
    ----------
    matched : Met
        The tables.
    method : {"lmdi", "shapley"}
        Exact method.
    draws, seed : int
        Monte Carlo draws.

    Returns
    -------
    place : numpy.ndarray of int, shape (rows,)
        Cell times the number of heads, plus head; places repeat.
    values : numpy.ndarray of float32, shape (rows, draws)
        kt.
    """
    both = [_Drawn(side, draws, seed) for side in matched.sides]
    same = _same_activity(matched, both)
    chained = [side.head == CHAINED for side in matched.sides]
    sums: list[_Sums] = [
        _Alone(side, drawn, sign)
        for sign, side, drawn in zip((-1.0, 1.0), matched.sides, both, strict=True)
    ]
    pairs = list(zip(chained, same, strict=True))
    sums.append(_Chains(matched, both, [rows & ~alike for rows, alike in pairs], method))
    sums.append(_Factors(matched, both, [rows & alike for rows, alike in pairs], method))
    sums = [part for part in sums if len(part.place)]
    values = np.empty((sum(len(part.place) for part in sums), draws), dtype=np.float32)
    block = max(_BLOCK_SIZE // max([part.size for part in sums], default=1), 25)
    for start in range(0, draws, block):
        chosen = slice(start, min(start + block, draws))
        end = 0
        for part in sums:
            begin, end = end, end + len(part.place)
            values[begin:end, chosen] = part.values(chosen)
    places = [part.place for part in sums]
    return np.concatenate(places) if places else np.zeros(0, np.intp), values


class _Drawn:
    """The multipliers of the rows of a table, by part of the chain."""

    def __init__(self, side: Side, draws: int, seed: int) -> None:
        self.factor, self.abatement = (Multipliers(side.rows, part, draws, seed) for part in COMMON)
        self.activity = [Multipliers(side.rows, part, draws, seed) for part in ACTIVITY]
        self.share = Splits(side.rows, draws, seed)


class _Sums:
    """Parts at places of cells and heads.

    Attributes
    ----------
    place : numpy.ndarray of int
        Cell times the number of heads, plus head.
    size : int
        How many numbers a draw of them takes.
    """

    place: Codes
    size: int

    def values(self, chosen: slice) -> Floats:
        """Return the parts in some draws, kt, shape (places, draws)."""
        raise NotImplementedError


class _Alone(_Sums):
    """Rows of one table that can't be chained, summed to their heads."""

    def __init__(self, side: Side, drawn: _Drawn, sign: float) -> None:
        rows = side.head != CHAINED
        place = side.keys.cell[rows] * len(HEADS) + side.head[rows]
        self.place, codes = np.unique(place, return_inverse=True)
        self._common: list[Multipliers | Splits] = [
            drawn.factor,
            drawn.abatement,
            drawn.share,
        ]
        self._activity = drawn.activity
        self._products = Products(
            codes,
            len(self.place),
            [part.which[rows] for part in self._common],
            [part.which[rows] for part in self._activity],
        )
        self._weights = self._products.weights(sign * side.emitted[rows])
        self.size = self._products.size

    def values(self, chosen: slice) -> Floats:
        common, activity = (
            [part.drawn(chosen) for part in parts] for parts in (self._common, self._activity)
        )
        return self._products.summed(self._weights, common, activity)


@dataclass(frozen=True)
class _Kinds:
    """Rows of a leaf that have one factor and one control, by value and by name.

    `of` is the kind of each row; the others are of each kind: its leaf, the factor in kt per
    unit of activity, what passes the controls, and the multipliers of both.
    """

    of: Codes
    leaf: Codes
    factor: Floats
    passed: Floats
    factor_draw: Codes
    passed_draw: Codes


def _kinds(side: Side, drawn: _Drawn, rows: Flags, leaf: Codes) -> _Kinds:
    used, generated = side.used[rows], side.generated[rows]
    factor = np.divide(generated, used, out=np.zeros(len(used)), where=used > 0)
    passed = np.divide(side.emitted[rows], generated, out=np.zeros(len(used)), where=generated > 0)
    draws = drawn.factor.which[rows], drawn.abatement.which[rows]
    values = [np.unique(_rounded(x), return_inverse=True)[1] for x in (factor, passed)]
    of, _ = combined([leaf, *draws, *values])
    first = np.unique(of, return_index=True)[1]
    return _Kinds(of, leaf[first], factor[first], passed[first], *(which[first] for which in draws))


def _rounded(values: Floats) -> Floats:
    """Return values without the last digits, in which the same product may differ."""
    part, power = np.frexp(values)
    rounded: Floats = np.ldexp(np.round(part, 12), power)
    return rounded


class _Chains(_Sums):
    """Rows chained leaf by leaf."""

    def __init__(
        self, matched: Matched, both: list[_Drawn], rows: list[Flags], method: Method
    ) -> None:
        self._leaves, self._method, self._both = Leaves(matched, rows), method, both
        self._kinds = [
            _kinds(side, drawn, chosen, leaf)
            for side, drawn, chosen, leaf in zip(
                matched.sides, both, rows, self._leaves.leaf, strict=True
            )
        ]
        self._products = [
            Products(
                kinds.of,
                len(kinds.leaf),
                [drawn.share.which[chosen]],
                [part.which[chosen] for part in drawn.activity],
            )
            for kinds, drawn, chosen in zip(self._kinds, both, rows, strict=True)
        ]
        self._weights = [
            products.weights(side.used[chosen])
            for products, side, chosen in zip(self._products, matched.sides, rows, strict=True)
        ]
        heads = np.arange(5)
        place = (self._leaves.cell[None, :] * len(HEADS) + heads[:, None]).ravel()
        self.place, self._codes = np.unique(place, return_inverse=True)
        self.size = max(self._leaves.count, *(products.size for products in self._products))

    def values(self, chosen: slice) -> Floats:
        base, other = (self._chain(number, chosen) for number in (0, 1))
        parts = parts_of(base, other, self._method)
        return sum_to(parts.reshape(-1, parts.shape[-1]), self._codes, len(self.place))

    def _chain(self, number: int, chosen: slice) -> Floats:
        drawn, kinds, leaf = self._both[number], self._kinds[number], self._kinds[number].leaf
        activity = [part.drawn(chosen) for part in drawn.activity]
        used = self._products[number].summed(
            self._weights[number], [drawn.share.drawn(chosen)], activity
        )
        factor, passed = _multiplied(drawn, kinds, chosen)
        whole = sum_to(used, leaf, self._leaves.count)
        generated = used * factor
        emitting = sum_to(generated, leaf, self._leaves.count)
        # Means weighted by activity, so that a leaf with one factor has exactly that.
        return self._leaves.factors(
            whole, _mean(factor, used, whole, leaf), _mean(passed, generated, emitting, leaf)
        )


def _multiplied(drawn: _Drawn, kinds: _Kinds, chosen: slice) -> tuple[Floats, Floats]:
    """Return factor and what passes of each kind in some draws."""
    factor = drawn.factor.drawn(chosen)[kinds.factor_draw].astype(float)
    passed = drawn.abatement.drawn(chosen)[kinds.passed_draw].astype(float)
    return kinds.factor[:, None] * factor, kinds.passed[:, None] * passed


def _mean(values: Floats, weight: Floats, whole: Floats, leaf: Codes) -> Floats:
    """Return the mean of the kinds of each leaf, NaN where nothing weighs."""
    share = np.divide(weight, whole[leaf], out=np.zeros_like(weight), where=weight > 0)
    mean = sum_to(share * values, leaf, len(whole))
    mean[whole == 0] = np.nan
    return mean


class _Factors(_Sums):
    """Rows of groups whose activity is the same in both tables, in all draws."""

    def __init__(
        self, matched: Matched, both: list[_Drawn], rows: list[Flags], method: Method
    ) -> None:
        self._method, self._both = method, both
        leaves = Leaves(matched, rows)
        kinds = [
            _kinds(side, drawn, chosen, leaf)
            for side, drawn, chosen, leaf in zip(
                matched.sides, both, rows, leaves.leaf, strict=True
            )
        ]
        # One kind a leaf, which `_same_activity` has asked for: they stand in one order.
        columns = [
            column for kind in kinds for column in (getattr(kind, name) for name in _OF_KIND)
        ]
        codes = [np.unique(column, return_inverse=True)[1] for column in columns]
        pair, _ = combined(codes)
        first = np.unique(pair, return_index=True)[1]
        self._kinds = [
            _Kinds(
                pair,
                first,
                *(getattr(kind, name)[first] for name in _OF_KIND),
            )
            for kind in kinds
        ]
        base, drawn = matched.sides[0], both[0]
        cells, codes_of = np.unique(base.keys.cell[rows[0]], return_inverse=True)
        self._products = Products(
            codes_of,
            len(cells),
            [pair[leaves.leaf[0]], drawn.share.which[rows[0]]],
            [part.which[rows[0]] for part in drawn.activity],
        )
        self._weights = self._products.weights(base.used[rows[0]])
        self.place = (cells[None, :] * len(HEADS) + np.array(_LAST)[:, None]).ravel()
        self.size = self._products.size
        self._cells = len(cells)

    def values(self, chosen: slice) -> Floats:
        chains = []
        for drawn, kinds in zip(self._both, self._kinds, strict=True):
            factor, passed = _multiplied(drawn, kinds, chosen)
            chains.append(np.stack([factor, np.where(factor > 0, passed, np.nan)]))
        drawn = self._both[0]
        split = drawn.share.drawn(chosen)
        activity = [part.drawn(chosen) for part in drawn.activity]
        parts = np.zeros((len(_LAST), self._cells, split.shape[1]))
        for head, part in enumerate(parts_of(chains[0], chains[1], self._method)):
            if part.any():
                of_pair = part.astype(np.float32)
                parts[head] = self._products.summed(self._weights, [of_pair, split], activity)
        return parts.reshape(len(self.place), -1)


def _same_activity(matched: Matched, both: list[_Drawn]) -> list[Flags]:
    """Say which rows belong to a group whose activity is the same in both tables."""
    sizes = [len(side.rows) for side in matched.sides]
    chained = np.concatenate([side.head == CHAINED for side in matched.sides])
    group = np.concatenate([side.keys.in_cell_group for side in matched.sides])
    leaf = np.concatenate([side.keys.leaf for side in matched.sides])
    key = _row_keys(matched)
    count = int(group.max(initial=-1)) + 1
    of_base = np.arange(len(key)) < sizes[0]
    # As often in one table as in the other, each kind of row.
    surplus = np.bincount(key[chained], np.where(of_base, 1.0, -1.0)[chained])
    differs = np.zeros(len(key), dtype=bool)
    differs[chained] = (surplus != 0)[key[chained]]
    for start, side, drawn in zip((0, sizes[0]), matched.sides, both, strict=True):
        rows = side.head == CHAINED
        kinds = _kinds(side, drawn, rows, side.keys.leaf[rows])
        several = np.bincount(kinds.leaf, minlength=int(leaf.max(initial=-1)) + 1) > 1
        differs[start : start + len(rows)][rows] |= several[side.keys.leaf[rows]]
    broken = np.bincount(group[chained], differs[chained], minlength=count) > 0
    same = ~broken[group]
    return [same[: sizes[0]], same[sizes[0] :]]


def _row_keys(matched: Matched) -> Codes:
    """Return a code of each row of both tables: its leaf, activity, share, and their draws."""
    rows = pd.concat([side.rows[[*DRAW_COLUMNS]] for side in matched.sides], ignore_index=True)

    def drawn(component: Component) -> list[Codes]:
        return [draw_names(rows, component)[0], grouped(rows, SPREAD[component])[0]]

    share, _ = combined(drawn(Component.SHARE))
    # A factor per mass cancels the calorific value of the activity, one per energy doesn't: where
    # the tables differ in that alone, the draw of the base is used for both.
    activity, _ = combined([*drawn(Component.ACTIVITY), *drawn(Component.LOCAL)])
    splits = [_split_flags(side.rows, side_drawn) for side, side_drawn in zip(
        matched.sides, np.split(share, [len(matched.sides[0].rows)]), strict=True)]  # fmt: skip
    used = np.concatenate([_rounded(np.nan_to_num(side.used)) for side in matched.sides])
    leaf = np.concatenate([side.keys.leaf for side in matched.sides])
    numbers = [np.unique(x, return_inverse=True)[1] for x in (used, np.concatenate(splits))]
    keys, _ = combined([leaf, activity])
    keys, _ = combined([keys, share])
    return combined([combined([keys, numbers[0]])[0], numbers[1]])[0]


def _split_flags(rows: pd.DataFrame, share: Codes) -> NDArray[np.uint64]:
    """Return for each row a number that stands for all shares of its split, in any order."""
    split, splits = grouped(rows, SPLIT)
    mixed = (share.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    flags = np.zeros(len(splits), dtype=np.uint64)
    np.add.at(flags, split, mixed * np.uint64(0xBF58476D1CE4E5B9))
    marked: NDArray[np.uint64] = flags[split]
    return marked
