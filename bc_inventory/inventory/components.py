"""The components of a row of the emission table, what names the draw of each, and how it spreads.

A row is a product of what made the activity, the region's own statistics, the calorific value
that converted it, the technology split, the factor, and what controls leave. Each is one draw
for all rows that rest on the same fact: the columns that identify the fact stand in the table
(`IDENTITY`), and rows that agree in all of them share the draw. Whether draws are common to
years or regions is a matter of these columns alone: none of them is the year, and of all
components the region's own statistics alone have the region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from bc_inventory.inventory.distribution import (
    Lognormal,
    interval_of_product,
)
from bc_inventory.inventory.fractions import Fraction

__all__ = [
    "ACTIVITY",
    "COMMON",
    "CONFIDENCE_OF",
    "DRAW_COLUMNS",
    "IDENTITY",
    "SPLITS",
    "SPREAD",
    "Component",
    "Product",
    "draw_names",
    "multiplier",
    "product",
]


class Component(StrEnum):
    """A component of a row."""

    ACTIVITY = "activity"
    LOCAL = "local"
    CONVERSION = "conversion"
    SHARE = "share"
    FACTOR = "factor"
    ABATEMENT = "abatement"


# Columns that identify the fact a component rests on.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    Component.ACTIVITY: ("activity_id",),
    Component.LOCAL: ("statistics_source", "driver", "region", "source_sector"),
    Component.CONVERSION: ("conversion",),
    Component.SHARE: ("share_scope", "nfr", "fuel", "share_technology"),
    Component.FACTOR: ("factor_id",),
    Component.ABATEMENT: (
        *("abatement_scope", "abatement_nfr", "abatement_fuel", "abatement_technology"),
    ),
}
# Components whose names say which they are, since their columns alone don't.
_PREFIXED = (Component.CONVERSION, Component.SHARE, Component.FACTOR, Component.ABATEMENT)
# Components of the activity, and those that regions share apart from the split.
ACTIVITY = (Component.ACTIVITY, Component.LOCAL, Component.CONVERSION)
COMMON = (Component.FACTOR, Component.ABATEMENT)
# Columns that say how a component spreads around its published value.
SPREAD: Mapping[str, tuple[str, ...]] = {
    **{each: (f"sigma_{each}", f"skew_{each}") for each in (*ACTIVITY, Component.FACTOR)},
    Component.SHARE: ("share", "share_lower", "share_upper", "sigma_share", "share_weight"),
    Component.ABATEMENT: ("abatement", "sigma_abatement"),
}
# Columns that hold the split which a component is a share of, where it is one: shares of one
# published figure, and of one total spread over regions.
SPLITS: Mapping[str, str] = {
    Component.ACTIVITY: "split_activity",
    Component.LOCAL: "split_local",
}
# Columns that say how far the fact behind a component was seen in its source. The activity has
# one for all that made it.
CONFIDENCE_OF: Mapping[str, str] = {
    each: f"{each}_confidence" for each in (Component.ACTIVITY, Component.SHARE, *COMMON)
}
# What the draws of all components depend on.
DRAW_COLUMNS = tuple(
    dict.fromkeys(
        [
            *(name for each in Component for name in (*IDENTITY[each], *SPREAD[each])),
            *SPLITS.values(),
        ],
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


def multiplier(rows: pd.DataFrame, component: str) -> Lognormal | Fraction:
    """Return the distribution of a component, in terms of its published value.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`.
    component : str
        A `Component`; of the abatement it is what controls leave, 1 - abatement. A share is
        given as it spreads alone, not as one of its split.

    Returns
    -------
    Lognormal or Fraction
        One for each row; certain where the row says nothing. Its `multiplier` has the expected
        value one.
    """
    if component == Component.ABATEMENT:
        left = 1.0 - rows["abatement"].fillna(0.0).to_numpy(dtype=float)
        return Fraction(left, rows["sigma_abatement"].fillna(0.0).to_numpy(dtype=float))
    if component == Component.SHARE:
        share = rows["share"].to_numpy(dtype=float)
        bounds = (rows[f"share_{name}"].to_numpy(dtype=float) for name in ("lower", "upper"))
        alone = Lognormal.from_interval(share, *bounds)
        return Lognormal.around_one(alone.deviation, alone.skew)
    deviation, skew = (rows[name].fillna(0.0).to_numpy(dtype=float) for name in SPREAD[component])
    return Lognormal.around_one(deviation, skew)


@dataclass(frozen=True)
class Product:
    """Emission of rows, kt: the product of their components.

    Parameters
    ----------
    value, lower, upper : numpy.ndarray, shape (n,)
        Expected emission and bounds of its 95 % interval.
    """

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the bounds of the 95 % interval."""
        return self.lower, self.upper


def product(rows: pd.DataFrame) -> Product:
    """Return the distribution of the emission of rows, kt.

    Components are independent of each other, so that the expected emission is the product of
    their expected values.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, rows with a figure.
    """
    emission = rows["emission_kt"].to_numpy(dtype=float)
    lower, upper = interval_of_product(
        emission, [_reach(rows, component) for component in Component]
    )
    return Product(emission, np.minimum(lower, emission), np.maximum(upper, emission))


def _reach(rows: pd.DataFrame, component: str) -> tuple[np.ndarray, ...]:
    """Return `reach` of the component, worked out once for rows that spread alike."""
    columns = list(SPREAD[component])
    which = rows.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()
    first = np.unique(which, return_index=True)[1]
    return tuple(each[which] for each in multiplier(rows.iloc[first], component).reach())
