"""Draw the emission table.

Each row is a product of parts: what made the activity, the region's own
statistics, the technology split, the factor, what controls leave. Each part
is lognormal around the row's value and has a name; rows that share the name
share the draw, so that one factor used in 58 regions is one draw. Treating
such rows as independent makes totals look far too certain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["PARTS", "SPLIT", "draw", "normals"]

PARTS = ("activity", "local", "share", "factor", "abatement")
# Rows of one split of an activity into technologies.
SPLIT = ["year", "region", "nfr", "fuel", "activity_id", "factor_set"]
_BLOCK = 500


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
    codes, groups = pd.factorize(pd.MultiIndex.from_frame(rows[list(by)]), sort=True)
    common = [_multipliers(rows, part, draws, seed) for part in ("factor", "abatement")]
    common.append(_split_multipliers(rows, draws, seed))
    own = [_multipliers(rows, part, draws, seed) for part in ("activity", "local")]
    # Regions differ in their activity, not in what is burnt with what: the product of split,
    # factor and controls is the same in many rows and is worked out once for all of them.
    kind, kinds = _combined([which for _, which in common])
    chain, chains = _combined([codes, *(which for _, which in own)])
    value = rows["emission_kt"].to_numpy(dtype=np.float64)
    weights = csr_array((value, (chain, kind)), shape=(len(chains), len(kinds)))
    members = csr_array(
        (np.ones(len(chains)), (chains[:, 0], np.arange(len(chains)))),
        shape=(len(groups), len(chains)),
    )
    sums = np.empty((len(groups), draws))
    for start in range(0, draws, _BLOCK):
        chosen = slice(start, min(start + _BLOCK, draws))
        drawn = weights @ _product(common, kinds, chosen)
        drawn *= _product(own, chains[:, 1:], chosen)
        sums[:, chosen] = members @ drawn
    return groups.to_frame(index=False, name=list(by)), sums.T


def _combined(codes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the combination of codes of each row, and the combinations, sorted."""
    distinct, which = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return which.reshape(-1), distinct


def _product(
    parts: Sequence[tuple[np.ndarray, np.ndarray]], which: np.ndarray, chosen: slice
) -> np.ndarray:
    """Multiply, for each combination, its draws of all parts; shape (combinations, draws)."""
    made = parts[0][0][:, chosen].take(which[:, 0], axis=0).astype(np.float64)
    for column, (table, _) in enumerate(parts[1:], start=1):
        made *= table[:, chosen].take(which[:, column], axis=0)
    return made


def _multipliers(
    rows: pd.DataFrame, part: str, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return each distinct multiplier of a part, (distinct, draws), and that of each row."""
    drawn, which, spread = normals(rows, part, draws, seed)
    pair = pd.MultiIndex.from_arrays([which, spread])
    codes, distinct = pd.factorize(pair)
    names, spreads = (distinct.get_level_values(level).to_numpy() for level in (0, 1))
    return np.exp(drawn.T[names] * spreads[:, None].astype(np.float32)), codes


def _split_multipliers(rows: pd.DataFrame, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the multipliers of shares, (distinct, draws), and that of each row.

    A split stays a split: what one technology gains, the others lose. Regions
    that have the same split share its draws, so each is worked out once.
    """
    table, which = _multipliers(rows, "share", draws, seed)
    share = rows["share"].to_numpy(dtype=np.float32)
    member = pd.factorize(pd.MultiIndex.from_arrays([which, share]))[0]
    split = rows.groupby(SPLIT, sort=False, dropna=False).ngroup().to_numpy()
    order = np.lexsort((member, split))
    begins = np.flatnonzero(np.diff(split[order], prepend=-1))
    signatures = [part.tobytes() for part in np.split(member[order], begins[1:])]
    kinds = pd.factorize(np.array(signatures, dtype=object))[0]
    first: dict[int, int] = {}
    lengths = np.diff(np.append(begins, len(order)))
    for number, kind in enumerate(kinds):
        first.setdefault(kind, number)
    chosen = np.array([first[kind] for kind in range(len(first))])
    ends = np.cumsum(lengths[chosen])
    kept = np.concatenate([order[begins[n] : begins[n] + lengths[n]] for n in chosen])
    offsets = np.concatenate([[0], ends[:-1]])
    weight = table[which[kept]]
    whole = np.add.reduceat(weight * share[kept, None], offsets, axis=0)
    before = np.add.reduceat(share[kept], offsets)
    weight /= np.repeat(whole / before[:, None], lengths[chosen], axis=0)
    place = np.arange(len(order)) - np.repeat(begins, lengths)
    codes = np.empty(len(order), dtype=np.int64)
    codes[order] = offsets[np.repeat(kinds, lengths)] + place
    return weight, codes


def normals(
    rows: pd.DataFrame, part: str, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a part of a chain, the same for the same name in any table.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    part : str
        One of `PARTS`.
    draws, seed : int
        See `draw`.

    Returns
    -------
    normals : numpy.ndarray of float32, shape (draws, names)
        Standard normals of each distinct name.
    which : numpy.ndarray of int, shape (rows,)
        The name of each row.
    spread : numpy.ndarray of float32, shape (rows,)
        Standard deviation of the logarithm.
    """
    spread = rows[f"sigma_{part}"].fillna(0.0).to_numpy(dtype=np.float32)
    names = rows[f"corr_{part}"].fillna("").astype(str)
    which, distinct = pd.factorize(names)
    moving = np.zeros(len(distinct), dtype=bool)
    np.logical_or.at(moving, which, spread > 0)
    drawn = np.zeros((len(distinct), draws), dtype=np.float32)
    for column, name in enumerate(distinct):
        if moving[column]:
            digest = hashlib.blake2b(f"{seed}:{part}:{name}".encode(), digest_size=16).digest()
            key = np.random.Philox(key=int.from_bytes(digest, "little"))
            drawn[column] = np.random.Generator(key).standard_normal(draws, dtype=np.float32)
    return drawn.T, which, spread
