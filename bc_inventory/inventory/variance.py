"""What carries the variance of a total: error propagation, kept apart by named part.

Rows that share a part move together, so their half widths are added before they are
squared; different parts are independent, so the squares add up (IPCC 2006 Guidelines
vol. 1 ch. 3, approach 1). `approach1_*` of the published totals are made of the same moves
(`bc_inventory.inventory.propagation`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bc_inventory.inventory.propagation import moves

__all__ = ["Variance", "propagate"]


@dataclass(frozen=True)
class Variance:
    """Half widths of a total by what makes them.

    Parameters
    ----------
    half_width_kt : float
        Of the total; zero if nothing has an interval.
    parts : pandas.DataFrame
        Columns part, name, half_width_kt, share_of_variance, rows; the largest first.
    rows : pandas.Series
        Share of the variance that each row carries, with the rows' index; a row that
        offsets others can have a negative one.
    moved : pandas.DataFrame
        Columns row (the row's index), part, name, kt: how far a row moves with a part; and
        share_of_variance, what that is of the variance of the total.
    """

    half_width_kt: float
    parts: pd.DataFrame
    rows: pd.Series
    moved: pd.DataFrame


def propagate(rows: pd.DataFrame) -> Variance:
    """Take the variance of a sum of rows apart.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, rows with a figure, and of each split of an activity
        into technologies all of it.

    Returns
    -------
    Variance
        Shares sum to one, over parts and over rows, unless the variance is zero.
    """
    moved = pd.concat(
        [
            pd.DataFrame(
                {
                    "row": rows.index[each["row"]],
                    "part": str(part),
                    "name": np.array(names, dtype=object)[each["name"]],
                    "kt": each["kt"].to_numpy(),
                }
            )
            for part, (each, names) in moves(rows).items()
        ],
        ignore_index=True,
    )
    moved = moved[moved["kt"] != 0].reset_index(drop=True)
    grouped = moved.groupby(["part", "name"], sort=False)
    parts = grouped.agg(half_width_kt=("kt", "sum"), rows=("row", "nunique")).reset_index()
    together = grouped["kt"].transform("sum")
    variance = float(np.square(parts["half_width_kt"]).sum())
    scale = 1.0 / variance if variance > 0 else 0.0
    moved["share_of_variance"] = moved["kt"] * together * scale
    carried = moved.groupby("row")["share_of_variance"].sum()
    parts["half_width_kt"] = parts["half_width_kt"].abs()
    parts["share_of_variance"] = np.square(parts["half_width_kt"]) * scale
    parts = parts.sort_values(
        ["share_of_variance", "part", "name"], ascending=[False, True, True], ignore_index=True
    )
    columns = ["part", "name", "half_width_kt", "share_of_variance", "rows"]
    return Variance(
        float(np.sqrt(variance)),
        parts[columns],
        carried.reindex(rows.index, fill_value=0.0),
        moved,
    )
