"""The whole comparison of inventories: pair by pair, on their joint scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from bc_inventory.analysis.comparison.align import Aligned, joint
from bc_inventory.analysis.comparison.comparability import comparability, overall
from bc_inventory.analysis.comparison.pooling import (
    consensus,
    rank_agreement_of,
    reconcile,
    share_distance_of,
)
from bc_inventory.analysis.comparison.regions import one_level
from bc_inventory.analysis.decomposition.shift_share import decompose_structure

__all__ = ["pair_tables", "side_by_side"]


def side_by_side(
    aligned: Aligned,
    limits: Mapping[str, float],
    definitions: pd.DataFrame,
    inventories: Sequence[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare every pair of inventories.

    Parameters
    ----------
    aligned : Aligned
        From `bc_inventory.analysis.comparison.align.align`.
    limits : mapping of str to float
        Review limits.
    definitions : pandas.DataFrame
        Contract `inventory_definitions`.
    inventories : sequence of str, optional
        Which of them, by default all.

    Returns
    -------
    dict of str to pandas.DataFrame
        cells (see `reconcile`), agreement (ranks of regions and distance of
        sector shares, by year), left_out (see `joint`), parts (see
        `decompose_structure`, by year), all with base and other; consensus;
        comparability and overall; skipped.
    """
    compared = aligned.compared
    if inventories is not None:
        compared = compared[compared["inventory"].isin(inventories)]
    names = sorted(compared["inventory"].unique())
    # Codes instead of text make the joins of a large comparison several times faster.
    compared = compared.astype(dict.fromkeys(("inventory", "region", "sector"), "category"))
    pairs = [pair_tables(compared, base, other, limits) for base, other in combinations(names, 2)]
    result = {
        name: _stacked([pair[name] for pair in pairs])
        for name in ("cells", "agreement", "left_out", "parts")
        if pairs
    }
    matrix = comparability(definitions, aligned.sectors[aligned.sectors["inventory"].isin(names)])
    return {
        **result,
        "consensus": consensus(
            compared, matrix=matrix, correlation=limits["shared_activity_correlation"]
        ),
        "comparability": matrix,
        "overall": overall(matrix),
        "skipped": aligned.skipped[aligned.skipped["inventory"].isin(names)],
    }


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    names = [
        sorted({frame[label].iat[0] for frame in frames if len(frame)})
        for label in ("base", "other")
    ]
    return pd.concat(
        [
            frame.assign(
                base=frame["base"].cat.set_categories(names[0]),
                other=frame["other"].cat.set_categories(names[1]),
            )
            for frame in frames
        ],
        ignore_index=True,
    )


def pair_tables(
    compared: pd.DataFrame, base: str, other: str, limits: Mapping[str, float]
) -> dict[str, pd.DataFrame]:
    """Compare two inventories; see `side_by_side`.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`.
    base, other : str
        Names of the inventories; differences are other - base.
    limits : mapping of str to float
        Review limits.

    Raises
    ------
    DataError
        If an inventory isn't there.
    """
    inside, left_out = joint(compared, [base, other])
    rows = {name: inside[inside["inventory"] == name] for name in (base, other)}
    cells = reconcile(rows[base], rows[other], limits)
    known = one_level(compared[compared["emission_kt"].notna()], [base, other])
    parts = decompose_structure(
        *(known[known["inventory"] == name] for name in rows), within=("year",)
    )
    labels = {"base": base, "other": other}
    result = {
        "cells": cells,
        "agreement": _agreement(cells),
        "left_out": left_out,
        "parts": parts,
    }
    # Constant columns as categories: the names are stored once.
    return {
        name: frame.assign(
            **{
                label: pd.Categorical.from_codes(np.zeros(len(frame), dtype=int), [value])
                for label, value in labels.items()
            }
        )
        for name, frame in result.items()
    }


def _agreement(cells: pd.DataFrame) -> pd.DataFrame:
    values = ["base_kt", "other_kt"]
    by_region, by_sector = (
        {
            year: part[values].to_numpy()
            for year, part in cells.groupby(["year", name], observed=True, as_index=False)[values]
            .sum()
            .groupby("year")
        }
        for name in ("region", "sector")
    )
    rows = []
    for year, regions in by_region.items():
        base, other = regions.sum(axis=0)
        rows.append(
            {
                "year": year,
                "base_kt": base,
                "other_kt": other,
                "ratio": other / base if base > 0 else float("nan"),
                **rank_agreement_of(regions[:, 0], regions[:, 1]),
                "share_distance": share_distance_of(by_sector[year]),
            }
        )
    return pd.DataFrame(rows)
