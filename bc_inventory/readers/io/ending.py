"""Texts whose last line has no end: whether their last cell can be the start of another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bc_inventory.readers.io.source import Source

__all__ = ["is_whole", "require_whole_cell"]

_NUMBER = re.compile(r"[+-]?\d*\.?(?P<decimals>\d*)(?:[eE][+-]?\d+)?", re.ASCII)
_FEWEST = 3


def is_whole(cell: str, others: Sequence[str]) -> bool:
    """Tell whether the last cell of a text without a last line end can't be a part of another.

    Parameters
    ----------
    cell : str
        The last cell of the last row.
    others : sequence of str
        Cells of the same column in other rows; empty ones tell nothing.

    Returns
    -------
    bool
        True if at least three others are there and it is as they are: a number with as many
        decimals as each of them, where they have any; a text as long as each of them; or a
        text that stands there in full and that none of them goes on from.

    Examples
    --------
    >>> is_whole("2.7", ["2.75", "3.1", "0.62"]), is_whole("2.70", ["2.75", "3.10", "0.62"])
    (False, True)
    >>> is_whole("12", ["120", "118", "124"]), is_whole("N14 1A1", ["N14 1A1a"] * 3)
    (False, False)
    """
    cell = cell.strip()
    known = [text for other in others if (text := other.strip())]
    if not cell or len(known) < _FEWEST:
        return False
    if _NUMBER.fullmatch(cell):
        decimals = {_decimals(text) for text in known}
        return len(decimals) == 1 and decimals == {_decimals(cell)} and min(decimals) > 0
    if {len(text) for text in known} == {len(cell)}:
        return True
    return cell in known and not any(text != cell and text.startswith(cell) for text in known)


def _decimals(text: str) -> int:
    """Return how many decimals a number has, -1 if it is none or has an exponent."""
    match = _NUMBER.fullmatch(text)
    if match is None or "." not in text or "e" in text.lower():
        return -1
    return len(match["decimals"])


def require_whole_cell(source: Source, row: int, cell: str, others: Sequence[str]) -> None:
    """Refuse a last line without an end whose last cell may have lost digits or letters.

    Parameters
    ----------
    source : Source
        For the message.
    row : int
        Number of the last line.
    cell, others
        See `is_whole`.

    Raises
    ------
    DataError
        If the cell may have been cut.
    """
    if not is_whole(cell, others):
        raise source.refuse(
            f"a last line without an end, which may be cut within {cell!r}",
            "a line end after the last row",
            row=row,
            remedy="The file may be cut off; fetch it again, or end the line if it is whole.",
        )
