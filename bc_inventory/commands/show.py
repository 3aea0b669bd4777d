"""`bc-inventory show`: what a release holds, and its totals."""

from __future__ import annotations

import click

from bc_inventory.commands.options import release_options, selection_options

__all__ = ["show"]


@click.command()
@selection_options
@release_options
def show(
    region: tuple[str, ...],
    sector: tuple[str, ...],
    year: tuple[int, ...],
    version: str,
    inventory: str | None,
    output: str,
) -> None:
    """Show the totals of a release, for all or for a region and sector."""
    from bc_inventory.commands.build import summary
    from bc_inventory.release.opened import open_release

    release = open_release(version, inventory=inventory, root=output)
    click.echo(f"{release.inventory} {release.version}  {release.path}")
    if not region and not sector:
        totals = release.table("totals")
        for shown in sorted(set(totals["year"]) & set(year or totals["year"])):
            click.echo(summary(totals, int(shown), "harmonised"))
        click.echo(f"\nTables: {', '.join(release.tables)}")
        return
    rows = release.totals(
        list(region) or None, list(sector) or None, list(year) or None, factor_set=None
    )
    columns = ["year", "side", "region", "nfr", "factor_set", "emission_kt", "lower_kt", "upper_kt"]
    click.echo(rows[columns].to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
