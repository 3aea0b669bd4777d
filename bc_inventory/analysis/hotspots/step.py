"""The step of a build that finds hotspots."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory import schema, units
from bc_inventory.analysis.hotspots.build import Rules, Surroundings, find_hotspots
from bc_inventory.analysis.hotspots.context import glacier_points
from bc_inventory.analysis.hotspots.draws import deviations
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Floats, make_field
from bc_inventory.analysis.hotspots.files import read_hotspots, write_geojson, write_geoparquet
from bc_inventory.analysis.hotspots.identity import keep_ids
from bc_inventory.analysis.hotspots.netcdf import write_hotspot_grid
from bc_inventory.analysis.hotspots.stations import measured, nearest_stations
from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.common import SIDES
from bc_inventory.spatial.allocate import counted_rows, select_emissions
from bc_inventory.spatial.cells import Grid, make_grid
from bc_inventory.spatial.tables import Tables, read_tables
from bc_inventory.spatial.totals import mass_of

__all__ = ["hotspots_step", "side_fields"]

_CLOSE = 1e-5  # relative; the grid file holds float32


def hotspots_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str = "harmonised",
    resolution: float | None = None,
    quantile: float = Rules.quantile,
    radius_km: float = Rules.radius_km,
    draws: int = Rules.draws,
    seed: int = Rules.seed,
) -> None:
    """Find the hotspots of a year and write them.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`: folder of the contract `emissions`, the year and, for
        hotspots that persist, at least three years before. `grid`: the grid
        file of the year, whose window is used and whose masses must be those
        of the table. Optional: `stations` and `observations`, of the build's
        record of measurements; `previous`, hotspots of the version before;
        `spatial`, folder of the spatial tables, and `groups`, table of sector
        groups, by default those embedded.
    outputs : dict of str to Path
        `hotspots`: GeoParquet; `geojson`; `netcdf`: masks and scores.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.
    resolution : float, optional
        Size of the cells of hotspots in degrees; by default that of the grid
        file. Cells of both must fill whole cells of some coarser grid.
    quantile, radius_km, draws, seed
        See `bc_inventory.analysis.hotspots.build.Rules`.

    Raises
    ------
    DataError
        If there are no emissions of the year, or the grid is of others.
    """
    rules = Rules(quantile=quantile, radius_km=radius_km, draws=draws, seed=seed)
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    folder = inputs.get("spatial", data_root() / "spatial")
    tables = read_tables(folder)
    file_grid, kg = mass_of(inputs["grid"])
    grid = file_grid if resolution is None else _resized(file_grid, resolution)
    groups = schema.read_csv(
        inputs.get("groups", data_root() / "hotspot_groups.csv"), "hotspot_groups"
    )
    around = Surroundings(
        groups,
        schema.read_parquet(folder / "places.parquet", "spatial_places"),
        glacier_points(
            schema.read_parquet(folder / "glacier_cells_025.parquet", "spatial_glaciers"),
            schema.read_parquet(folder / "hma_cells_025.parquet", "spatial_hma"),
        ),
    )
    fields = {side: side_fields(emissions, side, year, factor_set, grid, tables) for side in SIDES}
    fields = {side: made for side, made in fields.items() if made}
    lasts = [made[-1] for made in fields.values()]
    _require_same(file_grid, kg, grid, lasts, str(inputs["grid"]))
    found = {}
    for side, made in fields.items():
        counted = counted_rows(emissions, year, factor_set, side=side)
        multipliers = deviations(counted, made[-1], rules.draws, rules.seed)
        found[side] = find_hotspots(made, multipliers, around, rules)
    hotspots = pd.concat([side.hotspots for side in found.values()], ignore_index=True)
    if "stations" in inputs:
        stations = schema.read_parquet(inputs["stations"], "stations")
        means = measured(schema.read_parquet(inputs["observations"], "observations"), year)
        latitude, longitude = hotspots["latitude"].to_numpy(), hotspots["longitude"].to_numpy()
        hotspots["stations"] = nearest_stations(latitude, longitude, stations, means)
    previous = inputs.get("previous")
    if previous is not None:
        hotspots = keep_ids(hotspots, read_hotspots(previous))
    hotspots = hotspots.reindex(columns=[*schema.table("hotspots").names, "geometry"])
    write_geoparquet(hotspots, outputs["hotspots"])
    write_geojson(hotspots, outputs["geojson"])
    write_hotspot_grid(grid, year, found, outputs["netcdf"], rules)


def side_fields(
    emissions: pd.DataFrame,
    side: str,
    year: int,
    factor_set: str,
    grid: Grid,
    tables: Tables,
) -> list[EmissionField]:
    """Return the fields of a side up to a year, ascending.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    side : str
        EU or CN.
    year : int
        Last year.
    factor_set : str
        Set of emission factors.
    grid : Grid
        Grid of the fields.
    tables : Tables
        Spatial facts.

    Returns
    -------
    list of EmissionField
        Empty if the side has no emissions in the last year.
    """
    mine = emissions[(emissions["side"] == side) & emissions["emission_kt"].notna()]
    mine = mine[(mine["factor_set"] == factor_set) & ~mine["memo"].astype(bool)]
    years = sorted(set(mine.loc[mine["year"] <= year, "year"]))
    if year not in years:
        return []
    return [
        make_field(select_emissions(mine, one, factor_set), side, one, grid, tables)
        for one in years
    ]


def _resized(grid: Grid, resolution: float) -> Grid:
    return make_grid(resolution, (grid.west, grid.south, grid.east, grid.north), earth=grid.earth)


def _require_same(
    file_grid: Grid, kg: Floats, grid: Grid, fields: list[EmissionField], file: str
) -> None:
    """Refuse a grid file whose masses are others than the emission table gives.

    They are compared in the smallest cells that consist of whole ones of both.
    """
    steps = [Fraction(repr(one.dlat)) for one in (file_grid, grid)]
    common = math.lcm(*(step.numerator for step in steps))
    coarse = _resized(grid, common / math.gcd(*(step.denominator for step in steps)))
    whole = np.zeros(grid.shape)
    for field in fields:
        rows = np.searchsorted(grid.lat, field.latitudes[0] - 1e-9)
        columns = np.searchsorted(grid.lon, field.longitudes[0] - 1e-9)
        part = whole[rows : rows + field.shape[0], columns : columns + field.shape[1]]
        every = np.ones(len(field.nfr), dtype=bool)
        part += units.convert(field.on_grid(field.entries(every)), "kt", "kg")
    expected, found = (
        values.reshape(coarse.ny, -1, coarse.nx, values.shape[1] // coarse.nx).sum(axis=(1, 3))
        for values in (whole, np.nan_to_num(kg))
    )
    difference = np.abs(expected - found)
    worst = np.unravel_index(difference.argmax(), difference.shape)
    if difference[worst] > _CLOSE * max(float(expected.max()), 1.0):
        raise DataError(
            [
                Problem(
                    f"{found[worst]:.6g} kg in the cell at {coarse.lat[worst[0]]:g} N, "
                    f"{coarse.lon[worst[1]]:g} E",
                    f"{expected[worst]:.6g} kg, as the emission table gives",
                    file,
                    remedy="Grid and table are of different builds, years or factor sets.",
                )
            ]
        )
