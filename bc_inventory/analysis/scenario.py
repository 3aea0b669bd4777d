"""Rows of an emission table under measures: what each measure meets and changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.draws import perturbed
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.inventory.draws import SPLIT
from bc_inventory.inventory.lognormal import Z95

__all__ = ["Change", "Scene", "make_scene"]

Floats = NDArray[np.float64]
_TEMPLATE = [
    "emission_factor",
    "emission_factor_unit",
    "factor_lower",
    "factor_upper",
    "abatement",
    "factor_id",
    "factor_source",
    "abatement_source",
    "corr_factor",
    "corr_abatement",
    "sigma_factor",
    "sigma_abatement",
]


@dataclass(frozen=True)
class Change:
    """One change of one measure: the rows it meets, and where a share goes."""

    measure: str
    kind: str
    rows: NDArray[np.intp]
    effect: Floats
    to: NDArray[np.intp]


@dataclass(frozen=True)
class Scene:
    """Rows, the emission of a whole share of each (kt, with draws), and the changes."""

    rows: pd.DataFrame
    per_share: Floats
    share: Floats
    changes: tuple[Change, ...]

    def parts(self, active: Iterable[str]) -> tuple[Floats, Floats, Floats]:
        """Return, by row and draw, the share used and multipliers of factor and of what passes.

        A share that moves takes along what other measures have left of its activity.
        """
        chosen = [change for change in self.changes if change.measure in set(active)]
        shape = self.per_share.shape
        scale = {kind: np.ones(shape) for kind in ("activity", "factor", "abatement", "share")}
        for change in chosen:
            scale[change.kind][change.rows] *= 1.0 - change.effect
        present = self.share[:, None] * scale["activity"]
        used = present * scale["share"]
        moved = present - used
        weight = np.zeros(shape)
        moves = [change for change in chosen if change.kind == "share"]
        for change in moves:
            weight[change.rows] += change.effect
        for change in moves:
            whole = np.where(weight[change.rows] > 0, weight[change.rows], 1.0)
            np.add.at(used, change.to, moved[change.rows] * change.effect / whole)
        return used, scale["factor"], scale["abatement"]

    def emission(self, active: Iterable[str]) -> Floats:
        """Return the emission of each row with these measures, kt, (rows, 1 + draws)."""
        used, factor, passed = self.parts(active)
        emitted: Floats = self.per_share * used * factor * passed
        return emitted

    def touched(self) -> Scene:
        """Return the rows that a change meets or brings in, without the others."""
        mask = np.zeros(len(self.rows), dtype=bool)
        for change in self.changes:
            mask[change.rows] = mask[change.to] = True
        place = np.cumsum(mask) - 1
        changes = tuple(
            Change(c.measure, c.kind, place[c.rows], c.effect, place[c.to]) for c in self.changes
        )
        rows = self.rows[mask].reset_index(drop=True)
        return Scene(rows, self.per_share[mask], self.share[mask], changes)


def make_scene(
    emissions: pd.DataFrame,
    measures: pd.DataFrame,
    uptake: Mapping[str, float],
    regions: pd.DataFrame,
    draws: int,
    seed: int,
) -> Scene:
    """Find what measures meet in an emission table.

    Parameters
    ----------
    emissions, measures, uptake, regions
        See `bc_inventory.analysis.measures.apply_measures`.
    draws, seed : int
        Draws of the rows and of the effects; 0 for the central case alone.

    Returns
    -------
    Scene

    Raises
    ------
    DataError
        If a measure is unknown, an uptake lies outside 0 to 1, or the factor
        of a technology that comes in isn't known from another row.
    """
    _check_uptake(uptake, set(measures["measure"]))
    chosen = measures[measures["measure"].isin(uptake)]
    figures = emissions[emissions["emission_kt"].notna()].reset_index(drop=True)
    rows = _with_incoming(figures, chosen, regions)
    share = rows["share"].to_numpy(float)
    whole = _whole_share(rows)
    scale = perturbed(rows, draws, seed).emission
    position = {
        key: n for n, key in enumerate(rows[[*SPLIT, "technology"]].itertuples(index=False))
    }
    changes = []
    for number, row in enumerate(chosen.itertuples()):
        at = np.flatnonzero(_matches(rows, row, regions))
        effect = uptake[row.measure] * _effects(row, draws, seed + 1 + number)
        to = at[:0]
        if row.changes == "share":
            at = at[share[at] > 0]
            there = rows.loc[at, [*SPLIT, "technology"]].assign(technology=row.to_technology)
            to = np.array(
                [position[key] for key in there.itertuples(index=False, name=None)], dtype=np.intp
            )
        changes.append(Change(row.measure, row.changes, at, effect, to))
    return Scene(rows, whole[:, None] * scale, share, tuple(changes))


def _check_uptake(uptake: Mapping[str, float], known: set[str]) -> None:
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


def _matches(rows: pd.DataFrame, change, regions: pd.DataFrame) -> NDArray[np.bool_]:  # type: ignore[no-untyped-def]
    inside = (regions[["region", "group", "side"]] == change.scope).any(axis=1)
    where = rows["region"].isin(regions.loc[inside, "region"]) | (change.scope == "*")
    for column in ("nfr", "fuel", "technology"):
        wanted = getattr(change, column)
        where &= (rows[column] == wanted) | (wanted == "*")
    matched: NDArray[np.bool_] = where.to_numpy()
    return matched


def _with_incoming(
    figures: pd.DataFrame, measures: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """Add rows without a share for technologies that a measure brings in."""
    incoming = []
    key = [*SPLIT, "technology"]
    for row in measures[measures["changes"] == "share"].itertuples():
        leaving = figures[_matches(figures, row, regions) & (figures["share"] > 0)]
        known = figures[figures["technology"] == row.to_technology].drop_duplicates(
            ["nfr", "fuel", "factor_set", "side"]
        )
        wanted = leaving.assign(technology=row.to_technology)
        have = pd.MultiIndex.from_frame(figures[key])
        wanted = wanted[~pd.MultiIndex.from_frame(wanted[key]).isin(have)]
        incoming.append(_from_template(wanted.drop_duplicates(key), known, row.to_technology))
    added = pd.concat([figures, *incoming], ignore_index=True)
    return added.drop_duplicates(key, ignore_index=True)


def _from_template(wanted: pd.DataFrame, known: pd.DataFrame, technology: str) -> pd.DataFrame:
    """Take factor and abatement of a technology from where it is used, its own side first."""
    same = ["nfr", "fuel", "factor_set", "activity_unit"]
    made = wanted.drop(columns=_TEMPLATE).merge(
        known.drop_duplicates([*same, "side"])[[*same, "side", *_TEMPLATE]],
        on=[*same, "side"],
        how="left",
    )
    anywhere = wanted[same].merge(
        known.drop_duplicates(same)[[*same, *_TEMPLATE]], on=same, how="left"
    )
    lacking = made["emission_factor"].isna().to_numpy()
    for column in _TEMPLATE:
        made.loc[lacking, column] = anywhere.loc[lacking, column].to_numpy()
    absent = made[made["emission_factor"].isna()]
    if len(absent):
        raise DataError(
            Problem(
                found=f"no row of {technology} burning {row.fuel} in {row.nfr}",
                expected="a row whose factor it can take",
                remedy="Choose a technology that the inventory has for this fuel.",
            )
            for row in absent.drop_duplicates(same).itertuples()
        )
    zero = dict.fromkeys(("share", "emission_kt", "lower_kt", "upper_kt"), 0.0)
    return made.assign(**zero, pm25_kt=np.nan)[wanted.columns]


def _whole_share(rows: pd.DataFrame) -> Floats:
    """Return the emission of each row if its technology had the whole activity, kt."""
    share = rows["share"].to_numpy(float)
    to_kt = np.ones(len(rows))
    pairs = rows[["emission_factor_unit", "activity_unit"]]
    for (per, unit), index in pairs.groupby(list(pairs.columns), sort=False).indices.items():
        to_kt[index] = units.factor(f"{per} * {unit}", "kt")
    made = rows["activity"] * rows["emission_factor"] * (1 - rows["abatement"].fillna(0.0)) * to_kt
    known = np.divide(rows["emission_kt"], share, out=np.zeros(len(rows)), where=share > 0)
    whole: Floats = np.where(share > 0, known, made)
    return whole


def _effects(row, draws: int, seed: int) -> Floats:  # type: ignore[no-untyped-def]
    """Return the effect and draws of it: a normal in two halves through its bounds."""
    if draws == 0:
        return np.array([row.effect])
    normal = np.random.default_rng(seed).standard_normal(draws)
    half = np.where(normal > 0, row.effect_upper - row.effect, row.effect - row.effect_lower)
    drawn = np.clip(row.effect + normal / Z95 * half, 0.0, 1.0)
    return np.concatenate([[row.effect], drawn])
