"""Gridded emissions of one side as hotspots, exposure and the cryosphere need them.

A grid file holds the flux of each sector in each cell. Shares of a province,
fuel shares and intervals from factor draws need more: whose emission it is, and
of which fuel. So the field is kept by category (NFR category and fuel) and by
entry, an entry being the part of one cell that lies in one region; summed over
the entries of a cell and the fuels of a sector it is the grid.

Many categories of a region lie along the same proxy. So what is kept is the
mass of each category and region and, once for all of them, the shares of each
proxy in the entries: a draw, a band or a cluster costs as much as there are
proxies, not categories.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from bc_inventory.spatial.proxy_shares import ProxyShares

__all__ = ["EmissionField", "Flags", "Floats", "Integers", "emission_field"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class EmissionField:
    """Annual emissions of one side by category and entry.

    Parameters
    ----------
    side : str
        Code of the domain.
    year : int
        Calendar year.
    latitudes, longitudes : numpy.ndarray, shape (rows,), (columns,)
        Cell centres of the side's window, degrees, ascending.
    resolution : float
        Cell size, degrees.
    area_km2 : numpy.ndarray, shape (rows, columns)
        Cell areas, km2.
    nfr, fuel : tuple of str
        NFR category and fuel of each category; none of them a memo item.
    regions : tuple of str
        Regions of the side.
    region, row, column : numpy.ndarray of int, shape (entries,)
        Position of the entry's region in `regions`, and its cell.
    mass : numpy.ndarray, shape (categories, regions)
        Emission, kt per year.
    pattern : numpy.ndarray of int, shape (categories, regions)
        Row of `shares` along which it lies.
    shares : numpy.ndarray, shape (patterns, entries)
        Part of its region's emission in each entry; sums to less than one
        where a part of the region lies outside the grid.
    population : numpy.ndarray, shape (entries,)
        Inhabitants, person.
    land_km2 : numpy.ndarray, shape (entries,)
        Area of the region in the cell, inland water included, km2.
    settled : numpy.ndarray of bool, shape (entries,)
        Whether the region has land or a point source in the cell; through others only
        shipping passes.
    """

    side: str
    year: int
    latitudes: Floats
    longitudes: Floats
    resolution: float
    area_km2: Floats
    nfr: tuple[str, ...]
    fuel: tuple[str, ...]
    regions: tuple[str, ...]
    region: Integers
    row: Integers
    column: Integers
    mass: Floats
    pattern: Integers
    shares: Floats
    population: Floats
    land_km2: Floats
    settled: Flags

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.latitudes), len(self.longitudes)

    @cached_property
    def cell(self) -> Integers:
        """Flat index of each entry's cell, shape (entries,)."""
        return self.row * self.shape[1] + self.column

    @cached_property
    def domain(self) -> Flags:
        """Cells with land or a point source of the side, shape (rows, columns)."""
        return self.on_grid(self.settled.astype(float)) > 0

    @cached_property
    def reached(self) -> Flags:
        """The domain and the cells that only shipping passes, shape (rows, columns)."""
        return self.on_grid(np.ones(len(self.cell))) > 0

    @cached_property
    def slots(self) -> Integers:
        """Row of each category and region in a list by pattern and region, of their shape."""
        return self.pattern * len(self.regions) + np.arange(len(self.regions))

    @cached_property
    def spread(self) -> csr_array:
        """What one kt in each slot puts into each entry, shape (entries, slots)."""
        from scipy.sparse import csr_array

        pattern, entry = np.nonzero(self.shares)
        slot = pattern * len(self.regions) + self.region[entry]
        shape = (len(self.cell), len(self.shares) * len(self.regions))
        return csr_array((self.shares[pattern, entry], (entry, slot)), shape=shape)

    @cached_property
    def inside(self) -> Floats:
        """Emission within the grid, kt per year, shape (categories, regions)."""
        return self.mass * np.asarray(self.spread.sum(axis=0))[self.slots]

    def entries(self, chosen: Flags) -> Floats:
        """Return the emission of some categories in each entry.

        Parameters
        ----------
        chosen : numpy.ndarray of bool, shape (categories,)
            Categories to sum.

        Returns
        -------
        numpy.ndarray, shape (entries,)
            kt per year.
        """
        counts = np.bincount(
            self.slots[chosen].ravel(),
            self.mass[chosen].ravel(),
            minlength=self.spread.shape[1],
        )
        return np.asarray(self.spread @ counts.astype(float))

    def on_grid(self, values: Floats) -> Floats:
        """Sum values of entries by cell.

        Parameters
        ----------
        values : numpy.ndarray, shape (entries,)
            Extensive values, such as kt or persons.

        Returns
        -------
        numpy.ndarray, shape (rows, columns)
        """
        size = self.shape[0] * self.shape[1]
        summed = np.bincount(self.cell, values, minlength=size)
        return np.asarray(summed, dtype=float).reshape(self.shape)

    def density(self, chosen: Flags) -> Floats:
        """Return emission per area.

        Parameters
        ----------
        chosen : numpy.ndarray of bool, shape (categories,)
            Categories to sum.

        Returns
        -------
        numpy.ndarray, shape (rows, columns)
            t km-2 per year, over the whole cell; zero outside the side.
        """
        kt = self.on_grid(self.entries(chosen))
        return np.asarray(units.convert(kt / self.area_km2, "kt/km2", "t/km2"))


def emission_field(
    emissions: pd.DataFrame, side: str, year: int, shares: ProxyShares
) -> EmissionField:
    """Return the emissions of a side by category and entry.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Columns `side`, `region`, `nfr`, `fuel`, `emission_kt`, as
        `bc_inventory.spatial.allocate.select_emissions` returns them.
    side : str
        Code of the domain.
    year : int
        Of the emissions.
    shares : ProxyShares
        Of all categories and regions that emit, or more.

    Returns
    -------
    EmissionField
        On the smallest window that holds the side's regions. Summed over fuels and
        entries, it is what `bc_inventory.spatial.allocate.spread` gives; the test suite
        holds it to that.

    Raises
    ------
    DataError
        If a category has no proxy in `shares`.
    """
    mine = shares.chosen(emissions[emissions["side"] == side])
    shares = shares.of(mine["region"].unique())
    pairs = shares.pairs
    keys = sorted(set(zip(mine["nfr"], mine["fuel"], strict=True)))
    category = {key: index for index, key in enumerate(keys)}
    row_of = np.array([category[key] for key in zip(mine["nfr"], mine["fuel"], strict=True)])
    where = row_of, np.searchsorted(pairs.names, mine["region"].to_numpy(dtype=str))
    used, proxies = pd.factorize(mine["proxy"])
    mass = np.zeros((len(keys), len(pairs.names)))
    mass[where] = mine["emission_kt"]
    pattern = np.zeros(mass.shape, dtype=np.int64)
    pattern[where] = used
    row, column = np.divmod(pairs.cell, pairs.grid.nx)
    south, west = int(row.min()), int(column.min())
    rows, columns = slice(south, int(row.max()) + 1), slice(west, int(column.max()) + 1)
    return EmissionField(
        side=side,
        year=year,
        latitudes=pairs.grid.lat[rows],
        longitudes=pairs.grid.lon[columns],
        resolution=pairs.grid.dlat,
        area_km2=units.convert(pairs.grid.area()[rows, columns], "m2", "km2"),
        nfr=tuple(nfr for nfr, _ in keys),
        fuel=tuple(fuel for _, fuel in keys),
        regions=pairs.names,
        region=pairs.region,
        row=row - south,
        column=column - west,
        mass=mass,
        pattern=pattern,
        shares=np.stack([shares.on_pairs(proxy) for proxy in proxies]),
        population=shares.population,
        land_km2=units.convert(shares.area_m2, "m2", "km2"),
        settled=shares.settled,
    )
