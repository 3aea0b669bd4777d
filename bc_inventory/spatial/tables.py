"""The spatial facts: cells, lanes, points, proxies and ladders, read and checked.

Roads and railways come from OpenStreetMap under a licence that asks for the same of
what is derived from them, so they lie in a folder of their own and are read on request.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import Problems
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.regions import read_cells
from bc_inventory.spatial.roads import road_traffic

__all__ = ["NETWORKS_NOTICE", "Tables", "check_ladder", "read_tables"]

NETWORKS_NOTICE = (
    "Contains information from OpenStreetMap (openstreetmap.org/copyright), which is made "
    "available here under the Open Database License 1.0 (opendatacommons.org/licenses/odbl/1-0/)"
)

_EVERYWHERE = "land"
# Points computed from publishers' tables, and those typed by hand.
_POINTS = ("points.parquet", "points_typed.csv")


@dataclass(frozen=True)
class Tables:
    """The spatial facts a grid is made from, checked.

    Parameters
    ----------
    cells : pandas.DataFrame
        `spatial_cells` with `area_m2`; where networks were asked for, also the columns of
        `spatial_networks`, and `road_heavy` and `road_light` of `road_traffic`.
    lanes : pandas.DataFrame
        `spatial_lanes`.
    points : pandas.DataFrame
        `spatial_points`, every weight a number: where a capacity is unknown it
        is the median of its kind in the region, else of its kind.
    proxies : pandas.DataFrame
        `spatial_proxies`, by proxy.
    ladder : pandas.DataFrame
        `proxy_ladder`, in order.
    """

    cells: pd.DataFrame
    lanes: pd.DataFrame
    points: pd.DataFrame
    proxies: pd.DataFrame
    ladder: pd.DataFrame


def read_tables(folder: Path | None = None, *, networks: bool = False) -> Tables:
    """Read the spatial facts.

    Parameters
    ----------
    folder : Path, optional
        By default `data/spatial` as embedded.
    networks : bool
        Whether to read roads and railways, too, from the folder `odbl` next to it;
        ladders pass them over otherwise. What is made with them has to carry `NETWORKS_NOTICE`.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If a table breaks its contract, a ladder names an unknown proxy, skips
        a rung or doesn't end with land.
    """
    root = Path(folder) if folder is not None else data_root() / "spatial"
    proxies = schema.read_csv(root / "proxies.csv", "spatial_proxies").set_index("proxy")
    ladder = schema.read_csv(
        root / "proxy_ladder.csv",
        "proxy_ladder",
        known={"spatial_proxies.proxy": set(proxies.index)},
    ).sort_values(["scope", "nfr", "fuel", "order"], ignore_index=True)
    check_ladder(ladder, str(root / "proxy_ladder.csv"))
    points = _read_points(root)
    _check_points(proxies, points, str(root / "proxies.csv"))
    cells = read_cells(root / "cells_010.parquet")
    if networks:
        cells = _with_networks(cells, root)
    lanes = schema.read_parquet(root / "lanes_010.parquet", "spatial_lanes")
    return Tables(cells, lanes, _fill_weights(points), proxies, ladder)


def check_ladder(ladder: pd.DataFrame, file: str) -> None:
    """Refuse ladders that skip a rung or don't end with land.

    Parameters
    ----------
    ladder : pandas.DataFrame
        `proxy_ladder`, in order.
    file : str
        Named in messages.

    Raises
    ------
    DataError
        With one problem for each.
    """
    problems = Problems()
    for (scope, nfr, fuel), rungs in ladder.groupby(["scope", "nfr", "fuel"]):
        where = f"the ladder of {nfr}, {fuel} in {scope}"
        if rungs["order"].tolist() != list(range(1, len(rungs) + 1)):
            problems.add(
                found=f"{where} with rungs {rungs['order'].tolist()}",
                expected="rungs 1, 2, 3, ...",
                file=file,
                column="order",
            )
        if rungs["proxy"].iat[-1] != _EVERYWHERE:
            problems.add(
                found=f"{where} ending with {rungs['proxy'].iat[-1]!r}",
                expected=f"{_EVERYWHERE!r} as the last rung, since only that is nowhere empty",
                file=file,
                column="proxy",
            )
    problems.raise_if_any()


def _check_points(proxies: pd.DataFrame, points: pd.DataFrame, file: str) -> None:
    problems = Problems()
    for proxy, row in proxies[proxies["kind"] == "points"].iterrows():
        units = points.loc[points["kind"].isin(str(row["members"]).split(";")), "weight_unit"]
        if set(units) != {row["unit"]}:
            problems.add(
                found=f"points of {proxy} with weights in {sorted(set(units)) or 'nothing'}",
                expected=f"points with weights in {row['unit']}",
                file=file,
                column="members",
            )
    problems.raise_if_any()


def _fill_weights(points: pd.DataFrame) -> pd.DataFrame:
    filled = points.copy()
    for by in (["kind", "region"], ["kind"]):
        median = filled.groupby(by)["weight"].transform("median")
        filled["weight"] = filled["weight"].fillna(median)
    return filled


def _read_points(root: Path) -> pd.DataFrame:
    readers = {".parquet": schema.read_parquet, ".csv": schema.read_csv}
    files = [root / name for name in _POINTS]
    parts = [readers[file.suffix](file, "spatial_points") for file in files]
    return pd.concat(parts, ignore_index=True)


def _with_networks(cells: pd.DataFrame, root: Path) -> pd.DataFrame:
    """Return cells with the networks of OpenStreetMap, and the traffic on its roads."""
    networks = schema.read_parquet(
        root.parent / "odbl" / "networks_010.parquet", "spatial_networks"
    )
    joined = cells.merge(networks, on=["region", "j", "i"], how="left", validate="one_to_one")
    lengths = ["road_km", "motorway_km", "rail_km"]
    joined = joined.assign(**{name: joined[name].fillna(0.0) for name in lengths})
    traffic = schema.read_csv(root / "road_traffic.csv", "road_traffic")
    sides = schema.read_csv(root.parent / "regions.csv", "regions").set_index("region")["side"]
    return road_traffic(joined, traffic, sides, str(root / "road_traffic.csv"))
