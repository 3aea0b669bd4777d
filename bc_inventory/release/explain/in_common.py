"""What two inventories have in common: regions and years that both estimate."""

from __future__ import annotations

import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["in_common"]


def in_common(
    base: pd.DataFrame, other: pd.DataFrame
) -> tuple[list[pd.DataFrame], dict[str, tuple[str, ...]]]:
    """Return the rows of the regions and years that both tables have.

    Parameters
    ----------
    base, other : pandas.DataFrame
        Have `region` and `year`.

    Returns
    -------
    rows : list of pandas.DataFrame
        Of `base` and of `other`.
    left_out : dict of str to tuple of str
        What one alone has, as `regions of base`; without what leaves nothing out.

    Raises
    ------
    DataError
        If nothing is common.
    """
    left_out = {}
    rows = [base, other]
    for column in ("region", "year"):
        first, second = (set(frame[column]) for frame in (base, other))
        if not first & second:
            raise DataError(
                [
                    Problem(
                        f"no {column} that both inventories have: {_listed(first)} and "
                        f"{_listed(second)}",
                        "two inventories that overlap",
                        remedy="Choose other releases, or build one of the same regions and years.",
                    )
                ]
            )
        for name, alone in (("base", first - second), ("other", second - first)):
            if alone:
                left_out[f"{column}s of {name}"] = tuple(map(str, sorted(alone)))
        rows = [frame[frame[column].isin(first & second)] for frame in rows]
    return [frame.reset_index(drop=True) for frame in rows], left_out


def _listed(names: set[object]) -> str:
    shown = ", ".join(sorted(map(str, names))[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
