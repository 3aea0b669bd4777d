"""The components of a row of the emission table, what names the draw of each, and how it spreads.

A row is a product of what made the activity, the region's own statistics, the technology
split, the factor, and what controls leave. Each is one draw for all rows that rest on the same
fact: the columns that identify the fact stand in the table (`IDENTITY`), and rows that agree
in all of them share the draw. Whether draws are common to years or regions is a matter of
these columns alone: none of them is the year, and of all components the region's own
statistics alone have the region.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.inventory.distribution import Lognormal

__all__ = ["DRAW_COLUMNS", "IDENTITY", "Component", "draw_names", "multiplier", "product"]


class Component(StrEnum):
    """A component of a row."""

    ACTIVITY = "activity"
    LOCAL = "local"
    SHARE = "share"
    FACTOR = "factor"
    ABATEMENT = "abatement"


# Columns that identify the fact a component rests on.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    Component.ACTIVITY: ("activity_id",),
    Component.LOCAL: ("statistics_source", "driver", "region", "source_sector"),
    Component.SHARE: ("share_scope", "nfr", "fuel", "share_technology"),
    Component.FACTOR: ("factor_id",),
    Component.ABATEMENT: (
        *("abatement_scope", "abatement_nfr", "abatement_fuel", "abatement_technology"),
    ),
}
# Components whose names say which they are, since their columns alone don't.
_PREFIXED = (Component.SHARE, Component.FACTOR, Component.ABATEMENT)
# What the draws of all components depend on.
DRAW_COLUMNS = tuple(
    dict.fromkeys(
        [name for each in Component for name in (*IDENTITY[each], f"sigma_{each}")],
    )
)


def draw_names(rows: pd.DataFrame, component: str) -> tuple[np.ndarray, list[str]]:
    """Return the draw that each row has of a component, and the names of the draws.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    component : str
        A `Component`.

    Returns
    -------
    which : numpy.ndarray of int, shape (rows,)
        Position among the names.
    names : list of str
        In the order in which they first occur; what seeds a draw, and what people read. Its
        parts are the columns of `IDENTITY`.
    """
    columns = list(IDENTITY[component])
    which = rows.groupby(columns, sort=False, dropna=False, observed=True).ngroup().to_numpy()
    first = np.unique(which, return_index=True)[1]
    prefix = [component] if component in _PREFIXED else []
    names = [
        ":".join([*prefix, *(str(part) for part in parts if not pd.isna(part))])
        for parts in rows.iloc[first][columns].itertuples(index=False)
    ]
    return which, names


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
