"""The steps of a build that say where emissions lie and make the grid."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import schema
from bc_inventory.reference.domains import bounds_of
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.counted import is_counted
from bc_inventory.schema.enumerations import Period
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.parallel import Compute
from bc_inventory.spatial.points import point_emissions
from bc_inventory.spatial.product import Request, make_product
from bc_inventory.spatial.proxy_shares import make_shares, read_shares, write_shares
from bc_inventory.spatial.tables import read_tables

__all__ = ["grid_step", "shares_step"]


def shares_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    resolution: float = 0.1,
    window: str = "",
) -> None:
    """Choose the proxies of all categories with activity and write their shares of a grid.

    Parameters
    ----------
    inputs : dict of str to Path
        `activity`: contract `activity`. Optional: `spatial`, folder of the spatial
        tables, and `regions` and `sectors`, contracts of those names; by default those
        embedded.
    outputs : dict of str to Path
        `shares`: folder, see `bc_inventory.spatial.proxy_shares.write_shares`.
    resolution : float
        Cell size in degrees.
    window : str
        A name that `cells.make_grid` knows; by default the smallest bounds that hold the
        domains with activity.

    Raises
    ------
    DataError
        If a region has no cells, a category no proxy, or a table breaks its contract.
    """
    activity = schema.read_parquet(inputs["activity"], "activity")
    data = data_root()
    regions = schema.read_csv(inputs.get("regions", data / "regions.csv"), "regions")
    sectors = schema.read_csv(inputs.get("sectors", data / "sectors.csv"), "sectors")
    memo = sectors.loc[~is_counted(sectors), "nfr"]
    rows = activity[activity["activity"].notna() & ~activity["nfr"].isin(memo)]
    categories = rows.merge(regions[["region", "side"]], on="region", validate="many_to_one")
    grid = make_grid(resolution, window or bounds_of(set(categories["side"])))
    tables = read_tables(inputs.get("spatial"))
    write_shares(make_shares(categories, grid, tables), outputs["shares"])


def grid_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    resolution: float = 0.1,
    factor_set: str = "harmonised",
    window: str = "",
    period: str = Period.YEAR,
    scheduler: str = "here",
    workers: int = 2,
) -> None:
    """Spread a year's emissions over a grid and write it as NetCDF.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`: folder or file of the contract `emissions`; `shares`, of
        `shares_step` for the same grid. Optional: `spatial`, folder of the spatial
        tables, and `sectors`, table of categories; by default those embedded.
    outputs : dict of str to Path
        `grid`: the file to write; its ledger is written next to it. Optional: `points`,
        point sources as Parquet.
    year : int
        Calendar year.
    resolution : float
        Cell size in degrees.
    factor_set : str
        Set of emission factors.
    window : str
        See `bc_inventory.spatial.product.Request`.
    period : {"year", "month"}
        Length of a time step.
    scheduler, workers
        Where fields are computed: see `bc_inventory.spatial.parallel.Compute`.
        The file is the same.

    Raises
    ------
    DataError
        If there is no emission of that year and set, the shares are those of another
        grid or a table breaks its contract. Nothing is written then.
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
    product = make_product(
        inputs["emissions"],
        outputs["grid"],
        request,
        tables=tables,
        sectors=inputs.get("sectors"),
        shares=read_shares(inputs["shares"]),
    )
    if "points" in outputs:
        points = point_emissions(product, tables, year)
        schema.write_parquet(points, "point_emissions", outputs["points"])
