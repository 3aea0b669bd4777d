"""Builds on a disk of its own that is full, or read-only. Run inside `unshare -rm`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bc_inventory.errors import ReleaseError
from bc_inventory.release.store.local import LocalStore
from tests.faults.conftest import require_whole, tree
from tests.faults.forge import build_small
from tests.miniplan import write_inputs

BLOCK = 4096


def mount(*words: str) -> None:
    """Mount, or end saying that this machine doesn't allow it."""
    if subprocess.run(["mount", *words], check=False).returncode:
        print("no mount")
        sys.exit(0)


def attempt(request: dict) -> str | None:
    """Build; return what the error says, if there was one."""
    try:
        build_small(request)
    except ReleaseError as error:
        return str(error)
    return None


def main(base: Path) -> None:
    """Fill a small disk to every degree and build on it; then make it read-only."""
    out = base / "out"
    out.mkdir()
    write_inputs(base / "in")
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(out))
    request = {"folder": str(out), "inputs": str(base / "in"), "wait": 0.0, "second": 3}
    assert attempt(request) is None
    store = LocalStore(out)
    old = store.latest("small")
    request["second"] = 4
    elsewhere = {**request, "folder": str(base / "elsewhere")}
    assert attempt(elsewhere) is None
    new = LocalStore(base / "elsewhere").latest("small")
    expected = tree(base / "elsewhere" / "small" / new)
    shutil.rmtree(out / ".cache")

    failed = 0
    for free in range(200):
        filler = out / "filler"
        status = os.statvfs(out)
        filler.write_bytes(b"\0" * max(0, status.f_bavail - free) * BLOCK)
        said = attempt(request)
        filler.unlink()
        if said is None:
            break
        failed += 1
        assert "No space left" in said, said
        assert "last release is intact" in said, said
        # The rename may be done when `latest` finds no room; then both are whole.
        assert require_whole(out, {old, new}) == old
        shutil.rmtree(out / ".cache")
    assert failed >= 5, failed
    assert require_whole(out, {old, new}) == new
    assert tree(store.find("small", new)) == expected

    mount("-o", "remount,ro", str(out))
    request["second"] = 5
    said = attempt(request)
    assert said is not None
    assert "Read-only file system" in said, said
    mount("-o", "remount,rw", str(out))
    assert require_whole(out, {old, new}) == new
    print(f"refused {failed} times")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
