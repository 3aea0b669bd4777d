"""The manifest: what a release holds and what made it.

Nothing in it depends on the clock or on the machine, so the same inputs, code
and configuration give the same manifest, and its digest is the version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bc_inventory
from bc_inventory.errors import ReleaseError
from bc_inventory.pipeline.plan import Output, RunRecord, Used
from bc_inventory.reference.changed_tables import overlaid
from bc_inventory.release.store.names import MANIFEST, check_file, check_inventory, check_version
from bc_inventory.storage.hashing import Content, canonical_json

__all__ = ["FORMAT", "describe", "dump", "load", "version_of"]

FORMAT = "bc-inventory-release/1"


def describe(
    *,
    inventory: str,
    label: str,
    title: str,
    configuration: Mapping[str, Any],
    record: RunRecord,
    sources: Sequence[Mapping[str, Any]],
    files: Mapping[str, Content],
    origins: Mapping[str, Output],
    coverage: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the manifest without what follows from it (the version and the documents).

    Parameters
    ----------
    inventory, label, title : str
        Name of the inventory, first half of the version, and what to call it.
    configuration : mapping
        The whole configuration.
    record : RunRecord
        Of the run that made the files.
    sources : sequence of mapping
        Rows of `sources.csv` that the release cites.
    files : mapping of str to Content
        Relative path to digest of every file of data.
    origins : mapping of str to Output
        Step and output each file comes from.
    coverage : mapping
        Years, regions and sectors; see `bc_inventory.release.read.tables`.
    """
    inputs: dict[str, Content] = {}
    libraries: dict[str, str] = {}
    for step in record.steps:
        libraries |= dict(step.libraries)
        for used in step.inputs.values():
            inputs |= _external(used)
    return {
        "format": FORMAT,
        "inventory": inventory,
        "label": label,
        "title": title,
        "coverage": dict(coverage),
        "configuration": dict(configuration),
        "software": {
            "bc-inventory": bc_inventory.__version__,
            **dict(sorted(libraries.items())),
        },
        "inputs": [_file(path, content) for path, content in sorted(inputs.items())],
        **({"overlay": _overlay(record)} if record.facts is not None else {}),
        "steps": [
            {
                "name": step.name,
                "function": step.function,
                "key": step.key,
                "code": step.code,
                "parameters": dict(step.parameters),
                "inputs": {
                    name: {"origin": used.origin, "sha256": used.content.sha256}
                    for name, used in sorted(step.inputs.items())
                },
                "outputs": {
                    name: value.content.sha256 for name, value in sorted(step.outputs.items())
                },
            }
            for step in record.steps
        ],
        "sources": [dict(row) for row in sources],
        "files": [
            _file(path, content)
            | {"produced_by": asdict(origins[path]) if path in origins else None}
            for path, content in sorted(files.items())
        ],
    }


def version_of(core: Mapping[str, Any]) -> str:
    """Return the version that a manifest's content has: its label and eight hex digits.

    Parameters
    ----------
    core : mapping
        A manifest; its `version` and `documents` don't count, since they
        follow from the rest.
    """
    counted = {key: value for key, value in core.items() if key not in {"version", "documents"}}
    digest = hashlib.sha256(canonical_json(counted).encode()).hexdigest()
    return f"{core['label']}-{digest[:8]}"


def dump(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest as the bytes of its file."""
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def load(data: bytes, where: str) -> dict[str, Any]:
    """Read a manifest and hold it to its own version.

    Parameters
    ----------
    data : bytes
        Of the file.
    where : str
        Named in messages.

    Raises
    ------
    ReleaseError
        If it isn't a manifest, was altered, or names an unsafe path.
    """
    try:
        manifest = json.loads(data)
        matches = manifest["format"]
        if matches != FORMAT:
            raise ReleaseError(
                f"{where}: found format {matches!r}, expected {FORMAT!r}; a newer version of this "
                "software may read it"
            )
        check_inventory(manifest["inventory"])
        for entry in [*manifest["files"], *manifest["documents"]]:
            check_file(entry["path"])
        version, expected = check_version(manifest["version"]), version_of(manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(f"{where}: this isn't a whole {MANIFEST} ({error!r})") from error
    if version != expected:
        raise ReleaseError(
            f"{where}: the manifest says version {version}, but its content is {expected}: "
            "it was altered after publishing"
        )
    return dict(manifest)


def _external(used: Used) -> dict[str, Content]:
    """Return the files of an input that no step made."""
    if ":" in used.origin:
        return {}
    if not used.content.files:
        return {used.origin: used.content}
    return {
        (Path(used.origin) / relative).as_posix(): Content(sha256, size)
        for relative, sha256, size in used.content.files
    }


def _overlay(record: RunRecord) -> list[dict[str, Any]]:
    """Return the tables of facts that aren't the embedded ones, and how they differ."""
    changes = [asdict(change) for change in overlaid(record.facts)]
    return [change | {"table": f"data/{change['table']}"} for change in changes]


def _file(path: str, content: Content) -> dict[str, Any]:
    return {"path": path, "sha256": content.sha256, "bytes": content.size}
