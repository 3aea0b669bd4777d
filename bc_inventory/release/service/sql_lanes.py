"""SQL of many clients: short queries have places of their own, long ones wait for theirs.

A query begins in a short place. When it has used that up it may go on in a long one if
that is free; else it is stopped, waits there, and begins again. So however many long
queries come in, a short one waits for short ones alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pyarrow as pa

from bc_inventory.errors import BCInventoryError
from bc_inventory.release.read.release import Release
from bc_inventory.release.read.sql import QueryError, Sql, sql_over
from bc_inventory.release.service.queues import Deadline, FairQueue

__all__ = ["SqlLanes"]

_SHORT_PLACES = 3
_READY = 2
_LONG_PLACES = 1
_SHORT_SECONDS = 0.6
_WAITING = 64
_WAITING_EACH = 32
_LONG_WAITING = 8
_LONG_WAITING_EACH = 4
_MEMORY_MB = 1024
_ANSWER_MB = 32


class SqlLanes:
    """Processes that answer SQL, no more than there are places, whatever is asked.

    Parameters
    ----------
    seconds : float
        Longest time of a query once it runs.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._short = FairQueue(_SHORT_PLACES, _WAITING, _WAITING_EACH)
        self._long = FairQueue(_LONG_PLACES, _LONG_WAITING, _LONG_WAITING_EACH)
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Sql]] = []
        self._starting: set[asyncio.Task[None]] = set()

    async def run_query(
        self, release: Release, query: str, *, limit: int, client: str, deadline: Deadline
    ) -> pa.Table:
        """Return the answer of one SELECT.

        Raises
        ------
        QueryError
            If there is none; the message says why.
        BusyError
            If no place is free in time.
        """
        async with self._short.place(client, deadline):
            answer = await self._run(release, query, limit, deadline, promote=True)
        if answer is None:
            async with self._long.place(client, deadline):
                answer = await self._run(release, query, limit, deadline, promote=False)
        if answer is None:
            raise QueryError(f"the query was stopped: it took longer than {self._seconds:g} s")
        return answer

    def close(self) -> None:
        """End the processes that wait for a query."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, sql in idle:
            sql.close()

    async def _run(
        self, release: Release, query: str, limit: int, deadline: Deadline, *, promote: bool
    ) -> pa.Table | None:
        """Answer in a process; None if it was stopped, for a long place or for good.

        Whoever asked and went away ends the process, so that it works for nobody.
        """
        sql = await asyncio.to_thread(self._take, release)
        task = asyncio.create_task(
            asyncio.to_thread(sql.run_query, query, limit=limit, seconds=self._seconds)
        )
        promoted = False
        try:
            patience = min(_SHORT_SECONDS, deadline.left) if promote else deadline.left
            done, _ = await asyncio.wait({task}, timeout=patience)
            if not done and promote and deadline.left and self._long.acquire_now():
                promoted = True
                sql.step_back()
                done, _ = await asyncio.wait({task}, timeout=deadline.left)
            if not done:
                await _ended(sql, task)
                return None
            return task.result()
        except asyncio.CancelledError:
            await asyncio.shield(_ended(sql, task))
            raise
        finally:
            if promoted:
                self._long.release()
            await asyncio.shield(asyncio.to_thread(self._give, release, sql))
            self._replace(release)

    def _take(self, release: Release) -> Sql:
        """Return a process over a release: one that waits, or a new one in another's stead."""
        with self._lock:
            for number, (version, sql) in enumerate(self._idle):
                if version == release.version:
                    del self._idle[number]
                    return sql
            spare = self._idle.pop(0)[1] if len(self._idle) >= _SHORT_PLACES else None
        if spare is not None:
            spare.close()
        return _started(release)

    def _replace(self, release: Release) -> None:
        """Start a process ahead of the next query where the last one has gone."""
        if len(self._idle) + len(self._starting) >= _READY:
            return

        def start() -> None:
            with contextlib.suppress(BCInventoryError):  # the next query says it
                self._give(release, _started(release))

        task = asyncio.create_task(asyncio.to_thread(start))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    def _give(self, release: Release, sql: Sql) -> None:
        """Put a process back if it is as it was; one that met a limit is gone."""
        if not sql.is_fresh:
            sql.close()
            return
        with self._lock:
            self._idle.append((release.version, sql))
            spare = self._idle.pop(0)[1] if len(self._idle) > _SHORT_PLACES else None
        if spare is not None:
            spare.close()


def _started(release: Release) -> Sql:
    sql = sql_over(
        release.path, release.tables, release.file, memory_mb=_MEMORY_MB, answer_mb=_ANSWER_MB
    )
    sql.start()
    return sql


async def _ended(sql: Sql, task: asyncio.Task[pa.Table]) -> None:
    """End a process, and wait until whoever reads from it knows."""
    sql.kill()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # seen, so that it isn't logged
