"""Read tables strictly: a number is a number, and an empty cell is absent."""

from __future__ import annotations

import csv
import io
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from bc_inventory.errors import DataError, Problem, Problems, parquet_errors
from bc_inventory.schema.check import check
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.tables import table as find_table

__all__ = ["read_csv", "read_parquet"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_BOOLEAN = {"true": True, "false": False}
# Tables this process has read and found good, and their sizes: the steps of a build read the
# same ones.
_Stamp = tuple[tuple[str, int, int], ...]
_SHELF: OrderedDict[tuple[str, _Stamp], tuple[pd.DataFrame, int]] = OrderedDict()
_SHELF_BYTES = 200_000_000


def read_csv(
    path: Path | str,
    contract: str | Table,
    *,
    known: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Read a UTF-8 CSV file under a contract.

    Parameters
    ----------
    path : path-like
        The file; its first line names the columns. Lines that begin with `#` are comments.
    contract : str or Table
        Contract, or its name.
    known : mapping, optional
        See `bc_inventory.schema.check`.

    Returns
    -------
    pandas.DataFrame
        The contract's columns in the contract's order; an empty cell of an
        optional column is NA (NaN for numbers, None for text).

    Raises
    ------
    DataError
        If the file is empty, isn't UTF-8, or any cell breaks the contract:
        `NaN`, `:`, `-` and `…` aren't numbers.
    """
    rules = find_table(contract) if isinstance(contract, str) else contract
    path = Path(path)
    header, body, lines = _split(path)
    problems = Problems()
    frame = pd.DataFrame(body, columns=header, dtype=object)
    for column in rules.columns:
        if column.name in frame.columns:
            frame[column.name] = _parse(frame[column.name], column, problems, str(path), lines)
    problems.raise_if_any()
    frame = rules.filled(frame)
    check(frame, rules, file=str(path), known=known, lines=lines)
    return frame[rules.names]


def read_parquet(
    path: Path | str,
    contract: str | Table,
    *,
    known: Mapping[str, Collection[str]] | None = None,
    cached: bool = True,
) -> pd.DataFrame:
    """Read a Parquet file or a hive-partitioned folder under a contract.

    Parameters
    ----------
    path : path-like
        File or folder.
    contract : str or Table
        Contract, or its name.
    known : mapping, optional
        See `bc_inventory.schema.check`.
    cached : bool
        Whether it stays in memory for whoever reads it next.

    Returns
    -------
    pandas.DataFrame
        Text columns as plain strings, partition columns included.

    Raises
    ------
    DataError
        If the file is truncated or breaks the contract.
    """
    import pyarrow.dataset as ds

    rules = find_table(contract) if isinstance(contract, str) else contract
    key = (rules.name, _stamp(Path(path)))
    if known is None and key in _SHELF:
        _SHELF.move_to_end(key)
        # Pandas copies what either side writes to, before it does.
        return _SHELF[key][0].copy(deep=False)
    if not Path(path).exists():
        raise DataError([Problem("no such file", "a Parquet file or folder", str(path))])
    try:
        dataset = ds.dataset(
            str(path), format="parquet", partitioning=ds.HivePartitioning.discover()
        )
        frame = dataset.to_table().to_pandas()
    except parquet_errors() as error:
        problem = Problem(
            found=f"a file that isn't whole Parquet ({str(error).splitlines()[0]})",
            expected="a complete Parquet file",
            file=str(path),
            remedy="It may have been cut off; fetch or build it again.",
        )
        raise DataError([problem]) from error
    check(frame, rules, file=str(path), known=known)
    table = frame[rules.names]
    if cached:
        _shelve(key, table)
    return table


def _stamp(path: Path) -> _Stamp:
    """Return name, size and time of each file of a table; another content has another stamp."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [(str(file), file.stat()) for file in files if file.exists()]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _shelve(key: tuple[str, _Stamp], frame: pd.DataFrame) -> None:
    """Keep a table that was read and checked; the least used go when there are too many."""
    size = int(frame.memory_usage(deep=True).sum())
    if size <= _SHELF_BYTES:
        _SHELF[key] = frame.copy(deep=False), size
        while sum(remaining for _, remaining in _SHELF.values()) > _SHELF_BYTES:
            _SHELF.popitem(last=False)


def _split(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    """Return header, rows and the line on which each row starts."""

    def fail(
        found: str, expected: str, remedy: str | None = None, line: int | None = None
    ) -> DataError:
        return DataError([Problem(found, expected, str(path), line, None, remedy)])

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise fail("no such file", "a CSV file") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise fail(
            f"bytes that aren't UTF-8 at byte {error.start}",
            "a UTF-8 file",
            "Save it as UTF-8.",
            line,
        ) from error
    if not text.strip():
        raise fail("an empty file", "a header line and rows")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader)
        start = reader.line_num + 1
        for row in reader:
            if row and not row[0].startswith("#"):
                if len(row) != len(header):
                    raise fail(
                        f"{len(row)} cells", f"{len(header)} cells, as the header has", line=start
                    )
                rows.append(row)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise fail(
            f"a row that isn't CSV ({error})", "comma-separated cells", line=reader.line_num
        ) from error
    return header, rows, lines


def _parse(
    series: pd.Series, column: Column, problems: Problems, file: str, lines: list[int]
) -> pd.Series:
    """Turn text cells into the column's kind, noting each cell that can't be."""
    if column.kind == "string":
        cells = [cell.strip() or None for cell in series]
        return pd.Series(cells, index=series.index, dtype="str")
    text = series.str.strip()
    filled = text != ""
    if column.kind == "boolean":
        good = text.isin(_BOOLEAN)
        parsed = text.map(_BOOLEAN)
    elif column.kind == "timestamp":
        good = text.map(lambda cell: _TIMESTAMP.fullmatch(cell) is not None).astype(bool)
        parsed = pd.to_datetime(
            text.where(good & filled, None), format="%Y-%m-%dT%H:%M:%SZ", utc=True, errors="coerce"
        )
        good &= parsed.notna()
    else:
        pattern = _INTEGER if column.kind == "integer" else _NUMBER
        good = text.map(lambda cell: pattern.fullmatch(cell) is not None).astype(bool)
        parsed = pd.to_numeric(text.where(good & filled), errors="coerce")
    for row in (~good & filled).to_numpy().nonzero()[0]:
        problems.add(
            found=repr(series.iat[row]),
            expected={
                "integer": "a whole number",
                "number": "a number",
                "boolean": "true or false",
                "timestamp": "an instant such as 2018-01-01T00:00:00Z",
            }[column.kind],
            file=file,
            row=lines[row],
            column=column.name,
            remedy="Leave the cell empty and give a notation key where there is no value."
            if column.kind == "number"
            else None,
        )
    if column.kind == "number":
        return parsed.astype(float)
    if column.kind == "timestamp":
        return parsed.astype("datetime64[ms, UTC]")
    if (good & filled).all():
        return parsed.astype("int64" if column.kind == "integer" else bool)
    return parsed.astype("Int64" if column.kind == "integer" else "boolean")
