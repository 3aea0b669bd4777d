"""How sure it is that a hotspot is one, given the uncertainty of the inventory.

The draws are those of the published totals: a factor used in many regions is
one draw. A draw moves all cells of a region and category together, since what
is uncertain there is activity and factor. The uncertainty of the proxy that
places an emission inside its region isn't in the draws.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.analysis.hotspots.emission_field import EmissionField, Flags, Floats, Integers
from bc_inventory.inventory.components import DRAW_COLUMNS
from bc_inventory.inventory.draws import SPLIT, draw

__all__ = [
    "NEEDED",
    "cell_probability",
    "cluster_probability",
    "densities",
    "deviations",
    "draw_groups",
    "drawn_masses",
    "drawn_responses",
    "intervals",
]

_BY = ["region", "nfr", "fuel"]
# What the draws of a group depend on.
NEEDED = list(dict.fromkeys([*_BY, *SPLIT, "share", "emission_kt", *DRAW_COLUMNS]))
HALF = 0.5  # of its area must be hot for a cluster to count as hot in a draw


def draw_groups(rows: pd.DataFrame, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw the emission of each region, category and fuel.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns `NEEDED` of the contract `emissions`, all with a figure.
    draws, seed : int
        See `bc_inventory.inventory.draws.draw`.

    Returns
    -------
    dict of str to numpy.ndarray
        `region`, `nfr` and `fuel` of each group, its `central` sum, kt, and the drawn
        `sums`, kt, shape (draws, groups).
    """
    groups, sums = draw(rows, _BY, draws, seed)
    central = rows.groupby(_BY, observed=True)["emission_kt"].sum()
    central = central.reindex(pd.MultiIndex.from_frame(groups))
    names = {name: groups[name].to_numpy(dtype=str) for name in _BY}
    return {**names, "central": central.to_numpy(dtype=float), "sums": sums}


def deviations(groups: Mapping[str, np.ndarray], field: EmissionField) -> Floats:
    """Return what each draw multiplies the emission of a region and category by.

    Parameters
    ----------
    groups : mapping of str to numpy.ndarray
        Of `draw_groups`, from the rows that the field was made from.
    field : EmissionField
        Gives order and names of regions and categories.

    Returns
    -------
    numpy.ndarray, shape (draws, regions, categories)
        Dimensionless; 1 where a region has no such category.
    """
    some, rows, columns = _places(groups, field)
    result = np.ones((len(groups["sums"]), len(field.regions), len(field.nfr)))
    result[:, rows, columns] = groups["sums"][:, some] / groups["central"][some]
    return result


def _places(groups: Mapping[str, np.ndarray], field: EmissionField) -> tuple[Integers, ...]:
    """Return which groups emit something, and the region and category of each in a field."""
    some = np.flatnonzero(groups["central"] > 0)
    region = {name: place for place, name in enumerate(field.regions)}
    category = {key: place for place, key in enumerate(zip(field.nfr, field.fuel, strict=True))}
    rows = [region[name] for name in groups["region"][some]]
    columns = [category[key] for key in zip(groups["nfr"][some], groups["fuel"][some], strict=True)]
    return some, np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp)


def drawn_responses(
    groups: Mapping[str, np.ndarray],
    field: EmissionField,
    responses: Floats,
    members: Flags,
) -> Floats:
    """Return the draws of quantities that emissions add up to, by set of categories.

    Parameters
    ----------
    groups : mapping of str to numpy.ndarray
        Of `draw_groups`, from the rows that the field was made from.
    field : EmissionField
        Gives order and names of regions and categories.
    responses : numpy.ndarray, shape (quantities, regions, categories of the field)
        What each region and category of the field adds to a quantity at its central value.
    members : numpy.ndarray of bool, shape (sets, categories of the field)
        Which categories each set sums.

    Returns
    -------
    numpy.ndarray, shape (sets, quantities, draws)
        In the unit of the responses.
    """
    from scipy.sparse import csr_array

    some, rows, columns = _places(groups, field)
    per_kt = responses[:, rows, columns] / groups["central"][some]
    weights = (members[:, None, columns] * per_kt).reshape(-1, len(some))
    whole = np.zeros((len(weights), len(groups["central"])))
    whole[:, some] = weights
    drawn = csr_array(whole) @ groups["sums"].T
    return np.asarray(drawn).reshape(len(members), len(responses), -1)


def intervals(masses: Floats, multipliers: Floats) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the emission of each cluster.

    Parameters
    ----------
    masses : numpy.ndarray, shape (clusters, regions, categories)
        kt, as `bc_inventory.analysis.hotspots.clusters.cluster_masses` returns them.
    multipliers : numpy.ndarray, shape (draws, regions, categories)
        As `deviations` returns them.

    Returns
    -------
    lower, upper : numpy.ndarray, shape (clusters,)
        kt; widened to the central value where the draws leave it outside.
    """
    lower, upper = np.quantile(drawn_masses(masses, multipliers), [0.025, 0.975], axis=1)
    central = masses.sum(axis=(1, 2))
    return np.minimum(lower, central), np.maximum(upper, central)


def drawn_masses(masses: Floats, multipliers: Floats) -> Floats:
    """Return the emission of clusters in each draw, kt, shape (clusters, draws).

    Parameters
    ----------
    masses, multipliers
        As `intervals` takes them.
    """
    from scipy.sparse import csr_array

    # A cluster has few of all regions and categories.
    pairs = multipliers[0].size
    return np.asarray(csr_array(masses.reshape(-1, pairs)) @ multipliers.reshape(-1, pairs).T)


def densities(field: EmissionField, chosen: Flags, multipliers: Floats) -> Floats:
    """Return the density of each draw in the cells of the domain.

    Parameters
    ----------
    field : EmissionField
        Central emissions.
    chosen : numpy.ndarray of bool, shape (categories,)
        Categories to sum.
    multipliers : numpy.ndarray, shape (draws, regions, categories)
        As `deviations` returns them.

    Returns
    -------
    numpy.ndarray, shape (cells of the domain, draws)
        t km-2 per year, in the order of `numpy.flatnonzero(field.domain)`.
    """
    from scipy.sparse import csr_array, diags_array

    # Slots of the chosen categories, and what each draw puts into them.
    used, slot = np.unique(field.slots[chosen].ravel(), return_inverse=True)
    cell_numbers = np.arange(len(slot))
    gather = csr_array(
        (field.mass[chosen].ravel(), (slot, cell_numbers)), shape=(len(used), len(cell_numbers))
    )
    kt = gather @ multipliers[:, :, chosen].transpose(2, 1, 0).reshape(len(cell_numbers), -1)
    cells = np.flatnonzero(field.domain)
    area = field.area_km2.ravel()[cells]
    entry = np.flatnonzero(field.domain.ravel()[field.cell])
    place = np.searchsorted(cells, field.cell[entry])
    shape = (len(cells), len(field.cell))
    sums = csr_array((np.ones(len(entry)), (place, entry)), shape=shape)
    spread = diags_array(1 / area) @ sums @ field.spread[:, used]
    return np.asarray(spread @ np.asarray(units.convert(kt, "kt", "t")))


def cell_probability(field: EmissionField, hot: Flags) -> Floats:
    """Return the share of draws in which each cell is hot.

    Parameters
    ----------
    field : EmissionField
        Gives the domain.
    hot : numpy.ndarray of bool, shape (cells of the domain, draws)
        Which cells are hot in which draw.

    Returns
    -------
    numpy.ndarray, shape (rows, columns)
        Zero outside the domain.
    """
    result = np.zeros(field.shape)
    result[field.domain] = hot.mean(axis=1)
    return result


def cluster_probability(field: EmissionField, labels: Integers, count: int, hot: Flags) -> Floats:
    """Return the share of draws in which at least half of a cluster's area is hot.

    Parameters
    ----------
    field : EmissionField
        Gives domain and areas.
    labels, count
        As `bc_inventory.analysis.hotspots.clusters.label_clusters` returns them.
    hot : numpy.ndarray of bool, shape (cells of the domain, draws)
        Which cells are hot in which draw.

    Returns
    -------
    numpy.ndarray, shape (count,)
    """
    from scipy.sparse import csr_matrix

    label, area = labels[field.domain], field.area_km2[field.domain]
    inside = np.flatnonzero(label)
    place = label[inside] - 1, np.arange(len(inside))
    weight = csr_matrix((area[inside], place), shape=(count, len(inside)))
    covered = weight @ hot[inside].astype(float)
    whole = np.asarray(weight.sum(axis=1))
    # A hair less than half, so that a cluster of two equal cells isn't decided by rounding.
    return np.asarray((covered >= HALF * (1 - 1e-9) * whole).mean(axis=1))
