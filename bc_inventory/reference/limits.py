"""The limits by which a review judges an inventory, from `data/review_limits.csv`."""

from __future__ import annotations

from pathlib import Path

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

__all__ = ["review_limits"]


def review_limits(path: Path | None = None) -> dict[str, float]:
    """Return the review limits by name.

    Parameters
    ----------
    path : Path, optional
        A table of contract `review_limits`; by default the embedded one.

    Returns
    -------
    dict of str to float
        In the units of the table.
    """
    rows = read_csv(path or data_root() / "review_limits.csv", "review_limits")
    return dict(zip(rows["limit"], rows["value"], strict=True))
