"""Options that commands about releases share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bc_inventory.release.read.release import Release

__all__ = [
    "answer_option",
    "answers_of",
    "domain_option",
    "factor_set_option",
    "release_options",
    "selection_options",
    "uptake_of",
    "use_facts_of",
    "version_option",
]

Command = Callable[..., Any]


def answer_option(function: Command) -> Command:
    """Add the option that gives a reader what a file doesn't say."""
    return click.option(
        "--option",
        "answers",
        multiple=True,
        metavar="NAME=VALUE",
        help="What the file doesn't say and its reader asks for by name; repeatable.",
    )(function)


def answers_of(texts: tuple[str, ...]) -> dict[str, Any]:
    """Return options of a reader from the texts `name=value`; a number is a number.

    Parameters
    ----------
    texts : tuple of str
        As given on the command line.

    Raises
    ------
    click.BadParameter
        If a text has no `=`.
    """
    fields: dict[str, Any] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not (mark and name):
            raise click.BadParameter(f"{text!r}; expected NAME=VALUE")
        try:
            fields[name.strip()] = float(value)
        except ValueError:
            fields[name.strip()] = value
    return fields


def domain_option(help_text: str) -> Callable[[Command], Command]:
    """Return the option that names a domain; `resolve_domain` reads it with a release's facts.

    Parameters
    ----------
    help_text : str
        What becomes of it.
    """
    return click.option("--side", metavar="DOMAIN", help=help_text)


def factor_set_option(function: Command) -> Command:
    """Add the option that says which set of emission factors."""
    return click.option(
        "--factor-set",
        type=click.Choice(["harmonised", "official"]),
        default="harmonised",
        show_default=True,
        help="Which set of emission factors.",
    )(function)


def version_option(function: Command) -> Command:
    """Add the option that says which version, for commands that take no VERSION."""
    return click.option(
        "--release",
        "version",
        default="latest",
        show_default=True,
        help="A version, latest, or a variant; INVENTORY/VERSION for another inventory.",
    )(function)


def release_options(function: Command) -> Command:
    """Add the options that say which inventory, and where releases are."""
    for option in (
        click.option(
            "--inventory",
            help="Name of the inventory; by default the only one there is, or that "
            "of the configuration default.",
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
        factor_set_option,
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
            help="Domain, country or province, by code or name (English, 中文); repeatable.",
        ),
    ):
        function = option(function)
    return function


def uptake_of(texts: tuple[str, ...]) -> dict[str, float]:
    """Return how far measures are carried out from the texts `measure=uptake`; 1 without `=`.

    Parameters
    ----------
    texts : tuple of str
        As given on the command line.

    Raises
    ------
    click.UsageError
        If an uptake isn't a number.
    """
    by_name = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            by_name[name] = float(value) if equals else 1.0
        except ValueError as error:
            raise click.UsageError(
                f"{text!r} isn't a measure and its uptake, such as clean_heating=0.5"
            ) from error
    return by_name


def use_facts_of(release: Release) -> None:
    """Read the facts that a release was built from, until the command ends.

    Parameters
    ----------
    release : Release
        Opened.
    """
    from bc_inventory.reference.paths import using_root

    click.get_current_context().with_resource(using_root(release.facts))
