"""`bc-inventory export`: write a release in the formats others use."""

from __future__ import annotations

from pathlib import Path

import click

from bc_inventory.commands.options import factor_set_option, release_options, use_facts_of

__all__ = ["export"]

_SUFFIX = {"iamc": ".csv", "xlsx": ".xlsx", "geojson": ".geojson", "nfr": ".xlsx"}


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(list(_SUFFIX)))
@click.argument("version", default="latest")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; by default the name of the release and format.",
)
@click.option("--region", help="Member state or province, for nfr.")
@click.option("--year", type=int, help="Calendar year, for geojson; by default the last.")
@factor_set_option
@release_options
def export(
    form: str,
    to: Path | None,
    region: str | None,
    year: int | None,
    factor_set: str,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Write release VERSION as FORMAT.

    \b
    iamc     time series CSV of the IAMC, as pyam reads it
    xlsx     one sheet a table, units in the headers
    geojson  totals by region on simplified outlines
    nfr      EMEP Annex I workbook of one region (--region)
    """
    import datetime as dt

    from bc_inventory.reference.paths import data_root
    from bc_inventory.release.read.release import open_release
    from bc_inventory.report import exports
    from bc_inventory.schema import read_csv, read_parquet

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    name = f"{release.inventory}-{release.version}"
    path = to or Path(f"{name}-{form}{_SUFFIX[form]}")
    regions = read_csv(data_root() / "regions.csv", "regions")
    totals = release.table("totals")
    if form == "iamc":
        exports.write_iamc(totals, regions, path, model=f"bc_inventory {name}")
    elif form == "geojson":
        outlines = read_parquet(data_root() / "spatial" / "outlines.parquet", "spatial_outlines")
        chosen = year or int(totals["year"].max())
        exports.write_geojson(totals, regions, outlines, path, year=chosen, factor_set=factor_set)
    elif form == "nfr":
        if region is None:
            raise click.UsageError("nfr is written for one region: give --region")
        rows = release.emissions(region, factor_set=factor_set, memo=None)
        codes = rows["region"].unique()
        if len(codes) != 1:
            raise click.UsageError(f"{region} is {len(codes)} regions; nfr is written for one")
        exports.write_nfr(
            rows,
            path,
            region=str(codes[0]),
            version=release.version,
            written=dt.date.today(),
            totals=totals[totals["factor_set"] == factor_set],
        )
    else:
        from bc_inventory.workflow.derived import ANALYSES

        known = {"totals", "activity", "emissions", "hotspots", "stations", "monitoring_summary"}
        known |= {table for each in ANALYSES for table in each.tables}
        sheets = [
            exports.Sheet(table, release.table(table), table)
            for table in release.tables
            if table in known
        ]
        exports.write_workbook(sheets, path, title=f"{release.inventory} {release.version}")
    click.echo(f"Written: {path}")
