"""The embedded facts, read and checked together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import NO_DOMAIN
from bc_inventory.schema.enumerations import FactorSet

__all__ = [
    "ACTIVITY_SIDE",
    "FACTOR_SIDE",
    "REFERENCES",
    "Facts",
    "fact_paths",
    "known_values",
    "load_facts",
    "load_published",
]


@dataclass(frozen=True)
class Facts:
    """All fact tables but the published activity; each under its contract.

    Attributes have the names of the contracts.
    """

    sources: pd.DataFrame
    sectors: pd.DataFrame
    fuels: pd.DataFrame
    technologies: pd.DataFrame
    regions: pd.DataFrame
    population: pd.DataFrame
    activity_mapping: pd.DataFrame
    activity_uncertainty: pd.DataFrame
    activity_national: pd.DataFrame
    activity_reported: pd.DataFrame
    region_shares: pd.DataFrame
    technology_shares: pd.DataFrame
    emission_factors: pd.DataFrame
    abatement: pd.DataFrame
    penetration: pd.DataFrame
    calorific_values: pd.DataFrame
    co2_factors: pd.DataFrame

    def known(self) -> dict[str, set[str]]:
        """Return the allowed values of every reference, by `table.column`."""
        codes = set(self.regions["region"])
        sides = set(self.regions["side"]) - {NO_DOMAIN}
        return {
            "sources.source_id": set(self.sources["source_id"]),
            "sectors.nfr": set(self.sectors["nfr"]),
            "fuels.fuel": set(self.fuels["fuel"]),
            "technologies.technology": set(self.technologies["technology"]),
            "regions.region": codes,
            "regions.scope": codes | set(self.regions["group"]) | sides,
            "abatement.control": set(self.abatement["control"]),
        }


_NAMES = tuple(field.name for field in dataclasses.fields(Facts))
# Tables that others refer to.
REFERENCES = ("sources", "sectors", "fuels", "technologies", "regions")
_SHARED = (*REFERENCES, "calorific_values")
# What each of the two halves of the estimate reads, in the order of references.
ACTIVITY_SIDE = (
    *_SHARED,
    "co2_factors",
    "activity_mapping",
    "activity_uncertainty",
    "activity_national",
    "activity_reported",
    "region_shares",
)
FACTOR_SIDE = (*_SHARED, "technology_shares", "emission_factors", "abatement", "penetration")


def fact_paths(root: Path, names: Sequence[str] = ()) -> dict[str, Path]:
    """Return the files of some fact tables of a data folder.

    Parameters
    ----------
    root : Path
        Folder such as the project's `data/`.
    names : sequence of str
        Contracts; by default those of all fact tables.
    """
    wanted = names or _NAMES
    return {name: root / f"{name}.csv" for name in wanted}


def load_facts(paths: Mapping[str, Path]) -> Facts:
    """Read fact tables and check them, references between them included.

    Parameters
    ----------
    paths : mapping of str to Path
        File of each table, by its contract's name; see `fact_paths`. A table
        that isn't named is empty.

    Returns
    -------
    Facts

    Raises
    ------
    DataError
        Naming file, row and column of every breach; also for shares that add
        up to more than one and harmonised factors given for one side.
    """
    facts = _empty()
    for name in _NAMES:  # a table stands after those it refers to
        if name in paths:
            table = schema.read_csv(paths[name], name, known=facts.known())
            facts = dataclasses.replace(facts, **{name: table})
    _check_sums(facts, paths)
    if "emission_factors" in paths:
        _check_harmonised(facts.emission_factors, paths["emission_factors"])
    return facts


def known_values(root: Path) -> dict[str, set[str]]:
    """Return the values that references may have in a data folder; see `Facts.known`.

    Parameters
    ----------
    root : Path
        Folder such as the project's `data/`.

    Raises
    ------
    DataError
        If a table that others refer to breaks its contract.
    """
    paths = fact_paths(root, (*REFERENCES, "abatement"))
    tables = {name: schema.read_csv(path, name) for name, path in paths.items()}
    return dataclasses.replace(_empty(), **tables).known()


def load_published(paths: Sequence[Path], known: Mapping[str, set[str]]) -> pd.DataFrame:
    """Read files of published activity.

    Parameters
    ----------
    paths : sequence of Path
        Files such as `data/activity/eu_2018.csv`.
    known : mapping
        Allowed references; see `Facts.known`.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_published`.

    Raises
    ------
    DataError
        If a file breaks its contract.
    """
    frames = [schema.read_csv(path, "activity_published", known=known) for path in paths]
    return pd.concat(frames, ignore_index=True)


def _empty() -> Facts:
    return Facts(**{name: pd.DataFrame(columns=schema.table(name).names) for name in _NAMES})


def _check_sums(facts: Facts, paths: Mapping[str, Path]) -> None:
    groups = {
        "activity_mapping": (["scope", "source_sector", "source_fuel", "year"], "share"),
        "technology_shares": (["scope", "nfr", "fuel", "year"], "share"),
        "penetration": (["scope", "nfr", "fuel", "technology", "year"], "penetration"),
        "region_shares": (["driver", "year"], "share"),
    }
    for name, (by, share) in groups.items():
        if name in paths:
            schema.shares_at_most_one(
                getattr(facts, name),
                by,
                share,
                file=str(paths[name]),
                exactly=name == "technology_shares",
            )


def _check_harmonised(factors: pd.DataFrame, path: Path) -> None:
    """Refuse a harmonised factor that holds for one side only."""
    wrong = factors[(factors["factor_set"] == FactorSet.HARMONISED) & (factors["side"] != "*")]
    above = factors[factors["pm25_value"].notna() & (factors["value"] > factors["pm25_value"])]
    problems = [
        Problem(
            f"side {row.side} for {row.factor_id}",
            "* for every harmonised factor",
            str(path),
            row.Index + 2,
            "side",
            "A difference between the sides must come from technology, fuel or control.",
        )
        for row in wrong.itertuples()
    ] + [
        Problem(
            f"BC {row.value:g} above PM2.5 {row.pm25_value:g} for {row.factor_id}",
            "BC at most PM2.5 of the same convention",
            str(path),
            row.Index + 2,
            "value",
        )
        for row in above.itertuples()
    ]
    if problems:
        raise DataError(problems)
