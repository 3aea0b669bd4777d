"""Years at the head of columns: each once, and in the order of time or against it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bc_inventory.readers.io.source import Source

__all__ = ["require_order"]


def require_order(
    source: Source, years: Sequence[int], *, row: int | None = None, column: str | None = None
) -> None:
    """Refuse years of columns that no publisher writes so: a label may stand over others' figures.

    Years that are left out are no fault here; the report of a file names its spans.

    Parameters
    ----------
    source : Source
        For messages.
    years : sequence of int
        In the order of the columns.
    row : int, optional
        Row of the header.
    column : str, optional
        Sheet or column.

    Raises
    ------
    DataError
        If there is none, a year comes twice, or one is out of the order of the others.
    """
    if not years:
        raise source.refuse("no column of a year", "years, each once", row=row, column=column)
    if len(set(years)) != len(years):
        raise source.refuse("a year twice", "years, each once", row=row, column=column)
    upwards = years[0] <= years[-1]
    for before, after in pairwise(years):
        if (after > before) != upwards:
            raise source.refuse(
                f"{after} after {before}",
                "years, each once and in order",
                row=row,
                column=column,
                remedy="Figures may stand below another year's name. Fetch the file again, or "
                "sort its columns of years together with their names.",
            )
