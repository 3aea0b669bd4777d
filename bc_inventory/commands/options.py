"""Options that commands about releases share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["release_options", "selection_options"]

Command = Callable[..., Any]


def release_options(function: Command) -> Command:
    """Add the options that say which inventory, and where releases are."""
    for option in (
        click.option(
            "--inventory",
            help="Name of the inventory; by default eu-china, or the only one there is.",
        ),
        click.option(
            "--releases",
            default="releases",
            show_default=True,
            envvar="BC_INVENTORY_RELEASES",
            show_envvar=True,
            help="Folder of releases, or an address such as s3://bucket/releases.",
        ),
    ):
        function = option(function)
    return function


def selection_options(function: Command) -> Command:
    """Add the options that say which part of a release."""
    for option in (
        click.option(
            "--factor-set",
            type=click.Choice(["harmonised", "official"]),
            default="harmonised",
            show_default=True,
            help="Which set of emission factors.",
        ),
        click.option("--year", "years", type=int, multiple=True, help="Calendar year; repeatable."),
        click.option(
            "--sector",
            "sectors",
            multiple=True,
            help="NFR category at any level, GNFR aggregate, or a name; repeatable.",
        ),
        click.option(
            "--region",
            "regions",
            multiple=True,
            help="Side, country or province, by code or name (English, 中文); repeatable.",
        ),
    ):
        function = option(function)
    return function
