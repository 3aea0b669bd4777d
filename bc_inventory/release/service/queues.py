"""Places to work in, given to clients in turn, with a bounded queue before them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

__all__ = ["BusyError", "Deadline", "FairQueue"]


class BusyError(Exception):
    """There is no place, and the queue is full or the time is up."""


@dataclass(frozen=True)
class Deadline:
    """When an answer is due, counted from the moment a request came in.

    Parameters
    ----------
    seconds : float
        Time for all of it: waiting, working and writing.
    """

    seconds: float
    begun: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, none below zero."""
        return max(0.0, self.begun + self.seconds - time.monotonic())


class FairQueue:
    """So many places; who waits gets the next in turns of clients, not of requests.

    A client that asks for a hundred things waits for its own; another that asks for one
    thing is next.

    Parameters
    ----------
    places : int
        How many work at once.
    waiting : int
        How many may wait.
    waiting_each : int
        How many of one client may wait.
    """

    def __init__(self, places: int, waiting: int, waiting_each: int) -> None:
        self._free = places
        self._waiting = waiting
        self._waiting_each = waiting_each
        self._by_client: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._by_client.values()))

    @contextlib.asynccontextmanager
    async def place(self, client: str, deadline: Deadline) -> AsyncIterator[None]:
        """Wait for a place and hold it.

        Raises
        ------
        BusyError
            If the queue is full, or no place is free in time.
        """
        await self._acquire(client, deadline)
        try:
            yield
        finally:
            self.release()

    def acquire_now(self) -> bool:
        """Take a place if one is free and nobody waits; `release` must follow."""
        if self._free and not self._by_client:
            self._free -= 1
            return True
        return False

    async def _acquire(self, client: str, deadline: Deadline) -> None:
        if self.acquire_now():
            return
        mine = self._by_client.get(client, ())
        if len(self) >= self._waiting or len(mine) >= self._waiting_each:
            raise BusyError
        turn = asyncio.get_running_loop().create_future()
        self._by_client.setdefault(client, deque()).append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), deadline.left)
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.release()  # it came at the moment of giving up
            else:
                turn.cancel()
                self._forget(client, turn)
            if isinstance(error, TimeoutError):
                raise BusyError from error
            raise

    def release(self) -> None:
        """Hand a place to the next client, whose turn comes round again after all others."""
        while self._by_client:
            client, turns = self._by_client.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._by_client[client] = turns
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        turns = self._by_client.get(client)
        if turns is None:
            return
        with contextlib.suppress(ValueError):
            turns.remove(turn)
        if not turns:
            del self._by_client[client]
