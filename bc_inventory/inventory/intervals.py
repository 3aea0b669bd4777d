"""What the rows of a fact table say of a number: its distribution from value, bounds and kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.inventory.distribution import Distribution, Lognormal
from bc_inventory.inventory.fractions import SplitNormal
from bc_inventory.schema.enumerations import ValueKind

__all__ = ["expected", "stated", "stated_fraction"]


def stated(rows: pd.DataFrame, name: str) -> Lognormal:
    """Return the distributions of positive numbers as a fact table states them.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns `name`, `name_lower`, `name_upper` and, where it isn't the mean of all,
        `value_kind`.
    name : str
        Column of the value.
    """
    return Lognormal.from_interval(*_figures(rows, name), _is_median(rows))


def expected(rows: pd.DataFrame, name: str, spread: Distribution) -> pd.Series:
    """Return the expected numbers of a fact table: those it states, unless they are medians.

    Parameters
    ----------
    rows, name
        See `stated`.
    spread : Distribution
        What `stated` or `stated_fraction` returns for them.
    """
    return rows[name].where(~rows["value_kind"].eq(ValueKind.MEDIAN), spread.mean)


def stated_fraction(rows: pd.DataFrame, name: str) -> SplitNormal:
    """Return the distributions of numbers between zero and one as a fact table states them.

    Parameters
    ----------
    rows, name
        See `stated`.
    """
    return SplitNormal.from_interval(*_figures(rows, name), 0.0, 1.0, _is_median(rows))


def _figures(rows: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return value, lower and upper bound."""
    value, lower, upper = (
        rows[column].to_numpy(dtype=float) for column in (name, f"{name}_lower", f"{name}_upper")
    )
    return value, lower, upper


def _is_median(rows: pd.DataFrame) -> pd.Series[bool] | bool:
    return rows["value_kind"].eq(ValueKind.MEDIAN).to_numpy() if "value_kind" in rows else False
