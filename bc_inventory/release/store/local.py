"""Where releases lie: a local folder.

<root>/<inventory>/<version>/...   never altered once it has that name
<root>/<inventory>/latest          text: the version that was published last
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bc_inventory.errors import DataError, ReleaseError, suggest
from bc_inventory.release.metadata.manifest import load
from bc_inventory.release.store.files import ReleaseFiles
from bc_inventory.release.store.names import (
    LATEST,
    MANIFEST,
    check_file,
    check_inventory,
    check_version,
    is_inventory,
    is_version,
)
from bc_inventory.release.store.variants import named_version
from bc_inventory.release.store.verify import verify_folder
from bc_inventory.storage import atomic
from bc_inventory.storage.hashing import sha256_file

__all__ = ["LocalStore"]

_SMALL_BYTES = 8 << 20


class LocalStore:
    """Releases in a folder.

    Parameters
    ----------
    root : Path
        Holds one folder for each inventory.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).absolute()

    def folder(self, inventory: str) -> Path:
        """Return the folder of an inventory's releases."""
        return self.root / check_inventory(inventory)

    @contextlib.contextmanager
    def staging(self, inventory: str) -> Iterator[Path]:
        """Hold the inventory's lock and give an empty folder to build a release in.

        What dead builds left is removed first; the folder itself is gone in
        the end unless `commit` has moved it.
        """
        parent = self.folder(inventory)
        parent.mkdir(parents=True, exist_ok=True)
        with atomic.exclusive(parent / ".lock"):
            atomic.remove_dead(parent)
            with atomic.temporary_folder(parent) as folder:
                yield folder

    def has(self, inventory: str, version: str) -> bool:
        """Tell whether a version is published."""
        return (self.folder(inventory) / check_version(version) / MANIFEST).is_file()

    def verify(self, inventory: str, version: str) -> dict[str, Any]:
        """Check a release against its manifest; see `verify_folder`."""
        path = self.find(inventory, version)
        try:
            return verify_folder(path)
        except (DataError, ReleaseError, FileNotFoundError) as error:
            if path.exists():
                raise
            raise ReleaseError(
                f"{path} was removed while it was read, as `prune` does; there are: "
                f"{', '.join(self.versions(inventory)) or 'none'}"
            ) from error

    def remove(self, inventory: str, version: str) -> None:
        """Remove a release: out of sight by one rename, then file by file.

        Whoever calls this is `alone`.
        """
        final = self.find(inventory, check_version(version))
        with atomic.temporary_folder(self.folder(inventory)) as folder:
            final.rename(folder / final.name)

    def published_at(self, inventory: str, version: str) -> float:
        """Return when a release was published, seconds since 1970."""
        return (self.find(inventory, check_version(version)) / MANIFEST).stat().st_mtime

    @contextlib.contextmanager
    def alone(self, inventory: str) -> Iterator[None]:
        """Keep others from publishing, citing or removing releases of an inventory."""
        parent = self.folder(inventory)
        if not parent.is_dir():
            raise ReleaseError(f"{self.root} has no release of {inventory!r}")
        with _storage_errors(parent), atomic.exclusive(parent / ".lock"):
            for folder in (parent, parent / "citations"):
                atomic.remove_dead(folder)
            yield

    def read_sidecars(self, inventory: str, folder: str) -> dict[str, bytes]:
        """Return the small files of a folder next to the releases, such as citations, by name."""
        paths = sorted((self.folder(inventory) / check_file(folder)).glob("[!.]*"))
        return {path.name: path.read_bytes() for path in paths if path.is_file()}

    def write_sidecar(self, inventory: str, path: str, data: bytes) -> None:
        """Write a small file next to the releases, whole or not at all."""
        target = self.folder(inventory) / check_file(path)
        target.parent.mkdir(exist_ok=True)
        atomic.write_atomic(target, data)

    def remove_sidecar(self, inventory: str, path: str) -> None:
        """Remove a small file next to the releases."""
        (self.folder(inventory) / check_file(path)).unlink(missing_ok=True)

    def commit(self, staged: Path, inventory: str, version: str, pointer: str = LATEST) -> Path:
        """Publish a staged release by one rename, then point `latest` at it, or a variant.

        A version that is there already is proved to be whole and the same;
        it isn't touched.

        Returns
        -------
        Path
            Folder of the release.

        Raises
        ------
        ReleaseError
            If another content has that version.
        """
        parent = self.folder(inventory)
        final = parent / check_version(version)
        if final.exists():
            self._require_same(staged, final)
        else:
            for member in staged.rglob("*"):
                if member.is_file():
                    member.chmod(0o444)
            atomic.fsync_tree(staged)
            staged.rename(final)
            atomic.fsync_folder(parent)
        target = parent / pointer
        target.parent.mkdir(exist_ok=True)
        atomic.write_atomic(target, f"{version}\n".encode())
        return final

    def _require_same(self, staged: Path, final: Path) -> None:
        verify_folder(final)
        if (staged / MANIFEST).read_bytes() != (final / MANIFEST).read_bytes():
            raise ReleaseError(
                f"{final} was published with another content under the same version; it isn't "
                "altered. Choose another folder for the output"
            )

    def versions(self, inventory: str) -> list[str]:
        """Return the versions of an inventory, sorted by name."""
        names = (path.parent.name for path in self.folder(inventory).glob(f"*/{MANIFEST}"))
        return sorted(name for name in names if is_version(name))

    def inventories(self) -> list[str]:
        """Return the inventories that have a release, sorted by name."""
        names = {path.parts[-3] for path in self.root.glob(f"*/*/{MANIFEST}")}
        return sorted(name for name in names if is_inventory(name) and self.versions(name))

    def latest(self, inventory: str) -> str:
        """Return the version that was published last.

        Raises
        ------
        ReleaseError
            If there is none.
        """
        try:
            text = (self.folder(inventory) / LATEST).read_text("utf-8")
        except FileNotFoundError as error:
            known = self.inventories()
            hint = suggest(inventory, known) or (
                f"There are: {', '.join(known)}." if known else "Build one first."
            )
            raise ReleaseError(f"{self.root} has no release of {inventory!r}. {hint}") from error
        return check_version(text.strip())

    def find(self, inventory: str, version: str = LATEST) -> Path:
        """Return the folder of a release.

        Raises
        ------
        ReleaseError
            If there is none of that version.
        """
        name = named_version(self, inventory, version)
        path = self.folder(inventory) / name
        if not (path / MANIFEST).is_file():
            known = self.versions(inventory)
            hint = suggest(name, known) or f"There are: {', '.join(known) or 'none'}."
            raise ReleaseError(f"{self.root} has no version {name} of {inventory!r}. {hint}")
        return path

    def files(
        self, inventory: str, version: str = LATEST, *, verify: bool | None = None
    ) -> ReleaseFiles:
        """Return the folder and the manifest of a release.

        Parameters
        ----------
        inventory, version : str
            Of the release.
        verify : bool, optional
            Whether a file is checked against the manifest before it is first read; by default if it
            is small enough for that to take no time (8 MB).
        """
        path = self.find(inventory, version)
        try:
            data = (path / MANIFEST).read_bytes()
        except FileNotFoundError as error:  # pruned just now
            raise ReleaseError(f"{path} was removed while it was opened") from error
        manifest = load(data, str(path / MANIFEST))
        return ReleaseFiles(path, manifest, _verifier(path, manifest, verify))


@contextlib.contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    """Turn what the system says about a read-only or full disk into an error that helps."""
    try:
        yield
    except OSError as error:
        raise ReleaseError(
            f"can't change {folder}: {error.strerror or error} "
            f"({error.filename or 'while writing'}). Every release there is as it was. Make the "
            "folder writable, or run this where it is"
        ) from error


def _verifier(
    folder: Path, manifest: dict[str, Any], verify: bool | None
) -> Callable[[str], None] | None:
    """Return what holds a file of a release to its manifest, once for each file."""
    if verify is False:
        return None
    entries = {entry["path"]: entry for entry in manifest["files"]}
    verified: set[str] = set()

    def check(name: str) -> None:
        entry, path = entries[name], folder / name
        if name in verified or (verify is None and entry["bytes"] > _SMALL_BYTES):
            return
        # The size first, so that a file that grew isn't read whole.
        if (
            not path.is_file()
            or path.stat().st_size != entry["bytes"]
            or sha256_file(path) != entry["sha256"]
        ):
            raise ReleaseError(f"{path} isn't as published; run `bc-inventory verify`")
        verified.add(name)

    return check
