"""What a format is, what a reader returns, and the report of what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from bc_inventory.readers.io.source import Source

__all__ = ["Format", "Kind", "Reading", "Report", "Skipped", "reading", "year_spans"]

Kind = Literal["activity", "inventory", "station", "gridded"]


@dataclass(frozen=True)
class Skipped:
    """Rows of a file that didn't go into the table, and why.

    Parameters
    ----------
    reason : str
        Why and what (rows, cells or sheets), in words a user understands.
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
    aggregates : tuple
        Regions that hold others or lie outside all of them, and aren't added to them.
    sectors, fuels : int
        Distinct sectors and fuels of the publisher.
    notation_keys : dict of str to int
        Cells by notation key.
    skipped : tuple of Skipped
        What was left out and why.
    notes : tuple of str
        What a user of the rows should know.
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
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    sectors: int = 0
    fuels: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the report as lines for a terminal."""
        keys = ", ".join(f"{key} {n}" for key, n in (self.notation_keys or {}).items())
        lines = [
            ("rows", str(self.rows)),
            ("years", f"{year_spans(self.years)} ({len(self.years)})" if self.years else "none"),
            ("regions", f"{len(self.regions)}: {_first(self.regions)}"),
        ]
        if self.aggregates:
            lines.append(("not to sum", f"{len(self.aggregates)}: {_first(self.aggregates)}"))
        lines += [(name, str(n)) for name in ("sectors", "fuels") if (n := getattr(self, name))]
        if self.species:
            lines.append(("species", ", ".join(self.species)))
        lines += [
            ("units", ", ".join(self.units) or "not stated"),
            ("notation keys", keys or "none"),
            ("sha256", self.sha256),
        ]
        for item in self.skipped:
            example = f" (such as {item.example})" if item.example else ""
            lines.append(("skipped", f"{item.rows} x {item.reason}{example}"))
        lines += [("note", note) for note in self.notes]
        head = f"{self.file}: {self.format}"
        return "\n".join([head, *(f"  {name:<14} {text}" for name, text in lines)])


def _first(names: tuple[str, ...], shown: int = 8) -> str:
    return ", ".join(names[:shown]) + (", ..." if len(names) > shown else "")


def year_spans(years: Iterable[int]) -> str:
    """Return years as spans without holes, such as 1990, 1995-2000, 2010."""
    known = set(years)
    starts = sorted(year for year in known if year - 1 not in known)
    ends = sorted(year for year in known if year + 1 not in known)
    pairs = zip(starts, ends, strict=True)
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in pairs)


@dataclass(frozen=True)
class Reading:
    """What a reader returns.

    Parameters
    ----------
    data : pandas.DataFrame or xarray.Dataset
        A table under the format's contract, or a CF dataset.
    report : Report
        What was read and what was skipped.
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
    skipped: Sequence[Skipped] = (),
    notes: Sequence[str] = (),
) -> Reading:
    """Return a table with its report, summarised from its own columns.

    Parameters
    ----------
    source : Source
        What was read.
    format_name : str
        Name of the format.
    frame : pandas.DataFrame
        The table; its columns year, region, region_level, sector, fuel (or source_sector,
        source_fuel), species, unit and notation_key are summarised where it has them.
    skipped : sequence of Skipped
        What was left out.
    notes : sequence of str
        What a user of the rows should know.

    Returns
    -------
    Reading
        Table and report.
    """

    def distinct(column: str) -> tuple[Any, ...]:
        if column not in frame.columns:
            return ()
        return tuple(sorted(frame[column].dropna().unique().tolist()))

    def count(*columns: str) -> int:
        return next((frame[name].nunique() for name in columns if name in frame.columns), 0)

    alone = ("country", "province", "part")
    apart = ~frame["region_level"].isin(alone) if "region_level" in frame.columns else None
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
        skipped=tuple(skipped),
        notes=tuple(notes),
        aggregates=() if apart is None else tuple(sorted(frame.loc[apart, "region"].unique())),
        sectors=count("source_sector", "sector"),
        fuels=count("source_fuel", "fuel"),
    )
    return Reading(frame, report)
