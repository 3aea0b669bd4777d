"""The step of a build that makes the grid."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import schema
from bc_inventory.spatial.parallel import Compute
from bc_inventory.spatial.points import point_emissions
from bc_inventory.spatial.product import Period, Request, make_product
from bc_inventory.spatial.tables import read_tables

__all__ = ["grid_step"]


def grid_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    resolution: float = 0.1,
    factor_set: str = "harmonised",
    window: str = "both",
    period: Period = "year",
    scheduler: str = "here",
    workers: int = 2,
) -> None:
    """Spread a year's emissions over a grid and write it as NetCDF.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`: folder or file of the contract `emissions`. Optional:
        `spatial`, folder of the spatial tables, and `sectors`, table of
        categories; by default those embedded.
    outputs : dict of str to Path
        `grid`: the file to write. Optional: `points`, point sources as Parquet.
    year : int
        Calendar year.
    resolution : float
        Cell size in degrees.
    factor_set : str
        Set of emission factors.
    window : str
        A name of `bc_inventory.spatial.cells.WINDOWS`.
    period : {"year", "month"}
        Length of a time step.
    scheduler, workers
        Where fields are computed: see `bc_inventory.spatial.parallel.Compute`.
        The file is the same.

    Raises
    ------
    DataError
        If there is no emission of that year and set, a region has no cells or
        a table breaks its contract. Nothing is written then.
    """
    tables = read_tables(inputs.get("spatial"))
    request = Request(
        year,
        resolution,
        window,
        factor_set,
        period,
        compute=Compute(scheduler, workers),
    )
    made = make_product(
        inputs["emissions"], outputs["grid"], request, tables=tables, sectors=inputs.get("sectors")
    )
    if "points" in outputs:
        points = point_emissions(made, tables, year)
        schema.write_parquet(points, "point_emissions", outputs["points"])
