"""One side's inventories compared: on common terms, pair by pair, each difference taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from bc_inventory.analysis.comparison.align import Aligned, align
from bc_inventory.analysis.comparison.pairwise import side_by_side
from bc_inventory.analysis.comparison.regions import one_level
from bc_inventory.analysis.decomposition.decompose import drawn_parts
from bc_inventory.analysis.decomposition.factor_bridge import bridge, implied_factors
from bc_inventory.reference.codelists import members
from bc_inventory.reference.domains import codes

__all__ = ["UNITS", "compare_published", "compare_side"]

# Units of the columns of the tables, for the headers of a workbook.
UNITS = dict.fromkeys(
    (
        "base_kt other_kt difference_kt total_kt joint_kt left_out_kt part_kt lowest_kt "
        "median_kt highest_kt pooled_kt pooled_lower_kt pooled_upper_kt predicted_lower_kt "
        "predicted_upper_kt emission_kt lower_kt upper_kt ours_kt"
    ).split(),
    "kt",
)


def compare_published(
    estimated: Mapping[str, pd.DataFrame],
    published: pd.DataFrame,
    side: str,
    gnfr_of: Mapping[str, str],
    limits: Mapping[str, float],
    definitions: pd.DataFrame,
    *,
    draws: int = 0,
    seed: int = 0,
    totals: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare every pair of inventories of a side.

    Members aren't summed to a whole where the emission tables hold a part of the side.

    Parameters
    ----------
    estimated : mapping of str to pandas.DataFrame
        Emission tables of one year (contract `emissions`) by name.
    published : pandas.DataFrame
        From `analysis.align.mapped_rows`, of the same year.
    side : str
        Code of a domain.
    gnfr_of : mapping of str to str
        GNFR aggregate of each NFR category.
    limits : mapping of str to float
        Review limits.
    definitions : pandas.DataFrame
        Contract `inventory_definitions`.
    draws, seed : int
        Monte Carlo draws; 0 for no intervals.
    totals : mapping of str to pandas.DataFrame, optional
        Published totals of the emission tables, by their names; see `align`.

    Returns
    -------
    dict of str to pandas.DataFrame
        Those of `side_by_side`; `bridge` and `implied`: see
        `analysis.bridge`, for each publisher's inventory against the first emission table,
        through the second. All with the column side.
    """
    reported = {region for table in estimated.values() for region in table["region"]}
    part = bool(reported) and not reported >= set(members(side))
    aligned = align(
        estimated, published, gnfr_of,
        side=None if part else side, draws=draws, seed=seed, totals=totals,
    )  # fmt: skip
    tables = side_by_side(aligned, limits, definitions)
    tables |= _compared_with_published(estimated, aligned, side)
    return {name: frame.assign(side=side) for name, frame in tables.items()}


def compare_side(
    estimated: Mapping[str, pd.DataFrame],
    published: pd.DataFrame,
    side: str,
    gnfr_of: Mapping[str, str],
    limits: Mapping[str, float],
    definitions: pd.DataFrame,
    *,
    draws: int = 0,
    seed: int = 0,
    totals: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare every pair of inventories of a side, and take emission tables apart.

    Parameters
    ----------
    estimated, published, side, gnfr_of, limits, definitions, draws, seed, totals
        See `compare_published`.

    Returns
    -------
    dict of str to pandas.DataFrame
        Those of `compare_published`, and `chain`: heads of `decompose` by region and category
        for each pair of emission tables.
    """
    tables = compare_published(
        estimated,
        published,
        side,
        gnfr_of,
        limits,
        definitions,
        draws=draws,
        seed=seed,
        totals=totals,
    )
    return tables | {"chain": _chains(estimated, draws, seed).assign(side=side)}


def _chains(estimated: Mapping[str, pd.DataFrame], draws: int, seed: int) -> pd.DataFrame:
    parts = []
    for base, other in combinations(sorted(estimated), 2):
        drawn = drawn_parts(
            estimated[base], estimated[other], by=("region", "nfr"), draws=draws, seed=seed
        )
        for level, keep in (("cell", None), ("all", ())):
            table = drawn.table(keep)
            parts.append(table.assign(base=base, other=other, level=level))
    columns = ["base", "other", "level", "region", "nfr", "head", "part_kt"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _compared_with_published(
    estimated: Mapping[str, pd.DataFrame], aligned: Aligned, side: str
) -> dict[str, pd.DataFrame]:
    """Return `bridge` and `implied` of each publisher's inventory."""
    home = aligned.sectors.drop_duplicates("target").set_index("target")["sector"].to_dict()
    names = list(estimated)
    result: dict[str, list[pd.DataFrame]] = {"bridge": [], "implied": []}
    for other in sorted(set(aligned.compared["inventory"]) - set(names)):
        rows = one_level(aligned.compared, [*names[:1], other])
        theirs = rows[rows["inventory"] == other]
        tables = [_at_level(estimated[name], theirs, side) for name in names]
        labels = {"base": names[0], "other": other}
        result["implied"].append(implied_factors(tables[0], theirs, home).assign(**labels))
        if len(tables) > 1:
            via = bridge(tables[0], tables[1], theirs, home)
            result["bridge"].append(via.assign(**labels, through=names[1]))
    return {
        name: pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["base"])
        for name, frames in result.items()
    }


def _at_level(table: pd.DataFrame, theirs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return an emission table by members, or under its side where the other has that alone."""
    whole = theirs["region"].isin(codes()).any()
    return table.assign(region=side) if whole else table
