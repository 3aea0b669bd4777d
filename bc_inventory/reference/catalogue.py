"""External files: address, licence, citation, checksum, and the cache they are kept in."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pandas as pd

from bc_inventory.errors import SourceError, suggest
from bc_inventory.reference.download import Policy, download
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv
from bc_inventory.storage.atomic import lock, write_atomic
from bc_inventory.storage.hashing import sha256_file

__all__ = ["Cache", "Item", "catalogue", "default_cache_root", "find_item"]


@dataclass(frozen=True)
class Item:
    """A file that can be fetched; see the contract `catalogue` for the fields."""

    item: str
    source_id: str
    address: str
    file: str
    format: str
    sha256: str
    checksum_of: str
    size_limit: int
    access: str
    licence: str
    citation: str
    zero_means: str
    note: str


@per_root
def catalogue() -> dict[str, Item]:
    """Return all items by name."""
    frame = read_csv(data_root() / "catalogue.csv", "catalogue")
    frame = frame.astype(object).where(frame.notna(), "")
    return {row["item"]: Item(**row) for row in frame.to_dict("records")}


def find_item(name: str) -> Item:
    """Return the item of that name.

    Raises
    ------
    SourceError
        If there is none; the message names the nearest.
    """
    known = catalogue()
    if name not in known:
        hint = suggest(name, known) or "`bc-inventory fetch --list` names all."
        raise SourceError(f"the catalogue has no item {name!r}. {hint}")
    return known[name]


def default_cache_root() -> Path:
    """Return the folder of fetched files: BC_INVENTORY_CACHE, or the system's cache folder."""
    named = os.environ.get("BC_INVENTORY_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "bc_inventory"


@dataclass(frozen=True)
class Cache:
    """Fetched files under one folder, each verified whenever it is asked for.

    Parameters
    ----------
    root : Path
        Folder; nothing is ever written outside it.
    offline : bool
        Never use the network.
    policy : Policy, optional
        How often and how long to try.
    """

    root: Path
    offline: bool = False
    policy: Policy | None = None

    def path(self, item: Item) -> Path:
        """Return where an item is or would be kept.

        Raises
        ------
        SourceError
            If its name would lead out of the cache.
        """
        names = (item.source_id, item.file)
        for name in names:
            pure = PurePosixPath(name)
            if len(pure.parts) != 1 or name in {".", ".."} or any(c in name for c in "\\/:\0"):
                raise SourceError(
                    f"the catalogue names {name!r} for {item.item}; expected a plain file name"
                )
        path = self.root.joinpath(*names)
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise SourceError(f"{path} leads out of the cache {self.root}")
        return path

    def fetch(self, name: str | Item) -> Path:
        """Return the path of an item, from the cache or fetched.

        Parameters
        ----------
        name : str or Item
            Name in the catalogue, or an item.

        Returns
        -------
        Path
            A whole, verified file.

        Raises
        ------
        SourceError
            If it isn't in the cache and can't be fetched, or isn't what the catalogue, or
            the note kept when it was first fetched, says.
        """
        item = find_item(name) if isinstance(name, str) else name
        path = self.path(item)
        if path.is_file():
            return self._verified(item, path)
        if self.offline or not item.address:
            raise SourceError(self._how_to_get(item, path))
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two builds that need one file fetch it once.
        with lock(path.with_name(path.name + ".lock")):
            if path.is_file():
                return self._verified(item, path)
            matches = download(
                item.address,
                path,
                sha256=item.sha256 or None,
                size_limit=item.size_limit,
                policy=self.policy,
            )
            self._note(item, path, matches)
        return path

    def refresh(self, item: Item) -> Path:
        """Return the path of an item whose content changes under its address.

        It is fetched again and replaces what is kept only where it came whole and differs,
        so a failure harms nothing. Offline, what is kept is returned as it is.

        Parameters
        ----------
        item : Item
            Without a checksum of its own.

        Raises
        ------
        SourceError
            As `fetch`.
        """
        path = self.path(item)
        if self.offline or item.sha256 or not path.is_file():
            return self.fetch(item)
        with lock(path.with_name(path.name + ".lock")):
            fresh = path.with_name(path.name + ".fresh")
            matches = download(item.address, fresh, size_limit=item.size_limit, policy=self.policy)
            if matches == sha256_file(path):
                fresh.unlink()
            else:
                # Without its note a kept file is taken as it is, so this may stop anywhere.
                self._note_file(path).unlink(missing_ok=True)
                fresh.replace(path)
                self._note(item, path, matches)
        return path

    def _verified(self, item: Item, path: Path) -> Path:
        """Check a stored file against its checksum: the catalogue's, or the one first seen."""
        if path.stat().st_size > item.size_limit:
            raise SourceError(f"{path}: larger than {item.size_limit} bytes; delete it")
        matches = sha256_file(path)
        expected = item.sha256 or self._first_seen(path)
        if expected and matches != expected:
            raise SourceError(
                f"{path}: found SHA-256 {matches}; expected {expected}. It was changed after it "
                "was fetched; delete it to fetch it again."
            )
        if not expected:
            self._note(item, path, matches)
        return path

    @staticmethod
    def _note_file(path: Path) -> Path:
        return path.with_name(path.name + ".fetched.json")

    def _note(self, item: Item, path: Path, digest: str) -> None:
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        note = {"address": item.address, "sha256": digest, "seen": when, "licence": item.licence}
        write_atomic(self._note_file(path), json.dumps(note, indent=1).encode())

    def _first_seen(self, path: Path) -> str:
        try:
            return str(json.loads(self._note_file(path).read_text(encoding="utf-8"))["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _how_to_get(self, item: Item, path: Path) -> str:
        if self.offline and item.address:
            return (
                f"{item.item} isn't in the cache and the network isn't to be used. Fetch "
                f"{item.address} elsewhere and put it at {path}."
            )
        return (
            f"{item.item} can't be fetched by a program ({item.access}). {item.note.capitalize()}. "
            f"Its place is {path}."
        )

    def state(self) -> pd.DataFrame:
        """Return item, access, whether it is in the cache, licence and path of every item."""
        rows = [
            {
                "item": item.item,
                "access": item.access,
                "cached": self.path(item).is_file(),
                "licence": item.licence,
                "path": str(self.path(item)),
            }
            for item in catalogue().values()
        ]
        return pd.DataFrame(rows)

    def without_network(self) -> Cache:
        """Return the same cache in offline mode."""
        return replace(self, offline=True)
