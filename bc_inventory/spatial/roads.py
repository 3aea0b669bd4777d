"""Traffic by class of road: motorways, other main roads, and all the rest.

A km of motorway carries more lorries than a km of another road. How vehicle kilometres
are shared among the classes is known for a reference region; its traffic for a km of each
class is taken for the other regions of the side, so that a region with few motorways has
more of its traffic elsewhere.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["road_traffic"]

_VEHICLES = ("heavy", "light")
# The network holds each direction of a motorway as a line of its own.
_DIRECTIONS = 2


def road_traffic(
    cells: pd.DataFrame, traffic: pd.DataFrame, sides: pd.Series, file: str
) -> pd.DataFrame:
    """Return the relative traffic of heavy and light vehicles in each cell of a region.

    Parameters
    ----------
    cells : pandas.DataFrame
        `spatial_cells` with `area_m2` and the columns of `spatial_networks`.
    traffic : pandas.DataFrame
        `road_traffic`.
    sides : pandas.Series
        Side of each region, by region.
    file : str
        Of `traffic`, for messages.

    Returns
    -------
    pandas.DataFrame
        `cells` with the columns `road_heavy` and `road_light`: in a class of roads its share
        of the vehicle kilometres of the reference region times its km in the cell over its
        km in the reference region, summed over the classes (dimensionless; 1 in the
        reference region as a whole). Minor roads lie along the root of people times land.
        0 in regions of no side.

    Raises
    ------
    DataError
        If a reference region has no roads of a class, or shares don't sum to one.
    """
    people = (cells["pop_urban"] + cells["pop_rural"]).to_numpy(dtype=float)
    motorway, every = (cells[name].to_numpy(dtype=float) for name in ("motorway_km", "road_km"))
    amounts = {
        "motorway": motorway,
        "main": np.maximum(every - _DIRECTIONS * motorway, 0.0),
        "minor": np.sqrt(people * cells["area_m2"].to_numpy(dtype=float)),
    }
    side = cells["region"].map(sides).to_numpy()
    volumes = {f"road_{vehicles}": np.zeros(len(cells)) for vehicles in _VEHICLES}
    for (scope, vehicles), rows in traffic.groupby(["scope", "vehicles"]):
        _require_whole(rows, file)
        for row in rows.itertuples():
            amount = amounts[row.road_class]
            whole = amount[(cells["region"] == row.reference) | (side == row.reference)].sum()
            if not whole > 0:
                raise DataError(
                    [
                        Problem(
                            f"no {row.road_class} roads in {row.reference!r}",
                            "a region or side that has roads of each class",
                            file,
                            column="reference",
                        )
                    ]
                )
            volumes[f"road_{vehicles}"] += np.where(side == scope, row.share * amount / whole, 0.0)
    return cells.assign(**volumes)


def _require_whole(rows: pd.DataFrame, file: str) -> None:
    """Refuse shares of the classes that don't sum to one."""
    total = rows["share"].sum()
    if abs(total - 1) > 1e-6:
        which = rows.iloc[0]
        raise DataError(
            [
                Problem(
                    f"shares of {which['vehicles']} vehicles in {which['scope']} that sum to "
                    f"{total:.4f}",
                    "shares that sum to 1",
                    file,
                    column="share",
                )
            ]
        )
