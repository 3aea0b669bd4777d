"""Take measurements into the record as a Prefect flow: one task, on a schedule.

What is new, changed, late or bad is decided by the library from checksums; Prefect gives
the schedule, the retries and the history. Run it with

    python flows/monitor.py FOLDER SETTINGS [STORE [ADDRESSES]]

It needs no account and no network: without a server it starts a temporary one.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

# As in flows/rebuild.py: no telemetry, and time enough for a temporary server.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from bc_inventory.commands.monitor import fetch_list, ingest_folder

__all__ = ["monitor"]


@dataclass(frozen=True)
class Done:
    """What an ingest did."""

    read: int
    taken: int
    set_aside: tuple[tuple[str, str], ...]
    recomputed: int
    generation: str


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=30)
def take(folder: Path, store: Path, settings: Path) -> Done:
    """Ingest a folder; return what was done, without a table."""
    report = ingest_folder(folder, store, settings)
    return Done(
        len(report.read),
        len(report.taken),
        tuple((entry.name, entry.reason) for entry in report.set_aside),
        report.recomputed,
        report.generation,
    )


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)
def fetch(addresses: Path, folder: Path) -> list[str]:
    """Fetch the files of a list into the folder; return what couldn't be had."""
    return fetch_list(addresses, folder, offline=False)


@flow(name="monitor", validate_parameters=False)
def monitor(folder: str, settings: str, store: str = "monitoring", addresses: str = "") -> str:
    """Take new and changed files of a folder into the record.

    Parameters
    ----------
    folder : str
        Files.
    settings : str
        TOML file of the ingest.
    store : str
        Folder of the record.
    addresses : str
        List of addresses of open services to fetch first; empty for none.

    Returns
    -------
    str
        Generation of the record.
    """
    failed = fetch(Path(addresses), Path(folder)) if addresses else []
    done = take(Path(folder), Path(store), Path(settings))
    lines = [f"* not fetched: {reason}" for reason in failed]
    lines += [f"* `{name}`: {reason}" for name, reason in done.set_aside]
    create_markdown_artifact(
        key="monitor",
        markdown=f"{done.read} files read, {done.taken} in the record, "
        f"{done.recomputed} years of series computed\n\n" + "\n".join(lines),
    )
    return done.generation


if __name__ == "__main__":
    sys.stdout.write(monitor(*sys.argv[1:5]) + "\n")
