"""What an ingest knows of its folder: one file, replaced whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bc_inventory.errors import DataError, Problem
from bc_inventory.storage.atomic import write_atomic

__all__ = ["Entry", "IngestState", "read_state", "write_state"]

_NAME = "state.json"
_FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One file of the folder.

    Parameters
    ----------
    name : str
        Path below the folder, POSIX.
    sha256 : str
        Of its bytes.
    key : str
        Digest of the bytes, the rule and the code: what its result depends on.
    status : {"included", "skipped", "identical", "superseded"}
        Whether its values are in the record.
    reason : str
        Why not, or empty.
    remarks : tuple of str
        What its reader noticed.
    """

    name: str
    sha256: str
    key: str
    status: str
    reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class IngestState:
    """All files and the generation of the record that was computed from them."""

    entries: tuple[Entry, ...] = ()
    generation: str = ""

    def of(self, name: str) -> Entry | None:
        """Return the entry of a file."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, the same for the same state."""
        entries = [asdict(entry) for entry in sorted(self.entries, key=lambda e: e.name)]
        return {"format": _FORMAT, "generation": self.generation, "files": entries}


def read_state(store: Path) -> IngestState:
    """Return the state of a store, an empty one where there is none.

    Raises
    ------
    DataError
        If it isn't what this software wrote.
    """
    path = store / _NAME
    if not path.is_file():
        return IngestState()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']}")
        entries = tuple(
            Entry(**{**item, "remarks": tuple(item["remarks"])}) for item in content["files"]
        )
        return IngestState(entries, str(content["generation"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            [
                Problem(
                    f"a state that can't be read ({error})",
                    "one this software wrote",
                    str(path),
                    remedy="Remove the store; it is made again from the files.",
                )
            ]
        ) from error


def write_state(store: Path, state: IngestState) -> None:
    """Replace the state of a store, whole."""
    text = json.dumps(state.as_dict(), ensure_ascii=False, indent=1, sort_keys=True)
    write_atomic(store / _NAME, (text + "\n").encode("utf-8"))
