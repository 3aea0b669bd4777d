"""Monte Carlo multipliers of the rows of an emission table, by part of the chain.

The draws are those of the published totals (`bc_inventory.inventory.draws`):
a part's draw depends on its name alone, so two tables that share a factor share
its draw, and the interval of their difference is as narrow as it should be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.inventory.draws import SPLIT, Multipliers, grouped

__all__ = ["Scale", "perturbed"]

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
        within an activity. A row without a sigma isn't perturbed in that part.
    """
    ones = np.ones((len(rows), 1))
    if draws == 0:
        return Scale(ones, ones, ones)

    def scaled(part: str) -> Floats:
        made = Multipliers(rows, part, draws, seed)
        scale = np.ones((len(rows), 1 + draws))
        scale[:, 1:] = made.drawn(slice(None))[made.which]
        return scale

    activity = scaled("activity") * scaled("local") * _share(rows, scaled("share"))
    generation = activity * scaled("factor")
    return Scale(activity, generation, generation * scaled("abatement"))


def _share(rows: pd.DataFrame, drawn: Floats) -> Floats:
    """Scale shares so that the technologies of one activity still add up to what they did."""
    share = np.nan_to_num(rows["share"].to_numpy(float), nan=1.0)[:, None]
    code, splits = grouped(rows, SPLIT)
    order = np.argsort(code, kind="stable")
    begins = np.searchsorted(code[order], np.arange(len(splits)))
    if not len(begins):
        return drawn
    before = np.add.reduceat(share[order], begins)
    after = np.add.reduceat((share * drawn)[order], begins, axis=0)
    kept = np.divide(before, after, out=np.ones_like(after), where=after > 0)
    scaled: Floats = drawn * kept[code]
    return scaled
