"""What the variables and the head of a gridded emission file say.

Names and units follow the CF standard name table (version 93) and ACDD 1.3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.cf.labels import CRS
from bc_inventory.reference.domains import domains, in_order
from bc_inventory.reference.naming import name_of
from bc_inventory.spatial.calendar import EPOCH

if TYPE_CHECKING:
    from bc_inventory.spatial.allocate import Allocation
    from bc_inventory.spatial.cells import Grid

__all__ = [
    "ALLOCATION_FIELDS",
    "EMISSION",
    "FILL",
    "TOTAL",
    "VARIABLES",
    "Variable",
    "global_attributes",
]

FILL = np.float32(1e20)
EMISSION = "emission_flux"
TOTAL = "emission_flux_total"
_STANDARD = (
    "tendency_of_atmosphere_mass_content_of_elemental_carbon_dry_aerosol_particles_due_to_emission"
)


@dataclass(frozen=True)
class Variable:
    """Kind, dimensions and attributes of a variable of the file."""

    kind: str
    dimensions: tuple[str, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    fill: Any = None


_FLUX = {
    "standard_name": _STANDARD,
    "units": "kg m-2 s-1",
    "kind": "flux",
    "cell_methods": "time: mean area: mean",
    "cell_measures": "area: cell_area",
    "grid_mapping": "crs",
    "coverage_content_type": "modelResult",
}
_INDEX = {"units": "1", "coverage_content_type": "auxiliaryInformation"}
_MASS = {"units": "Gg", "coverage_content_type": "modelResult"}
_ROW = "row of the ledger of the allocation: "

VARIABLES: dict[str, Variable] = {
    "time": Variable(
        "f8",
        ("time",),
        {
            "standard_name": "time",
            "long_name": "middle of the averaging interval",
            "units": f"days since {EPOCH.isoformat()}",
            "calendar": "standard",
            "units_metadata": "leap_seconds: none",
            "axis": "T",
            "bounds": "time_bnds",
        },
    ),
    "time_bnds": Variable("f8", ("time", "bnds")),
    "lat": Variable(
        "f8",
        ("lat",),
        {
            "standard_name": "latitude",
            "long_name": "latitude of the cell centre",
            "units": "degrees_north",
            "axis": "Y",
            "bounds": "lat_bnds",
        },
    ),
    "lat_bnds": Variable("f8", ("lat", "bnds")),
    "lon": Variable(
        "f8",
        ("lon",),
        {
            "standard_name": "longitude",
            "long_name": "longitude of the cell centre",
            "units": "degrees_east",
            "axis": "X",
            "bounds": "lon_bnds",
        },
    ),
    "lon_bnds": Variable("f8", ("lon", "bnds")),
    "crs": Variable(
        "i4",
        (),
        CRS,
    ),
    "sector": Variable("i4", ("sector",), {"long_name": "NFR14 source category"}),
    "region": Variable("S1", ("region",), {"long_name": "ISO 3166 code of the region"}),
    "side": Variable("S1", ("region",), {"long_name": "domain of the region"}),
    "cell_area": Variable(
        "f8",
        ("lat", "lon"),
        {
            "standard_name": "cell_area",
            "long_name": "area of the cell on the WGS 84 ellipsoid",
            "units": "m2",
            "grid_mapping": "crs",
            "coverage_content_type": "auxiliaryInformation",
        },
    ),
    "covered_fraction": Variable(
        "f4",
        ("lat", "lon"),
        {
            "long_name": "share of the cell that belongs to the regions of this inventory",
            "units": "1",
            "grid_mapping": "crs",
            "coverage_content_type": "auxiliaryInformation",
        },
    ),
    "region_index": Variable(
        "i2",
        ("lat", "lon"),
        {
            "long_name": "position in region of the only region of the cell, -1 where there are "
            "several",
            "units": "1",
            "grid_mapping": "crs",
            "coverage_content_type": "auxiliaryInformation",
            "comment": "Cells with -1 are taken apart by border_region and border_emission.",
        },
        np.int16(-32767),
    ),
    "border_lat": Variable(
        "i4",
        ("border",),
        {"long_name": "row in lat, from 0, of a cell of several regions", **_INDEX},
    ),
    "border_lon": Variable(
        "i4",
        ("border",),
        {"long_name": "column in lon, from 0, of a cell of several regions", **_INDEX},
    ),
    "border_region": Variable(
        "i2",
        ("border",),
        {"long_name": "position in region, from 0, of one region of the cell", **_INDEX},
    ),
    "border_emission": Variable(
        "f4",
        ("time", "sector", "border"),
        {
            "long_name": "emission of one region in a cell of several regions during the time step",
            "units": "kg",
            "coverage_content_type": "modelResult",
            "comment": "Total of region r in kg = sum over cells with region_index r of flux x "
            "cell_area x seconds of the step + sum of border_emission with border_region r.",
        },
        FILL,
    ),
    "region_total": Variable(
        "f8",
        ("sector", "region"),
        {
            "long_name": "emission of the region in the year by the emission table",
            "units": "kg",
            "coverage_content_type": "modelResult",
            "comment": "Missing where the emission table has no figure.",
        },
        float(FILL),
    ),
    "allocation_region": Variable("S1", ("allocation",), {"long_name": _ROW + "region"}),
    "allocation_sector": Variable("S1", ("allocation",), {"long_name": _ROW + "NFR category"}),
    "allocation_fuel": Variable("S1", ("allocation",), {"long_name": _ROW + "fuel"}),
    "allocation_proxy": Variable(
        "S1", ("allocation",), {"long_name": _ROW + "proxy that placed it"}
    ),
    "allocation_confidence": Variable(
        "S1", ("allocation",), {"long_name": _ROW + "confidence in the proxy"}
    ),
    "allocation_rung": Variable(
        "i2",
        ("allocation",),
        {"long_name": _ROW + "rung of the ladder of proxies, 1 for the first choice", **_INDEX},
    ),
    "allocation_emission": Variable(
        "f8", ("allocation",), {**_MASS, "long_name": _ROW + "emission in the year"}
    ),
    "allocation_outside": Variable(
        "f8",
        ("allocation",),
        {**_MASS, "long_name": _ROW + "part of it beyond the edge of the grid"},
    ),
    EMISSION: Variable(
        "f4",
        ("time", "sector", "lat", "lon"),
        {
            **_FLUX,
            "long_name": "black carbon emission by source category",
            "comment": "Source categories are numbered; attributes of sector have their NFR14 "
            "codes. Mass of black carbon as elemental carbon. Missing where no region of the cell "
            "has a figure for the category; memo items (international bunkers) are left out.",
        },
        FILL,
    ),
    TOTAL: Variable(
        "f4",
        ("time", "lat", "lon"),
        {
            **_FLUX,
            "long_name": "black carbon emission of all source categories",
            "comment": "Sum of emission_flux over the NFR14 categories in sector, missing ones "
            "left out.",
        },
        FILL,
    ),
}

ALLOCATION_FIELDS = {
    "region": "allocation_region",
    "nfr": "allocation_sector",
    "fuel": "allocation_fuel",
    "proxy": "allocation_proxy",
    "confidence": "allocation_confidence",
    "rung": "allocation_rung",
    "emission_kt": "allocation_emission",
    "outside_kt": "allocation_outside",
}


def global_attributes(
    grid: Grid, bounds: NDArray[np.float64], allocation: Allocation
) -> dict[str, Any]:
    """Return the head of the file.

    Parameters
    ----------
    grid : Grid
        The grid.
    bounds : numpy.ndarray of float, shape (times, 2)
        Days since 1850-01-01.
    allocation : Allocation
        What is written.

    Returns
    -------
    dict
        Global attributes; none depends on the clock.
    """
    first, last = _stamp(float(bounds[0, 0])), _stamp(float(bounds[-1, 1]))
    sides, names = in_order(allocation.sides), list(allocation.pairs.names)
    return {
        "regions": " ".join(names),
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": f"Gridded black carbon emissions, {first[:4]}",
        "summary": f"Anthropogenic black carbon emissions of {name_of(names).en} by NFR source "
        "category, spread over a regular grid along proxies; the total of every region and "
        "category is kept.",
        "keywords": "black carbon, elemental carbon, emission inventory, NFR, gridded emissions",
        "source": "bc_inventory: bottom-up emission table spread along spatial proxies",
        "creator_name": "The bc_inventory developers",
        "project": "bc_inventory",
        "license": "See manifest.json for the licence of each source",
        "references": "docs/spatial.md of bc_inventory",
        "comment": f"Domains: {', '.join(sides)}. Interval: {first} to {last}. "
        f"{_apart(sides)}The ledger next to this file has the regions of cells and the "
        "proxy of each total.",
        "standard_name_vocabulary": "CF Standard Name Table v93",
        "cdm_data_type": "Grid",
        "geospatial_lat_min": float(grid.south),
        "geospatial_lat_max": float(grid.north),
        "geospatial_lat_units": "degrees_north",
        "geospatial_lat_resolution": f"{grid.dlat:g} degrees",
        "geospatial_lon_min": float(grid.west),
        "geospatial_lon_max": float(grid.east),
        "geospatial_lon_units": "degrees_east",
        "geospatial_lon_resolution": f"{grid.dlon:g} degrees",
        "geospatial_bounds": _polygon(grid),
        "geospatial_bounds_crs": "EPSG:4326",
        "time_coverage_start": first,
        "time_coverage_end": last,
        "time_coverage_duration": f"P{round(float(bounds[-1, 1] - bounds[0, 0]))}D",
        "time_coverage_resolution": _resolution(bounds),
    }


def _resolution(bounds: NDArray[np.float64]) -> str:
    """Return the length of the periods as an ISO 8601 duration.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (periods, 2)
        Start and end, days.

    Examples
    --------
    >>> _resolution(np.array([[0, 31.0], [31.0, 59.0]])), _resolution(np.array([[0, 1 / 24]]))
    ('P1M', 'PT1H')
    """
    days = float(np.median(bounds[:, 1] - bounds[:, 0]))
    if days < 1:
        return f"PT{round(days * 24)}H"
    if days < 28:
        return f"P{round(days)}D"
    return "P1M" if days <= 31 else "P1Y"


def _apart(sides: Sequence[str]) -> str:
    """Return a sentence about the territories of some domains, empty where there are none."""
    apart = [code for side in sides for code in domains()[side].territories]
    if not apart:
        return ""
    names = ", ".join(name_of([code]).en for code in apart)
    return f"Territories ({names}) carry nothing unless the emission table names them. "


def _polygon(grid: Grid) -> str:
    """Return the edge of the grid as text, latitude before longitude as EPSG:4326 has it."""
    west, south, east, north = grid.west, grid.south, grid.east, grid.north
    corners = ((south, west), (south, east), (north, east), (north, west), (south, west))
    return f"POLYGON (({', '.join(f'{lat:g} {lon:g}' for lat, lon in corners)}))"


def _stamp(days: float) -> str:
    moment = dt.datetime.combine(EPOCH, dt.time()) + dt.timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
