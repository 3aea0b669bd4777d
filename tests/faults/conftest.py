"""Builds that can be killed, and what to look at afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.verify import verify_folder


class Forge:
    """Builds in children of one process; see forge.py."""

    def __init__(self, root: Path, log: Path) -> None:
        self.log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("forge.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, "PYTHONPATH": str(root)},
            )
        assert self._process.stdout.readline() == "ready\n", log.read_text()

    def start(self, folder: Path, **request) -> int:
        """Start a build and return its process id; `end` must follow."""
        self._process.stdin.write(json.dumps({"folder": str(folder), **request}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> int:
        """Wait for the build and return its status."""
        return int(self._process.stdout.readline())

    def build(self, folder: Path, kill_after: float | None = None, **request) -> int:
        """Build, killing it after so many seconds; return the wait status."""
        child = self.start(folder, **request)
        timer = None
        if kill_after is not None:
            timer = threading.Timer(kill_after, kill, (child,))
            timer.start()
        status = self.end()
        if timer is not None:
            timer.cancel()
        return status

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture
def forge(root, tmp_path):
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    made = Forge(root, tmp_path / "forge.log")
    yield made
    made.close()


def kill(child: int) -> None:
    """Kill a process, unless it has just ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def require_whole(out: Path, allowed: set[str], inventory: str = "small") -> str:
    """Prove every release of an inventory whole, and return the one `latest` names."""
    store = LocalStore(out)
    assert set(store.versions(inventory)) <= allowed
    for version in store.versions(inventory):
        verify_folder(store.find(inventory, version))
    found = store.latest(inventory)
    assert found in allowed
    store.find(inventory)
    return found
