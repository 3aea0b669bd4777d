"""What each measure meets and changes in an emission table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.mitigation.scene import Change, Floats, Scene
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.inventory.components import DRAW_COLUMNS, IDENTITY, SPREAD, Component
from bc_inventory.inventory.draws import SPLIT, grouped, normals
from bc_inventory.inventory.fractions import SplitNormal

__all__ = ["NEEDED", "check_uptake", "concerned", "drawn_scene", "make_scene"]

_TEMPLATE = [
    "emission_factor",
    "emission_factor_unit",
    "factor_lower",
    "factor_upper",
    "factor_id",
    "factor_source",
    "abatement_source",
    *IDENTITY[Component.ABATEMENT],
    *SPREAD[Component.FACTOR],
    *SPREAD[Component.ABATEMENT],
]
# What the emission of a row and its draws depend on.
_USED = (
    *("side", "memo", "technology", "activity", "activity_unit", "share"),
    *("emission_kt", "lower_kt", "upper_kt", "pm25_kt"),
)
# What decides the savings and the draws of a row.
NEEDED = list(dict.fromkeys([*SPLIT, *_USED, *_TEMPLATE, *DRAW_COLUMNS]))


def make_scene(
    emissions: pd.DataFrame,
    measures: pd.DataFrame,
    uptake: Mapping[str, float],
    regions: pd.DataFrame,
) -> Scene:
    """Find what measures meet in an emission table.

    Parameters
    ----------
    emissions, measures, uptake, regions
        See `bc_inventory.analysis.mitigation.measures.apply_measures`.

    Returns
    -------
    Scene
        All rows with a figure and those that measures bring in; the central case alone.

    Raises
    ------
    DataError
        If a measure is unknown, an uptake lies outside 0 to 1, or the factor
        of a technology that comes in isn't known from another row.
    """
    return _scene(emissions, measures, uptake, regions, 0, 0)


def concerned(
    emissions: pd.DataFrame, measures: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows that decide what measures save, with the columns that do.

    Parameters
    ----------
    emissions, measures, regions
        See `bc_inventory.analysis.mitigation.measures.apply_measures`.

    Returns
    -------
    pandas.DataFrame
        All technologies of activities that a measure meets, and every row of a technology
        that a measure brings in, since its factor may be taken from there.
    """
    figures = emissions.loc[emissions["emission_kt"].notna(), NEEDED]
    labels = _Labels(figures, regions)
    affected = np.zeros(len(figures), dtype=bool)
    for row in measures.itertuples():
        affected |= labels.matches(row)
    split, _ = grouped(figures, SPLIT)
    whole = (np.bincount(split, affected) > 0)[split]
    brought = figures["technology"].isin(measures["to_technology"].dropna().unique())
    return figures[whole | brought.to_numpy(dtype=bool)].reset_index(drop=True)


def drawn_scene(
    emissions: pd.DataFrame,
    measures: pd.DataFrame,
    uptake: Mapping[str, float],
    regions: pd.DataFrame,
    *,
    draws: int = 0,
    seed: int = 0,
) -> Scene:
    """Find what measures meet in an emission table, with draws of the rows and the effects.

    Parameters
    ----------
    emissions, measures, uptake, regions
        See `bc_inventory.analysis.mitigation.measures.apply_measures`.
    draws : int
        Monte Carlo draws; 0 for the central case alone.
    seed : int
        Seed.

    Returns
    -------
    Scene
        Only rows of activities that a measure meets, with all their technologies.

    Raises
    ------
    DataError
        As `make_scene`.
    """
    chosen = measures[measures["measure"].isin(uptake)]
    rows = concerned(emissions, chosen, regions)
    return _scene(rows, measures, uptake, regions, draws, seed).touched()


def _scene(
    emissions: pd.DataFrame,
    measures: pd.DataFrame,
    uptake: Mapping[str, float],
    regions: pd.DataFrame,
    draws: int,
    seed: int,
) -> Scene:
    """Return all rows without draws, and the changes with draws of their effects."""
    check_uptake(uptake, set(measures["measure"]))
    chosen = measures[measures["measure"].isin(uptake)]
    figures = emissions[emissions["emission_kt"].notna()].reset_index(drop=True)
    rows = _with_incoming(figures, chosen, regions)
    share = rows["share"].to_numpy(float)
    labels = _Labels(rows, regions)
    places = _Places(rows)
    changes = []
    for row in chosen.itertuples():
        rows_of = np.flatnonzero(labels.matches(row))
        effect = uptake[row.measure] * _effects(row, draws, seed)
        to = rows_of[:0]
        if row.changes == "share":
            rows_of = rows_of[share[rows_of] > 0]
            to = places.of(rows_of, str(row.to_technology))
        changes.append(Change(row.measure, row.changes, rows_of, effect, to))
    per_share = _whole_share(rows)[:, None]
    return Scene(tuple(sorted(uptake)), rows, per_share, share, tuple(changes), draws, seed)


class _Labels:
    """Say quickly which rows a change meets: text is compared once per distinct value."""

    def __init__(self, rows: pd.DataFrame, regions: pd.DataFrame) -> None:
        self._codes = {
            name: pd.factorize(rows[name].astype(object))
            for name in ("region", "nfr", "fuel", "technology")
        }
        self._regions = regions

    def matches(self, change) -> NDArray[np.bool_]:  # type: ignore[no-untyped-def]
        """Return a mask of the rows in the scope, category, fuel and technology of a change."""
        scopes = self._regions[["region", "group", "side"]] == change.scope
        inside = set(self._regions.loc[scopes.any(axis=1), "region"])
        mask = self._is("region", inside if change.scope != "*" else None)
        for column in ("nfr", "fuel", "technology"):
            wanted = getattr(change, column)
            mask &= self._is(column, None if wanted == "*" else {wanted})
        return mask

    def _is(self, column: str, wanted: set[str] | None) -> NDArray[np.bool_]:
        codes, names = self._codes[column]
        hit = np.array([wanted is None or name in wanted for name in names], dtype=bool)
        return hit[codes] if len(names) else np.zeros(len(codes), dtype=bool)


class _Places:
    """Find the row of another technology in the same split of an activity."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._split = rows.groupby(SPLIT, sort=False, dropna=False).ngroup().to_numpy()
        self._technology, names = pd.factorize(rows["technology"].astype(object))
        self._names = {name: code for code, name in enumerate(names)}
        key = self._split * len(names) + self._technology
        self._order = np.argsort(key, kind="stable")
        self._sorted = key[self._order]

    def of(self, rows: NDArray[np.intp], technology: str) -> NDArray[np.intp]:
        """Return the rows of another technology for these, -1 where there is none."""
        code = self._names.get(technology)
        if code is None or not len(rows):
            return np.full(len(rows), -1, dtype=np.intp)
        wanted = self._split[rows] * len(self._names) + code
        where = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        positions = self._order[where]
        return np.where(self._sorted[where] == wanted, positions, -1)


def check_uptake(uptake: Mapping[str, float], known: set[str]) -> None:
    """Raise DataError if a measure isn't known or is carried out less than 0 or more than 1."""
    problems = [
        Problem(
            found=f"{name!r} at {value:g}",
            expected="a measure of the library at 0 to 1",
            remedy=suggest(name, known),
        )
        for name, value in uptake.items()
        if name not in known or not 0 <= value <= 1
    ]
    if problems:
        raise DataError(problems)


def _with_incoming(
    figures: pd.DataFrame, measures: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """Add rows without a share for technologies that a measure brings in."""
    labels, places = _Labels(figures, regions), _Places(figures)
    present = figures["share"].to_numpy(float) > 0
    incoming = []
    for row in measures[measures["changes"] == "share"].itertuples():
        positions = np.flatnonzero(labels.matches(row) & present)
        new = positions[places.of(positions, str(row.to_technology)) < 0]
        if len(new):
            wanted = figures.loc[new].assign(technology=row.to_technology)
            incoming.append(wanted.drop_duplicates([*SPLIT, "technology"]))
    if not incoming:
        return figures
    every = pd.concat(incoming, ignore_index=True).drop_duplicates([*SPLIT, "technology"])
    result = _from_template(every, figures[figures["technology"].isin(every["technology"])])
    return pd.concat([figures, result], ignore_index=True)


def _from_template(wanted: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Take factor and abatement of a technology from where it is used, its own side first."""
    same = ["nfr", "fuel", "factor_set", "activity_unit", "technology"]
    sided = known.drop_duplicates([*same, "side"])[[*same, "side", *_TEMPLATE]]
    result = wanted.drop(columns=_TEMPLATE).merge(sided, on=[*same, "side"], how="left")
    anywhere = wanted[same].merge(
        known.drop_duplicates(same)[[*same, *_TEMPLATE]], on=same, how="left"
    )
    lacking = result["emission_factor"].isna().to_numpy()
    for column in _TEMPLATE:
        result.loc[lacking, column] = anywhere.loc[lacking, column].to_numpy()
    absent = result[result["emission_factor"].isna()]
    if len(absent):
        raise DataError(
            Problem(
                found=f"no row of {row.technology} burning {row.fuel} in {row.nfr}",
                expected="a row whose factor it can take",
                remedy="Choose a technology that the inventory has for this fuel.",
            )
            for row in absent.drop_duplicates(same).itertuples()
        )
    zero = dict.fromkeys((*SPREAD[Component.SHARE], "emission_kt", "lower_kt", "upper_kt"), 0.0)
    return result.assign(**zero, pm25_kt=np.nan)[wanted.columns]


def _whole_share(rows: pd.DataFrame) -> Floats:
    """Return the emission of each row if its technology had the whole activity, kt."""
    share = rows["share"].to_numpy(float)
    to_kt = np.ones(len(rows))
    pairs = rows[["emission_factor_unit", "activity_unit"]]
    for (per, unit), index in pairs.groupby(list(pairs.columns), sort=False).indices.items():
        to_kt[index] = units.factor(f"{per} * {unit}", "kt")
    result = (
        rows["activity"] * rows["emission_factor"] * (1 - rows["abatement"].fillna(0.0)) * to_kt
    )
    known = np.divide(rows["emission_kt"], share, out=np.zeros(len(rows)), where=share > 0)
    whole: Floats = np.where(share > 0, known, result)
    return whole


def _effects(row, draws: int, seed: int) -> Floats:  # type: ignore[no-untyped-def]
    """Return the effect and draws of it, a normal in two halves with the effect as its mean.

    The effects of one measure are one draw, as its name alone decides: where it does more than
    expected in one category, it does in all.
    """
    if draws == 0:
        return np.array([row.effect])
    score = normals([row.measure], "measure", draws, seed, {0})
    value, lower, upper = np.array([[row.effect], [row.effect_lower], [row.effect_upper]])
    drawn = SplitNormal.from_interval(value, lower, upper, 0.0, 1.0).quantile(score)
    return np.concatenate([value, drawn[0]])
