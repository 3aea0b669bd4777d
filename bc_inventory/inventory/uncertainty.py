"""Intervals of totals by error propagation and by Monte Carlo.

IPCC 2006 Guidelines vol. 1 ch. 3 (approaches 1 and 2); EMEP/EEA Guidebook
part A ch. 5.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.inventory.draws import PARTS, draw
from bc_inventory.inventory.lognormal import Z95
from bc_inventory.schema import check, table

__all__ = ["totals"]

# Totals published, with the columns each one sums over.
LEVELS: dict[str, tuple[str, ...]] = {
    "side": (),
    "side_gnfr": ("gnfr",),
    "side_nfr": ("nfr",),
    "region": ("region",),
    "region_gnfr": ("region", "gnfr"),
    "region_nfr": ("region", "nfr"),
}
# IPCC: error propagation assumes relative standard deviations below 30 %; parts
# of rows that carry less than a hundredth of the total can't spoil it.
_APPROACH1_LIMIT = 0.3
_MATERIAL = 0.01


def totals(emissions: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Return published totals with their intervals by both approaches.

    Memo items are left out.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    draws, seed : int
        See `draw`.

    Returns
    -------
    pandas.DataFrame
        Contract `totals`. `approach1_valid` is false where a material part
        has a relative standard deviation above 30 %.
    """
    counted = emissions[~emissions["memo"].astype(bool)]
    made = [
        _levels(part, draws, seed)
        for _, part in counted.groupby(["year", "species", "factor_set"], sort=True)
    ]
    return check(pd.concat(made, ignore_index=True), "totals")


def _levels(rows: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Return all levels of totals of one year, species and factor set."""
    base = ["year", "side", "species", "factor_set"]
    cells, sums = draw(rows, [*base, "region", "gnfr", "nfr"], draws, seed)
    made = []
    for level, extra in LEVELS.items():
        by = [*base, *extra]
        codes, names = pd.factorize(pd.MultiIndex.from_frame(cells[by]), sort=True)
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        drawn = np.add.reduceat(sums[:, order], starts, axis=1)
        frame = names.to_frame(index=False, name=by).assign(level=level)
        frame["mean_kt"] = drawn.mean(axis=0)
        quantiles = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0, overwrite_input=True)
        frame["lower_kt"], frame["median_kt"], frame["upper_kt"] = quantiles
        frame = frame.merge(_approach1(rows, by), on=by).merge(_coverage(rows, by), on=by)
        if "gnfr" in frame:
            frame = frame.rename(columns={"gnfr": "nfr"})
        made.append(frame)
    result = pd.concat(made, ignore_index=True).assign(draws=draws)
    result = result.fillna({"nfr": "*", "region": "*"})
    return result.reindex(columns=table("totals").names)


def _approach1(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Propagate errors: rows that share a part add up, parts add in squares."""
    rows = rows[rows["emission_kt"].notna()]
    total = rows.groupby(by, sort=True)["emission_kt"].sum()
    square = pd.Series(0.0, index=total.index)
    limit = pd.Series(False, index=total.index)
    share = rows["emission_kt"] / rows.groupby(by)["emission_kt"].transform("sum")
    for part in PARTS:
        spread = rows[f"sigma_{part}"].fillna(0.0)
        # Half of the 95 % interval over the value of a lognormal is sinh(1.96 sigma).
        half = rows["emission_kt"] * np.sinh(Z95 * spread)
        named = rows[by].assign(_name=rows[f"corr_{part}"].fillna(""), _half=half)
        together = named.groupby([*by, "_name"], sort=False)["_half"].sum()
        square += np.square(together).groupby(level=by).sum().reindex(total.index)
        wide = (np.sqrt(np.expm1(np.square(spread))) > _APPROACH1_LIMIT) & (share > _MATERIAL)
        limit |= wide.groupby([rows[name] for name in by]).any().reindex(total.index)
    half_width = np.sqrt(square)
    return pd.DataFrame(
        {
            "emission_kt": total,
            "approach1_lower_kt": np.maximum(total - half_width, 0.0),
            "approach1_upper_kt": total + half_width,
            "approach1_valid": ~limit,
        }
    ).reset_index()


def _coverage(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count rows with a figure and name the categories without one."""
    covered = rows.groupby(by, sort=True)["emission_kt"].count().rename("covered")
    keyed = rows[rows["notation_key"].notna()]
    text = keyed["nfr"] + " " + keyed["notation_key"]
    if "region" not in by:
        text = keyed["region"] + " " + text
    words = text.groupby([keyed[name] for name in by]).agg(lambda part: ";".join(sorted(set(part))))
    return (
        pd.concat([covered, words.rename("not_estimated")], axis=1)
        .reindex(covered.index)
        .reset_index()
    )
