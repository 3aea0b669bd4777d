"""`bc-inventory show`: what a release holds, and its totals."""

from __future__ import annotations

import click

from bc_inventory.commands.options import release_options, selection_options

__all__ = ["show"]


@click.command()
@click.argument("version", default="latest")
@selection_options
@release_options
def show(
    version: str,
    regions: tuple[str, ...],
    sectors: tuple[str, ...],
    years: tuple[int, ...],
    factor_set: str,
    inventory: str | None,
    releases: str,
) -> None:
    """Show the totals of release VERSION, for all or for a region and sector."""
    from bc_inventory.commands.build import summary
    from bc_inventory.commands.released import derived
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    click.echo(f"{release.inventory} {release.version}  {release.path}")
    if not regions and not sectors:
        totals = release.table("totals")
        for shown in sorted(set(totals["year"]) & set(years or totals["year"])):
            click.echo(summary(totals, int(shown), factor_set, derived(release, "whole_years")))
        click.echo(f"\nTables: {', '.join(release.tables)}")
        return
    rows = release.totals(
        list(regions) or None, list(sectors) or None, list(years) or None, factor_set=factor_set
    )
    columns = [
        "year",
        "side",
        "region",
        "gnfr",
        "nfr",
        "factor_set",
        "emission_kt",
        "lower_kt",
        "upper_kt",
        "completeness",
    ]
    shown = rows.reindex(columns=columns)
    click.echo(shown.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
