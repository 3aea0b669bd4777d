"""Prove a release whole: every file there, none besides, every byte as published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bc_inventory.errors import DataError, Problem, ReleaseError
from bc_inventory.release.metadata.manifest import load
from bc_inventory.release.store.names import MANIFEST
from bc_inventory.storage.hashing import sha256_file

__all__ = ["compare_files", "verify_folder"]

_RESTORE = "Restore the release from a copy, or build it again; a published version is never mended"


def verify_folder(folder: Path) -> dict[str, Any]:
    """Check a release folder against its manifest.

    Parameters
    ----------
    folder : Path
        `releases/<inventory>/<version>`.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    ReleaseError
        If the manifest is absent, damaged or of another version than the
        folder is named after.
    DataError
        With one problem for each altered, missing or extra file.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReleaseError(f"{folder} is no release: it has no {MANIFEST}") from error
    manifest = load(data, str(path))
    if manifest["version"] != folder.name:
        raise ReleaseError(f"{folder} holds version {manifest['version']}; expected {folder.name}")
    by_name = {
        member.relative_to(folder).as_posix(): member
        for member in folder.rglob("*")
        if member.is_symlink() or not member.is_dir()
    }
    del by_name[MANIFEST]
    # A link could point anywhere, so it's never as published, whatever it leads to.
    digests = {
        name: "a link" if member.is_symlink() else sha256_file(member)
        for name, member in by_name.items()
    }
    problems = compare_files(manifest, digests, str(folder))
    if problems:
        raise DataError(problems)
    return manifest


def compare_files(
    manifest: Mapping[str, Any], digests: Mapping[str, str], where: str
) -> list[Problem]:
    """Compare the files that a manifest names with those that are there.

    Parameters
    ----------
    manifest : mapping
        A release's manifest.
    digests : mapping of str to str
        Relative path to SHA-256 of each file that is there.
    where : str
        Place of the release, for messages.

    Returns
    -------
    list of Problem
        Empty if they agree.
    """
    expected = {
        entry["path"]: entry["sha256"] for entry in [*manifest["files"], *manifest["documents"]]
    }
    problems = []
    for name in sorted(expected.keys() | digests.keys()):
        file = f"{where}/{name}"
        if name not in digests:
            problems.append(
                Problem("no such file", "the file the manifest names", file, None, None, _RESTORE)
            )
        elif name not in expected:
            problems.append(
                Problem(f"an extra file ({digests[name]})", "only files of the manifest", file)
            )
        elif digests[name] != expected[name]:
            problems.append(
                Problem(
                    f"content {digests[name]}",
                    f"{expected[name]}, as published",
                    file,
                    remedy=_RESTORE,
                )
            )
    return problems
