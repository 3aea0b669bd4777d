"""Take the difference of two emission tables apart.

The emission of a technology is a chain,

    activity level x share of the fuel x share of the technology
        x emission factor x (1 - abatement),

and the difference of two inventories, two sides or two years is split over the
chain by an exact method (`bc_inventory.analysis.decomposition.divisia`). What one table covers
and the other doesn't is *coverage*; what both cover but in activity that can't
meet (tonnes against terajoules, or none at all) is *combined*. The parts of all
heads sum to the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition import drawn
from bc_inventory.analysis.decomposition.chain import HEADS, central_parts, match, sum_to
from bc_inventory.analysis.decomposition.divisia import Method
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.draws import grouped

__all__ = ["HEADS", "Parts", "decompose", "drawn_parts", "split", "waterfall"]

Floats = NDArray[np.float64]


def decompose(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    by: Sequence[str] = ("nfr",),
    keep: Sequence[str] | None = None,
    method: Method = "lmdi",
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Split the difference `other - base` of two emission tables into heads.

    Parameters
    ----------
    base, other : pandas.DataFrame
        Contract `emissions`, each of one year, one species and one factor set.
        Memo items are left out.
    by : sequence of str
        Columns that both tables share and within which they are compared:
        ("nfr",) for two sides, ("region", "nfr") for two tables of one side.
    keep : sequence of str, optional
        Those of `by` to keep apart in the result, by default all; over the
        others the parts are summed, with their draws.
    method : {"lmdi", "shapley"}
        Exact method.
    draws : int
        Monte Carlo draws for the intervals; 0 gives none. Rows of both tables
        that agree in what identifies a fact (`components.IDENTITY`) share its draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns `keep`, head, part_kt, and with draws lower_kt and upper_kt (2.5
        and 97.5 % quantiles); a row for each head of each cell of `keep`. The
        parts of a cell sum to its difference in kt.

    Raises
    ------
    DataError
        If a table mixes years, species or factor sets, or is empty.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> release = bci.open_release()
    >>> base, other = (release.emissions(side, year=2018) for side in ("EU", "CN"))
    >>> parts = bci.decompose(base, other, keep=())
    >>> difference = other["emission_kt"].sum() - base["emission_kt"].sum()
    >>> abs(parts["part_kt"].sum() - difference) < 1e-9
    np.True_
    """
    return drawn_parts(base, other, by=by, method=method, draws=draws, seed=seed).table(keep)


@dataclass(frozen=True)
class Parts:
    """The parts of a difference, and their draws.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the comparison.
    central : numpy.ndarray of float, shape (cells, heads)
        kt.
    place : numpy.ndarray of int, shape (rows,)
        Of each row of `drawn`, its cell times the number of heads, plus its head.
    drawn : numpy.ndarray of float, shape (rows, draws)
        kt; without draws there are no rows.
    """

    cells: pd.DataFrame
    central: Floats
    place: NDArray[np.intp]
    drawn: NDArray[np.floating[Any]]

    def table(self, keep: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the parts summed to cells of `keep`; see `decompose`."""
        columns = list(self.cells.columns if keep is None else keep)
        cells, place = pd.DataFrame(index=[0]), np.zeros(len(self.cells), dtype=np.intp)
        if columns:
            place, cells = grouped(self.cells, columns)
        frame = cells.loc[cells.index.repeat(len(HEADS))].reset_index(drop=True)
        frame["head"] = np.tile(HEADS, len(cells))
        frame["part_kt"] = sum_to(self.central, place, len(cells)).ravel()
        if self.drawn.shape[1]:
            frame["lower_kt"], frame["upper_kt"] = self._bounds(place, len(cells))
        return frame

    def heads(self) -> Floats:
        """Return the draws of each head summed over all cells, shape (heads, draws)."""
        return sum_to(self.drawn, self.place % len(HEADS), len(HEADS))

    def _bounds(self, place: NDArray[np.intp], count: int) -> Floats:
        """Return the 2.5 and 97.5 % quantiles of each cell and head, 0 where nothing is drawn."""
        cell, head = np.divmod(self.place, len(HEADS))
        places, codes = np.unique(place[cell] * len(HEADS) + head, return_inverse=True)
        bounds = np.zeros((2, count * len(HEADS)))
        if len(places):
            summed = sum_to(self.drawn, codes, len(places))
            bounds[:, places] = np.quantile(summed, [0.025, 0.975], axis=1, overwrite_input=True)
        return bounds


def drawn_parts(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    by: Sequence[str] = ("nfr",),
    method: Method = "lmdi",
    draws: int = 0,
    seed: int = 0,
) -> Parts:
    """Return the parts of a difference in all draws, to sum them in several ways.

    Parameters
    ----------
    base, other, by, method, draws, seed
        See `decompose`.

    Returns
    -------
    Parts

    Raises
    ------
    DataError
        See `decompose`.
    """
    for frame, name in ((base, "base"), (other, "other")):
        _check_one(frame, name)
    return split(base, other, by=by, method=method, draws=draws, seed=seed)


def split(
    base: pd.DataFrame,
    other: pd.DataFrame,
    *,
    by: Sequence[str] = ("nfr",),
    method: Method = "lmdi",
    draws: int = 0,
    seed: int = 0,
) -> Parts:
    """Return `drawn_parts` of parts of tables, of which either may have no row at all.

    Parameters
    ----------
    base, other, by, method, draws, seed
        See `decompose`.
    """
    matched = match(base, other, by)
    central = central_parts(matched, method)
    if draws == 0:
        return Parts(matched.cells, central, np.zeros(0, dtype=np.intp), np.zeros((0, 0)))
    return Parts(matched.cells, central, *drawn.drawn_parts(matched, method, draws, seed))


def waterfall(parts: pd.DataFrame, base_kt: float, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the bars of a waterfall: where each head starts and ends.

    Parameters
    ----------
    parts : pandas.DataFrame
        From `decompose`, any columns `by`.
    base_kt : float
        Where the fall starts, in kt.
    by : sequence of str
        Columns to keep apart besides the head; none for one bar a head.

    Returns
    -------
    pandas.DataFrame
        Columns `by`, head, part_kt, start_kt, end_kt in the order of `HEADS`;
        heads without a part are left out.
    """
    order = pd.Categorical(parts["head"], categories=HEADS, ordered=True)
    summed = (
        parts.assign(head=order)
        .groupby([*by, "head"], observed=True, sort=True)["part_kt"]
        .sum()
        .reset_index()
    )
    # Parts of the size of rounding aren't steps.
    smallest = 1e-9 * summed["part_kt"].abs().max()
    summed = summed[summed["part_kt"].abs() > smallest].reset_index(drop=True)
    summed["head"] = summed["head"].astype(str)
    summed["end_kt"] = base_kt + summed["part_kt"].cumsum()
    summed["start_kt"] = summed["end_kt"] - summed["part_kt"]
    return summed


def _check_one(frame: pd.DataFrame, name: str) -> None:
    problems = [
        Problem(
            found=f"{len(frame[column].unique())} values of {column} in the {name} table",
            expected=f"one {column}",
            column=column,
            remedy="Choose one, for example with a query, before the decomposition.",
        )
        for column in ("year", "species", "factor_set")
        if len(frame[column].unique()) != 1
    ]
    if problems:
        raise DataError(problems)
