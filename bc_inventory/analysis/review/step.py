"""The step of a build that reviews its inventory, and says what it rests on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.analysis.review.evidence import by_tier, evidence_tables, source_use
from bc_inventory.analysis.review.independence import independence
from bc_inventory.analysis.review.review import key_tables, review_tables
from bc_inventory.reference.limits import review_limits
from bc_inventory.schema.counted import counted

__all__ = ["review_step", "reviewed"]

# Names that the tables of a review have in a release.
_NAMES = {
    "checks": "review_checks",
    "completeness": "completeness",
    "outliers": "implied_factors",
    "breaks": "series_breaks",
}


def review_step(inputs: dict[str, Path], outputs: dict[str, Path], *, year: int) -> None:
    """Write the review of each set of emission factors, and what the emission rests on.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions` and `totals` of the build; `limits` (contract `review_limits`), `shared`
        (`shared_sources`), `domains` and `regions`.
    outputs : dict of str to Path
        Parquet: `key_categories`, `review_checks`, `completeness`, `implied_factors`,
        `series_breaks`, `evidence`, `evidence_open`, `emission_by_tier`, `source_use`,
        `independence`.
    year : int
        Calendar year.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    totals = schema.read_parquet(inputs["totals"], "totals")
    limits = review_limits(inputs["limits"])
    shared = schema.read_csv(inputs["shared"], "shared_sources")
    rows = emissions[emissions["year"] == year]
    frames_of: dict[str, list[pd.DataFrame]] = {}
    for factor_set in sorted(rows["factor_set"].unique()):
        reviewed_tables = reviewed(rows, totals, limits, year=year, factor_set=factor_set)
        reviewed_tables |= _evidence(rows, shared, factor_set)
        for name, frame in reviewed_tables.items():
            frames_of.setdefault(name, []).append(frame.assign(factor_set=factor_set))
    tables = {name: pd.concat(frames, ignore_index=True) for name, frames in frames_of.items()}
    of_year = {
        name: frame if name == "series_breaks" else frame.assign(year=year)
        for name, frame in tables.items()
    }
    schema.write_tables(of_year, outputs)


def reviewed(
    rows: pd.DataFrame,
    totals: pd.DataFrame,
    limits: dict[str, float],
    *,
    year: int,
    factor_set: str,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a review by the names they have in a release.

    Parameters
    ----------
    rows, totals, limits, year, factor_set
        See `bc_inventory.analysis.review.review.review_tables`.
    """
    tables = review_tables(rows, totals, limits, year=year, factor_set=factor_set)
    result = {_NAMES[name]: frame for name, frame in tables.items()}
    # A step from or to zero has no finite distance.
    result["series_breaks"] = result["series_breaks"].replace([np.inf, -np.inf], np.nan)
    result["key_categories"] = key_tables(totals, limits, year=year, factor_set=factor_set)
    return result


def _evidence(rows: pd.DataFrame, shared: pd.DataFrame, factor_set: str) -> dict[str, pd.DataFrame]:
    known = (rows["factor_set"] == factor_set) & rows["emission_kt"].notna()
    figures = counted(rows[known])
    by_confidence, open_facts = evidence_tables(figures)
    return {
        "evidence": by_confidence,
        "evidence_open": open_facts,
        "emission_by_tier": by_tier(figures),
        "source_use": source_use(figures),
        "independence": independence(figures, shared),
    }
