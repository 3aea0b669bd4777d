"""Where each source category of a region lies: the shares of its proxy in the cells of a grid.

What is placed by what, and the share of each cell, depend on regions, categories and fuels
and on no amount. So they are worked out once for a grid; the gridded file, hotspots,
exposure and distances to ice multiply them by emissions.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.spatial.cells import Grid
from bc_inventory.spatial.proxies import Ladder, Weights, make_weights
from bc_inventory.spatial.regions import Pairs
from bc_inventory.spatial.tables import Tables

__all__ = ["SHARE_TABLES", "ProxyShares", "make_shares", "read_shares", "write_shares"]

_KEYS = ["region", "nfr", "fuel"]
# Files of the folder and their contracts.
SHARE_TABLES = _CHOICES, _SHARES, _CELLS = "proxy_choices", "proxy_shares", "region_cells"


Part = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True)
class ProxyShares:
    """The proxy of each source category of each region, and its shares in the cells.

    Parameters
    ----------
    pairs : Pairs
        Regions in cells.
    choices : pandas.DataFrame
        Contract `proxy_choices`: the proxy of each region, category and fuel.
    parts : dict of (str, str) to tuple
        For each region and proxy that places a category of it: the positions in `pairs` of
        the cells that it puts something into, and the part of the region's emission in
        each. They sum to less than one where a part lies outside the grid.
    area_m2, population : numpy.ndarray of float, shape (pairs,)
        Area of the region in the cell, inland water included, and its inhabitants.
    settled : numpy.ndarray of bool, shape (pairs,)
        Whether the region has land or a point source in the cell; through others only
        shipping passes.
    """

    pairs: Pairs
    choices: pd.DataFrame
    parts: dict[tuple[str, str], Part]
    area_m2: NDArray[np.float64]
    population: NDArray[np.float64]
    settled: NDArray[np.bool_]

    def chosen(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the proxy of each row.

        Parameters
        ----------
        rows : pandas.DataFrame
            Columns `region`, `nfr` and `fuel`.

        Returns
        -------
        pandas.DataFrame
            `rows` with `proxy`, `rung` and `confidence`, in their order.

        Raises
        ------
        DataError
            If one of them has no proxy here.
        """
        plain = rows.astype(dict.fromkeys(_KEYS, "str"))
        choices = plain.merge(self.choices, on=_KEYS, how="left", validate="many_to_one")
        absent = choices.loc[choices["proxy"].isna(), _KEYS]
        if len(absent):
            raise DataError(
                Problem(
                    f"no proxy for {nfr}, {fuel} in {region}",
                    "a category of the activity that the shares were made for",
                    column="proxy",
                    remedy="Emissions and shares are of different builds.",
                )
                for region, nfr, fuel in absent.itertuples(index=False)
            )
        return choices.astype({"rung": np.int64})

    def of(self, regions: Collection[str]) -> ProxyShares:
        """Return the shares of some regions alone."""
        if set(regions) == set(self.pairs.names):
            return self
        names = tuple(name for name in self.pairs.names if name in set(regions))
        number = np.array([names.index(n) if n in names else -1 for n in self.pairs.names])
        region = number[self.pairs.region]
        mine = region >= 0
        position = np.cumsum(mine) - 1
        return ProxyShares(
            Pairs(self.pairs.grid, names, region[mine], self.pairs.cell[mine]),
            self.choices[self.choices["region"].isin(names)],
            {
                key: (position[pair], share)
                for key, (pair, share) in self.parts.items()
                if key[0] in names
            },
            self.area_m2[mine],
            self.population[mine],
            self.settled[mine],
        )

    def on_pairs(self, proxy: str) -> NDArray[np.float64]:
        """Return the shares of a proxy in all pairs; zero in regions that don't take it."""
        result = np.zeros(len(self.pairs))
        for (_, name), (pair, share) in self.parts.items():
            if name == proxy:
                result[pair] = share
        return result


def make_shares(categories: pd.DataFrame, grid: Grid, tables: Tables) -> ProxyShares:
    """Choose the proxy of each category and work out its shares.

    Parameters
    ----------
    categories : pandas.DataFrame
        Columns `side`, `region`, `nfr` and `fuel`; rows may repeat.
    grid : Grid
        The grid.
    tables : Tables
        Cells, points, proxies and ladder.

    Returns
    -------
    ProxyShares

    Raises
    ------
    DataError
        If a region has no cells, all proxies of a category are empty, or the grid
        touches no region.
    """
    distinct = categories[["side", *_KEYS]].astype("str").drop_duplicates()
    weights = make_weights(tables, grid, sorted(distinct["region"].unique()))
    pairs = weights.pairs
    if not len(pairs):
        raise DataError(
            [
                Problem(
                    f"a grid from {grid.west:g}, {grid.south:g} to {grid.east:g}, {grid.north:g}",
                    "a grid that touches a region with emissions",
                )
            ]
        )
    ladder, column = Ladder(weights.tables.ladder), {name: n for n, name in enumerate(pairs.names)}
    rows = [
        (region, nfr, fuel, *_choose(weights, ladder, side, (region, nfr, fuel), column[region]))
        for side, region, nfr, fuel in distinct.itertuples(index=False)
    ]
    choices = pd.DataFrame(rows, columns=schema.table(_CHOICES).names)
    choices = choices.sort_values(_KEYS, ignore_index=True)
    parts = {}
    for region, proxy in choices[["region", "proxy"]].drop_duplicates().itertuples(index=False):
        where = weights.rows(column[region])
        share = weights.shares(proxy)[where]
        filled = np.flatnonzero(share)
        parts[region, proxy] = filled + where.start, share[filled]
    cells = weights.tables.cells
    return ProxyShares(
        pairs,
        choices,
        parts,
        weights.flow @ cells["area_m2"].to_numpy(),
        weights.flow @ (cells["pop_urban"] + cells["pop_rural"]).to_numpy(dtype=float),
        weights.settled,
    )


def _choose(
    weights: Weights, ladder: Ladder, side: str, key: tuple[str, str, str], column: int
) -> tuple[str, int, str]:
    """Return proxy, rung and confidence of the first proxy that isn't empty in the region."""
    region, nfr, fuel = key
    rungs = ladder.rungs(side, region, nfr, fuel)
    for rung, (proxy, confidence) in enumerate(rungs, start=1):
        if weights.share(proxy, column) is not None:
            return proxy, rung, confidence
    tried = ", ".join(proxy for proxy, _ in rungs)
    raise DataError(
        [
            Problem(
                f"no proxy for {nfr}, {fuel} in {region}: {tried} are empty",
                "at least one that isn't",
                column="proxy",
            )
        ]
    )


def write_shares(shares: ProxyShares, folder: Path) -> None:
    """Write shares as three tables; what is zero isn't written.

    Parameters
    ----------
    shares : ProxyShares
        What to write.
    folder : Path
        Folder to make: `proxy_choices.parquet`, `proxy_shares.parquet` and
        `region_cells.parquet`, the last with the grid in its metadata.
    """
    pairs = shares.pairs
    row, column = np.divmod(pairs.cell, pairs.grid.nx)
    cells = pd.DataFrame(
        {
            "region": pd.Categorical.from_codes(pairs.region, list(pairs.names)),
            "row": row,
            "column": column,
            "area_m2": shares.area_m2,
            "population": shares.population,
            "settled": shares.settled,
        }
    )
    keys = sorted(shares.parts)
    pair = np.concatenate([shares.parts[key][0] for key in keys])
    length = [len(shares.parts[key][0]) for key in keys]
    sparse = pd.DataFrame(
        {
            # Few names in many rows.
            "region": pd.Categorical([region for region, _ in keys]).repeat(length),
            "proxy": pd.Categorical([proxy for _, proxy in keys]).repeat(length),
            "row": row[pair],
            "column": column[pair],
            "share": np.concatenate([shares.parts[key][1] for key in keys]),
        }
    )
    grid = {"grid": dataclasses.asdict(pairs.grid)}
    schema.write_parquet(shares.choices, _CHOICES, folder / f"{_CHOICES}.parquet")
    schema.write_parquet(sparse, _SHARES, folder / f"{_SHARES}.parquet")
    schema.write_parquet(cells, _CELLS, folder / f"{_CELLS}.parquet", metadata=grid)


def read_shares(folder: Path) -> ProxyShares:
    """Read what `write_shares` wrote.

    Parameters
    ----------
    folder : Path
        With the three tables.

    Raises
    ------
    DataError
        If a table is absent, truncated or breaks its contract.
    """
    files = [folder / f"{name}.parquet" for name in (_CHOICES, _SHARES, _CELLS)]
    return _read_shares(folder, tuple(file.stat().st_mtime_ns for file in files if file.exists()))


@lru_cache(maxsize=2)
def _read_shares(folder: Path, _changed: tuple[int, ...]) -> ProxyShares:
    import pyarrow.parquet as pq

    # What is made of the tables stays in memory, and is smaller than they are.
    choices, sparse, cells = (
        schema.read_parquet(folder / f"{name}.parquet", name, cached=False)
        for name in (_CHOICES, _SHARES, _CELLS)
    )
    metadata = pq.read_schema(folder / f"{_CELLS}.parquet").metadata
    grid = Grid(**json.loads(metadata[b"grid"]))
    names = tuple(sorted(choices["region"].unique()))
    position = {name: place for place, name in enumerate(names)}

    def codes(values: pd.Series) -> NDArray[np.int64]:
        which, distinct = pd.factorize(values)
        return np.array([position[name] for name in distinct], dtype=np.int64)[which]

    cell = (cells["row"] * grid.nx + cells["column"]).to_numpy()
    pairs = Pairs(grid, names, codes(cells["region"]), cell)
    key = codes(sparse["region"]) * grid.size
    key += (sparse["row"] * grid.nx + sparse["column"]).to_numpy()
    pair, share = np.searchsorted(pairs.key, key), sparse["share"].to_numpy(copy=True)
    begins = np.flatnonzero(_changes(sparse["region"]) | _changes(sparse["proxy"]))
    regions, proxies = (sparse[name].iloc[begins] for name in ("region", "proxy"))
    parts = dict(
        zip(
            zip(regions, proxies, strict=True),
            zip(np.split(pair, begins[1:]), np.split(share, begins[1:]), strict=True),
            strict=True,
        )
    )
    for absent in set(choices[["region", "proxy"]].itertuples(index=False, name=None)) - set(parts):
        parts[absent] = pair[:0], share[:0]  # all of it lies outside the grid
    return ProxyShares(
        pairs,
        choices,
        parts,
        cells["area_m2"].to_numpy(),
        cells["population"].to_numpy(),
        cells["settled"].to_numpy(dtype=bool),
    )


def _changes(values: pd.Series) -> NDArray[np.bool_]:
    """Return where a value isn't that of the row before; the first is one."""
    return np.diff(pd.factorize(values)[0], prepend=-1) != 0
