"""Run independent pieces of work here, on threads, or on a Dask cluster.

Results come back in the order of the tasks and only a few are in flight, so
that memory doesn't grow with their number. What a task computes doesn't depend
on where it runs. A task lost with its worker is run again on another.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bc_inventory.errors import BCInventoryError, DataError, NetworkError, Problem

__all__ = ["Compute", "run_ordered"]

_RETRIES = 3
_CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Compute:
    """Where work runs.

    Parameters
    ----------
    scheduler : str
        `here` (in this thread), `threads`, `cluster` (processes of this
        machine, started and stopped around the work), or the address of a Dask
        scheduler such as `tcp://host:8786`.
    workers : int
        Number of threads or processes; a scheduler has its own.

    Raises
    ------
    DataError
        If the scheduler is none of these, or there are no workers.
    """

    scheduler: str = "here"
    workers: int = 2

    def __post_init__(self) -> None:
        if self.scheduler not in {"here", "threads", "cluster"} and "://" not in self.scheduler:
            raise DataError(
                [
                    Problem(
                        f"the scheduler {self.scheduler!r}",
                        "'here', 'threads', 'cluster', or an address such as tcp://host:8786",
                    )
                ]
            )
        if self.workers < 1:
            raise DataError([Problem(f"{self.workers} workers", "at least 1")])


def run_ordered(
    function: Callable[..., Any],
    common: Any,
    tasks: Iterable[tuple[Any, ...]],
    compute: Compute | None = None,
) -> Iterator[Any]:
    """Yield `function(common, *task)` for each task, in order.

    Parameters
    ----------
    function : callable
        A function at the top level of a module, without side effects.
    common : object
        First argument of every call; sent to each worker once.
    tasks : iterable of tuple
        Further arguments.
    compute : Compute, optional
        Where; by default here.

    Yields
    ------
    object
        Results.

    Raises
    ------
    BCInventoryError
        If `distributed` isn't installed.
    NetworkError
        If no scheduler answers.
    """
    where = compute or Compute()
    if where.scheduler == "here":
        yield from (function(common, *task) for task in tasks)
    elif where.scheduler == "threads":
        yield from _on_threads(function, common, tasks, where.workers)
    else:
        with _client(where) as client:
            yield from _on_cluster(client, function, common, tasks)


def _on_threads(
    function: Callable[..., Any], common: Any, tasks: Iterable[tuple[Any, ...]], workers: int
) -> Iterator[Any]:
    import dask

    remaining = iter(tasks)
    while batch := list(islice(remaining, workers)):
        # Arrays go in by closure: as arguments they would be hashed.
        calls = [dask.delayed(_call(function, common, task), pure=False)() for task in batch]
        yield from dask.compute(*calls, scheduler="threads", num_workers=workers)


def _call(function: Callable[..., Any], common: Any, task: tuple[Any, ...]) -> Callable[[], Any]:
    context = contextvars.copy_context()  # a thread has one of its own, without the root of facts
    return lambda: context.run(function, common, *task)


def _same(value: Any) -> Any:
    return value


def _on_cluster(
    client: Any, function: Callable[..., Any], common: Any, tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Any]:
    # A task, not scattered data: what a lost worker held can then be made again.
    shared = client.submit(_same, common, pure=False, retries=_RETRIES)
    width = 2 * max(1, len(client.scheduler_info()["workers"]))
    waiting: deque[Any] = deque()
    try:
        for task in tasks:
            waiting.append(client.submit(function, shared, *task, pure=False, retries=_RETRIES))
            if len(waiting) >= width:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        client.cancel([*waiting, shared])


@contextlib.contextmanager
def _client(where: Compute) -> Iterator[Any]:
    try:
        import distributed
    except ImportError as error:
        raise BCInventoryError(
            "a cluster needs the package `distributed`: install bc-inventory[cluster]"
        ) from error
    if where.scheduler == "cluster":
        try:
            cluster = distributed.LocalCluster(
                n_workers=where.workers, threads_per_worker=1, dashboard_address=None
            )
        except (RuntimeError, OSError, TimeoutError) as error:
            raise BCInventoryError(
                f"the {where.workers} workers of this machine didn't start ({error}); one may have "
                "been killed for lack of memory. Ask for fewer, or for threads"
            ) from error
        with cluster, distributed.Client(cluster) as client:
            yield client
        return
    try:
        client = distributed.Client(where.scheduler, timeout=_CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise NetworkError(
            f"no Dask scheduler answers at {where.scheduler} within {_CONNECT_SECONDS} s ({error})"
        ) from error
    with client:
        yield client
