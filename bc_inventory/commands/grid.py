"""`bc-inventory grid`: gridded emissions as asked for, from a release or an emission table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bc_inventory.commands.grid_options import resolution_of, window_of

__all__ = ["grid"]

LAYOUTS = ("cf", "hemco", "emep", "wrfchem", "input4mips", "geotiff", "geoparquet")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--year", type=int, required=True, help="Calendar year.")
@click.option(
    "--resolution", default="0.1", show_default=True, help="Cell size in degrees, or LON,LAT."
)
@click.option(
    "--window",
    default="",
    help="A domain by its code or name, all of them, global, or WEST,SOUTH,EAST,NORTH in degrees; "
    "by default what holds the domains of SOURCE.",
)
@click.option("--factor-set", default="harmonised", show_default=True, help="Emission factors.")
@click.option(
    "--period",
    type=click.Choice(["year", "month", "hour"]),
    default="year",
    show_default=True,
    help="Length of a time step; hours are those of --month, in UTC.",
)
@click.option("--month", type=click.IntRange(1, 12), help="Month of hourly steps.")
@click.option(
    "--temperature",
    type=click.Path(path_type=Path, exists=True),
    help="NetCDF with daily mean temperatures: heating follows its degree days.",
)
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="cf",
    show_default=True,
    help="Whom the file is for; cf holds everything.",
)
@click.option("--digits", type=click.IntRange(1, 7), help="Keep so many significant digits.")
@click.option(
    "--points", type=click.Path(path_type=Path), help="Write point sources as Parquet, too."
)
@click.option(
    "--boundaries",
    metavar="FILE[:COLUMN]",
    help="Regions by polygons of a GeoJSON, shapefile or GeoPackage with their codes in COLUMN, "
    "or by the flags of a NetCDF or GeoTIFF.",
)
@click.option(
    "--networks",
    is_flag=True,
    help="Place road traffic and railways by the network of OpenStreetMap; the file then comes "
    "under its Open Database License.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="NAME=FILE[:COLUMN]",
    help="Add a proxy: points, lines, polygons, or a field of counts; NAME/density=FILE for a "
    "density.",
)
@click.option(
    "--ladder",
    type=click.Path(path_type=Path, exists=True),
    help="CSV with ladders of proxies that replace ours.",
)
@click.option(
    "--scheduler",
    default="here",
    show_default=True,
    help="here, threads, cluster, or the address of a Dask scheduler.",
)
@click.option("--workers", default=2, show_default=True, help="Threads or processes.")
def grid(source: Path, target: Path, **options: Any) -> None:
    """Spread the emissions of SOURCE over a grid and write TARGET.

    SOURCE is a release, or a folder or file of emissions.
    """
    from bc_inventory.spatial.atomic_files import scratch
    from bc_inventory.spatial.exports.write import write_layout
    from bc_inventory.spatial.parallel import Compute
    from bc_inventory.spatial.product import Request, make_product
    from bc_inventory.spatial.tables import NETWORKS_NOTICE

    emissions = source / "emissions" if (source / "emissions").is_dir() else source
    request = Request(
        options["year"],
        resolution_of(options["resolution"]),
        window_of(options["window"]),
        options["factor_set"],
        options["period"],
        options["month"],
        options["temperature"],
        options["digits"],
        Compute(options["scheduler"], options["workers"]),
        {"license": NETWORKS_NOTICE} if options["networks"] else {},
    )
    tables = _tables(options, emissions, request)
    with scratch(target) as result:
        allocation = make_product(emissions, result, request, tables=tables)
        written = write_layout(result, target, options["layout"], options["year"])
    if options["points"]:
        from bc_inventory import schema
        from bc_inventory.spatial.points import point_emissions

        points = point_emissions(allocation, tables, options["year"])
        schema.write_parquet(points, "point_emissions", options["points"])
    ledger = allocation.ledger
    lower = ledger.loc[ledger["rung"] > 1, "emission_kt"].sum()
    click.echo(f"{ledger['emission_kt'].sum():,.3f} kt in {', '.join(map(str, written))}")
    click.echo(f"{lower:,.3f} kt of it by a proxy that isn't the first choice")
    outside = ledger["outside_kt"].sum()
    if outside > 0:
        click.echo(f"{outside:,.3f} kt lie beyond the edge of the grid and aren't in the file")


def _tables(options: dict[str, Any], emissions: Path, request: Any) -> Any:
    """Return the spatial facts with what the user brings."""
    from bc_inventory.spatial.tables import read_tables

    tables = read_tables(networks=options["networks"])
    if options["boundaries"]:
        from bc_inventory.spatial.allocate import select_emissions
        from bc_inventory.spatial.boundaries import with_boundaries
        from bc_inventory.spatial.raster import RASTERS

        table = _read(emissions)
        wanted = select_emissions(table, request.year, request.factor_set)["region"].unique()
        file, column = _split_column(options["boundaries"])
        if column is None and file.suffix.lower() not in RASTERS:
            raise click.BadParameter("say FILE:COLUMN", param_hint="--boundaries")
        tables = with_boundaries(tables, file, column, sorted(wanted))
    for given in options["proxies"]:
        from bc_inventory.spatial.userproxies import with_proxy

        name, _, where = given.partition("=")
        if not where:
            raise click.BadParameter("say NAME=FILE", param_hint="--proxy")
        name, _, density = name.partition("/")
        if density not in {"", "density"}:
            raise click.BadParameter(f"'/{density}' isn't '/density'", param_hint="--proxy")
        file, column = _split_column(where)
        tables = with_proxy(tables, name, file, column=column, kind="flux" if density else "mass")
    if options["ladder"]:
        from bc_inventory.spatial.userproxies import with_ladder

        tables = with_ladder(tables, options["ladder"])
    return tables


def _read(emissions: Path) -> Any:
    from bc_inventory import schema

    return schema.read_parquet(emissions, "emissions")


def _split_column(text: str) -> tuple[Path, str | None]:
    """Part a file from a column, minding the colon of a Windows drive."""
    if Path(text).exists():
        return Path(text), None
    file, colon, column = text.rpartition(":")
    return (Path(file), column) if colon and len(file) > 1 else (Path(text), None)
