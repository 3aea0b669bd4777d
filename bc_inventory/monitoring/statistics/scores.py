"""Scores of a model against measurements, as AeroCom defines them.

Pairs that can't enter a score are counted, and a score without a base is missing: the
normalised mean bias over a sum of zero isn't zero. Pairs that aren't positive make the
fractional scores unbounded; whether they stay in is the caller's choice, by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Scores", "scores"]


@dataclass(frozen=True)
class Scores:
    """Scores of n pairs; NaN where a score has no base.

    Parameters
    ----------
    pairs : int
        Pairs with both values.
    missing : int
        Pairs without a value on one side.
    not_positive : int
        Pairs with a value of zero or below on either side.
    excluded : int
        Pairs left out of `mnmb`, `fge` and `fac2`: all that aren't positive, or only those
        whose sum is zero.
    mean_model, mean_observed : float
        Means over the pairs, in the unit given.
    nmb : float
        Normalised mean bias, sum(m - o) / sum(o).
    mnmb : float
        Modified normalised mean bias, 2/n sum((m - o) / (m + o)).
    fge : float
        Fractional gross error, 2/n sum(|m - o| / (m + o)).
    fac2 : float
        Share of pairs with 0.5 <= m/o <= 2.
    r : float
        Pearson correlation.
    rmse : float
        Root mean square difference, in the unit given.
    """

    pairs: int
    missing: int
    not_positive: int
    excluded: int
    mean_model: float
    mean_observed: float
    nmb: float
    mnmb: float
    fge: float
    fac2: float
    r: float
    rmse: float


def scores(model: np.ndarray, observed: np.ndarray, *, not_positive: str) -> Scores:
    """Return the scores of a model against measurements.

    Parameters
    ----------
    model, observed : array-like of float, shape (n,)
        Pairs in one unit; NaN where missing.
    not_positive : {"keep", "exclude"}
        What happens to pairs with a value of zero or below in the fractional scores.

    Returns
    -------
    Scores
        See there.

    Raises
    ------
    ValueError
        If the lengths differ, or the choice is neither.
    """
    if not_positive not in {"keep", "exclude"}:
        raise ValueError(f"not_positive={not_positive!r}; expected 'keep' or 'exclude'")
    m, o = (np.asarray(values, dtype=float) for values in (model, observed))
    if m.shape != o.shape:
        raise ValueError(f"{m.shape} values of a model against {o.shape} measurements")
    both = np.isfinite(m) & np.isfinite(o)
    missing = int((~both).sum())
    m, o = m[both], o[both]
    if not len(m):
        nothing = float("nan")
        return Scores(0, missing, 0, 0, *([nothing] * 8))
    positive = (m > 0) & (o > 0)
    usable = positive if not_positive == "exclude" else m + o != 0
    mp, op = m[usable], o[usable]
    some = bool(usable.any())
    total = float(o.sum())
    varied = len(m) > 1 and float(m.std()) > 0 and float(o.std()) > 0
    nan = float("nan")
    return Scores(
        pairs=len(m),
        missing=missing,
        not_positive=int((~positive).sum()),
        excluded=int((~usable).sum()),
        mean_model=float(m.mean()),
        mean_observed=float(o.mean()),
        nmb=float((m - o).sum() / total) if total else nan,
        mnmb=float(2 * ((mp - op) / (mp + op)).mean()) if some else nan,
        fge=float(2 * (np.abs(mp - op) / (mp + op)).mean()) if some else nan,
        fac2=_within_two(mp, op) if some else nan,
        r=float(np.corrcoef(m, o)[0, 1]) if varied else nan,
        rmse=float(np.sqrt(((m - o) ** 2).mean())),
    )


def _within_two(m: np.ndarray, o: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = m / o
    return float(((ratio >= 0.5) & (ratio <= 2)).mean())
