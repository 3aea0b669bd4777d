"""Take apart a difference of inventories that publish emissions alone.

Without activity and factors a difference can still be split exactly, into the
level of the whole, the share of each sector in it and the share of each region
in its sector:

    emission = total x sector share x regional share within the sector.

So a province that differs because the nation differs is told from one that
differs because its neighbours got its tonnes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.analysis.divisia import Method, parts_of

__all__ = ["STRUCTURE_HEADS", "decompose_structure"]

STRUCTURE_HEADS = ("level", "sector_share", "region_share", "coverage")


def decompose_structure(
    base: pd.DataFrame, other: pd.DataFrame, *, method: Method = "lmdi"
) -> pd.DataFrame:
    """Split `other - base` by region and sector into level, shares and coverage.

    Parameters
    ----------
    base, other : pandas.DataFrame
        region, sector (together unique), emission_kt of one inventory and
        year. A cell without a figure in one of them is coverage.
    method : {"lmdi", "shapley"}
        Exact method, see `bc_inventory.analysis.divisia`.

    Returns
    -------
    pandas.DataFrame
        region, sector, head, part_kt: each head of `STRUCTURE_HEADS` for each
        cell with a figure in either. The parts of a cell sum to its
        difference; `level` of a cell is its share in the difference of the
        joint totals.
    """
    cell = ["region", "sector"]
    both = (
        base[[*cell, "emission_kt"]]
        .merge(
            other[[*cell, "emission_kt"]],
            on=cell,
            how="outer",
            suffixes=("_base", "_other"),
            validate="one_to_one",
        )
        .dropna(subset=["emission_kt_base", "emission_kt_other"], how="all")
        .sort_values(cell, ignore_index=True)
    )
    joint = both.notna().all(axis=1).to_numpy()
    parts = np.zeros((len(STRUCTURE_HEADS), len(both)))
    filled = both[["emission_kt_base", "emission_kt_other"]].fillna(0.0).to_numpy()
    parts[-1, ~joint] = (filled[:, 1] - filled[:, 0])[~joint]
    inside = both[joint]
    chains = [_chain(inside, f"emission_kt_{side}") for side in ("base", "other")]
    parts[:-1, joint] = parts_of(chains[0], chains[1], method)
    frame = both.loc[both.index.repeat(len(STRUCTURE_HEADS)), cell].reset_index(drop=True)
    frame["head"] = np.tile(STRUCTURE_HEADS, len(both))
    frame["part_kt"] = parts.T.ravel()
    return frame


def _chain(cells: pd.DataFrame, column: str) -> np.ndarray:
    emission = cells[column]
    total = emission.sum()
    sector = emission.groupby(cells["sector"]).transform("sum")
    return np.stack(
        [
            np.full(len(cells), total),
            sector.div(total) if total > 0 else np.full(len(cells), np.nan),
            emission.div(sector.where(sector > 0)).to_numpy(),
        ]
    )
