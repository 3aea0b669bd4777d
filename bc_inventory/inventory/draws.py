"""Draw the emission table.

Each row is a product of components (`bc_inventory.inventory.components`). Each has a
distribution around the row's value and a name; rows that share the name share the draw, so
that one factor used in 58 regions is one draw. Treating such rows as independent makes totals
look far too certain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory.inventory.components import (
    ACTIVITY,
    COMMON,
    SPLITS,
    SPREAD,
    Component,
    draw_names,
    multiplier,
)
from bc_inventory.inventory.splits import read_members

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "SPLIT",
    "Multipliers",
    "Products",
    "Splits",
    "combined",
    "draw",
    "grouped",
    "normals",
    "stream",
]

# Rows of one split of an activity into technologies.
SPLIT = ["year", "region", "nfr", "fuel", "activity_id", "factor_set"]
# Draws at a time: few enough that what is multiplied stays in the processor's cache.
_BLOCK = 250


def draw(
    emissions: pd.DataFrame, by: Sequence[str], draws: int, seed: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw sums of the emission table.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`; rows without a figure are left out.
    by : sequence of str
        Columns of a group.
    draws : int
        How many.
    seed : int
        Seed; the draws of a part depend on it and the part's name alone, so a
        subset of rows has the same draws as the whole.

    Returns
    -------
    groups : pandas.DataFrame, shape (groups, len(by))
        The groups, sorted.
    sums : numpy.ndarray of float64, shape (draws, groups)
        kt.
    """
    rows = emissions[emissions["emission_kt"].notna()].reset_index(drop=True)
    codes, groups = grouped(rows, by)
    common: list[Multipliers | Splits] = [Multipliers(rows, part, draws, seed) for part in COMMON]
    common.append(Splits(rows, draws, seed))
    regional = [Multipliers(rows, part, draws, seed) for part in ACTIVITY]
    products = Products(
        codes, len(groups), [part.which for part in common], [part.which for part in regional]
    )
    weights = products.weights(rows["emission_kt"].to_numpy(dtype=float))
    sums = np.empty((len(groups), draws))
    for start in range(0, draws, _BLOCK):
        chosen = slice(start, min(start + _BLOCK, draws))
        sums[:, chosen] = products.summed(
            weights,
            [part.drawn(chosen) for part in common],
            [part.drawn(chosen) for part in regional],
        )
    return groups, sums.T


class Products:
    """Sums, by group, of values times the multipliers of several parts.

    Regions differ in their activity, not in what is burnt with what: the product of the parts
    that regions share (split, factor, controls) is the same in many rows and is worked out
    once for all of them.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (rows,)
        Group of each row.
    count : int
        Number of groups; one without a row has the sum 0.
    common, regional : sequence of numpy.ndarray of int, each of shape (rows,)
        For each part, which of its multipliers a row takes: parts that regions share, and
        those of the region's activity.

    Attributes
    ----------
    size : int
        How many numbers a draw takes on the way.
    """

    def __init__(
        self,
        codes: np.ndarray,
        count: int,
        common: Sequence[np.ndarray],
        regional: Sequence[np.ndarray],
    ) -> None:
        self._kind, self._kinds = combined(common)
        self._chain, self._chains = combined([codes, *regional])
        self._begins = np.flatnonzero(np.diff(self._chains[:, 0], prepend=-1))
        self._count = count
        self.size = max(len(self._chains), len(self._kinds), 1)

    def weights(self, value: np.ndarray) -> csr_array:
        """Return the values of rows as `summed` takes them."""
        from scipy.sparse import csr_array

        place = (self._chain, self._kind)
        shape = (len(self._chains), len(self._kinds))
        return csr_array((value.astype(np.float32), place), shape=shape)

    def summed(
        self, weights: csr_array, common: Sequence[np.ndarray], regional: Sequence[np.ndarray]
    ) -> np.ndarray:
        """Return the sums in some draws.

        Parameters
        ----------
        weights
            From `weights`.
        common, regional : sequence of numpy.ndarray of float32, each of shape (multipliers, draws)
            The multipliers of each part.

        Returns
        -------
        numpy.ndarray of float64, shape (groups, draws)
        """
        drawn = weights @ _product(common, self._kinds)
        drawn *= _product(regional, self._chains[:, 1:])
        sums = np.zeros((self._count, drawn.shape[1]))
        if len(self._begins):  # chains are sorted by their group
            groups = self._chains[self._begins, 0]
            sums[groups] = np.add.reduceat(drawn, self._begins, axis=0)
        return sums


def grouped(rows: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the group of each row, and the groups, sorted; shape (groups, len(by))."""
    coded = [pd.factorize(rows[name], sort=True, use_na_sentinel=False) for name in by]
    which, places = combined([codes for codes, _ in coded])
    columns = {
        name: values.take(places[:, column])
        for column, (name, (_, values)) in enumerate(zip(by, coded, strict=True))
    }
    return which, pd.DataFrame(columns).reset_index(drop=True)


def combined(codes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the combination of codes of each row, and the combinations, sorted."""
    sizes = [int(code.max(initial=0)) + 1 for code in codes]
    packed = np.ravel_multi_index(codes, sizes)
    distinct, which = np.unique(packed, return_inverse=True)
    return which.reshape(-1), np.column_stack(np.unravel_index(distinct, sizes))


def _product(tables: Sequence[np.ndarray], which: np.ndarray) -> np.ndarray:
    """Multiply, for each combination, its draws of all parts; shape (combinations, draws)."""
    product = tables[0].take(which[:, 0], axis=0)
    for column, table in enumerate(tables[1:], start=1):
        product *= table.take(which[:, column], axis=0)
    return product


class Multipliers:
    """The distinct multipliers of a part of the chain.

    Parameters
    ----------
    rows, part, draws, seed
        See `normals`.

    Attributes
    ----------
    which : numpy.ndarray of int, shape (rows,)
        The multiplier of each row.
    """

    def __init__(self, rows: pd.DataFrame, part: str, draws: int, seed: int) -> None:
        spread, _ = grouped(rows, [*SPREAD[part], *([SPLITS[part]] if part in SPLITS else [])])
        named, names = draw_names(rows, part)
        self.which, pairs = combined([named, spread])
        first = np.unique(self.which, return_index=True)[1]
        self._shared = None
        if part in SPLITS and len(first):
            split = rows[SPLITS[part]].iloc[first].to_numpy(dtype=object)
            if pd.notna(split).any():
                part_names = np.array(names, dtype=object)[pairs[:, 0]]
                self._shared = _Shares(split, part_names, part, draws, seed)
        self._distribution = multiplier(rows.iloc[first], part)
        self._names = pairs[:, 0]
        moving = np.asarray(self._distribution.deviation) != 0
        self._normals = normals(names, part, draws, seed, set(self._names[moving]))

    def drawn(self, chosen: slice) -> np.ndarray:
        """Return some draws of all multipliers; float32, shape (distinct, draws)."""
        scores = self._normals[:, chosen].take(self._names, axis=0)
        result = self._distribution.multiplier(scores, out=scores)
        if self._shared is not None:
            result[self._shared.rows] = self._shared.drawn(chosen)
        return result


class _Shares:
    """Multipliers that are shares of a whole, so that their sum stays in every draw.

    Parameters
    ----------
    split : numpy.ndarray of str, shape (distinct,)
        Members of the whole, or absent; see `bc_inventory.inventory.splits.spelled`.
    draw_names : numpy.ndarray of str, shape (distinct,)
        Name of the draw of each.
    part, draws, seed
        See `normals`.

    Attributes
    ----------
    rows : numpy.ndarray of int
        Positions of the multipliers that are shares.
    """

    def __init__(
        self, split: np.ndarray, draw_names: np.ndarray, part: str, draws: int, seed: int
    ) -> None:
        texts, of_text = np.unique(split[pd.notna(split)].astype(str), return_inverse=True)
        wholes = [read_members(text) for text in texts]
        sizes = np.array([len(whole.names) for whole in wholes])
        self._offsets = np.cumsum(sizes) - sizes
        labels = [name for whole in wholes for name in whole.names]
        which, names = pd.factorize(np.array(labels, dtype=object))
        share, weight, deviation = (
            np.concatenate([getattr(whole, name) for whole in wholes]).astype(np.float32)
            for name in ("share", "weight", "deviation")
        )
        self._which, self._weight = which, weight[:, None]
        self._deviation = deviation[:, None]
        self._normals = normals(list(names), part, draws, seed, set(which[deviation > 0]))
        place = {
            (number, name): self._offsets[number] + offset
            for number, whole in enumerate(wholes)
            for offset, name in enumerate(whole.names)
        }
        present = np.flatnonzero(pd.notna(split))
        member = [
            place[number, draw_names[row]] for number, row in zip(of_text, present, strict=True)
        ]
        self.rows, self._whole, self._member = present, of_text, np.array(member, dtype=np.intp)
        self._share = share[self._member, None]

    def drawn(self, chosen: slice) -> np.ndarray:
        """Return some draws of the shares over the expected ones; float32."""
        drawn = self._normals[:, chosen].take(self._which, axis=0)
        drawn *= self._deviation
        np.exp(drawn, out=drawn)
        drawn *= self._weight
        whole = np.add.reduceat(drawn, self._offsets, axis=0)
        result: np.ndarray = drawn[self._member] / whole[self._whole] / self._share
        return result


class Splits:
    """The distinct multipliers of shares; see `Multipliers`.

    A split stays a split: what one technology gains, the others lose. Its shares in a draw are
    its weights, each times exp(deviation x score), over their sum; the weights and deviations
    are such that means and widths are those stated (`bc_inventory.inventory.splits`). Regions
    that have the same split share its draws, so each is worked out once.
    """

    def __init__(self, rows: pd.DataFrame, draws: int, seed: int) -> None:
        named, names = draw_names(rows, Component.SHARE)
        spread, _ = grouped(rows, SPREAD[Component.SHARE])
        member, kinds_of = combined([named, spread])
        first = rows.iloc[np.unique(member, return_index=True)[1]]
        share = first["share"].to_numpy(dtype=float)
        weight = first["share_weight"].to_numpy(dtype=float)
        deviation = first["sigma_share"].fillna(0.0).to_numpy(dtype=np.float32)
        split, _ = grouped(rows, SPLIT)
        order = np.lexsort((member, split))
        begins = np.flatnonzero(np.diff(split[order], prepend=-1))
        lengths = np.diff(np.append(begins, len(order)))
        pieces = np.split(member[order], begins[1:]) if len(order) else []
        signatures = [part.tobytes() for part in pieces]
        kinds, _ = pd.factorize(np.array(signatures, dtype=object))
        _, chosen = np.unique(kinds, return_index=True)
        members = np.concatenate(
            [np.zeros(0, np.intp), *(order[begins[n] : begins[n] + lengths[n]] for n in chosen)]
        )
        self._lengths = lengths[chosen]
        self._offsets = np.cumsum(self._lengths) - self._lengths
        of_member = member[members]
        self._names = kinds_of[of_member, 0]
        self._deviation = deviation[of_member, None]
        self._share = share.astype(np.float32)[of_member, None]
        known = (share > 0) & ~np.isnan(weight)
        relative = np.divide(weight, share, out=np.ones_like(share), where=known)
        self._relative = relative.astype(np.float32)[of_member, None]
        self._before = np.add.reduceat(self._share, self._offsets) if len(members) else self._share
        moving = set(self._names[self._deviation[:, 0] > 0])
        self._normals = normals(names, Component.SHARE, draws, seed, moving)
        place = np.arange(len(order)) - np.repeat(begins, lengths)
        self.which = np.empty(len(order), dtype=np.int64)
        self.which[order] = self._offsets[np.repeat(kinds, lengths)] + place

    def drawn(self, chosen: slice) -> np.ndarray:
        """Return some draws of all multipliers; float32, shape (distinct, draws)."""
        weight = self._normals[:, chosen].take(self._names, axis=0)
        weight *= self._deviation
        np.exp(weight, out=weight)
        weight *= self._relative
        if len(weight):
            whole = np.add.reduceat(weight * self._share, self._offsets, axis=0)
            weight /= np.repeat(whole / self._before, self._lengths, axis=0)
        return weight


def normals(
    names: Sequence[str], part: str, draws: int, seed: int, moving: Collection[int]
) -> np.ndarray:
    """Draw a part of a chain, the same for the same name in any table.

    Parameters
    ----------
    names : sequence of str
        Names of the draws, of `bc_inventory.inventory.components.draw_names`.
    part : str
        A `Component`.
    draws, seed : int
        See `draw`.
    moving : collection of int
        Positions of the names that any number depends on; the others stay zero.

    Returns
    -------
    numpy.ndarray of float32, shape (names, draws)
        Standard normals of each name: one from the middle of each of as many slices of equal
        probability as there are draws, in an order of its own (Latin hypercube sampling). So
        the mean of few draws is near the expected value.
    """
    drawn = np.zeros((len(names), draws), dtype=np.float32)
    slices = _slices(draws)
    for place in sorted(moving):
        drawn[place] = stream(seed, part, names[place]).permutation(slices)
    return drawn


def _slices(draws: int) -> np.ndarray:
    """Return the standard normals in the middle of slices of equal probability, float32."""
    from scipy.special import ndtri

    middles: np.ndarray = ndtri((np.arange(draws) + 0.5) / draws)
    return middles.astype(np.float32)


def stream(seed: int, part: str, name: str) -> np.random.Generator:
    """Return the random numbers of a named part, the same wherever it is drawn.

    Parameters
    ----------
    seed : int
        Seed of the configuration.
    part : str
        Kind of the part, such as a component of the chain.
    name : str
        Its name; what has the same name is one draw.
    """
    digest = hashlib.blake2b(f"{seed}:{part}:{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
