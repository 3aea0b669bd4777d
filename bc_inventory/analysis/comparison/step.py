"""The step of a build that compares its inventory with those transcribed from publications."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.comparison.align import benchmark_rows
from bc_inventory.analysis.comparison.comparability import comparability, read_definitions
from bc_inventory.analysis.comparison.inventories import compare_published
from bc_inventory.analysis.comparison.regions import of_part
from bc_inventory.analysis.comparison.sectors import common_sectors
from bc_inventory.reference.domains import domains
from bc_inventory.reference.limits import review_limits
from bc_inventory.schema.counted import counted

__all__ = ["TABLES", "comparison_step"]

# Tables of a comparison by the names they have in a release.
TABLES = {
    "cells": "comparison_cells",
    "agreement": "comparison_agreement",
    "left_out": "comparison_left_out",
    "parts": "comparison_parts",
    "consensus": "comparison_consensus",
    "comparability": "comparability",
    "overall": "comparison_overall",
    "skipped": "comparison_skipped",
    "bridge": "comparison_bridge",
    "implied": "comparison_implied",
}


def comparison_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str,
    draws: int,
    seed: int,
) -> None:
    """Write the comparison of each domain with transcribed inventories of the same year.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions` and `totals` of the build; `benchmarks`, `crosswalk` (contract
        `sector_crosswalk`), `definitions` (`inventory_definitions`), `limits`
        (`review_limits`), `sectors`, `domains`, `regions`.
    outputs : dict of str to Path
        Parquet: those of `TABLES`.
    year : int
        Calendar year.
    factor_set : str
        Set of emission factors whose comparability with every inventory is judged.
    draws, seed : int
        Monte Carlo draws.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    totals = schema.read_parquet(inputs["totals"], "totals")
    sectors = schema.read_csv(inputs["sectors"], "sectors")
    gnfr_of = dict(zip(sectors["nfr"], sectors["gnfr"], strict=True))
    benchmarks = schema.read_csv(inputs["benchmarks"], "benchmarks")
    crosswalk = schema.read_csv(inputs["crosswalk"], "sector_crosswalk")
    published = benchmark_rows(benchmarks, crosswalk)
    definitions, limits = read_definitions(inputs["definitions"]), review_limits(inputs["limits"])
    rows = emissions[emissions["year"] == year]
    parts_of: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for side, domain in domains().items():
        of_side = rows[rows["side"] == side]
        estimated = {f"bc_inventory {name}": part for name, part in of_side.groupby("factor_set")}
        theirs = published[
            (published["year"] == year) & published["region"].isin([*domain.members, side])
        ]
        theirs, _ = of_part(theirs, set(of_side["region"]), side)
        if not estimated or len(estimated) + theirs["inventory"].nunique() < 2:
            continue
        known = totals[(totals["year"] == year) & (totals["side"] == side)]
        by_name = {f"bc_inventory {name}": part for name, part in known.groupby("factor_set")}
        tables = compare_published(
            estimated, theirs, side, gnfr_of, limits, definitions,
            draws=draws, seed=seed, totals=by_name,
        )  # fmt: skip
        for name, frame in tables.items():
            parts_of[name].append(frame.assign(year=year, within=side))
    ours = f"bc_inventory {factor_set}"
    used = counted(rows[rows["factor_set"] == factor_set])["nfr"].unique()
    parts_of["comparability"] += [
        _whole(definitions, benchmarks, [f"bc_inventory {x}" for x in rows["factor_set"].unique()]),
        *_pairs(definitions, published, ours, set(used), gnfr_of),
    ]
    frames = {
        TABLES[name]: pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=schema.table(TABLES[name]).names)
        for name, parts in parts_of.items()
    }
    schema.write_tables(frames, outputs)


def _whole(
    definitions: pd.DataFrame, benchmarks: pd.DataFrame, estimated: list[str]
) -> pd.DataFrame:
    """Return the verdicts on whole inventories."""
    shown = {*benchmarks["inventory"], *estimated}
    whole = definitions[["inventory"]].drop_duplicates().assign(target="*", sector="*")
    result = comparability(definitions, whole[whole["inventory"].isin(shown)])
    return result.assign(within="*")


def _pairs(
    definitions: pd.DataFrame,
    published: pd.DataFrame,
    ours: str,
    used: set[str],
    gnfr_of: Mapping[str, str],
) -> list[pd.DataFrame]:
    """Return the verdicts on each inventory and ours, by the finest sectors of the two."""
    parts = []
    for name, theirs in published.groupby("inventory", sort=True):
        targets = {ours: used, str(name): set(theirs["target"])}
        home = common_sectors(set().union(*targets.values()), gnfr_of)
        pairs = pd.DataFrame(
            [(who, target) for who, several in targets.items() for target in sorted(several)],
            columns=["inventory", "target"],
        ).merge(home, on="target")
        parts.append(comparability(definitions, pairs).assign(within="pair"))
    return parts
