"""Write gridded emissions as CF-1.11 NetCDF, and their ledger as a file next to it.

A flux field alone can't give a region's total back, since border cells belong
to several regions. So the ledger holds, for every such cell, the mass of each of its
regions, and the totals of the emission table to compare with. It is a file of its own, since
tools for fields stumble over variables that aren't fields. Fields are written one category and
one time at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.cf.labels import label_attributes
from bc_inventory.spatial.allocate import Allocation
from bc_inventory.spatial.atomic_files import atomic_netcdf
from bc_inventory.spatial.calendar import seconds
from bc_inventory.spatial.describe import (
    ALLOCATION_FIELDS,
    EMISSION,
    FILL,
    TOTAL,
    VARIABLES,
    global_attributes,
)
from bc_inventory.spatial.fields import write_fields
from bc_inventory.spatial.parallel import Compute
from bc_inventory.spatial.regions import project

if TYPE_CHECKING:
    import netCDF4

__all__ = ["ledger_of", "write_grid"]

# Cells; one field of both sides at 0.1 degree is one chunk.
_LARGEST_CHUNK = 2**20
_ROUNDING = "GranularBitRound"
_COMPRESSION: dict[str, Any] = {"zlib": True, "complevel": 1, "shuffle": True}


def write_grid(
    allocation: Allocation,
    path: Path,
    *,
    bounds: NDArray[np.float64],
    parts: NDArray[np.float64] | None = None,
    names: Mapping[str, tuple[str, str]] | None = None,
    attributes: Mapping[str, str] | None = None,
    significant_digits: int | None = None,
    compute: Compute | None = None,
) -> Path:
    """Write a gridded emission file.

    Parameters
    ----------
    allocation : Allocation
        Annual masses in kg.
    path : Path
        File to write, and `ledger_of` it; each appears only when it is whole.
    bounds : numpy.ndarray of float, shape (times, 2)
        Start and end of each time step in days since 1850-01-01.
    parts : numpy.ndarray of float, shape (sectors, regions, times), optional
        Share of the year's emission in each step; by default one step with all.
    names : mapping of str to tuple of str, optional
        English and Chinese names of NFR categories.
    attributes : mapping of str to str, optional
        Global attributes that replace or add to those of this module.
    significant_digits : int, optional
        Digits kept by granular bit rounding of the fluxes, for smaller files;
        by default they are lossless.
    compute : Compute, optional
        Where fields are computed; by default here.

    Returns
    -------
    Path
        `path`. The same input gives the same bytes, wherever it is computed.
    """
    if parts is None:
        parts = np.ones((*allocation.total.shape, len(bounds)))
    head = {**global_attributes(allocation.grid, bounds, allocation), **(attributes or {})}
    with atomic_netcdf(path) as file, atomic_netcdf(ledger_of(path)) as ledger:
        _define(ledger, allocation, bounds, names or {})
        ledger.setncatts({**head, "title": f"Ledger of: {head['title']}"})
        _write_regions(ledger, allocation)
        _write_ledger(ledger, allocation)
        _write_border(ledger, allocation, parts)
        _define(file, allocation, bounds, names or {})
        file.setncatts(head)
        _write_cells(file, allocation)
        chunk = (1, 1, *_tile(allocation.grid.shape))
        write_fields(
            _put(file, EMISSION, None, chunk, significant_digits),
            _put(file, TOTAL, None, chunk[1:], significant_digits),
            allocation,
            seconds(bounds),
            parts,
            compute,
        )
    return path


def ledger_of(path: Path) -> Path:
    """Return the file with the ledger of a gridded emission file.

    Examples
    --------
    >>> ledger_of(Path("grid_2018.nc")).name
    'grid_2018_ledger.nc'
    """
    return path.with_name(f"{path.stem}_ledger{path.suffix}")


def _tile(shape: tuple[int, int]) -> tuple[int, int]:
    """Return a chunk of a field: the whole of it, or even parts of a large one."""
    rows, columns = shape
    while rows * columns > _LARGEST_CHUNK:
        rows, columns = ((rows + 1) // 2, columns) if rows > columns else (rows, (columns + 1) // 2)
    return rows, columns


def _define(
    file: netCDF4.Dataset,
    allocation: Allocation,
    bounds: NDArray[np.float64],
    names: Mapping[str, tuple[str, str]],
) -> None:
    """Give a file its axes: time, category and cells."""
    grid = allocation.grid
    sizes = {
        "time": len(bounds),
        "sector": len(allocation.sectors),
        "lat": grid.ny,
        "lon": grid.nx,
        "bnds": 2,
    }
    for name, size in sizes.items():
        file.createDimension(name, size)
    _put(file, "time", bounds.mean(axis=1))
    _put(file, "time_bnds", bounds)
    _put(file, "lat", grid.lat)
    _put(file, "lat_bnds", np.column_stack([grid.lat_edges[:-1], grid.lat_edges[1:]]))
    _put(file, "lon", grid.lon)
    _put(file, "lon_bnds", np.column_stack([grid.lon_edges[:-1], grid.lon_edges[1:]]))
    crs = file.createVariable("crs", "i4")
    crs.setncatts(VARIABLES["crs"].attributes)
    nfr = allocation.sectors["nfr"].tolist()
    english, chinese = zip(*(names.get(code, (code, code)) for code in nfr), strict=True)
    _put(file, "sector", np.arange(1, len(nfr) + 1)).setncatts(
        label_attributes(
            nfr,
            gnfr=allocation.sectors["gnfr"].tolist(),
            sector_name=english,
            sector_name_zh=chinese,
        )
    )


def _put(
    file: netCDF4.Dataset, name: str, values: Any, chunks: Any = None, digits: int | None = None
) -> Any:
    """Create a variable as `describe` says and fill it."""
    rule = VARIABLES[name]
    more: dict[str, Any] = dict(_COMPRESSION)
    if digits is not None:
        more |= {"significant_digits": digits, "quantize_mode": _ROUNDING}
    variable: Any = file.createVariable(
        name, rule.kind, rule.dimensions, fill_value=rule.fill, chunksizes=chunks, **more
    )
    variable.setncatts(rule.attributes)
    if values is not None:
        variable[:] = values
    return variable


def _put_text(file: netCDF4.Dataset, name: str, values: list[str]) -> None:
    """Write text as characters, which every NetCDF reader knows."""
    from netCDF4 import stringtochar

    rule = VARIABLES[name]
    encoded = [value.encode("utf-8") for value in values]
    width = max([1, *map(len, encoded)])
    if f"{name}_length" not in file.dimensions:
        file.createDimension(f"{name}_length", width)
    variable: Any = file.createVariable(
        name, "S1", (*rule.dimensions, f"{name}_length"), **_COMPRESSION
    )
    variable.setncatts({**rule.attributes, "_Encoding": "utf-8"})
    variable.set_auto_chartostring(False)
    variable[:] = stringtochar(np.array(encoded, dtype=f"S{width}"))


def _write_regions(file: netCDF4.Dataset, allocation: Allocation) -> None:
    """Write the regions, and which of them each cell belongs to."""
    grid, pairs = allocation.grid, allocation.pairs
    sizes = {
        "region": len(pairs.names),
        "border": int(_border(allocation).sum()),
        "allocation": len(allocation.ledger),
    }
    for name, size in sizes.items():
        file.createDimension(name, size)
    _put_text(file, "region", list(pairs.names))
    _put_text(file, "side", list(allocation.sides))
    several = np.bincount(pairs.cell, minlength=grid.size) > 1
    index = np.full(grid.size, VARIABLES["region_index"].fill)
    index[pairs.cell] = pairs.region
    index[several] = -1
    _put(file, "region_index", index.reshape(grid.shape))


def _write_cells(file: netCDF4.Dataset, allocation: Allocation) -> None:
    grid, pairs = allocation.grid, allocation.pairs
    _put(file, "cell_area", grid.area())
    cover = project(pairs, allocation.land)
    _put(file, "covered_fraction", np.where(np.isnan(cover), 0.0, np.minimum(cover, 1.0)))


def _border(allocation: Allocation) -> NDArray[np.bool_]:
    """Return the pairs whose cell belongs to more than one region."""
    pairs = allocation.pairs
    return np.bincount(pairs.cell, minlength=pairs.grid.size)[pairs.cell] > 1


def _write_ledger(file: netCDF4.Dataset, allocation: Allocation) -> None:
    border, pairs = _border(allocation), allocation.pairs
    _put(file, "border_lat", pairs.cell[border] // pairs.grid.nx)
    _put(file, "border_lon", pairs.cell[border] % pairs.grid.nx)
    _put(file, "border_region", pairs.region[border])
    _put(file, "region_total", np.where(allocation.reported(), allocation.total, FILL))
    ledger: pd.DataFrame = allocation.ledger
    for column in ("region", "nfr", "fuel", "proxy", "confidence"):
        _put_text(file, ALLOCATION_FIELDS[column], ledger[column].tolist())
    _put(file, ALLOCATION_FIELDS["rung"], ledger["rung"].to_numpy())
    for column in ("emission_kt", "outside_kt"):
        mass = units.convert(ledger[column].to_numpy(), "kt", "Gg")
        _put(file, ALLOCATION_FIELDS[column], mass)


def _write_border(
    file: netCDF4.Dataset, allocation: Allocation, parts: NDArray[np.float64]
) -> None:
    """Write what each region has in the cells it shares with others."""
    border, pairs = _border(allocation), allocation.pairs
    region, reported = pairs.region[border], allocation.reported()
    variable = _put(file, "border_emission", None, (1, 1, max(1, len(region))))
    for row in range(len(allocation.sectors)):
        known = reported[row][region]
        part = np.where(known[:, None], parts[row, region], np.nan)
        values = allocation.mass[row, border][:, None] * part
        variable[:, row] = np.where(np.isnan(values), FILL, values).T
