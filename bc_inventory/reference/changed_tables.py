"""Which tables of a root of facts aren't the embedded ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bc_inventory.storage.hashing import canonical_json

__all__ = ["CHANGES", "Overlaid", "overlaid", "write_changes"]

# Lies next to the root.
CHANGES = "overlay.json"


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
