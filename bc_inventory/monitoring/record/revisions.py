"""Of two revisions of one data set, a record holds the newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bc_inventory.monitoring.record.parts import PART, series_index
from bc_inventory.monitoring.record.state import Entry
from bc_inventory.storage.results import path_of

__all__ = ["without_older"]


def without_older(entries: Sequence[Entry], results: Path) -> list[Entry]:
    """Mark files whose data set another file has in a newer revision.

    Parameters
    ----------
    entries : sequence of Entry
        Of all files.
    results : Path
        Folder of their parts.

    Returns
    -------
    list of Entry
        The same, with `superseded` and the newer file's name where it is so. Files are of one
        data set if they say so and hold the same series; those that state no revision are left.
    """
    newest: dict[tuple[str, frozenset[str]], tuple[str, str]] = {}
    revisions: dict[str, tuple[tuple[str, frozenset[str]], str]] = {}
    for entry in entries:
        if entry.status != "included":
            continue
        series = series_index(path_of(results, entry.key, PART["part"]))
        about = series[0]["about"] if series else {}
        if not about.get("data_set") or not about.get("revision"):
            continue
        data_set = (str(about["data_set"]), frozenset(item["series_id"] for item in series))
        revisions[entry.name] = data_set, str(about["revision"])
        newest[data_set] = max(newest.get(data_set, ("", "")), (str(about["revision"]), entry.name))
    return [_marked(entry, revisions, newest) for entry in entries]


def _marked(
    entry: Entry,
    revisions: dict[str, tuple[tuple[str, frozenset[str]], str]],
    newest: dict[tuple[str, frozenset[str]], tuple[str, str]],
) -> Entry:
    if entry.name not in revisions:
        return entry
    data_set, revision = revisions[entry.name]
    latest, name = newest[data_set]
    if name == entry.name:
        return entry
    reason = f"revision {revision} of a data set that {name} has in revision {latest}"
    return replace(entry, status="superseded", reason=reason)
