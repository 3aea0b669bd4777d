"""The step of a build that weighs measures and holds inventories against targets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.mitigation.measures import (
    applicable,
    joint_saving,
    joint_share,
    read_measures,
    wedges,
)
from bc_inventory.analysis.mitigation.savings import Savings, savings
from bc_inventory.analysis.mitigation.scenario import concerned, drawn_scene
from bc_inventory.analysis.mitigation.targets import (
    gap_after,
    progress,
    read_targets,
    series_of,
    whole_domains,
)
from bc_inventory.schema.counted import is_counted
from bc_inventory.storage.memoize import memoize_table

__all__ = ["mitigation_step", "saved_shares"]


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
    met = concerned(counted, library, regions)
    saved = memoize_table(_saved, met, library, regions, draws, seed)
    named = saved.assign(year=year, factor_set=factor_set)
    targets = read_targets(inputs["targets"])
    black = targets[targets["species"] == "BC"]
    series = series_of(totals, schema.read_csv(inputs["benchmarks"], "benchmarks"))
    whole = totals[(totals["year"] == year) & (totals["factor_set"] == factor_set)]
    joint = saved[saved["measure"] == "*"]
    of_side = joint["region"] == "*"
    shares = [
        saved_shares(joint[of_side].assign(region=joint["side"]), whole, "side"),
        saved_shares(joint[~of_side], whole, "region"),
    ]
    made = {
        "measure_savings": named,
        "target_progress": progress(series, black).rename(columns={"region": "scope"}),
        "emission_gap": gap_after(series, black, pd.concat(shares, ignore_index=True)),
    }
    schema.write_tables(made, outputs)


def _saved(
    rows: pd.DataFrame, library: pd.DataFrame, regions: pd.DataFrame, draws: int, seed: int
) -> pd.DataFrame:
    """Return wedges at full uptake, and what all measures save together."""
    uptake = dict.fromkeys(library["measure"].unique(), 1.0)
    drawn = savings(drawn_scene(rows, library, uptake, regions, draws=draws, seed=seed))
    parts = []
    for by in (("side",), ("side", "region")):
        parts += [wedges(drawn, by=by), _joint(drawn, by[-1])]
    made = pd.concat(parts, ignore_index=True)
    return made.fillna({"region": "*"}).drop(columns="memo")


def _joint(drawn: Savings, level: str) -> pd.DataFrame:
    made = joint_saving(drawn, by=level).assign(measure="*")
    made["alone_kt"] = made["saved_kt"]
    if level == "side":
        return made.rename(columns={"region": "side"})
    return made.merge(drawn.groups[["side", "region"]].drop_duplicates(), on="region")


def saved_shares(saving: pd.DataFrame, totals: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return the shares of the published totals of whole domains or regions that are saved.

    Parameters
    ----------
    saving : pandas.DataFrame
        region (a side or a region), saved_kt, lower_kt, upper_kt.
    totals : pandas.DataFrame
        Contract `totals` of one year and factor set.
    level : {"side", "region"}
        What the savings are given for.
    """
    rows = totals[totals["level"] == level]
    if level == "side":
        rows = rows[rows["side"].isin(whole_domains(totals))]
    whole = rows.set_index(level)["emission_kt"]
    return joint_share(saving[["region", "saved_kt", "lower_kt", "upper_kt"]], whole)
