"""The addresses of the service, and what each answers."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pandas as pd
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException

from bc_inventory import __version__
from bc_inventory.errors import BCInventoryError, ReleaseError
from bc_inventory.release.read.release import Release, open_stored
from bc_inventory.release.read.sql import as_frame
from bc_inventory.release.service.doors import CLIENT, DEADLINE, Doors
from bc_inventory.release.service.pieces import Pieces
from bc_inventory.release.service.queues import BusyError, Deadline, FairQueue
from bc_inventory.release.service.sql_lanes import SqlLanes
from bc_inventory.release.store.names import LATEST
from bc_inventory.release.store.stores import open_store
from bc_inventory.schema.enumerations import FactorSet

__all__ = ["make_app"]

T = TypeVar("T")

MOST_ROWS = 100_000
_SECONDS = 15.0
_SQL_SECONDS = 10.0
_READING = 4
_WAITING = 256
_WAITING_EACH = 128
_MOST_OPEN = 4
_CACHED_RESPONSES = 256
_CACHED_BYTES = 200_000
_RETRY_SECONDS = "2"

Text = Annotated[list[str] | None, Query(max_length=50)]
Years = Annotated[list[int] | None, Query(max_length=50)]
Rows = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Offset = Annotated[int, Query(ge=0, le=2**31)]
Form = Literal["json", "csv"]


@dataclass(frozen=True)
class Selection:
    """What of a release is asked for."""

    version: str
    region: Text = None
    sector: Text = None
    year: Years = None
    factor_set: FactorSet = FactorSet.HARMONISED

    @property
    def names(self) -> dict[str, Any]:
        """Arguments of `Release.emissions` and `Release.totals`."""
        return {
            "region": self.region,
            "sector": self.sector,
            "year": self.year,
            "factor_set": self.factor_set,
        }

    @property
    def key(self) -> tuple[str, ...]:
        """What an answer is stored under."""
        return tuple(str(value) for value in self.names.values())


Chosen = Annotated[Selection, Depends()]


@dataclass(frozen=True)
class Client:
    """Who asks, and when the answer is due."""

    client: str
    deadline: Deadline


def client(request: Request) -> Client:
    """Return who asks, as the doors have noted it."""
    return Client(request.scope[CLIENT], request.scope[DEADLINE])


By = Annotated[Client, Depends(client)]


class _Desk:
    """Open releases, answers that were given, and the places to work in."""

    def __init__(self, root: Path | str, inventory: str) -> None:
        self.store = open_store(root)
        self.inventory = inventory
        self.sql = SqlLanes(_SQL_SECONDS)
        self.pieces = Pieces()
        self._reading = FairQueue(_READING, _WAITING, _WAITING_EACH)
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._responses: OrderedDict[tuple[Any, ...], Response] = OrderedDict()
        self._lock = threading.Lock()

    async def read(self, by: Client, make: Callable[[], T]) -> T:
        """Return what a function reads, when there is a place for this client."""
        async with self._reading.place(by.client, by.deadline):
            return await asyncio.to_thread(make)

    async def get(self, version: str, by: Client) -> Release:
        """Return an open release."""
        return await self.read(by, lambda: self._get(version))

    def _get(self, version: str) -> Release:
        with self._lock:
            name = self.store.latest(self.inventory) if version == LATEST else version
            if name not in self._open:
                self._open[name] = open_stored(self.store, self.inventory, name)
            self._open.move_to_end(name)
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return self._open[name]

    def cached(self, key: tuple[Any, ...]) -> Response | None:
        """Return what was answered before; a version never changes, so it still holds."""
        if key in self._responses:
            self._responses.move_to_end(key)
            old = self._responses[key]
            return Response(old.body, headers=dict(old.headers))
        return None

    def note(self, key: tuple[Any, ...], answer: Response) -> None:
        """Note a short answer, the least used let go first."""
        if len(getattr(answer, "body", b"")) <= _CACHED_BYTES and hasattr(answer, "body"):
            self._responses[key] = answer
            while len(self._responses) > _CACHED_RESPONSES:
                self._responses.popitem(last=False)

    def without_folders(self, text: str) -> str:
        """Return a text without the folders of this machine."""
        home, code = Path.home(), Path(__file__).resolve().parents[3]
        for folder in (self.store.root, code, tempfile.gettempdir(), home):
            text = text.replace(f"{folder}/", "").replace(str(folder), "the store")
        return text


def make_app(root: Path | str, inventory: str, *, hosts: Sequence[str] | None = None) -> FastAPI:
    """Return the service over the releases of an inventory.

    Parameters
    ----------
    root : path-like
        Folder or address of releases.
    inventory : str
        Name of the inventory.
    hosts : sequence of str, optional
        Names by which it may be asked, besides `localhost` and addresses in numbers; by
        default any.

    Returns
    -------
    fastapi.FastAPI
        Read only. What can't be answered is a JSON object with `error`: 404
        for a release or table that isn't there, 422 for a question that isn't
        one, 421 for another host, 503 with Retry-After when it is busy.
    """
    desk = _Desk(root, inventory)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.sql.close()

    app = FastAPI(
        title=f"bc_inventory: {inventory}",
        version=__version__,
        description="Published black carbon inventories, read only. Versions never change.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _errors(app, desk)
    _routes(app, desk)
    _tables(app, desk)
    app.add_middleware(Doors, hosts=hosts, seconds=_SECONDS)
    return app


def _errors(app: FastAPI, desk: _Desk) -> None:
    """Turn errors into JSON that names no folder of this machine."""

    @app.exception_handler(BCInventoryError)
    async def refuse(request: Request, error: BCInventoryError) -> JSONResponse:
        status = 404 if isinstance(error, ReleaseError) else 422
        return JSONResponse({"error": desk.without_folders(str(error))}, status)

    @app.exception_handler(HTTPException)
    async def answer(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)

    @app.exception_handler(BusyError)
    async def busy(request: Request, error: BusyError) -> JSONResponse:
        text = {"error": "busy; ask again later, or for less"}
        return JSONResponse(text, 503, {"Retry-After": _RETRY_SECONDS})


_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such release or table"},
    414: {"description": "Address too long"},
    421: {"description": "Another host"},
    422: {"description": "Not a question this release can answer"},
    503: {"description": "Busy; Retry-After says when to ask again"},
}


def _routes(app: FastAPI, desk: _Desk) -> None:
    @app.get("/health", responses=_ERRORS)
    async def health() -> dict[str, str]:
        """Say that the service runs; this waits behind no question."""
        return {"status": "ok", "inventory": desk.inventory}

    @app.get("/releases", responses=_ERRORS)
    async def releases(by: By) -> dict[str, Any]:
        """List the versions of the inventory."""

        def look() -> dict[str, Any]:
            versions = desk.store.versions(desk.inventory)
            return {"latest": desk.store.latest(desk.inventory), "versions": versions}

        return await desk.read(by, look)

    @app.get("/releases/{version}/manifest", responses=_ERRORS)
    async def manifest(version: str, by: By) -> dict[str, Any]:
        """Return the manifest of a release: inputs, sources, files with checksums."""
        return (await desk.get(version, by)).manifest

    @app.get("/releases/{version}/hotspots", responses=_ERRORS)
    async def hotspots(version: str, by: By) -> FileResponse:
        """Return the hotspots as GeoJSON."""
        release = await desk.get(version, by)
        path = await desk.read(by, lambda: release.file("hotspots.geojson"))
        return FileResponse(path, media_type="application/geo+json")


def _tables(app: FastAPI, desk: _Desk) -> None:
    async def answer(
        by: Client, key: tuple[Any, ...], query: Callable[[], pd.DataFrame], limit: int, offset: int
    ) -> Response:
        key = (*key, limit, offset)
        known = desk.cached(key)
        if known is not None:
            return known

        def page() -> tuple[pd.DataFrame, int]:
            rows = query()
            return rows.iloc[offset : offset + limit].copy(), len(rows)

        shown, total = await desk.read(by, page)
        written = await desk.pieces.written(shown, total, key[0], by.client, by.deadline)
        desk.note(key, written)
        return written

    @app.get("/releases/{version}/emissions", responses=_ERRORS)
    async def emissions(
        chosen: Chosen, by: By, form: Form = "json", limit: Rows = 10_000, offset: Offset = 0
    ) -> Response:
        """Return rows of the emission table, by names or codes in English or Chinese."""
        release = await desk.get(chosen.version, by)
        key = (form, "emissions", release.version, *chosen.key)
        return await answer(by, key, lambda: release.emissions(**chosen.names), limit, offset)

    @app.get("/releases/{version}/totals", responses=_ERRORS)
    async def totals(chosen: Chosen, by: By, form: Form = "json") -> Response:
        """Return published totals with their intervals."""
        release = await desk.get(chosen.version, by)
        key = (form, "totals", release.version, *chosen.key)
        return await answer(by, key, lambda: release.totals(**chosen.names), MOST_ROWS, 0)

    @app.get("/releases/{version}/tables/{name}", responses=_ERRORS)
    async def table(
        version: str,
        name: str,
        by: By,
        form: Form = "json",
        limit: Rows = 10_000,
        offset: Offset = 0,
    ) -> Response:
        """Return any table of the release."""
        release = await desk.get(version, by)
        key = (form, "table", release.version, name)
        return await answer(by, key, lambda: release.table(name), limit, offset)

    @app.get("/releases/{version}/sql", responses=_ERRORS)
    async def sql(
        version: str,
        query: Annotated[str, Query(max_length=6000)],
        by: By,
        form: Form = "json",
        limit: Rows = 10_000,
    ) -> Response:
        """Answer one SELECT over views of all tables; nothing else can be read, or written."""
        release = await desk.get(version, by)
        table = await desk.sql.run_query(
            release, query, limit=limit, client=by.client, deadline=by.deadline
        )
        rows = await desk.read(by, lambda: as_frame(table))
        return await desk.pieces.written(rows, len(rows), form, by.client, by.deadline)
