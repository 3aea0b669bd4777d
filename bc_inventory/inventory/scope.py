"""Resolve assumptions that hold for a region, a group, a side or everywhere.

The narrowest scope wins as a whole: a set of technology shares given for one
country replaces the set of its group. A category or fuel may be `*`, any; a set that
names it replaces one that doesn't. Between anchor years a value is
interpolated linearly; before the first and after the last it is held.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

__all__ = ["at_years", "narrowest", "spell_out"]


def narrowest(frame: pd.DataFrame, regions: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Give each region the rows of its narrowest scope.

    Parameters
    ----------
    frame : pandas.DataFrame
        Has `scope` (a region, a group, a side or `*`) and the columns `by`.
    regions : pandas.DataFrame
        Has `region`, `group` and `side`.
    by : sequence of str
        Columns of a set that replaces wider ones as a whole.

    Returns
    -------
    pandas.DataFrame
        Columns of `frame` with `region` before them; one copy of a row for
        each region that it holds for.
    """
    ladder = pd.concat(
        [
            pd.DataFrame({"region": regions["region"], "scope": names, "_rank": rank})
            for rank, names in enumerate(
                (regions["region"], regions["group"], regions["side"], "*")
            )
        ],
        ignore_index=True,
    )
    spread = ladder.merge(frame, on="scope", how="inner")
    best = spread.groupby(["region", *by], sort=False, dropna=False)["_rank"].transform("min")
    return spread[spread["_rank"] == best].drop(columns="_rank").reset_index(drop=True)


def spell_out(frame: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Give each category and fuel the rows stated most narrowly for it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Has `scope, nfr, fuel, technology`, where `nfr`, `fuel` and
        `technology` may be `*`.
    uses : pandas.DataFrame
        `nfr, fuel, technology` that occur.

    Returns
    -------
    pandas.DataFrame
        Columns of `frame` with `nfr` and `fuel` of the uses, and as
        `stated_nfr` and `stated_fuel` those of the row itself. Rows that fit no use are
        left out; a `*` technology stays.
    """
    columns = ["nfr", "fuel", "technology"]
    wanted = pd.concat([uses[columns], uses[columns].assign(technology="*")]).drop_duplicates()
    stated = frame.rename(columns={"nfr": "_nfr", "fuel": "_fuel"})
    rules = stated[["scope", "_nfr", "_fuel", "technology"]].drop_duplicates()
    matched = wanted.merge(rules, on="technology")
    named_nfr, named_fuel = matched["_nfr"] != "*", matched["_fuel"] != "*"
    matched["_rank"] = 2 * named_nfr + named_fuel
    fits = (~named_nfr | (matched["_nfr"] == matched["nfr"])) & (
        ~named_fuel | (matched["_fuel"] == matched["fuel"])
    )
    matched = matched[fits].sort_values("_rank", kind="stable")
    matched = matched.drop_duplicates(["scope", *columns], keep="last").drop(columns="_rank")
    spelled = matched.merge(stated, on=["scope", "_nfr", "_fuel", "technology"])
    spelled = spelled.rename(columns={"_nfr": "stated_nfr", "_fuel": "stated_fuel"})
    return spelled[[*frame.columns, "stated_nfr", "stated_fuel"]]


def at_years(
    frame: pd.DataFrame, years: Sequence[int], key: Sequence[str], values: Sequence[str]
) -> pd.DataFrame:
    """Interpolate anchor years to the years asked for.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each `key` and anchor `year`.
    years : sequence of int
        Years wanted.
    key : sequence of str
        Columns that identify a series.
    values : sequence of str
        Number columns to interpolate; the others are taken from the nearest
        anchor at or before the year (after it for years before the first).

    Returns
    -------
    pandas.DataFrame
        Columns of `frame`, one row for each key and wanted year.
    """
    ordered = frame.sort_values([*key, "year"], kind="stable")
    by_year = []
    for year in years:
        before = ordered[ordered["year"] <= year].drop_duplicates(list(key), keep="last")
        after = ordered[ordered["year"] >= year].drop_duplicates(list(key), keep="first")
        both = before.merge(
            after[[*key, "year", *values]], on=list(key), how="outer", suffixes=("", "_after")
        )
        only_after = both["year"].isna()
        if only_after.any():
            late = after.merge(both.loc[only_after, list(key)], on=list(key))
            both = pd.concat([both[~only_after], late], ignore_index=True)
        span = (both["year_after"] - both["year"]).where(lambda gap: gap > 0)
        weight = ((year - both["year"]) / span).fillna(0.0)
        for name in values:
            step = (both[f"{name}_after"] - both[name]).fillna(0.0)
            both[name] = both[name] + weight * step
        by_year.append(both[list(frame.columns)].assign(year=year))
    return pd.concat(by_year, ignore_index=True)
