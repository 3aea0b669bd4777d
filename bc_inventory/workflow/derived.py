"""The steps that derive tables from an inventory, and how to run them on a release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bc_inventory.analysis.comparison.claims_step import claims_step
from bc_inventory.analysis.comparison.step import TABLES as COMPARISON
from bc_inventory.analysis.comparison.step import comparison_step
from bc_inventory.analysis.decomposition.step import decomposition_step
from bc_inventory.analysis.mitigation.step import mitigation_step
from bc_inventory.analysis.review.category_steps import category_steps_step
from bc_inventory.analysis.review.step import review_step
from bc_inventory.config import Config
from bc_inventory.pipeline.plan import Output, Step
from bc_inventory.reference.paths import data_root

__all__ = ["ANALYSES", "Analysis", "derive", "derived_steps"]


@dataclass(frozen=True)
class Analysis:
    """A step that derives tables.

    Parameters
    ----------
    name : str
        Of the step.
    run : callable
        Takes inputs, outputs and parameters, as a step does.
    tables : tuple of str
        What it writes; the names of files and of contracts.
    reads : tuple of str
        Which of the tables `emissions` and `totals` it reads.
    facts : mapping of str to str
        Files of facts by the name of the input.
    parameters : tuple of str
        Which of year, factor_set, draws and seed it takes.
    """

    name: str
    run: Callable[..., None]
    tables: tuple[str, ...]
    reads: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ("year", "factor_set", "draws", "seed")


_DOMAINS = {"domains": "domains.csv", "regions": "regions.csv"}
ANALYSES = (
    Analysis("decomposition", decomposition_step, ("decomposition",), ("emissions",), _DOMAINS),
    Analysis(
        "mitigation",
        mitigation_step,
        ("measure_savings", "target_progress", "emission_gap"),
        ("emissions", "totals"),
        {
            "measures": "measures.csv",
            "targets": "targets.csv",
            **_DOMAINS,
            "benchmarks": "benchmarks.csv",
        },
    ),
    Analysis(
        "comparison",
        comparison_step,
        tuple(COMPARISON.values()),
        ("emissions", "totals"),
        {
            "benchmarks": "benchmarks.csv",
            "crosswalk": "crosswalk/sectors.csv",
            "definitions": "comparability/definitions.csv",
            "limits": "review_limits.csv",
            "sectors": "sectors.csv",
            **_DOMAINS,
        },
    ),
    Analysis(
        "review",
        review_step,
        (
            *("key_categories", "review_checks", "completeness", "implied_factors"),
            *(
                "series_breaks",
                "evidence",
                "evidence_open",
                "emission_by_tier",
                "source_use",
                "independence",
            ),
        ),
        ("emissions", "totals"),
        {
            "limits": "review_limits.csv",
            "shared": "comparability/shared_sources.csv",
            **_DOMAINS,
        },
        ("year",),
    ),
    Analysis(
        "category_steps",
        category_steps_step,
        ("category_steps",),
        ("emissions", "totals"),
        {"limits": "review_limits.csv", **_DOMAINS},
        (),
    ),
    Analysis(
        "claims",
        claims_step,
        ("double_counting", "double_counting_findings"),
        (),
        {"claims": "claims.csv"},
        (),
    ),
)


def derived_steps(config: Config) -> list[Step]:
    """Return the steps of a build that derive tables; see `ANALYSES`.

    Parameters
    ----------
    config : Config
        A checked configuration: its base year, the factor set of its grid, its draws and seed.
    """
    parameters = {
        "year": config.inventory.base_year,
        "factor_set": config.grid.factor_set,
        "draws": config.uncertainty.draws,
        "seed": config.uncertainty.seed,
    }
    return [
        Step(
            each.name,
            each.run,
            {
                **{name: data_root() / file for name, file in each.facts.items()},
                **{name: Output(name, name) for name in each.reads},
            },
            {name: f"{name}.parquet" for name in each.tables},
            {name: parameters[name] for name in each.parameters},
        )
        for each in ANALYSES
    ]


def derive(release_tables: Mapping[str, Path], folder: Path, **parameters: Any) -> dict[str, Path]:
    """Derive all tables of a release anew, with other parameters than it was built with.

    Parameters
    ----------
    release_tables : mapping of str to Path
        `emissions` and `totals`.
    folder : Path
        Where to write the tables.
    **parameters
        year, factor_set, draws and seed.

    Returns
    -------
    dict of str to Path
        The tables by name.
    """
    paths: dict[str, Path] = {}
    for each in ANALYSES:
        inputs = {name: data_root() / file for name, file in each.facts.items()}
        inputs |= {name: release_tables[name] for name in each.reads}
        outputs = {name: folder / f"{name}.parquet" for name in each.tables}
        each.run(inputs, outputs, **{name: parameters[name] for name in each.parameters})
        paths |= outputs
    return paths
