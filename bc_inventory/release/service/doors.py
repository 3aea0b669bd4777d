"""What every request passes before it is answered: its address, its host, its time."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bc_inventory.release.service.queues import Deadline

__all__ = ["CLIENT", "DEADLINE", "Doors", "accepts_host"]

DEADLINE = "bc_inventory.deadline"
CLIENT = "bc_inventory.client"

_LONGEST_ADDRESS = 8_000
_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-cache"))


class Doors:
    """Refuse what isn't a question to this service, and stop work that nobody waits for.

    Parameters
    ----------
    app : ASGI application
        What answers.
    hosts : sequence of str, optional
        Names that the Host of a request may have besides addresses in numbers and
        `localhost`; None for any.
    seconds : float
        When an answer is due, counted from the request.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] | None, seconds: float) -> None:
        self._app = app
        self._hosts = hosts
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or stop when whoever asked has gone."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        scope[DEADLINE] = Deadline(self._seconds)
        scope[CLIENT] = scope["client"][0] if scope.get("client") else ""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        gone = asyncio.create_task(_gone(receive))
        answer = asyncio.create_task(self._answer(scope, gone, send_with_headers))
        try:
            await asyncio.wait({gone, answer}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                answer.cancel()
                await asyncio.wait({answer})
            if not answer.cancelled():
                answer.result()
        finally:
            gone.cancel()
            answer.cancel()

    async def _answer(self, scope: Scope, gone: asyncio.Task[None], send: Send) -> None:
        begun = False

        async def receive() -> Message:
            nonlocal begun
            if not begun:
                begun = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.shield(gone)
            return {"type": "http.disconnect"}

        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        if len(scope["path"]) + len(scope.get("query_string", b"")) > _LONGEST_ADDRESS:
            return JSONResponse({"error": f"an address over {_LONGEST_ADDRESS} characters"}, 414)
        cached = [value for name, value in scope["headers"] if name == b"host"]
        host = cached[0].decode("latin-1") if len(cached) == 1 else ""
        if self._hosts is not None and not accepts_host(host, self._hosts):
            error = f"this service isn't {host[:100]!r}; `serve --host-name` says what it is called"
            return JSONResponse({"error": error}, 421)
        return None


async def _gone(receive: Receive) -> None:
    """Wait until whoever asked has gone; what is sent after the head of a request isn't read."""
    while (await receive())["type"] != "http.disconnect":
        pass


def accepts_host(host: str, names: Sequence[str]) -> bool:
    """Tell whether the Host of a request is one of this service.

    A page of another site, whose name was made to lead here, has that name in it.

    Parameters
    ----------
    host : str
        As the request has it, with or without a port.
    names : sequence of str
        What the service is called.

    Examples
    --------
    >>> accepts_host("127.0.0.1:8765", []), accepts_host("evil.example", ["bc.example.org"])
    (True, False)
    """
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return False
    name = name.lower().removesuffix(".")
    if name == "localhost" or name in {known.lower() for known in names}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
