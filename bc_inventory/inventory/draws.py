"""Draw the emission table.

Each row is a product of components (`bc_inventory.inventory.components`). Each has a
distribution around the row's value and a name; rows that share the name share the draw, so
that one factor used in 58 regions is one draw. Treating such rows as independent makes totals
look far too certain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory.inventory.components import Component, draw_names, multiplier
from bc_inventory.inventory.distribution import Lognormal

__all__ = ["SPLIT", "Multipliers", "combined", "draw", "grouped", "normals"]

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
    from scipy.sparse import csr_array

    rows = emissions[emissions["emission_kt"].notna()].reset_index(drop=True)
    codes, groups = grouped(rows, by)
    common: list[Multipliers | _Splits] = [
        Multipliers(rows, part, draws, seed) for part in (Component.FACTOR, Component.ABATEMENT)
    ]
    common.append(_Splits(rows, draws, seed))
    own = [Multipliers(rows, part, draws, seed) for part in (Component.ACTIVITY, Component.LOCAL)]
    # Regions differ in their activity, not in what is burnt with what: the product of split,
    # factor and controls is the same in many rows and is worked out once for all of them.
    kind, kinds = combined([part.which for part in common])
    chain, chains = combined([codes, *(part.which for part in own)])
    value = rows["emission_kt"].to_numpy(dtype=np.float32)
    weights = csr_array((value, (chain, kind)), shape=(len(chains), len(kinds)))
    begins = np.flatnonzero(np.diff(chains[:, 0], prepend=-1))
    sums = np.empty((len(groups), draws))
    for start in range(0, draws, _BLOCK):
        chosen = slice(start, min(start + _BLOCK, draws))
        drawn = weights @ _product([part.drawn(chosen) for part in common], kinds)
        drawn *= _product([part.drawn(chosen) for part in own], chains[:, 1:])
        if len(begins):  # chains are sorted by their group
            sums[:, chosen] = np.add.reduceat(drawn, begins, axis=0)
    return groups, sums.T


def grouped(rows: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the group of each row, and the groups, sorted; shape (groups, len(by))."""
    made = [pd.factorize(rows[name], sort=True, use_na_sentinel=False) for name in by]
    which, places = combined([codes for codes, _ in made])
    columns = {
        name: values.take(places[:, column])
        for column, (name, (_, values)) in enumerate(zip(by, made, strict=True))
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
    made = tables[0].take(which[:, 0], axis=0)
    for column, table in enumerate(tables[1:], start=1):
        made *= table.take(which[:, column], axis=0)
    return made


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
        drawn, which, distribution = normals(rows, part, draws, seed)
        place, distinct = distribution.distinct()
        self.which, pairs = combined([which, place])
        self._normals, self._names = drawn.T, pairs[:, 0]
        self._distribution = distinct.take(pairs[:, 1])

    def drawn(self, chosen: slice) -> np.ndarray:
        """Return some draws of all multipliers; float32, shape (distinct, draws)."""
        scores = self._normals[:, chosen].take(self._names, axis=0)
        return self._distribution.multiplier(scores, out=scores)


class _Splits:
    """The distinct multipliers of shares; see `Multipliers`.

    A split stays a split: what one technology gains, the others lose. Regions
    that have the same split share its draws, so each is worked out once.
    """

    def __init__(self, rows: pd.DataFrame, draws: int, seed: int) -> None:
        self._plain = Multipliers(rows, Component.SHARE, draws, seed)
        share = rows["share"].to_numpy(dtype=np.float32)
        member, _ = combined([self._plain.which, pd.factorize(share)[0]])
        split, _ = grouped(rows, SPLIT)
        order = np.lexsort((member, split))
        begins = np.flatnonzero(np.diff(split[order], prepend=-1))
        lengths = np.diff(np.append(begins, len(order)))
        signatures = [part.tobytes() for part in np.split(member[order], begins[1:])]
        kinds, _ = pd.factorize(np.array(signatures, dtype=object))
        _, chosen = np.unique(kinds, return_index=True)
        kept = np.concatenate(
            [np.zeros(0, np.intp), *(order[begins[n] : begins[n] + lengths[n]] for n in chosen)]
        )
        self._lengths = lengths[chosen]
        self._offsets = np.cumsum(self._lengths) - self._lengths
        self._kept = self._plain.which[kept]
        self._share = share[kept, None]
        self._before = np.add.reduceat(self._share, self._offsets) if len(kept) else self._share
        place = np.arange(len(order)) - np.repeat(begins, lengths)
        self.which = np.empty(len(order), dtype=np.int64)
        self.which[order] = self._offsets[np.repeat(kinds, lengths)] + place

    def drawn(self, chosen: slice) -> np.ndarray:
        weight = self._plain.drawn(chosen).take(self._kept, axis=0)
        if len(weight):
            whole = np.add.reduceat(weight * self._share, self._offsets, axis=0)
            weight /= np.repeat(whole / self._before, self._lengths, axis=0)
        return weight


def normals(
    rows: pd.DataFrame, part: str, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, Lognormal]:
    """Draw a part of a chain, the same for the same name in any table.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    part : str
        A `Component`.
    draws, seed : int
        See `draw`.

    Returns
    -------
    normals : numpy.ndarray of float32, shape (draws, names)
        Standard normals of each distinct name.
    which : numpy.ndarray of int, shape (rows,)
        The name of each row.
    distribution : Lognormal
        Of each row over its value, in float32.
    """
    distribution = multiplier(rows, part, np.float32)
    which, names = draw_names(rows, part)
    moving = np.bincount(which[distribution.deviation > 0], minlength=len(names)) > 0
    drawn = np.empty((len(names), draws), dtype=np.float32)
    for column, name in enumerate(names):
        if moving[column]:
            digest = hashlib.blake2b(f"{seed}:{part}:{name}".encode(), digest_size=16).digest()
            key = np.random.Philox(key=int.from_bytes(digest, "little"))
            np.random.Generator(key).standard_normal(dtype=np.float32, out=drawn[column])
        else:
            drawn[column] = 0.0
    return drawn.T, which, distribution
