"""Splits whose shares add up to one in every draw and spread as they are stated.

The shares of a draw are weights, each times the exponential of a normal, over their sum
(Aitchison's logistic normal). Scaling to one narrows shares and moves their means; the weights
and deviations here are those with which, after it, means and 95 % intervals are the stated
ones. They are found by drawing the split from one fixed set of well-spread scores and moving
both until they fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.inventory.distribution import Z95

__all__ = ["Members", "fit_splits", "read_members", "spelled"]

Floats = NDArray[np.floating[Any]]
# Scores of a power of two cover the space of a split best; a wide split needs more of them.
_SCORES = 1024
_MORE_SCORES = 8192
_WIDE = 0.9
_ROUNDS = 40
# Numbers at a time.
_BLOCK = 4_000_000


def fit_splits(
    split: NDArray[np.integer[Any]], share: Any, lower: Any, upper: Any
) -> tuple[Floats, Floats]:
    """Return the weights and deviations of splits.

    Parameters
    ----------
    split : numpy.ndarray of int, shape (n,)
        Which split each share belongs to.
    share, lower, upper : array-like of float, shape (n,)
        Expected share and bounds of its 95 % interval; the shares of a split add up to one.

    Returns
    -------
    weight, deviation : numpy.ndarray of float, shape (n,)
        Of the logistic normal; for a split without an interval the shares and zeros. Where the
        intervals of a split contradict each other (of two shares each moves as the other does),
        the means hold and the widths meet in the middle.
    """
    share, lower, upper = (np.asarray(part, dtype=float) for part in (share, lower, upper))
    weight, deviation = share.copy(), np.zeros(share.shape)
    width = np.where(share > 0, upper - lower, 0.0)
    order = np.lexsort((width, share, split))
    begins = np.flatnonzero(np.diff(split[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    for size in np.unique(sizes[sizes > 1]):
        rows = order[begins[sizes == size][:, None] + np.arange(size)]
        known = np.column_stack([share[rows], width[rows]])
        distinct, which = np.unique(known, axis=0, return_inverse=True)
        fitted = _fit_all(distinct, int(size), _SCORES)
        wide = fitted[:, size:].max(axis=1) > _WIDE
        if wide.any():
            fitted[wide] = _fit_all(distinct[wide], int(size), _MORE_SCORES)
        weight[rows], deviation[rows] = np.split(fitted[which.reshape(-1)], 2, axis=1)
    return weight, deviation


def _fit_all(known: Floats, size: int, count: int) -> Floats:
    """Fit splits of one size, as many at a time as memory allows; shape (splits, 2 x size)."""
    blocks = -(-len(known) * size * count // _BLOCK)
    scores = _scores(size, count)
    return np.concatenate(
        [
            np.column_stack(_fit(part[:, :size], part[:, size:], scores))
            for part in np.array_split(known, min(blocks, len(known)))
        ]
    )


def _fit(share: Floats, width: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Fit splits of one size; shapes (splits, size)."""
    size = share.shape[1]
    if size == 2:
        width = np.repeat(width.mean(axis=1)[:, None], 2, axis=1)
    present = share > 0
    moving = present & (width > 0)
    safe = np.where(present, share, 1.0)
    logarithm = np.log(safe)
    spread = np.where(moving, width / (2 * Z95 * safe * np.maximum(1 - safe, 0.05)), 0.0)
    spread = np.minimum(spread, 3.0)
    ends = round(0.025 * len(scores)) - 1, round(0.975 * len(scores))

    def moved_to_means() -> Floats:
        """Draw the split, and move the weights by how far its means are off."""
        drawn = np.exp(logarithm[:, None, :] + spread[:, None, :] * scores)
        drawn *= present[:, None, :]
        drawn /= drawn.sum(axis=2, keepdims=True)
        off = np.log(safe / np.where(present, drawn.mean(axis=1), 1.0))
        np.add(logarithm, np.where(present, off, 0.0), out=logarithm)
        return drawn

    for _ in range(_ROUNDS):
        drawn = moved_to_means()
        edges = np.partition(drawn, ends, axis=1)[:, list(ends), :]
        observed = edges[:, 1] - edges[:, 0]
        ratio = np.where(
            moving & (observed > 0), width / np.where(observed > 0, observed, 1.0), 1.0
        )
        spread = np.minimum(spread * np.clip(ratio, 0.5, 2.0) ** 0.7, 3.0)
    # The means hold whatever the widths do.
    for _ in range(5):
        moved_to_means()
    return np.where(present, np.exp(logarithm), 0.0), spread


def _scores(size: int, count: int) -> Floats:
    """Return standard normals that cover all directions of a split evenly."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(size, scramble=True, rng=20180101).random(count)
    return ndtri(points)


# What is left of a whole that isn't split further.
_REST = "rest"


@dataclass(frozen=True)
class Members:
    """The members of a split.

    Parameters
    ----------
    names : tuple of str
        What names the draw of each.
    share, weight, deviation : numpy.ndarray of float, shape (members,)
        Expected share, and what `fit_splits` gives.
    """

    names: tuple[str, ...]
    share: Floats
    weight: Floats
    deviation: Floats


def spelled(
    whole: pd.Series, name: pd.Series, share: pd.Series, lower: pd.Series, upper: pd.Series
) -> pd.Series:
    """Return the split that each share belongs to, as a table holds it.

    Parameters
    ----------
    whole : pandas.Series
        What a share is one of.
    name : pandas.Series of str
        What names the draw of a share; shares of one whole with one name are one.
    share, lower, upper : pandas.Series of float
        Expected share of the whole and bounds of its 95 % interval. What the shares of a whole
        leave is a member too.

    Returns
    -------
    pandas.Series of str
        `name=share,weight,deviation` of each member, separated by `;`; absent where nothing of
        the whole is uncertain.
    """
    members = pd.DataFrame({"whole": whole, "name": name, "share": share})
    members["lower"], members["upper"] = lower, upper
    summed = members.groupby(["whole", "name"], sort=False, as_index=False).sum()
    rest = (1.0 - summed.groupby("whole")["share"].sum()).clip(lower=0.0)
    rest = rest[rest > 1e-6].rename("share").reset_index()
    alone = summed.groupby("whole").filter(lambda rows: len(rows) == 1).set_index("whole")
    width = (alone["upper"] - alone["lower"]).reindex(rest["whole"]).fillna(0.0).to_numpy() / 2
    rest = rest.assign(name=_REST, lower=rest["share"] - width, upper=rest["share"] + width)
    every = pd.concat([summed, rest], ignore_index=True).sort_values(
        ["whole", "name"], kind="stable", ignore_index=True
    )
    of_whole = every.groupby("whole", sort=False).ngroup().to_numpy()
    weight, deviation = fit_splits(of_whole, every["share"], every["lower"], every["upper"])
    words = [
        f"{label}={part:.9g},{heavy:.6g},{spread:.5g}"
        for label, part, heavy, spread in zip(
            every["name"], every["share"], weight, deviation, strict=True
        )
    ]
    texts = pd.Series(words).groupby(of_whole).agg(";".join)
    moving = pd.Series(deviation).groupby(of_whole).max() > 0
    by_whole = texts.where(moving).set_axis(every["whole"].drop_duplicates())
    return pd.Series(by_whole.reindex(whole).to_numpy(dtype=object), index=whole.index)


def read_members(text: str) -> Members:
    """Return the members of a split from the text that `spelled` makes.

    Examples
    --------
    >>> read_members("a=0.25,0.2,0.5;b=0.75,0.8,0").names
    ('a', 'b')
    """
    names, numbers = zip(*(word.rsplit("=", 1) for word in text.split(";")), strict=True)
    columns = np.array([[float(part) for part in each.split(",")] for each in numbers]).T
    return Members(tuple(names), *columns)
