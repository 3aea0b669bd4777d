"""Bounds that follow from a share by a rule: a normal distribution of its log-odds."""

from __future__ import annotations

import math

import pandas as pd

__all__ = ["Z", "log_odds_bounds", "rounded_outwards"]

Z = 1.96  # of a 95 % interval


def log_odds_bounds(share: float, deviation: float) -> tuple[float, float]:
    """Return the bounds of a share whose log-odds are normal.

    Parameters
    ----------
    share : float
        From 0 to 1; the ends have no interval.
    deviation : float
        Standard deviation of the log-odds.

    Examples
    --------
    >>> [round(bound, 2) for bound in log_odds_bounds(0.5, 0.5)]
    [0.27, 0.73]
    >>> log_odds_bounds(1.0, 0.5)
    (1.0, 1.0)
    """
    if share <= 0.0 or share >= 1.0:
        return share, share
    middle = math.log(share / (1.0 - share))
    low, high = (1.0 / (1.0 + math.exp(-(middle + sign * Z * deviation))) for sign in (-1, 1))
    return low, high


def rounded_outwards(share: pd.Series, deviation: pd.Series) -> pd.DataFrame:
    """Return the bounds of shares to four decimals, the lower rounded down, the upper up.

    A lower bound that rounds to 0 is a fifth of the share instead, so that a share that isn't 0
    never reaches 0.

    Returns
    -------
    pandas.DataFrame
        Columns `share_lower` and `share_upper`.
    """
    rows = []
    for value, spread in zip(share, deviation, strict=True):
        low, high = log_odds_bounds(value, spread)
        if low == high:
            rows.append((value, value))
            continue
        down = math.floor(low * 10_000) / 10_000
        rows.append((down or round(value / 5, 5), math.ceil(high * 10_000) / 10_000))
    return pd.DataFrame(rows, columns=["share_lower", "share_upper"], index=share.index)
