"""Keep the id of a hotspot from one version of the inventory to the next.

A hotspot's own id names its densest cell, which moves when a plant closes. So a
hotspot that overlaps one of the version before, of the same side, kind and
sector group, takes that one's id. Each id is handed on once: pairs are chosen
so that the overlapping area is largest in total (linear assignment).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["inherit_ids"]

_WITHIN = ["side", "kind", "sector_group"]


def inherit_ids(frame: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Hand on the ids of overlapping hotspots.

    Parameters
    ----------
    frame, previous : pandas.DataFrame
        Hotspots with `hotspot_id`, `side`, `kind`, `sector_group` and
        `geometry` (shapely, degrees), of this version and the one before.

    Returns
    -------
    pandas.DataFrame
        `frame` with `hotspot_id` of the version before where it overlaps, and
        `previous_id`, ids of all hotspots before that it overlaps, separated
        by ; and the most overlapping first. An id that would meet another's
        gets a number behind it.
    """
    result = frame.copy()
    result["previous_id"] = None
    for key, mine in result.groupby(_WITHIN, sort=True):
        wanted = (previous[_WITHIN] == list(key)).all(axis=1)
        before = previous[wanted].sort_values("hotspot_id")
        handed, overlapped = _match(mine, before)
        free = _without_repeats(mine["hotspot_id"], handed, set(before["hotspot_id"]))
        result.loc[mine.index, "hotspot_id"] = free
        result.loc[mine.index, "previous_id"] = overlapped
    result["previous_id"] = (
        result["previous_id"].astype("str").where(result["previous_id"].notna(), None)
    )
    return result


def _match(mine: pd.DataFrame, before: pd.DataFrame) -> tuple[list[str | None], list[str | None]]:
    """Return the id each hotspot takes, and all that it overlaps."""
    import shapely
    from scipy.optimize import linear_sum_assignment

    overlap = np.zeros((len(mine), len(before)))
    if overlap.size:
        shapes = mine["geometry"].to_numpy()
        others = before["geometry"].to_numpy()
        first, second = shapely.STRtree(others).query(shapes, predicate="intersects")
        overlap[first, second] = shapely.area(shapely.intersection(shapes[first], others[second]))
    names = before["hotspot_id"].tolist()
    handed: list[str | None] = [None] * len(mine)
    for row, column in zip(*linear_sum_assignment(-overlap), strict=True):
        if overlap[row, column] > 0:
            handed[row] = names[column]
    overlapped = []
    for areas in overlap:
        order = [place for place in np.argsort(-areas, kind="stable") if areas[place] > 0]
        overlapped.append(";".join(names[place] for place in order) or None)
    return handed, overlapped


def _without_repeats(names: pd.Series, handed: list[str | None], before: set[str]) -> list[str]:
    """Return ids, each once: one that was handed on isn't given to a newcomer."""
    used = {name for name in handed if name is not None} | before
    ids = []
    for name, inherited in zip(names, handed, strict=True):
        chosen, number = inherited or name, 2
        while inherited is None and chosen in used:
            chosen, number = f"{name}-{number}", number + 1
        used.add(chosen)
        ids.append(chosen)
    return ids
