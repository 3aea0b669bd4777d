"""Run the plan of a configuration and publish the result: the one way to do either."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bc_inventory.config import Config
from bc_inventory.pipeline.dask_runner import run_on_cluster
from bc_inventory.pipeline.plan import RunRecord, StepRecord, run
from bc_inventory.reference import codelists
from bc_inventory.reference.catalogue import default_cache_root
from bc_inventory.reference.paths import using_root
from bc_inventory.release.metadata.cited_sources import cited_sources, citing
from bc_inventory.release.store.publish import PublishedRelease, publish
from bc_inventory.storage.prune import using_results
from bc_inventory.workflow.plan import make_plan, published_files
from bc_inventory.workflow.title import title_of

__all__ = ["build", "publish_run", "results_of"]


def results_of(output: Path | str) -> Path:
    """Return the folder of results of steps: next to the releases, or with the downloads.

    Parameters
    ----------
    output : path-like
        Folder of releases, or the address of one in an object store.
    """
    far = "://" in str(output)
    return default_cache_root() / "steps" if far else Path(output) / ".cache"


def build(
    config: Config,
    output: Path | str,
    *,
    progress: Callable[[StepRecord], None] | None = None,
    scheduler: str = "",
    variant: str = "",
) -> PublishedRelease:
    """Run the plan of a configuration and publish the result.

    Parameters
    ----------
    config : Config
        A checked configuration.
    output : path-like
        Folder of releases, or the address of one such as `s3://bucket/releases`.
    progress : callable, optional
        Called with the record of each step when it is done.
    scheduler : str
        Address of a Dask scheduler whose workers run the steps; by default this process
        does. The bytes are the same.
    variant : str
        Name under which it is published next to the inventory, without moving `latest`.

    Returns
    -------
    PublishedRelease
        Version and place.

    Raises
    ------
    BCInventoryError
        Whatever is wrong with the input or the target; nothing is published
        then, and the last release is intact.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> published = bci.build(bci.load_config("small.toml"), "releases")
    >>> bci.open_release(published.version).inventory
    'small'
    """
    cache = results_of(output)
    # Until it is published, nobody may clear away what the run has made or found.
    with using_results(cache):
        plan = make_plan(config, cache)
        if scheduler:
            record = run_on_cluster(plan, cache, scheduler, progress=progress)
        else:
            record = run(plan, cache, progress=progress, cache=cache)
        return publish_run(config, record, output, variant=variant)


def publish_run(
    config: Config, record: RunRecord, output: Path | str, *, variant: str = ""
) -> PublishedRelease:
    """Publish what a run made.

    Parameters
    ----------
    config : Config
        The configuration that was run.
    record : RunRecord
        Of the run, by whatever runner.
    output : path-like
        Folder of releases, or its address.
    variant : str
        As in `build`.
    """
    files = published_files(record)
    tables = [
        citing(path)
        for name, path in files.items()
        if name.endswith(".parquet") or name in {"emissions", "observations"}
    ]
    # What is published is checked by the contracts, and these by the facts it was built from.
    with using_root(record.facts):
        return publish(
            files,
            root=output,
            inventory=config.inventory.name,
            configuration=config.as_dict(),
            record=record,
            label=str(config.inventory.base_year),
            sources=cited_sources(tables, codelists.sources()),
            title=title_of(config.inventory).en + (f", variant {variant}" if variant else ""),
            variant=variant,
        )
