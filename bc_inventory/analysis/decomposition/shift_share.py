"""Take apart a difference of inventories that publish emissions alone.

Without activity and factors a difference can still be split exactly, into the
level of the whole, the share of each sector in it and the share of each region
in its sector:

    emission = total x sector share x regional share within the sector.

So a province that differs because the nation differs is distinguished from one that
differs because its neighbours got its tonnes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition.divisia import Method, parts_of

__all__ = ["STRUCTURE_HEADS", "decompose_structure"]

STRUCTURE_HEADS = ("level", "sector_share", "region_share", "coverage")


def decompose_structure(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    within: Sequence[str] = (),
    method: Method = "lmdi",
) -> pd.DataFrame:
    """Split `other - base` by region and sector into level, shares and coverage.

    Parameters
    ----------
    base, other : pandas.DataFrame
        `within`, region, sector (together unique), emission_kt of one
        inventory. A cell without a figure in one of them is coverage.
    within : sequence of str
        Columns, such as year, that part the tables into comparisons of their own.
    method : {"lmdi", "shapley"}
        Exact method, see `bc_inventory.analysis.decomposition.divisia`.

    Returns
    -------
    pandas.DataFrame
        `within`, region, sector, head, part_kt: each head of `STRUCTURE_HEADS`
        for each cell with a figure in either. The parts of a cell sum to its
        difference; `level` of a cell is its share in the difference of the
        joint totals.
    """
    cell = [*within, "region", "sector"]
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
    values = both[["emission_kt_base", "emission_kt_other"]].to_numpy(float)
    joint = ~np.isnan(values).any(axis=1)
    whole = _codes(both, list(within))
    sector = _codes(both, [*within, "sector"])
    parts = np.zeros((len(STRUCTURE_HEADS), len(both)))
    parts[-1, ~joint] = np.nan_to_num(values[~joint, 1]) - np.nan_to_num(values[~joint, 0])
    chains = [_chain(values[joint, side], whole[joint], sector[joint]) for side in (0, 1)]
    parts[:-1, joint] = parts_of(chains[0], chains[1], method)
    frame = both.loc[both.index.repeat(len(STRUCTURE_HEADS)), cell].reset_index(drop=True)
    heads = pd.Categorical(STRUCTURE_HEADS, categories=STRUCTURE_HEADS, ordered=True)
    frame["head"] = np.tile(heads.codes, len(both))
    frame["head"] = pd.Categorical.from_codes(frame["head"], dtype=heads.dtype)
    frame["part_kt"] = parts.T.ravel()
    return frame


def _codes(cells: pd.DataFrame, columns: list[str]) -> NDArray[np.intp]:
    if not columns:
        return np.zeros(len(cells), dtype=np.intp)
    codes: NDArray[np.intp] = cells.groupby(columns, sort=False, observed=True).ngroup().to_numpy()
    return codes


def _chain(
    emission: NDArray[np.float64], whole: NDArray[np.intp], sector: NDArray[np.intp]
) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.bincount(whole, emission, minlength=1).astype(float)[whole]
    of_sector: NDArray[np.float64] = np.bincount(sector, emission, minlength=1).astype(float)[
        sector
    ]

    def share(part: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.divide(part, of, out=np.full(len(part), np.nan), where=of > 0)

    return np.stack([total, share(of_sector, total), share(emission, of_sector)])
