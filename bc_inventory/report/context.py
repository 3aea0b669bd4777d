"""What a report is made from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import domains
from bc_inventory.reference.naming import names_by_domain
from bc_inventory.reference.sector_words import GNFR_NAMES
from bc_inventory.report.i18n import Both, same
from bc_inventory.schema.enumerations import Level

__all__ = ["DERIVED", "FACTS", "IMPACTS", "Material", "read_material", "report_facts"]

# Facts a report needs, by the name of the input: file under `data/` and contract.
FACTS = {
    "bands": ("cryosphere_bands.csv", "cryosphere_bands"),
    "benchmarks": ("benchmarks.csv", "benchmarks"),
    "claims": ("claims.csv", "claims"),
    "domains": ("domains.csv", "domains"),
    "fuels": ("fuels.csv", "fuels"),
    "measures": ("measures.csv", "measures"),
    "outlines": ("spatial/outlines.parquet", "spatial_outlines"),
    "regions": ("regions.csv", "regions"),
    "responses": ("cryosphere_responses.csv", "cryosphere_responses"),
    "sectors": ("sectors.csv", "sectors"),
    "sources": ("sources.csv", "sources"),
    "targets": ("targets.csv", "targets"),
}
# Optional inputs of the view of ice, people and climate, with their contracts.
IMPACTS = {
    "climate": "co2_equivalents",
    "cryosphere": "cryosphere",
    "cryosphere_months": "cryosphere_months",
    "exposure": "exposure",
}
# Tables that steps before derived from the inventory; the names of inputs and of contracts.
DERIVED = (
    *("decomposition", "measure_savings", "target_progress", "emission_gap"),
    *("key_categories", "review_checks", "completeness", "implied_factors", "series_breaks"),
    *("evidence", "evidence_open", "emission_by_tier", "source_use", "independence"),
    *("double_counting", "double_counting_findings"),
    *("comparability", "category_steps"),
)


@dataclass(frozen=True)
class Material:
    """Tables of a release and the facts it is judged by.

    `emissions` holds all years and factor sets; memo items are in it. What a
    release doesn't have is None.
    """

    title: Both
    year: int
    factor_set: str
    emissions: pd.DataFrame
    totals: pd.DataFrame
    whole_years: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    grid: Path | None
    hotspots: pd.DataFrame | None
    stations: pd.DataFrame | None
    monitoring: pd.DataFrame | None
    observed: pd.DataFrame | None
    facts_changed: pd.DataFrame | None
    impacts: dict[str, pd.DataFrame]
    derived: dict[str, pd.DataFrame]

    @cached_property
    def sides(self) -> dict[str, Both]:
        """What the part of each domain that the release holds is called, by domain."""
        names = names_by_domain(self.emissions["region"].unique())
        return {code: Both(*name) for code, name in names.items()}

    @cached_property
    def domains(self) -> dict[str, Both]:
        """The name of every domain, as tables of others' figures and of stations have it."""
        return {code: Both(*domain.name) for code, domain in domains().items()}

    @cached_property
    def colours(self) -> dict[str, str]:
        """The fill of each domain in charts."""
        return {code: domain.colour for code, domain in domains().items()}

    def published_as(self, side: str) -> str | None:
        """Return the code under which other inventories give the same regions as this part.

        A whole domain has its own code and a single member under its region;
        nobody publishes other parts.
        """
        reported = set(self.emissions.loc[self.emissions["side"] == side, "region"])
        if reported >= set(domains()[side].members):
            return side
        return min(reported) if len(reported) == 1 else None

    def by_domain(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows in the order of their `side`, those outside every domain last."""
        place = {code: number for number, code in enumerate(self.domains)}
        return frame.sort_values(
            "side", key=lambda sides: sides.map(place).fillna(len(place)), kind="stable"
        )

    def estimate(self, factor_set: str | None = None, side: str | None = None) -> pd.DataFrame:
        """Return the emission table of the report's year, of one factor set and perhaps side."""
        wanted = factor_set or self.factor_set, side
        if wanted not in self._estimates:
            rows = self.emissions
            mask = (rows["year"] == self.year) & (rows["factor_set"] == wanted[0])
            self._estimates[wanted] = rows[mask if side is None else mask & (rows["side"] == side)]
        return self._estimates[wanted]

    @cached_property
    def _estimates(self) -> dict[tuple[str, str | None], pd.DataFrame]:
        """Tables found before: to filter that many rows is slow, and all sections do."""
        return {}

    def derived_of(self, name: str) -> pd.DataFrame:
        """Return the rows of a derived table for the report's year and factor set."""
        rows = self.derived[name]
        return rows[(rows["year"] == self.year) & (rows["factor_set"] == self.factor_set)]

    def total(self, side: str, factor_set: str) -> float:
        """Return the published total of a side in the report's year, kt."""
        rows = self.totals[
            (self.totals["level"] == Level.SIDE)
            & (self.totals["year"] == self.year)
            & (self.totals["side"] == side)
            & (self.totals["factor_set"] == factor_set)
        ]
        return float(rows["emission_kt"].iloc[0])

    @property
    def draws(self) -> int:
        """Draws of every interval of the release."""
        return int(self.totals["draws"].iloc[0])

    @property
    def factor_sets(self) -> list[str]:
        """Factor sets of the report's year, the report's own first."""
        have = self.emissions.loc[self.emissions["year"] == self.year, "factor_set"].unique()
        return sorted(have, key=lambda name: (name != self.factor_set, name))

    def names(self, table: str, code: str) -> dict[str, Both]:
        """Return the names of codes in both languages."""
        rows = self.facts[table]
        return {
            str(row[code]): Both(
                same(row["name"]).en,
                same(row["name_zh"] if pd.notna(row["name_zh"]) else row["name"]).en,
            )
            for row in rows[[code, "name", "name_zh"]].to_dict("records")
        }

    @property
    def gnfr_names(self) -> dict[str, Both]:
        """Return the names of the GNFR aggregates."""
        known = self.facts["sectors"]["gnfr"].unique()
        return {
            code: Both(*GNFR_NAMES[code]) if code in GNFR_NAMES else same(code) for code in known
        }


def report_facts(data: Path) -> dict[str, Path]:
    """Return the facts that a report needs as inputs of a build step.

    Parameters
    ----------
    data : Path
        Folder of facts.
    """
    return {name: data / file for name, (file, _) in FACTS.items()}


def read_material(inputs: dict[str, Path], *, title: Both, year: int, factor_set: str) -> Material:
    """Read the inputs of a report under their contracts.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`, `totals`, `report_facts` and those of `DERIVED`; optional `whole_years`,
        `grid`, `hotspots`, `facts_changed`, `stations`, `monitoring`, and those of `IMPACTS`.
    title, year, factor_set
        Of the report.

    Raises
    ------
    DataError
        If a table breaks its contract.
    """

    def optional(name: str, contract: str) -> pd.DataFrame | None:
        path = inputs.get(name)
        return None if path is None or not path.exists() else _read(path, contract)

    grid = inputs.get("grid")
    return Material(
        title=title,
        year=year,
        factor_set=factor_set,
        emissions=schema.read_parquet(inputs["emissions"], "emissions"),
        totals=schema.read_parquet(inputs["totals"], "totals"),
        whole_years=_or_empty(optional("whole_years", "whole_years"), "whole_years"),
        facts={name: _read(inputs[name], contract) for name, (_, contract) in FACTS.items()},
        grid=grid if grid is not None and grid.exists() else None,
        hotspots=_hotspots(inputs.get("hotspots")),
        stations=optional("stations", "stations"),
        monitoring=optional("monitoring", "monitoring_summary"),
        observed=optional("compared_with_observations", "compared_with_observations"),
        facts_changed=optional("facts_changed", "facts_changed"),
        impacts={
            name: frame
            for name, contract in IMPACTS.items()
            if (frame := optional(name, contract)) is not None
        },
        derived={name: schema.read_parquet(inputs[name], name) for name in DERIVED},
    )


def _or_empty(frame: pd.DataFrame | None, contract: str) -> pd.DataFrame:
    return pd.DataFrame(columns=schema.table(contract).names) if frame is None else frame


def _read(path: Path, contract: str) -> pd.DataFrame:
    reader = schema.read_csv if path.suffix == ".csv" else schema.read_parquet
    return reader(path, contract)


def _hotspots(path: Path | None) -> pd.DataFrame | None:
    if path is None or not path.exists():
        return None
    import pyarrow.parquet as pq

    wanted = schema.table("hotspots").names
    absent = [name for name in wanted if name not in pq.read_schema(path).names]
    if absent:
        raise DataError(
            [
                Problem(
                    found=f"no column {', '.join(absent)}",
                    expected="the columns that this version of bc_inventory writes",
                    file=path.name,
                    remedy="Build the release anew, or use the version that its manifest names.",
                )
            ]
        )
    frame = pd.read_parquet(path, columns=wanted)
    return schema.check(frame, "hotspots", file=str(path))
