"""Series that published activity is moved with where it ends or hasn't begun.

A series `x` with figures in the reference years R is continued as `x_t = mean(x_R) s_t /
mean(s_R)` with an indicator `s` that is known there too (2006 IPCC Guidelines vol. 1 ch. 5.3,
surrogate data). What is continued carries the flag `extrapolated_N`, where N is the distance in
years to the nearest reference year; its interval widens with it
(`data/activity_uncertainty.csv`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

__all__ = ["SERIES", "continued", "extrapolated", "wide"]

SERIES = ["region", "source_sector", "source_fuel"]


def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Return figures by series (rows) and year (columns)."""
    known = rows[rows["quantity"].notna()]
    return known.pivot_table("quantity", SERIES, "year", aggfunc="first")


def continued(
    figures: pd.Series, indicator: pd.Series, references: Iterable[int], years: Iterable[int]
) -> pd.Series:
    """Continue one series with an indicator.

    Parameters
    ----------
    figures, indicator : pandas.Series
        By year.
    references, years : iterable of int
        Years that give the level, and years to continue to.

    Returns
    -------
    pandas.Series
        By year; the mean of the references where the indicator has none or is zero there.

    Examples
    --------
    >>> import pandas as pd
    >>> fuel = pd.Series({2015: 9.0, 2016: 11.0})
    >>> co2 = pd.Series({2014: 3.0, 2015: 2.0, 2016: 2.0})
    >>> continued(fuel, co2, [2015, 2016], [2014]).to_dict()
    {2014: 15.0}
    """
    known = figures.reindex(list(references)).dropna()
    level = known.mean()
    base = indicator.reindex(known.index).mean()
    moved = indicator.reindex(list(years))
    if not base > 0:
        return pd.Series(level, index=moved.index, dtype=float)
    return (level * moved / base).fillna(level)


def extrapolated(
    series: tuple[str, str, str], values: pd.Series, nearest: int, like: pd.Series, note: str
) -> pd.DataFrame:
    """Return continued figures as rows of published activity.

    Parameters
    ----------
    series : tuple of str
        Region, sector and fuel.
    values : pandas.Series
        By year.
    nearest : int
        Nearest year with a figure.
    like : pandas.Series
        A row of the series, whose unit, kind and source they take.
    note : str
        What they follow.
    """
    region, sector, fuel = series
    years = values.index.astype(int)
    return pd.DataFrame(
        {
            "year": years,
            "region": region,
            "source_sector": sector,
            "source_fuel": fuel,
            "quantity": [float(f"{value:.5g}") for value in values],
            "unit": like["unit"],
            "quantity_kind": like["quantity_kind"],
            "notation_key": None,
            "flag": [f"extrapolated_{abs(year - nearest)}" for year in years],
            "source_id": like["source_id"],
            "note": note,
        }
    )
