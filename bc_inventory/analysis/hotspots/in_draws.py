"""What is hot in each draw of the inventory: the densest cells, the tail, what is significant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bc_inventory.analysis.hotspots.clusters import tail_threshold
from bc_inventory.analysis.hotspots.emission_field import Flags, Floats
from bc_inventory.analysis.hotspots.statistics import Window, neighbour_matrix, standardise

__all__ = ["HotDraws", "hot_draws"]

_BLOCK = 50  # draws at a time, to bound memory


@dataclass(frozen=True)
class HotDraws:
    """Which cells are hot in which draw, each of shape (cells of the domain, draws).

    Parameters
    ----------
    top : numpy.ndarray of bool
        Among the densest cells.
    tail : numpy.ndarray of bool
        In the upper tail of the density.
    significant : numpy.ndarray of bool
        Gi* reaches what is significant in the central field; False in cells that aren't
        looked at.
    """

    top: Flags
    tail: Flags
    significant: Flags


def hot_draws(
    drawn: Floats,
    area_km2: Floats,
    domain: Flags,
    where: Flags,
    critical: Floats,
    window: Window,
    *,
    quantile: float,
    top_cells: int,
) -> HotDraws:
    """Tell which cells are hot in which draw.

    Parameters
    ----------
    drawn : numpy.ndarray, shape (cells of the domain, draws)
        t km-2 per year.
    area_km2 : numpy.ndarray, shape (cells of the domain,)
        Cell areas.
    domain, where : numpy.ndarray of bool, shape (rows, columns)
        Cells that take part, and those of which to tell whether they are significant.
    critical : numpy.ndarray, shape (cells of `where`,)
        Smallest Gi* that is significant.
    window : Window
        Neighbourhoods.
    quantile : float
        See `bc_inventory.analysis.hotspots.build.Rules`.
    top_cells : int
        How many cells are the densest; 0 if none are to be told.

    Returns
    -------
    HotDraws
    """
    edge = np.array(
        [
            tail_threshold(density, area_km2, quantile)
            for part in _draw_by_draw(drawn)
            for density in part
        ]
    )
    return HotDraws(
        top=_densest(drawn, top_cells),
        tail=drawn >= edge,
        significant=_significant(drawn, edge, domain, where, critical, window),
    )


def _densest(drawn: Floats, count: int) -> Flags:
    """Tell which cells are the densest of each draw, shape (cells, draws)."""
    if not count:
        return np.zeros(drawn.shape, dtype=bool)
    place = max(len(drawn) - count, 0)
    least = [np.partition(part, place, axis=1)[:, place] for part in _draw_by_draw(drawn)]
    return (drawn >= np.concatenate(least)) & (drawn > 0)


def _significant(
    drawn: Floats, edges: Floats, domain: Flags, where: Flags, critical: Floats, window: Window
) -> Flags:
    """Tell where Gi* of each draw, with densities capped at its edge, is significant."""
    hot = np.zeros(drawn.shape, dtype=bool)
    cells = np.flatnonzero(where[domain])
    if not len(cells):
        return hot
    around = neighbour_matrix(domain, window, where)
    neighbours = np.asarray(around.sum(axis=1))
    for start in range(0, drawn.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        values = np.minimum(drawn[:, block], edges[block])
        sums = around @ (values - values.mean(axis=0))
        gi_star = standardise(sums.T, neighbours, values.T)
        hot[cells, block] = (gi_star >= critical).T & (drawn[cells, block] > 0)
    return hot


def _draw_by_draw(drawn: Floats) -> Iterator[Floats]:
    """Yield fields of some draws at a time, shape (draws, cells), each field in one piece."""
    for start in range(0, drawn.shape[1], _BLOCK):
        yield np.ascontiguousarray(drawn[:, start : start + _BLOCK].T)
