"""`bc-inventory measures`: what measures would save, alone and together."""

from __future__ import annotations

from pathlib import Path

import click

from bc_inventory.commands.options import (
    factor_set_option,
    release_options,
    uptake_of,
    use_facts_of,
    version_option,
)

__all__ = ["measures"]


@click.command()
@click.argument("uptake", nargs=-1, metavar="[MEASURE=UPTAKE]...")
@click.option(
    "--library",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of measures under the contract `measures`; by default the one of the project.",
)
@click.option("--year", type=int, help="Calendar year; by default the release's last.")
@click.option(
    "--by",
    type=click.Choice(["side", "region"]),
    default="side",
    show_default=True,
    help="What the savings are given for.",
)
@factor_set_option
@click.option(
    "--draws", default=500, show_default=True, type=click.IntRange(0), help="Monte Carlo draws."
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the table."
)
@version_option
@release_options
def measures(
    uptake: tuple[str, ...],
    library: Path | None,
    year: int | None,
    by: str,
    factor_set: str,
    draws: int,
    to: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Show what measures save, each with how far it is carried out, 0 to 1.

    Without any, the measures of the library are listed.

    \b
    bc-inventory measures clean_heating=0.5 diesel_filters=0.8
    """
    from bc_inventory.analysis.mitigation.measures import read_measures, wedges
    from bc_inventory.analysis.mitigation.scenario import drawn_scene
    from bc_inventory.reference.paths import data_root
    from bc_inventory.release.read.release import open_release
    from bc_inventory.schema import read_csv

    known = read_measures(library)
    if not uptake:
        listed = known.drop_duplicates("measure")
        for row in listed.rename(columns={"name": "title"}).itertuples():
            click.echo(f"{row.measure:<20} {row.title}")
        return
    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    chosen = year or int(release.table("totals")["year"].max())
    rows = release.emissions(None, None, chosen, factor_set=factor_set, memo=None)
    regions = read_csv(data_root() / "regions.csv", "regions")
    keys = ("side",) if by == "side" else ("side", "region")
    made = wedges(drawn_scene(rows, known, uptake_of(uptake), regions, draws=draws), by=keys)
    made = made[made["saved_kt"] != 0]
    if to is None:
        click.echo(made.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
        return
    from bc_inventory.report.exports import write_csv

    click.echo(f"Written: {write_csv(made, to)}")
