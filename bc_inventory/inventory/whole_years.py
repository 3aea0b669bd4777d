"""Which years are whole: whether what another year has figures for has them too.

A sum over what happens to have a figure isn't a total: when road statistics end a year before
household statistics, the sum of that year falls though nobody drove less. So each year of a
domain is compared, by region, category, fuel and activity, with the nearest whole year before it
(or after it, for years before the first one). Activity that another takes the place of, as where
one publication follows another, isn't lacking. In a year in which too small a part of the
emission of that other year has a figure, the domain has no total, nor has any aggregate of it
that lacks as much.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bc_inventory.schema import check, table
from bc_inventory.schema.counted import counted
from bc_inventory.schema.enumerations import Completeness

__all__ = ["cells_of", "incomplete", "whole_years", "without_incomplete"]

_CELL = ["region", "gnfr", "nfr", "fuel"]
_ROW = [*_CELL, "activity_id"]
_SERIES = ["side", "factor_set"]
_LISTED = 8
# Numbers of a total that an incomplete one hasn't got.
_NUMBERS = (
    *("emission_kt", "approach1_lower_kt", "approach1_upper_kt"),
    *("mean_kt", "median_kt", "lower_kt", "upper_kt"),
)


def cells_of(emissions: pd.DataFrame) -> pd.DataFrame:
    """Sum an emission table to what has a figure.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`; memo items and rows without a figure are left out.

    Returns
    -------
    pandas.DataFrame
        year, side, factor_set, region, gnfr, nfr, fuel, activity_id, emission_kt.
    """
    rows = counted(emissions)
    rows = rows[rows["emission_kt"].notna()]
    by = ["year", *_SERIES, *_ROW]
    return rows.groupby(by, as_index=False, observed=True)["emission_kt"].sum()


def whole_years(cells: pd.DataFrame, least: float) -> pd.DataFrame:
    """Say of each year of each domain whether it is whole.

    The year that covers the others best is whole; from it, years are compared outwards, each
    with the nearest whole one on the way back.

    Parameters
    ----------
    cells : pandas.DataFrame
        From `cells_of`, of all years.
    least : float
        Part of the emission of a whole year that must have a figure in another.

    Returns
    -------
    pandas.DataFrame
        Contract `whole_years`.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"side": "EU", "factor_set": "harmonised", "region": "FR", "gnfr": "F_RoadTransport",
    ...        "fuel": "diesel", "activity_id": "crf"}
    >>> cells = pd.DataFrame([
    ...     {**row, "nfr": "1A3bi", "year": 2021, "emission_kt": 6.0},
    ...     {**row, "nfr": "1A3biii", "year": 2021, "emission_kt": 4.0},
    ...     {**row, "nfr": "1A3bi", "year": 2022, "emission_kt": 5.0},
    ... ])
    >>> whole_years(cells, least=0.95)[["year", "completeness", "coverage"]].values.tolist()
    [[2021, 'whole', nan], [2022, 'incomplete', 0.6]]
    """
    parts = [
        _of_series(part, least).assign(side=side, factor_set=factor_set)
        for (side, factor_set), part in cells.groupby(_SERIES, sort=True, observed=True)
    ]
    verdicts = pd.concat(parts, ignore_index=True)
    ordered = verdicts.sort_values(["side", "factor_set", "year"], ignore_index=True)
    return check(ordered[table("whole_years").names], "whole_years")


def _of_series(cells: pd.DataFrame, least: float) -> pd.DataFrame:
    wide = cells.pivot_table(index=_ROW, columns="year", values="emission_kt", aggfunc="sum")
    years = [int(year) for year in wide.columns]
    if len(years) == 1:
        alone = {"completeness": Completeness.UNTESTED, "compared_with": pd.NA}
        return _frame([{"year": years[0], **alone}])
    has, kt = wide.notna(), wide.fillna(0.0)
    # Part of the emission of the column's year that has a figure in the row's year.
    by_year = (has.T.astype(float) @ kt / kt.sum()).fillna(1.0).mean(axis=1)
    first = int(by_year[by_year == by_year.max()].index[-1])
    rows = [{"year": first, "completeness": Completeness.WHOLE, "compared_with": pd.NA}]
    for onwards in (
        [year for year in years if year > first],
        [year for year in reversed(years) if year < first],
    ):
        whole = first
        for year in onwards:
            lost = kt[whole].where(_lost(has, year, whole), 0.0)
            part = 1.0 - float(lost.sum() / kt[whole].sum()) if kt[whole].any() else 1.0
            complete = part >= least
            rows.append(
                {
                    "year": year,
                    "completeness": Completeness.WHOLE if complete else Completeness.INCOMPLETE,
                    "compared_with": whole,
                    "coverage": part,
                    **_lacking(lost),
                }
            )
            whole = year if complete else whole
    return _frame(rows)


def _lost(has: pd.DataFrame, year: int, whole: int) -> pd.Series:
    """Tell which rows of a whole year have no figure in another, nor one in their place."""
    new = has[year] & ~has[whole]
    return has[whole] & ~has[year] & ~new.groupby(level=_CELL).transform("any")


def _lacking(kt: pd.Series) -> dict[str, object]:
    """Say what emission of another year has no figure, the largest categories first."""
    emitted = kt[kt > 0]
    if emitted.empty:
        return {"lacking_kt": 0.0}
    by_fuel = emitted.groupby(["nfr", "fuel"])
    sums = by_fuel.sum().sort_values(ascending=False, kind="stable")
    regions = by_fuel.apply(lambda part: part.index.get_level_values("region").nunique())
    words = [
        f"{nfr} {fuel} {kt:.3g} kt in {regions[nfr, fuel]} regions"
        for (nfr, fuel), kt in sums.head(_LISTED).items()
    ]
    more = [f"and {len(sums) - _LISTED} more"] if len(sums) > _LISTED else []
    return {"lacking_kt": float(emitted.sum()), "lacking": "; ".join([*words, *more])}


def _frame(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    columns = [name for name in table("whole_years").names if name not in _SERIES]
    frame = pd.DataFrame(list(rows)).reindex(columns=columns)
    return frame.astype({"compared_with": "Int64", "coverage": float, "lacking_kt": float})


def without_incomplete(
    totals: pd.DataFrame, verdicts: pd.DataFrame, cells: pd.DataFrame, least: float
) -> pd.DataFrame:
    """Take the figures of totals that lack too much, and say which these are.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals` but for `completeness`.
    verdicts : pandas.DataFrame
        From `whole_years`.
    cells : pandas.DataFrame
        From `cells_of`.
    least : float
        As in `whole_years`.

    Returns
    -------
    pandas.DataFrame
        Contract `totals`. Of an incomplete side-year, the total of the side has no figure, nor
        has any other total of which less than `least` of what the whole year had has one.
    """
    key = ["year", *_SERIES]
    marked = totals.merge(verdicts[[*key, "completeness"]], on=key, how="left", validate="m:1")
    order = table("totals").names
    short = verdicts[incomplete(verdicts)]
    for year, side, factor_set, whole in short[[*key, "compared_with"]].itertuples(index=False):
        series = cells[(cells["side"] == side) & (cells["factor_set"] == factor_set)]
        wide = series[series["year"].isin([year, whole])].pivot_table(
            index=_ROW, columns="year", values="emission_kt", aggfunc="sum"
        )
        lost = _lost(wide.notna(), year, whole)
        then = wide[whole].rename("emission_kt").reset_index()
        then["covered_kt"] = then["emission_kt"].where(~lost.to_numpy(), 0.0)
        mine = (marked[key] == [year, side, factor_set]).all(axis=1)
        for _, group in marked[mine].groupby("level", sort=False):
            by = [name for name in ("region", "gnfr", "nfr") if (group[name] != "*").all()]
            lacks = pd.Series(data=True, index=group.index)
            if by:
                sums = then.groupby(by)[["emission_kt", "covered_kt"]].sum()
                part = (sums["covered_kt"] / sums["emission_kt"]).rename("part").reset_index()
                lacks = group.merge(part, on=by, how="left")["part"].set_axis(group.index) < least
            marked.loc[lacks[~lacks].index, "completeness"] = Completeness.WHOLE
            marked.loc[lacks[lacks].index, list(_NUMBERS)] = float("nan")
    return check(marked[order], "totals")


def incomplete(rows: pd.DataFrame) -> pd.Series:
    """Tell which totals, or years of domains, are incomplete.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `totals` or `whole_years`; a release from before there was the column says of
        none that it is.

    Returns
    -------
    pandas.Series of bool
    """
    if "completeness" not in rows:
        return pd.Series(data=False, index=rows.index)
    return rows["completeness"].eq(Completeness.INCOMPLETE)
