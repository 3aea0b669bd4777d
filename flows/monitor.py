"""Take measurements into the record as a Prefect flow, on a schedule.

What is new, changed, late or bad is decided by the library from checksums; Prefect gives
the schedule, the retries and the history. Run it with

    python flows/monitor.py FOLDER SETTINGS [STORE [ADDRESSES]]

It needs no account and no network: without a server it starts a temporary one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from bc_inventory.errors import (
    DataError,
    NetworkError,
    Problem,
    SourceError,
    SourceUnavailableError,
)
from bc_inventory.monitoring.record.services import fetch_one, items_of, read_addresses
from bc_inventory.monitoring.record.state import read_state
from bc_inventory.reference.catalogue import Cache, default_cache_root
from bc_inventory.reference.download import Policy
from bc_inventory.workflow.measurements import ingest_folder
from flows.common import TASK, flow, in_time, network_task, on_a_schedule, page, task

__all__ = ["monitor"]

# The task waits minutes between its attempts, so that each need not be patient.
_POLICY = Policy(tries=2)
_SHOWN = 50


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest did: names and reasons, no table."""

    read: tuple[str, ...]
    included: int
    skipped: tuple[tuple[str, str], ...]
    identical: tuple[tuple[str, str], ...]
    recomputed: int
    generation: str


def describe_status(parameters: dict[str, Any]) -> str:
    """Say which record is intact."""
    store = Path(parameters["store"])
    state = read_state(store)
    if not state.generation:
        return f"There is no record in {store} yet."
    included = sum(entry.status == "included" for entry in state.entries)
    return (
        f"The record in {store} is intact: generation {state.generation[:12]} of {included} files."
    )


@task(**TASK)
def ingest_files(folder: Path, store: Path, settings: Path) -> IngestSummary:
    """Ingest a folder; return what was done."""
    for path, kind in ((folder, "a folder of measurements"), (settings, "settings (TOML)")):
        if not path.exists():
            raise DataError([Problem("nothing there", kind, str(path))])
    report = ingest_folder(folder, store, settings)
    return IngestSummary(
        report.read,
        len(report.included),
        tuple((entry.name, entry.reason) for entry in report.skipped),
        tuple((entry.name, entry.reason) for entry in report.identical),
        report.recomputed,
        report.generation,
    )


@task(**network_task())
def fetch(addresses: Path, folder: Path) -> list[str]:
    """Fetch what is new or may be revised; return what is refused, raise what didn't answer."""
    cache = Cache(default_cache_root(), policy=_POLICY)
    refused, silent = [], []
    for item in items_of(read_addresses(addresses)):
        try:
            fetch_one(folder, item, cache)
        except SourceUnavailableError as error:
            silent.append(str(error))
        except SourceError as error:
            refused.append(f"{item.address}: {error}")
    if silent:
        raise SourceUnavailableError(
            f"{len(silent)} addresses of {addresses} didn't answer:\n"
            + "\n".join([*silent[:5], *(["..."] if len(silent) > 5 else [])])
        )
    return refused


@flow(name="monitor", **on_a_schedule(2, describe_status))
def monitor(folder: str, settings: str, store: str = "monitoring", addresses: str = "") -> str:
    """Take new and changed files of a folder into the record.

    Where a service doesn't answer in all attempts, the rest is included and the run fails at
    its end, so that somebody knows.

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
    with page("monitor", f"Measurements of {folder}") as lines:
        refused: list[str] = []
        silent: NetworkError | None = None
        if addresses:
            try:
                refused = fetch(Path(addresses), Path(folder))
            except NetworkError as error:
                silent = error
        in_time()
        summary = ingest_files(Path(folder), Path(store), Path(settings))
        lines.extend(_summary(summary, store, refused))
        if silent is not None:
            silent.add_note(f"the rest was included: the record is {summary.generation[:12]}")
            raise silent
    return summary.generation


def _summary(summary: IngestSummary, store: str, refused: list[str]) -> list[str]:
    """Return the page of a run."""
    lines = [
        f"Record `{summary.generation[:12]}` in `{store}`: {summary.included} files in it, "
        f"{len(summary.read)} of them read now, {len(summary.skipped)} skipped, "
        f"{summary.recomputed} years of series computed.",
    ]
    for title, rows in (
        ("Not fetched", [(reason.partition(": ")[0], reason) for reason in refused]),
        ("Skipped", summary.skipped),
        ("The same as another, or superseded", summary.identical),
        ("Read now", [(name, "") for name in summary.read]),
    ):
        if not rows:
            continue
        lines += ["", f"## {title}", "", "| file | why |", "| --- | --- |"]
        lines += [f"| `{_cell(name)}` | {_cell(why)} |" for name, why in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            lines.append(f"| and {len(rows) - _SHOWN} more | |")
    return lines


def _cell(text: str) -> str:
    """Return a text as one cell of a Markdown table, in which nothing is markup."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return plain.replace("|", "&#124;").replace("`", "&#96;")[:500]


if __name__ == "__main__":
    sys.stdout.write(monitor(*sys.argv[1:5]) + "\n")
