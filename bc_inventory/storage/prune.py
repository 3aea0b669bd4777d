"""Retention of the results of steps: what was not used lately goes.

Whatever is removed is made again when a build needs it, with the same bytes; so this
is about disk alone. Nothing is removed while a build uses the cache.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bc_inventory.errors import ReleaseError
from bc_inventory.storage import atomic
from bc_inventory.storage.results import LOCK, RECORD

__all__ = ["StoredResult", "choose", "remove_results", "stored_results", "using_results"]


@dataclass(frozen=True)
class StoredResult:
    """A result in the cache.

    Parameters
    ----------
    path : Path
        Its folder.
    size : int
        Bytes.
    used : float
        When it was last made or found by a build, seconds since 1970.
    """

    path: Path
    size: int
    used: float


@contextlib.contextmanager
def using_results(cache: Path) -> Iterator[None]:
    """Keep what a build makes or finds in a cache until it is published.

    Raises
    ------
    ReleaseError
        If the folder can't be written to.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(atomic.using(cache))
        except OSError as error:
            raise ReleaseError(
                f"can't write to {cache}: {error.strerror} ({error.filename}). Nothing was "
                "published and the last release is intact. Free some space, or choose another "
                "folder for the output"
            ) from error
        yield


def stored_results(cache: Path) -> list[StoredResult]:
    """Return what a cache holds, least recently used first."""
    result = []
    for path in cache.glob("[0-9a-f][0-9a-f]/*"):
        if len(path.name) != 64 or not path.is_dir():
            continue
        size = sum(member.stat().st_size for member in path.rglob("*") if member.is_file())
        record = path / RECORD
        used = (record if record.is_file() else path).stat().st_mtime
        result.append(StoredResult(path, size, used))
    return sorted(result, key=lambda item: (item.used, item.path.name))


def choose(
    results: Iterable[StoredResult],
    *,
    older_than: float | None = None,
    larger_than: int | None = None,
    needed: Collection[str] = (),
    now: float | None = None,
) -> list[StoredResult]:
    """Return the results to remove.

    Parameters
    ----------
    results : iterable of StoredResult
        What there is.
    older_than : float, optional
        Seconds; what was not used for longer goes.
    larger_than : int, optional
        Bytes; the least recently used go until the rest is no larger.
    needed : collection of str
        Keys of results that stay in any case.
    now : float, optional
        Seconds since 1970; by default the clock.

    Returns
    -------
    list of StoredResult
        Least recently used first.
    """
    ordered = sorted(results, key=lambda item: (item.used, item.path.name))
    moment = time.time() if now is None else now
    left = sum(item.size for item in ordered)
    gone = []
    for item in ordered:
        old = older_than is not None and moment - item.used > older_than
        if item.path.name in needed:
            continue
        if old or (larger_than is not None and left > larger_than):
            gone.append(item)
            left -= item.size
    return gone


def remove_results(
    cache: Path,
    *,
    older_than: float | None = None,
    larger_than: int | None = None,
    needed: Collection[str] = (),
) -> list[StoredResult]:
    """Remove results as `choose` says, unless a build uses the cache.

    Parameters
    ----------
    cache : Path
        Folder of results; absent is empty.
    older_than, larger_than, needed
        See `choose`.

    Returns
    -------
    list of StoredResult
        What was removed.

    Raises
    ------
    ReleaseError
        If a build uses the cache; nothing is removed then.
    """
    if not cache.is_dir():
        return []
    with atomic.unused(cache) as free:
        if not free:
            raise ReleaseError(
                f"a build is using {cache}; nothing of it was removed. Try again when it is done"
            )
        atomic.remove_dead(cache)
        gone = choose(
            stored_results(cache), older_than=older_than, larger_than=larger_than, needed=needed
        )
        # Out of sight by one rename each: a result is there whole or not at all.
        with atomic.temporary_folder(cache) as bin_:
            for item in gone:
                item.path.rename(bin_ / item.path.name)
        for folder in {item.path.parent for item in gone}:
            if {path.name for path in folder.iterdir()} <= {LOCK}:
                atomic.remove_tree(folder)
    return gone
