"""Key categories: where most of the total, its trend or its uncertainty lies.

IPCC 2006 Guidelines vol. 1 ch. 4, equations 4.1 to 4.5; EMEP/EEA Guidebook
part A ch. 2. Approach 1 ranks by emission, approach 2 by emission times
uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["key_categories", "uncertainty_from_interval"]


def key_categories(
    latest: pd.DataFrame,
    limits: Mapping[str, float],
    base: pd.DataFrame | None = None,
    *,
    category: Sequence[str] = ("nfr",),
) -> pd.DataFrame:
    """Assess key categories by level and, with a base year, by trend.

    Parameters
    ----------
    latest : pandas.DataFrame
        One row a category: `category` columns, emission_kt and, for approach
        2, uncertainty (half width of the 95 % interval over the emission).
        Rows without an emission aren't ranked.
    limits : mapping of str to float
        `key_level_approach1` and so on, see `bc_inventory.reference.limits.review_limits`.
    base : pandas.DataFrame, optional
        The same for the base year.
    category : sequence of str
        Columns that name a category.

    Returns
    -------
    pandas.DataFrame
        `category` columns, assessment (level, trend), approach (1, 2),
        emission_kt, base_kt, contribution (fraction of the sum of the
        assessment), cumulative, key. Within an assessment in falling order.

    Raises
    ------
    DataError
        If a category occurs twice.
    """
    keys = list(category)
    for frame in (latest, base):
        _check_unique(frame, keys)
    now = latest[latest["emission_kt"].notna()].set_index(keys)
    assessed = [("level", 1, now["emission_kt"].abs())]
    then = None
    if base is not None:
        then = base[base["emission_kt"].notna()].set_index(keys)["emission_kt"]
        assessed.append(("trend", 1, _trend(now["emission_kt"], then)))
    if "uncertainty" in now:
        weights = [(name, 2, score * now["uncertainty"]) for name, _, score in assessed]
        assessed += weights
    ranked = [_rank(score, name, number, limits) for name, number, score in assessed]
    result = pd.concat(ranked).reset_index()
    result = result.merge(now["emission_kt"].reset_index(), on=keys, how="left")
    known = then.rename("base_kt").reset_index() if then is not None else None
    result = result.merge(known, on=keys, how="left") if known is not None else result
    return result.reindex(
        columns=[
            *keys,
            "assessment",
            "approach",
            "emission_kt",
            "base_kt",
            "contribution",
            "cumulative",
            "key",
        ]
    )


def uncertainty_from_interval(frame: pd.DataFrame) -> pd.Series:
    """Return the half width of the 95 % interval over the emission.

    Parameters
    ----------
    frame : pandas.DataFrame
        emission_kt, lower_kt, upper_kt.

    Returns
    -------
    pandas.Series of float
        NaN where the emission is zero.
    """
    half = (frame["upper_kt"] - frame["lower_kt"]) / 2
    return half.div(frame["emission_kt"].where(frame["emission_kt"] > 0))


def _check_unique(frame: pd.DataFrame | None, keys: list[str]) -> None:
    if frame is None:
        return
    twice = frame[frame.duplicated(keys)]
    if len(twice):
        raise DataError(
            [
                Problem(
                    found=f"the category {', '.join(map(str, row))} twice",
                    expected="each category once",
                    column=keys[0],
                    remedy="Sum its rows first.",
                )
                for row in twice[keys].itertuples(index=False)
            ]
        )


def _trend(now: pd.Series, then: pd.Series) -> pd.Series:
    """Equation 4.2; equation 4.3 for a category that was zero in the base year.

    Only categories known in both years have a trend.
    """
    both = now.index.intersection(then.index)
    now, then = now.loc[both], then.loc[both]
    level = then.abs().sum()
    if level == 0:
        return now.abs() * np.nan
    overall = (now.sum() - then.sum()) / abs(then.sum())
    change = (now - then).div(then.abs().where(then != 0))
    moved = then.abs() / level * (change - overall).abs()
    return moved.where(then != 0, (now / level).abs())


def _rank(score: pd.Series, name: str, approach: int, limits: Mapping[str, float]) -> pd.DataFrame:
    known = score.dropna()
    ranked = known.sort_index().sort_values(ascending=False, kind="stable")
    total = ranked.sum()
    contribution = ranked / total if total > 0 else ranked * 0.0
    cumulative = contribution.cumsum()
    # The category that reaches the limit is the last key category.
    before = cumulative - contribution
    limit = limits[f"key_{name}_approach{approach}"]
    return pd.DataFrame(
        {
            "assessment": name,
            "approach": approach,
            "contribution": contribution,
            "cumulative": cumulative,
            "key": (before < limit - 1e-12) & (contribution > 0),
        }
    )
