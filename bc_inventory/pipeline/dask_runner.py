"""Run the steps of a plan on a Dask cluster that is named by its address.

What goes through the scheduler is paths, digests and parameters; tables and grids stay
in files that every worker reads and writes under the same paths. So the folder of
releases, the facts and this software have the same place on all machines, as a shared
disk gives it. Steps that don't need each other run at the same time; the bytes are
those of a run in one process.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bc_inventory.errors import BCInventoryError, NetworkError
from bc_inventory.pipeline.plan import Output, Plan, RunRecord, Step, StepRecord, execute
from bc_inventory.storage import atomic
from bc_inventory.storage.hashing import Code, code_of

__all__ = ["Cluster", "connect", "run_on_cluster"]

_CONNECT_SECONDS = 15


class Cluster:
    """A cluster that answers, and whose workers have this software.

    Made by `connect`.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def start(self, step: Step, done: Mapping[str, Any], cache: Path) -> Any:
        """Start a step on a worker.

        Parameters
        ----------
        step : Step
            The step.
        done : mapping of str to StepRecord or future
            Of the steps it needs.
        cache : Path
            Folder of results, which every worker sees.

        Returns
        -------
        distributed.Future
            Of the step's `StepRecord`.
        """
        return self._client.submit(execute, _placed(step), dict(done), cache.absolute(), pure=False)

    def run(self, step: Step, done: Mapping[str, StepRecord], cache: Path) -> StepRecord:
        """Run a step on a worker and wait for it; raises what the step raises."""
        record: StepRecord = self.result(self.start(step, done, cache))
        return record

    @staticmethod
    def result(future: Any) -> StepRecord:
        """Return what a future holds; a worker that was lost too often is a network error."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm import CommClosedError

        try:
            record: StepRecord = future.result()
        except FileNotFoundError as error:
            raise BCInventoryError(
                f"a worker of the cluster doesn't see {error.filename}. The folder of releases, "
                "the facts and this software must have the same path on every machine"
            ) from error
        except (KilledWorker, FutureCancelledError, CommClosedError) as error:
            raise NetworkError(
                f"the cluster lost a step ({error}). Nothing was published; see the logs of its "
                "workers, which may have run out of memory"
            ) from error
        return record


@contextlib.contextmanager
def connect(address: str, plan: Plan) -> Iterator[Cluster]:
    """Connect to a scheduler and hold its workers to the code that runs here.

    Parameters
    ----------
    address : str
        Such as `tcp://host:8786`.
    plan : Plan
        What is to be run there.

    Raises
    ------
    BCInventoryError
        If `distributed` isn't installed, or a worker has other code.
    NetworkError
        If no scheduler answers, or it has no worker.
    """
    try:
        import distributed
    except ImportError as error:
        raise BCInventoryError(
            "a cluster needs the package `distributed`: install bc-inventory[cluster]"
        ) from error
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NetworkError(
            f"no Dask scheduler answers at {address} within {_CONNECT_SECONDS} s ({error})"
        ) from error
    with client:
        functions = [step.function for step in plan.steps]
        here = _code_of(functions)
        try:
            client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            raise NetworkError(
                f"the scheduler at {address} has no worker. Start one with `dask worker {address}`"
            ) from error
        fields: dict[str, Any] = client.run(_code_of, functions, on_error="return")
        other = sorted(worker for worker, code in fields.items() if code != here)
        if other:
            stated = fields[other[0]]
            raise BCInventoryError(
                f"the workers {', '.join(other)} have other code or libraries than this process"
                + (f" ({stated!r})" if isinstance(stated, Exception) else "")
                + ". Install the same version on all machines and start the workers again"
            )
        yield Cluster(client)


def run_on_cluster(
    plan: Plan,
    cache: Path,
    address: str,
    *,
    progress: Callable[[StepRecord], None] | None = None,
) -> RunRecord:
    """Run a plan on a cluster.

    Parameters
    ----------
    plan : Plan
        Steps.
    cache : Path
        Folder of results by key, which every worker sees under this path.
    address : str
        Of the scheduler.
    progress : callable, optional
        Called with each step's record, in the order of the plan.

    Returns
    -------
    RunRecord
        As `bc_inventory.pipeline.plan.run` returns it.
    """
    atomic.remove_dead(cache)
    records: dict[str, StepRecord] = {}
    with connect(address, plan) as cluster:
        futures: dict[str, Any] = {}
        for step in plan.steps:
            needed = {name: futures[name] for name in _needs(step)}
            futures[step.name] = cluster.start(step, needed, cache)
        for step in plan.steps:
            records[step.name] = cluster.result(futures[step.name])
            if progress is not None:
                progress(records[step.name])
    return RunRecord(tuple(records.values()), plan.facts)


def _needs(step: Step) -> list[str]:
    return sorted({source.step for source in step.inputs.values() if isinstance(source, Output)})


def _placed(step: Step) -> Step:
    """Return the step with absolute paths, since workers have folders of their own.

    It runs where the worker is: a step that waited for the cluster it runs on could wait
    for itself.
    """
    inputs = {
        name: source if isinstance(source, Output) else Path(source).absolute()
        for name, source in step.inputs.items()
    }
    facts = None if step.facts is None else step.facts.absolute()
    return dataclasses.replace(step, inputs=inputs, running={}, facts=facts)


def _code_of(functions: Sequence[Callable[..., Any]]) -> list[Code]:
    """Return the code behind the functions of steps, as this process would run it."""
    return [code_of(function) for function in functions]
