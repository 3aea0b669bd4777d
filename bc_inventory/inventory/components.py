"""The components of a row of the emission table, and the distribution of each.

A row is a product of what made the activity, the region's own statistics, the technology
split, the factor, and what controls leave.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.inventory.distribution import Lognormal

__all__ = ["DRAW_COLUMNS", "Component", "multiplier", "product"]


class Component(StrEnum):
    """A component of a row."""

    ACTIVITY = "activity"
    LOCAL = "local"
    SHARE = "share"
    FACTOR = "factor"
    ABATEMENT = "abatement"


# What the draws of the components depend on.
DRAW_COLUMNS = tuple(f"{kind}_{each}" for each in Component for kind in ("corr", "sigma"))


def multiplier(rows: pd.DataFrame, component: str, dtype: Any = float) -> Lognormal:
    """Return the distribution of a component over its published value.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    component : str
        A `Component`; of the abatement it is what controls leave, 1 - abatement.
    dtype : data-type
        Precision of its numbers.

    Returns
    -------
    Lognormal
        One for each row; certain where the row says nothing.
    """
    deviation = rows[f"sigma_{component}"].fillna(0.0).to_numpy(dtype=dtype)
    return Lognormal(np.ones_like(deviation), deviation)


def product(rows: pd.DataFrame) -> Lognormal:
    """Return the distribution of the emission of rows, kt.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, rows with a figure.
    """
    emission = rows["emission_kt"].to_numpy(dtype=float)
    first, *others = (multiplier(rows, component) for component in Component)
    return first.times(*others).scaled(emission)
