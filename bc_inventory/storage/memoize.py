"""Parts of a step that depend on some of its rows only, memoised by their content.

A step of a build names the parts itself: `memoize` makes what a function makes of its
arguments, or finds it under their digest in the folder of results (`bc_inventory.storage.results`)
that the plan is run with. Without a folder each is made when it is asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bc_inventory.storage.results import identify, store_result

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

__all__ = ["by_value", "memoize", "memoize_table", "results_in"]

_PART = {"part": "part.npz"}
_FOLDER: ContextVar[Path | None] = ContextVar("folder of results", default=None)


@contextlib.contextmanager
def results_in(folder: Path | None) -> Iterator[None]:
    """Let `memoize` keep its results in a folder, or (None) make them each time."""
    token = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def memoize(
    function: Callable[..., dict[str, np.ndarray]], *arguments: Any
) -> dict[str, np.ndarray]:
    """Return what a function makes of its arguments, from what is kept if it is there.

    Parameters
    ----------
    function : callable
        At the top level of a module; its result depends on the arguments alone. It
        returns arrays by name, none of Python objects.
    *arguments : pandas.DataFrame, pyarrow.Table, numpy.ndarray or JSON values
        Of a frame or table only the columns that matter, since a change of any is a change.

    Returns
    -------
    dict of str to numpy.ndarray
        The same whether it was computed or read.
    """
    return _memoized(function, function, arguments)


def memoize_table(function: Callable[..., pd.DataFrame], *arguments: Any) -> pd.DataFrame:
    """Return the table that a function makes of its arguments, as `memoize` does.

    Parameters
    ----------
    function, *arguments
        As of `memoize`, but that the function returns a frame.

    Returns
    -------
    pandas.DataFrame
        The same whether it was computed or read: as Arrow holds it, without its index.
    """
    import numpy as np
    import pyarrow as pa

    def packed(*given: Any) -> dict[str, np.ndarray]:
        table = pa.Table.from_pandas(function(*given), preserve_index=False)
        return {"table": np.frombuffer(_stream(table), dtype=np.uint8)}

    stored = _memoized(function, packed, arguments)["table"]
    with pa.ipc.open_stream(pa.py_buffer(stored)) as reader:
        return reader.read_all().to_pandas()


def _memoized(
    function: Callable[..., Any],
    arrays: Callable[..., dict[str, np.ndarray]],
    arguments: tuple[Any, ...],
) -> dict[str, np.ndarray]:
    """Return what `arrays` makes of the arguments, kept under the identity of a function."""
    folder = _FOLDER.get()
    if folder is None:
        return arrays(*arguments)
    import numpy as np

    fresh: dict[str, np.ndarray] = {}

    def make(paths: dict[str, Path]) -> None:
        fresh.update(arrays(*arguments))
        with paths["part"].open("wb") as stream:
            np.savez(stream, allow_pickle=False, **fresh)

    key = identify(function, arguments=[_digest(argument) for argument in arguments])
    result, reused = store_result(folder, key, _PART, make, function.__qualname__)
    if not reused:
        return fresh
    with np.load(result["part"].path, allow_pickle=False) as stored:
        return dict(stored)


def by_value(frame: pd.DataFrame, column: str) -> dict[Any, pa.Table]:
    """Part a frame by the values of a column into tables for `memoize`, rows in their order.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is left out.
    column : str
        No value is missing.

    Returns
    -------
    dict of value to pyarrow.Table
        In the order of the values. All share memory, so that many cost little more than one.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    codes, values = pd.factorize(frame[column], sort=True)
    whole = pa.Table.from_pandas(frame.iloc[np.argsort(codes, kind="stable")], preserve_index=False)
    ends = np.cumsum(np.bincount(codes, minlength=len(values)))
    begins = [0, *ends[:-1].tolist()]
    return {
        value: whole.slice(begin, end - begin)
        for value, begin, end in zip(values, begins, ends.tolist(), strict=True)
    }


def _digest(argument: Any) -> Any:
    """Return a JSON value that stands for an argument's content."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if isinstance(argument, pd.DataFrame):
        argument = pa.Table.from_pandas(argument, preserve_index=False)
    if isinstance(argument, pa.Table):
        content = _stream(argument.replace_schema_metadata().combine_chunks())
        return {"table": hashlib.sha256(content).hexdigest()}
    if isinstance(argument, np.ndarray):
        data = np.ascontiguousarray(argument)
        # The bytes as they lie, since a field of all draws is large.
        return {
            "array": hashlib.sha256(data.reshape(-1).view(np.uint8).data).hexdigest(),
            "shape": list(data.shape),
            "type": str(data.dtype),
        }
    return argument


def _stream(table: pa.Table) -> pa.Buffer:
    """Return a table as Arrow's stream of bytes."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
