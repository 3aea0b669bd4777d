"""Point sources as a table: what the grid holds, before it was gridded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.spatial.allocate import Allocation
from bc_inventory.spatial.tables import Tables

__all__ = ["point_emissions"]


def point_emissions(allocation: Allocation, tables: Tables, year: int) -> pd.DataFrame:
    """Return the emissions that points placed, point by point.

    Parameters
    ----------
    allocation : Allocation
        Its ledger says which totals points placed.
    tables : Tables
        The facts the allocation was made from.
    year : int
        Calendar year of the emissions.

    Returns
    -------
    pandas.DataFrame
        Contract `point_emissions`. Capacities share a region's total, so the
        rows of a region, category and fuel sum to the ledger's figure. Points
        of one kind that share name and place are added up.
    """
    from bc_inventory.schema import table

    proxies = tables.proxies[tables.proxies["kind"] == "points"]
    kinds = [
        (proxy, kind, tables.proxies.loc[kind, "stack_height_class"])
        for proxy, members in proxies["members"].items()
        for kind in str(members).split(";")
    ]
    by_kind = pd.DataFrame(kinds, columns=["proxy", "kind", "stack_height_class"])
    points = tables.points[["kind", "region", "name", "lat", "lon", "weight", "source_id"]]
    placed = allocation.ledger.merge(by_kind, on="proxy").merge(points, on=["region", "kind"])
    group = placed.groupby(["region", "nfr", "fuel"])
    share = placed["weight"] / group["weight"].transform("sum")
    placed["emission_kt"] = placed["emission_kt"] * share
    placed["year"] = np.int64(year)
    sides = dict(zip(allocation.pairs.names, allocation.sides, strict=True))
    placed["side"] = placed["region"].map(sides)
    rules = table("point_emissions")
    names = [name for name in rules.names if name != "emission_kt"]
    summed = placed.groupby(names, sort=True, dropna=False)["emission_kt"].sum().reset_index()
    return summed[rules.names]
