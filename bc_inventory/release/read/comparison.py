"""The comparison with transcribed inventories that a release holds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bc_inventory.analysis.comparison.step import TABLES
from bc_inventory.release.read.release import Release
from bc_inventory.schema.analysis import DECOMPOSITION_HEADS

__all__ = ["published_comparison"]


def published_comparison(
    release: Release, sides: Sequence[str]
) -> list[dict[str, pd.DataFrame]] | None:
    """Return the comparison of each domain as a release holds it.

    Parameters
    ----------
    release : Release
        From `bc_inventory.open_release`.
    sides : sequence of str
        Codes of domains.

    Returns
    -------
    list of dict of str to pandas.DataFrame, or None
        Tables of `bc_inventory.analysis.comparison.inventories.compare_side` for each domain
        that was compared; None if the release was built before it held them.
    """
    if not {*TABLES.values(), "decomposition"} <= set(release.tables):
        return None
    chain = release.table("decomposition")
    chain = chain[chain["base_side"] == chain["other_side"]]
    order = {head: place for place, head in enumerate(DECOMPOSITION_HEADS)}
    chain = chain.sort_values("head", key=lambda heads: heads.map(order), kind="stable").assign(
        side=chain["base_side"],
        base="bc_inventory " + chain["base_set"],
        other="bc_inventory " + chain["other_set"],
        level=(chain["region"] == "*").map({True: "all", False: "cell"}),
    )
    tables = {name: release.table(file) for name, file in TABLES.items()} | {"chain": chain}
    tables["comparability"] = tables["comparability"].rename(columns={"within": "side"})
    by_side = [
        {name: frame[frame["side"] == side] for name, frame in tables.items()} for side in sides
    ]
    return [table for table in by_side if len(table["agreement"])]
