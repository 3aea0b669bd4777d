"""Publish what a run has made: stage, describe, verify, then one rename."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bc_inventory.errors import ReleaseError, StoreUnavailableError
from bc_inventory.pipeline.plan import Output, RunRecord
from bc_inventory.release.metadata import manifest as manifests
from bc_inventory.release.metadata.attribution import ATTRIBUTION, attribution
from bc_inventory.release.metadata.datapackage import DATAPACKAGE, datapackage
from bc_inventory.release.metadata.readme import readme
from bc_inventory.release.metadata.zenodo import ZENODO, zenodo
from bc_inventory.release.read.tables import coverage
from bc_inventory.release.store.content import check_content
from bc_inventory.release.store.names import LATEST, MANIFEST, check_file, check_inventory
from bc_inventory.release.store.stores import open_store
from bc_inventory.release.store.variants import variant_pointer
from bc_inventory.storage.hashing import Content

__all__ = ["PublishedRelease", "publish"]

_BLOCK = 1 << 20


@dataclass(frozen=True)
class PublishedRelease:
    """A release as it was published.

    Parameters
    ----------
    version : str
        Label and eight hexadecimal digits of the content.
    address : str
        Where it is: a folder, or an address in an object store.
    """

    version: str
    address: str

    @property
    def path(self) -> Path:
        """Its folder; of a release in an object store, `open_release` gives copies."""
        return Path(self.address)


def publish(
    files: Mapping[str, Path],
    *,
    root: Path | str,
    inventory: str,
    configuration: Mapping[str, Any],
    record: RunRecord,
    label: str,
    sources: Sequence[Mapping[str, Any]] = (),
    title: str = "",
    variant: str = "",
) -> PublishedRelease:
    """Publish files as a new version of an inventory, whole or not at all.

    Parameters
    ----------
    files : mapping of str to Path
        Relative path in the release to a file or a folder that the run made.
    root : path-like
        Folder of all releases, or the address of one in an object store.
    inventory : str
        Name of the inventory.
    configuration : mapping
        The whole configuration, as the manifest keeps it.
    record : RunRecord
        Of the run.
    label : str
        First half of the version, such as the base year `2018`.
    sources : sequence of mapping
        Rows of `sources.csv` that the release cites, values JSON.
    title : str
        What the release is called in its README.
    variant : str
        Name of the variant that is published; `latest` stays where it is. Empty for the
        inventory itself.

    Returns
    -------
    PublishedRelease
        Version and place. If the same content was published before, that
        release, unaltered.

    Raises
    ------
    ReleaseError
        If it can't be written, or the version is there with other content;
        `StoreUnavailableError` if an object store doesn't answer.
        The last release is intact.
    DataError
        If a table breaks its contract or a total isn't the sum of its rows.
    """
    store = open_store(root)
    check_inventory(inventory)
    pointer = variant_pointer(variant) if variant else LATEST
    with _storage(root), store.staging(inventory) as staged:
        contents, origins = _stage(files, staged, record)
        core = manifests.describe(
            inventory=inventory,
            label=f"{label}-{variant}" if variant else label,
            title=title or inventory,
            configuration=configuration,
            record=record,
            sources=sources,
            files=contents,
            origins=origins,
            coverage=coverage(staged / "emissions"),
        )
        version = manifests.version_of(core)
        documents = _write_documents(core, version, staged)
        whole = {**core, "version": version, "documents": documents}
        (staged / MANIFEST).write_bytes(manifests.dump(whole))
        if not store.has(inventory, version):
            check_content(staged)
        return PublishedRelease(version, str(store.commit(staged, inventory, version, pointer)))


def _stage(
    files: Mapping[str, Path], staged: Path, record: RunRecord
) -> tuple[dict[str, Content], dict[str, Output]]:
    """Copy files into the staging folder; return digest and origin of each."""
    recorded: dict[Path, tuple[Output, Content]] = {}
    for step in record.steps:
        for name, item in step.outputs.items():
            maker = Output(step.name, name)
            recorded[item.path] = maker, item.content
            # A file of a folder may be published alone.
            for path, sha256, size in item.content.files:
                recorded[item.path / path] = maker, Content(sha256, size)
    contents: dict[str, Content] = {}
    origins: dict[str, Output] = {}
    for name, source in files.items():
        origin, expected = recorded.get(Path(source), (None, None))
        pairs = {name: source}
        if source.is_dir():
            members = (path for path in sorted(source.rglob("*")) if path.is_file())
            pairs = {f"{name}/{path.relative_to(source).as_posix()}": path for path in members}
        copied = {
            target: _copy(path, staged / check_file(target)) for target, path in pairs.items()
        }
        if expected is not None and copied != _recorded(name, expected):
            raise ReleaseError(
                f"{source} isn't what step {origin.step if origin else ''} wrote: it was changed "
                "before it was published. Build again"
            )
        contents |= copied
        if origin is not None:
            origins |= dict.fromkeys(copied, origin)
    return contents, origins


def _recorded(name: str, content: Content) -> dict[str, Content]:
    """Return the files that the record of a step states for an output published under a name."""
    if not content.files:
        return {name: content}
    return {f"{name}/{path}": Content(sha256, size) for path, sha256, size in content.files}


def _copy(source: Path, target: Path) -> Content:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("xb") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            size += len(block)
            writer.write(block)
    return Content(digest.hexdigest(), size)


def _write_documents(
    core: Mapping[str, Any], version: str, staged: Path
) -> list[dict[str, str | int]]:
    """Write what is made from the manifest, and return its entries there."""
    entries: list[dict[str, str | int]] = []
    documents = {
        "README.md": readme(core, version),
        DATAPACKAGE: datapackage(core, version),
        ZENODO: zenodo(core, version),
        ATTRIBUTION: attribution(),
    }
    for name, text in documents.items():
        data = text.encode()
        (staged / name).write_bytes(data)
        entries.append(
            {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        )
    return entries


@contextlib.contextmanager
def _storage(root: Path | str) -> Iterator[None]:
    """Turn what the system says about the target into an error that helps."""
    unchanged = "Nothing was published and the last release is intact"
    try:
        yield
    except StoreUnavailableError as error:
        raise StoreUnavailableError(f"can't publish to {root}: {error}. {unchanged}") from error
    except OSError as error:
        raise ReleaseError(
            f"can't publish to {root}: {error.strerror or error} "
            f"({error.filename or 'while writing'}). {unchanged}. "
            "Free some space or choose another folder for the output"
        ) from error
