"""What differs between embedded and rebuilt rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["Difference", "differences"]


@dataclass(frozen=True)
class Difference:
    """A row that the embedded table and its maker don't share.

    Parameters
    ----------
    file : str
        Embedded file, below the folder of facts.
    key : str
        Key of the row, in words.
    embedded, rebuilt : str
        What differs on each side, empty where there is no such row.
    """

    file: str
    key: str
    embedded: str
    rebuilt: str

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.key}: embedded {self.embedded or 'nothing'}, "
            f"rebuilt {self.rebuilt or 'nothing'}"
        )


def differences(
    file: str,
    embedded: pd.DataFrame,
    rebuilt: pd.DataFrame,
    key: Sequence[str],
    columns: Sequence[str],
) -> list[Difference]:
    """Compare rows by their key, to the last digit.

    Parameters
    ----------
    file : str
        Name for the report.
    embedded, rebuilt : pandas.DataFrame
        Rows with the columns of `key` and `columns`.
    key : sequence of str
        Columns that identify a row.
    columns : sequence of str
        Columns to compare; two absent values are equal.

    Returns
    -------
    list of Difference
        In the order of the key.

    Examples
    --------
    >>> old = pd.DataFrame({"region": ["AT", "BE"], "share": [0.4, 0.6]})
    >>> new = pd.DataFrame({"region": ["AT", "DE"], "share": [0.5, 0.6]})
    >>> for item in differences("shares.csv", old, new, ["region"], ["share"]):
    ...     print(item)
    shares.csv: AT: embedded share 0.4, rebuilt share 0.5
    shares.csv: BE: embedded share 0.6, rebuilt nothing
    shares.csv: DE: embedded nothing, rebuilt share 0.6
    """
    names = [*key, *columns]
    both = embedded[names].merge(
        rebuilt[names], on=list(key), how="outer", indicator=True, suffixes=("", "|rebuilt")
    )
    unequal = pd.DataFrame({name: _unequal(both, name) for name in columns}, index=both.index)
    differing = []
    for position in both.index[(both["_merge"] != "both") | unequal.any(axis=1)]:
        row = both.loc[position]
        alone = row["_merge"] != "both"
        shown = [name for name in columns if alone or unequal.loc[position, name]]
        sides = [
            ", ".join(f"{name} {row[name + end]}" for name in shown if pd.notna(row[name + end]))
            for end in ("", "|rebuilt")
        ]
        sides = [
            text or ("" if row["_merge"] == missing else "an empty cell")
            for text, missing in zip(sides, ("right_only", "left_only"), strict=True)
        ]
        differing.append(Difference(file, ", ".join(str(row[name]) for name in key), *sides))
    return differing


def _unequal(both: pd.DataFrame, name: str) -> pd.Series[bool]:
    old, new = both[name], both[f"{name}|rebuilt"]
    return ~((old == new) | (old.isna() & new.isna()))
