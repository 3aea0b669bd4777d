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
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["main"]

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "2",
    "enable_external_access": "false",  # last, as it locks others
}
_LONGEST = 20_000
_BATCH = 10_000


class _Refused(Exception):
    """A query that isn't run, or an answer that isn't given."""


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
            head: dict[str, Any] = {"bytes": len(body)}
        except MemoryError:
            text = f"it needs more than {setup['memory_mb']} MB of memory"
            body, head = b"", {"error": text, "limit": True}
        except Exception as error:  # whatever DuckDB says about a query is its answer
            body, head = b"", {"error": _say(error), "limit": _is_limit(error)}
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

    root = Path(setup["root"])
    paths = {name: [str(root / file) for file in files] for name, files in setup["tables"].items()}
    connection = duckdb.connect(config={"memory_limit": f"{setup['memory_mb'] // 2}MB"})
    for name, files in paths.items():
        # The names come from a verified manifest; a quote is doubled all the same.
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        connection.execute(
            f'create view "{name}" as select * from read_parquet([{listed}], '
            "hive_partitioning = true, hive_types_autocast = false)"
        )
    every = [file for files in paths.values() for file in files]
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
                raise _Refused(f"it gives more than {limit} rows; add a LIMIT or aggregate")
            if sink.tell() + batch.nbytes > megabytes << 20:
                raise _Refused(f"its answer is larger than {megabytes} MB")
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _is_limit(error: Exception) -> bool:
    """Tell whether a query met a limit of memory, after which the engine may hold some."""
    words = ("bad_alloc", "out of memory", "outofmemory", "memory_limit")
    text = f"{type(error).__name__} {error}".casefold()
    return any(word in text for word in words)


def _say(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    if "bad_alloc" in text:
        return "it needs more memory than it may have"
    return text[:2000]
