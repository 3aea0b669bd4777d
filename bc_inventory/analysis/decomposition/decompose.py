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
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory.analysis.decomposition.chain import HEADS, met, sum_to
from bc_inventory.analysis.decomposition.divisia import Method
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.components import DRAW_COLUMNS
from bc_inventory.inventory.draws import SPLIT, grouped
from bc_inventory.storage.memoize import by_value, memoize

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HEADS", "Parts", "both_ways", "decompose", "drawn_parts", "waterfall"]

# Columns a decomposition looks at.
_CHAIN = (
    *("side", "technology", "memo", "notation_key", "activity", "activity_unit", "share"),
    *("emission_factor", "emission_factor_unit", "abatement", "emission_kt"),
)
_NEEDED = list(dict.fromkeys([*SPLIT, *_CHAIN, *DRAW_COLUMNS]))
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
    """The parts of a difference in all draws.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the comparison.
    cell : numpy.ndarray of int, shape (rows,)
        Position in `cells` of each row of `values`; cells repeat.
    head : numpy.ndarray of int, shape (rows,)
        Position in `HEADS`.
    values : numpy.ndarray of float, shape (rows, 1 + draws)
        kt; the first column is the central case.
    """

    cells: pd.DataFrame
    cell: NDArray[np.intp]
    head: NDArray[np.intp]
    values: Floats

    def table(self, keep: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the parts summed to cells of `keep`; see `decompose`."""
        columns = list(self.cells.columns if keep is None else keep)
        cells, at = pd.DataFrame(index=[0]), np.zeros(len(self.cells), dtype=np.intp)
        if columns:
            at, cells = grouped(self.cells, columns)
        place = at[self.cell] * len(HEADS) + self.head
        summed = sum_to(self.values, place, len(cells) * len(HEADS))
        frame = cells.loc[cells.index.repeat(len(HEADS))].reset_index(drop=True)
        frame["head"] = np.tile(HEADS, len(cells))
        frame["part_kt"] = summed[:, 0]
        if summed.shape[1] > 1:
            lower, upper = np.quantile(summed[:, 1:], [0.025, 0.975], axis=1)
            frame["lower_kt"], frame["upper_kt"] = lower, upper
        return frame


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
    return Parts(*met(base, other, by, method, draws, seed))


def both_ways(
    base: pd.DataFrame, other: pd.DataFrame, *, by: Sequence[str], draws: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decompose by LMDI-I with intervals, and by the Shapley method beside it.

    Categories are taken one by one, since rows of different ones never meet: what is kept of
    those that didn't change is used again, and the draws of one fit the processor's cache.

    Parameters
    ----------
    base, other, by, draws, seed
        See `decompose`; `nfr` is one of `by`.

    Returns
    -------
    cells : pandas.DataFrame
        As from `decompose`, with the column shapley_kt.
    heads : pandas.DataFrame
        Parts summed over all cells with their intervals: head, part_kt, lower_kt, upper_kt.

    Raises
    ------
    DataError
        See `decompose`.
    """
    for frame, name in ((base, "base"), (other, "other")):
        _check_one(frame, name)
    made, sums = [], []
    tables = [by_value(frame[_NEEDED], "nfr") for frame in (base, other)]
    for category in sorted({*tables[0], *tables[1]}):
        pair = [
            table[category] if category in table else next(iter(table.values())).slice(length=0)
            for table in tables
        ]
        found = memoize(_category, *pair, list(by), draws, seed)
        sums.append(found.pop("sums"))
        made.append(pd.DataFrame(found))
    cells = pd.concat(made, ignore_index=True)
    order = cells["head"].map({head: place for place, head in enumerate(HEADS)})
    cells = cells.assign(_order=order).sort_values([*by, "_order"], ignore_index=True)
    heads = np.tile(np.arange(len(HEADS)), len(sums))
    whole = Parts(pd.DataFrame(index=[0]), np.zeros_like(heads), heads, np.concatenate(sums))
    return cells.drop(columns="_order"), whole.table([])


def _category(
    base: pa.Table, other: pa.Table, by: Sequence[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """Decompose one category: columns of its cells, and `sums` (heads, 1 + draws) of them."""
    pair = base.to_pandas(), other.to_pandas()
    drawn = Parts(*met(*pair, by, "lmdi", draws, seed))
    cells = drawn.table()
    second = Parts(*met(*pair, by, "shapley", 0, 0)).table()
    cells["shapley_kt"] = second["part_kt"]  # the cells are the same, and sorted
    columns = {
        name: cells[name].to_numpy(dtype=str if name in {*by, "head"} else float)
        for name in cells.columns
    }
    return columns | {"sums": sum_to(drawn.values, drawn.head, len(HEADS))}


def waterfall(parts: pd.DataFrame, base_kt: float, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the bars of a waterfall: where each head starts and ends.

    Parameters
    ----------
    parts : pandas.DataFrame
        From `decompose`, any columns `by`.
    base_kt : float
        Where the fall starts, in kt.
    by : sequence of str
        Columns to keep apart beside the head; none for one bar a head.

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
