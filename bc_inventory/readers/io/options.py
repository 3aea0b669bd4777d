"""Ask by name for what a file doesn't contain and what changes its numbers."""

from __future__ import annotations

from collections.abc import Collection

from bc_inventory.errors import ConfigError, Problem
from bc_inventory.readers.io.source import Source

__all__ = ["check_choice", "require"]


def require(source: Source, **given: object) -> None:
    """Refuse to go on where a parameter that changes the numbers wasn't given.

    Parameters
    ----------
    source : Source
        For the message.
    **given : object
        Parameters by name; None where the caller gave none.

    Raises
    ------
    ConfigError
        Naming each that is missing.
    """
    missing = [name for name, value in given.items() if value is None]
    if missing:
        raise ConfigError(
            [
                Problem(
                    f"no {name}",
                    _WHY.get(name, "a value, since the file doesn't say"),
                    source.name,
                    column=name,
                    remedy="The file doesn't contain it and it changes the numbers, so it has "
                    "no default.",
                )
                for name in missing
            ]
        )


_WHY = {
    "utc_offset_h": "hours by which the file's clock is ahead of UTC, such as utc_offset_h=8",
    "zeros": "zeros='measured' or zeros='missing': what an exact zero means",
    "station": "the station's code or name",
    "stamp": "stamp='begin', 'middle' or 'end': what the time of a value marks",
    "interval_s": "seconds that a value stands for, such as interval_s=3600",
    "molar_mass_g_mol": "molar mass of the tracer, such as molar_mass_g_mol=12.011",
    "unit": "the unit of the values, such as unit='ug/m3'",
}


def check_choice(source: Source, name: str, given: str | None, allowed: Collection[str]) -> str:
    """Return a choice, or refuse what is none of `allowed`.

    Raises
    ------
    ConfigError
        Naming the parameter and what it may be.
    """
    if given not in allowed:
        raise ConfigError(
            [Problem(f"{name}={given!r}", " or ".join(map(repr, allowed)), source.name, None, name)]
        )
    return str(given)
