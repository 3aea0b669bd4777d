"""Published inventories, read and mapped to common sectors, as a comparison takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bc_inventory.analysis.comparison.align import benchmark_rows, mapped_rows
from bc_inventory.analysis.comparison.regions import of_side
from bc_inventory.readers.gapfill import fill_holes, fill_silent
from bc_inventory.readers.registry import read_any
from bc_inventory.reference.codelists import members
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

__all__ = ["published_rows"]


def published_rows(
    files: Sequence[Path | str],
    sides: Sequence[str],
    *,
    fill_from: Path | str | None = None,
    interpolate: bool = False,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the rows of published inventories for each side.

    Parameters
    ----------
    files : sequence of path-like
        Publishers' files of inventories; with none, the totals that ship with the project.
    sides : sequence of str
        Sides to return.
    fill_from : path-like, optional
        Another pollutant's file of the inventory, which regions that report nothing follow.
    interpolate : bool
        Interpolate sectors that a country leaves out between years that have them.

    Returns
    -------
    rows : dict of str to pandas.DataFrame
        By side, as `compare_side` takes them.
    notes : list of str
        What was left out, and why.
    """
    data = data_root()
    crosswalk = read_csv(data / "crosswalk" / "sectors.csv", "sector_crosswalk")
    if not files:
        rows = benchmark_rows(read_csv(data / "benchmarks.csv", "benchmarks"), crosswalk)
        return {side: rows[rows["region"].isin([*members(side), side])] for side in sides}, []
    frames = [read_any(file, kind="inventory").frame for file in files]
    frame = pd.concat(frames, ignore_index=True)
    if interpolate:
        editions = frame.groupby(["inventory", "version", "species"], sort=False)
        frame = pd.concat([fill_holes(edition) for _, edition in editions], ignore_index=True)
    if fill_from is not None:
        frame = fill_silent(frame, read_any(fill_from, kind="inventory").frame)
    by_side: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    unusable: list[dict[str, str]] = []
    for side in sides:
        rows, of_rows, outside = of_side(frame, side)
        by_side[side] = mapped_rows(rows, crosswalk)
        notes += of_rows
        unusable.append(outside)
    # An inventory without a region on any of the sides is named once.
    nowhere = set.intersection(*(set(names) for names in unusable))
    notes += [f"{name}: {unusable[0][name]}" for name in sorted(nowhere)]
    return by_side, list(dict.fromkeys(notes))
