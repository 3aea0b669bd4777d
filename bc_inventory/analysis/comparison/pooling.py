"""Say how far inventories agree where they cover the same thing.

Emissions are positive and their errors are factors, so ratios, z-scores and
the consensus work on logarithms; a 95 % interval is turned into a standard
deviation of the logarithm as in `bc_inventory.inventory.distribution`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.comparison.random_effects import LEAST, random_effects
from bc_inventory.inventory.distribution import Z95, Lognormal

__all__ = [
    "CELL",
    "compare_trends",
    "consensus",
    "rank_agreement",
    "rank_agreement_of",
    "reconcile",
    "share_distance",
    "share_distance_of",
]

CELL = ("year", "region", "sector")
_POOLED = (
    *("pooled_kt", "pooled_lower_kt", "pooled_upper_kt"),
    *("predicted_lower_kt", "predicted_upper_kt", "between_sigma", "related_pairs"),
)


def reconcile(
    base: pd.DataFrame,
    other: pd.DataFrame,
    limits: Mapping[str, float],
    *,
    on: Sequence[str] = CELL,
) -> pd.DataFrame:
    """Compare two inventories cell by cell on their joint scope.

    Parameters
    ----------
    base, other : pandas.DataFrame
        `on` (unique), emission_kt, lower_kt, upper_kt. Cells without a figure
        in either are left out; `bc_inventory.analysis.comparison.align` says how much that is.
    limits : mapping of str to float
        `significance`.
    on : sequence of str
        Columns of a cell.

    Returns
    -------
    pandas.DataFrame
        `on`, base_kt, other_kt, difference_kt, ratio (other over base), z
        (difference of the middles of the logarithmic intervals over its combined
        standard deviation, errors taken as independent: the same whether figures
        are means or medians of their draws), p_value, significant (false discovery rate of
        Benjamini and Hochberg over the cells; NA where an interval is
        missing, so that nothing can be said).
    """
    from scipy import stats

    keys = list(on)
    figures = ["emission_kt", "lower_kt", "upper_kt"]
    joint = base[base["emission_kt"].notna()][keys + figures].merge(
        other[other["emission_kt"].notna()][keys + figures],
        on=keys,
        suffixes=("_base", "_other"),
        validate="one_to_one",
    )
    first, second = joint["emission_kt_base"], joint["emission_kt_other"]
    result = joint[keys].assign(base_kt=first, other_kt=second, difference_kt=second - first)
    result["ratio"] = second.div(first.where(first > 0))
    (middle, spread), (of_other, its_spread) = (_logarithm(joint, x) for x in ("_base", "_other"))
    whole = np.hypot(spread, its_spread)
    result["z"] = (of_other - middle) / np.where(whole > 0, whole, np.nan)
    result["p_value"] = 2 * stats.norm.sf(result["z"].abs())
    tested = result["p_value"].notna()
    result["significant"] = pd.array([pd.NA] * len(result), dtype="boolean")
    if tested.any():
        adjusted = stats.false_discovery_control(result.loc[tested, "p_value"].to_numpy())
        result.loc[tested, "significant"] = adjusted < limits["significance"]
    return result.sort_values(keys, ignore_index=True)


def _logarithm(frame: pd.DataFrame, suffix: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Return middle and standard deviation of the logarithm, NaN where there is no interval.

    A lower bound of zero has no logarithm; then both are those of the lognormal that holds
    the figure and the upper bound.
    """
    value, lower, upper = (
        frame[f"{name}_kt{suffix}"].to_numpy(float, copy=True)
        for name in ("emission", "lower", "upper")
    )
    known = (value > 0) & ~np.isnan(lower) & (upper > 0)
    at_zero = known & (lower <= 0)
    if at_zero.any():
        near = Lognormal.from_interval(value[at_zero], lower[at_zero], upper[at_zero])
        lower[at_zero], upper[at_zero] = near.interval()
    known &= lower > 0
    low, high = (np.log(np.where(known, bound, np.nan)) for bound in (lower, upper))
    return (low + high) / 2, (high - low) / (2 * Z95)


def rank_agreement(base: pd.Series, other: pd.Series) -> dict[str, float]:
    """Return how alike two inventories rank their regions.

    Parameters
    ----------
    base, other : pandas.Series of float
        Emission by region; regions without a figure in either are left out.

    Returns
    -------
    dict
        spearman, kendall and their p-values, and n. NaN below three regions.
    """
    both = pd.concat([base, other], axis=1, join="inner").dropna().to_numpy(float)
    return rank_agreement_of(both[:, 0], both[:, 1])


def rank_agreement_of(base: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, float]:
    """Return `rank_agreement` of two arrays of the same regions without gaps."""
    from scipy import stats

    keys = ("spearman", "spearman_p", "kendall", "kendall_p")
    if len(base) < 3 or np.ptp(base) == 0 or np.ptp(other) == 0:
        return {**dict.fromkeys(keys, float("nan")), "n": float(len(base))}
    rho = stats.spearmanr(base, other)
    tau = stats.kendalltau(base, other)
    values = (rho.statistic, rho.pvalue, tau.statistic, tau.pvalue)
    return {**{k: float(v) for k, v in zip(keys, values, strict=True)}, "n": float(len(base))}


def share_distance(base: pd.Series, other: pd.Series) -> float:
    """Return the share of emissions that would have to move for the shares to be equal.

    Half the sum of absolute differences of the shares (total variation
    distance): 0 for equal shares, 1 for no common sector.

    Parameters
    ----------
    base, other : pandas.Series of float
        Emission by sector, on the joint scope; a missing sector counts as 0.

    Examples
    --------
    >>> share_distance(pd.Series({"A": 3.0, "B": 1.0}), pd.Series({"A": 1.0, "B": 1.0}))
    0.25
    """
    return share_distance_of(pd.concat([base, other], axis=1).fillna(0.0).to_numpy(float))


def share_distance_of(both: NDArray[np.float64]) -> float:
    """Return `share_distance` of the two columns of an array of sectors."""
    totals = both.sum(axis=0)
    if (totals <= 0).any():
        return float("nan")
    return float(np.abs(np.diff(both / totals, axis=1)).sum() / 2)


def consensus(
    compared: pd.DataFrame,
    *,
    on: Sequence[str] = CELL,
    matrix: pd.DataFrame | None = None,
    correlation: float = 0.0,
) -> pd.DataFrame:
    """Return the range in which inventories agree, by cell.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`, several inventories.
    on : sequence of str
        Columns of a cell.
    matrix : pandas.DataFrame, optional
        Verdicts on pairs of inventories by sector, from
        `bc_inventory.analysis.comparison.comparability.comparability`. A cell isn't pooled
        where two of its inventories don't mean the same (`not`).
    correlation : float
        Of the errors of two inventories that agree on the source of their activity.

    Returns
    -------
    pandas.DataFrame
        `on`, inventories (number with a figure), lowest_kt, median_kt,
        highest_kt; and from those with an interval, where there are three or
        more: pooled_kt, pooled_lower_kt and pooled_upper_kt (95 % interval of
        a random-effects mean of the middles of their logarithmic intervals, so a
        median, whether figures are means or medians), predicted_lower_kt and
        predicted_upper_kt (95 % interval of one more inventory), between_sigma,
        the spread between inventories beyond what their own intervals explain,
        and related_pairs, those with correlated errors; see
        `bc_inventory.analysis.comparison.random_effects.random_effects`.
    """
    keys = list(on)
    known = compared[compared["emission_kt"].notna()]
    groups = known.groupby(keys, sort=True)["emission_kt"]
    result = groups.agg(["count", "min", "median", "max"]).set_axis(
        ["inventories", "lowest_kt", "median_kt", "highest_kt"], axis=1
    )
    tested = known[
        (known["emission_kt"] > 0) & known["lower_kt"].notna() & known["upper_kt"].notna()
    ].copy()
    tested["middle"], tested["deviation"] = _logarithm(tested)
    tested = tested[tested["deviation"] > 0]
    verdicts = _Verdicts(matrix)
    rows = tested.sort_values([*keys, "inventory"])
    place = rows.groupby(keys, sort=True, observed=True).ngroup().to_numpy()
    size = np.bincount(place)
    pooled = [
        _pooled(
            rows[np.isin(place, np.flatnonzero(size == k))], int(k), keys, verdicts, correlation
        )
        for k in np.unique(size[size >= LEAST])
    ]
    empty = result.reset_index()[keys].iloc[:0].reindex(columns=[*keys, *_POOLED])
    columns = pd.concat(pooled) if pooled else empty
    table = result.reset_index().merge(columns, on=keys, how="left")
    return table.astype(dict.fromkeys(_POOLED, float))


class _Verdicts:
    """Say of pairs of inventories whether they can be pooled, and share their activity."""

    def __init__(self, matrix: pd.DataFrame | None) -> None:
        rows = pd.DataFrame(columns=["base", "other", "sector", "aspect", "verdict"])
        if matrix is not None:
            rows = matrix
        agree = (rows["aspect"] == "activity_source") & (rows["verdict"] == "agree")
        self._apart = self._pairs(rows[rows["verdict"] == "not"])
        self._related = self._pairs(rows[agree])

    @staticmethod
    def _pairs(rows: pd.DataFrame) -> set[tuple[str, frozenset[str]]]:
        columns = (rows[name].astype(str) for name in ("sector", "base", "other"))
        return {(sector, frozenset(pair)) for sector, *pair in zip(*columns, strict=True)}

    def of(self, sector: str, names: tuple[str, ...]) -> tuple[bool, NDArray[np.bool_]]:
        """Return whether inventories can be pooled, and which pairs are related, (k, k)."""
        related = np.zeros((len(names), len(names)), dtype=bool)
        pooled = True
        for first, second in combinations(range(len(names)), 2):
            pair = (sector, frozenset((names[first], names[second])))
            pooled &= pair not in self._apart
            related[first, second] = related[second, first] = pair in self._related
        return pooled, related


def _pooled(
    rows: pd.DataFrame, k: int, keys: list[str], verdicts: _Verdicts, correlation: float
) -> pd.DataFrame:
    """Pool cells of k inventories each; rows sorted by cell."""
    heads = rows[keys].iloc[::k].reset_index(drop=True)
    names = rows["inventory"].astype(str).to_numpy().reshape(-1, k)
    sectors = heads["sector"].astype(str) if "sector" in keys else ["*"] * len(heads)
    known = [verdicts.of(s, tuple(n)) for s, n in zip(sectors, names, strict=True)]
    fit = np.array([pooled for pooled, _ in known], dtype=bool)
    related = np.stack([pairs for _, pairs in known])[fit]
    result = random_effects(
        rows["middle"].to_numpy(float).reshape(-1, k)[fit],
        rows["deviation"].to_numpy(float).reshape(-1, k)[fit],
        np.eye(k) + correlation * related,
    )
    values = (
        np.exp(result.mean),
        np.exp(result.mean - result.reach),
        np.exp(result.mean + result.reach),
        np.exp(result.mean - result.predicted),
        np.exp(result.mean + result.predicted),
        result.between,
        related.sum(axis=(1, 2)) / 2,
    )
    return heads[fit].assign(**dict(zip(_POOLED, values, strict=True)))


def compare_trends(emissions: pd.DataFrame, concentrations: pd.DataFrame) -> pd.DataFrame:
    """Compare the yearly change of emissions with that of measured concentrations.

    Parameters
    ----------
    emissions : pandas.DataFrame
        inventory, region, year, emission_kt; at least three years a series.
    concentrations : pandas.DataFrame
        region, station, trend_percent, lower_percent, upper_percent (per year,
        95 % interval), start_year, end_year, from the monitoring side.

    Returns
    -------
    pandas.DataFrame
        One row for each series and station of a region: the station's columns,
        inventory, emission_trend_percent with its interval over the station's
        years (ordinary least squares on logarithms, Student's t), and
        agree: whether the two intervals meet. NaN and NA below three years.
    """
    pairs = concentrations.merge(
        emissions[["inventory", "region"]].drop_duplicates(), on="region", how="inner"
    )
    series = {key: part for key, part in emissions.groupby(["inventory", "region"])}
    slopes = [
        _slope(
            series[(row.inventory, row.region)].query(
                f"{int(row.start_year)} <= year <= {int(row.end_year)}"
            )
        )
        for row in pairs.itertuples()
    ]
    names = ["emission_trend_percent", "emission_lower_percent", "emission_upper_percent"]
    result = pd.concat(
        [pairs.reset_index(drop=True), pd.DataFrame(slopes, columns=names, dtype=float)], axis=1
    )
    meet = (result["lower_percent"] <= result["emission_upper_percent"]) & (
        result["upper_percent"] >= result["emission_lower_percent"]
    )
    result["agree"] = meet.astype("boolean").mask(result["emission_trend_percent"].isna())
    return result


def _slope(rows: pd.DataFrame) -> tuple[float, float, float]:
    from scipy import stats

    rows = rows[rows["emission_kt"] > 0]
    if rows["year"].nunique() < 3:
        return (float("nan"),) * 3
    fit = stats.linregress(rows["year"], np.log(rows["emission_kt"]))
    reach = stats.t.ppf(0.975, len(rows) - 2) * fit.stderr
    low, mid, high = (100 * np.expm1(fit.slope + side * reach) for side in (-1, 0, 1))
    return float(mid), float(low), float(high)
