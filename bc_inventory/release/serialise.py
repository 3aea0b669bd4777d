"""Rows of a table as JSON or CSV that say the same as the table, to the last digit."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.release.sanitize import as_text

__all__ = ["as_csv", "as_json"]

_PLAIN_KINDS = "biu"


def as_json(rows: pd.DataFrame) -> str:
    """Return rows as a list of JSON objects.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of any column types.

    Returns
    -------
    str
        Numbers as the shortest text that gives the same float; what is missing is null,
        infinity the text "Infinity" or "-Infinity"; dates are ISO 8601, bytes hexadecimal.

    Raises
    ------
    DataError
        If two columns have one name, which an object can't hold.

    Examples
    --------
    >>> as_json(pd.DataFrame({"kt": [0.1 + 0.2, float("nan")], "nfr": ["1A1a", None]}))
    '[{"kt":0.30000000000000004,"nfr":"1A1a"},{"kt":null,"nfr":null}]'
    """
    names = [str(name) for name in rows.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            [Problem(f"two columns named {twice[0]!r}", "a name each", remedy="Use AS.")]
        )
    columns = [_values(rows.iloc[:, number]) for number in range(len(names))]
    records = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return json.dumps(records, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_csv(rows: pd.DataFrame, *, header: bool = True) -> str:
    """Return rows as CSV; cells as in `as_json`, empty where missing.

    Text that a spreadsheet would take for a formula has an apostrophe before it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of any column types.
    header : bool
        Whether the names of the columns come first.
    """
    shown = pd.DataFrame(
        {number: _values(rows.iloc[:, number]) for number in range(rows.shape[1])}, dtype=object
    )
    nested = shown.map(lambda cell: isinstance(cell, list | dict)).any()
    for number in shown.columns[nested]:
        shown[number] = shown[number].map(
            lambda cell: None if cell is None else json.dumps(cell, ensure_ascii=False)
        )
    shown.columns = rows.columns
    return as_text(shown).to_csv(index=False, header=header, lineterminator="\n")


def _values(column: pd.Series) -> list[Any]:
    """Return the values of a column as JSON holds them."""
    if column.dtype.kind in _PLAIN_KINDS and isinstance(column.dtype, np.dtype):
        return column.to_list()
    if column.dtype.kind == "f":
        return [_number(value) for value in column.to_numpy(dtype=float, na_value=np.nan).tolist()]
    return [_plain(value) for value in column.astype(object).tolist()]


def _number(value: float) -> float | str | None:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _plain(value: Any) -> Any:
    """Return one value of any type as JSON holds it."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    for kinds, convert in _CONVERSIONS:
        if isinstance(value, kinds):
            return convert(value)
    return str(value)


# The first that fits; a moment is a day too, and a boolean a whole number.
_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((str, bool, int), lambda value: value),
    (float, _number),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    ((np.ndarray, list, tuple, set), lambda value: [_plain(item) for item in value]),
    (Mapping, lambda value: {str(key): _plain(item) for key, item in value.items()}),
    (np.generic, lambda value: _plain(value.item())),
    ((dt.datetime, dt.date, dt.time), lambda value: value.isoformat()),
    (dt.timedelta, lambda value: pd.Timedelta(value).isoformat()),
    (decimal.Decimal, lambda value: str(value.normalize())),
)
