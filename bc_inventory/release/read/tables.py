"""Read the Parquet tables of a release."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bc_inventory.errors import DataError, Problem, suggest

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

__all__ = ["coverage", "read", "records"]

_COVERED = {"years": "year", "sides": "side", "regions": "region", "sectors": "nfr"}


def read(
    files: Sequence[Path],
    allowed: Mapping[str, Sequence[Any]],
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read rows of a table.

    Parameters
    ----------
    files : sequence of Path
        Its Parquet files; values of partition columns stand in their folders
        and are read as text.
    allowed : mapping of str to sequence
        Values that a column may have; rows with others are left out.
    columns : sequence of str, optional
        Columns to return, by default all.

    Returns
    -------
    pandas.DataFrame
        Rows in the order of the files; `Int64` and `boolean` where a value is absent.

    Raises
    ------
    DataError
        If the table has no such column.
    """
    source = _connection().cursor()
    names = [str(path) for path in files]
    scan = "from read_parquet(?, hive_partitioning = true, hive_types_autocast = false)"
    known = [row[0] for row in source.execute(f"describe select * {scan}", [names]).fetchall()]
    for column in [*allowed, *(columns or ())]:
        if column not in known:
            problem = Problem(
                f"the column {column!r}", "a column of the table", remedy=suggest(column, known)
            )
            raise DataError([problem])
    chosen = ", ".join(map(_quoted, columns)) if columns else "*"
    tests = [
        f"{_quoted(column)} in ({', '.join('?' * len(values))})"
        for column, values in allowed.items()
    ]
    where = f" where {' and '.join(tests)}" if tests else ""
    values = [value for several in allowed.values() for value in several]
    answer = source.sql(f"select {chosen} {scan}{where}", params=[names, *values])
    return _to_pandas(answer.to_arrow_table())


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a frame with whole numbers whole where some are absent, and times in UTC."""
    import pandas as pd
    import pyarrow as pa

    frame = table.to_pandas()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_integer(column.type) and column.null_count:
            frame[name] = column.to_pandas(types_mapper=lambda _: pd.Int64Dtype())
        elif pa.types.is_boolean(column.type) and column.null_count:
            frame[name] = column.to_pandas(types_mapper=lambda _: pd.BooleanDtype())
        elif pa.types.is_timestamp(column.type) and column.type.tz:
            frame[name] = frame[name].dt.tz_convert("UTC")  # not this machine's zone
    return frame


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON values: absent is null, times are ISO 8601, numbers keep all digits."""
    plain = frame.copy()
    for name in plain.columns:
        if plain[name].dtype.kind == "M":
            plain[name] = plain[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = plain.astype(object).where(plain.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]


def coverage(emissions: Path) -> dict[str, list[Any]]:
    """Return the years, sides, regions and sectors an emission table has rows for.

    Parameters
    ----------
    emissions : Path
        Folder of the table; absent is a release without one.
    """
    files = sorted(emissions.rglob("*.parquet"))
    if not files:
        return {}
    frame = read(files, {}, list(_COVERED.values()))
    return {name: sorted(frame[column].unique().tolist()) for name, column in _COVERED.items()}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    """Return the process's database in memory; each reading takes a cursor of it."""
    import duckdb

    return duckdb.connect(config={"autoinstall_known_extensions": "false"})
