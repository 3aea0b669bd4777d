"""The fleet model: which emission stage burns how much of a fuel in a year.

The weight of the vehicles of a model year m in year y, of age a = y - m, is

    sales(m) x exp(-((a + 0.5) / lifetime)^steepness) x exp(-mileage_decay x a)

with half of it at age 0, since they are sold through the year. In the first year of a stage half
of the sales comply with it and half with the stage before. A stage's share is its part of the
sum of weights. Survival is a Weibull curve as in COPERT and MOVES; `docs/factors.md` gives the
parameters and what they rest on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["OLDEST", "Survival", "balanced", "growing", "interpolated", "stage_shares"]

OLDEST = 44  # years of age; what is older weighs too little to count


@dataclass(frozen=True)
class Survival:
    """How vehicles leave a fleet and how their use declines.

    Parameters
    ----------
    lifetime : float
        Scale of the Weibull survival curve, years.
    steepness : float
        Its shape.
    mileage_decay : float
        Decline of use with age, 1/year.
    """

    lifetime: float
    steepness: float
    mileage_decay: float

    def weight(self, age: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the weight of a vehicle of each age, in whole years from 0."""
        survival = np.exp(-(((age + 0.5) / self.lifetime) ** self.steepness))
        result: npt.NDArray[np.float64] = survival * np.exp(-self.mileage_decay * age)
        return np.where(age == 0, 0.5 * result, result)


def interpolated(curve: pd.Series) -> pd.Series:
    """Return a value for every year, linear between the years of a curve and constant outside."""
    years = np.arange(1900, 2101)
    known = curve.sort_index()
    return pd.Series(np.interp(years, known.index.to_numpy(), known.to_numpy()), years)


def growing(rate: float) -> pd.Series:
    """Return sales that grow by a rate each year, 1 in 2000."""
    years = np.arange(1900, 2101)
    return pd.Series((1.0 + rate) ** (years - 2000.0), years)


def stage_shares(
    years: Sequence[int],
    first_years: Sequence[int],
    sales: pd.Series,
    survival: Survival,
    ratios: Mapping[int, npt.NDArray[np.float64]] | None = None,
) -> pd.DataFrame:
    """Return the energy shares of emission stages.

    Parameters
    ----------
    years : sequence of int
        Calendar years.
    first_years : sequence of int
        First year of each stage after the one before all limits, ascending.
    sales : pandas.Series
        New vehicles by year, in any unit.
    survival : Survival
        Parameters of the fleet.
    ratios : mapping of int to numpy.ndarray, optional
        By year: what the weight of each age is multiplied by, for a fleet whose ages are known.

    Returns
    -------
    pandas.DataFrame
        Rows stages from 0 (before all limits), columns years; each column adds up to 1.

    Examples
    --------
    With no decline and two cohorts of equal size, the new one counts half:

    >>> sales = pd.Series({2000: 1.0, 2001: 1.0})
    >>> shares = stage_shares([2001], [2001], sales, Survival(1e9, 1.0, 0.0))
    >>> shares[2001].round(3).tolist()  # half of 0.5, over 1.5
    [0.833, 0.167]
    """
    age = np.arange(OLDEST + 1)
    starts = np.asarray(first_years)
    result = {}
    for year in years:
        model_year = year - age
        weight = sales.reindex(model_year).fillna(0.0).to_numpy() * survival.weight(age)
        if ratios is not None:
            weight = weight * ratios[year]
        stage = np.searchsorted(starts, model_year, side="right")
        late = np.isin(model_year, starts)
        whole = np.where(late, 0.5 * weight, weight)
        sums = np.bincount(stage, whole, len(starts) + 1)
        sums += np.bincount((stage - 1)[late], whole[late], len(starts) + 1)
        result[year] = sums / sums.sum()
    return pd.DataFrame(result)


def balanced(shares: pd.Series, digits: int = 4) -> pd.Series:
    """Round shares and let the largest take what rounding leaves, so that they add up to 1.

    Examples
    --------
    >>> balanced(pd.Series([1 / 3, 1 / 3, 1 / 3]), 2).tolist()
    [0.34, 0.33, 0.33]
    """
    rounded = shares.round(digits)
    largest = rounded.idxmax()
    rounded[largest] = round(rounded[largest] + 1.0 - rounded.sum(), digits)
    return rounded
