"""`bc-inventory fetch`: put publishers' files into the cache."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["fetch"]


@click.command()
@click.argument("items", nargs=-1)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the cache; by default BC_INVENTORY_CACHE or the system's cache folder.",
)
@click.option("--offline", is_flag=True, help="Only verify what is there.")
@click.option("--list", "list_items", is_flag=True, help="List the catalogue and stop.")
def fetch(items: tuple[str, ...], cache: Path | None, offline: bool, list_items: bool) -> None:
    """Fetch ITEMS of the catalogue, each verified by its checksum, and print their paths."""
    from bc_inventory.reference.catalogue import Cache, default_cache_root, find_item

    store = Cache(cache or default_cache_root(), offline=offline)
    if list_items:
        for row in store.state().itertuples():
            text = "cached" if row.cached else ""
            click.echo(f"{row.item:<24} {row.access:<13} {text:<7} {row.licence}")
        return
    if not items:
        raise click.UsageError("Name at least one item, or ask for --list.")
    for item in [find_item(name) for name in items]:
        click.echo(store.fetch(item))
        click.echo(f"  licence: {item.licence}; cite: {item.citation}", err=True)
