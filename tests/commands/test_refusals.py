"""What the system refuses ends as a sentence and a status, never a traceback."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from bc_inventory.errors import ReleaseError
from bc_inventory.release.metadata.citations import cite
from bc_inventory.release.store import local
from bc_inventory.release.store.retention import prune_versions

LONG = "x" * 300


@pytest.fixture
def command(tmp_path):
    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "bc_inventory.cli", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.mark.parametrize(
    "words",
    [
        ("build", "--config", "deep.toml"),
        ("build", "--config", LONG),
        ("build", "--config", "/proc/self/mem"),
        ("ingest", LONG),
        ("ingest", "/proc/self/mem"),
        ("query", "--releases", LONG),
        ("verify", "--releases", "/proc/self/mem"),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_a_refusal_is_a_sentence(command, tmp_path, words):
    (tmp_path / "deep.toml").write_text(f"a = {'[' * 3000}{']' * 3000}")
    done = command(*words)
    assert done.returncode not in {0, 1}
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr


def test_a_release_that_is_pruned_while_it_is_verified_is_told(releases, tmp_path, monkeypatch):

    root = tmp_path / "releases"
    shutil.copytree(releases, root, ignore=shutil.ignore_patterns(".cache"))
    store = local.LocalStore(root)
    version = store.latest("small")
    verify = local.verify_folder

    def pruned(folder):
        shutil.rmtree(folder / "emissions")
        shutil.rmtree(folder)
        return verify(folder)

    monkeypatch.setattr(local, "verify_folder", pruned)
    with pytest.raises(ReleaseError, match="was removed while it was read"):
        store.verify("small", version)


def test_a_folder_that_cannot_be_written_keeps_its_releases_and_says_so(
    releases, tmp_path, monkeypatch
):

    root = tmp_path / "releases"
    shutil.copytree(releases, root, ignore=shutil.ignore_patterns(".cache"))
    store = local.LocalStore(root)
    version = store.latest("small")

    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(local.atomic, "exclusive", refuse)
    for change in (
        lambda: cite(store, "small", version, "a paper"),
        lambda: prune_versions(store, "small", keep=1, older_than=0),
    ):
        with pytest.raises(ReleaseError, match=r"Read-only file system.*Make the folder writable"):
            change()
    store.verify("small", version)
