"""Recalculation: why the totals of two releases differ, and which rows did it.

A row of the emission table is a product, so the change of a row that both releases
have is split over activity, technology share, emission factor and controls by an
exact method (`bc_inventory.analysis.decomposition.divisia`); a reported activity counts as the
one that it replaces. A row that one release alone has is a
change of technology where the other splits the same activity otherwise, of method
where it estimates the same category from other activity, and of coverage where it
doesn't estimate the category at all. Parts of rows add up to parts of totals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.analysis.decomposition.divisia import Method, parts_of
from bc_inventory.inventory.reported import REPORTED
from bc_inventory.inventory.uncertainty import LEVELS
from bc_inventory.release.explain.changes import changed_inputs, changed_settings
from bc_inventory.release.explain.in_common import in_common

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bc_inventory.release.read.release import Release

__all__ = ["HEADS", "Difference", "diff"]

HEADS = ("activity", "technology_shares", "factors", "controls", "method", "coverage")
# The chain of a row, in the order of HEADS.
_CHAIN = ("activity", "share", "emission_factor", "abatement")
_KEY = [
    *("year", "side", "region", "nfr", "gnfr", "fuel", "technology", "species", "factor_set"),
    "activity_id",
]
_CELL = ["year", "region", "nfr", "species", "factor_set"]
_SPLIT = [*_CELL, "fuel", "activity_id"]
_UNITS = ["activity_unit", "emission_factor_unit"]
_REASONS = ["factor_id", "activity_source", "share_source", "factor_source", "abatement_source"]
_COLUMNS = [*_KEY, *_CHAIN, *_UNITS, "emission_kt", *_REASONS]
# A row may stand off the product of what made it by rounding alone.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Difference:
    """What changed from one release to another.

    Parameters
    ----------
    base, other : dict
        Inventory and version of each.
    totals : pandas.DataFrame
        Totals whose rows changed: level, year, side, region, gnfr and nfr
        (`*` where the level isn't by them), species, factor_set, base_kt, other_kt,
        change_kt and a column in kt for each of `HEADS`, which sum to the
        change.
    rows : pandas.DataFrame
        Rows that changed: their key, `in` (both, base, other), the chain, units and
        sources of either release (`_base`, `_other`), change_kt and `HEADS`;
        the largest parts first.
    inputs : pandas.DataFrame
        Files of facts that changed: path, change (changed, added, removed),
        base_sha256, other_sha256.
    settings : pandas.DataFrame
        Configuration, code of steps and libraries that changed: what, base, other.
    left_out : dict of str to tuple
        Regions and years that one of two inventories alone has, as `regions of base` and the
        like; two releases of one inventory leave nothing out.
    """

    base: dict[str, str]
    other: dict[str, str]
    totals: pd.DataFrame
    rows: pd.DataFrame
    inputs: pd.DataFrame
    settings: pd.DataFrame
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing changed at all."""
        return all(
            len(table) == 0 for table in (self.totals, self.rows, self.inputs, self.settings)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the whole as values of JSON; what isn't known is None."""
        from bc_inventory.release.explain.explain import records

        return {
            "base": self.base,
            "other": self.other,
            "heads": list(HEADS),
            "totals": records(self.totals),
            "rows": records(self.rows),
            "inputs": records(self.inputs),
            "settings": records(self.settings),
            "left_out": {what: list(names) for what, names in self.left_out.items()},
        }


def diff(base: Release, other: Release, *, method: Method = "lmdi") -> Difference:
    """Split the change of every total between two releases.

    Parameters
    ----------
    base, other : Release
        Earlier and later release of one inventory, or those of two; of two inventories the
        regions and years that both have are compared. Memo items are left out.
    method : {"lmdi", "shapley"}
        Exact method for rows that both releases have.

    Returns
    -------
    Difference
        Empty where the releases are the same.

    Raises
    ------
    DataError
        If two inventories have no region or year in common.
    """
    figures = [_figures(release) for release in (base, other)]
    totals = [release.table("totals") for release in (base, other)]
    left_out: dict[str, tuple[str, ...]] = {}
    if base.inventory != other.inventory:
        figures, left_out = in_common(figures[0], figures[1])
        if left_out:
            totals = [_sums(rows) for rows in figures]
    rows = _rows(figures[0], figures[1], method)
    return Difference(
        base={"inventory": base.inventory, "version": base.version},
        other={"inventory": other.inventory, "version": other.version},
        totals=_totals(totals[0], totals[1], rows),
        rows=rows,
        inputs=changed_inputs(base.manifest, other.manifest),
        settings=changed_settings(base.manifest, other.manifest),
        left_out=left_out,
    )


def _figures(release: Release) -> pd.DataFrame:
    rows = release.emissions(factor_set=None, columns=_COLUMNS)
    table: pd.DataFrame = rows[rows["emission_kt"].notna()].reset_index(drop=True)
    return table


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of rows by level, as the published table has them of a whole release."""
    sums = []
    for level, extra in LEVELS.items():
        by = ["year", "side", "species", "factor_set", *extra]
        sums.append(rows.groupby(by, as_index=False)["emission_kt"].sum().assign(level=level))
    return pd.concat(sums, ignore_index=True)


def _rows(base: pd.DataFrame, other: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Return the rows that changed with the parts of their change."""
    base, other = _paired(base, other), _paired(other, base)
    joined = base.merge(
        other,
        on=_KEY,
        how="outer",
        suffixes=("_base", "_other"),
        validate="one_to_one",
        indicator="in",
    )
    joined["in"] = joined["in"].astype(str).replace({"left_only": "base", "right_only": "other"})
    same = joined["in"] == "both"
    for name in (*_CHAIN, *_UNITS, "emission_kt"):
        old, new = joined[f"{name}_base"], joined[f"{name}_other"]
        same &= (old == new) | (old.isna() & new.isna())
    joined = joined[~same].reset_index(drop=True)
    first, second = (joined[f"emission_kt_{side}"].fillna(0.0) for side in ("base", "other"))
    joined["change_kt"] = second - first
    parts = dict.fromkeys(HEADS, 0.0)
    joined = joined.assign(**parts)
    chained = _chained(joined)
    for head, chain_part in zip(HEADS, _chain_parts(joined[chained], method), strict=False):
        joined.loc[chained, head] = chain_part
    heads = _heads(joined, base, other)
    for head in ("technology_shares", "method", "coverage"):
        whole = ~chained & (heads == head)
        joined.loc[whole, head] = joined.loc[whole, "change_kt"]
    size = joined[list(HEADS)].abs().max(axis=1)
    order = size.sort_values(ascending=False, kind="stable").index
    pairs = [
        f"{name}_{side}"
        for name in (*_CHAIN, *_UNITS, "emission_kt", *_REASONS)
        for side in ("base", "other")
    ]
    return joined.loc[order, [*_KEY, "in", "change_kt", *HEADS, *pairs]].reset_index(drop=True)


def _paired(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Give rows of reported activity the name of the activity that the other release has there.

    A reported figure takes the place of a harmonised one, so that the two are one activity. Where
    several figures made that up, they stay apart.
    """
    key = [name for name in _KEY if name != "activity_id"]
    alone = others[~others["activity_id"].str.startswith(REPORTED)]
    alone = alone[~alone.duplicated(key, keep=False)][[*key, "activity_id"]]
    named = rows[key].merge(alone, on=key, how="left", validate="many_to_one")["activity_id"]
    replaced = rows["activity_id"].str.startswith(REPORTED).to_numpy() & named.notna().to_numpy()
    return rows.assign(activity_id=rows["activity_id"].mask(replaced, named.to_numpy()))


def _product(rows: pd.DataFrame, side: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chain of rows, (4, rows), and its product in kt."""
    chain = np.stack([rows[f"{name}_{side}"].to_numpy(dtype=float) for name in _CHAIN])
    chain[3] = 1.0 - chain[3]
    to_kt = np.ones(len(rows))
    pairs = rows[[f"{name}_{side}" for name in _UNITS]]
    for (unit, per), index in pairs.groupby(list(pairs.columns), sort=False).indices.items():
        to_kt[index] = units.factor(f"{per} * {unit}", "kt")
    chain[0] *= to_kt
    return chain, chain.prod(axis=0)


def _chained(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of both releases that are products of the same kind."""
    fits = rows["in"] == "both"
    for name in _UNITS:
        fits &= rows[f"{name}_base"] == rows[f"{name}_other"]
    for side in ("base", "other"):
        _, product = _product(rows, side)
        emission = rows[f"emission_kt_{side}"].to_numpy(dtype=float)
        fits &= np.isclose(product, emission, rtol=_ROUNDING, atol=0.0)
    return fits


def _chain_parts(rows: pd.DataFrame, method: Method) -> NDArray[np.float64]:
    (base, _), (other, _) = (_product(rows, side) for side in ("base", "other"))
    return parts_of(base, other, method)


def _heads(rows: pd.DataFrame, base: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Return the one head of each row that can't be chained."""
    heads = pd.Series("method", index=rows.index)
    for side, against in (("base", other), ("other", base)):
        alone = rows["in"] == side
        in_cell, in_split, in_row = (
            _among(rows, against, columns) for columns in (_CELL, _SPLIT, [*_SPLIT, "technology"])
        )
        heads[alone & in_split & ~in_row] = "technology_shares"
        heads[alone & ~in_cell] = "coverage"
    return heads


def _among(rows: pd.DataFrame, against: pd.DataFrame, columns: list[str]) -> NDArray[np.bool_]:
    known = pd.MultiIndex.from_frame(against[columns].drop_duplicates())
    return pd.MultiIndex.from_frame(rows[columns]).isin(known)


def _totals(base: pd.DataFrame, other: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the published totals of both releases at the ends of the parts that lie between them."""
    result = []
    for level, extra in LEVELS.items():
        by = ["year", "side", "species", "factor_set", *extra]
        parts = rows.groupby(by, sort=True)[list(HEADS)].sum()
        for name, table in (("base_kt", base), ("other_kt", other)):
            published = table[table["level"] == level].set_index(by)["emission_kt"]
            published = published.reindex(parts.index)
            # A year that isn't in a release counts as nothing; an incomplete one has no total.
            absent = ~parts.index.isin(table.loc[table["level"] == level].set_index(by).index)
            parts[name] = published.mask(absent, 0.0)
        parts["change_kt"] = parts["other_kt"] - parts["base_kt"]
        result.append(parts.reset_index().assign(level=level))
    columns = ["level", "year", "side", "region", "gnfr", "nfr", "species", "factor_set"]
    columns += ["base_kt", "other_kt", "change_kt", *HEADS]
    whole = pd.concat(result, ignore_index=True).reindex(columns=columns)
    return whole.fillna({"region": "*", "gnfr": "*", "nfr": "*"})
