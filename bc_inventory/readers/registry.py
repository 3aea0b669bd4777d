"""The register of formats: find the reader of a file, read it, say what was read.

A format is one module in `readers/activity`, `inventories`, `stations` or `gridded`
that holds a `FORMAT` (or a tuple `FORMATS`). Its module is imported when a format is
first looked for, and nothing else has to name it. Modules without either are helpers.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import SourceError, suggest
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Kind, Reading, Report, Skipped, reading

__all__ = [
    "Format",
    "Kind",
    "Reading",
    "Report",
    "Skipped",
    "detect",
    "find_format",
    "formats",
    "read_all",
    "read_any",
    "reading",
]

COMPUTED_IMPORTS = (
    "bc_inventory.readers.activity",
    "bc_inventory.readers.inventories",
    "bc_inventory.readers.stations",
    "bc_inventory.readers.gridded",
)
_GROUP = "bc_inventory.readers"
_FOLDERS: dict[Kind, str] = {
    "activity": "activity",
    "inventory": "inventories",
    "station": "stations",
    "gridded": "gridded",
}


@functools.cache
def formats(kind: Kind | None = None) -> dict[str, Format]:
    """Return all formats, or those of one kind, by name.

    Other packages add theirs by an entry point of the group `bc_inventory.readers` that names a
    `Format`.

    Raises
    ------
    ValueError
        If two formats have one name.
    """
    by_name: dict[str, Format] = {}
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
            for result in (*several, *([single] if single else [])):
                _add(by_name, result)
    for point in entry_points(group=_GROUP):
        result = point.load()
        if kind in {None, result.kind}:
            _add(by_name, result)
    return by_name


def _add(by_name: dict[str, Format], result: Format) -> None:
    if result.name in by_name:
        raise ValueError(f"two formats are named {result.name!r}")
    by_name[result.name] = result


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
    candidates = [result for result in formats(kind).values() if result.looks_like(source)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = ", ".join(candidate.name for candidate in candidates)
        raise SourceError(f"{source.name}: fits several formats ({names}); name the one you mean.")
    raise SourceError(
        f"{source.name}: fits none of the {len(formats(kind))} known formats; it is "
        f"{_glance(source)}. Check that the file is complete and as its publisher serves it, "
        "or name its format to see what differs (`bc-inventory ingest --formats` lists them)."
    )


def _glance(source: Source) -> str:
    """Return what a file that no reader knows looks like."""
    if source.is_workbook:
        names = source.workbook.sheet_names
        cells = (cell for row in source.workbook.top(names[0]) for cell in row)
        first = next((text for cell in cells if (text := str(cell).strip())), "")
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"a workbook ({', '.join(names[:3])}{more}) that begins {first[:60]!r}"
    if b"\0" in source.head:
        return f"no text, and begins {source.head[:8]!r}"
    first = next((line.strip() for line in source.head_lines if line.strip()), "")
    return f"a text that begins {first[:60]!r}"


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
    output, result = _read(origin, format_name, kind, options)
    if isinstance(result.data, pd.DataFrame) and output.contract in schema.TABLES:
        schema.check(result.data, output.contract, file=result.report.file)
    return result


def read_all(
    origins: Sequence[Source | Path | str | BinaryIO],
    format_name: str | None = None,
    *,
    kind: Kind | None = None,
    **options: Any,
) -> tuple[pd.DataFrame, list[Report]]:
    """Read several files of one contract into one table.

    Parameters
    ----------
    origins : sequence of path-like, binary file or Source
        What to read, such as the files of all provinces.
    format_name, kind, **options
        As in `read_any`, for each of them.

    Returns
    -------
    frame : pandas.DataFrame
        All rows under the contract; a key that two files share is refused.
    reports : list of Report
        One for each file.

    Raises
    ------
    SourceError, DataError
        As `read_any`; also if nothing is given or the files have different contracts.
    """
    matches = [_read(origin, format_name, kind, options) for origin in origins]
    contracts = sorted({value.contract for value, _ in matches})
    if len(contracts) != 1:
        raise SourceError(
            f"found tables of {len(contracts)} contracts ({', '.join(contracts) or 'no file'}); "
            "expected files of one"
        )
    frame = pd.concat([result.frame for _, result in matches], ignore_index=True)
    schema.check(frame, contracts[0])
    return frame, [result.report for _, result in matches]


def _read(
    origin: Source | Path | str | BinaryIO,
    format_name: str | None,
    kind: Kind | None,
    options: dict[str, Any],
) -> tuple[Format, Reading]:
    source = Source.of(origin)
    result = find_format(format_name) if format_name else detect(source, kind=kind)
    for option in options:
        if option not in result.options:
            raise SourceError(
                f"format {result.name!r} takes no option {option!r}; "
                f"it takes: {', '.join(result.options) or 'none'}"
            )
    return result, result.read(source, **options)
