"""The store at a place: a local folder or an object store."""

from __future__ import annotations

from pathlib import Path

from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.object_store import ObjectStore

__all__ = ["Store", "open_store"]

Store = LocalStore | ObjectStore


def open_store(root: Path | str) -> Store:
    """Return the store in a folder, or under an address such as `s3://bucket/releases`.

    Parameters
    ----------
    root : path-like
        Folder of releases, or the address of one.
    """
    return ObjectStore(str(root)) if "://" in str(root) else LocalStore(Path(root))
