"""`bc-inventory verify`: prove a release whole."""

from __future__ import annotations

import click

from bc_inventory.commands.options import release_options

__all__ = ["verify"]


@click.command()
@click.argument("version", default="latest")
@click.option("--all", "every", is_flag=True, help="Verify every version of the inventory.")
@release_options
def verify(version: str, every: bool, inventory: str | None, releases: str) -> None:
    """Prove that no byte of release VERSION was altered, and that no file is missing or extra."""
    from bc_inventory.errors import ReleaseError
    from bc_inventory.release.read.release import choose_inventory
    from bc_inventory.release.store.stores import open_store

    store = open_store(releases)
    name = choose_inventory(store, inventory)
    latest = store.latest(name)
    versions = store.versions(name) if every else [latest if version == "latest" else version]
    for item in versions:
        try:
            manifest = store.verify(name, item)
        except ReleaseError:
            if not every or store.has(name, item):
                raise
            click.echo(f"{name} {item}: removed meanwhile")
            continue
        count = len(manifest["files"]) + len(manifest["documents"])
        size = sum(entry["bytes"] for entry in [*manifest["files"], *manifest["documents"]])
        mark = ", latest" if item == latest else ""
        click.echo(f"{name} {item}: whole, {count} files, {size / 1e6:.1f} MB{mark}")
