"""Which versions may go, which stay, and why.

A version stays if it is `latest` or the newest of a variant, if something cites it, if it is
among the newest, or if it is young. What goes was published long ago, was followed by many
others, and nothing is known to refer to it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bc_inventory.release.metadata.citations import citations
from bc_inventory.release.store.variants import variants

if TYPE_CHECKING:
    from bc_inventory.release.store.stores import Store

__all__ = ["Fate", "fates", "previous_version", "prune_versions"]


@dataclass(frozen=True)
class Fate:
    """What becomes of a version.

    Parameters
    ----------
    version : str
        Which.
    published : float
        Seconds since 1970.
    why : str
        Why it stays; empty if it goes.
    """

    version: str
    published: float
    why: str

    @property
    def goes(self) -> bool:
        """Whether it is to be removed."""
        return not self.why


def fates(
    store: Store, inventory: str, *, keep: int, older_than: float, now: float | None = None
) -> list[Fate]:
    """Return what becomes of each version, newest first.

    Parameters
    ----------
    store : LocalStore or ObjectStore
        Where the releases are.
    inventory : str
        Name of the inventory.
    keep : int
        How many of the newest stay whatever their age.
    older_than : float
        Seconds; younger versions stay.
    now : float, optional
        Seconds since 1970; by default the clock.

    Raises
    ------
    ReleaseError
        If there is no release, or a citation can't be read.
    """
    moment = time.time() if now is None else now
    latest = store.latest(inventory)
    cited: dict[str, list[str]] = {}
    for citation in citations(store, inventory):
        cited.setdefault(citation.version, []).append(citation.by)
    named = {version: name for name, version in variants(store, inventory).items()}
    result = []
    for rank, (published, version) in enumerate(_newest_first(store, inventory, latest)):
        if version == latest:
            why = "latest"
        elif version in named:
            why = f"variant {named[version]}"
        elif version in cited:
            more = len(cited[version]) - 1
            why = f"cited by {cited[version][0]}" + (f" and {more} more" if more else "")
        elif rank < keep:
            why = f"among the newest {keep}"
        elif moment - published <= older_than:
            why = "young"
        else:
            why = ""
        result.append(Fate(version, published, why))
    return result


def prune_versions(store: Store, inventory: str, *, keep: int, older_than: float) -> list[Fate]:
    """Remove the versions that `fates` lets go; nobody publishes or cites meanwhile.

    Returns
    -------
    list of Fate
        What was removed.
    """
    removed = []
    with store.alone(inventory):
        for fate in fates(store, inventory, keep=keep, older_than=older_than):
            if fate.goes:
                store.remove(inventory, fate.version)
                removed.append(fate)
    return removed


def previous_version(store: Store, inventory: str) -> str | None:
    """Return the newest version besides `latest`, or None if there is no other."""
    latest = store.latest(inventory)
    ordered = _newest_first(store, inventory, latest)
    others = [version for _, version in ordered if version != latest]
    return others[0] if others else None


def _newest_first(store: Store, inventory: str, latest: str) -> list[tuple[float, str]]:
    """Return versions with the moment of each; of one second, `latest` came last."""
    details = [(store.published_at(inventory, name), name) for name in store.versions(inventory)]
    return sorted(details, key=lambda item: (item[0], item[1] == latest, item[1]), reverse=True)
