"""`bc-inventory init`: the folder of an inventory, to be filled with facts."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["init"]


@click.command()
@click.argument("name")
@click.option(
    "--region",
    "regions",
    multiple=True,
    required=True,
    help="Member state, province, group or domain, by code or name; repeatable.",
)
@click.option(
    "--year",
    "years",
    type=int,
    multiple=True,
    default=(2018,),
    show_default=True,
    help="Calendar year; repeatable. The last one is gridded.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write; by default one of the inventory's name.",
)
def init(name: str, regions: tuple[str, ...], years: tuple[int, ...], folder: Path | None) -> None:
    """Write a configuration, stubs of fact tables, a README and a test for inventory NAME.

    The stubs hold the rows that are in force as comments. Remove the # of a row and change
    it: it takes the place of the embedded one.
    """
    from bc_inventory.workflow.scaffold import write_scaffold

    written = write_scaffold(name, regions, years, folder or Path(name))
    for path in written:
        click.echo(path)
    click.echo(
        f"\nNow edit the tables in {written[0].parent / 'facts'}, then:\n"
        f"  cd {written[0].parent}\n  bc-inventory build --config {written[0].name}"
    )
