"""Full and read-only disks, a clock set back, two builds at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bc_inventory.release.store.local import LocalStore
from tests.faults.conftest import Forge, require_whole, tree
from tests.miniplan import write_inputs

TEN_YEARS = 10 * 365 * 86400


def test_a_full_and_a_read_only_disk(root, tmp_path):
    if shutil.which("unshare") is None:
        pytest.skip("needs Linux namespaces")
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, str(Path(__file__).with_name("narrow.py")), tmp_path],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    if "Operation not permitted" in done.stderr or done.stdout == "no mount\n":
        pytest.skip("this machine allows no mounts")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("refused")


def test_a_clock_set_back_changes_nothing(forge, tmp_path):
    write_inputs(tmp_path / "in")
    request = {"inputs": str(tmp_path / "in"), "wait": 0.0, "second": 3}
    out = tmp_path / "out"
    assert forge.build(out, **request) == 0
    for path in [*out.rglob("*"), *(tmp_path / "in").iterdir()]:
        os.utime(path, (path.stat().st_mtime + TEN_YEARS,) * 2)
    (tmp_path / "in" / "a.json").write_text("[1, 2, 4]")  # newer content, older date
    os.utime(tmp_path / "in" / "a.json", (0, 0))
    first = LocalStore(out).latest("small")
    assert forge.build(out, **request, clock=-TEN_YEARS) == 0, forge.log.read_text()
    store = LocalStore(out)
    second = require_whole(out, set(store.versions("small")))
    assert second != first
    assert forge.build(tmp_path / "fresh", **request) == 0
    fresh = LocalStore(tmp_path / "fresh")
    assert fresh.latest("small") == second
    assert tree(fresh.find("small")) == tree(store.find("small"))


@pytest.mark.parametrize("same", [True, False], ids=["the same", "different"])
def test_two_builds_at_once(root, forge, tmp_path, same):
    write_inputs(tmp_path / "in")
    other = Forge(root, tmp_path / "other.log")
    try:
        for number in range(10):
            out = tmp_path / f"out{number}"
            request = {"inputs": str(tmp_path / "in"), "wait": 0.005}
            forge.start(out, **request, second=3)
            other.start(out, **request, second=3 if same else 4)
            assert (forge.end(), other.end()) == (0, 0), forge.log.read_text()
            store = LocalStore(out)
            versions = store.versions("small")
            assert len(versions) == (1 if same else 2)
            require_whole(out, set(versions))
            left = {path.name for path in store.folder("small").iterdir()}
            assert left == {*versions, "latest", ".lock"}
    finally:
        other.close()
