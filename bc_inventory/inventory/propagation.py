"""Error propagation: how far each row moves with each named part of its chain.

Rows that share a part move together, so their half widths are added before they are squared;
different parts are independent, so the squares add up (IPCC 2006 Guidelines vol. 1 ch. 3,
approach 1). A split of activity into technologies stays a split: what one technology gains the
others lose.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.inventory.components import SPREAD, Component, draw_names, multiplier
from bc_inventory.inventory.distribution import Z95
from bc_inventory.inventory.draws import SPLIT, grouped

__all__ = ["moves"]


def moves(rows: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, list[str]]]:
    """Return how far rows move with the parts of their chains.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, rows with a figure, and of each split of an activity into
        technologies all of it.

    Returns
    -------
    dict of str to (pandas.DataFrame, list of str)
        By component: `row` (position of the row), `name` (position among the names), `kt`, half
        of the 95 % interval of the part times what the row moves with it, `spread_kt`, its
        standard deviation; and the names of the parts.
    """
    return {
        part: _of_shares(rows) if part == Component.SHARE else _alone(rows, part)
        for part in Component
    }


def _alone(rows: pd.DataFrame, part: str) -> tuple[pd.DataFrame, list[str]]:
    which, names = draw_names(rows, part)
    spread, _ = grouped(rows, SPREAD[part])
    first = np.unique(spread, return_index=True)[1]
    drawn = multiplier(rows.iloc[first], part)
    # A number that is divided by moves the other way.
    sign = np.where(np.asarray(drawn.deviation) < 0, -1.0, 1.0)
    value = rows["emission_kt"].to_numpy(dtype=float)
    moved = pd.DataFrame(
        {
            "row": np.arange(len(rows)),
            "name": which,
            "kt": value * (sign * drawn.relative_half_width)[spread],
            "spread_kt": value * drawn.relative_deviation[spread],
        }
    )
    return moved[moved["kt"] != 0], names


def _of_shares(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return how far each row moves with each share of its split.

    A share x_i = w_i exp(s_i z_i) / sum_j w_j exp(s_j z_j) moves by x_i (d_ij - x_j) s_j with
    z_j, where d_ij is one for i = j and else zero.
    """
    which, names = draw_names(rows, Component.SHARE)
    split, _ = grouped(rows, SPLIT)
    share = rows["share"].fillna(0.0).to_numpy(dtype=float)
    whole = np.bincount(split, share)[split]
    moving = pd.DataFrame(
        {
            "split": split,
            "row": np.arange(len(rows)),
            "name": which,
            "part": np.divide(share, whole, out=np.zeros_like(share), where=whole > 0),
            "deviation": rows["sigma_share"].fillna(0.0).to_numpy(dtype=float),
            "emission": rows["emission_kt"].to_numpy(dtype=float),
        }
    )
    pairs = moving[["split", "row", "emission"]].merge(
        moving.loc[moving["deviation"] > 0, ["split", "row", "name", "part", "deviation"]],
        on="split",
        suffixes=("", "_of"),
    )
    same = (pairs["row"] == pairs["row_of"]).astype(float)
    spread = pairs["emission"] * (same - pairs["part"]) * pairs["deviation"]
    moved = pairs[["row", "name"]].assign(kt=Z95 * spread, spread_kt=spread)
    return moved[moved["kt"] != 0].reset_index(drop=True), names
