"""What the manifests of two releases say changed: inputs, configuration, code, libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bc_inventory.reference.changed_tables import CHANGED_ROWS

__all__ = ["changed_inputs", "changed_settings"]


def changed_inputs(base: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """Return the input files that differ between two manifests.

    Parameters
    ----------
    base, other : mapping
        Manifests.

    Returns
    -------
    pandas.DataFrame
        Columns path, change (changed, added, removed), base_sha256, other_sha256.
    """
    first, second = (
        {
            entry["path"]: entry["sha256"]
            for entry in manifest["inputs"]
            if entry["path"] != CHANGED_ROWS  # it follows from the tables
        }
        for manifest in (base, other)
    )
    matches = []
    for path in sorted(first.keys() | second.keys()):
        old, new = first.get(path), second.get(path)
        if old != new:
            change = "added" if old is None else "removed" if new is None else "changed"
            matches.append((path, change, old, new))
    return pd.DataFrame(matches, columns=["path", "change", "base_sha256", "other_sha256"])


def changed_settings(base: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """Return what else made two releases differ.

    Parameters
    ----------
    base, other : mapping
        Manifests.

    Returns
    -------
    pandas.DataFrame
        Columns what (`configuration uncertainty.draws`, `code of emissions`,
        `library pandas`), base, other, as text; None where there is none.
    """
    first, second = dict(_settings(base)), dict(_settings(other))
    matches = [
        (what, first.get(what), second.get(what))
        for what in sorted(first.keys() | second.keys())
        if first.get(what) != second.get(what)
    ]
    return pd.DataFrame(matches, columns=["what", "base", "other"])


def _settings(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, values in manifest["configuration"].items():
        for name, value in values.items():
            yield f"configuration {section}.{name}", str(value)
    for step in manifest["steps"]:
        yield f"code of {step['name']}", str(step["code"])
    for name, version in manifest["software"].items():
        yield f"library {name}", str(version)
