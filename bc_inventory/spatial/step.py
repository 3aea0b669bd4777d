"""The step of a build that makes the grid."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import __version__, schema
from bc_inventory.embedded import data_root
from bc_inventory.spatial.allocate import allocate, select_emissions
from bc_inventory.spatial.calendar import year_bounds
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.netcdf import write_grid
from bc_inventory.spatial.proxies import read_tables

__all__ = ["grid_step"]


def grid_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    resolution: float = 0.25,
    factor_set: str = "harmonised",
    window: str = "both",
    attributes: dict[str, str] | None = None,
) -> None:
    """Spread a year's emissions over a grid and write it as NetCDF.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`: folder or file of the contract `emissions`. Optional:
        `spatial`, folder of the spatial tables, and `sectors`, table of
        categories; by default those embedded.
    outputs : dict of str to Path
        `grid`: the file to write.
    year : int
        Calendar year.
    resolution : float
        Cell size in degrees.
    factor_set : str
        Set of emission factors.
    window : str
        A name of `bc_inventory.spatial.cells.WINDOWS`.
    attributes : dict of str to str, optional
        Global attributes of the file, such as `history` and `date_created`.

    Raises
    ------
    DataError
        If there is no emission of that year and set, a region has no cells or
        a table breaks its contract. Nothing is written then.
    """
    emissions = select_emissions(
        schema.read_parquet(inputs["emissions"], "emissions"), year, factor_set
    )
    tables = read_tables(inputs.get("spatial"))
    sectors = schema.read_csv(inputs.get("sectors", data_root() / "sectors.csv"), "sectors")
    history = (
        f"bc_inventory {__version__}: {year}, {factor_set}, {window} at {resolution:g} degrees"
    )
    write_grid(
        allocate(emissions, make_grid(resolution, window), tables),
        outputs["grid"],
        bounds=year_bounds(year),
        names=dict(zip(sectors["nfr"], sectors["name"], strict=True)),
        attributes={"factor_set": factor_set, "history": history, **(attributes or {})},
    )
