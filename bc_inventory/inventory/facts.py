"""The embedded facts, read and checked together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem

__all__ = ["Facts", "load_facts", "load_published"]


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
    region_shares: pd.DataFrame
    technology_shares: pd.DataFrame
    emission_factors: pd.DataFrame
    abatement: pd.DataFrame
    penetration: pd.DataFrame
    calorific_values: pd.DataFrame
    co2_factors: pd.DataFrame

    def known(self) -> dict[str, set[str]]:
        """Return the allowed values of every reference, by `table.column`."""
        return _known(self.sources, self.sectors, self.fuels, self.technologies, self.regions) | {
            "abatement.control": set(self.abatement["control"])
        }


_FIRST = ("sources", "sectors", "fuels", "technologies", "regions")
_REST = (
    "population",
    "activity_mapping",
    "activity_uncertainty",
    "activity_national",
    "region_shares",
    "technology_shares",
    "emission_factors",
    "abatement",
    "calorific_values",
    "co2_factors",
)


def load_facts(root: Path) -> Facts:
    """Read every fact table of a data folder and check it, references included.

    Parameters
    ----------
    root : Path
        Folder such as the project's `data/`.

    Returns
    -------
    Facts

    Raises
    ------
    DataError
        Naming file, row and column of every breach; also for shares that add
        up to more than one and harmonised factors given for one side.
    """
    tables = {name: schema.read_csv(root / f"{name}.csv", name) for name in _FIRST}
    known = _known(*(tables[name] for name in _FIRST))
    for name in _FIRST:
        schema.check(tables[name], name, file=str(root / f"{name}.csv"), known=known)
    for name in _REST:
        tables[name] = schema.read_csv(root / f"{name}.csv", name, known=known)
    known["abatement.control"] = set(tables["abatement"]["control"])
    tables["penetration"] = schema.read_csv(root / "penetration.csv", "penetration", known=known)
    facts = Facts(**tables)
    _check_sums(facts, root)
    _check_harmonised(facts.emission_factors, root / "emission_factors.csv")
    return facts


def load_published(root: Path, years: tuple[int, ...], known: dict[str, set[str]]) -> pd.DataFrame:
    """Read the published activity of the years asked for.

    Parameters
    ----------
    root : Path
        Folder such as the project's `data/`.
    years : tuple of int
        Calendar years.
    known : dict
        Allowed references; see `Facts.known`.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_published`; a year and side nobody published is
        absent.

    Raises
    ------
    DataError
        If a file breaks its contract, or no side has published a year.
    """
    frames = []
    for year in years:
        files = sorted((root / "activity").glob(f"*_{year}.csv"))
        if not files:
            have = sorted({path.stem[-4:] for path in (root / "activity").glob("*_????.csv")})
            raise DataError(
                [
                    Problem(
                        f"no activity for {year}",
                        f"a year with published activity: {', '.join(have) or 'none here'}",
                        str(root / "activity"),
                        remedy="Choose another year, or add the file.",
                    )
                ]
            )
        frames += [schema.read_csv(path, "activity_published", known=known) for path in files]
    return pd.concat(frames, ignore_index=True)


def _known(
    sources: pd.DataFrame,
    sectors: pd.DataFrame,
    fuels: pd.DataFrame,
    technologies: pd.DataFrame,
    regions: pd.DataFrame,
) -> dict[str, set[str]]:
    codes = set(regions["region"])
    return {
        "sources.source_id": set(sources["source_id"]),
        "sectors.nfr": set(sectors["nfr"]),
        "fuels.fuel": set(fuels["fuel"]),
        "technologies.technology": set(technologies["technology"]),
        "regions.region": codes,
        "regions.scope": codes | set(regions["group"]) | (set(regions["side"]) - {"none"}),
    }


def _check_sums(facts: Facts, root: Path) -> None:
    schema.shares_at_most_one(
        facts.activity_mapping,
        ["scope", "source_sector", "source_fuel", "year"],
        "share",
        file=str(root / "activity_mapping.csv"),
    )
    schema.shares_at_most_one(
        facts.technology_shares,
        ["scope", "nfr", "fuel", "year"],
        "share",
        file=str(root / "technology_shares.csv"),
        exactly=True,
    )
    schema.shares_at_most_one(
        facts.penetration,
        ["scope", "nfr", "fuel", "technology", "year"],
        "penetration",
        file=str(root / "penetration.csv"),
    )
    schema.shares_at_most_one(
        facts.region_shares, ["driver", "year"], "share", file=str(root / "region_shares.csv")
    )


def _check_harmonised(factors: pd.DataFrame, path: Path) -> None:
    """Refuse a harmonised factor that holds for one side only."""
    wrong = factors[(factors["factor_set"] == "harmonised") & (factors["side"] != "*")]
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
