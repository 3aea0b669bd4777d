"""Releases in an object store, through fsspec.

Such a store has no rename, but each object appears whole. So a release is
published by its manifest, which is written when every other object is there;
a prefix without one is no release. Objects of a version are the same whoever
writes them, so two builds can't harm each other.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from bc_inventory.errors import DataError, ReleaseError, StoreUnavailableError
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
from bc_inventory.release.store.verify import compare_files
from bc_inventory.storage import atomic
from bc_inventory.storage.hashing import sha256_file

__all__ = ["ObjectStore"]

T = TypeVar("T")

# Stores answer 500 or 503 when they are busy, and say to ask again.
_ATTEMPTS = 5
_FIRST_WAIT = 0.05
_UNREACHABLE = {
    ("botocore.exceptions", "ConnectionError"),
    ("botocore.exceptions", "HTTPClientError"),
    ("botocore.parsers", "ResponseParserError"),  # an answer that was cut off
    ("aiohttp.client_exceptions", "ClientError"),
}
_BLOCK = 1 << 20
# A prefix without manifest may be an upload under way; after a day nobody finishes it.
_DEAD_AFTER = 86_400.0


class ObjectStore:
    """Releases below an address such as `s3://bucket/releases`.

    Parameters
    ----------
    address : str
        Any address fsspec knows; credentials and endpoint come from the
        environment, as the store's own tools read them.
    """

    def __init__(self, address: str) -> None:
        import fsspec

        self.address = address.rstrip("/")
        try:
            # Listings change under us when another machine publishes.
            self._files, self._root = fsspec.core.url_to_fs(
                self.address, use_listings_cache=False, skip_instance_cache=True
            )
        except (ImportError, ValueError) as error:
            raise ReleaseError(
                f"{address} can't be opened: {error}. For S3 install bc-inventory[s3]"
            ) from error

    @property
    def root(self) -> str:
        """Address of the store, as messages name it."""
        return self.address

    def _key(self, *parts: str) -> str:
        return "/".join((self._root, *parts))

    @contextlib.contextmanager
    def staging(self, inventory: str) -> Iterator[Path]:
        """Give an empty local folder to build a release in, gone in the end."""
        check_inventory(inventory)
        self._remove_dead(inventory)
        with tempfile.TemporaryDirectory(prefix="bc-inventory-") as folder:
            yield Path(folder)

    def has(self, inventory: str, version: str) -> bool:
        """Tell whether a version is published."""
        return self._exists(self._key(check_inventory(inventory), check_version(version), MANIFEST))

    def commit(self, staged: Path, inventory: str, version: str, pointer: str = LATEST) -> str:
        """Publish a staged release: its files, then its manifest, then `latest` or a variant.

        Returns
        -------
        str
            Address of the release.

        Raises
        ------
        ReleaseError
            If another content has that version, or what arrived isn't what
            was sent.
        """
        place = self._key(check_inventory(inventory), check_version(version))
        if self.has(inventory, version):
            if self.verify(inventory, version) != load((staged / MANIFEST).read_bytes(), MANIFEST):
                raise ReleaseError(
                    f"{self.address}/{inventory}/{version} was published with another content "
                    "under the same version; it isn't altered. Choose another place"
                )
        else:
            for path in sorted(staged.rglob("*")):
                name = path.relative_to(staged).as_posix()
                if path.is_file() and name != MANIFEST:
                    self._put(f"{place}/{name}", path.read_bytes())
            self._require_all(staged, place)
            self._put(f"{place}/{MANIFEST}", (staged / MANIFEST).read_bytes())
        self._put(self._key(inventory, pointer), f"{version}\n".encode())
        return f"{self.address}/{inventory}/{version}"

    def _require_all(self, staged: Path, place: str) -> None:
        sent = {
            path.relative_to(staged).as_posix(): path.stat().st_size
            for path in staged.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        arrived = {name: info["size"] for name, info in self._list(place).items()}
        if sent != arrived:
            differ = sorted(name for name, _ in sent.items() ^ arrived.items())
            raise ReleaseError(
                f"{place}: what arrived isn't what was sent ({', '.join(differ[:5])}); "
                "nothing was published"
            )

    def versions(self, inventory: str) -> list[str]:
        """Return the versions of an inventory, sorted by name."""
        check_inventory(inventory)
        return [name for name in self._folders(inventory) if self._published(inventory, name)]

    def inventories(self) -> list[str]:
        """Return the inventories that have a release, sorted by name."""
        return [name for name in self._folders() if is_inventory(name) and self.versions(name)]

    def latest(self, inventory: str) -> str:
        """Return the version that was published last; ReleaseError if there is none."""
        try:
            text = self._get(self._key(check_inventory(inventory), LATEST)).decode()
        except FileNotFoundError as error:
            raise ReleaseError(
                f"{self.address} has no release of {inventory!r}. Build one first"
            ) from error
        return check_version(text.strip())

    def files(
        self, inventory: str, version: str = LATEST, *, verify: bool | None = None
    ) -> ReleaseFiles:
        """Return where a release is copied to; a file is fetched and verified before it is read.

        Copies are verified in any case, so `verify` changes nothing here.
        """
        name = named_version(self, inventory, version)
        manifest = self._manifest(inventory, name)
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = cache / "bc-inventory" / "releases" / inventory / name
        digests = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
        fetched: set[str] = set()

        def fetch(path: str) -> None:
            if path not in fetched:
                self._fetch(self._key(inventory, name, path), folder / path, digests[path])
                fetched.add(path)

        return ReleaseFiles(folder, manifest, fetch)

    def verify(self, inventory: str, version: str) -> dict[str, Any]:
        """Check a release against its manifest, as `verify_folder` does."""
        manifest = self._manifest(check_inventory(inventory), check_version(version))
        place = self._key(inventory, version)
        digests = {}
        for name in self._list(place):
            if name != MANIFEST:
                digests[name] = hashlib.sha256(self._get(f"{place}/{name}")).hexdigest()
        problems = compare_files(manifest, digests, f"{self.address}/{inventory}/{version}")
        if problems:
            raise DataError(problems)
        return manifest

    def remove(self, inventory: str, version: str) -> None:
        """Remove a release, its manifest first, so that it is never half there."""
        place = self._key(check_inventory(inventory), check_version(version))
        if not self.has(inventory, version):
            listed = ", ".join(self.versions(inventory)) or "none"
            raise ReleaseError(
                f"{self.address} has no version {version} of {inventory!r}. There are: {listed}"
            )
        self._remove_one(f"{place}/{MANIFEST}")
        self._remove(place)

    def published_at(self, inventory: str, version: str) -> float:
        """Return when a release was published, seconds since 1970 by the store's clock."""
        name = check_version(version)
        return self._modified(self._info(self._key(check_inventory(inventory), name, MANIFEST)))

    @contextlib.contextmanager
    def alone(self, inventory: str) -> Iterator[None]:
        """Do nothing: object stores have no locks, so who removes sees to it that he is alone."""
        check_inventory(inventory)
        yield

    def read_sidecars(self, inventory: str, folder: str) -> dict[str, bytes]:
        """Return the small objects of a prefix next to the releases, by name."""
        place = self._key(check_inventory(inventory), check_file(folder))
        try:
            return {name: self._get(f"{place}/{name}") for name in sorted(self._list(place))}
        except FileNotFoundError:
            return {}

    def write_sidecar(self, inventory: str, path: str, data: bytes) -> None:
        """Write a small object next to the releases."""
        self._put(self._key(check_inventory(inventory), check_file(path)), data)

    def remove_sidecar(self, inventory: str, path: str) -> None:
        """Remove a small object next to the releases; absent is fine."""
        self._remove_one(self._key(check_inventory(inventory), check_file(path)))

    def _remove_one(self, key: str) -> None:
        """Remove an object; absent is fine, since an attempt whose answer was lost removed it."""

        def remove() -> None:
            with contextlib.suppress(FileNotFoundError):
                self._files.rm_file(key)

        _again(remove)

    def _remove(self, place: str) -> None:
        """Remove all objects below a prefix, until none is left."""

        def remove() -> None:
            with contextlib.suppress(FileNotFoundError):
                self._files.rm(place, recursive=True)
            if self._files.find(place):
                raise OSError(errno.EIO, "objects are left", place)

        _again(remove)

    def _manifest(self, inventory: str, version: str) -> dict[str, Any]:
        where = f"{self.address}/{inventory}/{version}/{MANIFEST}"
        try:
            manifest = load(self._get(self._key(inventory, version, MANIFEST)), where)
        except FileNotFoundError as error:
            listed = ", ".join(self.versions(inventory)) or "none"
            raise ReleaseError(
                f"{self.address} has no version {version} of {inventory!r}. There are: {listed}"
            ) from error
        if manifest["version"] != version:
            raise ReleaseError(f"{where} holds version {manifest['version']}")
        return manifest

    def _published(self, inventory: str, version: str) -> bool:
        return is_version(version) and self.has(inventory, version)

    def _remove_dead(self, inventory: str) -> None:
        """Remove prefixes without a manifest that have been still for a day.

        Times are the store's own, so a wrong clock here doesn't matter.
        """
        probe = self._key(inventory, ".now")
        dead = [
            name
            for name in self._folders(inventory)
            if is_version(name) and not self._published(inventory, name)
        ]
        if not dead:
            return
        self._put(probe, b"")
        now = self._modified(self._info(probe))
        self._remove_one(probe)
        for name in dead:
            place = self._key(inventory, name)
            ages = [now - self._modified(info) for info in self._list(place).values()]
            if ages and min(ages) > _DEAD_AFTER:
                self._remove(place)

    def _fetch(self, key: str, path: Path, sha256: str) -> None:
        """Copy an object to a local file, unless that is there and whole."""
        if path.is_file() and sha256_file(path) == sha256:
            return
        data = self._get(key)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ReleaseError(f"{key} isn't as published; run `bc-inventory verify`")
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_atomic(path, data)

    def _folders(self, *parts: str) -> list[str]:
        """Return the names one level below a prefix, sorted."""
        try:
            matches = _again(lambda: self._files.ls(self._key(*parts), detail=True))
        except FileNotFoundError:
            return []
        names = (item["name"].rstrip("/") for item in matches if item["type"] == "directory")
        return sorted(name.rpartition("/")[2] for name in names)

    def _list(self, place: str) -> dict[str, dict[str, Any]]:
        """Return all objects below a prefix by relative name."""
        matches = _again(lambda: self._files.find(place, detail=True))
        return {name.removeprefix(f"{place}/"): info for name, info in matches.items()}

    def _exists(self, key: str) -> bool:
        try:
            self._info(key)
        except FileNotFoundError:
            return False
        return True

    def _info(self, key: str) -> dict[str, Any]:
        fields: dict[str, Any] = _again(lambda: self._files.info(key))
        return fields

    @staticmethod
    def _modified(info: dict[str, Any]) -> float:
        moment: Any = info.get("LastModified") or info.get("created") or info.get("mtime") or 0.0
        return float(moment.timestamp() if hasattr(moment, "timestamp") else moment)

    def _get(self, key: str) -> bytes:
        data: bytes = _again(lambda: self._files.cat_file(key))
        return data

    def _put(self, key: str, data: bytes) -> None:
        def put() -> None:
            try:
                self._files.pipe_file(key, data)
            except FileNotFoundError as error:
                # The parts of an upload whose last answer was lost are joined, and gone as parts.
                raise OSError(errno.EIO, str(error), key) from error

        _again(put)


def _again(request: Callable[[], T]) -> T:
    """Ask until the store answers, waiting longer each time; absence is an answer.

    Raises
    ------
    StoreUnavailableError
        If it doesn't answer in all attempts.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return request()
        except (FileNotFoundError, PermissionError):
            raise
        except Exception as error:
            if not _unanswered(error):
                raise
            if attempt == _ATTEMPTS - 1:
                raise StoreUnavailableError(
                    f"the store doesn't answer in {_ATTEMPTS} attempts: {error}"
                ) from error
            time.sleep(_FIRST_WAIT * 2**attempt)
    raise AssertionError("unreachable")


def _unanswered(error: Exception) -> bool:
    """Tell whether a store couldn't be reached or failed, which may pass."""
    if isinstance(error, OSError):
        return error.errno != errno.ENOSPC  # a full disk here
    # What S3's client raises when nobody is there is no OSError; it's recognised by its name, since
    # the client is an extra.
    kinds = {(kind.__module__, kind.__name__) for kind in type(error).__mro__}
    return bool(kinds & _UNREACHABLE)
