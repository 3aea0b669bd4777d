"""How near emissions are to people.

Two sides of one sum. For those who emit: how many people live within a radius
of the average kilogram. For those who breathe: how much is emitted per area
within the radius of the average inhabitant. Both rank sources and regions; like
the intake fraction (Apte et al. 2012, doi:10.1021/es204021h) they grow with the
people near a source, but they hold no wind, height, chemistry or indoor air.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import schema, units
from bc_inventory.analysis.emission_field import EmissionField, Flags, Floats
from bc_inventory.analysis.hotspot_draws import densities
from bc_inventory.analysis.hotspot_statistics import Window, distance_window, window_sums

__all__ = ["CAVEAT", "RADIUS_KM", "exposure"]

RADIUS_KM = 50.0
CAVEAT = (
    "an indicator of where emissions are, not of concentration, dose or harm; population of 2015; "
    "emissions of other countries near the border don't count"
)
_SOURCE = "bcinv-exposure"
_BLOCK = 50  # draws at a time, to bound memory
_NO_LAND = 1e-9  # km2; a plant offshore has no land near, and no inhabitants either


def exposure(
    field: EmissionField, multipliers: Floats, factor_set: str, *, radius_km: float = RADIUS_KM
) -> pd.DataFrame:
    """Return the exposure indicators of a side's regions and categories.

    Parameters
    ----------
    field : EmissionField
        Emissions and population of a side.
    multipliers : numpy.ndarray, shape (draws, regions, categories)
        See `bc_inventory.analysis.hotspot_draws.deviations`; intervals are
        given for all categories together.
    factor_set : str
        Column of the result.
    radius_km : float
        What counts as near.

    Returns
    -------
    pandas.DataFrame
        Contract `exposure`, for each region and `*`, for each NFR category and `*`.
    """
    window = distance_window(field.latitudes, field.resolution, radius_km)
    people_near = window_sums(field.on_grid(field.population), window)
    land_near = np.maximum(window_sums(field.on_grid(field.land_km2), window), _NO_LAND)
    lower, upper = _interval(field, multipliers, land_near, window)
    area = _by_region(field, field.land_km2)
    population = _by_region(field, field.population)
    parts = []
    for nfr in ("*", *sorted(set(field.nfr))):
        chosen = np.array([nfr in ("*", name) for name in field.nfr], dtype=bool)
        kt = field.kt[chosen].sum(axis=0)
        emission = _by_region(field, kt)
        near = window_sums(field.on_grid(kt), window) / land_near
        breathed = _by_region(field, field.population * near.ravel()[field.cell])
        met = _by_region(field, kt * people_near.ravel()[field.cell])
        with np.errstate(divide="ignore", invalid="ignore"):
            frame = pd.DataFrame(
                {
                    "region": [*field.regions, "*"],
                    "nfr": nfr,
                    "emission_kt": emission,
                    "population": population,
                    "people_near": np.where(emission > 0, met / emission, np.nan),
                    "density_near_t_km2": units.convert(breathed / population, "kt/km2", "t/km2"),
                    "density_t_km2": units.convert(emission / area, "kt/km2", "t/km2"),
                }
            )
        if nfr == "*":
            frame = frame.assign(
                lower_t_km2=np.minimum(lower, frame["density_near_t_km2"]),
                upper_t_km2=np.maximum(upper, frame["density_near_t_km2"]),
            )
        parts.append(frame)
    made = pd.concat(parts, ignore_index=True).assign(
        year=field.year,
        side=field.side,
        factor_set=factor_set,
        radius_km=radius_km,
        source_id=_SOURCE,
        caveat=CAVEAT,
    )
    return made[schema.table("exposure").names]


def _by_region(field: EmissionField, values: Floats) -> Floats:
    """Sum values of entries by region, the side last."""
    sums = np.bincount(field.region, values, minlength=len(field.regions))
    return np.append(sums, sums.sum())


def _interval(
    field: EmissionField, multipliers: Floats, land_near: Floats, window: Window
) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the density near the average inhabitant, by region."""
    every: Flags = np.ones(len(field.nfr), dtype=bool)
    drawn = densities(field, every, multipliers)
    means = np.empty((len(drawn), len(field.regions) + 1))
    for start in range(0, len(drawn), _BLOCK):
        block = np.zeros((len(drawn[start : start + _BLOCK]), *field.shape))
        block[:, field.domain] = drawn[start : start + _BLOCK]
        near = window_sums(block * field.area_km2, window) / land_near
        for row, one in enumerate(near):
            means[start + row] = _by_region(field, field.population * one.ravel()[field.cell])
    population = _by_region(field, field.population)
    with np.errstate(invalid="ignore"):  # nobody lives there
        lower, upper = np.quantile(means / population, [0.025, 0.975], axis=0)
    return lower, upper
