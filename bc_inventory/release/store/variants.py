"""Names of releases: a version, `latest`, or a variant that is published next to it.

A variant, such as a what-if, is a release of the same inventory that doesn't become `latest`. The
file `variants/<name>` next to the releases holds the version that it was published as last.
"""

from __future__ import annotations

from typing import Protocol

from bc_inventory.errors import ReleaseError, suggest
from bc_inventory.release.store.names import (
    LATEST,
    VARIANTS,
    check_variant,
    check_version,
    is_inventory,
    is_version,
)

__all__ = ["named_version", "variant_pointer", "variants"]


class _Store(Protocol):
    """What of a store names are looked up in."""

    def latest(self, inventory: str) -> str: ...

    def versions(self, inventory: str) -> list[str]: ...

    def read_sidecars(self, inventory: str, folder: str) -> dict[str, bytes]: ...


def variant_pointer(variant: str) -> str:
    """Return the path of the file that says which version a variant is, below the inventory.

    Raises
    ------
    ReleaseError
        If the name can't be one of a variant.
    """
    return f"{VARIANTS}/{check_variant(variant)}"


def variants(store: _Store, inventory: str) -> dict[str, str]:
    """Return the version of each variant of an inventory, by its name."""
    return {
        name: check_version(data.decode().strip())
        for name, data in store.read_sidecars(inventory, VARIANTS).items()
    }


def named_version(store: _Store, inventory: str, name: str) -> str:
    """Return the version that a name stands for.

    Parameters
    ----------
    store : LocalStore or ObjectStore
        Where the releases are.
    inventory : str
        Name of the inventory.
    name : str
        A version, `latest` or a variant.

    Raises
    ------
    ReleaseError
        If there is no release, or the name is none of these.
    """
    if name == LATEST:
        return store.latest(inventory)
    if is_version(name) or not is_inventory(name):
        return check_version(name)
    known = variants(store, inventory)
    if name not in known:
        have = [*known, *store.versions(inventory)]
        hint = suggest(name, have) or f"There are: {', '.join(have) or 'none'}."
        raise ReleaseError(
            f"found {name!r} as a version of {inventory!r}; expected {LATEST!r}, a version or a "
            f"variant. {hint}"
        )
    return known[name]
