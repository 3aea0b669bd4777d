"""Proxies, and the ladder that says which one places a source category.

A region in which a proxy is empty takes the next rung; the rung taken is kept
for the ledger, so that nobody reads a map of land area as a map of plants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.errors import DataError, Problem
from bc_inventory.spatial.cells import Grid
from bc_inventory.spatial.regions import Pairs, make_pairs, point_keys, require_regions
from bc_inventory.spatial.tables import Tables

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Ladder", "Weights", "make_weights"]

_ANY = "*"
_LANES = "shipping_share"


@dataclass(frozen=True)
class Ladder:
    """Find the rungs of a category.

    Parameters
    ----------
    table : pandas.DataFrame
        `proxy_ladder`, in order.
    """

    table: pd.DataFrame

    @cached_property
    def _rungs(self) -> dict[tuple[str, str, str], list[tuple[str, str]]]:
        return {
            (str(scope), str(nfr), str(fuel)): list(
                zip(rows["proxy"], rows["confidence"], strict=True)
            )
            for (scope, nfr, fuel), rows in self.table.groupby(["scope", "nfr", "fuel"])
        }

    def rungs(self, side: str, region: str, nfr: str, fuel: str) -> list[tuple[str, str]]:
        """Return proxies with their confidence, best first.

        A ladder for the region goes before one for its side and that before
        one for all; within a scope the fuel's own goes before that of any
        fuel. A category without a ladder takes the one of `*`.

        Raises
        ------
        DataError
            If not even `*` has a ladder.
        """
        for category in (nfr, _ANY):
            for wanted in (fuel, _ANY):
                for scope in (region, side, _ANY):
                    ladder = self._rungs.get((scope, category, wanted))
                    if ladder:
                        return ladder
        raise DataError(
            [Problem(f"no ladder for {nfr}, {fuel}", "rows with nfr *, fuel * and scope *")]
        )


class Weights:
    """Shares of every proxy in the pairs of a grid, made when first asked for.

    Parameters
    ----------
    tables : Tables
        The facts.
    pairs : Pairs
        The pairs of the grid.
    flow : scipy.sparse.csr_matrix, shape (pairs, cells)
        As `make_pairs` returns it.
    """

    def __init__(self, tables: Tables, pairs: Pairs, flow: csr_matrix) -> None:
        self.tables, self.pairs, self.flow = tables, pairs, flow
        self._bounds = np.searchsorted(pairs.region, np.arange(len(pairs.names) + 1))
        self._shares_of: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}

    def rows(self, region: int) -> slice:
        """Return the pairs of a region, by its position in `pairs.names`."""
        return slice(int(self._bounds[region]), int(self._bounds[region + 1]))

    def shares(self, proxy: str) -> NDArray[np.float64]:
        """Return a proxy's share of its region's sum in each pair; 0 where it is empty."""
        return self._shares(proxy)[0]

    def share(self, proxy: str, region: int) -> NDArray[np.float64] | None:
        """Return a proxy's share of the region's sum in each of its pairs.

        Parameters
        ----------
        proxy : str
            Name of the proxy.
        region : int
            Position in `pairs.names`.

        Returns
        -------
        numpy.ndarray of float, shape (pairs of the region,), or None
            None where the proxy is empty in the region. Sums to less than one
            where part of the region lies outside the grid.
        """
        values, filled = self._shares(proxy)
        return values[self.rows(region)] if filled[region] else None

    def _shares(self, proxy: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the shares, and in which regions the proxy isn't empty."""
        if proxy not in self._shares_of:
            values, sums = self._make(proxy)
            filled = sums > 0
            self._shares_of[proxy] = values / np.where(filled, sums, 1.0)[self.pairs.region], filled
        return self._shares_of[proxy]

    def _make(self, proxy: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.tables.proxies.loc[proxy, "kind"] == "points":
            return self._points(proxy)
        values = self._base(proxy)
        sums = np.bincount(self._region, weights=values, minlength=len(self.pairs.names))
        return self.flow @ values, sums.astype(float)

    @cached_property
    def _region(self) -> NDArray[np.int8 | np.int16]:
        """Position in `pairs.names` of each base cell's region."""
        return pd.Categorical(self.tables.cells["region"], categories=self.pairs.names).codes

    def _base(self, proxy: str) -> NDArray[np.float64]:
        """Return a proxy on the rows of the base table."""
        row = self.tables.proxies.loc[proxy]
        members = str(row["members"]).split(";")
        if row["kind"] == "land":
            return self.tables.cells["area_m2"].to_numpy()
        if row["kind"] == "sqrt":
            return np.sqrt(np.prod([self._base(member) for member in members], axis=0))
        # Networks that weren't read are empty everywhere.
        columns = self.tables.cells.reindex(columns=members, fill_value=0)
        return columns.sum(axis=1).to_numpy(dtype=float)

    def _points(self, proxy: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        kinds = str(self.tables.proxies.loc[proxy, "members"]).split(";")
        mine = np.isin(self._kind, kinds)
        weight = self.tables.points["weight"].to_numpy()
        region, place = self._placed
        known, placed = mine & (region >= 0), mine & (place >= 0)
        count, size = len(self.pairs.names), len(self.pairs)
        sums = np.bincount(region[known], weights=weight[known], minlength=count)
        values = np.bincount(place[placed], weights=weight[placed], minlength=size)
        return values.astype(float), sums.astype(float)

    @cached_property
    def _kind(self) -> NDArray[np.str_]:
        """Kind of each point."""
        return self.tables.points["kind"].to_numpy(dtype=str)

    @cached_property
    def _placed(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Region and pair of each point; -1 where it has none."""
        region, key = point_keys(self.tables.points, self.pairs.names, self.pairs.grid)
        return region, np.where(key >= 0, np.searchsorted(self.pairs.key, key), -1)

    @cached_property
    def settled(self) -> NDArray[np.bool_]:
        """Which pairs hold land or a point of the region; through others only lanes pass."""
        result: NDArray[np.bool_] = self.flow @ self.tables.cells["area_m2"].to_numpy() > 0
        _, place = self._placed
        result[place[place >= 0]] = True
        return result


def make_weights(tables: Tables, grid: Grid, regions: list[str] | None = None) -> Weights:
    """Return the proxies of some regions on a grid.

    Parameters
    ----------
    tables : Tables
        The facts.
    grid : Grid
        The grid.
    regions : list of str, optional
        Regions with emissions; by default all with cells.

    Returns
    -------
    Weights

    Raises
    ------
    DataError
        If a region has no cells.
    """
    cells, lanes, points = tables.cells, tables.lanes, tables.points
    if regions is not None:
        require_regions(regions, cells["region"].unique(), "spatial_cells")
        cells = cells[cells["region"].isin(regions)]
        points = points[points["region"].isin(regions)]
    lanes = lanes[lanes["region"].isin(cells["region"].unique())]
    # Lanes lie in cells of a region's own, which hold nothing else of it.
    sea = lanes.reindex(columns=[*cells.columns, _LANES], fill_value=0)
    cells = pd.concat([cells.assign(**{_LANES: 0.0}), sea], ignore_index=True)
    pairs, flow = make_pairs(cells, grid, points)
    return Weights(replace(tables, cells=cells, points=points), pairs, flow)
