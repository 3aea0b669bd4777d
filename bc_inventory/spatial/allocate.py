"""Spread the emissions of regions over cells and keep their mass.

The mass of a source category in a cell is the sum over its regions and fuels of
the region's total times the share of the proxy that lies in the cell; shares of
a region sum to one over all of its cells, so nothing is lost or made. What lies
outside the grid is counted, not spread over the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.errors import DataError, Problem
from bc_inventory.schema.counted import is_counted
from bc_inventory.spatial.cells import Grid
from bc_inventory.spatial.proxy_shares import ProxyShares, make_shares
from bc_inventory.spatial.regions import Pairs, project
from bc_inventory.spatial.tables import Tables

__all__ = ["Allocation", "allocate", "counted_rows", "select_emissions", "spread"]

_GROUP = ["side", "region", "nfr", "gnfr", "fuel"]
_LEDGER = ["region", "nfr", "fuel", "proxy", "rung", "confidence", "emission_kt", "outside_kt"]


@dataclass(frozen=True)
class Allocation:
    """Annual emission of every source category in every pair of region and cell.

    Parameters
    ----------
    pairs : Pairs
        Regions in cells.
    sectors : pandas.DataFrame
        Columns `nfr` and `gnfr`, in the order of the first axis of `mass`.
    sides : tuple of str
        Side of each of `pairs.names`.
    mass : numpy.ndarray of float, shape (sectors, pairs)
        kg in the year.
    total : numpy.ndarray of float, shape (sectors, regions)
        kg in the year as the emission table has it; NaN where it has no figure.
    ledger : pandas.DataFrame
        One row for each region, category and fuel: `region`, `nfr`, `fuel`,
        `proxy`, `rung` (1 for the first choice), `confidence`, `emission_kt`
        and `outside_kt`, the part beyond the edge of the grid.
    land : numpy.ndarray of float, shape (pairs,)
        Share of the cell that belongs to the region.
    """

    pairs: Pairs
    sectors: pd.DataFrame
    sides: tuple[str, ...]
    mass: NDArray[np.float64]
    total: NDArray[np.float64]
    ledger: pd.DataFrame
    land: NDArray[np.float64]

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.pairs.grid

    def reported(self) -> NDArray[np.bool_]:
        """Return where a region has a figure for a category, shape (sectors, regions)."""
        return ~np.isnan(self.total)

    def field(self, nfr: str) -> NDArray[np.float64]:
        """Return kg of a category in each cell, shape (ny, nx).

        NaN where no region of the cell has a figure for it.

        Raises
        ------
        KeyError
            If the category isn't in `sectors`.
        """
        rows = np.flatnonzero((self.sectors["nfr"] == nfr).to_numpy())
        if not len(rows):
            raise KeyError(nfr)
        row = int(rows[0])
        return project(self.pairs, self.mass[row], self.reported()[row][self.pairs.region])

    def region_totals(self) -> NDArray[np.float64]:
        """Return kg inside the grid by category and region, shape (sectors, regions)."""
        count = len(self.pairs.names)
        return np.array(
            [np.bincount(self.pairs.region, weights=row, minlength=count) for row in self.mass]
        ).reshape(len(self.sectors), count)


def counted_rows(
    emissions: pd.DataFrame,
    year: int,
    factor_set: str,
    *,
    side: str | None = None,
    species: str = "BC",
) -> pd.DataFrame:
    """Return the rows of the emission table that count in a year.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.
    side : str, optional
        EU or CN; by default both.
    species : str
        Pollutant.

    Returns
    -------
    pandas.DataFrame
        The rows without memo items and without those that have a notation key in
        place of a figure.
    """
    counted = (
        (emissions["year"] == year)
        & (emissions["factor_set"] == factor_set)
        & (emissions["species"] == species)
        & is_counted(emissions)
        & emissions["emission_kt"].notna()
    )
    if side is not None:
        counted &= emissions["side"] == side
    return emissions[counted]


def select_emissions(
    emissions: pd.DataFrame, year: int, factor_set: str, species: str = "BC"
) -> pd.DataFrame:
    """Sum an emission table to what a grid needs.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.
    species : str
        Pollutant.

    Returns
    -------
    pandas.DataFrame
        Columns `side`, `region`, `nfr`, `gnfr`, `fuel`, `emission_kt`, without
        memo items and without rows that have a notation key in place of a figure.

    Raises
    ------
    DataError
        If nothing is left.
    """
    chosen = counted_rows(emissions, year, factor_set, species=species)
    if chosen.empty:
        years = sorted(set(emissions["year"]))
        raise DataError(
            [
                Problem(
                    f"no emission of {species} in {year} with the factor set {factor_set!r}",
                    f"rows of one of the years {years} and factor sets "
                    f"{sorted(set(emissions['factor_set']))}",
                    column="year",
                )
            ]
        )
    summed = chosen.groupby(_GROUP, observed=True, sort=True)["emission_kt"].sum()
    return summed.reset_index()


def allocate(emissions: pd.DataFrame, grid: Grid, tables: Tables) -> Allocation:
    """Spread emissions over the cells of a grid.

    Parameters
    ----------
    emissions : pandas.DataFrame
        As `select_emissions` returns it; kt.
    grid : Grid
        The grid.
    tables : Tables
        Cells, points, proxies and ladder.

    Returns
    -------
    Allocation
        Each region's total of each category is kept to 1e-12 relative.

    Raises
    ------
    DataError
        If a region has no cells, an emission isn't a finite number from 0, or the
        grid touches no region.
    """
    _require_masses(emissions)
    return spread(emissions, make_shares(emissions, grid, tables))


def spread(emissions: pd.DataFrame, shares: ProxyShares) -> Allocation:
    """Spread emissions by shares that were worked out before.

    Parameters
    ----------
    emissions : pandas.DataFrame
        As `select_emissions` returns it; kt.
    shares : ProxyShares
        Of all categories and regions that emit, or more.

    Returns
    -------
    Allocation
        As `allocate` returns it.

    Raises
    ------
    DataError
        If an emission isn't a finite number from 0 or has no proxy in `shares`.
    """
    _require_masses(emissions)
    placed = shares.chosen(emissions)
    shares = shares.of(placed["region"].unique())
    pairs = shares.pairs
    sectors = (
        emissions[["nfr", "gnfr"]].drop_duplicates().sort_values(["gnfr", "nfr"], ignore_index=True)
    )
    rows = {nfr: row for row, nfr in enumerate(sectors["nfr"])}
    columns = {name: column for column, name in enumerate(pairs.names)}
    mass = np.zeros((len(sectors), len(pairs)))
    total = np.full((len(sectors), len(pairs.names)), np.nan)
    outside = np.zeros(len(placed))
    kg_per_kt = units.factor("kt", "kg")
    for place, (region, nfr, proxy, kt) in enumerate(
        placed[["region", "nfr", "proxy", "emission_kt"]].itertuples(index=False)
    ):
        row, column = rows[nfr], columns[region]
        where, share = shares.parts[region, proxy]
        mass[row, where] += kt * kg_per_kt * share
        total[row, column] = np.nansum([total[row, column], kt * kg_per_kt])
        outside[place] = _settle(kt * max(0.0, 1.0 - float(share.sum())), kt)
    sides = dict(zip(placed["region"], placed["side"], strict=True))
    return Allocation(
        pairs,
        sectors,
        tuple(str(sides[name]) for name in pairs.names),
        mass,
        total,
        placed.assign(outside_kt=outside)[_LEDGER],
        shares.area_m2 / pairs.grid.row_area[pairs.cell // pairs.grid.nx],
    )


def _require_masses(emissions: pd.DataFrame) -> None:
    """Refuse an emission that isn't a finite number from 0."""
    wrong = ~(np.isfinite(emissions["emission_kt"]) & (emissions["emission_kt"] >= 0))
    if wrong.any():
        raise DataError(
            Problem(f"an emission of {value!r} kt", "a finite number from 0", column="emission_kt")
            for value in emissions.loc[wrong, "emission_kt"]
        )


def _settle(outside: float, kt: float) -> float:
    """Call rounding zero: shares of a region that lies inside sum to one within 1e-12."""
    return outside if outside > 1e-12 * kt else 0.0
