"""The set-up record of an AE33, from a dump of the instrument's server."""

from __future__ import annotations

import re

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.stations._text import decode
from bc_inventory.schema.series import Setup

__all__ = ["read_setup"]

_SETUP = re.compile(r"## FETCH Setup \d*\s*\n(.*?)(?=\n?## FETCH|\Z)", re.DOTALL)
_TIMEBASE_AT = 9  # cell of the timebase; the cross-sections follow it


def read_setup(origin: Source) -> tuple[Setup, ...]:
    """Read the set-up records of a dump of the instrument's server.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Text with a section `## FETCH Setup`.

    Returns
    -------
    tuple of Setup
        In the order of the dump; a record cut off at its end is left out.

    Raises
    ------
    DataError
        If there is no whole record.
    """
    source = Source.of(origin)
    section = _SETUP.search(decode(source).replace("\r\n", "\n"))
    matches = []
    for line in section[1].split("\n") if section else []:
        cells = line.split(">")[-1].split("|")
        if len(cells) > _TIMEBASE_AT + 14:
            try:
                numbers = [float(cell) for cell in cells[_TIMEBASE_AT : _TIMEBASE_AT + 15]]
            except ValueError as error:
                raise source.refuse(repr(line[:60]), "numbers of a set-up record") from error
            matches.append(
                Setup(
                    cells[2],
                    cells[3],
                    tuple(numbers[1:8]),
                    *numbers[8:11],
                    *numbers[13:15],
                )
            )
    if not matches:
        raise source.refuse("no whole record after '## FETCH Setup'", "a set-up record")
    return tuple(matches)
