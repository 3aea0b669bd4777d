"""A small read-only HTTP service over published releases.

For people who have no Python. It answers from releases alone, holds no state of its own,
and bounds rows, time and the number of questions at once. Imported only by the command
`serve`, since FastAPI is an optional library.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from bc_inventory import __version__
from bc_inventory.errors import BCInventoryError, ReleaseError
from bc_inventory.release.answers import as_csv, as_json
from bc_inventory.release.read.release import Release, open_stored
from bc_inventory.release.store.names import LATEST
from bc_inventory.release.store.stores import open_store
from bc_inventory.schema.enumerations import FactorSet

__all__ = ["make_app"]

MOST_ROWS = 100_000
_AT_ONCE = 4
_WAIT_SECONDS = 15.0
_KEPT_OPEN = 4
_KEPT_ANSWERS = 256
_KEPT_BYTES = 200_000
_SQL_SECONDS = 10.0
_LONGEST_URL = 8_000

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


class _Shelf:
    """Releases that are open and answers given, the least used let go first."""

    def __init__(self, root: Path | str, inventory: str) -> None:
        self.store = open_store(root)
        self.inventory = inventory
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._given: OrderedDict[tuple[Any, ...], tuple[bytes, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Release:
        with self._lock:
            name = self.store.latest(self.inventory) if version == LATEST else version
            if name not in self._open:
                self._open[name] = open_stored(self.store, self.inventory, name)
            self._open.move_to_end(name)
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
            return self._open[name]

    def recall(
        self, key: tuple[Any, ...], make: Callable[[], tuple[bytes, int]]
    ) -> tuple[bytes, int]:
        """Return what was answered before; a version never changes, so it still holds."""
        with self._lock:
            if key in self._given:
                self._given.move_to_end(key)
                return self._given[key]
        result = make()
        if len(result[0]) <= _KEPT_BYTES:
            with self._lock:
                self._given[key] = result
                while len(self._given) > _KEPT_ANSWERS:
                    self._given.popitem(last=False)
        return result


def make_app(root: Path | str, inventory: str) -> FastAPI:
    """Return the service over the releases of an inventory.

    Parameters
    ----------
    root : path-like
        Folder or address of releases.
    inventory : str
        Name of the inventory.

    Returns
    -------
    fastapi.FastAPI
        Read only. What can't be answered is a JSON object with `error`: 404
        for a release or table that isn't there, 422 for a question that isn't
        one, 503 with Retry-After when it is busy.
    """
    shelf = _Shelf(root, inventory)
    app = FastAPI(
        title=f"bc_inventory: {inventory}",
        version=__version__,
        description="Published black carbon inventories, read only. Versions never change.",
        docs_url=None,
        redoc_url=None,
    )
    _guard(app)
    _routes(app, shelf)
    _tables(app, shelf)
    return app


def _guard(app: FastAPI) -> None:
    """Turn errors into JSON, bound the questions at once, and set headers."""
    places = asyncio.Semaphore(_AT_ONCE)

    @app.exception_handler(BCInventoryError)
    async def refuse(request: Request, error: BCInventoryError) -> JSONResponse:
        status = 404 if isinstance(error, ReleaseError) else 422
        return JSONResponse({"error": str(error)}, status)

    @app.exception_handler(HTTPException)
    async def answer(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)

    @app.middleware("http")
    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        if len(str(request.url)) > _LONGEST_URL:
            return JSONResponse({"error": f"an address over {_LONGEST_URL} characters"}, 414)
        if request.url.path == "/health":
            return await call_next(request)  # an alarm must not wait behind questions
        try:
            await asyncio.wait_for(places.acquire(), _WAIT_SECONDS)
        except TimeoutError:
            busy = {"error": "busy; ask again in a second"}
            return JSONResponse(busy, 503, {"Retry-After": "1"})
        try:
            response = await call_next(request)
        finally:
            places.release()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response


_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such release or table"},
    414: {"description": "Address too long"},
    422: {"description": "Not a question this release can answer"},
    503: {"description": "Busy; Retry-After says when to ask again"},
}


def _routes(app: FastAPI, shelf: _Shelf) -> None:
    @app.get("/health", responses=_ERRORS)
    def health() -> dict[str, str]:
        """Say that the service runs."""
        return {"status": "ok", "inventory": shelf.inventory}

    @app.get("/releases", responses=_ERRORS)
    def releases() -> dict[str, Any]:
        """List the versions of the inventory."""
        versions = shelf.store.versions(shelf.inventory)
        return {"latest": shelf.store.latest(shelf.inventory), "versions": versions}

    @app.get("/releases/{version}/manifest", responses=_ERRORS)
    def manifest(version: str) -> dict[str, Any]:
        """Return the manifest of a release: inputs, sources, files with checksums."""
        return shelf.get(version).manifest

    @app.get("/releases/{version}/hotspots", responses=_ERRORS)
    def hotspots(version: str) -> FileResponse:
        """Return the hotspots as GeoJSON."""
        path = shelf.get(version).file("hotspots.geojson")
        return FileResponse(path, media_type="application/geo+json")


def _tables(app: FastAPI, shelf: _Shelf) -> None:
    def answer(
        asked: tuple[Any, ...], ask: Callable[[], pd.DataFrame], form: str, limit: int, offset: int
    ) -> Response:
        key = (*asked, form, limit, offset)
        body, total = shelf.recall(key, lambda: _written(ask(), form, limit, offset))
        kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
        return Response(body, media_type=kind, headers={"X-Total-Rows": str(total)})

    @app.get("/releases/{version}/emissions", responses=_ERRORS)
    def emissions(
        chosen: Chosen, form: Form = "json", limit: Rows = 10_000, offset: Offset = 0
    ) -> Response:
        """Return rows of the emission table, by names or codes in English or Chinese."""
        release = shelf.get(chosen.version)
        key = ("emissions", release.version, *chosen.key)
        return answer(key, lambda: release.emissions(**chosen.names), form, limit, offset)

    @app.get("/releases/{version}/totals", responses=_ERRORS)
    def totals(chosen: Chosen, form: Form = "json") -> Response:
        """Return published totals with their intervals."""
        release = shelf.get(chosen.version)
        key = ("totals", release.version, *chosen.key)
        return answer(key, lambda: release.totals(**chosen.names), form, MOST_ROWS, 0)

    @app.get("/releases/{version}/tables/{name}", responses=_ERRORS)
    def table(
        version: str, name: str, form: Form = "json", limit: Rows = 10_000, offset: Offset = 0
    ) -> Response:
        """Return any table of the release."""
        release = shelf.get(version)
        asked = ("table", release.version, name)
        return answer(asked, lambda: release.table(name), form, limit, offset)

    @app.get("/releases/{version}/sql", responses=_ERRORS)
    def sql(
        version: str,
        query: Annotated[str, Query(max_length=6000)],
        form: Form = "json",
        limit: Rows = 10_000,
    ) -> Response:
        """Answer one SELECT over views of all tables; nothing else can be read, or written."""
        release = shelf.get(version)
        asked = ("sql", release.version, query)
        return answer(
            asked, lambda: release.sql(query, limit=limit, seconds=_SQL_SECONDS), form, limit, 0
        )


def _written(rows: pd.DataFrame, form: str, limit: int, offset: int) -> tuple[bytes, int]:
    """Return rows as JSON or CSV, and how many there are in all."""
    shown = rows.iloc[offset : offset + limit]
    if form == "csv":
        return as_csv(shown).encode(), len(rows)
    return f'{{"total":{len(rows)},"rows":{as_json(shown)}}}'.encode(), len(rows)
