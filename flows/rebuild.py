"""Rebuild an inventory as a Prefect flow: one task for each step of the plan.

The plan is the one that `bc-inventory build` runs, and so are the bytes. Tasks take and
return names and records, never tables; what is unchanged is found by the steps' own
content keys, not by Prefect's cache. Run it with

    python flows/rebuild.py [CONFIG] [OUTPUT]

It needs no account and no network: without a server it starts a temporary one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Before Prefect is imported: no telemetry, and time enough for a temporary server whose
# database is made on first use (20 to 40 s on two cores; Prefect allows 20).
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from bc_inventory.build import make_plan, publish_run
from bc_inventory.config import Config, load_config
from bc_inventory.plan import RunRecord, Step, StepRecord, execute

__all__ = ["rebuild"]


@task(cache_policy=NO_CACHE, task_run_name="{step.name}")
def run_step(step: Step, done: dict[str, StepRecord], cache: Path) -> StepRecord:
    """Run one step of the plan, or find its result under its key."""
    return execute(step, done, cache)


@task(cache_policy=NO_CACHE)
def publish(config: Config, record: RunRecord, output: Path) -> str:
    """Publish what the run made; return the version."""
    return publish_run(config, record, output).version


@flow(name="rebuild", validate_parameters=False)
def rebuild(config: str = "default", output: str = "releases") -> str:
    """Run the plan of a configuration and publish the release.

    Parameters
    ----------
    config : str
        A TOML file, or the name of a configuration that ships with the project.
    output : str
        Folder of releases.

    Returns
    -------
    str
        Version of the release.
    """
    chosen = load_config(config)
    folder = Path(output)
    done: dict[str, StepRecord] = {}
    for step in make_plan(chosen).steps:
        done[step.name] = run_step(step, done, folder / ".cache")
    version = publish(chosen, RunRecord(tuple(done.values())), folder)
    lines = [
        f"| {r.name} | {'unchanged' if r.reused else f'{r.seconds:.1f} s'} |" for r in done.values()
    ]
    create_markdown_artifact(
        key="rebuild",
        markdown="\n".join(
            [
                f"# {chosen.inventory.title}",
                "",
                f"Release `{version}`",
                "",
                "| step | |",
                "| --- | --- |",
                *lines,
            ]
        ),
    )
    return version


if __name__ == "__main__":
    rebuild(*sys.argv[1:3])
