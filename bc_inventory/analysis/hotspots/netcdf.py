"""Write the fields behind the hotspots: what is hot, by which test, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory import __version__
from bc_inventory.analysis.hotspots.persistence import LASTING, PERSISTENCE
from bc_inventory.cf.labels import CRS, label_attributes
from bc_inventory.reference.naming import name_of

if TYPE_CHECKING:
    from bc_inventory.analysis.hotspots.build import Group, Rules, Side
    from bc_inventory.spatial.cells import Grid

__all__ = ["MASKS", "write_hotspot_grid"]

FILL = np.float32(1e20)
MASKS = {"upper_tail": 1, "significant_gi_star": 2, "high_high_local_moran": 4, "persistent": 8}
_FIELDS: dict[str, dict[str, Any]] = {
    "density": {
        "long_name": "emission of black carbon per area in the calendar year",
        "units": "t km-2",
    },
    "gi_star": {
        "long_name": "Getis-Ord Gi* of the emission density, capped at the tail",
        "units": "1",
    },
    "gi_star_p": {"long_name": "one-sided probability of Gi* under random order", "units": "1"},
    "local_moran": {
        "long_name": "local Moran of the emission density, capped at the tail",
        "units": "1",
    },
    "local_moran_p": {
        "long_name": "one-sided probability of the neighbours' mean under random order",
        "units": "1",
    },
    "probability": {
        "long_name": "share of factor draws in which the cell is in the upper tail",
        "units": "1",
    },
}


def write_hotspot_grid(
    grid: Grid, year: int, sides: Mapping[str, Side], path: Path, rules: Rules
) -> Path:
    """Write masks and scores as CF-1.11 NetCDF.

    Parameters
    ----------
    grid : Grid
        Grid of the file.
    year : int
        Calendar year.
    sides : mapping of str to Side
        Fields by side; they don't share cells.
    path : Path
        File to write; its folder is made.
    rules : Rules
        What made a hotspot, written as global attributes.

    Returns
    -------
    Path
        `path`. The same input gives the same bytes.
    """
    import xarray as xr

    regions = {region for side in sides.values() for region in side.field.regions}
    names = sorted({name for side in sides.values() for name in side.groups})
    shape = (len(names), *grid.shape)
    layers = {name: np.full(shape, np.nan) for name in _FIELDS}
    mask = np.zeros(shape, dtype=np.int8)
    classes = np.zeros(grid.shape, dtype=np.int8)
    for side in sides.values():
        place = _window(grid, side.field.latitudes, side.field.longitudes)
        domain = side.field.domain
        for index, name in enumerate(names):
            if name in side.groups:
                sure = side.probabilities[name]
                _fill(layers, mask, (index, *place), side.groups[name], sure)
        if side.classes is not None:
            classes[place][domain] = side.classes[domain]
            lasting = np.isin(side.classes, LASTING) & domain
            mask[(names.index("all"), *place)][lasting] |= MASKS["persistent"]
    dims = ("sector_group", "lat", "lon")
    dataset = xr.Dataset(
        {name: (dims, layers[name].astype(np.float32), _describe(name)) for name in _FIELDS},
        coords=_coordinates(grid, names),
        attrs=_head(grid, year, name_of(regions).en, rules),
    )
    dataset["hotspot"] = (dims, mask, _flags())
    dataset["persistence"] = (dims[1:], classes, _classes())
    for name, edges in (("lat", grid.lat_edges), ("lon", grid.lon_edges)):
        dataset[f"{name}_bnds"] = ((name, "bnds"), np.column_stack([edges[:-1], edges[1:]]))
    dataset["crs"] = ((), np.int32(0), CRS)
    encoding: dict[str, Any] = {
        name: {"zlib": True, "complevel": 1, "shuffle": True, "_FillValue": FILL}
        for name in _FIELDS
    }
    for name in ("hotspot", "persistence"):
        encoding[name] = {"zlib": True, "complevel": 1, "_FillValue": None}
    for name in ("lat", "lon", "lat_bnds", "lon_bnds"):
        encoding[name] = {"_FillValue": None}
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.to_netcdf(path, engine="netcdf4", encoding=encoding)
    return path


def _window(
    grid: Grid, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> tuple[slice, slice]:
    """Return where a side's window lies in the grid."""
    row = int(np.abs(grid.lat - latitudes[0]).argmin())
    column = int(np.abs(grid.lon - longitudes[0]).argmin())
    return slice(row, row + len(latitudes)), slice(column, column + len(longitudes))


def _fill(
    layers: dict[str, NDArray[np.float64]],
    mask: NDArray[np.int8],
    place: tuple[int, slice, slice],
    group: Group,
    sure: NDArray[np.float64],
) -> None:
    domain, significant = group.field.domain, group.significance
    values = {
        "density": group.density,
        "gi_star": significant.gi_star,
        "gi_star_p": significant.gi_p,
        "local_moran": significant.moran,
        "local_moran_p": significant.moran_p,
        "probability": sure,
    }
    for name, layer in layers.items():
        cells = group.field.reached if name == "density" else domain
        layer[place][cells] = values[name][cells]
    target = mask[place]
    target[(group.density >= group.threshold) & domain] |= MASKS["upper_tail"]
    target[significant.hot] |= MASKS["significant_gi_star"]
    target[significant.high_high] |= MASKS["high_high_local_moran"]


def _coordinates(grid: Grid, names: list[str]) -> dict[str, Any]:
    return {
        "sector_group": (
            "sector_group",
            np.arange(1, len(names) + 1, dtype=np.int32),
            {"long_name": "group of source categories", **label_attributes(names)},
        ),
        "lat": (
            "lat",
            grid.lat,
            {
                "standard_name": "latitude",
                "long_name": "latitude of the cell centre",
                "units": "degrees_north",
                "axis": "Y",
                "bounds": "lat_bnds",
            },
        ),
        "lon": (
            "lon",
            grid.lon,
            {
                "standard_name": "longitude",
                "long_name": "longitude of the cell centre",
                "units": "degrees_east",
                "axis": "X",
                "bounds": "lon_bnds",
            },
        ),
    }


def _describe(name: str) -> dict[str, Any]:
    return {
        **_FIELDS[name],
        "grid_mapping": "crs",
        "cell_methods": "area: mean",
        "coverage_content_type": "modelResult",
    }


def _flags() -> dict[str, Any]:
    return {
        "long_name": "kinds of hotspot that the cell belongs to",
        "flag_masks": np.array(list(MASKS.values()), dtype=np.int8),
        "flag_meanings": " ".join(MASKS),
        "grid_mapping": "crs",
        "coverage_content_type": "modelResult",
    }


def _classes() -> dict[str, Any]:
    return {
        "long_name": "class of the cell over the years, all sectors",
        "flag_values": np.arange(len(PERSISTENCE), dtype=np.int8),
        "flag_meanings": " ".join(PERSISTENCE),
        "grid_mapping": "crs",
        "coverage_content_type": "modelResult",
    }


def _head(grid: Grid, year: int, name: str, rules: Rules) -> dict[str, Any]:
    return {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": f"Hotspots of black carbon emissions, {name}, {year}",
        "summary": "Masks and scores of emission hotspots: upper tail of emission density, "
        "Getis-Ord Gi* and local Moran at a false-discovery rate, and persistence over years.",
        "keywords": "black carbon, emissions, hotspots",
        "source": "emission inventory",
        "history": f"bc_inventory {__version__}: hotspots of {year}",
        "comment": f"tail: from the area-weighted quantile {rules.quantile:g} of a side's "
        f"density; neighbourhood: centres within {rules.radius_km:g} km; "
        f"false-discovery rate {rules.rate:g}; "
        f"{rules.draws} factor draws, {rules.permutations} random neighbourhoods",
        "geospatial_lat_min": float(grid.south),
        "geospatial_lat_max": float(grid.north),
        "geospatial_lat_units": "degrees_north",
        "geospatial_lon_min": float(grid.west),
        "geospatial_lon_max": float(grid.east),
        "geospatial_lon_units": "degrees_east",
        "time_coverage_start": f"{year}-01-01T00:00:00Z",
        "time_coverage_end": f"{year + 1}-01-01T00:00:00Z",
        "time_coverage_duration": "P1Y",
    }
