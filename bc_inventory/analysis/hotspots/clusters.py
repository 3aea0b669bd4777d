"""Hotspots: which cells are, how they cluster, and what a cluster consists of.

Kind `cell`: the densest cells, one by one. Kind `density`: contiguous cells
whose emission per area lies in the upper tail, the tail being a share of the
side's area (an area-weighted quantile). The kinds
`significant` and `persistent` take their cells from
`bc_inventory.analysis.hotspots.significance`. Clusters are cells that touch by
side or corner.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Flags, Floats, Integers

__all__ = [
    "cluster_masses",
    "describe",
    "label_cells",
    "label_clusters",
    "tail_threshold",
]

_SHARE_DIGITS = 4


def tail_threshold(density: Floats, area: Floats, quantile: float) -> float:
    """Return the area-weighted quantile of a density.

    Parameters
    ----------
    density : numpy.ndarray, shape (cells,)
        t km-2 per year.
    area : numpy.ndarray, shape (cells,)
        Cell areas, any unit.
    quantile : float
        0 to 1; the densest 1 - `quantile` of the area is the tail.

    Returns
    -------
    float
        t km-2 per year; a cell is in the tail if it has at least this. Where
        less than the tail's area emits, it is the smallest density above zero;
        infinite where nothing emits.
    """
    tail = (1 - quantile) * area.sum() * (1 + 1e-9)
    # No more cells than this fit into the tail, so only these need be in order.
    most = min(int(tail / area.min()) + 2, len(density))
    top = np.argpartition(-density, most - 1)[:most]
    order = top[np.argsort(-density[top], kind="stable")]
    count = int(np.searchsorted(np.cumsum(area[order]), tail, side="right"))
    emitting = int((density[order] > 0).sum())
    if not emitting:
        return float("inf")
    return float(density[order[min(max(count, 1), emitting) - 1]])


def label_clusters(mask: Flags) -> tuple[Integers, int]:
    """Return numbers of the contiguous clusters of a mask.

    Returns
    -------
    labels : numpy.ndarray of int, shape of `mask`
        From 1; 0 outside.
    count : int
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, structure=np.ones((3, 3), dtype=int))
    return labels.astype(np.int64), int(count)


def label_cells(density: Floats, domain: Flags, count: int) -> tuple[Integers, int]:
    """Return numbers of the densest cells, each on its own.

    Returns
    -------
    labels : numpy.ndarray of int, shape of `density`
        1 is the densest, ties go by position; 0 elsewhere.
    count : int
        At most the cells that emit.
    """
    flat = np.where(domain, density, 0.0).ravel()
    order = np.argsort(-flat, kind="stable")[:count]
    order = order[flat[order] > 0]
    labels = np.zeros(flat.size, dtype=np.int64)
    labels[order] = np.arange(1, len(order) + 1)
    return labels.reshape(density.shape), len(order)


def cluster_masses(
    field: EmissionField, labels: Integers, count: int, chosen: Flags
) -> NDArray[np.float64]:
    """Return what each region and category emits in each cluster.

    Parameters
    ----------
    field : EmissionField
    labels : numpy.ndarray of int, shape (rows, columns)
        As `label_clusters` returns them.
    count : int
        Number of clusters.
    chosen : numpy.ndarray of bool, shape (categories,)
        Categories that count.

    Returns
    -------
    numpy.ndarray, shape (clusters, regions, categories)
        kt per year; zero for categories that aren't chosen.
    """
    label = labels.ravel()[field.cell]
    inside = label > 0
    regions = len(field.regions)
    place = (label[inside] - 1) * regions + field.region[inside]
    parts = np.stack(
        [
            np.bincount(place, share, minlength=count * regions).reshape(count, regions)
            for share in field.shares[:, inside]
        ]
    )
    masses = np.zeros((count, regions, len(field.nfr)))
    each = np.arange(regions)
    for category in np.flatnonzero(chosen):
        part = parts[field.pattern[category], :, each]  # (regions, clusters)
        masses[:, :, category] = part.T * field.mass[category]
    return masses


def describe(
    field: EmissionField,
    labels: Integers,
    masses: NDArray[np.float64],
    *,
    kind: str,
    sector_group: str,
    chosen: Flags,
) -> pd.DataFrame:
    """Describe clusters by what lies in them.

    Parameters
    ----------
    field : EmissionField
    labels : numpy.ndarray of int, shape (rows, columns)
        As `label_clusters` returns them.
    masses : numpy.ndarray, shape (clusters, regions, categories)
        As `cluster_masses` returns them.
    kind, sector_group : str
        Columns of the result.
    chosen : numpy.ndarray of bool, shape (categories,)
        Categories of the sector group.

    Returns
    -------
    pandas.DataFrame
        One row for each cluster in the order of the labels, with the columns
        of the contract `hotspots` from `hotspot_id` to `emission_per_head_kg`
        that need no draws, and `label`. `hotspot_id` names the densest cell.
    """
    count = len(masses)
    emission = masses.sum(axis=(1, 2))
    shape = _shapes(field, labels, count, field.density(chosen))
    by_region, by_category = masses.sum(axis=2), masses.sum(axis=1)
    totals = field.inside[chosen].sum(axis=0)
    main = by_region.argmax(axis=1)
    label = labels.ravel()[field.cell]
    inside = label > 0
    people = np.bincount(label[inside], field.population[inside], minlength=count + 1)[1:]
    nfr_shares = _shares(by_category, field.nfr)
    t_per_km2 = units.convert(emission / shape["area_km2"], "kt/km2", "t/km2")
    with np.errstate(divide="ignore", invalid="ignore"):
        per_head = np.where(people > 0, units.convert(emission, "kt", "kg") / people, np.nan)
    frame = pd.DataFrame(
        {
            "label": np.arange(1, count + 1),
            "year": field.year,
            "side": field.side,
            "kind": kind,
            "sector_group": sector_group,
            "rank": _rank(emission),
            "region": [field.regions[index] for index in main],
            "region_shares": _texts(_shares(by_region, field.regions)),
            "resolution": field.resolution,
            **shape,
            "emission_kt": emission,
            "density_t_km2": t_per_km2,
            "share_of_side": emission / totals.sum() if count else emission,
            "share_of_region": by_region[np.arange(count), main] / totals[main],
            "top_nfr": [next(iter(shares)) for shares in nfr_shares],
            "nfr_shares": _texts(nfr_shares),
            "fuel_shares": _texts(_shares(by_category, field.fuel)),
            "population": people,
            "emission_per_head_kg": per_head,
        }
    )
    prefix = f"{field.side}.{kind}.{sector_group}."
    places = zip(frame["peak_latitude"], frame["peak_longitude"], strict=True)
    frame.insert(0, "hotspot_id", [prefix + _name(*place) for place in places])
    return frame


def _shapes(
    field: EmissionField, labels: Integers, count: int, density: Floats
) -> dict[str, NDArray[np.generic]]:
    """Return size, centre and densest cell of each cluster."""
    flat = labels.ravel()
    cells = np.flatnonzero(flat)
    which = flat[cells] - 1
    row, column = np.divmod(cells, field.shape[1])
    dense, area = density.ravel()[cells], field.area_km2.ravel()[cells]
    weight = dense * area
    order = np.lexsort((cells, -dense, which))
    first = order[np.searchsorted(which[order], np.arange(count))]
    mass = np.bincount(which, weight, minlength=count)

    def centre(values: Floats) -> Floats:
        return np.bincount(which, weight * values, minlength=count) / mass

    return {
        "cells": np.bincount(which, minlength=count),
        "latitude": centre(field.latitudes[row]),
        "longitude": centre(field.longitudes[column]),
        "peak_latitude": field.latitudes[row[first]],
        "peak_longitude": field.longitudes[column[first]],
        "area_km2": np.bincount(which, area, minlength=count),
        "peak_density_t_km2": dense[first],
    }


def _rank(emission: Floats) -> Integers:
    rank = np.empty(len(emission), dtype=np.int64)
    rank[np.argsort(-emission, kind="stable")] = np.arange(1, len(emission) + 1)
    return rank


def _shares(values: Floats, names: tuple[str, ...]) -> list[dict[str, float]]:
    """Return shares of each name by cluster, largest first; small ones round away."""
    distinct = sorted(set(names))
    gather = np.array([[name == other for other in distinct] for name in names], dtype=float)
    summed = values @ gather
    result = []
    for row in summed / summed.sum(axis=1, keepdims=True):
        order = np.argsort(-row, kind="stable")
        shares = {distinct[place]: round(float(row[place]), _SHARE_DIGITS) for place in order}
        result.append({name: share for name, share in shares.items() if share > 0})
    return result


def _texts(shares: list[dict[str, float]]) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) for row in shares]


def _name(latitude: float, longitude: float) -> str:
    """Return a cell's name, such as 3812N11462E."""
    north, east = round(latitude * 1000), round(longitude * 1000)
    return (
        f"{abs(north) // 10:04d}{'N' if north >= 0 else 'S'}"
        f"{abs(east) // 10:05d}{'E' if east >= 0 else 'W'}"
    )
