"""The process that answers SQL, kept apart so that no query can harm the asker.

It reads requests from its standard input, a line of JSON each, and answers on
its standard output: a line of JSON, then that many bytes of Arrow. DuckDB runs
in memory, with extensions, settings, the network and all files locked but those
of the tables, and only a SELECT is run. What gets past that meets the limits of the
process: the system refuses memory, and the asker kills it when time is up.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["main"]

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "home_directory": "",
    "secret_directory": "",
    "extension_directory": "",
    "threads": "2",
    "enable_external_access": "false",  # last, as it locks others
}
_LONGEST = 20_000
_BATCH = 10_000
# Share of the memory it may have after which a process is replaced.
_FILLED = 0.5
# Functions that tell settings, among them folders of this machine, or that run text as SQL,
# in which these could hide.
_FORBIDDEN = re.compile(
    r"\b(current_setting|duckdb_settings|duckdb_secrets|duckdb_extensions|duckdb_logs\w*"
    r"|duckdb_temporary_files|getenv|query|query_table|json_execute_serialized_sql)\b",
    re.IGNORECASE,
)


class _Refused(Exception):
    """A query that isn't run."""


class _TooLargeError(Exception):
    """An answer that isn't given; the engine may still hold what it had computed of it."""


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the input ends.

    Parameters
    ----------
    requests, answers : binary file
        The first request holds `tables` (name to files), `root`, `memory_mb`
        and `bytes_mb`; each further one `query` and `limit`.
    """
    setup = json.loads(requests.readline())
    _limit_memory(setup["memory_mb"])
    connection = _connect(setup)
    for line in requests:
        request = json.loads(line)
        try:
            body = _answer(connection, request["query"], request["limit"], setup["bytes_mb"])
            head: dict[str, Any] = {"bytes": len(body), "limit": _is_filled(setup["memory_mb"])}
        except MemoryError:
            text = f"it needs more than {setup['memory_mb']} MB of memory"
            body, head = b"", {"error": text, "limit": True}
        except Exception as error:  # whatever DuckDB says about a query is its answer
            limit = _is_limit(error) or _is_filled(setup["memory_mb"])
            body, head = b"", {"error": _say(error, setup["root"]), "limit": limit}
        answers.write(json.dumps(head).encode() + b"\n" + body)
        answers.flush()


def _limit_memory(megabytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        size = megabytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _connect(setup: dict[str, Any]) -> Any:
    """Return a database that can read the tables' files and nothing else."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": f"{setup['memory_mb'] // 2}MB"})
    # The process runs in the folder of the release, so that its views name no other folder.
    for name, files in setup["tables"].items():
        # The names come from a verified manifest; a quote is doubled all the same.
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        connection.execute(
            f'create view "{name}" as select * from read_parquet([{listed}], '
            "hive_partitioning = true, hive_types_autocast = false)"
        )
    every = [file for files in setup["tables"].values() for file in files]
    connection.execute("set allowed_paths = $1", [every])
    for setting, value in _SETTINGS.items():
        connection.execute(f"set {setting} = '{value}'")
    connection.execute("set lock_configuration = true")
    return connection


def _answer(connection: Any, query: str, limit: int, megabytes: int) -> bytes:
    """Return the answer of one SELECT as an Arrow stream."""
    import duckdb
    import pyarrow as pa

    if len(query) > _LONGEST:
        raise _Refused(f"it is longer than {_LONGEST} characters")
    if "\0" in query:
        raise _Refused("it holds a NUL character")
    forbidden = _FORBIDDEN.search(query)
    if forbidden:
        raise _Refused(f"it has the word {forbidden[0]}, which tells of this machine or runs text")
    statements = duckdb.extract_statements(query)
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        raise _Refused(f"it is {' and '.join(kinds) or 'empty'}; expected one SELECT")
    reader = connection.sql(query).to_arrow_reader(_BATCH)
    sink = pa.BufferOutputStream()
    rows = 0
    with pa.ipc.new_stream(sink, reader.schema) as writer:
        for batch in reader:
            rows += batch.num_rows
            if rows > limit:
                raise _TooLargeError(f"it gives more than {limit} rows; add a LIMIT or aggregate")
            if sink.tell() + batch.nbytes > megabytes << 20:
                raise _TooLargeError(f"its answer is larger than {megabytes} MB")
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _is_filled(megabytes: int) -> bool:
    """Tell whether this process has come to use a good part of the memory it may have.

    The system's account of resources is no help: a process takes over the peak of the one
    that started it.
    """
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
        return peak is not None and int(peak[1]) > megabytes * 1024 * _FILLED
    return False


def _is_limit(error: Exception) -> bool:
    """Tell whether a query met a limit, after which the engine may hold memory."""
    if isinstance(error, _TooLargeError):
        return True
    words = ("bad_alloc", "out of memory", "outofmemory", "memory_limit")
    text = f"{type(error).__name__} {error}".casefold()
    return any(word in text for word in words)


def _say(error: Exception, root: str) -> str:
    """Return what an error says, without the folders of this machine."""
    text = str(error).strip() or type(error).__name__
    for folder in (root, str(Path.home())):
        text = text.replace(f"{folder}/", "").replace(folder, "")
    if "bad_alloc" in text:
        return "it needs more memory than it may have"
    return text[:2000]
