"""The process that answers SQL, kept apart so that no query can harm the asker.

It reads requests from its standard input, a line of JSON each, and answers on
its standard output: a line of JSON, then that many bytes of Arrow. DuckDB runs
in memory with files, network, extensions and settings locked; tables are
handed to it, so it needs none. What gets past that meets the limits of the
process: the system refuses memory, and the asker kills it when time is up.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["main"]

_SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "2",
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
            body, head = b"", {"error": f"it needs more than {setup['memory_mb']} MB of memory"}
        except Exception as error:  # whatever DuckDB says about a query is its answer
            body, head = b"", {"error": _say(error)}
        answers.write(json.dumps(head).encode() + b"\n" + body)
        answers.flush()


def _limit_memory(megabytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        size = megabytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _connect(setup: dict[str, Any]) -> Any:
    import duckdb
    import pyarrow as pa
    import pyarrow.dataset as ds

    half = f"{setup['memory_mb'] // 2}MB"
    connection = duckdb.connect(config={**_SETTINGS, "memory_limit": half})
    root = Path(setup["root"])
    for name, files in setup["tables"].items():
        keys = [part.partition("=")[0] for part in files[0].split("/")[1:-1] if "=" in part]
        hive = ds.partitioning(pa.schema([(key, pa.string()) for key in keys]), flavor="hive")
        data = ds.dataset(
            [str(root / file) for file in files],
            format="parquet",
            partitioning=hive,
            partition_base_dir=str(root / name),
        )
        connection.register(name, data)
    connection.execute("set lock_configuration = true")
    return connection


def _answer(connection: Any, query: str, limit: int, megabytes: int) -> bytes:
    """Return the answer of one SELECT as an Arrow stream."""
    import duckdb
    import pyarrow as pa

    if len(query) > _LONGEST:
        raise _Refused(f"it is longer than {_LONGEST} characters")
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


def _say(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    if "bad_alloc" in text:
        return "it needs more memory than it may have"
    return text[:2000]


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
