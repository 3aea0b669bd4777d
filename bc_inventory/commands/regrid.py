"""`bc-inventory regrid`: move fields to another grid and keep their mass."""

from __future__ import annotations

from pathlib import Path

import click

from bc_inventory.commands.grid_options import resolution_of, window_of

__all__ = ["regrid"]


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--resolution", required=True, help="Cell size in degrees, or LON,LAT.")
@click.option(
    "--window",
    default="global",
    show_default=True,
    help="A domain by its code or name, all of them, global, or WEST,SOUTH,EAST,NORTH in degrees.",
)
@click.option("--variable", "variables", multiple=True, help="Field to take; may be repeated.")
@click.option(
    "--kind",
    type=click.Choice(["mass", "flux"]),
    help="Whether fields are kg per cell or per area, if they don't say it.",
)
@click.option(
    "--earth",
    type=click.Choice(["wgs84", "sphere"]),
    default="wgs84",
    show_default=True,
    help="Surface on which areas are taken.",
)
def regrid(
    source: Path,
    target: Path,
    resolution: str,
    window: str,
    variables: tuple[str, ...],
    kind: str | None,
    earth: str,
) -> None:
    """Regrid fields of the NetCDF file SOURCE conservatively and write TARGET."""
    from bc_inventory.spatial.cells import make_grid
    from bc_inventory.spatial.regrid_file import regrid_file

    grid = make_grid(resolution_of(resolution), window_of(window), earth=earth)  # type: ignore[arg-type]
    ledger = regrid_file(source, target, grid, variables=variables, kind=kind)  # type: ignore[arg-type]
    for name in sorted(str(entry) for entry in ledger.data_vars):
        unit = ledger[name].attrs.get("units", "")
        click.echo(f"{name}: {float(ledger[name]):.9g} {unit}".rstrip())
    click.echo(str(target))
