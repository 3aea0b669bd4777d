"""A plan on a Dask cluster: the same bytes, and none of them through the scheduler."""

import os
import signal
import time
from pathlib import Path

import pytest

from bc_inventory.errors import BCInventoryError, DataError, NetworkError, Problem
from bc_inventory.pipeline import dask_runner
from bc_inventory.pipeline.dask_runner import connect, run_on_cluster
from bc_inventory.pipeline.plan import Output, Plan, Step, run
from tests.dask_cluster import dask_cluster
from tests.miniplan import files_of, make_plan, write_inputs

_BIG = 60_000_000


def grow(inputs, outputs):
    """Write a file of 60 MB when another step of its kind runs too."""
    inputs["seed"].with_suffix(".began").touch()
    until = time.monotonic() + 60
    while len(list(inputs["seed"].parent.glob("*.began"))) < 2:
        if time.monotonic() > until:
            raise TimeoutError("no other step runs")
        time.sleep(0.01)
    outputs["big"].write_bytes(inputs["seed"].read_bytes()[:1] * _BIG)


def weigh(inputs, outputs):
    """Count the bytes of two big files."""
    outputs["size"].write_text(str(sum(path.stat().st_size for path in inputs.values())))


def refuse(inputs, outputs):
    """Find something wrong with the input."""
    raise DataError([Problem("a dash", "a number", "a.csv", row=3, column="value")])


def die_once(inputs, outputs):
    """Kill the worker, the first time."""
    mark = inputs["seed"].with_name("died")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    outputs["file"].write_text("done")


def big_plan(folder):
    return Plan(
        [
            Step("one", grow, {"seed": folder / "a.json"}, {"big": "one.bin"}),
            Step("two", grow, {"seed": folder / "b.json"}, {"big": "two.bin"}),
            Step(
                "sum",
                weigh,
                {"one": Output("one", "big"), "two": Output("two", "big")},
                {"size": "size.txt"},
            ),
        ]
    )


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """Return the address, workers and scheduler of a cluster that runs elsewhere."""
    with dask_cluster(cwd=tmp_path_factory.mktemp("cwd")) as made:
        yield made


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_inputs(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    return Path("in")  # as a configuration names it: relative to where the command runs


def tree(record):
    return [
        member.read_bytes()
        for _, path in sorted(files_of(record).items())
        for member in ([path] if path.is_file() else sorted(path.iterdir()))
    ]


def test_a_cluster_gives_the_records_and_bytes_of_this_process(there, folder, tmp_path):
    here = run(make_plan(folder), tmp_path / "here")
    seen = []
    far = run_on_cluster(make_plan(folder), Path("cache"), there[0], progress=seen.append)
    assert list(far.steps) == seen
    assert [step.name for step in far.steps] == [step.name for step in here.steps]
    for mine, other in zip(here.steps, far.steps, strict=True):
        assert (mine.key, mine.code, mine.inputs) == (other.key, other.code, other.inputs)
        assert not other.reused
    assert tree(far) == tree(here)
    again = run_on_cluster(make_plan(folder), Path("cache"), there[0])
    assert all(step.reused for step in again.steps)


def bytes_moved(process):
    """Return the bytes a process has read and written, its sockets among them."""
    lines = Path(f"/proc/{process.pid}/io").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("rchar", "wchar")))


def test_big_files_go_by_path_and_not_through_the_scheduler(there, folder, tmp_path):
    address, _, scheduler = there
    if not Path(f"/proc/{scheduler.pid}/io").exists():
        pytest.skip("needs /proc")
    before = bytes_moved(scheduler)
    record = run_on_cluster(big_plan(folder), Path("cache"), address)
    assert record.path("sum", "size").read_text() == str(2 * _BIG)
    assert bytes_moved(scheduler) - before < _BIG / 10
    # Each waited until the other had begun, so both workers were at it.
    assert len(list(folder.glob("*.began"))) == 2


def test_an_error_of_a_step_comes_back_as_itself(there, folder):
    plan = Plan([Step("bad", refuse, {"seed": folder / "a.json"}, {"x": "x"})])
    with pytest.raises(DataError, match=r"^a\.csv, row 3, column value: found a dash") as caught:
        run_on_cluster(plan, Path("cache"), there[0])
    assert caught.value.problems[0].row == 3
    assert caught.value.__notes__ == ["in step bad"]


def test_what_a_worker_doesnt_see_is_named(there, folder):
    plan = Plan([Step("absent", weigh, {"a": folder / "none"}, {"size": "size.txt"})])
    with pytest.raises(BCInventoryError, match=r"doesn't see .*none.* same path on every"):
        run_on_cluster(plan, Path("cache"), there[0])


def test_other_code_is_refused(there, folder, monkeypatch):
    monkeypatch.setattr(dask_runner, "code_of", lambda function: "another")
    with (
        pytest.raises(BCInventoryError, match="have other code or libraries"),
        connect(there[0], make_plan(folder)),
    ):
        pass


def test_a_scheduler_that_doesnt_answer_is_a_network_error(folder, monkeypatch):
    monkeypatch.setattr(dask_runner, "_CONNECT_SECONDS", 1)
    with pytest.raises(NetworkError, match="no Dask scheduler answers"):
        run_on_cluster(make_plan(folder), Path("cache"), "tcp://127.0.0.1:9")


# The last test of the cluster: one worker is gone after it.
def test_a_step_whose_worker_dies_runs_on_another(there, folder):
    address, workers, _ = there
    plan = Plan([Step("once", die_once, {"seed": folder / "a.json"}, {"file": "file"})])
    record = run_on_cluster(plan, Path("cache"), address)
    assert record.path("once", "file").read_text() == "done"
    assert sorted(worker.poll() is None for worker in workers) == [False, True]
