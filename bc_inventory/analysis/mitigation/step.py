"""The step of a build that weighs measures and holds inventories against targets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.mitigation.measures import (
    applicable,
    emitted,
    joint_saving,
    joint_share,
    read_measures,
    wedges,
)
from bc_inventory.analysis.mitigation.savings import savings
from bc_inventory.analysis.mitigation.scenario import NEEDED, drawn_scene
from bc_inventory.analysis.mitigation.targets import (
    gap_after,
    progress,
    read_targets,
    series_of,
    whole_domains,
)
from bc_inventory.schema.counted import is_counted
from bc_inventory.storage.memoize import memoize_table

__all__ = ["mitigation_step", "published_shares"]

_SHARES = ["share", "share_lower", "share_upper"]


def mitigation_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    year: int,
    factor_set: str,
    draws: int,
    seed: int,
) -> None:
    """Write what each measure would save at full uptake, progress to targets, and what is left.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions` and `totals` of the build; `measures`, `targets`, `regions`, `domains`,
        `benchmarks`: contracts of those names.
    outputs : dict of str to Path
        Parquet: `measure_savings`, `target_progress`, `emission_gap`.
    year : int
        Calendar year of the savings.
    factor_set : str
        Set of emission factors of the savings.
    draws, seed : int
        Monte Carlo draws.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    totals = schema.read_parquet(inputs["totals"], "totals")
    regions = schema.read_csv(inputs["regions"], "regions")[["region", "group", "side"]]
    rows = (emissions["year"] == year) & (emissions["factor_set"] == factor_set)
    counted = emissions[rows & is_counted(emissions)]
    library = applicable(read_measures(inputs["measures"]), counted)
    figures = counted.loc[counted["emission_kt"].notna(), NEEDED]
    saved = memoize_table(_saved, figures, library, regions, draws, seed)
    named = saved.drop(columns=_SHARES).assign(year=year, factor_set=factor_set)
    targets = read_targets(inputs["targets"])
    black = targets[targets["species"] == "BC"]
    series = series_of(totals, schema.read_csv(inputs["benchmarks"], "benchmarks"))
    whole = totals[(totals["year"] == year) & (totals["factor_set"] == factor_set)]
    joint = saved.loc[saved["measure"] == "*", ["side", "region", *_SHARES]]
    of_side = joint["region"] == "*"
    shares = [
        published_shares(joint[of_side].assign(region=joint["side"]), whole, "side"),
        published_shares(joint[~of_side], whole, "region"),
    ]
    tables = {
        "measure_savings": named,
        "target_progress": progress(series, black).rename(columns={"region": "scope"}),
        "emission_gap": gap_after(series, black, pd.concat(shares, ignore_index=True)),
    }
    schema.write_tables(tables, outputs)


def _saved(
    rows: pd.DataFrame, library: pd.DataFrame, regions: pd.DataFrame, draws: int, seed: int
) -> pd.DataFrame:
    """Return wedges at full uptake, and what all measures save together, also as a share."""
    uptake = dict.fromkeys(library["measure"].unique(), 1.0)
    drawn = savings(drawn_scene(rows, library, uptake, regions, draws=draws, seed=seed))
    whole = emitted(rows, draws, seed)
    sides = whole[0].set_index("region")["side"]
    parts = []
    for by in (("side",), ("side", "region")):
        level = by[-1]
        share = joint_share(drawn, whole, by=level)
        joint = share.merge(joint_saving(drawn, by=level), on="region", how="left")
        joint = joint.fillna({"saved_kt": 0.0, "lower_kt": 0.0, "upper_kt": 0.0})
        joint = joint.assign(measure="*", alone_kt=joint["saved_kt"])
        if level == "side":
            joint = joint.rename(columns={"region": "side"})
        else:
            joint["side"] = joint["region"].map(sides)
        parts += [wedges(drawn, by=by), joint]
    result = pd.concat(parts, ignore_index=True)
    return result.fillna({"region": "*"}).drop(columns="memo")


def published_shares(shares: pd.DataFrame, totals: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return the shares that are saved of whole domains, or of regions.

    Parameters
    ----------
    shares : pandas.DataFrame
        From `bc_inventory.analysis.mitigation.measures.joint_share`.
    totals : pandas.DataFrame
        Contract `totals` of one year and factor set.
    level : {"side", "region"}
        What the shares are given for; of a part of a domain there is none.
    """
    have = whole_domains(totals) if level == "side" else totals["region"]
    return shares.loc[shares["region"].isin(have), ["region", *_SHARES]]
