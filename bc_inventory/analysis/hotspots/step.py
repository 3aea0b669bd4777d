"""The step of a build that finds hotspots."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.hotspots.build import Rules, Surroundings, find_hotspots
from bc_inventory.analysis.hotspots.context import glacier_points
from bc_inventory.analysis.hotspots.draws import NEEDED, deviations, draw_groups
from bc_inventory.analysis.hotspots.emission_field import EmissionField, emission_field
from bc_inventory.analysis.hotspots.files import read_hotspots, write_geojson, write_geoparquet
from bc_inventory.analysis.hotspots.identity import inherit_ids
from bc_inventory.analysis.hotspots.netcdf import write_hotspot_grid
from bc_inventory.analysis.hotspots.persistence import SHORTEST
from bc_inventory.analysis.hotspots.stations import measured, nearest_stations
from bc_inventory.reference.domains import in_order
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.counted import counted
from bc_inventory.spatial.allocate import counted_rows, select_emissions
from bc_inventory.spatial.proxy_shares import ProxyShares, read_shares
from bc_inventory.storage.memoize import memoize

__all__ = ["hotspots_step", "side_fields"]


def hotspots_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str = "harmonised",
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
        hotspots that persist, at least four years before. `shares`: where they lie, of
        `bc_inventory.spatial.step.shares_step`, on whose grid hotspots are. Optional:
        `stations` and `observations`, of the build's record of measurements;
        `previous`, hotspots of the version before;
        `spatial`, folder of the spatial tables, and `groups`, table of sector
        groups, by default those embedded.
    outputs : dict of str to Path
        `hotspots`: GeoParquet; `geojson`; `netcdf`: masks and scores.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.
    quantile, radius_km, draws, seed
        See `bc_inventory.analysis.hotspots.build.Rules`.

    Raises
    ------
    DataError
        If there are no emissions of the year, or a category of them has no proxy.
    """
    rules = Rules(quantile=quantile, radius_km=radius_km, draws=draws, seed=seed)
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    folder = inputs.get("spatial", data_root() / "spatial")
    shares = read_shares(inputs["shares"])
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
    fields = {
        side: side_fields(emissions, side, year, factor_set, shares)
        for side in in_order(emissions["side"])
    }
    fields = {side: field for side, field in fields.items() if field}
    significant = {}
    for side, field in fields.items():
        ends = [field[-1]] if len(field) < SHORTEST else [field[-1], field[0]]
        multipliers = []
        for of_year in ends:
            counted = counted_rows(emissions, of_year.year, factor_set, side=side)
            drawn = memoize(draw_groups, counted[NEEDED], rules.draws, rules.seed)
            multipliers.append(deviations(drawn, of_year))
        significant[side] = find_hotspots(
            field, multipliers[0], around, rules, at_first=multipliers[-1]
        )
    hotspots = pd.concat([side.hotspots for side in significant.values()], ignore_index=True)
    if "stations" in inputs:
        stations = schema.read_parquet(inputs["stations"], "stations")
        means = measured(schema.read_parquet(inputs["observations"], "observations"), year)
        latitude, longitude = hotspots["latitude"].to_numpy(), hotspots["longitude"].to_numpy()
        hotspots["stations"] = nearest_stations(latitude, longitude, stations, means)
    previous = inputs.get("previous")
    if previous is not None:
        hotspots = inherit_ids(hotspots, read_hotspots(previous))
    hotspots = hotspots.reindex(columns=[*schema.table("hotspots").names, "geometry"])
    write_geoparquet(hotspots, outputs["hotspots"])
    write_geojson(hotspots, outputs["geojson"])
    write_hotspot_grid(shares.pairs.grid, year, significant, outputs["netcdf"], rules)


def side_fields(
    emissions: pd.DataFrame,
    side: str,
    year: int,
    factor_set: str,
    shares: ProxyShares,
) -> list[EmissionField]:
    """Return the fields of a side up to a year, ascending.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    side : str
        Code of the domain.
    year : int
        Last year.
    factor_set : str
        Set of emission factors.
    shares : ProxyShares
        Where emissions lie.

    Returns
    -------
    list of EmissionField
        Empty if the side has no emissions in the last year.
    """
    mine = emissions[(emissions["side"] == side) & emissions["emission_kt"].notna()]
    mine = counted(mine[mine["factor_set"] == factor_set])
    years = sorted(set(mine.loc[mine["year"] <= year, "year"]))
    if year not in years:
        return []
    return [
        emission_field(select_emissions(mine, which, factor_set), side, which, shares)
        for which in years
    ]
