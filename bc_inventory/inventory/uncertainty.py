"""Intervals of totals by error propagation and by Monte Carlo.

IPCC 2006 Guidelines vol. 1 ch. 3 (approaches 1 and 2); EMEP/EEA Guidebook
part A ch. 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bc_inventory.inventory.components import DRAW_COLUMNS
from bc_inventory.inventory.draws import SPLIT, draw, grouped
from bc_inventory.inventory.propagation import moves
from bc_inventory.inventory.whole_years import cells_of, whole_years, without_incomplete
from bc_inventory.reference.limits import review_limits
from bc_inventory.schema import table
from bc_inventory.schema.counted import counted
from bc_inventory.schema.enumerations import Level

__all__ = ["aggregates", "combine_totals", "draw_aggregate", "drawn_totals", "parts", "totals"]

# Totals published, with the columns each one sums over.
LEVELS: dict[str, tuple[str, ...]] = {
    Level.SIDE: (),
    Level.SIDE_GNFR: ("gnfr",),
    Level.SIDE_NFR: ("nfr",),
    Level.REGION: ("region",),
    Level.REGION_GNFR: ("region", "gnfr"),
    Level.REGION_NFR: ("region", "nfr"),
}
_BASE = ("year", "side", "species", "factor_set")
_PLACE = (*_BASE, "region")
# No total reaches over two values of these.
_ORDER = ["year", "species", "factor_set", "side"]
# Levels inside one GNFR aggregate.
_WITHIN = (Level.SIDE_GNFR, Level.SIDE_NFR, Level.REGION_GNFR, Level.REGION_NFR)
# What the draws depend on.
_NEEDED = [*dict.fromkeys([*_BASE, "region", "gnfr", "nfr", *SPLIT, "emission_kt", *DRAW_COLUMNS])]
_USED = [*_NEEDED, "notation_key"]
# IPCC: error propagation assumes relative standard deviations below 30 %; a part whose rows
# carry less than a hundredth of the total can't spoil it.
_APPROACH1_LIMIT = 0.3
_MATERIAL = 0.01


def totals(emissions: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Return published totals with their intervals by both approaches.

    Memo items are left out.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    draws, seed : int
        See `draw`.

    Returns
    -------
    pandas.DataFrame
        Contract `totals`. `approach1_valid` is false where a material part
        has a relative standard deviation above 30 %. What lacks too much to be a total has no
        figure.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> sums = bci.totals(bci.open_release().emissions(), draws=100, seed=1)
    >>> bool((sums["lower_kt"] <= sums["upper_kt"]).all())
    True
    """
    sums = combine_totals(
        [
            drawn_totals(part, [draw_aggregate(rows, draws, seed) for rows in aggregates(part)])
            for part in parts(emissions)
        ],
        draws,
    )
    cells, least = cells_of(emissions), review_limits()["whole_year"]
    return without_incomplete(sums, whole_years(cells, least), cells, least)


def parts(emissions: pd.DataFrame) -> list[pd.DataFrame]:
    """Part an emission table so that no total reaches over two parts.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.

    Returns
    -------
    list of pandas.DataFrame
        Rows that count, of one year, species, factor set and side each.
    """
    rows = counted(emissions)[_USED]
    return [part for _, part in rows.groupby(_ORDER, sort=True, observed=True)]


def aggregates(part: pd.DataFrame) -> list[pd.DataFrame]:
    """Return what the draws of each GNFR aggregate of a part depend on."""
    figures = part.loc[part["emission_kt"].notna(), _NEEDED]
    return [rows for _, rows in figures.groupby("gnfr", sort=True, observed=True)]


def combine_totals(sums: Sequence[pd.DataFrame], draws: int) -> pd.DataFrame:
    """Return the totals of all parts in their order.

    Parameters
    ----------
    sums : sequence of pandas.DataFrame
        Of `drawn_totals`, in the order of `parts`.
    draws : int
        How many there were.

    Returns
    -------
    pandas.DataFrame
        Contract `totals` but for `completeness`.
    """
    whole = pd.concat(sums).assign(draws=draws)
    rank = whole["level"].map({level: place for place, level in enumerate(LEVELS)})
    ordered = whole.assign(_rank=rank).sort_values([*_ORDER[:-1], "_rank"], kind="stable")
    names = [name for name in table("totals").names if name != "completeness"]
    return ordered[names].reset_index(drop=True)


def drawn_totals(part: pd.DataFrame, drawn: Sequence[Mapping[str, np.ndarray]]) -> pd.DataFrame:
    """Return all levels of totals of a part.

    Parameters
    ----------
    part : pandas.DataFrame
        One of `parts`.
    drawn : sequence of mapping
        Of `draw_aggregate`, for each of its `aggregates`.

    Returns
    -------
    pandas.DataFrame
        Columns of the contract `totals` but `draws` and `completeness`.
    """
    figures = part[part["emission_kt"].notna()]
    groups = _groups(drawn)
    rows = _Parts(figures)
    levels = []
    for level, extra in LEVELS.items():
        by = [*_BASE, *extra]
        frame = groups[level].assign(level=level)
        frame = frame.merge(rows.propagated(by), on=by).merge(_coverage(part, by), on=by)
        levels.append(frame)
    return pd.concat(levels, ignore_index=True).fillna({"region": "*", "gnfr": "*", "nfr": "*"})


def _groups(drawn: Sequence[Mapping[str, np.ndarray]]) -> dict[str, pd.DataFrame]:
    """Return the groups of each level with the statistics of their draws.

    GNFR aggregates were drawn one by one; all of them add up to regions and sides.
    """
    by_level: dict[str, list[pd.DataFrame]] = {level: [] for level in LEVELS}
    for aggregate in drawn:
        for level in _WITHIN:
            groups = _named(aggregate, level, [*_BASE, *LEVELS[level]])
            by_level[level].append(_described(groups, aggregate[level]))
    places = pd.concat(
        [_named(aggregate, "draws", _PLACE) for aggregate in drawn], ignore_index=True
    )
    sums = np.concatenate([aggregate["draws"] for aggregate in drawn])
    for level in (Level.SIDE, Level.REGION):
        codes, groups = grouped(places, [*_BASE, *LEVELS[level]])
        by_level[level].append(_described(groups, _statistics(_summed(sums, codes, len(groups)))))
    return {level: pd.concat(frames, ignore_index=True) for level, frames in by_level.items()}


def draw_aggregate(rows: pd.DataFrame, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw one GNFR aggregate.

    Parameters
    ----------
    rows : pandas.DataFrame
        One of `aggregates`.
    draws, seed : int
        See `bc_inventory.inventory.draws.draw`.

    Returns
    -------
    dict of str to numpy.ndarray
        Mean, lower bound, median and upper bound of the groups of each level inside the
        aggregate, shape (groups, 4); `draws` of its regions, shape (regions, draws), kt.
        The columns of the groups are next to each of them as `<level>:<column>`.
    """
    cells, sums = draw(rows, [*_PLACE, "gnfr", "nfr"], draws, seed)
    by_cell = sums.T
    arrays = {}
    for level in (*_WITHIN, "draws"):
        codes, groups = grouped(cells, [*_BASE, *LEVELS.get(level, ("region",))])
        summed = _summed(by_cell, codes, len(groups))
        arrays[level] = summed.astype(np.float32) if level == "draws" else _statistics(summed)
        arrays |= {
            f"{level}:{name}": groups[name].to_numpy(dtype=int if name == "year" else str)
            for name in groups.columns
        }
    return arrays


def _named(aggregate: Mapping[str, np.ndarray], level: str, columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: aggregate[f"{level}:{name}"] for name in columns})


def _summed(values: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Sum rows of draws to groups."""
    from scipy.sparse import csr_array

    members = csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))), (count, len(codes)))
    summed: np.ndarray = members @ values
    return summed


def _statistics(drawn: np.ndarray) -> np.ndarray:
    """Return mean, lower bound, median and upper bound of each row; it is put out of order."""
    mean = drawn.mean(axis=1)
    quantiles = np.quantile(drawn, [0.025, 0.5, 0.975], axis=1, overwrite_input=True)
    return np.column_stack([mean, *quantiles])


def _described(groups: pd.DataFrame, statistics: np.ndarray) -> pd.DataFrame:
    names = ("mean_kt", "lower_kt", "median_kt", "upper_kt")
    return groups.assign(**dict(zip(names, statistics.T, strict=True)))


class _Parts:
    """Rows with a figure, and how far each moves with each part of its chain.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `emissions`, all with a figure.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows
        self.value = rows["emission_kt"].to_numpy(dtype=float)
        self._moves = [
            (
                moved["row"].to_numpy(),
                moved["name"].to_numpy(),
                moved["kt"].to_numpy(),
                moved["spread_kt"].to_numpy(),
            )
            for moved, _ in moves(rows).values()
            if len(moved)
        ]

    def propagated(self, by: list[str]) -> pd.DataFrame:
        """Propagate errors: rows that share a part add up, parts add in squares.

        A part is within the assumptions unless what it moves is a material share of the total
        and its standard deviation is above the limit, all rows of its name taken together.
        """
        codes, groups = grouped(self.rows, by)
        total = np.bincount(codes, self.value, minlength=len(groups))
        square = np.zeros(len(total))
        limit = np.zeros(len(total), dtype=bool)
        for row, name, half, spread in self._moves:
            size = int(name.max()) + 1
            pair, which = np.unique(codes[row] * size + name, return_inverse=True)
            group = pair // size
            square += np.bincount(group, np.square(np.bincount(which, half)), len(total))
            moved = np.abs(np.bincount(which, spread))
            carried = np.bincount(which, self.value[row])
            wide = (moved > _APPROACH1_LIMIT * carried) & (carried > _MATERIAL * total[group])
            limit[group[wide]] = True
        half_width = np.sqrt(square)
        return groups.assign(
            emission_kt=total,
            approach1_lower_kt=np.maximum(total - half_width, 0.0),
            approach1_upper_kt=total + half_width,
            approach1_valid=~limit,
        )


def _coverage(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count rows with a figure and name the categories without one."""
    covered = rows.groupby(by, sort=True)["emission_kt"].count().rename("covered")
    keyed = rows[rows["notation_key"].notna()]
    text = keyed["nfr"] + " " + keyed["notation_key"]
    if "region" not in by:
        text = keyed["region"] + " " + text
    words = text.groupby([keyed[name] for name in by]).agg(lambda part: ";".join(sorted(set(part))))
    return (
        pd.concat([covered, words.rename("not_estimated")], axis=1)
        .reindex(covered.index)
        .reset_index()
    )
