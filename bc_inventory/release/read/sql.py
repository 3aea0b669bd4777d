"""Ask SQL of a release, through a process that is ended when it goes beyond its limits."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bc_inventory.errors import BCInventoryError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["QueryError", "Sql", "as_frame", "sql_over"]

_MEMORY_MB = 2048
_ANSWER_MB = 512
_LOW_PRIORITY = 15


# What Python and the system need to start a process; nothing that loads code.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ", "HOME", "LD_LIBRARY_PATH")
# Isolated (-I), so that neither the current folder nor the environment adds modules; the
# folders this process imports from are handed over instead.
_WORKER = """
import json, os, sys
sys.path[:] = json.loads(os.environ["BC_INVENTORY_IMPORT_FOLDERS"])
from bc_inventory.release.read.sql_worker import main
main(sys.stdin.buffer, sys.stdout.buffer)
"""


class QueryError(BCInventoryError):
    """A query isn't a single SELECT, fails, or goes beyond a limit."""


class Sql:
    """A process that answers SQL over the tables of one release.

    Started by the first question, started again if it had to be ended.

    Parameters
    ----------
    root : Path
        Folder of the release.
    tables : mapping of str to sequence of str
        Files of each table, relative to `root`.
    memory_mb, answer_mb : int
        Most memory of the process, and most bytes of an answer.
    """

    def __init__(
        self,
        root: Path,
        tables: Mapping[str, Sequence[str]],
        *,
        memory_mb: int = _MEMORY_MB,
        answer_mb: int = _ANSWER_MB,
    ) -> None:
        self._setup: dict[str, Any] = {
            "root": str(root),
            "tables": {name: list(files) for name, files in tables.items()},
            "memory_mb": memory_mb,
            "bytes_mb": answer_mb,
        }
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stepped_back = False

    def run_query(self, query: str, *, limit: int, seconds: float) -> pa.Table:
        """Return the answer of one SELECT.

        Parameters
        ----------
        query : str
            One SELECT.
        limit : int
            Most rows.
        seconds : float
            Longest time, start of the process not counted.

        Raises
        ------
        QueryError
            If there is no answer; the message says why.
        """
        import pyarrow as pa

        with self._lock:
            try:
                process = self._started()
            except (OSError, ValueError) as error:
                self._stop()
                raise QueryError("the database engine can't be started") from error
            expired = threading.Event()

            def end() -> None:
                expired.set()
                process.kill()

            timer = threading.Timer(seconds, end)
            timer.start()
            try:
                head, body = _exchange(process, {"query": query, "limit": limit})
            except (OSError, ValueError) as error:
                self._stop()
                reason = (
                    f"it took longer than {seconds:g} s"
                    if expired.is_set()
                    else "it needed more memory than it may have, or broke the database engine"
                )
                raise QueryError(f"the query was stopped: {reason}") from error
            finally:
                timer.cancel()
            if head.get("limit"):
                # Memory that a query filled may stay with the engine; the next one starts afresh.
                self._stop()
        if "error" in head:
            raise QueryError(f"the query was refused or failed: {head['error']}")
        return pa.ipc.open_stream(body).read_all()

    @property
    def is_fresh(self) -> bool:
        """Whether its process runs with the priority it began with, and met no limit."""
        process = self._process
        return process is not None and process.poll() is None and not self._stepped_back

    def kill(self) -> None:
        """End a query that runs, from another thread; whoever waits for it gets QueryError."""
        process = self._process
        if process is not None:
            process.kill()

    def step_back(self) -> None:
        """Let other processes go first from now on, where the system knows how."""
        process = self._process
        self._stepped_back = True
        if process is not None and hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, _LOW_PRIORITY)

    def start(self) -> None:
        """Start its process, which the first question does otherwise.

        Raises
        ------
        QueryError
            If it can't be started.
        """
        with self._lock:
            try:
                self._started()
            except (OSError, ValueError) as error:
                self._stop()
                raise QueryError("the database engine can't be started") from error

    def close(self) -> None:
        """End its process."""
        self.kill()
        with self._lock:
            self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            process = subprocess.Popen(  # noqa: S603 -- nothing in it comes from outside
                [sys.executable, "-I", "-c", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=self._setup["root"],
            )
            weakref.finalize(self, _end, process)
            self._process = process
            self._stepped_back = False
            _send(process, self._setup)
            _exchange(process, {"query": "select 1", "limit": 1})
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None


def _environment() -> dict[str, str]:
    """Return the environment of the process."""
    by_name = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return {**by_name, "BC_INVENTORY_IMPORT_FOLDERS": json.dumps(_import_folders())}


def _import_folders() -> list[str]:
    """Return the folders of installed modules and of this package, none of them the current one."""
    # An empty entry is the current folder, wherever that is.
    absolute = [entry for entry in sys.path if entry and Path(entry).is_absolute()]
    folders = [entry for entry in absolute if Path(entry).resolve() != Path.cwd()]
    # Last, so that a checkout whose folder holds a module of that name doesn't hide a library.
    return list(dict.fromkeys([*folders, str(Path(__file__).resolve().parents[3])]))


def sql_over(
    root: Path,
    tables: Mapping[str, Sequence[str]],
    prepare: Callable[[str], object],
    **limits: int,
) -> Sql:
    """Return a process that answers SQL over all tables of a release.

    Parameters
    ----------
    root, tables
        As of `Sql`.
    prepare : callable
        Called with each file first, to fetch or verify it.
    **limits : int
        `memory_mb` and `answer_mb` of `Sql`.
    """
    for paths in tables.values():
        for path in paths:
            prepare(path)
    return Sql(root, tables, **limits)


def as_frame(answer: pa.Table) -> pd.DataFrame:
    """Return an answer as a frame.

    Raises
    ------
    QueryError
        If a column has a type that a frame can't hold, such as a union.
    """
    import pyarrow as pa

    try:
        return answer.to_pandas()
    except (pa.ArrowException, NotImplementedError) as error:
        raise QueryError(f"the answer can't be given as a table: {error}. Cast it.") from error


def _send(process: subprocess.Popen[bytes], message: Mapping[str, Any]) -> None:
    if process.stdin is None:
        raise OSError("the process takes no requests")
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def _exchange(
    process: subprocess.Popen[bytes], request: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Send one request and read its answer; ValueError if the process ended instead."""
    _send(process, request)
    if process.stdout is None:
        raise OSError("the process gives no answers")
    head = json.loads(process.stdout.readline())
    size = int(head.get("bytes", 0))
    body = process.stdout.read(size)
    if len(body) != size:
        raise ValueError("the answer is cut off")
    return head, body


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
