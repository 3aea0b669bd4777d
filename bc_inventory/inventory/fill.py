"""Mend holes and breaks in series of published activity.

The four splicing techniques of the 2006 IPCC Guidelines (vol. 1 ch. 5.3), which the
EMEP/EEA Guidebook (part A ch. 4) repeats. With x the series as published, y the series
as repaired, R the reference years, F the years to repair and a bar for a mean:

* overlap: the part of a series before or after a break is moved to the level of R. IPCC's ratio
  is of years common to both; where there are none, it is that of the step in ln x = a + b t + step
  in R, so that a trend through the break isn't taken for it;
* surrogate: the series follows another one, s, as y_t = mean(x_R) s_t / mean(s_R); a
  series without figures of its own is y_t = factor s_t, or factor s_t P / P_s per head;
* interpolation: linear between the nearest figures on both sides of F;
* extrapolation: the straight line through the figures of R, not below zero.

Which series is mended, how and from what, is a row of `data/activity_repairs.csv` with
its source and interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import JoinError, Problem

__all__ = ["repair"]

_SERIES = ["region", "source_sector", "source_fuel"]
_KEY = [*_SERIES, "year"]
_FILE = "activity_repairs.csv"


@dataclass(frozen=True)
class _Rule:
    """One row of the contract `activity_repairs`."""

    repair_id: str
    region: str
    source_sector: str
    source_fuel: str
    method: str
    year_from: int
    year_to: int
    reference_from: int | None
    reference_to: int | None
    surrogate_region: str | None
    factor: float | None
    per_head: bool
    relative: float
    confidence: str
    source_id: str
    note: str | None

    @property
    def series(self) -> tuple[str, str]:
        """Sector and fuel of the series."""
        return self.source_sector, self.source_fuel

    @property
    def years(self) -> pd.Index:
        """Years to repair."""
        return pd.RangeIndex(self.year_from, self.year_to + 1)

    @property
    def references(self) -> pd.Index:
        """Years that give level or trend."""
        if self.reference_from is None or self.reference_to is None:
            raise self.refuse("no reference years", f"them, for the method {self.method}")
        return pd.RangeIndex(self.reference_from, self.reference_to + 1)

    def refuse(self, found: str, expected: str) -> JoinError:
        """Return an error about this rule, to be raised."""
        series = ", ".join((self.region, *self.series))
        return JoinError([Problem(f"{found} for {self.repair_id} ({series})", expected, _FILE)])


def repair(
    published: pd.DataFrame, rules: pd.DataFrame, population: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return published activity with its holes filled and its breaks mended.

    Parameters
    ----------
    published : pandas.DataFrame
        Contract `activity_published`, with all years that the rules refer to.
    rules : pandas.DataFrame
        Contract `activity_repairs`.
    population : pandas.DataFrame
        Contract `population`, for rules that hold per head.

    Returns
    -------
    repaired : pandas.DataFrame
        Contract `activity_published`. A repaired figure has the flag `filled_` and its
        method, no notation key, and a note that names the rule and what was published;
        its source is that of the series or, where the region has none, of the surrogate.
        All other rows are unchanged.
    repairs : pandas.DataFrame
        One row for each repaired figure: `repair_id`, `method`, the key, `published` and
        `quantity` (both in `unit`), `relative` (half width of the 95 % interval over the
        figure), `confidence` and `source_id` of the rule.

    Raises
    ------
    JoinError
        If a rule finds no figure to work from, two rules repair one figure, or a figure
        is in two units.
    """
    if published.duplicated(_KEY).any():
        key = published.loc[published.duplicated(_KEY), _KEY].iloc[0]
        raise JoinError(
            [Problem(f"two figures of {', '.join(map(str, key))}", "one unit of each fact")]
        )
    if rules.empty:
        return published, _repairs([], published)
    every = [_Rule(**row) for row in _plain(rules)]
    broken = {(rule.region, *rule.series) for rule in every}
    series = _Series(published, population, broken)
    parts = []
    for rule in every:
        values = _METHODS[rule.method](rule, series).dropna()
        if values.empty:
            raise rule.refuse("no figure to work from", "figures in the years the rule names")
        parts.append((rule, values))
    repairs = _repairs(parts, published)
    twice = repairs[repairs.duplicated(_KEY, keep=False)]
    if len(twice):
        names = ", ".join(sorted(set(twice["repair_id"])))
        raise JoinError([Problem(f"rules {names} for one figure", "one rule for each", _FILE)])
    return _put(published, repairs), repairs


def _plain(rules: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows with None for what is absent."""
    rows = rules.astype(object).where(rules.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


class _Series:
    """Look series up in the published figures."""

    def __init__(
        self, published: pd.DataFrame, population: pd.DataFrame, broken: set[tuple[str, str, str]]
    ) -> None:
        self._wide = published.pivot_table("quantity", _SERIES, "year", aggfunc="first")
        self._blocks = {
            name: block.droplevel(["source_sector", "source_fuel"])
            for name, block in self._wide.groupby(level=["source_sector", "source_fuel"])
        }
        self._broken = broken
        self._people = population.pivot_table("population", "region", "year", aggfunc="first")

    def of(self, region: str, rule: _Rule) -> pd.Series:
        """Return the figures of a region by year; empty where it has none."""
        key = (region, rule.source_sector, rule.source_fuel)
        return self._wide.loc[key].dropna() if key in self._wide.index else pd.Series(dtype=float)

    def surrogate(self, rule: _Rule, years: pd.Index) -> pd.DataFrame:
        """Return the figures of the surrogate's regions, one row each, years as columns."""
        if not rule.surrogate_region:
            raise rule.refuse("no surrogate", "regions whose figures the series follows")
        block = self._blocks.get((rule.source_sector, rule.source_fuel), self._wide.iloc[:0])
        names = rule.surrogate_region.split(";")
        if names == ["*"]:
            mended = {name for name, *series in self._broken if tuple(series) == rule.series}
            names = [name for name in block.index if name not in mended]
        return block.reindex(index=names, columns=years)

    def people(self, regions: Sequence[str], years: pd.Index, rule: _Rule) -> pd.DataFrame:
        """Return populations, of the nearest year where one is absent."""
        absent = sorted(set(regions) - set(self._people.index))
        if absent:
            raise rule.refuse(f"no population of {', '.join(absent)}", "it: the rule is per head")
        known = self._people.loc[list(regions)].T.sort_index()
        return pd.DataFrame(
            {name: known[name].dropna().reindex(years, method="nearest") for name in known}
        ).T


def _overlap(rule: _Rule, series: _Series) -> pd.Series:
    figures = series.of(rule.region, rule)
    old = figures.reindex(rule.years)
    return old * _step(old, figures.reindex(rule.references).drop(rule.years, errors="ignore"))


def _step(old: pd.Series, new: pd.Series) -> float:
    """Return the level of a new part of a series over that of the old one, without their trend.

    The two parts have no year in common. Logarithms are read as one growth rate and a step at
    the break, by least squares, so that what grows as steadily before as after keeps growing.
    """
    parts = [part[part > 0].dropna() for part in (old, new)]
    if min(len(part) for part in parts) == 0:
        return float("nan")
    years = [part.index.to_numpy(dtype=float) for part in parts]
    levels = [np.log(part.to_numpy()) for part in parts]
    apart = np.concatenate([year - year.mean() for year in years])
    spread = float(apart @ apart)
    moved = np.concatenate([level - level.mean() for level in levels])
    growth = float(apart @ moved) / spread if spread > 0 else 0.0
    return float(
        np.exp(levels[1].mean() - levels[0].mean() - growth * (years[1].mean() - years[0].mean()))
    )


def _surrogate(rule: _Rule, series: _Series) -> pd.Series:
    if rule.factor is not None:
        return _by_factor(rule, series, rule.factor)
    figures = series.of(rule.region, rule).reindex(rule.references)
    # A member that lacks a year would make a jump of its own.
    other = series.surrogate(rule, rule.years.union(rule.references)).dropna().sum(min_count=1)
    return figures.mean() * other[rule.years] / other[rule.references].where(figures.notna()).mean()


def _by_factor(rule: _Rule, series: _Series, factor: float) -> pd.Series:
    """Return a series without figures of its own."""
    other = series.surrogate(rule, rule.years)
    values = factor * other.sum(min_count=1)
    if rule.per_head:
        there = series.people(list(other.index), rule.years, rule).where(other.notna()).sum()
        values *= series.people([rule.region], rule.years, rule).loc[rule.region] / there
    return values


def _interpolated(rule: _Rule, series: _Series) -> pd.Series:
    figures = series.of(rule.region, rule)
    figures = figures[~figures.index.isin(rule.years)]
    if not ((figures.index < rule.year_from).any() and (figures.index > rule.year_to).any()):
        raise rule.refuse("no figure on one side", "a figure on each side of the hole")
    return pd.Series(np.interp(rule.years, figures.index, figures), index=rule.years)


def _extrapolated(rule: _Rule, series: _Series) -> pd.Series:
    figures = series.of(rule.region, rule).reindex(rule.references).dropna()
    if figures.size < 2:
        raise rule.refuse(f"{figures.size} figures", "at least two in the reference years")
    slope, level = np.polyfit(figures.index.to_numpy(dtype=float), figures.to_numpy(), 1)
    line = pd.Series(slope * np.asarray(rule.years, dtype=float) + level, index=rule.years)
    return line.clip(lower=0.0)


_METHODS = {
    "overlap": _overlap,
    "surrogate": _surrogate,
    "interpolation": _interpolated,
    "extrapolation": _extrapolated,
}


def _repairs(parts: list[tuple[_Rule, pd.Series]], published: pd.DataFrame) -> pd.DataFrame:
    """Return the repaired figures next to the published ones."""
    names = ["repair_id", "method", *_SERIES, "relative", "confidence", "source_id"]
    rows = [
        {**{name: getattr(rule, name) for name in names}, "year": int(year), "quantity": value}
        for rule, values in parts
        for year, value in values.items()
    ]
    repairs = pd.DataFrame(rows, columns=[*names, "year", "quantity"]).astype({"quantity": float})
    before = published[[*_KEY, "quantity", "unit"]].rename(columns={"quantity": "published"})
    repairs = repairs.merge(before, on=_KEY, how="left")
    units = published.groupby(["source_sector", "source_fuel"])["unit"].first()
    series = pd.MultiIndex.from_frame(repairs[["source_sector", "source_fuel"]])
    repairs["unit"] = repairs["unit"].fillna(
        pd.Series(units.reindex(series).to_numpy(), index=repairs.index)
    )
    return repairs


def _put(published: pd.DataFrame, repairs: pd.DataFrame) -> pd.DataFrame:
    """Return the published figures with the repaired ones in their place."""
    model = ["source_sector", "source_fuel", "quantity_kind", "source_id"]
    like = published[model].drop_duplicates(model[:2])
    new = repairs.drop(columns="source_id").merge(like, on=model[:2], how="left")
    new["flag"] = "filled_" + new["method"]
    was = new["published"].map(lambda value: "no figure" if np.isnan(value) else f"{value:g}")
    new["note"] = new["repair_id"] + "; published: " + was
    new["notation_key"] = None
    replaced = pd.MultiIndex.from_frame(repairs[_KEY])
    untouched = published[~pd.MultiIndex.from_frame(published[_KEY]).isin(replaced)]
    both = pd.concat([untouched, new[published.columns].astype(untouched.dtypes.to_dict())])
    return both.sort_values(["year", *_SERIES, "unit"], kind="stable").reset_index(drop=True)
