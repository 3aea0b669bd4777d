"""`bc-inventory verify`: prove a release whole."""

from __future__ import annotations

import click

from bc_inventory.commands.options import release_options

__all__ = ["verify"]


@click.command()
@release_options
def verify(version: str, inventory: str | None, output: str) -> None:
    """Check every file of a release against its manifest."""
    from bc_inventory.release.opened import open_release
    from bc_inventory.release.verify import verify_folder

    release = open_release(version, inventory=inventory, root=output)
    manifest = verify_folder(release.path)
    click.echo(f"{release.inventory} {release.version}: {len(manifest['files'])} files, all whole")
