"""`bc-inventory cite`: note what cites a version, so that it is never pruned."""

from __future__ import annotations

import click

from bc_inventory.commands.options import release_options

__all__ = ["cite"]


@click.command()
@click.argument("version", required=False)
@click.option("--by", help="What cites it: a DOI, a title, an address.")
@click.option("--withdraw", is_flag=True, help="Remove the citation; it no longer holds.")
@release_options
def cite(
    version: str | None, by: str | None, withdraw: bool, inventory: str | None, releases: str
) -> None:
    r"""Note that something cites release VERSION; without VERSION list all citations.

    \b
    bc-inventory cite 2018-1a2b3c4d --by "doi:10.5281/zenodo.1234567"
    """
    from bc_inventory.release.metadata import citations
    from bc_inventory.release.read.release import choose_inventory
    from bc_inventory.release.store.stores import open_store

    store = open_store(releases)
    name = choose_inventory(store, inventory)
    if version is None:
        if by is not None or withdraw:
            raise click.UsageError("Name the version that is cited.")
        for citation in citations.citations(store, name):
            click.echo(f"{citation.version}  {citation.cited_on}  {citation.by}")
        return
    if by is None:
        raise click.UsageError("Say with --by what cites it.")
    if version == "latest":
        version = store.latest(name)
    change = citations.withdraw if withdraw else citations.cite
    result = change(store, name, version, by)
    click.echo(f"{name} {result.version} is {'no longer ' if withdraw else ''}cited by {result.by}")
