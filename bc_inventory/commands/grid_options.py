"""Grids as options of a command."""

from __future__ import annotations

import click

__all__ = ["resolution_of", "window_of"]


def resolution_of(text: str) -> float | tuple[float, float]:
    """Return the resolution that a text such as `0.25` or `0.625,0.5` says.

    Raises
    ------
    click.BadParameter
        If it isn't one or two numbers.
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} isn't numbers", param_hint="--resolution") from error
    if len(values) > 2:
        raise click.BadParameter("say one number, or LON,LAT", param_hint="--resolution")
    return values[0] if len(values) == 1 else (values[0], values[1])


def window_of(text: str) -> str | tuple[float, float, float, float]:
    """Return the window that a name or a text such as `5,45,15,55` says.

    Raises
    ------
    click.BadParameter
        If it has a comma and isn't four numbers.
    """
    if "," not in text:
        return text
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter("say WEST,SOUTH,EAST,NORTH", param_hint="--window") from error
    return west, south, east, north
