"""Results kept under the digest of all they were made from.

A folder of results is shared between runs and processes. What is found there is what
would be made again, byte for byte; so to delete the folder, or a part of it, costs time
and changes nothing. Steps of a plan are kept (`bc_inventory.plan`), and inside a step the
parts of it that depend on some of its rows only (`recall`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bc_inventory import durable
from bc_inventory.errors import ReleaseError
from bc_inventory.fingerprint import Content, canonical_json, code_of, content_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "RECORD",
    "Made",
    "by_value",
    "identify",
    "keep",
    "keeping",
    "recall",
    "recall_table",
]

# In the folder of a result; its time says when the result was last used.
RECORD = "record.json"
_FILES = "files"
_PART = {"part": "part.npz"}
_FOLDER: ContextVar[Path | None] = ContextVar("folder of kept results", default=None)


@dataclass(frozen=True)
class Made:
    """A file or folder that was made.

    Parameters
    ----------
    path : Path
        Where it lies; not to be altered.
    content : Content
        Digest and size.
    """

    path: Path
    content: Content


def identify(function: Callable[..., Any], **more: Any) -> str:
    """Return the key of a result: the digest of its code, libraries and what else is given.

    Parameters
    ----------
    function : callable
        What makes it; see `bc_inventory.fingerprint.code_of`.
    **more : JSON values
        All else it depends on.
    """
    code = code_of(function)
    identity = {
        "function": f"{function.__module__}.{function.__qualname__}",
        "code": code.sha256,
        "libraries": dict(code.libraries),
        **more,
    }
    return hashlib.sha256(canonical_json(identity).encode()).hexdigest()


def keep(
    folder: Path,
    key: str,
    outputs: Mapping[str, str],
    make: Callable[[dict[str, Path]], None],
    name: str,
) -> tuple[dict[str, Made], bool]:
    """Return what is kept under a key, or make it.

    Parameters
    ----------
    folder : Path
        Of all results.
    key : str
        See `identify`.
    outputs : mapping of str to str
        Relative path of each file or folder of the result.
    make : callable
        Called with the paths to write.
    name : str
        Of the step, for messages.

    Returns
    -------
    made : dict of str to Made
        By the names of `outputs`.
    reused : bool
        Whether it was there.

    Raises
    ------
    ReleaseError
        If it can't be written.
    """
    entry = folder / key[:2] / key
    found = _find(entry, outputs)
    if found is not None:
        with contextlib.suppress(OSError):  # a folder may be read-only
            os.utime(entry / RECORD)
        return found, True
    with _writing(name), durable.temporary_folder(folder) as part:
        paths = {output: part / _FILES / relative for output, relative in outputs.items()}
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        make(dict(paths))
        missing = [output for output, path in paths.items() if not path.exists()]
        if missing:
            raise RuntimeError(f"step {name} didn't write {', '.join(missing)}")
        made = {output: Made(path, content_of(path)) for output, path in paths.items()}
        record = canonical_json({output: item.content.sha256 for output, item in made.items()})
        (part / RECORD).write_text(record, "utf-8")
        _move(part, entry, outputs)
    return {
        output: dataclasses.replace(item, path=entry / _FILES / outputs[output])
        for output, item in made.items()
    }, False


@contextlib.contextmanager
def keeping(folder: Path | None) -> Iterator[None]:
    """Let `recall` keep its results in a folder, or (None) make them each time."""
    token = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def recall(
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
        The same whether it was made or found.
    """
    return _recalled(function, function, arguments)


def recall_table(function: Callable[..., pd.DataFrame], *arguments: Any) -> pd.DataFrame:
    """Return the table that a function makes of its arguments, as `recall` does.

    Parameters
    ----------
    function, *arguments
        As of `recall`, but that the function returns a frame.

    Returns
    -------
    pandas.DataFrame
        The same whether it was made or found: as Arrow holds it, without its index.
    """
    import numpy as np
    import pyarrow as pa

    def packed(*given: Any) -> dict[str, np.ndarray]:
        table = pa.Table.from_pandas(function(*given), preserve_index=False)
        return {"table": np.frombuffer(_stream(table), dtype=np.uint8)}

    stored = _recalled(function, packed, arguments)["table"]
    with pa.ipc.open_stream(pa.py_buffer(stored)) as reader:
        return reader.read_all().to_pandas()


def _recalled(
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
    made, reused = keep(folder, key, _PART, make, function.__qualname__)
    if not reused:
        return fresh
    with np.load(made["part"].path, allow_pickle=False) as stored:
        return dict(stored)


def by_value(frame: pd.DataFrame, column: str) -> dict[Any, pa.Table]:
    """Part a frame by the values of a column into tables for `recall`, rows in their order.

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
        return {
            "array": hashlib.sha256(data.tobytes()).hexdigest(),
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


def _find(entry: Path, outputs: Mapping[str, str]) -> dict[str, Made] | None:
    """Return the outputs kept in `entry`, or None if it is absent or damaged."""
    try:
        kept = json.loads((entry / RECORD).read_text("utf-8"))
        found = {
            name: Made(entry / _FILES / relative, content_of(entry / _FILES / relative))
            for name, relative in outputs.items()
        }
    except (FileNotFoundError, ValueError):
        return None
    whole = kept == {name: made.content.sha256 for name, made in found.items()}
    return found if whole else None


def _move(part: Path, entry: Path, outputs: Mapping[str, str]) -> None:
    """Put a finished result under its key, unless another process was first."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    with durable.lock(entry.parent / ".lock"):
        if entry.exists():
            if _find(entry, outputs) is not None:
                return
            durable.remove_tree(entry)
        part.rename(entry)


@contextlib.contextmanager
def _writing(step: str) -> Iterator[None]:
    """Turn what the system says about a full or read-only disk into our error."""
    try:
        yield
    except OSError as error:
        if error.errno is None or isinstance(error, FileNotFoundError):
            raise
        raise ReleaseError(
            f"step {step} can't write its result: {error.strerror} ({error.filename}). "
            "Nothing was published and the last release stands. Free some space, or choose "
            "another folder for the output or the cache."
        ) from error
