"""A process that has imported everything and builds in children that can be killed.

Protocol, a line each way: it reads a request (JSON), forks, writes the child's process
id, and when the child has ended, its exit status. With `die_at` the child kills itself
at that file operation, so that all moments that matter can be gone through one by one.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bc_inventory.config import load_config
from bc_inventory.pipeline.plan import run
from bc_inventory.release.store.publish import publish
from bc_inventory.storage.hashing import code_of
from bc_inventory.storage.prune import using_results
from tests.miniplan import files_of, make_plan

# What changes a folder, as Python's audit events name it.
EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock"}


def die_at(number: int) -> None:
    """Kill this process at a file operation, counted from 1; 0 only counts."""
    seen = 0

    def count(event: str, _: Any) -> None:
        nonlocal seen
        if event in EVENTS:
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        elif event == "bc_inventory.count":
            print(f"events {seen}", file=sys.stderr, flush=True)

    sys.addaudithook(count)


def set_clock(seconds: float) -> None:
    """Let this process believe in another time."""
    moment = time.time() + seconds
    time.time = lambda: moment


def build_small(request: dict[str, Any]) -> None:
    """Run the plan of four small steps and publish."""
    folder = Path(request["folder"])
    plan = make_plan(Path(request["inputs"]), second=request["second"], wait=request["wait"])
    with using_results(folder / ".cache"):
        record = run(plan, folder / ".work", cache=folder / ".cache")
        publish(
            files_of(record),
            root=folder,
            inventory="small",
            configuration={"second": request["second"]},
            record=record,
            label="2018",
        )


def prune_all(request: dict[str, Any]) -> None:
    """Remove all versions and results that may go."""
    from bc_inventory.release.store.local import LocalStore
    from bc_inventory.release.store.retention import prune_versions
    from bc_inventory.storage.prune import remove_results

    folder = Path(request["folder"])
    prune_versions(LocalStore(folder), "small", keep=1, older_than=0)
    remove_results(folder / ".cache", larger_than=0)


def monitor(request: dict[str, Any]) -> None:
    """Take measurements into a record."""
    from bc_inventory.workflow.measurements import ingest_folder

    ingest_folder(Path(request["inputs"]), Path(request["folder"]), Path(request["settings"]))


def build_whole(request: dict[str, Any]) -> None:
    """Build from a configuration."""
    from bc_inventory.workflow.run import build

    os.chdir(Path(request["folder"]).parent)
    build(load_config(request["config"]), Path(request["folder"]))


def main() -> None:
    """Serve until the input ends."""
    for step in make_plan(Path()).steps:
        code_of(step.function)  # kept by the process, so the children needn't read it again
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            status = 1
            try:
                if "clock" in request:
                    set_clock(request["clock"])
                if request.get("die_at") is not None:
                    die_at(request["die_at"])
                chosen = request.get("do", "build_whole" if "config" in request else "build_small")
                {
                    "build_whole": build_whole,
                    "build_small": build_small,
                    "prune": prune_all,
                    "monitor": monitor,
                }[chosen](request)
                sys.audit("bc_inventory.count")
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main()
