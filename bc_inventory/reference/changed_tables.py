"""Which tables and rows of a root of facts aren't the embedded ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from bc_inventory.storage.hashing import canonical_json

__all__ = ["CHANGED_ROWS", "CHANGES", "Overlaid", "changed_rows", "overlaid", "write_changes"]

# Lie next to the root: the tables, and the rows of contract `facts_changed`.
CHANGES = "overlay.json"
CHANGED_ROWS = "facts_changed.parquet"


@dataclass(frozen=True)
class Overlaid:
    """A table of a root that isn't the embedded one.

    Parameters
    ----------
    table : str
        Its path below `data/`.
    given_as : {"table", "rows"}
        Whether the overlay has the whole table or rows of it.
    replaced, added, removed : int
        Rows of the embedded table that have other values, rows with a new key, and rows
        that are no longer there.
    """

    table: str
    given_as: str
    replaced: int
    added: int
    removed: int


def overlaid(root: Path | None) -> tuple[Overlaid, ...]:
    """Return what of a root isn't embedded.

    Parameters
    ----------
    root : Path or None
        As `bc_inventory.reference.overlay.resolve` returns it.
    """
    if root is None:
        return ()
    text = (root.parent / CHANGES).read_text("utf-8")
    return tuple(Overlaid(**change) for change in json.loads(text))


def write_changes(changes: Iterable[Overlaid], path: Path) -> None:
    """Write the changes of a root to the file `CHANGES` next to it."""
    path.write_text(canonical_json([asdict(change) for change in changes]), encoding="utf-8")


def changed_rows(
    table: str, before: pd.DataFrame, after: pd.DataFrame, key: tuple[str, ...]
) -> pd.DataFrame:
    """Return what rows of a table have changed.

    Parameters
    ----------
    table : str
        Its path below `data/`.
    before, after : pandas.DataFrame
        The embedded table and the one in its place, with the same columns.
    key : tuple of str
        Columns that identify a row.

    Returns
    -------
    pandas.DataFrame
        Contract `facts_changed`: a row for each changed value, and for each row that came or went.
    """
    old, new = (_texts(frame, key) for frame in (before, after))
    added, removed = new.index.difference(old.index), old.index.difference(new.index)
    both = new.index.intersection(old.index)
    rows, columns = (old.loc[both] != new.loc[both]).to_numpy().nonzero()
    replaced = pd.DataFrame(
        {
            "row": both[rows],
            "column": new.columns[columns],
            "embedded": old.loc[both].to_numpy()[rows, columns],
            "given": new.loc[both].to_numpy()[rows, columns],
        }
    ).assign(change="replaced")
    whole = [
        pd.DataFrame({"row": rows, "column": "*", "embedded": "", "given": ""}).assign(
            change=change
        )
        for rows, change in ((added, "added"), (removed, "removed"))
    ]
    changed = pd.concat([replaced, *whole], ignore_index=True).assign(table=table)
    values = ["embedded", "given"]
    changed[values] = changed[values].astype(object).where(changed[values] != "", None)
    names = ["table", "row", "change", "column", *values]
    return changed[names].sort_values(["row", "column"], kind="stable", ignore_index=True)


def _texts(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """Return the values of a table as text, absent ones as none, by the text of its key."""
    texts = frame.astype(object).where(frame.notna(), "").astype(str)
    names = texts[list(key)].apply(
        lambda row: ";".join(f"{name}={value}" for name, value in row.items()), axis=1
    )
    return texts.drop(columns=list(key)).set_axis(pd.Index(names, dtype=object), axis=0)
