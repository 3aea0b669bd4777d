"""The flows in this process, on a real server: pages, retries, time limits, a cluster."""

import contextlib
import os
import shutil
import subprocess
import sys
import time

import pytest

from bc_inventory.config import load_config
from bc_inventory.errors import BCInventoryError, DataError, NetworkError
from bc_inventory.release.metadata.citations import citations
from bc_inventory.release.store.local import LocalStore
from bc_inventory.workflow.measurements import ingest_folder
from bc_inventory.workflow.run import build
from tests.conftest import SMALL
from tests.dask_cluster import dask_cluster
from tests.flows import watching
from tests.flows.proxy import Network
from tests.small_facts import write_small_overlay

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

SETTINGS = """
[record]
rule = "eu_2008_50"
exclude = []
[[files]]
match = "*.csv"
format = "uk_black_carbon"
licence = "Open Government Licence v3"
source_id = "uk-bc-network"
[[files]]
match = "openaq-archive/*.gz"
licence = "as the source states"
source_id = "openaq-archive"
options = { stamp = "end", interval_s = 3600 }
"""
HOST = "openaq-data-archive.s3.amazonaws.com"
ADDRESS = (
    f"https://{HOST}/records/csv.gz/locationid=1/year=2024/month=01/location-1-20240101.csv.gz"
)


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def called(flow, *args, **kwargs):
    """Run a flow here; return its state and the id of its run."""
    state = flow(*args, **kwargs, return_state=True)
    return state, state.state_details.flow_run_id


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Return a folder with a good file, the same again, and a bad one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    rows = "".join(f"gb1,2020-01-01 {hour:02d}:00:00,1.{hour}\n" for hour in range(1, 24))
    (folder / "a.csv").write_text("site,date_end,bc\n" + rows, encoding="utf-8")
    (folder / "again").mkdir()
    (folder / "again" / "a.csv").write_text("site,date_end,bc\n" + rows, encoding="utf-8")
    (folder / "bad.csv").write_text("<b>no</b> | measurements", encoding="utf-8")
    (folder / "notes.txt").write_text("not for us", encoding="utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def test_a_page_says_what_was_read_and_skipped_and_the_record_is_the_librarys(
    operations, measured, tmp_path
):
    from flows.monitor import monitor

    report = ingest_folder(measured, tmp_path / "library", tmp_path / "settings.toml")
    state, run = called(monitor, "files", "settings.toml", "store")
    assert state.is_completed(), state.message
    there = tmp_path / "store" / "generations" / report.generation
    assert tree(there) == tree(report.path)
    text = watching.page(run)
    assert (
        f"Record `{report.generation[:12]}` in `store`: 1 files in it, 2 of them read now" in text
    )
    assert "2 skipped" in text
    skipped = text.partition("## Skipped")[2].partition("## The same")[0]
    assert "| `bad.csv` | " in skipped
    assert "| `notes.txt` | no rule of the settings matches its name |" in skipped
    assert "the same bytes as a" in text.partition("## The same as another")[2]
    assert "a.csv` |" in text.partition("## Read now")[2]

    _, again = called(monitor, "files", "settings.toml", "store")
    text = watching.page(again)
    assert "0 of them read now" in text
    assert "## Read now" not in text
    assert "`bad.csv`" in text


@pytest.fixture
def addresses(measured, tmp_path, monkeypatch):
    """Let the flow fetch one address by way of a network; return how to make that."""
    import gzip

    header = "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value\n"
    body = gzip.compress(header.encode(), mtime=0)
    (tmp_path / "list.txt").write_text(ADDRESS + "\n")
    made = []

    def make(refuse):
        network = Network(tmp_path, HOST, body, refuse)
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, network.address)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "127.0.0.1,localhost")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(network.certificate))
        monkeypatch.setenv("BC_INVENTORY_CACHE", str(tmp_path / f"cache{len(made)}"))
        made.append(network)
        return network

    yield make, body
    for network in made:
        network.close()


def test_a_network_that_comes_back_is_asked_again(operations, measured, addresses):
    from flows.monitor import monitor

    make, body = addresses
    # Each attempt of the task tries twice: refused, refused; refused, then answered.
    network = make(refuse=3)
    state, run = called(monitor, "files", "settings.toml", "store", "list.txt")
    assert state.is_completed(), state.message
    assert network.asked == 4
    assert watching.task_runs(run, "ingest_files") == {"fetch": 2, "ingest_files": 1}
    (fetched,) = (measured / "openaq-archive").iterdir()
    assert fetched.read_bytes() == body


def test_a_network_that_stays_away_fails_the_run_after_the_rest_was_taken(
    operations, measured, addresses
):
    from flows.monitor import monitor

    make, _ = addresses
    network = make(refuse=1000)
    state, run = called(monitor, "files", "settings.toml", "store", "list.txt")
    assert state.name == "Failed"
    with pytest.raises(NetworkError, match="didn't answer"):
        state.result()
    assert watching.task_runs(run, "ingest_files") == {"fetch": 4, "ingest_files": 1}
    assert network.asked == 8
    text = watching.page(run)
    assert "**Failed**" in text
    assert "1 files in it, 2 of them read now" in text
    (body,) = watching.told(operations.told, run)
    assert "1 addresses of list.txt didn't answer" in body["what"]
    assert "the rest was included" in body["what"]
    assert "The record in store is intact: generation" in body["status"]
    assert "There is nothing to mend here" in body["text"]


def test_a_service_that_is_unknown_is_no_network_error(operations, measured, tmp_path):
    from flows.monitor import monitor

    (tmp_path / "list.txt").write_text("https://example.org/x.csv\n")
    state, run = called(monitor, "files", "settings.toml", "store", "list.txt")
    assert state.name == "Failed"
    with pytest.raises(DataError, match="a file of a known service"):
        state.result()
    assert watching.task_runs(run, "fetch") == {"fetch": 1}
    (body,) = watching.told(operations.told, run)
    assert "There is no record in store yet" in body["status"]


@pytest.fixture(scope="module")
def two(by_command, tmp_path_factory):
    """Return a project with two releases that differ in one factor."""
    project = tmp_path_factory.mktemp("project")
    facts = write_small_overlay(project / "data") / "emission_factors.csv"
    (project / "small.toml").write_text(SMALL)
    shutil.copytree(by_command.path.parents[1], project / "releases")
    lines = facts.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("value")
    cells = lines[1].split(",")
    cells[at] = repr(float(cells[at]) * 1.01)
    facts.write_text("\n".join([lines[0], ",".join(cells), *lines[2:], ""]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        made = build(load_config("small.toml"), project / "releases")
    assert made.version != by_command.version
    return project, [by_command.version, made.version]


def test_a_comparison_is_kept_and_cites_what_it_compares(operations, two, monkeypatch):
    from flows.compare import compare

    project, (old, new) = two
    monkeypatch.chdir(project)
    state, run = called(compare, side="EU")
    assert state.is_completed(), state.message
    folder = project / "comparisons" / "small" / f"{old}..{new}"
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.txt",
        "comparison.xlsx",
        "recalculation.json",
        "recalculation.txt",
    ]
    text = watching.page(run)
    assert f"From {old} to {new}" in text
    assert "emission_factors.csv: changed" in text
    assert "bc_inventory harmonised" in text.partition("## Beside other")[2]
    store = LocalStore(project / "releases")
    assert [one.version for one in citations(store, "small")] == sorted([old, new])
    assert {one.by for one in citations(store, "small")} == {
        f"comparison comparisons/small/{old}..{new}"
    }
    assert watching.task_runs(run, "bc-inventory compare")["bc-inventory diff"] == 1


def test_a_run_that_takes_too_long_is_ended_and_told(operations, two, monkeypatch):
    from flows.rebuild import rebuild

    project, (_, new) = two
    monkeypatch.chdir(project)
    (project / "slow.toml").write_text(SMALL.replace("draws = 100", "draws = 300"))
    state, run = called(rebuild.with_options(timeout_seconds=0.7), "slow.toml")
    assert state.name == "TimedOut"
    (body,) = watching.told(operations.told, run)
    assert body["state"] == "TimedOut"
    assert f"The last release is intact: small {new}" in body["status"]
    assert "BC_INVENTORY_TIMEOUT_SECONDS" in body["text"]
    assert LocalStore(project / "releases").latest("small") == new


def test_a_run_whose_end_python_dropped_is_ended_before_its_next_step(operations):
    from flows.common import flow, in_time

    turns = []

    @flow(timeout_seconds=0.3, retries=0)
    def deaf():
        # As Python does when the exception comes in the callback of a weak reference.
        with contextlib.suppress(BaseException):
            for turn in range(500):
                turns.append(turn)
                time.sleep(0.01)
        in_time()

    state, _ = called(deaf)
    assert state.name == "TimedOut"
    assert "of 0.3 s are used up" in state.message
    assert len(turns) < 500


def test_the_flow_on_a_cluster_gives_the_same_bytes(operations, two, monkeypatch):
    from flows.rebuild import rebuild

    project, (_, new) = two
    monkeypatch.chdir(project)
    with dask_cluster(cwd=project.parent) as (address, _, _):
        state, run = called(rebuild, "small.toml", "far", address)
    assert state.is_completed(), state.message
    assert tree(project / "far" / "small" / new) == tree(project / "releases" / "small" / new)
    assert len(watching.task_runs(run, "publish")) > 10
    monkeypatch.setattr("bc_inventory.pipeline.dask_runner._CONNECT_SECONDS", 1)
    state, run = called(rebuild, "small.toml", "far", "tcp://127.0.0.1:9")
    with pytest.raises(BCInventoryError, match="no Dask scheduler answers"):
        state.result()


@pytest.mark.fuzz
def test_without_a_server_a_temporary_one_is_started(two, root):
    project, (_, new) = two
    done = subprocess.run(
        [sys.executable, str(root / "flows" / "rebuild.py"), "small.toml", "alone"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "PREFECT_HOME": str(project / "prefect"), "PREFECT_API_URL": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split()[-1] == new
    assert tree(project / "alone" / "small" / new) == tree(project / "releases" / "small" / new)


def test_the_library_is_imported_without_prefect():
    code = "import bc_inventory, bc_inventory.workflow.run, sys; print('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == "False"
