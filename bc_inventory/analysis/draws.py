"""Monte Carlo draws of the rows of an emission table.

Each `corr_*` name has its own stream, seeded by the name. So two tables that
share a factor share its draw, whatever else they hold, and the interval of
their difference is as narrow as it should be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Scale", "named_normals", "perturbed"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Multipliers of each row, (rows, 1 + draws); the first column is 1, the central case.

    `activity` scales activity x share, `generation` that times the emission
    factor, `emission` that times 1 - abatement.
    """

    activity: Floats
    generation: Floats
    emission: Floats


def named_normals(names: Iterable[str], draws: int, seed: int) -> Floats:
    """Return standard normal draws, the same for the same name, seed and number.

    Parameters
    ----------
    names : iterable of str, length n
        Repeated names get equal rows.
    draws : int
        Number of draws.
    seed : int
        Seed.

    Returns
    -------
    numpy.ndarray of float, shape (n, draws)

    Examples
    --------
    >>> a, b = named_normals(["stove", "stove"], 3, seed=1)
    >>> bool((a == b).all())
    True
    """
    codes, distinct = pd.factorize(np.asarray(list(names), dtype=object))
    values = np.empty((len(distinct), draws))
    for row, name in enumerate(distinct):
        digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
        values[row] = generator.standard_normal(draws)
    drawn: Floats = values[codes]
    return drawn


def perturbed(rows: pd.DataFrame, draws: int, seed: int) -> Scale:
    """Return the multipliers of the rows of an emission table.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, rows with a figure.
    draws : int
        Number of draws, 0 for the central case alone.
    seed : int
        Seed.

    Returns
    -------
    Scale
        Lognormal around the central value (median 1). Shares keep their sum
        within an activity; abatement never falls below 0. A row without a
        sigma isn't perturbed in that factor.
    """
    count = len(rows)
    ones = np.ones((count, 1))
    if draws == 0:
        return Scale(ones, ones, ones)

    def scaled(kind: str) -> Floats:
        sigma = rows[f"sigma_{kind}"].to_numpy(float)
        names = rows[f"corr_{kind}"].astype(object).where(rows[f"corr_{kind}"].notna(), "")
        own = [f"{kind}:{name or f'row {n}'}" for n, name in enumerate(names)]
        normals = named_normals(own, draws, seed)
        return np.hstack([ones, np.exp(np.nan_to_num(sigma)[:, None] * normals)])

    activity = scaled("activity") * _share(rows, scaled("share"))
    generation = activity * scaled("factor")
    passed = 1.0 - np.nan_to_num(rows["abatement"].to_numpy(float))
    ceiling = np.divide(1.0, passed, out=np.ones(count), where=passed > 0)[:, None]
    return Scale(activity, generation, generation * np.minimum(scaled("abatement"), ceiling))


def _share(rows: pd.DataFrame, drawn: Floats) -> Floats:
    """Scale shares so that the technologies of one activity still add up to what they did."""
    share = np.nan_to_num(rows["share"].to_numpy(float), nan=1.0)[:, None]
    activity = ["year", "region", "nfr", "fuel", "species", "factor_set", "activity_id"]
    code = rows.groupby(activity, sort=False, dropna=False).ngroup().to_numpy()
    before = np.zeros((code.max(initial=-1) + 1, 1))
    after = np.zeros((len(before), drawn.shape[1]))
    np.add.at(before, code, share)
    np.add.at(after, code, share * drawn)
    kept = np.divide(before, after, out=np.ones_like(after), where=after > 0)
    scaled: Floats = drawn * kept[code]
    return scaled
