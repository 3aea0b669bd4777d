"""Put inventories side by side: common sectors, regions and years.

Estimated tables and publishers' tables meet on the finest sectors they have in
common (`bc_inventory.analysis.comparison.sectors`). A comparison is made where all have a
figure; what that leaves out is listed with its reason and its share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bc_inventory.analysis.comparison.regions import missing_members, one_level, whole_rows
from bc_inventory.analysis.comparison.sectors import NOT_COMPARABLE, common_sectors
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.draws import draw
from bc_inventory.reference.domains import codes, side_of
from bc_inventory.schema import check, table
from bc_inventory.schema.counted import counted
from bc_inventory.schema.enumerations import Level

__all__ = ["Aligned", "align", "benchmark_rows", "joint", "mapped_rows"]

_CELL = ["inventory", "year", "region", "sector"]
# Where parts of a sector have no figure, the strongest reason stands for the whole.
_KEY_ORDER = ("NE", "C", "IE", "NR", "NA", "NO")


@dataclass(frozen=True)
class Aligned:
    """Inventories on common terms.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`.
    sectors : pandas.DataFrame
        inventory, target (its own sector), sector (the common one).
    skipped : pandas.DataFrame
        inventory, year, region, target, emission_kt, reason: what no common
        sector holds, and parts of a sector without a figure.
    """

    compared: pd.DataFrame
    sectors: pd.DataFrame
    skipped: pd.DataFrame


def align(
    estimated: Mapping[str, pd.DataFrame],
    published: pd.DataFrame,
    gnfr_of: Mapping[str, str],
    *,
    side: str | None = None,
    draws: int = 0,
    seed: int = 0,
    totals: Mapping[str, pd.DataFrame] | None = None,
) -> Aligned:
    """Bring emission tables and publishers' figures to common terms.

    Parameters
    ----------
    estimated : mapping of str to pandas.DataFrame
        Emission tables (contract `emissions`, one species and factor set
        each) by the name they go by. Memo items are left out.
    published : pandas.DataFrame
        From `mapped_rows` or `benchmark_rows`; may be empty.
    gnfr_of : mapping of str to str
        GNFR aggregate of each NFR category.
    side : str, optional
        Domain whose members are also summed to a whole, under the side as region, for
        inventories that have no other.
    draws, seed : int
        Monte Carlo draws for the intervals of estimated tables; 0 for none.
    totals : mapping of str to pandas.DataFrame, optional
        Contract `totals` of estimated tables, of one year and factor set, by their names. A
        common sector that is a published total has its interval; others are drawn.

    Returns
    -------
    Aligned

    Raises
    ------
    DataError
        If two inventories go by one name, or a sector is unknown.
    """
    twice = set(estimated) & set(published["inventory"])
    if twice:
        raise DataError(
            [Problem(found=f"{name!r} twice", expected="a name of its own") for name in twice]
        )
    ours = {name: _estimated_rows(name, frame) for name, frame in estimated.items()}
    # An empty table has no types, and would take those of the others away.
    tables = [frame for frame in (*ours.values(), published) if len(frame)]
    rows = pd.concat(tables, ignore_index=True)
    sectors = common_sectors(rows["target"], gnfr_of)
    rows = rows.merge(sectors, on="target", how="left", validate="many_to_one")
    inside = rows[rows["sector"] != NOT_COMPARABLE]
    skipped = [_skipped(rows)]
    compared = _summed(inside)
    if side is not None:
        compared = pd.concat([compared, _summed(whole_rows(inside, side))], ignore_index=True)
        skipped.append(missing_members(inside, side))
    if draws:
        compared = compared.drop(columns=["lower_kt", "upper_kt"]).merge(
            _bounds(compared, estimated, totals or {}, sectors, side, draws, seed),
            on=_CELL,
            how="left",
        )
        # A published sum may lie outside a narrow drawn interval by rounding.
        compared["lower_kt"] = compared[["lower_kt", "emission_kt"]].min(axis=1, skipna=False)
        compared["upper_kt"] = compared[["upper_kt", "emission_kt"]].max(axis=1, skipna=False)
    used = rows[["inventory", "target", "sector"]].drop_duplicates(ignore_index=True)
    checked = check(compared[table("compared").names], "compared")
    return Aligned(checked, used, pd.concat(skipped, ignore_index=True).drop_duplicates())


def mapped_rows(inventory: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return publishers' rows by the sectors of the crosswalk, as they are.

    Parameters
    ----------
    inventory : pandas.DataFrame
        Contract `inventory`, none of its rows twice; see `analysis.wholes.of_side`.
    crosswalk : pandas.DataFrame
        Contract `sector_crosswalk`.

    Returns
    -------
    pandas.DataFrame
        inventory (name and version), year, region, target, emission_kt,
        notation_key.

    Raises
    ------
    DataError
        If a sector isn't in the crosswalk.
    """
    named = inventory.assign(inventory=inventory["inventory"] + " " + inventory["version"])
    return _mapped(named, crosswalk)


def benchmark_rows(benchmarks: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return transcribed figures by the sectors of the crosswalk.

    Parameters
    ----------
    benchmarks : pandas.DataFrame
        Contract `benchmarks`. Totals of all sectors are left out, and a whole side in
        years of which the inventory has members.
    crosswalk : pandas.DataFrame
        Contract `sector_crosswalk`.

    Returns
    -------
    pandas.DataFrame
        As `mapped_rows`.
    """
    rows = benchmarks[(benchmarks["sector"] != "*") & benchmarks["scheme"].notna()]
    whole = rows["region"].isin(codes())
    side = rows["region"].where(whole, rows["region"].map(side_of()))
    keys = pd.MultiIndex.from_frame(rows[["inventory", "year"]].assign(side=side))
    rows = rows[~(whole & keys.isin(keys[~whole]))]
    rows = rows.assign(value_kt=rows["emission_kt"], fuel=None, notation_key=None)
    return _mapped(rows, crosswalk)


def _mapped(rows: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    keys = ["scheme", "source_sector"]
    rows = rows.rename(columns={"sector": "source_sector"})
    rows["fuel"] = rows["fuel"].astype(object).where(rows["fuel"].notna(), "*")
    exact = pd.MultiIndex.from_frame(crosswalk[[*keys, "source_fuel"]].drop_duplicates())
    exact_match = pd.MultiIndex.from_frame(rows[[*keys, "fuel"]]).isin(exact)
    rows["source_fuel"] = rows["fuel"].where(exact_match, "*")
    joined = rows.merge(
        crosswalk[[*keys, "source_fuel", "target", "share"]], on=[*keys, "source_fuel"], how="left"
    )
    missing = joined.loc[joined["target"].isna(), keys].drop_duplicates()
    if len(missing):
        raise DataError(
            Problem(
                found=f"the sector {row.source_sector!r} of {row.scheme}",
                expected="a sector of the crosswalk",
                remedy="Add it to data/crosswalk/sectors.csv, as not_comparable if need be.",
            )
            for row in missing.itertuples()
        )
    joined["emission_kt"] = joined["value_kt"] * joined["share"]
    columns = ["inventory", "year", "region", "target", "emission_kt", "notation_key"]
    return joined[columns].reset_index(drop=True)


def _estimated_rows(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    figures = counted(frame)
    for column in ("species", "factor_set"):
        if len(figures[column].unique()) > 1:
            raise DataError(
                [
                    Problem(
                        found=f"several values of {column} in {name!r}",
                        expected=f"one {column}",
                        column=column,
                    )
                ]
            )
    rows = figures[["year", "region", "nfr", "emission_kt", "notation_key"]]
    return rows.rename(columns={"nfr": "target"}).assign(inventory=name)


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the figures of each cell; a key is used only where there is no figure at all."""
    rank = {key: number for number, key in enumerate(_KEY_ORDER)}
    ranked = rows.assign(_rank=rows["notation_key"].map(rank).astype(float))
    groups = ranked.groupby(_CELL, sort=True)
    total = groups["emission_kt"].sum(min_count=1)
    strongest = groups["_rank"].min().where(total.isna())
    keys = strongest.map(dict(enumerate(_KEY_ORDER))).astype(object)
    result = pd.DataFrame({"emission_kt": total, "notation_key": keys.where(keys.notna(), None)})
    return result.reset_index().assign(lower_kt=np.nan, upper_kt=np.nan)


def _bounds(
    compared: pd.DataFrame,
    estimated: Mapping[str, pd.DataFrame],
    totals: Mapping[str, pd.DataFrame],
    sectors: pd.DataFrame,
    side: str | None,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return 95 % bounds of the cells of estimated tables: those published, and drawn ones."""
    parts = []
    for name, frame in estimated.items():
        mine = compared[(compared["inventory"] == name) & compared["emission_kt"].notna()]
        known = _published_bounds(name, totals[name], mine) if name in totals else mine.head(0)
        parts.append(known[[*_CELL, "lower_kt", "upper_kt"]])
        have = pd.MultiIndex.from_frame(known[_CELL])
        lacking = mine[~pd.MultiIndex.from_frame(mine[_CELL]).isin(have)]
        wanted = set(sectors.loc[sectors["sector"].isin(lacking["sector"]), "target"])
        rows = frame[frame["nfr"].isin(wanted)]
        if len(rows):
            interval = _interval(name, rows, sectors, side, draws, seed)
            cells = pd.MultiIndex.from_frame(interval[_CELL])
            parts.append(interval[~cells.isin(have)])
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _published_bounds(name: str, totals: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that are published totals, with their intervals."""
    rows = totals[~totals["level"].isin([Level.SIDE, Level.REGION])]
    rows = rows.assign(
        inventory=name,
        region=rows["region"].where(rows["region"] != "*", rows["side"]),
        sector=rows["nfr"].where(rows["nfr"] != "*", rows["gnfr"]),
    )
    columns = [*_CELL, "emission_kt", "lower_kt", "upper_kt"]
    both = mine[[*_CELL, "emission_kt"]].merge(rows[columns], on=_CELL, suffixes=("", "_published"))
    # An aggregate may hold more than the common sector that goes by its name.
    same = np.isclose(both["emission_kt"], both["emission_kt_published"], rtol=1e-9, atol=0.0)
    return both[same]


def _interval(
    name: str, frame: pd.DataFrame, sectors: pd.DataFrame, side: str | None, draws: int, seed: int
) -> pd.DataFrame:
    """Return 95 % bounds of each cell, and of the whole side from the same draws."""
    home = dict(zip(sectors["target"], sectors["sector"], strict=True))
    rows = counted(frame)
    rows = rows.assign(sector=rows["nfr"].map(home))
    groups, sums = draw(rows, ["year", "region", "sector"], draws, seed)
    parts = [(groups, sums)]
    if side is not None:
        wholes = groups.assign(region=side).groupby(["year", "region", "sector"], sort=True)
        codes = wholes.ngroup().to_numpy()
        whole = np.zeros((len(sums), codes.max(initial=-1) + 1))
        np.add.at(whole.T, codes, sums.T)
        parts.append((wholes.size().index.to_frame(index=False), whole))
    result = []
    for labels, values in parts:
        lower, upper = np.quantile(values, [0.025, 0.975], axis=0)
        result.append(labels.assign(inventory=name, lower_kt=lower, upper_kt=upper))
    return pd.concat(result, ignore_index=True)


def _skipped(rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["inventory", "year", "region", "target", "emission_kt", "reason"]
    skipped = rows[rows["sector"] == NOT_COMPARABLE].assign(reason="no common sector holds it")
    inside = rows[rows["sector"] != NOT_COMPARABLE]
    with_figure = inside[inside["emission_kt"].notna()]
    index = pd.MultiIndex.from_frame(with_figure[_CELL].drop_duplicates())
    keyed = inside[inside["notation_key"].notna() & (inside["notation_key"] != "NO")]
    partial = keyed[pd.MultiIndex.from_frame(keyed[_CELL]).isin(index)]
    partial = partial.assign(
        reason="part of the sector without a figure: " + partial["notation_key"].astype(str)
    )
    return pd.concat([skipped[columns], partial[columns]], ignore_index=True)


def joint(compared: pd.DataFrame, inventories: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the cells in which all of some inventories have a figure.

    They meet by members of a side where each has some, otherwise by the whole side.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`.
    inventories : sequence of str
        Two or more of them.

    Returns
    -------
    joint : pandas.DataFrame
        Rows of these inventories in the joint cells.
    left_out : pandas.DataFrame
        inventory, year, total_kt, joint_kt, left_out_kt, left_out_share.

    Raises
    ------
    DataError
        If an inventory isn't there.
    """
    known = set(compared["inventory"])
    unknown = [name for name in inventories if name not in known]
    if unknown:
        raise DataError(
            Problem(found=f"no inventory {name!r}", expected=f"one of {', '.join(sorted(known))}")
            for name in unknown
        )
    rows = one_level(compared[compared["emission_kt"].notna()], inventories)
    have = rows.groupby(_CELL[1:])["inventory"].transform("nunique")
    inside = rows[have == len(set(inventories))]
    by = ["inventory", "year"]
    sums = pd.DataFrame(
        {
            "total_kt": rows.groupby(by)["emission_kt"].sum(),
            "joint_kt": inside.groupby(by)["emission_kt"].sum(),
        }
    ).fillna({"joint_kt": 0.0})
    sums["left_out_kt"] = sums["total_kt"] - sums["joint_kt"]
    sums["left_out_share"] = sums["left_out_kt"] / sums["total_kt"].where(sums["total_kt"] > 0)
    return inside.reset_index(drop=True), sums.reset_index()
