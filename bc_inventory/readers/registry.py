"""The register of formats: find the reader of a file, read it, say what was read.

A format is one module in `readers/activity`, `inventories`, `stations` or `gridded`
that holds a `FORMAT` (or a tuple `FORMATS`). Its module is imported when a format is
first looked for, and nothing else has to name it. Modules without either are helpers.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import SourceError, suggest
from bc_inventory.readers.source import Source

__all__ = [
    "Format",
    "Kind",
    "Reading",
    "Report",
    "SetAside",
    "detect",
    "find_format",
    "formats",
    "read_any",
    "reading",
]

Kind = Literal["activity", "inventory", "station", "gridded"]
_FOLDERS: dict[Kind, str] = {
    "activity": "activity",
    "inventory": "inventories",
    "station": "stations",
    "gridded": "gridded",
}


@dataclass(frozen=True)
class SetAside:
    """Rows of a file that didn't go into the table, and why.

    Parameters
    ----------
    reason : str
        Why, in a sentence a user understands.
    rows : int
        How many.
    example : str
        One of them.
    """

    reason: str
    rows: int
    example: str = ""


@dataclass(frozen=True)
class Report:
    """What was read from one file.

    Parameters
    ----------
    format : str
        Name of the format.
    file : str
        Name of the file.
    sha256 : str
        Checksum of its bytes.
    rows : int
        Rows of the table, or values of the dataset.
    years, regions, species, units : tuple
        Distinct values, sorted.
    notation_keys : dict of str to int
        Cells by notation key.
    set_aside : tuple of SetAside
        What was left out and why.
    """

    format: str
    file: str
    sha256: str
    rows: int
    years: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    notation_keys: dict[str, int] | None = None
    set_aside: tuple[SetAside, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the report as lines for a terminal."""
        years = f"{self.years[0]}-{self.years[-1]} ({len(self.years)})" if self.years else "none"
        shown = ", ".join(self.regions[:8]) + (", ..." if len(self.regions) > 8 else "")
        keys = ", ".join(f"{key} {n}" for key, n in (self.notation_keys or {}).items())
        lines = [
            f"{self.file}: {self.format}",
            f"  rows           {self.rows}",
            f"  years          {years}",
            f"  regions        {len(self.regions)}: {shown}",
            f"  species        {', '.join(self.species) or 'not stated'}",
            f"  units          {', '.join(self.units) or 'not stated'}",
            f"  notation keys  {keys or 'none'}",
            f"  sha256         {self.sha256}",
        ]
        for item in self.set_aside:
            example = f" (such as {item.example})" if item.example else ""
            lines.append(f"  set aside      {item.rows} rows: {item.reason}{example}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Reading:
    """What a reader returns.

    Parameters
    ----------
    data : pandas.DataFrame or xarray.Dataset
        A table under the format's contract, or a CF dataset.
    report : Report
        What was read and what was set aside.
    """

    data: Any
    report: Report

    @property
    def frame(self) -> pd.DataFrame:
        """Return the table.

        Raises
        ------
        TypeError
            If the reader returned a dataset.
        """
        if not isinstance(self.data, pd.DataFrame):
            raise TypeError(f"{self.report.format} gives a dataset; use .data")
        return self.data


@dataclass(frozen=True)
class Format:
    """A publisher's format and its reader.

    Parameters
    ----------
    name : str
        Short name, such as `emep_ceip`.
    kind : {"activity", "inventory", "station", "gridded"}
        What it holds.
    title : str
        Publisher and format in words.
    contract : str
        Table contract that the result fulfils, or the name of the dataset's convention.
    looks_like : callable
        Takes a `Source`, tells from its name and head (or the names and heads of its
        sheets) whether it is this format; must not raise on other files.
    read : callable
        Takes a path, open binary buffer or `Source`, and keyword options; returns a
        `Reading`.
    options : tuple of str
        Keyword options that `read` takes.
    """

    name: str
    kind: Kind
    title: str
    contract: str
    looks_like: Callable[[Source], bool]
    read: Callable[..., Reading]
    options: tuple[str, ...] = ()


def reading(
    source: Source,
    format_name: str,
    frame: pd.DataFrame,
    set_aside: Sequence[SetAside] = (),
) -> Reading:
    """Return a table with its report, summarised from its own columns.

    Parameters
    ----------
    source : Source
        What was read.
    format_name : str
        Name of the format.
    frame : pandas.DataFrame
        The table; columns year, region, species, unit and notation_key are summarised
        where it has them.
    set_aside : sequence of SetAside
        What was left out.

    Returns
    -------
    Reading
        Table and report.
    """

    def distinct(column: str) -> tuple[Any, ...]:
        if column not in frame.columns:
            return ()
        return tuple(sorted(frame[column].dropna().unique().tolist()))

    keys: dict[str, int] = {}
    if "notation_key" in frame.columns:
        counts = frame["notation_key"].dropna().value_counts()
        keys = {str(key): int(n) for key, n in sorted(counts.items())}
    report = Report(
        format=format_name,
        file=source.name,
        sha256=source.sha256,
        rows=len(frame),
        years=distinct("year"),
        regions=distinct("region"),
        species=distinct("species"),
        units=distinct("unit"),
        notation_keys=keys,
        set_aside=tuple(set_aside),
    )
    return Reading(frame, report)


@functools.cache
def formats(kind: Kind | None = None) -> dict[str, Format]:
    """Return all formats, or those of one kind, by name.

    Raises
    ------
    ValueError
        If two formats have one name.
    """
    found: dict[str, Format] = {}
    for folder_kind, folder in _FOLDERS.items():
        if kind is not None and kind != folder_kind:
            continue
        package = importlib.import_module(f"bc_inventory.readers.{folder}")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
            if info.name.startswith("_"):
                continue
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            several = getattr(module, "FORMATS", ())
            single = getattr(module, "FORMAT", None)
            for made in (*several, *([single] if single else [])):
                if made.name in found:
                    raise ValueError(f"two formats are named {made.name!r}")
                found[made.name] = made
    return found


def find_format(name: str) -> Format:
    """Return the format of that name.

    Raises
    ------
    SourceError
        If there is none; the message names the nearest.
    """
    known = formats()
    if name not in known:
        hint = suggest(name, known) or f"The formats are: {', '.join(known)}."
        raise SourceError(f"no format is named {name!r}. {hint}")
    return known[name]


def detect(origin: Source | Path | str | BinaryIO, *, kind: Kind | None = None) -> Format:
    """Find the one format a file looks like.

    Parameters
    ----------
    origin : path-like, binary file or Source
        What to look at.
    kind : str, optional
        Consider only formats of this kind.

    Returns
    -------
    Format
        The only one that fits.

    Raises
    ------
    SourceError
        If none fits, or several do.
    DataError
        If it is a workbook that can't be opened safely.
    """
    source = Source.of(origin)
    if source.size == 0:
        raise source.refuse("an empty file", "a publisher's file")
    if source.is_workbook:
        _ = source.workbook.sheet_names
    candidates = [made for made in formats(kind).values() if made.looks_like(source)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = ", ".join(made.name for made in candidates)
        raise SourceError(f"{source.name}: fits several formats ({names}); name the one you mean.")
    tried = ", ".join(formats(kind))
    raise SourceError(
        f"{source.name}: fits none of the known formats ({tried}). Check that the file is "
        "complete and as its publisher serves it, or name the format to see what differs."
    )


def read_any(
    origin: Source | Path | str | BinaryIO,
    format_name: str | None = None,
    *,
    kind: Kind | None = None,
    **options: Any,
) -> Reading:
    """Read a file with the reader of its format and hold the result to its contract.

    Parameters
    ----------
    origin : path-like, binary file or Source
        What to read.
    format_name : str, optional
        Name of the format; by default it is detected.
    kind : str, optional
        Detect only among formats of this kind.
    **options
        Options of the format, such as `species`.

    Returns
    -------
    Reading
        Table or dataset, and report.

    Raises
    ------
    SourceError
        If no format or several fit, or the format doesn't take an option.
    DataError
        If the file isn't what the format says, or the result breaks its contract.
    """
    source = Source.of(origin)
    made = find_format(format_name) if format_name else detect(source, kind=kind)
    for option in options:
        if option not in made.options:
            raise SourceError(
                f"format {made.name!r} takes no option {option!r}; "
                f"it takes: {', '.join(made.options) or 'none'}"
            )
    result = made.read(source, **options)
    if isinstance(result.data, pd.DataFrame) and made.contract in schema.TABLES:
        schema.check(result.data, made.contract, file=source.name)
    return result
