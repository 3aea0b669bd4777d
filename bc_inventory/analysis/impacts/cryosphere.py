"""From Pole to Plateau: how near to ice emissions are, by month and category.

Emissions are counted by cell centre in the bands of `data/cryosphere_bands.csv`:
by latitude, by distance to the Arctic Circle, by distance to the nearest
glaciated cell of High Mountain Asia, and by the part of a cell that lies in its
glacier regions. Distance isn't deposition: wind, rain and season decide what
arrives. Published responses stand in `data/cryosphere_responses.csv`; none is
multiplied in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import schema
from bc_inventory.analysis.hotspots.clusters import cluster_masses
from bc_inventory.analysis.hotspots.context import ARCTIC_CIRCLE, Nearest
from bc_inventory.analysis.hotspots.draws import drawn_responses
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Flags, Floats
from bc_inventory.analysis.hotspots.statistics import EARTH_RADIUS_KM
from bc_inventory.reference.codelists import gnfr_index
from bc_inventory.reference.paths import data_root

__all__ = [
    "Bands",
    "Ice",
    "band_masses",
    "by_band",
    "by_month",
    "ice_around",
    "read_bands",
    "read_responses",
]


@dataclass(frozen=True)
class Bands:
    """The bands of one view.

    Parameters
    ----------
    view : str
        Name of the view.
    names : tuple of str
        Bands.
    lower, upper : tuple of float
        Ends, infinite where open.
    """

    view: str
    names: tuple[str, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]


@dataclass(frozen=True)
class Ice:
    """Where the ice is, seen from the cells of a field.

    Parameters
    ----------
    glacier_km : numpy.ndarray, shape (rows, columns)
        Distance to the nearest glaciated cell of High Mountain Asia.
    hma_fraction : numpy.ndarray, shape (rows, columns)
        Part of the cell in its glacier regions, 0 to 1.
    """

    glacier_km: Floats
    hma_fraction: Floats


def read_bands(path: Path | None = None) -> list[Bands]:
    """Read the bands of all views.

    Parameters
    ----------
    path : Path, optional
        A table under the contract `cryosphere_bands`; by default the embedded one.

    Returns
    -------
    list of Bands
        By view.
    """
    table = schema.read_csv(path or data_root() / "cryosphere_bands.csv", "cryosphere_bands")
    return [
        Bands(
            str(view),
            tuple(rows["band"]),
            tuple(rows["lower"].fillna(-np.inf)),
            tuple(rows["upper"].fillna(np.inf)),
        )
        for view, rows in table.groupby("view", sort=True)
    ]


def read_responses(path: Path | None = None) -> pd.DataFrame:
    """Read published responses (contract `cryosphere_responses`); by default the embedded."""
    return schema.read_csv(path or data_root() / "cryosphere_responses.csv", "cryosphere_responses")


def ice_around(
    latitudes: Floats,
    longitudes: Floats,
    hma: pd.DataFrame,
    ice_latitude: Floats,
    ice_longitude: Floats,
) -> dict[str, Floats]:
    """Return distance and fraction of ice for each cell of a field.

    Parameters
    ----------
    latitudes, longitudes : numpy.ndarray, shape (rows,), (columns,)
        Cell centres of a field, degrees.
    hma : pandas.DataFrame
        Contract `spatial_hma`, 0.25 degree; a finer cell takes the fraction of
        the one its centre lies in.
    ice_latitude, ice_longitude : numpy.ndarray, shape (glaciers,)
        See `bc_inventory.analysis.hotspots.context.glacier_points`.

    Returns
    -------
    dict of str to numpy.ndarray
        What `Ice` takes.
    """
    from bc_inventory.spatial.cells import make_grid

    grid = make_grid(0.25, "global")
    whole = np.zeros(grid.shape)
    np.add.at(whole, (hma["j"].to_numpy(), hma["i"].to_numpy()), hma["fraction"].to_numpy())
    longitude, latitude = np.meshgrid(longitudes, latitudes)
    cell = grid.locate(longitude.ravel(), latitude.ravel())
    distance, _ = Nearest(ice_latitude, ice_longitude).km(latitude.ravel(), longitude.ravel())
    fraction = np.minimum(whole.ravel()[cell], 1.0)
    return {
        "glacier_km": distance.reshape(latitude.shape),
        "hma_fraction": fraction.reshape(latitude.shape),
    }


def band_masses(
    field: EmissionField, ice: Ice, views: Sequence[Bands]
) -> list[tuple[Bands, Floats]]:
    """Return what is emitted in the bands of each view.

    Parameters
    ----------
    field : EmissionField
        Emissions of a side.
    ice : Ice
        Of the same cells.
    views : sequence of Bands
        As `read_bands` returns them.

    Returns
    -------
    list of tuple
        Each view with its kt, shape (bands, regions, categories); bands may overlap.
    """
    return [(bands, _masses(field, ice, bands)) for bands in views]


def by_band(
    field: EmissionField,
    pairs: Sequence[tuple[Bands, Floats]],
    groups: Mapping[str, np.ndarray],
    factor_set: str,
) -> pd.DataFrame:
    """Return emissions by view, band and category with intervals.

    Parameters
    ----------
    field : EmissionField
        Emissions of a side.
    pairs : sequence of tuple
        As `band_masses` returns it.
    groups : mapping of str to numpy.ndarray
        See `bc_inventory.analysis.hotspots.draws.draw_groups`.
    factor_set : str
        Column of the result.

    Returns
    -------
    pandas.DataFrame
        Contract `cryosphere`; bands without emission have rows too.
    """
    names, members = _sums(field)
    whole = members @ field.inside.sum(axis=1)
    parts = []
    for bands, masses in pairs:
        emission = members @ masses.sum(axis=1).T  # (categories, bands)
        drawn = drawn_responses(groups, field, masses, members)
        lower, upper = np.quantile(drawn, [0.025, 0.975], axis=-1)
        every = whole[:, None]
        parts.append(
            pd.DataFrame(
                {
                    "view": bands.view,
                    "band": np.tile(np.array(bands.names, dtype=object), len(names)),
                    "gnfr": np.repeat(names[:, 0], len(bands.names)),
                    "nfr": np.repeat(names[:, 1], len(bands.names)),
                    "emission_kt": emission.ravel(),
                    "lower_kt": np.minimum(lower, emission).ravel(),
                    "upper_kt": np.maximum(upper, emission).ravel(),
                    "share_of_side": np.divide(
                        emission, every, out=np.zeros_like(emission), where=every > 0
                    ).ravel(),
                }
            )
        )
    return _headed(field, factor_set, parts, "cryosphere")


def by_month(
    field: EmissionField, pairs: Sequence[tuple[Bands, Floats]], parts: Floats, factor_set: str
) -> pd.DataFrame:
    """Return emissions by view, band, category and month.

    Parameters
    ----------
    field, pairs, factor_set
        As for `by_band`.
    parts : numpy.ndarray, shape (categories, regions, 12)
        Share of each month, see `bc_inventory.spatial.profiles.month_parts`.

    Returns
    -------
    pandas.DataFrame
        Contract `cryosphere_months`; the months of a year sum to it.
    """
    names, members = _categories(field)
    frames = []
    for bands, masses in pairs:
        monthly = np.einsum("brc,crm->cmb", masses, parts)
        months = np.tensordot(members, monthly, axes=1)  # (categories, months, bands)
        count = len(bands.names)
        month = np.repeat(np.arange(1, months.shape[1] + 1), count)
        frames.append(
            pd.DataFrame(
                {
                    "view": bands.view,
                    "band": np.tile(np.array(bands.names, dtype=object), months[..., 0].size),
                    "nfr": np.repeat(names, len(month)),
                    "month": np.tile(month, len(names)),
                    "emission_kt": months.ravel(),
                }
            )
        )
    return _headed(field, factor_set, frames, "cryosphere_months")


def _headed(
    field: EmissionField, factor_set: str, parts: list[pd.DataFrame], contract: str
) -> pd.DataFrame:
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.assign(year=field.year, side=field.side, factor_set=factor_set)
    return frame[schema.table(contract).names]


def _sums(field: EmissionField) -> tuple[NDArray[Any], Flags]:
    """Return GNFR and NFR of each sum of categories, and which categories it sums.

    The sums are all categories, each GNFR aggregate and each NFR category.
    """
    aggregate_of = gnfr_index()
    nfr = np.array(field.nfr, dtype=object)
    gnfr = np.array([aggregate_of[name] for name in field.nfr], dtype=object)
    pairs = [
        ("*", "*"),
        *((name, "*") for name in sorted(set(gnfr))),
        *sorted(set(zip(gnfr, nfr, strict=True))),
    ]
    names = np.array(pairs, dtype=object)
    aggregate, category = names[:, :1], names[:, 1:]
    members = ((aggregate == "*") | (aggregate == gnfr)) & ((category == "*") | (category == nfr))
    return names, members


def _categories(field: EmissionField) -> tuple[NDArray[Any], Floats]:
    """Return * and each NFR category, and which categories of the field belong to it."""
    names = np.array(["*", *sorted(set(field.nfr))], dtype=object)
    mine = names[:, None] == np.array(field.nfr, dtype=object)[None, :]
    return names, (mine | (names == "*")[:, None]).astype(float)


def _masses(field: EmissionField, ice: Ice, bands: Bands) -> Floats:
    latitude = np.repeat(field.latitudes[:, None], field.shape[1], axis=1)
    if bands.view == "hma_region":
        part = ice.hma_fraction.ravel()[field.cell]
        inside = dataclasses.replace(field, shares=field.shares * part)
        labels = np.ones(field.shape, dtype=np.int64)
        return cluster_masses(inside, labels, 1, np.ones(len(field.nfr), dtype=bool))
    measure = {
        "latitude": latitude,
        "arctic": latitude,
        "arctic_circle_km": np.radians(ARCTIC_CIRCLE - latitude) * EARTH_RADIUS_KM,
        "hma_glacier_km": ice.glacier_km,
    }[bands.view]
    every = np.ones(len(field.nfr), dtype=bool)
    masses = [
        cluster_masses(field, ((measure >= low) & (measure < high)).astype(np.int64), 1, every)[0]
        for low, high in zip(bands.lower, bands.upper, strict=True)
    ]
    return np.stack(masses)
