"""Results kept under the digest of all they were made from.

A folder of results is shared between runs and processes. What is found there is what
would be made again, byte for byte; so to delete the folder, or a part of it, costs time
and changes nothing. Steps of a plan are kept (`bc_inventory.pipeline.plan`), and inside a step the
parts of it that depend on some of its rows only (`bc_inventory.storage.memoize`); the record of
measurements stores so what each file gave (`bc_inventory.monitoring.record.ingest`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bc_inventory.storage import atomic
from bc_inventory.storage.hashing import Content, canonical_json, code_of, content_of

__all__ = ["LOCK", "RECORD", "StoredFile", "find", "identify", "path_of", "store_result"]

# In the folder of a result; its time says when the result was last used.
RECORD = "record.json"
LOCK = ".lock"  # in the folder of the results whose keys begin alike
_FILES = "files"


@dataclass(frozen=True)
class StoredFile:
    """A file or folder of a result.

    Parameters
    ----------
    path : Path
        Where it lies; not to be altered.
    content : Content
        Digest and size.
    """

    path: Path
    content: Content


def identify(function: Callable[..., Any], **more: Any) -> str:
    """Return the key of a result: the digest of its code, libraries and what else is given.

    Parameters
    ----------
    function : callable
        What makes it; see `bc_inventory.storage.hashing.code_of`.
    **more : JSON values
        All else it depends on.
    """
    code = code_of(function)
    identity = {
        "function": f"{function.__module__}.{function.__qualname__}",
        "code": code.sha256,
        "libraries": dict(code.libraries),
        **more,
    }
    return hashlib.sha256(canonical_json(identity).encode()).hexdigest()


def path_of(folder: Path, key: str, relative: str) -> Path:
    """Return where a file or folder of the result under a key lies, or would."""
    return folder / key[:2] / key / _FILES / relative


def store_result(
    folder: Path,
    key: str,
    outputs: Mapping[str, str],
    make: Callable[[dict[str, Path]], None],
    name: str,
) -> tuple[dict[str, StoredFile], bool]:
    """Return the result stored under a key; compute and store it if there is none.

    Parameters
    ----------
    folder : Path
        Of all results.
    key : str
        See `identify`.
    outputs : mapping of str to str
        Relative path of each file or folder of the result.
    make : callable
        Called with the paths to write.
    name : str
        Of the step, for messages.

    Returns
    -------
    files : dict of str to StoredFile
        By the names of `outputs`.
    reused : bool
        Whether it was there.

    Raises
    ------
    OSError
        If it can't be written.
    """
    matches = find(folder, key, outputs)
    if matches is not None:
        return matches, True
    entry = folder / key[:2] / key
    with atomic.temporary_folder(folder) as part:
        paths = {output: part / _FILES / relative for output, relative in outputs.items()}
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        make(dict(paths))
        missing = [output for output, path in paths.items() if not path.exists()]
        if missing:
            raise RuntimeError(f"step {name} didn't write {', '.join(missing)}")
        by_name = {output: StoredFile(path, content_of(path)) for output, path in paths.items()}
        record = canonical_json({output: item.content.sha256 for output, item in by_name.items()})
        (part / RECORD).write_text(record, "utf-8")
        _move(part, entry, outputs)
    return {
        output: dataclasses.replace(item, path=entry / _FILES / outputs[output])
        for output, item in by_name.items()
    }, False


def find(folder: Path, key: str, outputs: Mapping[str, str]) -> dict[str, StoredFile] | None:
    """Return what is stored under a key, or None if it is absent or damaged.

    Parameters
    ----------
    folder, key, outputs
        As `keep` takes them.
    """
    entry = folder / key[:2] / key
    by_name = _find(entry, outputs)
    if by_name is not None:
        with contextlib.suppress(OSError):  # a folder may be read-only
            os.utime(entry / RECORD)
    return by_name


def _find(entry: Path, outputs: Mapping[str, str]) -> dict[str, StoredFile] | None:
    """Return the outputs kept in `entry`, or None if it is absent or damaged."""
    try:
        content = json.loads((entry / RECORD).read_text("utf-8"))
        by_name = {
            name: StoredFile(entry / _FILES / relative, content_of(entry / _FILES / relative))
            for name, relative in outputs.items()
        }
    except (FileNotFoundError, ValueError):
        return None
    whole = content == {name: value.content.sha256 for name, value in by_name.items()}
    return by_name if whole else None


def _move(part: Path, entry: Path, outputs: Mapping[str, str]) -> None:
    """Put a finished result under its key, unless another process was first."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    with atomic.lock(entry.parent / LOCK):
        if entry.exists():
            if _find(entry, outputs) is not None:
                return
            atomic.remove_tree(entry)
        part.rename(entry)
