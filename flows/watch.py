"""Find runs that nobody told of: their worker died, or none took them up.

A run says itself that it failed, and its worker that it was killed. A worker that is gone
says nothing. Run this every few minutes, apart from server and worker:

    python flows/watch.py

It sends the alarm once for each run that has been pending, late or without a sign of life
for too long, ends it so that the next one gets its place, and says when no server answers
or no worker is there. It ends with 1 if it told anything.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from flows.alarm import send
from flows.common import (
    FlowRun,
    FlowRunFilter,
    WorkerStatus,
    crashed,
    get_client,
)

__all__ = ["look"]

POOL = "bc-inventory"
REPORTED = "reported"
_PENDING = timedelta(minutes=9)
_LATE = timedelta(minutes=30)
# How far back a run is looked for that the server ended for want of a sign of life.
_RECENT = timedelta(days=2)
_SILENT = "No heartbeat"


def look(pool: str = POOL, *, pending: timedelta = _PENDING, late: timedelta = _LATE) -> list[str]:
    """Tell what nobody told of.

    Parameters
    ----------
    pool : str
        Work pool.
    pending, late : timedelta
        After which time a run that was taken up but didn't begin, and one that nobody took
        up, is told of.

    Returns
    -------
    list of str
        A line for each thing that was told.
    """
    try:
        with get_client(sync_client=True) as client:
            lines = [_report(client, run, why) for run, why in _silent(client, pending, late)]
            lines += _workers(client, pool)
    except Exception as error:  # whatever it is, nobody else says that the server is gone
        lines = [f"the Prefect server doesn't answer: {type(error).__name__}: {error}"]
        _send(
            lines[0], "See its service: systemctl status bc-server. Runs that are under way go on."
        )
    return lines


def _silent(client: Any, pending: timedelta, late: timedelta) -> Iterator[tuple[FlowRun, str]]:
    """Yield runs that nobody told of, and what is wrong with each."""
    now = datetime.now(UTC)
    kinds = {"type": {"any_": ["PENDING", "SCHEDULED", "CRASHED"]}}
    wanted = FlowRunFilter.model_validate(
        {"state": kinds, "expected_start_time": {"after_": now - _RECENT, "before_": now}}
    )
    for run in client.read_flow_runs(flow_run_filter=wanted):
        state = run.state
        if state is None or REPORTED in run.tags:
            continue
        since = now - state.timestamp
        if state.is_pending() and since > pending:
            yield run, f"taken up {_minutes(since)} ago, and it didn't begin: its worker died"
        elif state.name == "Late" and now - run.expected_start_time > late:
            yield (
                run,
                f"due {_minutes(now - run.expected_start_time)} ago, and no worker took it up",
            )
        elif state.is_crashed() and _SILENT in (state.message or ""):
            yield run, str(state.message)


def _report(client: Any, run: FlowRun, why: str) -> str:
    """Tell of a run once, and end one that was taken up and can't begin any more."""
    state = run.state
    if state is not None and state.is_pending():
        client.set_flow_run_state(run.id, crashed(why), force=True)
    # Noted on the run itself, so that it is told once whoever looks next.
    client.update_flow_run(run.id, tags={*run.tags, REPORTED})
    line = f"run {run.name}: {why}"
    _send(
        line,
        "Nothing was published by it. See the worker and its machine: systemctl status bc-worker, "
        "journalctl -u bc-worker. Then run it again, or leave it to the next scheduled run.\n"
        f"Log: prefect flow-run logs {run.id}",
        run=str(run.id),
    )
    return line


def _workers(client: Any, pool: str) -> list[str]:
    """Tell when no worker of a pool is there."""
    workers = client.read_workers_for_work_pool(pool)
    if any(worker.status == WorkerStatus.ONLINE for worker in workers):
        return []
    line = f"no worker of the pool {pool} is there: no run begins"
    _send(line, "Start it: systemctl start bc-worker.")
    return [line]


def _send(what: str, advice: str, run: str = "") -> None:
    text = f"What broke\n  {what}\n\nWhat to do\n  {advice}\n"
    fields = {"flow": "watch", "run": run, "state": "Silent", "what": what, "status": ""}
    for failed in send(f"[bc-inventory] {what} ({socket.gethostname()})", text, fields):
        sys.stderr.write(failed + "\n")


def _minutes(time: timedelta) -> str:
    return f"{time.total_seconds() / 60:.0f} min"


def main() -> int:
    """Look once; print what was told."""
    lines = look(*sys.argv[1:2])
    for line in lines:
        sys.stdout.write(line + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
