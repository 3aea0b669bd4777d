"""A lock that isn't freed is told, with who holds it and what to do."""

import multiprocessing
import os
import socket

import pytest
from filelock import FileLock

from bc_inventory.errors import ReleaseError
from bc_inventory.storage import atomic


def test_who_holds_a_lock_is_noted_while_it_is_held(tmp_path):
    with atomic.exclusive(tmp_path / ".lock"):
        text = (tmp_path / ".lock.holder").read_text()
        assert f"process {os.getpid()} on {socket.gethostname()} since " in text
    assert not (tmp_path / ".lock.holder").exists()


def test_a_lock_of_a_dead_host_is_told_with_what_to_do(tmp_path, monkeypatch, caplog):
    # As a file server keeps it: locked, its note from a host that is gone.
    (tmp_path / ".lock.holder").write_text("process 7 on node3 since 2026-01-02 03:04 UTC")
    monkeypatch.setattr(atomic, "_NOTICE_SECONDS", 0.05)
    monkeypatch.setattr(atomic, "_PATIENCE_SECONDS", 0.05)
    with FileLock(tmp_path / ".lock"):
        with pytest.raises(ReleaseError, match=r"process 7 on node3.*remove .*\.lock"):
            with atomic.exclusive(tmp_path / ".lock"):
                raise AssertionError("it isn't free")
    assert "process 7 on node3" in caplog.text
    assert (tmp_path / ".lock.holder").exists()
    (tmp_path / ".lock").unlink()
    with atomic.exclusive(tmp_path / ".lock"):
        assert f"process {os.getpid()} " in (tmp_path / ".lock.holder").read_text()


def hold(path, pipe):
    with atomic.exclusive(path):
        pipe.send("held")
        pipe.recv()


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=hold, args=(tmp_path / ".lock", theirs))
    process.start()
    assert ours.recv() == "held"
    process.kill()
    process.join()
    assert f"process {process.pid} " in (tmp_path / ".lock.holder").read_text()
    with atomic.exclusive(tmp_path / ".lock"):
        assert f"process {os.getpid()} " in (tmp_path / ".lock.holder").read_text()
