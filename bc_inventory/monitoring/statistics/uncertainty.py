"""How uncertain a value of a series is, and what of it is known."""

from __future__ import annotations

import math

import pandas as pd

from bc_inventory.monitoring.facts import facts
from bc_inventory.schema.series import Description

__all__ = ["relative_uncertainty", "widened"]


def relative_uncertainty(about: Description) -> tuple[float | None, str]:
    """Return the expanded relative uncertainty of a value, and what it holds.

    Parameters
    ----------
    about : Description
        Its own uncertainty wins; else that of its instrument, or of thermal-optical
        analysis for elemental carbon.

    Returns
    -------
    tuple of float or None, str
        None where nothing is known of the instrument.
    """
    if about.relative_uncertainty is not None:
        return about.relative_uncertainty, about.uncertainty_from or "stated"
    table = facts("instruments")
    named = table[table["bc_type"].eq("eBC" if about.bc_type == "b_abs" else about.bc_type)]
    text = f"{about.instrument or ''} {about.serial or ''}"
    for row in named.itertuples():
        if str(row.instrument) in text and pd.notna(row.relative_uncertainty):
            return float(row.relative_uncertainty), f"instrument {row.instrument}"
    if about.bc_type == "EC":
        row = named[named["instrument"] == "thermal-optical"].iloc[0]
        return float(row["relative_uncertainty"]), "thermal-optical, within one protocol"
    return None, "instrument not stated"


def widened(about: Description, by: float, what: str) -> dict[str, float | str | None]:
    """Return the fields of a description whose values were multiplied by an uncertain number.

    Parameters
    ----------
    about : Description
        Before.
    by : float
        Expanded relative uncertainty of the number, independent of that of the values.
    what : str
        What the number is.

    Returns
    -------
    dict
        `relative_uncertainty`, the root of the sum of squares, and `uncertainty_from`.
        Where that of the values isn't known, neither is that of the product.
    """
    content, origin = relative_uncertainty(about)
    if content is None:
        return {"relative_uncertainty": None, "uncertainty_from": None}
    return {
        "relative_uncertainty": math.hypot(content, by),
        "uncertainty_from": f"{origin}; {what}",
    }
