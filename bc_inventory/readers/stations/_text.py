"""Text of station files: encodings, cut ends, units as instruments spell them."""

from __future__ import annotations

import re

from bc_inventory import units
from bc_inventory.errors import DataError, UnitError
from bc_inventory.readers.io.ending import require_whole_cell
from bc_inventory.readers.io.source import Source

__all__ = [
    "MASS",
    "carbon_unit",
    "concentration_factor",
    "decode",
    "factor_of",
    "lines_of",
]

MASS = "ug/m3"
# "ug C/m3" is a mass of carbon per volume. A registry would read C as a temperature.
_CARBON = re.compile(r"^\s*(?P<mass>[µμunmp]?g)\s*C\s*(?P<rest>[/ .].*)$")
_COMPARED = 21  # lines, the last of them without an end
_MICRO = {"µ": "u", "μ": "u"}  # the micro sign and the Greek letter


def decode(source: Source, *, also: str = "latin-1") -> str:
    """Return the text of a file: UTF-8, or else `also`.

    Parameters
    ----------
    source : Source
        The file.
    also : str
        Encoding to fall back to where the bytes aren't UTF-8.

    Raises
    ------
    DataError
        If it is neither, or both, or binary; by the encoding that fits the more of it.
    """
    try:
        return source.text
    except DataError as first:
        try:
            text = source.decode(also)
        except DataError as second:
            rows = [error.problems[0].row or 0 for error in (first, second)]
            raise (second if rows[1] > rows[0] else first) from second
        if _mostly_utf8(source.content):
            raise  # in the other encoding its letters would be others
        return text


def _mostly_utf8(content: bytes) -> bool:
    """Tell whether as many lines beyond ASCII are UTF-8 as aren't."""
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    wrong = sum("\ufffd" in line.decode(errors="replace") for line in lines)
    return 2 * wrong <= len(lines)


def lines_of(source: Source, text: str) -> list[str]:
    """Return the lines of a file without their ends; refuse a last line that was cut.

    Only line feeds end a line (`splitlines` would also split at a form feed). Where the
    file doesn't end in one, its last line must have as many cells as those before, and its
    last cell must be as theirs: it may have lost digits.

    Raises
    ------
    DataError
        If the last line may be cut.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        return lines[:-1]
    cells = lines[-1].split()
    before = [row for line in lines[-_COMPARED:-1] if (row := line.split())]
    alike = all(len(row) == len(cells) for row in before)
    require_whole_cell(
        source, len(lines), cells[-1] if cells and alike else "", [row[-1] for row in before]
    )
    return lines


def carbon_unit(unit: str) -> str:
    """Return a mass unit of carbon per volume as a plain mass per volume.

    Parameters
    ----------
    unit : str
        As delivered: `ug C/m3`, `ng C/m3`, `ug.m-3`, `µg/m³`.

    Returns
    -------
    str
        Without the carbon, which is the quantity and not part of the unit.

    Examples
    --------
    >>> carbon_unit("ug C/m3")
    'ug/m3'
    """
    text = unit.strip()
    for foreign, plain in _MICRO.items():
        text = text.replace(foreign, plain)
    match = _CARBON.match(text)
    return match["mass"] + match["rest"] if match else text


def factor_of(
    source: Source, unit: str, to: str = MASS, *, row: int | None = None, column: str | None = None
) -> float:
    """Return what `concentration_factor` does, or refuse the file by the place of its unit.

    Parameters
    ----------
    source : Source
        File the unit stands in.
    unit, to : str
        See `concentration_factor`.
    row : int, optional
        Line of the unit.
    column : str, optional
        Column of the unit.

    Raises
    ------
    DataError
        If the unit can't be taken to `to`.
    """
    try:
        return concentration_factor(unit, to)
    except UnitError as error:
        raise source.refuse(
            f"unit {unit!r}", f"a unit like {to}", row=row, column=column, remedy=str(error)
        ) from error


def concentration_factor(unit: str, to: str = MASS) -> float:
    """Return the number that turns a concentration as delivered into `to`.

    Parameters
    ----------
    unit : str
        As delivered; a carbon mass (`ug C/m3`) is a mass.
    to : str
        `ug/m3`, or `1/Mm` for absorption.

    Raises
    ------
    UnitError
        If the unit is unknown, or a mixing ratio, which needs pressure and temperature.
    """
    if re.fullmatch(r"\s*pp[mbt]v?\s*", unit):
        raise UnitError(
            f"unit {unit!r} is a mixing ratio: it becomes {to} only with the air density"
        )
    return units.factor(carbon_unit(unit), to)
