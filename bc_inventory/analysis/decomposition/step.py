"""The step of a build that takes the differences of its inventory apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.decomposition.chain import HEADS
from bc_inventory.analysis.decomposition.decompose import Parts, split
from bc_inventory.inventory.components import DRAW_COLUMNS
from bc_inventory.inventory.draws import SPLIT
from bc_inventory.reference.domains import in_order
from bc_inventory.storage.memoize import by_value, memoize

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["decomposition_step"]

# Columns a decomposition looks at; rows of two aggregates never meet.
_CHAIN = (
    *("gnfr", "side", "species", "technology", "memo", "notation_key", "activity", "share"),
    *("activity_unit", "emission_factor", "emission_factor_unit", "abatement", "emission_kt"),
)
_NEEDED = list(dict.fromkeys([*SPLIT, *_CHAIN, *DRAW_COLUMNS]))
_CELL = ["region", "nfr"]


def decomposition_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str,
    draws: int,
    seed: int,
) -> None:
    """Write `decomposition`: what makes sides differ, and what makes factor sets differ.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`; `domains` and `regions`, contracts of those names.
    outputs : dict of str to Path
        `decomposition`, Parquet.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors of the sides, and that others are compared with.
    draws, seed : int
        Monte Carlo draws.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    rows = emissions[emissions["year"] == year]
    differences = [
        _difference(base, other, by, draws, seed).assign(
            year=year,
            base_side=base["side"].iat[0],
            base_set=base["factor_set"].iat[0],
            other_side=other["side"].iat[0],
            other_set=other["factor_set"].iat[0],
        )
        for base, other, by in _pairs(rows, factor_set)
    ]
    names = schema.table("decomposition").names
    frame = (
        pd.concat(differences, ignore_index=True) if differences else pd.DataFrame(columns=names)
    )
    schema.write_tables({"decomposition": frame}, outputs)


def _pairs(
    rows: pd.DataFrame, factor_set: str
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, list[str]]]:
    """Yield the tables to compare, and the columns within which."""

    def part(side: str, name: str) -> pd.DataFrame:
        return rows[(rows["side"] == side) & (rows["factor_set"] == name)]

    sides = in_order(rows.loc[rows["factor_set"] == factor_set, "side"].unique())
    for first, second in combinations(sides, 2):
        yield part(first, factor_set), part(second, factor_set), ["nfr"]
    for other in sorted(set(rows["factor_set"]) - {factor_set}):
        for side in sides:
            if len(part(side, other)):
                yield part(side, factor_set), part(side, other), _CELL


def _difference(
    base: pd.DataFrame, other: pd.DataFrame, by: Sequence[str], draws: int, seed: int
) -> pd.DataFrame:
    """Return the parts of each cell and of all, aggregate by aggregate of NFR categories.

    Those in which no row changed are found where they are kept.
    """
    tables = [by_value(frame[_NEEDED], "gnfr") for frame in (base, other)]
    empty = next(iter(tables[0].values())).slice(length=0)
    cells, sums, values = [], [], []
    for name in sorted({*tables[0], *tables[1]}):
        pair = [table.get(name, empty) for table in tables]
        arrays = memoize(_aggregate, *pair, list(by), draws, seed)
        values.append(arrays.pop("drawn"))
        sums.append(arrays.pop("central"))
        cells.append(pd.DataFrame(arrays))
    heads = np.tile(np.arange(len(HEADS)), len(sums))
    whole = Parts(
        pd.DataFrame(index=[0]),
        np.sum(sums, axis=0)[None, :, 0],
        heads,
        np.concatenate(values),
    ).table([])
    whole["shapley_kt"] = np.sum(sums, axis=0)[:, 1]
    difference = pd.concat([*cells, whole], ignore_index=True)
    absent = {name: "*" for name in _CELL if name not in difference}
    return difference.assign(**absent).fillna(dict.fromkeys(by, "*"))


def _aggregate(
    base: pa.Table, other: pa.Table, by: Sequence[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the columns of the cells of one aggregate, and the sums of its heads.

    `central` is of shape (heads, 2), by LMDI-I and by Shapley; `drawn` (heads, draws).
    """
    pair = base.to_pandas(), other.to_pandas()
    parts = split(*pair, by=by, draws=draws, seed=seed)
    second = split(*pair, by=by, method="shapley")
    cells = parts.table().assign(shapley_kt=second.table()["part_kt"])
    columns = {
        name: cells[name].to_numpy(dtype=str if name in {*by, "head"} else float)
        for name in cells.columns
    }
    central = np.stack([parts.central.sum(axis=0), second.central.sum(axis=0)], axis=1)
    return columns | {"central": central, "drawn": parts.heads().astype(np.float32)}
