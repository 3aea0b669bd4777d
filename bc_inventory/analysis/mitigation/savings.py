"""What sets of measures save, in all draws.

What a row emits under measures is a product of its emission without them and of what the
measures leave, which depends only on the changes that meet the row. So rows that the same
changes meet are summed first, with the draws of the published totals, and each set of measures
is worked out for the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition.chain import sum_to
from bc_inventory.analysis.mitigation.scene import Change, Floats, Scene
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.components import ACTIVITY, COMMON
from bc_inventory.inventory.draws import Multipliers, Products, Splits, combined, grouped

__all__ = ["Savings", "savings"]

# All orders of more measures than this would take minutes.
_MOST_MEASURES = 10
_BLOCK_SIZE = 1_000_000
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Savings:
    """What each set of measures saves that meet the same rows.

    Parameters
    ----------
    groups : pandas.DataFrame
        memo, side and region.
    sets : list of (list of str, dict of frozenset of str to numpy.ndarray)
        For measures that interact: their names, and what each set of them saves, kt, shape
        (groups, 1 + draws); the first column is the central case.
    """

    groups: pd.DataFrame
    sets: list[tuple[list[str], dict[frozenset[str], Floats]]]


def savings(scene: Scene) -> Savings:
    """Return what each set of measures of a scene saves.

    Parameters
    ----------
    scene : Scene
        From `bc_inventory.analysis.mitigation.scenario.drawn_scene`.

    Raises
    ------
    DataError
        If more than ten measures meet the same rows.
    """
    codes, groups = grouped(scene.rows, ["memo", "side", "region"])
    flows = _Flows(scene)
    cell, cells = combined([codes[flows.target], flows.kind])
    sets, saving = [], []
    for names in _interacting(scene):
        kinds = flows.concerned(names)
        rows = np.flatnonzero(np.isin(cells[:, 1], kinds))
        kind = np.searchsorted(kinds, cells[rows, 1])
        every = [
            frozenset(active)
            for size in range(len(names) + 1)
            for active in combinations(names, size)
        ]
        saved = {active: np.zeros((len(groups), 1 + scene.draws)) for active in every}
        sets.append((names, saved))
        saving += [
            (saved[active], rows, kind, flows.saved(kinds, active)) for active in every if active
        ]
    for chosen, emitted in _emitted(scene, flows, cell, len(cells)):
        for difference, rows, kind, share in saving:
            kt = emitted[rows] * share[:, chosen][kind]
            difference[:, chosen] = sum_to(kt, cells[rows, 0], len(groups))
    return Savings(groups, sets)


def _emitted(
    scene: Scene, flows: _Flows, cell: Codes, count: int
) -> Iterator[tuple[slice, Floats]]:
    """Yield the emission of cells without measures, the central case and then block by block.

    With each comes the place of its columns among the central case and all draws.
    """
    rows, draws, seed = scene.rows, scene.draws, scene.seed
    value = scene.per_share[flows.target, 0] * scene.share[flows.source]
    central = np.zeros(count)
    np.add.at(central, cell, value)
    yield slice(0, 1), central[:, None]
    if draws == 0 or count == 0:
        return
    common: list[Multipliers | Splits] = [Multipliers(rows, part, draws, seed) for part in COMMON]
    # Factor and controls are those of the row that burns it, activity and share of where it is
    # from: what leaves one row comes into another, in every draw.
    places = [part.which[flows.target] for part in common]
    splits = Splits(rows, draws, seed)
    common.append(splits)
    multipliers = [Multipliers(rows, part, draws, seed) for part in ACTIVITY]
    products = Products(
        cell,
        count,
        [*places, splits.which[flows.source]],
        [part.which[flows.source] for part in multipliers],
    )
    weights = products.weights(value)
    block = max(_BLOCK_SIZE // products.size, 25)
    for start in range(0, draws, block):
        chosen = slice(start, min(start + block, draws))
        sums = products.summed(
            weights,
            [part.drawn(chosen) for part in common],
            [part.drawn(chosen) for part in multipliers],
        )
        yield slice(chosen.start + 1, chosen.stop + 1), sums


class _Flows:
    """Shares of activity that changes meet: those that stay in a row, and those that move.

    Attributes
    ----------
    source, target : numpy.ndarray of int, shape (flows,)
        The row that has the share without measures, and the row that has it with them.
    kind : numpy.ndarray of int, shape (flows,)
        Which changes meet it.
    """

    def __init__(self, scene: Scene) -> None:
        self._changes: tuple[Change, ...] = scene.changes
        size = len(scene.rows)
        at_source = _affected_by(self._changes, ("activity", "share"), size)
        at_target = _affected_by(self._changes, ("factor", "abatement"), size)
        # A row that nothing meets saves nothing.
        stay = np.flatnonzero((at_source[0] > 0) | (at_target[0] > 0))
        source, target, moved = [stay], [stay], [np.full(len(stay), -1)]
        for number, change in enumerate(self._changes):
            if change.kind == "share":
                source.append(change.rows)
                target.append(change.to)
                moved.append(np.full(len(change.rows), number))
        self.source, self.target = np.concatenate(source), np.concatenate(target)
        by = np.concatenate(moved)
        self.kind, kinds = combined([by + 1, at_source[0][self.source], at_target[0][self.target]])
        self._kinds = [
            (int(change) - 1, at_source[1][first], at_target[1][second])
            for change, first, second in kinds
        ]

    def concerned(self, names: Iterable[str]) -> list[int]:
        """Return the kinds that a change of these measures meets."""
        wanted = {k for k, change in enumerate(self._changes) if change.measure in set(names)}
        return [
            kind
            for kind, (moved, first, second) in enumerate(self._kinds)
            if wanted & {moved, *first, *second}
        ]

    def saved(self, kinds: Iterable[int], active: Iterable[str]) -> Floats:
        """Return what measures save of each kind, over its emission with all its share.

        Shape (kinds, 1 + draws); the first column is the central case.
        """
        names = set(active)
        effects = [
            change.effect if change.measure in names else np.zeros_like(change.effect)
            for change in self._changes
        ]
        chosen = [self._kinds[kind] for kind in kinds]
        result = np.empty((len(chosen), max((len(effect) for effect in effects), default=1)))
        for place, (moved, first, second) in enumerate(chosen):
            source = [effects[k] for k in first if self._changes[k].kind == "activity"]
            passing = _product([*source, *(effects[k] for k in second)])
            moving = [effects[k] for k in first if self._changes[k].kind == "share"]
            staying = _product(moving)
            if moved < 0:
                result[place] = 1.0 - passing * staying
            else:
                # A share that several changes move is divided between them by their effects.
                weight = np.sum(moving, axis=0)
                relative = effects[moved] / np.where(weight > 0, weight, 1.0)
                result[place] = -passing * (1.0 - staying) * relative
        return result


def _product(effects: Iterable[Floats]) -> Floats:
    result: Floats = np.ones(1)
    for effect in effects:
        result = result * (1.0 - effect)
    return result


def _affected_by(
    changes: tuple[Change, ...], kinds: tuple[str, ...], size: int
) -> tuple[Codes, list[tuple[int, ...]]]:
    """Return for each row a code of the changes of some kinds that meet it, and those of a code.

    The code 0 is none.
    """
    codes = np.zeros(size, dtype=np.intp)
    sets: dict[tuple[int, ...], int] = {(): 0}
    for number, change in enumerate(changes):
        if change.kind in kinds:
            before, where = np.unique(codes[change.rows], return_inverse=True)
            named = {code: name for name, code in sets.items()}
            after = [sets.setdefault((*named[code], number), len(sets)) for code in before]
            if after:
                codes[change.rows] = np.array(after, dtype=np.intp)[where]
    return codes, list(sets)


def _interacting(scene: Scene) -> list[list[str]]:
    """Part the measures into groups that share rows; others can't interact."""
    affected: dict[str, set[int]] = {name: set() for name in scene.measures}
    for change in scene.changes:
        affected[change.measure].update(change.rows.tolist(), change.to.tolist())
    parts: list[list[str]] = []
    for name, rows in affected.items():
        near = [part for part in parts if any(rows & affected[other] for other in part)]
        parts = [part for part in parts if part not in near]
        parts.append(sorted([name, *(other for part in near for other in part)]))
    largest = max((len(part) for part in parts), default=0)
    if largest > _MOST_MEASURES:
        raise DataError(
            [
                Problem(
                    found=f"{largest} measures on the same rows",
                    expected=f"at most {_MOST_MEASURES} that interact",
                    remedy="Combine some of them into one measure.",
                )
            ]
        )
    return parts
