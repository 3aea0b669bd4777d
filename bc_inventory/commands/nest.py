"""`bc-inventory nest`: claims inside claims, each tonne once."""

from __future__ import annotations

from pathlib import Path

import click

from bc_inventory.commands.options import release_options, version_option

__all__ = ["nest"]


@click.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for what is left."
)
@version_option
@release_options
def nest(
    file: Path | None, to: Path | None, version: str, inventory: str | None, releases: str
) -> None:
    """Resolve the claims of FILE: what is left to each, and overlaps, gaps and alternatives.

    FILE is a CSV under the contract `claims` (docs/data.md): inventories of areas, plants inside
    them, reductions by projects. Without it, the release's own table of the cases that ship with
    the project.
    """
    if file is None:
        from bc_inventory.release.read.release import open_release

        release = open_release(version, inventory=inventory, root=releases)
        rows = release.table("double_counting")
        findings = release.table("double_counting_findings")
    else:
        from bc_inventory.analysis.comparison.double_counting import nest as resolve
        from bc_inventory.analysis.comparison.double_counting import read_claims
        from bc_inventory.commands.released import computed_now

        result = resolve(read_claims(file))
        rows, findings = result.claims, result.findings
        click.echo(computed_now(f"the claims of {file.name}"))
    click.echo(rows.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
    click.echo("")
    if findings.empty:
        click.echo("no overlap, gap or alternative")
    for row in findings.itertuples():
        click.echo(f"{row.finding}: {row.words} ({row.kt:+,.3f} kt)")
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(rows, to)}")
