"""How near emissions are to people.

Two sides of one sum. For those who emit: how many people live within a radius
of the average kilogram. For those who breathe: how much is emitted per area
within the radius of the average inhabitant. Both rank sources and regions; like
the intake fraction (Apte et al. 2012, doi:10.1021/es204021h) they grow with the
people near a source, but they hold no wind, height, chemistry or indoor air.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bc_inventory import schema, units
from bc_inventory.analysis.hotspots.draws import drawn_responses
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Floats, Integers
from bc_inventory.analysis.hotspots.statistics import distance_window, window_sums

__all__ = ["CAVEAT", "RADIUS_KM", "exposure", "people_near", "where_people_live"]

RADIUS_KM = 50.0
CAVEAT = (
    "an indicator of where emissions are, not of concentration, dose or harm; population of 2015; "
    "emissions of other countries near the border don't count"
)
_SOURCE = "bcinv-exposure"
_NO_LAND = 1e-9  # km2; a plant offshore has no land near, and no inhabitants either


def exposure(
    field: EmissionField,
    groups: Mapping[str, np.ndarray],
    factor_set: str,
    *,
    radius_km: float = RADIUS_KM,
    near: Floats | None = None,
) -> pd.DataFrame:
    """Return the exposure indicators of a side's regions and categories.

    Parameters
    ----------
    field : EmissionField
        Emissions and population of a side.
    groups : mapping of str to numpy.ndarray
        See `bc_inventory.analysis.hotspots.draws.draw_groups`; intervals are
        given for all categories together.
    factor_set : str
        Column of the result.
    radius_km : float
        What counts as near.
    near : numpy.ndarray, optional
        Of `people_near` for the field and the radius, where it is known; by default it is
        worked out here.

    Returns
    -------
    pandas.DataFrame
        Contract `exposure`, for each region and `*`, for each NFR category and `*`.
    """
    if near is None:
        near = people_near(*where_people_live(field), radius_km)["near"]
    emitted, breathed, exposed = _responses(field, near)
    lower, upper = _interval(field, groups, breathed)
    area = _by_region(field, field.land_km2)
    population = _by_region(field, field.population)
    parts = []
    for nfr in ("*", *sorted(set(field.nfr))):
        chosen = np.array([nfr in ("*", name) for name in field.nfr], dtype=bool)
        emission = _with_side(emitted[chosen].sum(axis=0))
        breath = _with_side(breathed[chosen].sum(axis=(0, 1)))
        people = _with_side(exposed[chosen].sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            frame = pd.DataFrame(
                {
                    "region": [*field.regions, "*"],
                    "nfr": nfr,
                    "emission_kt": emission,
                    "population": population,
                    "people_near": np.where(emission > 0, people / emission, np.nan),
                    "density_near_t_km2": units.convert(breath / population, "kt/km2", "t/km2"),
                    "density_t_km2": units.convert(emission / area, "kt/km2", "t/km2"),
                }
            )
        if nfr == "*":
            frame = frame.assign(
                lower_t_km2=np.minimum(lower, frame["density_near_t_km2"]),
                upper_t_km2=np.maximum(upper, frame["density_near_t_km2"]),
            )
        parts.append(frame)
    result = pd.concat(parts, ignore_index=True).assign(
        year=field.year,
        side=field.side,
        factor_set=factor_set,
        radius_km=radius_km,
        source_id=_SOURCE,
        caveat=CAVEAT,
    )
    return result[schema.table("exposure").names]


def _responses(field: EmissionField, near: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what each category of each region does for the indicators.

    All are sums over cells of emission times something, so they are worked out
    once for what each proxy spreads.

    Returns
    -------
    emitted : numpy.ndarray, shape (categories, regions)
        kt inside the grid.
    breathed : numpy.ndarray, shape (categories, regions, regions)
        Emission per land area near the inhabitants of each region, the last
        axis, summed over them; person kt km-2.
    exposed : numpy.ndarray, shape (categories, regions)
        People near the emission, times the emission; person kt.
    """
    response = (field.spread.T @ near)[field.slots] * field.mass[:, :, None]
    return response[..., 0], response[..., 2:], response[..., 1]


def where_people_live(
    field: EmissionField,
) -> tuple[Floats, Floats, Integers, Integers, list[int], Floats, float]:
    """Return what `people_near` takes of a field; no emission is in it."""
    return (
        field.population,
        field.land_km2,
        field.region,
        field.cell,
        [len(field.regions), *field.shape],
        field.latitudes,
        field.resolution,
    )


def people_near(
    population: Floats,
    land_km2: Floats,
    region: Integers,
    cell: Integers,
    shape: list[int],
    latitudes: Floats,
    resolution: float,
    radius_km: float,
) -> dict[str, Floats]:
    """Return what an emission in each entry meets.

    Parameters
    ----------
    population, land_km2, region, cell : numpy.ndarray, shape (entries,)
        Of an `EmissionField`.
    shape : list of int
        Its regions, rows and columns.
    latitudes, resolution
        Of the field.
    radius_km : float
        What counts as near.

    Returns
    -------
    dict of str to numpy.ndarray
        `near`, shape (entries, 2 + regions): one; the people near; the
        people near of each region, over the land near them, km-2.
    """
    regions, rows, columns = shape
    window = distance_window(latitudes, resolution, radius_km)

    def on_grid(values: Floats) -> Floats:
        sums = np.bincount(cell, values, minlength=rows * columns)
        return np.asarray(sums, dtype=float).reshape(rows, columns)

    persons = window_sums(on_grid(population), window)
    land_near = np.maximum(window_sums(on_grid(land_km2), window), _NO_LAND)
    living = np.stack(
        [
            on_grid(population * (region == region_number)) / land_near
            for region_number in range(regions)
        ]
    )
    # Near is mutual, so what people breathe of a cell is what lives near it.
    of_each = window_sums(living, window).reshape(len(living), -1)[:, cell]
    return {"near": np.stack([np.ones(len(cell)), persons.ravel()[cell], *of_each], axis=1)}


def _with_side(values: Floats) -> Floats:
    """Put the sum of the regions, the side, last."""
    return np.append(values, values.sum())


def _by_region(field: EmissionField, values: Floats) -> Floats:
    """Sum values of entries by region, the side last."""
    sums = np.bincount(field.region, values, minlength=len(field.regions))
    return _with_side(sums.astype(float))


def _interval(
    field: EmissionField, groups: Mapping[str, np.ndarray], breathed: Floats
) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the density near the average inhabitant, t/km2, by region."""
    every = np.ones((1, len(field.nfr)), dtype=bool)
    drawn = drawn_responses(groups, field, breathed.transpose(2, 1, 0), every)[0].T
    sums = np.column_stack([drawn, drawn.sum(axis=1)])
    population = _by_region(field, field.population)
    with np.errstate(invalid="ignore"):  # nobody lives there
        bounds = np.quantile(sums / population, [0.025, 0.975], axis=0)
    lower, upper = units.convert(bounds, "kt/km2", "t/km2")
    return lower, upper
