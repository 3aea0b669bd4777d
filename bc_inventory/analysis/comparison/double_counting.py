"""Nest inventories, point sources and projects so that each tonne is claimed once.

A claim lies inside another: a county in its province, a plant in its county, a
project's reduction in its sector. What the inner claims hold is taken out of
the outer one, which keeps the remainder; what they hold beyond it, and two
claims on the same thing, are listed and never added up in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

__all__ = ["Nested", "nest", "read_claims"]

_CELL = ["year", "sector", "species"]
# Rounding of printed tonnes.
_SLACK = 1e-9


@dataclass(frozen=True)
class Nested:
    """What each claim holds for itself, and what didn't fit.

    Parameters
    ----------
    claims : pandas.DataFrame
        claim, year, sector, species, claimed_kt, inside_kt (in claims
        inside it), remaining_kt (what is left to it), reduced_kt (saved inside it by
        projects), counted (whether it is counted at all: one of several claims
        on the same thing is).
    findings : pandas.DataFrame
        finding (`alternative`, `exceeds`, `overlap`, `gap`), claim, other,
        year, sector, species, kt, ratio, words.
    """

    claims: pd.DataFrame
    findings: pd.DataFrame


def read_claims(path: Path | None = None) -> pd.DataFrame:
    """Read claims (contract `claims`), by default the embedded seed cases.

    Raises
    ------
    DataError
        If a row breaks the contract.
    """
    return read_csv(path or data_root() / "claims.csv", "claims")


def nest(claims: pd.DataFrame) -> Nested:
    """Resolve claims so that each tonne is counted once.

    Parameters
    ----------
    claims : pandas.DataFrame
        Contract `claims`. Of several areas on the same region, sector and
        year inside the same outer claim, the one that holds other claims
        counts, otherwise the first by row; the others are alternatives.

    Returns
    -------
    Nested
        remaining_kt of the counted claims adds up, over a tree, to what its
        outermost claim holds, or to more where inner claims exceed it.

    Raises
    ------
    DataError
        If a claim lies inside one that isn't there, or inside itself.
    """
    _check_tree(claims)
    findings: list[dict[str, object]] = []
    rows = claims.reset_index(drop=True)
    rows["counted"] = ~_alternatives(rows, findings)
    figures = rows[rows["counted"] & rows["emission_kt"].notna() & (rows["kind"] != "reduction")]
    inside = _inside(rows, figures)
    counted = rows.merge(inside, on=["claim", *_CELL], how="left").fillna({"inside_kt": 0.0})
    counted = counted[counted["kind"] != "reduction"]
    _claimed_twice(rows, findings)
    reduced = _reductions(rows)
    counted = counted.merge(reduced, on=["claim", *_CELL], how="left").fillna({"reduced_kt": 0.0})
    counted["remaining_kt"] = (counted["emission_kt"] - counted["inside_kt"]).clip(lower=0.0)
    counted.loc[~counted["counted"], "remaining_kt"] = 0.0
    _exceeding(counted, findings)
    _gaps(rows, counted, findings)
    columns = ["claim", *_CELL, "emission_kt", "inside_kt", "remaining_kt", "reduced_kt", "counted"]
    result = counted[columns].rename(columns={"emission_kt": "claimed_kt"}).reset_index(drop=True)
    names = ["finding", "claim", "other", *_CELL, "kt", "ratio", "words"]
    return Nested(result, pd.DataFrame(findings, columns=names))


def _check_tree(claims: pd.DataFrame) -> None:
    parents = claims.drop_duplicates("claim").set_index("claim")["inside"]
    problems = []
    for claim, parent in parents.items():
        if pd.notna(parent) and parent not in parents.index:
            problems.append(
                Problem(
                    found=f"{claim!r} inside {parent!r}",
                    expected="a claim of the table",
                    column="inside",
                    remedy=suggest(str(parent), map(str, parents.index)),
                )
            )
    moved = claims.groupby("claim")["inside"].nunique(dropna=False)
    for claim in moved.index[moved > 1]:
        problems.append(
            Problem(f"{claim!r} inside several claims", "one claim around it", column="inside")
        )
    if problems:
        raise DataError(problems)
    for claim in parents.index:
        seen, above = {claim}, parents[claim]
        while pd.notna(above):
            if above in seen:
                raise DataError(
                    [Problem(f"{claim!r} inside itself", "a tree of claims", column="inside")]
                )
            seen.add(above)
            above = parents[above]


def _alternatives(rows: pd.DataFrame, findings: list[dict[str, object]]) -> pd.Series:
    """Mark areas that overlap another claim on the same thing."""
    marked = pd.Series(False, index=rows.index)
    areas = rows[rows["kind"] == "area"]
    parents = set(rows["inside"].dropna())
    for _, group in areas.groupby(["region", "inside", *_CELL], dropna=False, sort=True):
        if len(group) < 2:
            continue
        order = group.assign(_childless=~group["claim"].isin(parents)).sort_values(
            "_childless", kind="stable"
        )
        first = order.iloc[0]
        for index, other in order.iloc[1:].iterrows():
            marked[index] = True
            findings.append(
                _finding(
                    "alternative",
                    first,
                    other["claim"],
                    float(other["emission_kt"] - first["emission_kt"]),
                    f"{other['claim']} claims the same as {first['claim']}; it is not added",
                    ratio=float(first["emission_kt"] / other["emission_kt"]),
                )
            )
    return marked


def _finding(  # the row of the claim it is about
    kind: str, row: pd.Series, other: object, kt: float, words: str, ratio: float = np.nan
) -> dict[str, object]:
    cell = {name: row[name] for name in _CELL}
    return {
        "finding": kind,
        "claim": row["claim"],
        "other": other,
        **cell,
        "kt": kt,
        "ratio": ratio,
        "words": words,
    }


def _inside(rows: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return what the direct inner claims of each claim hold, in its own sectors."""
    inner_sums = []
    outer = rows[rows["kind"] != "reduction"]
    for row in outer.itertuples():
        inner = figures[
            (figures["inside"] == row.claim)
            & (figures["year"] == row.year)
            & (figures["species"] == row.species)
        ]
        # A claim for all sectors takes those of its parts; one for a sector only its own.
        if row.sector != "*":
            inner = inner[inner["sector"] == row.sector]
        inner_sums.append(
            (row.claim, row.year, row.sector, row.species, inner["emission_kt"].sum())
        )
    return pd.DataFrame(inner_sums, columns=["claim", *_CELL, "inside_kt"])


def _reductions(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what projects in each claim save, in its own sectors."""
    return _inside(rows, rows[rows["kind"] == "reduction"]).rename(
        columns={"inside_kt": "reduced_kt"}
    )


def _claimed_twice(rows: pd.DataFrame, findings: list[dict[str, object]]) -> None:
    """List reductions of the same size in the same cell: one saving that several claim."""
    projects = rows[(rows["kind"] == "reduction") & rows["emission_kt"].notna()]
    cell = ["region", "inside", *_CELL, "emission_kt"]
    for _, group in projects.groupby(cell, dropna=False, sort=True):
        first = group.iloc[0]
        for _, other in group.iloc[1:].iterrows():
            words = f"{other['claim']} claims the same reduction as {first['claim']}"
            findings.append(
                _finding("alternative", first, other["claim"], float(other["emission_kt"]), words)
            )


def _exceeding(counted: pd.DataFrame, findings: list[dict[str, object]]) -> None:
    """List inner claims beyond the outer one, and reductions beyond what is emitted."""
    for _, row in counted[counted["emission_kt"].notna() & counted["counted"]].iterrows():
        beyond = row["inside_kt"] - row["emission_kt"]
        if beyond > _SLACK * row["emission_kt"]:
            words = f"claims inside {row['claim']} hold {beyond:.6g} kt more than it does"
            findings.append(_finding("exceeds", row, None, float(beyond), words))
        saved = row["reduced_kt"] - row["emission_kt"]
        if saved > _SLACK * row["emission_kt"]:
            words = f"projects in {row['claim']} reduce {saved:.6g} kt more than it emits"
            findings.append(_finding("overlap", row, None, float(saved), words))


def _gaps(rows: pd.DataFrame, counted: pd.DataFrame, findings: list[dict[str, object]]) -> None:
    """List inner claims whose outer claim has no figure for them."""
    known = set(
        counted.loc[counted["emission_kt"].notna(), ["claim", *_CELL]].itertuples(
            index=False, name=None
        )
    )
    for _, row in rows[rows["inside"].notna() & rows["counted"]].iterrows():
        cell = tuple(row[name] for name in _CELL)
        whole = (cell[0], "*", cell[2])
        if (row["inside"], *cell) in known or (row["inside"], *whole) in known:
            continue
        words = f"{row['inside']} has no figure that {row['claim']} could be part of"
        kt = float(row["emission_kt"]) if pd.notna(row["emission_kt"]) else float("nan")
        findings.append(_finding("gap", row, row["inside"], kt, words))
