"""Who cites which version, noted next to the releases.

<root>/<inventory>/citations/<version>.<digest>.json

One small file for each citation, so that two that are noted at once can't lose one
another, in a folder or in an object store. A cited version is never pruned.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bc_inventory.errors import ReleaseError
from bc_inventory.release.store.names import check_version

if TYPE_CHECKING:
    from bc_inventory.release.store.stores import Store

__all__ = ["Citation", "citations", "cite", "withdraw"]

_FOLDER = "citations"
_LONGEST = 500


@dataclass(frozen=True)
class Citation:
    """A version, and what refers to it.

    Parameters
    ----------
    version : str
        What is cited.
    by : str
        A paper, a report, a comparison: whatever a reader would look for.
    cited_on : str
        Date on which it was noted, ISO 8601.
    """

    version: str
    by: str
    cited_on: str


def cite(store: Store, inventory: str, version: str, by: str) -> Citation:
    """Note that something cites a version.

    Parameters
    ----------
    store : LocalStore or ObjectStore
        Where the releases are.
    inventory, version : str
        A published release; `latest` is none, since it moves.
    by : str
        What cites it, one line. The same again changes nothing.

    Raises
    ------
    ReleaseError
        If there is no such version, or `by` isn't one line of at most 500 characters.
    """
    text = " ".join(by.split())
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ReleaseError(
            f"found {by[:80]!r} as what cites; expected a line of 1 to {_LONGEST} characters, "
            "such as a DOI or the title of a report"
        )
    with store.alone(inventory):
        if check_version(version) not in store.versions(inventory):
            listed = ", ".join(store.versions(inventory)) or "none"
            raise ReleaseError(
                f"{store.root} has no version {version} of {inventory!r}. There are: {listed}"
            )
        for known in citations(store, inventory):
            if (known.version, known.by) == (version, text):
                return known
        citation = Citation(version, text, dt.datetime.now(dt.UTC).date().isoformat())
        data = (json.dumps(asdict(citation), ensure_ascii=False, indent=1) + "\n").encode()
        store.write_sidecar(inventory, f"{_FOLDER}/{_name(citation)}", data)
    return citation


def withdraw(store: Store, inventory: str, version: str, by: str) -> Citation:
    """Remove a citation that no longer holds.

    Raises
    ------
    ReleaseError
        If there is none; the message lists what cites the version.
    """
    text = " ".join(by.split())
    with store.alone(inventory):
        matches = [
            citation for citation in citations(store, inventory) if citation.version == version
        ]
        for match in matches:
            if match.by == text:
                store.remove_sidecar(inventory, f"{_FOLDER}/{_name(match)}")
                return match
    listed = "; ".join(repr(item.by) for item in matches) or "nothing"
    raise ReleaseError(f"{text!r} doesn't cite {version} of {inventory!r}. Cited by: {listed}")


def citations(store: Store, inventory: str) -> list[Citation]:
    """Return all citations of an inventory's versions, by version and text.

    Raises
    ------
    ReleaseError
        If a file among them isn't one: a citation that can't be read may protect any
        version.
    """
    result = []
    for name, data in store.read_sidecars(inventory, _FOLDER).items():
        try:
            raw = json.loads(data)
            citation = Citation(check_version(raw["version"]), str(raw["by"]), str(raw["cited_on"]))
        except (ValueError, KeyError, TypeError, ReleaseError) as error:
            raise ReleaseError(
                f"{store.root}/{inventory}/{_FOLDER}/{name}: this isn't a citation ({error}). "
                "Restore it from a copy, or remove it and cite the version again"
            ) from error
        result.append(citation)
    return sorted(result, key=lambda item: (item.version, item.by))


def _name(citation: Citation) -> str:
    digest = hashlib.sha256(citation.by.encode()).hexdigest()[:12]
    return f"{citation.version}.{digest}.json"
