"""Pruning that is killed at any file operation leaves whole releases and goes on later."""

import os
import shutil

import pytest

from bc_inventory.release.metadata.citations import cite
from bc_inventory.release.store.local import LocalStore
from tests.faults.conftest import require_whole, tree
from tests.miniplan import write_inputs


@pytest.fixture
def start(forge, tmp_path):
    """Return a folder with three versions, the first cited, and their results in the cache."""
    write_inputs(tmp_path / "in")
    folder = tmp_path / "start"
    store, versions = LocalStore(folder), []
    for second in (3, 4, 5):
        request = {"inputs": str(tmp_path / "in"), "wait": 0.0, "second": second}
        assert forge.build(folder, **request) == 0, forge.log.read_text()
        versions.append(store.latest("small"))
        moment = 1e9 + second
        os.utime(store.find("small") / "manifest.json", (moment, moment))
    cite(store, "small", versions[0], "a paper")
    return folder, versions


def disturb(forge, start, tmp_path, stride):
    folder, (cited, old, latest) = start
    expected = tree(folder / "small" / latest)
    number, gone = 1 - stride, []
    while True:
        number += stride
        out = tmp_path / f"out{number}"
        shutil.copytree(folder, out)
        status = forge.build(out, do="prune", die_at=number)
        assert require_whole(out, {cited, old, latest}) == latest
        there = LocalStore(out).versions("small")
        assert {cited, latest} <= set(there)
        gone.append(old not in there)
        if status == 0:
            break
        assert forge.build(out, do="prune") == 0, forge.log.read_text()
        assert set(LocalStore(out).versions("small")) == {cited, latest}
        names = {path.name for path in (out / "small").iterdir()}
        assert names == {cited, latest, "latest", ".lock", "citations"}
        assert not [path for path in (out / ".cache").glob("*/*") if len(path.name) == 64]
        assert not list((out / ".cache").glob(".part-*"))
        assert tree(out / "small" / latest) == expected
        shutil.rmtree(out)
    assert number > 50
    # Once out of sight it stays so.
    assert gone == sorted(gone)
    assert not gone[0]
    assert gone[-1]


def test_a_kill_at_one_file_operation_in_five(forge, start, tmp_path):
    disturb(forge, start, tmp_path, 5)


@pytest.mark.fuzz
def test_a_kill_at_every_file_operation(forge, start, tmp_path):
    disturb(forge, start, tmp_path, 1)


def test_pruning_during_a_build_disturbs_neither(forge, start, tmp_path, root):
    folder, (cited, old, latest) = start
    request = {"inputs": str(tmp_path / "in"), "wait": 0.2, "second": 6}
    forge.start(folder, **request)
    deadline = 200
    while not list((folder / ".cache").glob(".user-*")) and deadline:
        deadline -= 1
        os.sched_yield()
    second = type(forge)(root, tmp_path / "second.log")
    try:
        status = second.build(folder, do="prune")
    finally:
        second.close()
    assert forge.end() == 0, forge.log.read_text()
    # The releases were pruned; the cache was refused, or the build was over.
    assert status == 0 or "a build is using" in (tmp_path / "second.log").read_text()
    store = LocalStore(folder)
    assert set(store.versions("small")) >= {cited, store.latest("small")}
    assert old not in store.versions("small")
    require_whole(folder, {cited, old, latest, store.latest("small")})
