"""Options that the commands on a release share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["release_options", "selection_options"]

Command = Callable[..., Any]


def release_options(command: Command) -> Command:
    """Add `--release`, `--inventory` and `--output`: which release, and where."""
    command = click.option(
        "--output", default="releases", show_default=True, help="Folder or address of releases."
    )(command)
    command = click.option("--inventory", help="Name of the inventory; by default the only one.")(
        command
    )
    return click.option(
        "--release", "version", default="latest", show_default=True, help="A version, or latest."
    )(command)


def selection_options(command: Command) -> Command:
    """Add `--region`, `--sector` and `--year`, each of which may be given again."""
    command = click.option("--year", type=int, multiple=True, help="Calendar year.")(command)
    command = click.option(
        "--sector", multiple=True, help="NFR category or GNFR aggregate, by code or name."
    )(command)
    return click.option(
        "--region", multiple=True, help="Side, group, country or province, by code or name."
    )(command)
