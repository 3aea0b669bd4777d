"""Rows of an emission table under measures, and what is emitted when some are carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.inventory.draws import SPLIT, grouped

__all__ = ["Change", "Floats", "Scene"]

Floats = NDArray[np.float64]


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
    """Rows, the emission of a whole share of each (kt, with draws), and the changes.

    `measures` are all that were asked for, also those that meet no row. `place` is where
    each row stands in the scene that this one was taken from.
    """

    measures: tuple[str, ...]
    rows: pd.DataFrame
    per_share: Floats
    share: Floats
    changes: tuple[Change, ...]
    place: NDArray[np.intp]

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

    def of(self, measures: Sequence[str]) -> Scene:
        """Return the rows that these measures meet, with their changes alone."""
        chosen = [change for change in self.changes if change.measure in measures]
        return self._only(self._met(chosen), measures, chosen)

    def touched(self) -> Scene:
        """Return the splits in which a change meets or brings in a row, without the others."""
        split, _ = grouped(self.rows, SPLIT)
        hit = np.bincount(split, self._met(self.changes)) > 0
        return self._only(hit[split], self.measures, self.changes)

    def _met(self, changes: Iterable[Change]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.rows), dtype=bool)
        for change in changes:
            mask[change.rows] = mask[change.to] = True
        return mask

    def _only(
        self, mask: NDArray[np.bool_], measures: Sequence[str], changes: Iterable[Change]
    ) -> Scene:
        at = np.cumsum(mask) - 1
        return Scene(
            tuple(measures),
            self.rows[mask].reset_index(drop=True),
            self.per_share[mask],
            self.share[mask],
            tuple(Change(c.measure, c.kind, at[c.rows], c.effect, at[c.to]) for c in changes),
            np.flatnonzero(mask),
        )
