"""The errors a user can meet, and the problems they carry.

Input is checked whole: problems are gathered and raised together, each one
naming the file, row and column, what was found, what was expected and what to
do. The command line turns any `BCInventoryError` into that text and a
non-zero exit code; anything else is a defect of this software.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

__all__ = [
    "BCInventoryError",
    "ConfigError",
    "DataError",
    "JoinError",
    "NetworkError",
    "Problem",
    "Problems",
    "ReleaseError",
    "SourceError",
    "SourceUnavailableError",
    "StoreUnavailableError",
    "UnitError",
    "parquet_errors",
    "suggest",
]

_SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    Parameters
    ----------
    found : str
        What the input says.
    expected : str
        What it should say.
    file, column : str, optional
        Where it was found.
    row : int, optional
        Line in the file, counted from 1 with the header as line 1; for a
        table without a file, the position of the row counted from 1.
    remedy : str, optional
        What the reader of the message can do.
    """

    found: str
    expected: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                self.file,
                None if self.row is None else f"row {self.row}",
                None if self.column is None else f"column {self.column}",
            )
            if part
        )
        text = f"found {self.found}; expected {self.expected}"
        if where:
            text = f"{where}: {text}"
        return f"{text}. {self.remedy}" if self.remedy else text


class BCInventoryError(Exception):
    """Base of all errors that name something the user can put right."""

    exit_code = 2


class DataError(BCInventoryError):
    """An input breaks its contract; `problems` lists each place.

    Parameters
    ----------
    problems : iterable of Problem
        All that was found, in the order of the input.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self._text())

    @classmethod
    def in_file(
        cls,
        file: str,
        found: str,
        expected: str,
        *,
        row: int | None = None,
        column: str | None = None,
        remedy: str | None = None,
    ) -> Self:
        """Return an error about one place in a file, to be raised."""
        return cls([Problem(found, expected, file, row, column, remedy)])

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as problems, not as their text."""
        return type(self), (self.problems,), self.__dict__

    def _text(self) -> str:
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        more = len(self.problems) - _SHOWN
        if more > 0:
            lines.append(f"... and {more} more problems of the same input")
        return "\n".join(lines)


class UnitError(BCInventoryError):
    """A unit is unknown, ambiguous or of the wrong dimension."""


class JoinError(DataError):
    """Rows that should meet in a join don't, or meet more than once."""


class ConfigError(DataError):
    """A configuration has an unknown key, a wrong type or an unsafe path."""


class SourceError(BCInventoryError):
    """An external source can't be had, or isn't what it claims to be."""


class ReleaseError(BCInventoryError):
    """A release can't be published, found or verified."""


class NetworkError(BCInventoryError):
    """A network or a server didn't answer; the same again may work later.

    What is raised as this may be tried again by whoever schedules the work; no other
    error may, since bad input stays bad.
    """


class SourceUnavailableError(SourceError, NetworkError):
    """A source didn't answer, after as many attempts as were allowed."""


class StoreUnavailableError(ReleaseError, NetworkError):
    """A store of releases didn't answer, after as many attempts as were allowed."""


@dataclass
class Problems:
    """Gather problems and raise them together.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add(found="'-'", expected="a number", file="a.csv", row=3, column="value")
    >>> len(problems)
    1
    """

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        *,
        found: str,
        expected: str,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        remedy: str | None = None,
    ) -> None:
        """Note one problem; see `Problem` for the fields."""
        self.found.append(Problem(found, expected, file, row, column, remedy))

    def raise_if_any(self, error: type[DataError] = DataError) -> None:
        """Raise `error` with all that was gathered, if anything was."""
        if self.found:
            raise error(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)


def suggest(word: str, known: Iterable[str], *, alike: float = 0.6) -> str | None:
    """Return the sentence "Did you mean 'x'?" for the nearest known word.

    Parameters
    ----------
    word : str
        What was given.
    known : iterable of str
        What would have been valid.
    alike : float
        Least likeness, from 0 to 1 (difflib).

    Returns
    -------
    str or None
        None where nothing is near.
    """
    by_fold = {item.casefold(): item for item in known}
    near = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=alike)
    return f"Did you mean {by_fold[near[0]]!r}?" if near else None


def parquet_errors() -> tuple[type[Exception], ...]:
    """Return what reading a damaged Parquet file may raise; a name in it may be no text."""
    import pyarrow as pa

    return pa.ArrowException, OSError, UnicodeDecodeError
