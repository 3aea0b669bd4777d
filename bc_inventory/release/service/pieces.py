"""Answers in pieces, so that a long one neither fills memory nor keeps others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pandas as pd
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bc_inventory.release.serialise import as_csv, as_json
from bc_inventory.release.service.queues import BusyError, Deadline, FairQueue

__all__ = ["Pieces"]

_ROWS = 1_000
_ENCODING = 1
_OPEN = 6
_WAITING = 64
_WAITING_EACH = 48
# For all of a long answer, reading by a slow client included.
_SEND_SECONDS = 120.0


class Pieces:
    """Writes rows as JSON or CSV, one piece of one answer at a time.

    Pieces of different clients take turns. So many long answers are open at once, since
    each holds its rows until the last piece is sent.
    """

    def __init__(self) -> None:
        self._encoding = FairQueue(_ENCODING, 1_000, 1_000)
        self._open = FairQueue(_OPEN, _WAITING, _WAITING_EACH)

    async def written(
        self, rows: pd.DataFrame, total: int, form: str, client: str, deadline: Deadline
    ) -> Response:
        """Return rows as a response; a short one is whole.

        Parameters
        ----------
        rows : pandas.DataFrame
            What is shown.
        total : int
            How many rows there are in all.
        form : {"json", "csv"}
            How they are written.
        client : str
            Whose turn it is.
        deadline : Deadline
            Until when the first piece is due.

        Raises
        ------
        BusyError
            If there is no place in time.
        DataError
            If the rows can't be written.
        """
        kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
        headers = {"X-Total-Rows": str(total)}
        if len(rows) <= _ROWS:
            async with self._encoding.place(client, deadline):
                body = await asyncio.to_thread(_piece, rows, 0, total, form)
            return Response(body, media_type=kind, headers=headers)
        opened = self._open.place(client, deadline)
        await opened.__aenter__()
        try:
            async with self._encoding.place(client, deadline):
                first = await asyncio.to_thread(_piece, rows, 0, total, form)
        except BaseException:
            await opened.__aexit__(None, None, None)
            raise

        async def pieces() -> AsyncGenerator[bytes, None]:
            until = Deadline(_SEND_SECONDS)
            try:
                yield first
                for begin in range(_ROWS, len(rows), _ROWS):
                    if not until.left:
                        raise BusyError
                    async with self._encoding.place(client, until):
                        piece = await asyncio.to_thread(_piece, rows, begin, total, form)
                    yield piece
            finally:
                await opened.__aexit__(None, None, None)

        return _Closing(pieces(), media_type=kind, headers=headers)


class _Closing(StreamingResponse):
    """An answer that gives back its place also when nobody reads it to its end."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], **more: Any) -> None:
        super().__init__(pieces, **more)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._pieces.aclose()


def _piece(rows: pd.DataFrame, begin: int, total: int, form: str) -> bytes:
    """Return the piece of an answer that begins at a row."""
    part = rows.iloc[begin : begin + _ROWS]
    if form == "csv":
        return as_csv(part, header=begin == 0).encode()
    start = f'{{"total":{total},"rows":[' if begin == 0 else ","
    end = "]}" if begin + _ROWS >= len(rows) else ""
    return f"{start}{as_json(part)[1:-1]}{end}".encode()
