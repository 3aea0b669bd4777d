"""What measures change in the emission table, alone and together.

A measure changes rows: it takes activity away, moves the share of a technology
to another, lowers a factor, or lowers what passes the controls. Measures on
the same rows interact: together they save less than the sum of each alone. A
wedge is a measure's part of the joint saving by Shapley, the mean over all
orders in which they can be carried out, so wedges add up to the saving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition.chain import sum_to
from bc_inventory.analysis.mitigation.savings import Savings
from bc_inventory.analysis.mitigation.scenario import make_scene
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.components import product
from bc_inventory.inventory.draws import SPLIT, draw, grouped
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from bc_inventory.schema.counted import is_counted

__all__ = [
    "applicable",
    "apply_measures",
    "emitted",
    "joint_saving",
    "joint_share",
    "read_measures",
    "wedges",
]

Floats = NDArray[np.float64]


def read_measures(path: Path | None = None) -> pd.DataFrame:
    """Read a measure library.

    Parameters
    ----------
    path : Path, optional
        A table under the contract `measures`; by default the embedded one.

    Returns
    -------
    pandas.DataFrame
        Contract `measures`.

    Raises
    ------
    DataError
        If a row breaks the contract, or moves a share without saying where.
    """
    file = path or data_root() / "measures.csv"
    rows = read_csv(file, "measures")
    lost = rows[(rows["changes"] == "share") & rows["to_technology"].isna()]
    if len(lost):
        raise DataError(
            Problem(
                found=f"a share of {row.technology} that moves nowhere",
                expected="a technology that takes it",
                file=str(file),
                column="to_technology",
            )
            for row in lost.itertuples()
        )
    return rows


def applicable(measures: pd.DataFrame, emissions: pd.DataFrame) -> pd.DataFrame:
    """Leave out changes that bring in a technology that the inventory doesn't have.

    Parameters
    ----------
    measures : pandas.DataFrame
        Contract `measures`.
    emissions : pandas.DataFrame
        Contract `emissions`.
    """
    known = emissions.loc[emissions["emission_kt"].notna(), ["nfr", "fuel", "technology"]]
    have = set(known.drop_duplicates().itertuples(index=False, name=None))
    fits = [
        row.changes != "share"
        or (row.nfr, row.fuel, row.technology) not in have
        or (row.nfr, row.fuel, row.to_technology) in have
        for row in measures.itertuples()
    ]
    return measures[fits]


def apply_measures(
    emissions: pd.DataFrame,
    measures: pd.DataFrame,
    uptake: Mapping[str, float],
    regions: pd.DataFrame,
) -> pd.DataFrame:
    """Return the emission table as it would be with measures.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    measures : pandas.DataFrame
        Contract `measures`.
    uptake : mapping of str to float
        How far each measure is carried out, 0 to 1. Others aren't.
    regions : pandas.DataFrame
        region, group, side, for the scopes of the measures.

    Returns
    -------
    pandas.DataFrame
        Contract `emissions`, with rows added for technologies that came in.
        emission = activity x share x factor x (1 - abatement) still holds;
        intervals keep their width relative to the emission.

    Raises
    ------
    DataError
        If a measure is unknown, an uptake lies outside 0 to 1, or the factor
        of a technology that comes in isn't known from another row.
    """
    scene = make_scene(emissions, measures, uptake, regions)
    used_share, factor, passed = (part[:, 0] for part in scene.parts(uptake))
    rows = scene.rows.copy()
    before = rows["emission_kt"].to_numpy(float)
    used = rows["activity"].to_numpy(float) * used_share
    split = rows.groupby(SPLIT, sort=False, dropna=False).ngroup().to_numpy()
    whole = np.bincount(split, used)[split]
    planned = np.bincount(split, scene.share)[split]
    rows["activity"] = np.divide(whole, planned, out=np.zeros(len(rows)), where=planned > 0)
    rows["share"] = np.divide(used, rows["activity"], out=used_share.copy(), where=whole > 0)
    for column in ("emission_factor", "factor_lower", "factor_upper"):
        rows[column] *= factor
    rows["abatement"] = 1.0 - (1.0 - rows["abatement"].fillna(0.0)) * passed
    rows["emission_kt"] = scene.per_share[:, 0] * used_share * factor * passed
    ratio = np.divide(rows["emission_kt"], before, out=np.ones(len(rows)), where=before > 0)
    for column in ("lower_kt", "upper_kt", "pm25_kt"):
        rows[column] *= ratio
    came = before == 0
    rows.loc[came, "lower_kt"], rows.loc[came, "upper_kt"] = product(rows.loc[came]).interval()
    scaled = np.divide(
        rows["activity"], scene.rows["activity"], out=np.ones(len(rows)), where=whole > 0
    )
    for column in ("activity_lower", "activity_upper"):
        rows[column] = scene.rows[column] * scaled
    untouched = emissions[emissions["emission_kt"].isna()]
    remaining = rows[(scene.share > 0) | (rows["share"] > 0)]
    return pd.concat([remaining[emissions.columns], untouched], ignore_index=True)


def wedges(saved: Savings, *, by: Sequence[str] = ("side",)) -> pd.DataFrame:
    """Return what each measure saves of the joint saving.

    Parameters
    ----------
    saved : Savings
        From `bc_inventory.analysis.mitigation.savings.savings`. Memo items count like
        others if a measure names their category; they stay in rows of their own.
    by : sequence of str
        Columns to keep apart: side, region.

    Returns
    -------
    pandas.DataFrame
        memo, `by`, measure, saved_kt (wedge), alone_kt (saving if nothing
        else were done), and with draws lower_kt and upper_kt of the wedge. The
        wedges of a group add up to its joint saving.
    """
    keys = ["memo", *by]
    codes, groups = grouped(saved.groups, keys)
    parts = []
    for names, sets in saved.sets:
        sums = {active: sum_to(kt, codes, len(groups)) for active, kt in sets.items()}
        for name in names:
            wedge = _shapley(name, names, sums)
            frame = groups.assign(measure=name, saved_kt=wedge[:, 0])
            frame["alone_kt"] = sums[frozenset([name])][:, 0]
            if wedge.shape[1] > 1:
                frame["lower_kt"], frame["upper_kt"] = _bounds(wedge)
            parts.append(frame)
    return pd.concat(parts, ignore_index=True).sort_values([*keys, "measure"], ignore_index=True)


def joint_saving(saved: Savings, *, by: str = "side") -> pd.DataFrame:
    """Return what measures save together.

    Parameters
    ----------
    saved : Savings
        From `bc_inventory.analysis.mitigation.savings.savings`, with draws; memo items are
        left out.
    by : {"side", "region"}
        What the savings are given for.

    Returns
    -------
    pandas.DataFrame
        region (a side or a region), saved_kt, lower_kt, upper_kt (95 % interval).
    """
    counts = is_counted(saved.groups).to_numpy()
    codes, groups = grouped(saved.groups[counts], [by])
    whole = sum(sets[frozenset(names)][counts] for names, sets in saved.sets)
    summed = sum_to(whole, codes, len(groups))
    lower, upper = _bounds(summed)
    columns = {"saved_kt": summed[:, 0], "lower_kt": lower, "upper_kt": upper}
    return pd.DataFrame({"region": groups[by].astype(str), **columns})


def _bounds(values: Floats) -> Floats:
    """Return the 2.5 and 97.5 % quantiles of the draws of each row."""
    bounds: Floats = np.quantile(values[:, 1:], [0.025, 0.975], axis=1)
    return bounds


def emitted(emissions: pd.DataFrame, draws: int, seed: int) -> tuple[pd.DataFrame, Floats]:
    """Return what regions emit without measures, in the draws that savings are made of.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of one year and factor set; memo items are left out.
    draws, seed : int
        As of the scene of the savings.

    Returns
    -------
    groups : pandas.DataFrame
        side and region.
    kt : numpy.ndarray of float, shape (groups, 1 + draws)
        The first column is the central case.
    """
    rows = emissions[is_counted(emissions) & emissions["emission_kt"].notna()]
    codes, groups = grouped(rows, ["side", "region"])
    central = sum_to(rows["emission_kt"].to_numpy(float)[:, None], codes, len(groups))
    return groups, np.hstack([central, draw(rows, ["side", "region"], draws, seed)[1].T])


def joint_share(
    saved: Savings, whole: tuple[pd.DataFrame, Floats], *, by: str = "side"
) -> pd.DataFrame:
    """Return the share of the emission that measures save together.

    Parameters
    ----------
    saved : Savings
        From `bc_inventory.analysis.mitigation.savings.savings`, with draws; memo items are
        left out.
    whole : tuple of pandas.DataFrame and numpy.ndarray
        From `emitted`, with the same draws and seed.
    by : {"side", "region"}
        What the shares are given for.

    Returns
    -------
    pandas.DataFrame
        region (a side or a region), share, share_lower, share_upper (95 %
        interval), as fractions of the emission; 0 where no measure meets any
        row. Each draw of the saving is divided by the emission of that draw, so
        no share is above 1; one is below 0 only where a measure raises emissions.
    """
    counts = is_counted(saved.groups).to_numpy()
    groups, kt = whole
    codes, places = grouped(groups, [by])
    emission = sum_to(kt, codes, len(places))
    position = pd.Index(places[by]).get_indexer(saved.groups[by][counts])
    used = sum(sets[frozenset(names)][counts] for names, sets in saved.sets)
    saving = sum_to(used, position, len(places)) if saved.sets else np.zeros_like(emission)
    ratio = np.divide(saving, emission, out=np.zeros_like(emission), where=emission > 0)
    # Two sums of the same rows in single precision may differ in the last digit.
    ratio = np.minimum(ratio, 1.0)
    lower, upper = _bounds(ratio)
    columns = {"share": ratio[:, 0], "share_lower": lower, "share_upper": upper}
    return pd.DataFrame({"region": places[by].astype(str), **columns})


def _shapley(name: str, names: list[str], saved: Mapping[frozenset[str], Floats]) -> Floats:
    rest = [other for other in names if other != name]
    total = np.zeros_like(saved[frozenset()])
    for size in range(len(names)):
        weight = factorial(size) * factorial(len(rest) - size) / factorial(len(names))
        for before in combinations(rest, size):
            total += weight * (saved[frozenset((*before, name))] - saved[frozenset(before)])
    return total
