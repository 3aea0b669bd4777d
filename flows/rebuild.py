"""Rebuild an inventory as a Prefect flow: one task for each step of the plan.

The plan is the one that `bc-inventory build` runs, and so are the bytes. Tasks take and
return names and records, never tables; what is unchanged is found by the steps' own
content keys, not by Prefect's cache. Run it with

    python flows/rebuild.py [CONFIG [OUTPUT [SCHEDULER]]]

or on a schedule (docs/operations.md). It needs no account and no network: without a
server it starts a temporary one.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from bc_inventory.config import Config, load_config
from bc_inventory.errors import BCInventoryError
from bc_inventory.pipeline.dask_runner import Cluster, connect
from bc_inventory.pipeline.plan import Output, RunRecord, Step, StepRecord, execute
from bc_inventory.release.read.release import open_release
from bc_inventory.release.store.status import release_status
from bc_inventory.release.store.stores import open_store
from bc_inventory.storage.prune import using_results
from bc_inventory.workflow.plan import make_plan
from bc_inventory.workflow.run import publish_run, results_of
from flows.common import (
    TASK,
    ThreadPoolTaskRunner,
    flow,
    in_time,
    network_task,
    on_a_schedule,
    page,
    task,
)

__all__ = ["rebuild"]

# Threads only wait for the cluster; here steps run one after another, as the command does.
_MOST_AT_ONCE = 16


def describe_status(parameters: dict[str, Any]) -> str:
    """Say which release is intact."""
    chosen = load_config(parameters["config"])
    root = parameters["output"] or chosen.output.folder
    return "Nothing was published. " + release_status(root, chosen.inventory.name)


@task(**TASK, task_run_name="{step.name}")
def run_step(
    step: Step, done: dict[str, StepRecord], cache: Path, cluster: Cluster | None
) -> StepRecord:
    """Run one step of the plan, or find its result under its key."""
    if cluster is None:
        return execute(step, done, cache)
    return cluster.run(step, done, cache)


@task(**network_task())
def publish(config: Config, record: RunRecord, output: str) -> str:
    """Publish what the run made; return the version."""
    return publish_run(config, record, output).version


@flow(
    name="rebuild",
    **on_a_schedule(4, describe_status),
    task_runner=ThreadPoolTaskRunner(max_workers=_MOST_AT_ONCE),
)
def rebuild(config: str = "default", output: str = "", scheduler: str = "") -> str:
    """Run the plan of a configuration and publish the release.

    Parameters
    ----------
    config : str
        A TOML file, or the name of a configuration that ships with the project.
    output : str
        Folder of releases, or its address; by default the folder the configuration names.
    scheduler : str
        Address of a Dask scheduler whose workers run the steps; by default this process.

    Returns
    -------
    str
        Version of the release.
    """
    with page("rebuild", f"Rebuild of {config}") as lines, contextlib.ExitStack() as stack:
        chosen = load_config(config)
        root = output or chosen.output.folder
        before = look(root, chosen.inventory.name)
        cache = results_of(root)
        stack.enter_context(using_results(cache))
        plan = make_plan(chosen, cache)
        cluster = stack.enter_context(connect(scheduler, plan)) if scheduler else None
        fields: dict[str, Any] = {}
        for step in plan.steps:
            needed = {
                source.step: fields[source.step]
                for source in step.inputs.values()
                if isinstance(source, Output)
            }
            start = run_step if cluster is None else run_step.submit
            fields[step.name] = start(step, needed, cache, cluster)
            in_time()
        done = [record if cluster is None else record.result() for record in fields.values()]
        in_time()
        version = publish(chosen, RunRecord(tuple(done), plan.facts), root)
        lines.extend(_summary(chosen, root, version, before, done))
    return version


@task(**network_task())
def look(root: str, inventory: str) -> str | None:
    """Return the version that is latest before the run."""
    store = open_store(root)
    return store.latest(inventory) if inventory in store.inventories() else None


def _summary(
    config: Config, root: str, version: str, before: str | None, done: list[StepRecord]
) -> list[str]:
    """Return the page of a run: what was published, what moved, what was done."""
    name = config.inventory.name
    same = before == version
    news = "unchanged" if same else f"after `{before or 'none'}`"
    title = open_release(version, inventory=name, root=root).manifest["title"]
    lines = [
        f"Release `{version}` of **{title}**, {news}, in `{root}/{name}`.",
        "",
        f"| kt BC, {config.grid.factor_set} | before | now (95 %) | change |",
        "| --- | --- | --- | --- |",
    ]
    now = _totals(config, root, version)
    earlier = now if same else {}
    if not same:
        # A damaged release of before is no reason to call this run failed.
        with contextlib.suppress(BCInventoryError, OSError, ValueError):
            earlier = _totals(config, root, before)
    for key, (value, low, high) in now.items():
        was, moved = "", ""
        if key in earlier:
            was, moved = f"{earlier[key][0]:,.2f}", f"{value - earlier[key][0]:+.2f}"
        lines.append(
            f"| {key[1]} {key[0]} | {was} | {value:,.2f} ({low:,.1f}-{high:,.1f}) | {moved} |"
        )
    if before and not same:
        lines += [
            "",
            f"What moved them: `bc-inventory diff {before} {version} --inventory {name} "
            f"--releases {root}`",
        ]
    lines += ["", "| step | |", "| --- | --- |"]
    lines += [f"| {r.name} | {'unchanged' if r.reused else f'{r.seconds:.1f} s'} |" for r in done]
    return lines


def _totals(
    config: Config, root: str, version: str | None
) -> dict[tuple[int, str], tuple[float, float, float]]:
    """Return the totals by year and the name of the domain, in kt, with their intervals."""
    if version is None:
        return {}
    release = open_release(version, inventory=config.inventory.name, root=root)
    rows = release.table("totals")
    rows = rows[(rows["level"] == "side") & (rows["factor_set"] == config.grid.factor_set)]
    return {
        (int(row.year), release.names[row.side].en): (row.emission_kt, row.lower_kt, row.upper_kt)
        for row in rows.itertuples()
    }


if __name__ == "__main__":
    sys.stdout.write(rebuild(*sys.argv[1:4]) + "\n")
