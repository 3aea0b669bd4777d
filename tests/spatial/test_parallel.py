import hashlib
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from bc_inventory.errors import BCInventoryError, DataError
from bc_inventory.spatial import fields, parallel
from bc_inventory.spatial.allocate import allocate, select_emissions
from bc_inventory.spatial.calendar import month_bounds
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.netcdf import write_grid
from bc_inventory.spatial.parallel import Compute, run_ordered
from bc_inventory.spatial.profiles import month_parts, read_profiles
from tests.dask_cluster import dask_cluster

ROOT = Path(__file__).resolve().parents[2]


def square(common, number):
    return common + number**2


@pytest.fixture(scope="module")
def made(emissions, tables):
    chosen = select_emissions(emissions, 2018, "harmonised")
    few = chosen[chosen["nfr"].isin(["1A4bi", "2A1", "3F", "1A3biii"])]
    return allocate(few, make_grid(1.0, "all"), tables)


def digest(made, path, compute):
    parts = month_parts(
        read_profiles(), made.sectors["nfr"].tolist(), list(made.pairs.names), list(made.sides)
    )
    write_grid(made, path, bounds=month_bounds(2018), parts=parts, compute=compute)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def scheduler():
    """Start a scheduler of distributed and two workers as processes of their own."""
    with dask_cluster(ROOT / "tests" / "spatial") as (address, workers, _):
        yield address, workers


def test_results_come_in_order_everywhere():
    wanted = [100 + number**2 for number in range(7)]
    tasks = [(number,) for number in range(7)]
    assert list(run_ordered(square, 100, tasks)) == wanted
    assert list(run_ordered(square, 100, iter(tasks), Compute("threads", 3))) == wanted


def test_threads_give_the_same_bytes(made, tmp_path):
    here = digest(made, tmp_path / "here.nc", Compute())
    assert digest(made, tmp_path / "threads.nc", Compute("threads", 2)) == here


@pytest.mark.slow
def test_a_cluster_of_this_machine_and_a_scheduler_elsewhere_give_the_same_bytes(
    made, scheduler, tmp_path
):
    address, _ = scheduler
    here = digest(made, tmp_path / "here.nc", Compute())
    assert digest(made, tmp_path / "far.nc", Compute(address)) == here
    assert digest(made, tmp_path / "cluster.nc", Compute("cluster", 2)) == here


@pytest.mark.slow
def test_work_of_a_worker_that_dies_is_done_again(scheduler):
    address, workers = scheduler

    def remote(common, number):  # sent by value, since workers can't import tests
        time.sleep(0.3)
        return os.getpid(), common + number

    seen, results = set(), []
    for pid, value in run_ordered(remote, 10, [(n,) for n in range(16)], Compute(address)):
        results.append(value)
        seen.add(pid)
        if len(results) == 3:
            workers[0].send_signal(signal.SIGKILL)
    assert results == [10 + n for n in range(16)]
    assert workers[1].poll() is None


@pytest.mark.slow
def test_a_file_is_whole_although_a_worker_died_while_it_was_made(made, scheduler, tmp_path):
    address, workers = scheduler
    here = digest(made, tmp_path / "here.nc", Compute())

    def dying(function, common, tasks, compute):
        for count, result in enumerate(run_ordered(function, common, tasks, compute)):
            if count == 1:
                workers[0].send_signal(signal.SIGKILL)
            yield result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "run_ordered", dying)
        assert digest(made, tmp_path / "far.nc", Compute(address)) == here
    assert workers[0].wait(5) == -signal.SIGKILL


def test_nothing_is_left_when_all_is_lost(made, tmp_path, monkeypatch):
    monkeypatch.setattr(parallel, "_CONNECT_SECONDS", 1)
    with pytest.raises(BCInventoryError, match="no Dask scheduler answers at"):
        digest(made, tmp_path / "far.nc", Compute("tcp://127.0.0.1:9"))
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_is_killed_at_its_start_is_told(monkeypatch):
    import distributed

    def fail(**_):
        raise RuntimeError("Cluster failed to start: Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", fail)
    with pytest.raises(BCInventoryError, match=r"2 workers of this machine didn't start"):
        list(run_ordered(square, 0, [(1,)], Compute("cluster", 2)))


@pytest.mark.parametrize(
    ("scheduler", "workers", "words"),
    [("local", 2, "the scheduler 'local'"), ("threads", 0, "0 workers")],
)
def test_a_place_that_is_none_is_refused(scheduler, workers, words):
    with pytest.raises(DataError, match=words):
        Compute(scheduler, workers)


def test_only_a_few_tasks_are_taken_at_a_time():
    taken = []

    def tasks():
        for number in range(10):
            taken.append(number)
            yield (number,)

    results = run_ordered(square, 0, tasks(), Compute("threads", 2))
    assert next(results) == 0
    assert len(taken) <= 2
    assert np.sum(list(results)) == sum(n**2 for n in range(1, 10))
