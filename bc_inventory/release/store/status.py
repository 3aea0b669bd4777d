"""What is intact after something failed, in a sentence for whoever was woken up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bc_inventory.errors import BCInventoryError
from bc_inventory.release.store.stores import open_store

__all__ = ["release_status"]


def release_status(root: Path | str, inventory: str) -> str:
    """Return which release of an inventory is intact, after a check of its files.

    Parameters
    ----------
    root : path-like
        Folder of releases, or its address.
    inventory : str
        Name of the inventory.

    Returns
    -------
    str
        One sentence. It never raises what the user can put right: it is said while another
        error is reported.
    """
    try:
        store = open_store(root)
        if inventory not in store.inventories():
            return f"No release of {inventory} was there before, in {root}, and none is now."
        version = store.latest(inventory)
        published = dt.datetime.fromtimestamp(store.published_at(inventory, version), dt.UTC)
    except (BCInventoryError, OSError) as error:
        return f"The status of {inventory} in {root} is unknown: {error}"
    named = f"{inventory} {version}, published {published:%Y-%m-%d %H:%M} UTC"
    try:
        store.verify(inventory, version)
    except (BCInventoryError, OSError) as error:
        return f"The last release, {named}, in {store.root} IS DAMAGED: {error}"
    return f"The last release is intact: {named}, in {store.root}; every file is as published."
