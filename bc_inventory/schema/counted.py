"""Which rows of an emission table count towards totals."""

from __future__ import annotations

import pandas as pd

__all__ = ["counted", "is_counted"]


def is_counted(rows: pd.DataFrame) -> pd.Series:
    """Return whether each row counts towards totals: memo items don't.

    Parameters
    ----------
    rows : pandas.DataFrame
        Has `memo`, as the contract `emissions`.

    Returns
    -------
    pandas.Series of bool
    """
    return ~rows["memo"].astype(bool)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that count towards totals; see `is_counted`."""
    return rows[is_counted(rows)]
