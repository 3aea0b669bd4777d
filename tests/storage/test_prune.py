"""Results of steps that nobody used lately go, and come back with the same bytes."""

import contextlib
import os
import subprocess
import sys
import threading

import pytest

from bc_inventory.errors import ReleaseError
from bc_inventory.pipeline.plan import run
from bc_inventory.storage import atomic
from bc_inventory.storage.prune import StoredResult, choose, remove_results, stored_results
from bc_inventory.storage.results import RECORD
from tests.miniplan import files_of, make_plan, write_inputs

DAY = 86_400.0


def kept(folder, *pairs):
    return [StoredResult(folder / str(n), size, used) for n, (size, used) in enumerate(pairs)]


def test_what_is_old_goes_and_then_the_least_recently_used(tmp_path):
    results = kept(tmp_path, (10, 1 * DAY), (20, 5 * DAY), (30, 9 * DAY), (40, 10 * DAY))

    def sizes(**rules):
        return [item.size for item in choose(results, now=10 * DAY, **rules)]

    assert sizes() == []
    assert sizes(older_than=5 * DAY) == [10]
    assert sizes(older_than=4.9 * DAY) == [10, 20]
    assert sizes(larger_than=70) == [10, 20]
    assert sizes(larger_than=69) == [10, 20, 30]
    assert sizes(larger_than=0) == [10, 20, 30, 40]
    assert sizes(older_than=5 * DAY, larger_than=95) == [10]
    # A clock set back makes nothing old.
    assert choose(results, now=0, older_than=0) == []


def test_use_makes_a_result_young_again(tmp_path):
    write_inputs(tmp_path / "in")
    cache = tmp_path / "c"
    run(make_plan(tmp_path / "in"), tmp_path, cache=cache)
    for item in stored_results(cache):
        os.utime(item.path / RECORD, (0, 0))
    run(make_plan(tmp_path / "in", second=4), tmp_path, cache=cache)
    ages = [item.used for item in stored_results(cache)]
    # `first` and `split` were found, `second` and `total` made anew beside the old.
    assert len(ages) == 6
    assert sum(age == 0 for age in ages) == 2


def test_without_the_cache_the_same_bytes_come_back(tmp_path):
    write_inputs(tmp_path / "in")
    cache = tmp_path / "c"

    def made():
        record = run(make_plan(tmp_path / "in"), tmp_path, cache=cache)
        return [
            member.read_bytes()
            for path in files_of(record).values()
            for member in ([path] if path.is_file() else sorted(path.iterdir()))
        ], [step.reused for step in record.steps]

    first, _ = made()
    assert len(remove_results(cache, larger_than=0)) == 4
    assert stored_results(cache) == []
    again, reused = made()
    assert again == first
    assert not any(reused)
    assert remove_results(tmp_path / "absent", larger_than=0) == []


HOLD = """
import sys
from pathlib import Path
from bc_inventory.storage import atomic
with atomic.using(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def user(tmp_path):
    """Return a cache and the process that uses it until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "c")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield tmp_path / "c", process
        process.kill()


def test_nothing_goes_while_a_build_uses_the_cache(user, tmp_path):
    cache, process = user
    write_inputs(tmp_path / "in")
    run(make_plan(tmp_path / "in"), tmp_path, cache=cache)
    with pytest.raises(ReleaseError, match="a build is using"):
        remove_results(cache, larger_than=0)
    assert len(stored_results(cache)) == 4
    process.stdin.close()
    process.wait(30)
    assert len(remove_results(cache, larger_than=0)) == 4


def test_a_build_that_was_killed_holds_nothing(user):
    cache, process = user
    process.kill()
    process.wait(30)
    assert list(cache.glob(".user-*"))
    assert remove_results(cache, larger_than=0) == []
    assert not list(cache.glob(".user-*"))


def test_a_build_waits_until_clearing_is_over(tmp_path):
    began = threading.Event()

    def begin():
        with atomic.using(tmp_path):
            began.set()

    with contextlib.ExitStack() as clearing:
        assert clearing.enter_context(atomic.unused(tmp_path))
        builder = threading.Thread(target=begin)
        builder.start()
        assert not began.wait(0.3)
    assert began.wait(10)
    builder.join()
