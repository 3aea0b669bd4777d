"""Hold a table to its contract and report every breach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import Problems, UnitError, suggest
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.tables import table as find_table

__all__ = ["check", "require_unique", "shares_at_most_one"]

# Shares are given to three or four decimals; a sum may be off by their rounding.
SHARE_TOLERANCE = 1e-6

_PANDAS_KIND: Mapping[str, Callable[[object], bool]] = {
    "number": pd.api.types.is_numeric_dtype,
    "integer": pd.api.types.is_integer_dtype,
    "boolean": pd.api.types.is_bool_dtype,
    "timestamp": lambda dtype: isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC",
    "string": lambda dtype: (
        pd.api.types.is_string_dtype(dtype)
        or pd.api.types.is_object_dtype(dtype)
        or isinstance(dtype, pd.CategoricalDtype)
    ),
}


def check(
    frame: pd.DataFrame,
    contract: str | Table,
    *,
    file: str | None = None,
    known: Mapping[str, Collection[str]] | None = None,
    lines: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Check a table against a contract and return it.

    Parameters
    ----------
    frame : pandas.DataFrame
        At least the contract's columns; others are refused.
    contract : str or Table
        Name of a contract, or the contract.
    file : str, optional
        Named in messages.
    known : mapping of str to collection of str, optional
        Allowed values of the columns that refer to other tables, by
        `table.column`. References that aren't in it aren't checked.
    lines : sequence of int, shape (rows,), optional
        Line of each row in the file; by default the row's position from 1.

    Returns
    -------
    pandas.DataFrame
        `frame`, unchanged.

    Raises
    ------
    DataError
        With one problem for each breach: a missing or unknown column, a wrong
        kind, an absent value, a value outside its limits, list or reference,
        an unknown unit, a value outside its interval, a repeated key.
    """
    rules = find_table(contract) if isinstance(contract, str) else contract
    problems = Problems()
    numbers = np.arange(1, len(frame) + 1) if lines is None else np.asarray(lines)
    _check_columns(frame, rules, problems, file)
    problems.raise_if_any()
    for column in rules.columns:
        _check_column(frame[column.name], column, problems, file, numbers, known or {})
    for interval in rules.intervals:
        value, lower, upper = (frame[c] for c in (interval.value, interval.lower, interval.upper))
        for row in np.flatnonzero(((value < lower) | (value > upper)).to_numpy()):
            problems.add(
                found=f"{interval.value} {value.iat[row]:g} outside its interval "
                f"{lower.iat[row]:g} to {upper.iat[row]:g}",
                expected=f"{interval.lower} <= {interval.value} <= {interval.upper}",
                file=file,
                row=int(numbers[row]),
                column=interval.value,
            )
    require_unique(frame, rules.key, problems, file=file, lines=numbers)
    problems.raise_if_any()
    return frame


def _check_columns(frame: pd.DataFrame, rules: Table, problems: Problems, file: str | None) -> None:
    for name in rules.names:
        if name not in frame.columns:
            problems.add(
                found="no such column",
                expected=f"a column {name!r} ({rules.column(name).description})",
                file=file,
                column=name,
                remedy=f"The columns are: {', '.join(map(str, frame.columns))}.",
            )
    for name in frame.columns:
        if name not in rules.names:
            problems.add(
                found=f"an unknown column {name!r}",
                expected=f"only columns of the contract {rules.name!r}",
                file=file,
                column=str(name),
                remedy=suggest(str(name), rules.names),
            )


def _check_column(
    series: pd.Series,
    column: Column,
    problems: Problems,
    file: str | None,
    lines: np.ndarray,
    known: Mapping[str, Collection[str]],
) -> None:
    absent = series.isna()

    def report(
        mask: pd.Series, expected: str, remedy: Callable[[object], str | None] | None = None
    ) -> None:
        for row in np.flatnonzero(mask.to_numpy()):
            value = series.iat[row]
            problems.add(
                found="no value" if absent.iat[row] else repr(value),
                expected=expected,
                file=file,
                row=int(lines[row]),
                column=column.name,
                remedy=None if remedy is None else remedy(value),
            )

    if column.required:
        report(absent, f"a value: {column.description}")
    if not absent.all() and not _PANDAS_KIND[column.kind](series.dtype):
        problems.add(
            found=f"values of type {series.dtype}",
            expected=f"{column.kind} values",
            file=file,
            column=column.name,
        )
        return
    present = ~absent
    if column.kind in {"number", "integer"}:
        report(present & ~np.isfinite(series.astype(float)), "a finite number")
        unit = f" {column.unit}" if column.unit else ""
        if column.minimum is not None:
            report(present & (series < column.minimum), f"at least {column.minimum:g}{unit}")
        if column.maximum is not None:
            report(present & (series > column.maximum), f"at most {column.maximum:g}{unit}")
    allowed = set(column.allowed) or (set(known.get(column.references or "", ())))
    if allowed:
        if column.wildcard:
            allowed.add("*")
        listed = ", ".join(sorted(allowed)[:8]) + (", ..." if len(allowed) > 8 else "")
        report(
            present & ~series.isin(allowed),
            f"one of {listed}",
            lambda value: suggest(str(value), allowed),
        )
    if column.unit_like:
        _check_units(series, column, report)


def _check_units(series: pd.Series, column: Column, report: Callable[..., None]) -> None:
    likes = [like.strip() for like in (column.unit_like or "").split(",")]
    for unit in pd.unique(series.dropna()):
        remedy = None
        try:
            if any(units.same_dimension(str(unit), like) for like in likes):
                continue
        except UnitError as error:
            remedy = str(error)
        report(series.eq(unit), f"a unit like {' or '.join(likes)}", lambda _, text=remedy: text)


def require_unique(
    frame: pd.DataFrame,
    key: Sequence[str],
    problems: Problems,
    *,
    file: str | None = None,
    lines: Sequence[int] | np.ndarray | None = None,
) -> None:
    """Add a problem for each row whose key an earlier row has.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds the key columns.
    key : sequence of str
        Columns that identify a row.
    problems : Problems
        Receives what is found.
    file : str, optional
        Named in messages.
    lines : sequence of int, shape (rows,), optional
        Line of each row.
    """
    repeated = frame.duplicated(list(key)).to_numpy()
    for row in np.flatnonzero(repeated).tolist():
        problems.add(
            found="the key "
            + ", ".join(f"{name}={frame[name].iat[row]}" for name in key)
            + " again",
            expected="each key once",
            file=file,
            row=row + 1 if lines is None else int(lines[row]),
            column=key[0],
            remedy="Remove one of the rows, or make their difference a column.",
        )


def shares_at_most_one(
    frame: pd.DataFrame,
    by: Sequence[str],
    share: str,
    *,
    file: str | None = None,
    exactly: bool = False,
) -> None:
    """Refuse groups whose shares add up to more than one.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds `by` and `share`.
    by : sequence of str
        Columns of a group.
    share : str
        Column of shares, dimensionless.
    file : str, optional
        Named in messages.
    exactly : bool
        Also refuse sums below one.

    Raises
    ------
    DataError
        With one problem for each group.
    """
    sums = frame.groupby(list(by), sort=False, dropna=False)[share].sum()
    wrong = sums > 1 + SHARE_TOLERANCE
    if exactly:
        wrong |= sums < 1 - SHARE_TOLERANCE
    problems = Problems()
    for names, total in sums[wrong].items():
        values = names if isinstance(names, tuple) else (names,)
        problems.add(
            found=f"shares that add up to {total:.6g} for "
            + ", ".join(f"{name}={value}" for name, value in zip(by, values, strict=True)),
            expected="a sum of 1" if exactly else "a sum of at most 1",
            file=file,
            column=share,
        )
    problems.raise_if_any()
