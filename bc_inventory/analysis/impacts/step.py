"""The step of a build that looks at ice, people and climate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.hotspots.context import glacier_points
from bc_inventory.analysis.hotspots.draws import NEEDED, draw_groups
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Floats, emission_field
from bc_inventory.analysis.impacts.climate import (
    co2_equivalents,
    organic_carbon_of,
    read_metrics,
    read_organic,
)
from bc_inventory.analysis.impacts.cryosphere import (
    Ice,
    band_masses,
    by_band,
    by_month,
    ice_around,
    read_bands,
)
from bc_inventory.analysis.impacts.exposure import (
    RADIUS_KM,
    exposure,
    people_near,
    where_people_live,
)
from bc_inventory.reference.domains import in_order
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.enumerations import Level
from bc_inventory.spatial.allocate import counted_rows, select_emissions
from bc_inventory.spatial.profiles import Profiles, month_parts, read_profiles
from bc_inventory.spatial.proxy_shares import read_shares
from bc_inventory.storage.memoize import memoize

__all__ = ["impacts_step"]


def impacts_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str = "harmonised",
    draws: int,
    seed: int,
) -> None:
    """Write emissions by distance to ice, by nearness to people, and in CO2 equivalents.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`: folder of the contract `emissions`; `shares`: where they lie, of
        `bc_inventory.spatial.step.shares_step`; `totals`: contract `totals`.
        Optional: `spatial`, folder of the spatial tables, `bands`, `metrics` and
        `organic`, contracts `cryosphere_bands`, `climate_metrics` and
        `organic_carbon`; by default those embedded.
    outputs : dict of str to Path
        Parquet: `cryosphere`, `cryosphere_months`, `exposure`, `climate`
        (contract `co2_equivalents`).
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors.
    draws, seed : int
        Draws of the inventory for intervals.

    Raises
    ------
    DataError
        If an input breaks its contract or has no emission of the year.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    folder = inputs.get("spatial", data_root() / "spatial")
    shares, profiles = read_shares(inputs["shares"]), read_profiles(folder)
    views = read_bands(inputs.get("bands"))
    hma = schema.read_parquet(folder / "hma_cells_025.parquet", "spatial_hma")
    glaciers = glacier_points(
        schema.read_parquet(folder / "glacier_cells_025.parquet", "spatial_glaciers"), hma
    )
    tables: dict[str, list[pd.DataFrame]] = {
        "cryosphere": [],
        "cryosphere_months": [],
        "exposure": [],
    }
    selected = select_emissions(emissions, year, factor_set)
    for side in in_order(selected["side"]):
        field = emission_field(selected, side, year, shares)
        rows = counted_rows(emissions, year, factor_set, side=side)
        groups = memoize(draw_groups, rows[NEEDED], draws, seed)
        # Neither ice nor people move with the emissions, so both are found again.
        ice = Ice(**memoize(ice_around, field.latitudes, field.longitudes, hma, *glaciers))
        masses = band_masses(field, ice, views)
        months = _months(field, profiles)
        tables["cryosphere"].append(by_band(field, masses, groups, factor_set))
        tables["cryosphere_months"].append(by_month(field, masses, months, factor_set))
        near = memoize(people_near, *where_people_live(field), RADIUS_KM)["near"]
        tables["exposure"].append(exposure(field, groups, factor_set, near=near))
        del near  # a row for each region, for every cell
    for name, parts in tables.items():
        frame = schema.check(pd.concat(parts, ignore_index=True), name)
        schema.write_parquet(frame, name, outputs[name])
    totals = schema.read_parquet(inputs["totals"], "totals")
    mine = totals[(totals["level"] == Level.SIDE) & (totals["year"] == year)]
    mine = mine[mine["factor_set"] == factor_set]
    organic = organic_carbon_of(mine, read_organic(inputs.get("organic")))
    known = pd.concat([mine, organic], ignore_index=True)
    climate = co2_equivalents(known, read_metrics(inputs.get("metrics")))
    schema.write_parquet(climate, "co2_equivalents", outputs["climate"])


def _months(field: EmissionField, profiles: Profiles) -> Floats:
    """Return the share of each month, shape (categories, regions, 12)."""
    sectors = sorted(set(field.nfr))
    sides = [field.side] * len(field.regions)
    parts = month_parts(profiles, sectors, list(field.regions), sides)
    return parts[np.searchsorted(sectors, field.nfr)]
