"""All hotspots of one side: every kind, every sector group, with their context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.hotspots.clusters import (
    cluster_masses,
    describe,
    label_cells,
    label_clusters,
    tail_threshold,
)
from bc_inventory.analysis.hotspots.context import Context
from bc_inventory.analysis.hotspots.draws import (
    cell_probability,
    cluster_probability,
    densities,
    drawn_masses,
    intervals,
)
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Flags, Floats, Integers
from bc_inventory.analysis.hotspots.files import outline_clusters
from bc_inventory.analysis.hotspots.in_draws import HotDraws, hot_draws
from bc_inventory.analysis.hotspots.persistence import LASTING, SHORTEST, add_years, classify_years
from bc_inventory.analysis.hotspots.significance import Significance, find_significant
from bc_inventory.analysis.hotspots.statistics import Window, distance_window

__all__ = ["ALL", "Group", "Rules", "Side", "Surroundings", "categories_of", "find_hotspots"]

ALL = "all"


@dataclass(frozen=True)
class Rules:
    """What makes a hotspot.

    Parameters
    ----------
    quantile : float
        Area-weighted quantile of a side's density from which a cell is of kind
        `density`; 0.99 is the densest 1 % of the area. Local statistics are
        of the density capped there, so that a few plants don't set the scale.
    radius_km : float
        Neighbourhood of the local statistics.
    rate : float
        False-discovery rate.
    top_cells : int
        Cells of kind `cell`.
    draws : int
        Draws of the inventory for intervals and probabilities.
    permutations : int
        Random neighbourhoods for significance.
    seed : int
        Of both.
    """

    quantile: float = 0.99
    radius_km: float = 50.0
    rate: float = 0.01
    top_cells: int = 25
    draws: int = 200
    permutations: int = 99_999
    seed: int = 1


@dataclass(frozen=True)
class Surroundings:
    """What hotspots are placed by.

    Parameters
    ----------
    groups : pandas.DataFrame
        Contract `hotspot_groups`.
    places : pandas.DataFrame
        Contract `spatial_places`.
    glaciers : tuple of numpy.ndarray
        Latitudes and longitudes, see
        `bc_inventory.analysis.hotspots.context.glacier_points`.
    """

    groups: pd.DataFrame
    places: pd.DataFrame
    glaciers: tuple[Floats, Floats]


@dataclass(frozen=True)
class Group:
    """Fields of one side and sector group, and what is hot in them.

    Parameters
    ----------
    field : EmissionField
        The side's emissions.
    name : str
        Sector group.
    chosen : numpy.ndarray of bool, shape (categories,)
        Categories of the group.
    density : numpy.ndarray, shape (rows, columns)
        t km-2 per year.
    window : Window
        Neighbourhoods.
    significance : Significance
        Local statistics of `density`.
    threshold : float
        Density from which a cell is in the tail, t km-2 per year.
    rules : Rules
        What makes a hotspot.
    """

    field: EmissionField
    name: str
    chosen: Flags
    density: Floats
    window: Window
    significance: Significance
    threshold: float
    rules: Rules

    def hot_draws(self, drawn: Floats, where: Flags) -> HotDraws:
        """Tell what is hot in each draw.

        Parameters
        ----------
        drawn : numpy.ndarray, shape (cells of the domain, draws)
            t km-2 per year.
        where : numpy.ndarray of bool, shape (rows, columns)
            Cells of which to tell whether they are significant; a part of the domain.
        """
        domain, rules = self.field.domain, self.rules
        return hot_draws(
            drawn,
            self.field.area_km2[domain],
            domain,
            where,
            self.significance.critical[where],
            self.window,
            quantile=rules.quantile,
            top_cells=rules.top_cells if self.name == ALL else 0,
        )


@dataclass(frozen=True)
class Side:
    """All that was found of one side.

    Parameters
    ----------
    field : EmissionField
        Emissions of the year.
    hotspots : pandas.DataFrame
        Columns of the contract `hotspots` as far as they are known here, and
        `geometry`.
    groups : dict of str to Group
        By sector group; a group without emissions is absent.
    probabilities : dict of str to numpy.ndarray, shape (rows, columns)
        By sector group, share of draws in which the cell is in the tail.
    classes : numpy.ndarray of int8, shape (rows, columns), or None
        Positions in `PERSISTENCE`; None with fewer than five years.
    """

    field: EmissionField
    hotspots: pd.DataFrame
    groups: dict[str, Group]
    probabilities: dict[str, Floats]
    classes: NDArray[np.int8] | None


@dataclass(frozen=True)
class _Years:
    years: tuple[int, ...]
    first: EmissionField
    multipliers: Floats
    densities: Floats
    gi_star: Floats
    classes: NDArray[np.int8]


def categories_of(field: EmissionField, groups: pd.DataFrame, name: str) -> Flags:
    """Tell which categories belong to a sector group, shape (categories,)."""
    if name == ALL:
        return np.ones(len(field.nfr), dtype=bool)
    mine = groups[groups["sector_group"] == name]
    wanted = set(zip(mine["nfr"], mine["fuel"], strict=True))
    keys = zip(field.nfr, field.fuel, strict=True)
    return np.array([(nfr, fuel) in wanted or (nfr, "*") in wanted for nfr, fuel in keys])


def find_hotspots(
    fields: Sequence[EmissionField],
    multipliers: Floats,
    around: Surroundings,
    rules: Rules,
    *,
    at_first: Floats | None = None,
) -> Side:
    """Find and describe all hotspots of a side.

    Parameters
    ----------
    fields : sequence of EmissionField
        One for each year, ascending, on one window; hotspots are those of the
        last. With five years or more, those that persist are found too.
    multipliers : numpy.ndarray, shape (draws, regions, categories)
        Of the last year, see `bc_inventory.analysis.hotspots.draws.deviations`.
    around : Surroundings
        What hotspots are placed by.
    rules : Rules
        What makes a hotspot.
    at_first : numpy.ndarray, shape (draws, regions, categories), optional
        Of the first year, in the same draws; of the last where there is one year.

    Returns
    -------
    Side
    """
    last = fields[-1]
    window = distance_window(last.latitudes, last.resolution, rules.radius_km)
    context = Context(last, around.places, around.glaciers)
    groups, frames, sure = {}, [], {}
    years: _Years | None = None
    for name in (ALL, *sorted(around.groups["sector_group"].unique())):
        chosen = categories_of(last, around.groups, name)
        if last.inside[chosen].sum() > 0:
            groups[name] = group = _make_group(last, name, chosen, window, rules)
            if name == ALL and len(fields) >= SHORTEST:
                years = _over_years(fields, group, multipliers if at_first is None else at_first)
            past = years if name == ALL else None
            for kind, frame, cells in _describe_all(group, past, multipliers, context):
                frames.append(frame)
                if kind == "density":
                    sure[name] = cells
    hotspots = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    classes = None if years is None else years.classes
    return Side(last, hotspots.assign(years=len(fields)), groups, sure, classes)


def _make_group(
    field: EmissionField, name: str, chosen: Flags, window: Window, rules: Rules
) -> Group:
    density, domain = field.density(chosen), field.domain
    threshold = tail_threshold(density[domain], field.area_km2[domain], rules.quantile)
    significant = find_significant(
        np.minimum(density, threshold),
        domain,
        window,
        rate=rules.rate,
        draws=rules.permutations,
        seed=rules.seed,
    )
    return Group(field, name, chosen, density, window, significant, threshold, rules)


def _over_years(fields: Sequence[EmissionField], last: Group, multipliers: Floats) -> _Years:
    groups = [
        _make_group(field, ALL, np.ones(len(field.nfr), dtype=bool), last.window, last.rules)
        for field in fields[:-1]
    ] + [last]
    gi_star = np.stack([group.significance.gi_star for group in groups])
    classes = classify_years(gi_star, np.stack([group.significance.hot for group in groups]))
    years = tuple(field.year for field in fields)
    return _Years(
        years,
        fields[0],
        multipliers,
        np.stack([group.density for group in groups]),
        gi_star,
        classes,
    )


def _kinds(
    group: Group, drawn: Floats, years: _Years | None
) -> Iterator[tuple[str, tuple[Integers, int], Flags]]:
    """Yield each kind with its labels and the cells that are hot in each draw."""
    tail = group.field.domain & (group.density >= group.threshold)
    lasting = np.zeros_like(tail) if years is None else np.isin(years.classes, LASTING)
    hot = group.hot_draws(drawn, group.significance.hot | lasting)
    if group.name == ALL:
        cells = label_cells(group.density, group.field.domain, group.rules.top_cells)
        yield "cell", cells, hot.top
    yield "density", label_clusters(tail), hot.tail
    yield "significant", label_clusters(group.significance.hot), hot.significant
    if years is not None:
        yield "persistent", label_clusters(lasting), hot.significant


def _describe_all(
    group: Group, years: _Years | None, multipliers: Floats, context: Context
) -> Iterator[tuple[str, pd.DataFrame, Floats]]:
    field, chosen = group.field, group.chosen
    drawn = densities(field, chosen, multipliers)
    for kind, (labels, count), hot in _kinds(group, drawn, years):
        masses = cluster_masses(field, labels, count, chosen)
        frame = describe(field, labels, masses, kind=kind, sector_group=group.name, chosen=chosen)
        frame = context.add(frame, labels)
        lower, upper = intervals(masses, multipliers)
        if years is not None:
            frame = add_years(
                frame,
                labels,
                years.years,
                years.gi_star,
                years.densities,
                field.domain,
                years.classes,
                (
                    drawn_masses(_first_masses(years, labels, count), years.multipliers),
                    drawn_masses(masses, multipliers),
                ),
            )
        frame = frame.assign(
            lower_kt=lower,
            upper_kt=upper,
            probability=cluster_probability(field, labels, count, hot),
            threshold_t_km2=group.threshold if kind == "density" else np.nan,
            geometry=outline_clusters(field, labels, count),
            **_statistics(group, labels, count),
        )
        yield kind, frame, cell_probability(field, hot)


def _first_masses(years: _Years, labels: Integers, count: int) -> Floats:
    every = np.ones(len(years.first.nfr), dtype=bool)
    return cluster_masses(years.first, labels, count, every)


def _statistics(group: Group, labels: Integers, count: int) -> dict[str, Floats]:
    """Return the largest Gi* of each cluster and its share that local Moran finds."""
    flat = labels.ravel()
    largest = np.full(count + 1, -np.inf)
    np.maximum.at(largest, flat, np.nan_to_num(group.significance.gi_star, nan=-np.inf).ravel())
    area = np.bincount(flat, group.field.area_km2.ravel(), minlength=count + 1)
    high = (group.field.area_km2 * group.significance.high_high).ravel()
    share = np.bincount(flat, high, minlength=count + 1) / np.where(area > 0, area, 1.0)
    return {
        "gi_star_max": np.where(np.isfinite(largest[1:]), largest[1:], np.nan),
        "moran_share": np.minimum(share[1:], 1.0),
    }
