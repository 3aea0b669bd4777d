"""`bc-inventory build`: run the plan and publish a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.pipeline.plan import StepRecord

__all__ = ["build"]


@click.command()
@click.option(
    "--config",
    default="default",
    show_default=True,
    help="A TOML file, or the name of a configuration that ships with the project.",
)
@click.option(
    "--output",
    help="Folder of releases, or an address such as s3://bucket/releases; by default the folder "
    "the configuration names.",
)
@click.option(
    "--scheduler",
    default="",
    help="Address of a Dask scheduler, such as tcp://host:8786, whose workers run the steps.",
)
@click.option(
    "--variant",
    default="",
    help="Publish it under this name next to the inventory, without moving latest.",
)
def build(config: str, output: str | None, scheduler: str, variant: str) -> None:
    r"""Build an inventory from its facts and publish it as a release.

    A variant, such as a what-if, is asked for by its name wherever a version is.

    \b
    bc-inventory build --config poland.toml
    bc-inventory build --config less-coal.toml --variant less-coal
    bc-inventory diff latest less-coal --inventory poland
    """
    from bc_inventory.commands.options import use_facts_of
    from bc_inventory.config import load_config
    from bc_inventory.errors import BCInventoryError
    from bc_inventory.release.read.release import open_release
    from bc_inventory.release.store.status import release_status
    from bc_inventory.workflow.run import build as run

    chosen = load_config(config)

    def show(record: StepRecord) -> None:
        done = "unchanged" if record.reused else f"{record.seconds:.1f} s"
        click.echo(f"  {record.name:<12} {done}", err=True)

    click.echo(f"Building {chosen.inventory.name}", err=True)
    folder = output or chosen.output.folder
    try:
        release = run(chosen, folder, progress=show, scheduler=scheduler, variant=variant)
    except BCInventoryError:
        click.echo(release_status(folder, chosen.inventory.name), err=True)
        raise
    published = open_release(release.version, inventory=chosen.inventory.name, root=folder)
    use_facts_of(published)
    click.echo(published.manifest["title"])
    totals, whole_years = published.table("totals"), published.table("whole_years")
    for year in chosen.inventory.years:
        click.echo(summary(totals, year, chosen.grid.factor_set, whole_years))
    click.echo(f"Release {release.version}: {release.address}")


def summary(
    totals: pd.DataFrame, year: int, factor_set: str, whole_years: pd.DataFrame | None = None
) -> str:
    """Return the totals of a year by domain and GNFR aggregate as a table of text.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`.
    year : int
        Calendar year.
    factor_set : str
        Which factor set.
    whole_years : pandas.DataFrame, optional
        Contract `whole_years`; says below the table what an incomplete year lacks.
    """
    from bc_inventory.inventory.whole_years import incomplete
    from bc_inventory.reference.naming import names_by_domain
    from bc_inventory.schema.enumerations import Level

    rows = totals[(totals["year"] == year) & (totals["factor_set"] == factor_set)]
    names = names_by_domain(rows.loc[rows["level"] == Level.REGION, "region"])
    width = max(24, *(len(name.en) + 2 for name in names.values()))
    lines = [
        f"\nBlack carbon {year}, kt (95 % interval), {factor_set} factors",
        f"{'':24}" + "".join(f"{name.en:>{width}}" for name in names.values()),
    ]
    rows = rows.assign(short=incomplete(rows))
    cells = {
        (row.gnfr, row.side): "incomplete"
        if row.short
        else f"{row.emission_kt:,.1f} ({row.lower_kt:,.1f}-{row.upper_kt:,.1f})"
        for row in rows[rows["level"].isin([Level.SIDE, Level.SIDE_GNFR])].itertuples()
    }
    sectors = sorted({sector for sector, _ in cells if sector != "*"})
    for sector in [*sectors, "*"]:
        row = [cells.get((sector, side), "not estimated") for side in names]
        head = "Total" if sector == "*" else sector
        lines.append(f"{head:24}" + "".join(f"{cell:>{width}}" for cell in row))
    if whole_years is not None:
        mine = whole_years[
            (whole_years["year"] == year)
            & (whole_years["factor_set"] == factor_set)
            & incomplete(whole_years)
        ].set_index("side")
        lines += [
            f"{names[side].en} {year} is incomplete: {mine.loc[side, 'coverage']:.0%} of the "
            f"emission of {mine.loc[side, 'compared_with']} has a figure. "
            f"Lacking: {mine.loc[side, 'lacking']}"
            for side in names
            if side in mine.index
        ]
    return "\n".join(lines)
