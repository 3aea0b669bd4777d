"""`bc-inventory nest`: claims inside claims, each tonne once."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["nest"]


@click.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for what is left."
)
def nest(file: Path | None, to: Path | None) -> None:
    """Resolve the claims of FILE: what is left to each, and overlaps, gaps and alternatives.

    FILE is a CSV under the contract `claims` (docs/data.md): inventories of areas, plants inside
    them, reductions by projects. By default the cases that ship with the project.
    """
    from bc_inventory.analysis.comparison.double_counting import nest as resolve
    from bc_inventory.analysis.comparison.double_counting import read_claims

    made = resolve(read_claims(file))
    click.echo(made.own.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
    click.echo("")
    if made.findings.empty:
        click.echo("no overlap, gap or alternative")
    for row in made.findings.itertuples():
        click.echo(f"{row.finding}: {row.words} ({row.kt:+,.3f} kt)")
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(made.own, to)}")
