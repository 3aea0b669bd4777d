"""Take measurements into the record as a Prefect flow: one task, on a schedule.

What is new, changed, late or bad is decided by the library from checksums; Prefect gives
the schedule, the retries and the history. Run it with

    python flows/monitor.py FOLDER SETTINGS [STORE]

It needs no account and no network: without a server it starts a temporary one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# As in flows/rebuild.py: no telemetry, and time enough for a temporary server.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from bc_inventory.commands.monitor import ingest_folder

__all__ = ["monitor"]


@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=30)
def take(folder: Path, store: Path, settings: Path) -> dict[str, object]:
    """Ingest a folder; return what was done as plain values."""
    report = ingest_folder(folder, store, settings)
    return {
        "read": list(report.read),
        "taken": len(report.taken),
        "set_aside": [[entry.name, entry.reason] for entry in report.set_aside],
        "recomputed": report.recomputed,
        "generation": report.generation,
    }


@flow(name="monitor", validate_parameters=False)
def monitor(folder: str, settings: str, store: str = "monitoring") -> str:
    """Take new and changed files of a folder into the record.

    Parameters
    ----------
    folder : str
        Files.
    settings : str
        TOML file of the ingest.
    store : str
        Folder of the record.

    Returns
    -------
    str
        Generation of the record.
    """
    done = take(Path(folder), Path(store), Path(settings))
    aside = "\n".join(f"* `{name}`: {reason}" for name, reason in done["set_aside"])  # type: ignore[attr-defined]
    create_markdown_artifact(
        key="monitor",
        markdown=f"{len(done['read'])} files read, {done['taken']} in the record, "  # type: ignore[arg-type]
        f"{done['recomputed']} years of series computed\n\n{aside}",
    )
    return str(done["generation"])


if __name__ == "__main__":
    sys.stdout.write(monitor(*sys.argv[1:4]) + "\n")
