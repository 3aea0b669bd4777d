"""Progress against targets: Arctic Council, Gothenburg and NECD, and a user's own.

A target is a reduction below a base year, due in a target year, on a path that
is a straight line or a constant yearly rate between them. Targets are rows of
`data/targets.csv` or of a user's table under the contract `targets`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import domains
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from bc_inventory.schema.enumerations import Level

__all__ = [
    "emission_gap",
    "gap_after",
    "pathway",
    "progress",
    "read_targets",
    "series_of",
    "whole_domains",
]


def read_targets(path: Path | None = None) -> pd.DataFrame:
    """Read targets.

    Parameters
    ----------
    path : Path, optional
        A table under the contract `targets`; by default the embedded one.

    Returns
    -------
    pandas.DataFrame
        Contract `targets`.

    Raises
    ------
    DataError
        If a row breaks the contract, is due before it begins, or its lower
        reduction exceeds its upper one.
    """
    file = path or data_root() / "targets.csv"
    rows = read_csv(file, "targets")
    problems = [
        Problem(
            found=f"{row.target_id}: {row.base_year} to {row.target_year}, "
            f"{row.reduction_lower:g} to {row.reduction_upper:g}",
            expected="a target year after the base year and lower <= upper",
            file=str(file),
        )
        for row in rows.itertuples()
        if row.target_year <= row.base_year or row.reduction_lower > row.reduction_upper
    ]
    if problems:
        raise DataError(problems)
    return rows


def series_of(totals: pd.DataFrame, benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of the inventory, and of those transcribed from publications.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`; those of regions are taken, and of domains that are whole: part of
        a domain can't be held against the target of all.
    benchmarks : pandas.DataFrame
        Contract `benchmarks`; those of all sectors are taken.

    Returns
    -------
    pandas.DataFrame
        inventory, region (a side or a region), year, emission_kt.
    """
    of_side = (totals["level"] == Level.SIDE) & totals["side"].isin(whole_domains(totals))
    estimated = totals[of_side | (totals["level"] == Level.REGION)]
    estimated = estimated.assign(
        inventory="bc_inventory " + estimated["factor_set"].astype(str),
        region=estimated["region"].where(estimated["level"] == Level.REGION, estimated["side"]),
    )
    columns = ["inventory", "region", "year", "emission_kt"]
    others = benchmarks.loc[benchmarks["sector"] == "*", columns]
    return pd.concat([estimated[columns], others], ignore_index=True)


def whole_domains(totals: pd.DataFrame) -> list[str]:
    """Return the codes of domains of which the inventory has every member.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`.
    """
    have = set(totals["region"])
    return [code for code, domain in domains().items() if have >= set(domain.members)]


def pathway(target: pd.Series, base_kt: float) -> pd.DataFrame:
    """Return the emission that a target allows, year by year.

    Parameters
    ----------
    target : pandas.Series
        A row of contract `targets`.
    base_kt : float
        Emission of the base year, kt.

    Returns
    -------
    pandas.DataFrame
        year, allowed_kt (for the least reduction of the target) and
        ambitious_kt (for the greatest), from the base year to the target year.
    """
    years = np.arange(int(target["base_year"]), int(target["target_year"]) + 1)
    passed = (years - years[0]) / (years[-1] - years[0])
    columns = {
        name: base_kt * _remaining(passed, float(target[bound]), str(target["path"]))
        for name, bound in (
            ("allowed_kt", "reduction_lower"),
            ("ambitious_kt", "reduction_upper"),
        )
    }
    return pd.DataFrame({"year": years, **columns})


def _remaining(passed: np.ndarray, reduction: float, path: str) -> np.ndarray:
    if path == "linear":
        return 1.0 - reduction * passed
    return (1.0 - reduction) ** passed


def progress(series: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Hold time series against targets.

    Parameters
    ----------
    series : pandas.DataFrame
        inventory, region (scope of the targets), year, emission_kt, all of
        the species of the targets they meet.
    targets : pandas.DataFrame
        Contract `targets`; a target meets the series of its scope.

    Returns
    -------
    pandas.DataFrame
        target_id, inventory, region, base_year, base_kt, year (the latest
        with a figure, at most the target year), emission_kt, change (fraction
        since the base year), due_lower and due_upper (change the path asks for
        by then), status (`met`, `on path`, `behind`, or `no base year`), and
        to_go_kt (emission above what the least reduction allows in the
        target year; negative where it is below).
    """
    rows = []
    known = series[series["emission_kt"].notna()]
    for target in targets.itertuples():
        for (inventory, region), part in known[known["region"] == target.scope].groupby(
            ["inventory", "region"]
        ):
            by_year = part.set_index("year")["emission_kt"].sort_index()
            head = {"target_id": target.target_id, "inventory": inventory, "region": region}
            head["base_year"] = target.base_year
            rows.append(head | _status(by_year, target))
    columns = [
        "target_id",
        "inventory",
        "region",
        "base_year",
        "base_kt",
        "year",
        "emission_kt",
        "change",
        "due_lower",
        "due_upper",
        "status",
        "to_go_kt",
    ]
    result = pd.DataFrame(rows, columns=columns)
    return result.astype({"year": "Int64", "base_year": "Int64"})


def _status(by_year: pd.Series, target) -> dict[str, object]:  # type: ignore[no-untyped-def]
    within = by_year[(by_year.index >= target.base_year) & (by_year.index <= target.target_year)]
    if target.base_year not in within.index or not within.loc[target.base_year] > 0:
        return {"status": "no base year"}
    base, year = float(within.loc[target.base_year]), int(within.index[-1])
    latest = float(within.iloc[-1])
    passed = np.array((year - target.base_year) / (target.target_year - target.base_year))
    due = [
        float(_remaining(passed, reduction, target.path)) - 1.0
        for reduction in (target.reduction_lower, target.reduction_upper)
    ]
    change = latest / base - 1.0
    allowed = base * (1.0 - target.reduction_lower)
    if latest <= allowed:
        status = "met"
    elif year == target.base_year:
        status = "base year only"
    else:
        status = "on path" if change <= due[0] + 1e-12 else "behind"
    return {
        "base_kt": base,
        "year": year,
        "emission_kt": latest,
        "change": change,
        "due_lower": due[0],
        "due_upper": due[1],
        "status": status,
        "to_go_kt": latest - allowed,
    }


def emission_gap(expected: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Return the gap between what is committed to and what a target allows.

    Parameters
    ----------
    expected : pandas.DataFrame
        scope, year, base_kt (base year of the target), expected_kt with
        lower_kt and upper_kt: emission if commitments or measures are carried
        out, with its interval.
    targets : pandas.DataFrame
        Contract `targets`.

    Returns
    -------
    pandas.DataFrame
        target_id, scope, year, allowed_kt, ambitious_kt, expected_kt, gap_kt
        (expected - allowed, above zero where more is needed), gap_lower_kt,
        gap_upper_kt. Only the target year of each target.
    """
    joined = targets.merge(
        expected, left_on=["scope", "target_year"], right_on=["scope", "year"], how="inner"
    )
    joined["allowed_kt"] = joined["base_kt"] * (1 - joined["reduction_lower"])
    joined["ambitious_kt"] = joined["base_kt"] * (1 - joined["reduction_upper"])
    for name, column in (("gap_kt", "expected_kt"), ("gap_lower_kt", "lower_kt")):
        joined[name] = joined[column] - joined["allowed_kt"]
    joined["gap_upper_kt"] = joined["upper_kt"] - joined["allowed_kt"]
    columns = ["target_id", "scope", "year", "allowed_kt", "ambitious_kt", "expected_kt"]
    return joined[[*columns, "gap_kt", "gap_lower_kt", "gap_upper_kt"]]


def gap_after(series: pd.DataFrame, targets: pd.DataFrame, saved: pd.DataFrame) -> pd.DataFrame:
    """Return the gap of each inventory as it stands, and if measures were carried out.

    Parameters
    ----------
    series : pandas.DataFrame
        inventory, region (scope of the targets), year, emission_kt.
    targets : pandas.DataFrame
        Contract `targets`.
    saved : pandas.DataFrame
        region, share, share_lower, share_upper: what the measures take from the emission of
        the region, as a fraction with its interval. Applied to the latest year of every
        inventory, since others have no rows that measures could change.

    Returns
    -------
    pandas.DataFrame
        target_id, inventory, scope, base_year, target_year, year (latest with a figure, at
        most the target year), allowed_kt, ambitious_kt, emission_kt, gap_kt as it stands, and
        after_kt with gap_after_kt, gap_after_lower_kt and gap_after_upper_kt. Inventories
        without the base year are left out.
    """
    current = progress(series, targets)
    known = current[current["base_kt"].notna()].rename(columns={"region": "scope"})
    known = known.merge(saved.rename(columns={"region": "scope"}), on="scope")
    rows = []
    for row in known.itertuples():
        target = targets[(targets["target_id"] == row.target_id) & (targets["scope"] == row.scope)]
        head = {"scope": row.scope, "year": target["target_year"], "base_kt": row.base_kt}
        cases = {
            "": (row.emission_kt, row.emission_kt, row.emission_kt),
            "after_": tuple(
                row.emission_kt * (1.0 - share)
                for share in (row.share, row.share_upper, row.share_lower)
            ),
        }
        result: dict[str, object] = {
            "inventory": row.inventory,
            "base_year": row.base_year,
            "target_year": int(target["target_year"].iat[0]),
            "latest": row.year,
            "emission_kt": row.emission_kt,
        }
        for name, (central, lower, upper) in cases.items():
            expected = pd.DataFrame(
                head | {"expected_kt": central, "lower_kt": lower, "upper_kt": upper}
            )
            gap = emission_gap(expected, target).iloc[0]
            result |= {
                key: gap[key] for key in ("target_id", "scope", "allowed_kt", "ambitious_kt")
            }
            result[f"gap_{name}kt"] = gap["gap_kt"]
            if name:
                result["after_kt"] = central
                result["gap_after_lower_kt"] = gap["gap_lower_kt"]
                result["gap_after_upper_kt"] = gap["gap_upper_kt"]
        rows.append(result)
    columns = (
        "target_id inventory scope base_year target_year year allowed_kt ambitious_kt emission_kt "
        "gap_kt after_kt gap_after_kt gap_after_lower_kt gap_after_upper_kt"
    ).split()
    return pd.DataFrame(rows).rename(columns={"latest": "year"}).reindex(columns=columns)
