"""Rows of an emission table under measures, and what is emitted when some are carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
    """Rows, the emission of a whole share of each (kt, one column), and the changes.

    `measures` are all that were asked for, also those that meet no row. The effects of
    changes have `draws` draws after the central case; those of rows are made by
    `bc_inventory.analysis.mitigation.savings`.
    """

    measures: tuple[str, ...]
    rows: pd.DataFrame
    per_share: Floats
    share: Floats
    changes: tuple[Change, ...]
    draws: int
    seed: int

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

    def touched(self) -> Scene:
        """Return the splits in which a change meets or brings in a row, without the others."""
        split, _ = grouped(self.rows, SPLIT)
        affected = np.zeros(len(self.rows), dtype=bool)
        for change in self.changes:
            affected[change.rows] = affected[change.to] = True
        mask = (np.bincount(split, affected) > 0)[split]
        positions = np.cumsum(mask) - 1
        return replace(
            self,
            rows=self.rows[mask].reset_index(drop=True),
            per_share=self.per_share[mask],
            share=self.share[mask],
            changes=tuple(
                replace(c, rows=positions[c.rows], to=positions[c.to]) for c in self.changes
            ),
        )
