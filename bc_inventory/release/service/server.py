"""The server before the service: it waits for nobody who neither asks nor reads."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["PatientProtocol", "serve_app"]

_REQUEST_SECONDS = 10.0
_READ_SECONDS = 30.0
# Longer than clients keep idle connections, lest both close and use one at a time.
_IDLE_SECONDS = 75
_CONNECTIONS = 2_000
_OPEN_FILES = 8_192
# The number by which glibc knows the most arenas (M_ARENA_MAX).
_ARENAS = -8


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that ends a connection whose request or whose reading doesn't get on."""

    _request_timer: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give a new connection so many seconds for its first request."""
        super().connection_made(transport)
        self._request_timer = self.loop.call_later(_REQUEST_SECONDS, self._end_half_sent)

    def data_received(self, data: bytes) -> None:
        """Give a later request on the same connection the same time from its first byte."""
        if self._request_timer is None:
            self._request_timer = self.loop.call_later(_REQUEST_SECONDS, self._end_half_sent)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Stop the clock of a request that was answered."""
        self._stop_request_timer()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Give whoever doesn't read so many seconds."""
        super().pause_writing()
        self._stop_reading_clock()
        self._reading = self.loop.call_later(_READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the clock of a reader who goes on."""
        self._stop_reading_clock()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_request_timer()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def _stop_request_timer(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def _stop_reading_clock(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _end_half_sent(self) -> None:
        self._request_timer = None
        answering = self.cycle is not None and not self.cycle.response_complete
        idle = self.timeout_keep_alive_task is not None  # it has been answered, and has its clock
        if not answering and not idle and not self.transport.is_closing():
            self.transport.abort()


def serve_app(app: Any, host: str, port: int) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    app : ASGI application
        What answers.
    host : str
        Address to listen on.
    port : int
        Port.
    """
    _allow_open_files()
    _give_memory_back()
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        ws="none",
        log_level="error",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


def _allow_open_files() -> None:
    """Let this process have as many connections as it takes, where the system allows it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _give_memory_back() -> None:
    """Let memory that answers have used go back to the system, where that can be asked for.

    By default each thread gets an arena of its own, and what is freed in one stays there.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_ARENAS, 2)
