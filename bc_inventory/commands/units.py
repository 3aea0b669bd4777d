"""`bc-inventory units`: convert a quantity."""

from __future__ import annotations

import click

__all__ = ["units"]


@click.command()
@click.argument("value", type=float)
@click.argument("unit")
@click.argument("to")
def units(value: float, unit: str, to: str) -> None:
    """Convert VALUE from UNIT to the unit TO.

    Units are read as the inventory reads them: kt is a kilotonne, tce and
    万吨标准煤 are known, ambiguous ones are refused. Mass and energy of a fuel
    don't convert here: that takes a calorific value with a source.
    """
    from bc_inventory.units import factor

    click.echo(f"{value * factor(unit, to):.10g} {to}")
