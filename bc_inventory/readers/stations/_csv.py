"""Delimited station files: every row as wide as its header, every cell what it claims."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bc_inventory.readers.io.ending import require_whole_cell
from bc_inventory.readers.io.midnight import end_of_day
from bc_inventory.readers.io.options import check_choice
from bc_inventory.readers.io.source import Source

__all__ = ["Cells", "cells_of", "span"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_FIGURE = re.compile(r"[+-]?\d+\.?\d*(?:[eE][+-]?\d+)?", re.ASCII)
_SOME_LONG_AGO, _SOME_FAR_OFF = np.datetime64("1900-01-01", "s"), np.datetime64("2200-01-01", "s")


@dataclass(frozen=True)
class Cells:
    """The cells of a delimited file as text, and the line of each row.

    Parameters
    ----------
    source : Source
        For messages.
    frame : pandas.DataFrame of str
        A column for each name of the header.
    lines : numpy.ndarray of int, shape (rows,)
        Line of each row in the file.
    """

    source: Source
    frame: pd.DataFrame
    lines: np.ndarray

    def where(self, keep: np.ndarray | pd.Series) -> Cells:
        """Return the rows for which `keep` holds."""
        chosen = np.asarray(keep)
        return Cells(self.source, self.frame.loc[chosen], self.lines[chosen])

    def need(self, names: Sequence[str]) -> None:
        """Refuse the file if a column is missing."""
        for name in names:
            if name not in self.frame.columns:
                shown = ", ".join(map(str, self.frame.columns[:12]))
                raise self.source.refuse(
                    f"no column {name!r} among {shown}", f"a column {name!r}", column=name
                )

    def text(self, name: str) -> pd.Series:
        """Return a column as text without outer blanks, or refuse a file without it."""
        self.need((name,))
        return self.frame[name].str.strip()

    def like(self, column: str, pattern: str, expected: str) -> pd.Series:
        """Return a column of texts that all fit a pattern.

        Parameters
        ----------
        column : str
            Name.
        pattern : str
            Regular expression of a whole cell.
        expected : str
            What a cell is, for the message.

        Raises
        ------
        DataError
            If a cell doesn't fit, naming its line.
        """
        text = self.text(column)
        wrong = np.flatnonzero(~text.str.fullmatch(pattern))
        if len(wrong):
            raise self.source.refuse(
                repr(text.iat[wrong[0]]), expected, row=int(self.lines[wrong[0]]), column=column
            )
        return text

    def name(self, column: str) -> pd.Series:
        """Return a column of names; an empty cell or a number with a point is none."""
        return self.like(column, r"(?!$|[+-]?\d*\.\d*(?:[eE][+-]?\d+)?$).*", "a name")

    def number(self, name: str, missing: Collection[str] = ("",)) -> np.ndarray:
        """Return a column as numbers, NaN where its cell is one of `missing`.

        Raises
        ------
        DataError
            If another cell isn't a finite number, naming its line.
        """
        text = self.text(name)
        absent = text.isin(list(missing)).to_numpy()
        numbers = pd.to_numeric(text.mask(absent), errors="coerce").to_numpy(dtype=float)
        wrong = np.flatnonzero(~np.isfinite(numbers) & ~absent)
        if len(wrong):
            raise self.source.refuse(
                repr(self.frame[name].iat[wrong[0]]),
                "a number",
                row=int(self.lines[wrong[0]]),
                column=name,
            )
        return numbers

    def time(self, name: str, *formats: str) -> np.ndarray:
        """Return a column as moments, `datetime64[s]`, in the first format that fits all.

        24:00 is midnight at the end of its day.

        Raises
        ------
        DataError
            If a cell is no such moment, naming its line.
        """
        text = self.text(name)
        of_day, late = end_of_day(text)
        best, wrong = None, np.arange(len(text))
        for pattern in formats:
            result = pd.to_datetime(of_day, format=pattern, errors="coerce") + late
            if result.dt.tz is not None:
                result = result.dt.tz_convert("UTC").dt.tz_localize(None)
            moments = result.to_numpy().astype("datetime64[s]")
            bad = np.isnat(moments) | (moments < _SOME_LONG_AGO) | (moments > _SOME_FAR_OFF)
            if best is None or bad.sum() < len(wrong):
                best, wrong = moments, np.flatnonzero(bad)
        if len(wrong) or best is None:
            raise self.source.refuse(
                repr(text.iat[wrong[0]]) if len(wrong) else "no row",
                f"a time like {formats[0]}",
                row=int(self.lines[wrong[0]]) if len(wrong) else None,
                column=name,
            )
        return best


def cells_of(
    source: Source,
    text: str,
    *,
    header: int = 1,
    delimiter: str = ",",
    more: Collection[int] = (),
) -> Cells:
    """Return the cells of a delimited file.

    Parameters
    ----------
    source : Source
        For messages.
    text : str
        The whole file.
    header : int
        Line of the header, from 1.
    delimiter : str
        Between cells.
    more : collection of int
        Numbers of cells by which all rows may be longer or shorter than the header (a
        trailing delimiter gives 1).

    Raises
    ------
    DataError
        If the header or a row isn't as wide as it must be, or holds a control character,
        naming its line; if a row stands above the header, or the last line has no end and
        may have been cut.
    """
    damaged = _CONTROL.search(text)
    if damaged:
        raise source.refuse(
            f"the character {damaged[0]!r}", "text", row=text.count("\n", 0, damaged.start()) + 1
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) < header:
        raise source.refuse(f"{len(lines)} lines", f"a header on line {header}", row=len(lines))
    reader = csv.reader(io.StringIO("\n".join(lines[header - 1 :])), delimiter=delimiter)
    rows: list[list[str]] = []
    numbers: list[int] = []
    widths: set[int] = set()
    _no_rows_above(source, lines[: header - 1], lines[header - 1], delimiter)
    try:
        names = [name.strip() for name in next(reader)]
        start = reader.line_num + header
        for row in reader:
            if row and "".join(row).strip():
                missing = len(names) - len(row)
                widths.add(len(row))
                if (missing and -missing not in more) or len(widths) > 1:
                    expected = len(names) if -missing not in more else min(widths - {len(row)})
                    raise source.refuse(f"{len(row)} cells", f"{expected} cells", row=start)
                rows.append([*row[: len(names)], *[""] * missing] if missing else row)
                numbers.append(start)
            start = reader.line_num + header
    except (csv.Error, StopIteration) as error:
        raise source.refuse(
            f"a row that isn't delimited text ({error})", "cells", row=header
        ) from error
    quoted = lines[-1].endswith('"') and lines[-1].count('"') % 2 == 0
    if rows and lines[-1].strip(f' "{delimiter}') and not quoted:
        require_whole_cell(source, numbers[-1], rows[-1][-1], [row[-1] for row in rows[:-1]])
    if len(set(names)) < len(names):
        names = _apart(names)
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    frame = pd.DataFrame(
        {
            name: pd.array(list(column), dtype="str")
            for name, column in zip(names, columns, strict=True)
        }
    )
    return Cells(source, frame, np.array(numbers, dtype=int))


def _no_rows_above(source: Source, above: list[str], header: str, delimiter: str) -> None:
    """Refuse a row that stands above the header, where nothing would read it."""
    width = header.strip(delimiter).count(delimiter)
    for number, line in enumerate(above, 1):
        figures = [cell for cell in line.split(delimiter) if _FIGURE.fullmatch(cell.strip(' "'))]
        if width > 1 and line.strip().strip(delimiter).count(delimiter) >= width - 1 and figures:
            raise source.refuse(
                "a row above the header",
                "rows below it",
                row=number,
                remedy="Put it below the header, or leave it out.",
            )


def _apart(names: list[str]) -> list[str]:
    """Give repeated names a number from the second on, so that none hides another."""
    seen: dict[str, int] = {}
    labels = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        labels.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return labels


def span(
    source: Source, times: np.ndarray, *, stamp: str | None, seconds: int, utc_offset_h: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end in UTC of values with one stamp each.

    Parameters
    ----------
    source : Source
        For messages.
    times : numpy.ndarray of datetime64[s], shape (n,)
        Stamps in the file's clock.
    stamp : {"begin", "middle", "end"}
        What the stamp marks.
    seconds : int
        Length of a value.
    utc_offset_h : float
        Hours the clock is ahead of UTC.
    """
    place = check_choice(source, "stamp", stamp, ("begin", "middle", "end"))
    back = {"begin": 0, "middle": seconds // 2, "end": seconds}[place]
    begin = times - np.timedelta64(round(utc_offset_h * 3600) + back, "s")
    return begin, begin + np.timedelta64(seconds, "s")
