"""The folder of a new inventory: a configuration, stubs of fact tables, a README and a test.

A stub is a file of rows of an overlay (`bc_inventory.reference.overlay`) that has no row yet. The
rows in force for the regions and years stand in it as comments, in the form in which a row of
the inventory's own would be given; so whoever edits them needn't look up codes or columns.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.config import load_config
from bc_inventory.errors import ConfigError, Problem
from bc_inventory.inventory import steps
from bc_inventory.inventory.facts import (
    ACTIVITY_SIDE,
    FACTOR_SIDE,
    REFERENCES,
    fact_paths,
    load_facts,
)
from bc_inventory.inventory.scope import at_years, narrowest
from bc_inventory.reference import codelists
from bc_inventory.reference.activity_files import activity_files
from bc_inventory.reference.overlay import ROWS
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.contract import Column
from bc_inventory.schema.enumerations import FactorSet
from bc_inventory.workflow.scaffold_texts import README, TEST, TOML

__all__ = ["write_scaffold"]

_PURPOSE = {
    "activity_reported": "Activity by region, NFR category and fuel. A row takes the place of all "
    "that is estimated for the same year, region, category and fuel.",
    "technology_shares": "Which technology burns how much of a fuel. Rows of a scope, category, "
    "fuel and year that add up to one replace the whole split.",
    "emission_factors": "Emission factors before control. The side of a harmonised factor is *.",
    "activity_uncertainty": "Uncertainty of published activity by its source; reported activity "
    "brings its own bounds.",
    "sources": "What rows cite in source_id. `read` says how you know: primary, copy, secondary, "
    "recalled or assumed.",
}


def write_scaffold(
    name: str, regions: Sequence[str], years: Sequence[int], folder: Path
) -> list[Path]:
    """Write the folder of a new inventory.

    Parameters
    ----------
    name : str
        Of the inventory: lower-case letters, digits and hyphens.
    regions : sequence of str
        Codes or names of regions, groups and domains.
    years : sequence of int
        Calendar years with published activity.
    folder : Path
        Folder to write; absent or empty.

    Returns
    -------
    list of Path
        The configuration first.

    Raises
    ------
    ConfigError
        If the name can't be one, or the folder has files.
    DataError
        If a region isn't known or a year has no published activity.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(
            [Problem("files in it", "a new folder", str(folder), remedy="Choose another --folder.")]
        )
    codes = [_code(region) for region in regions]
    toml = TOML.format(
        name=name,
        years=", ".join(map(str, sorted(set(years)))),
        base_year=max(years),
        regions=", ".join(f'"{code}"' for code in codes),
    )
    with tempfile.TemporaryDirectory(prefix="bc-inventory-") as scratch:
        trial = Path(scratch) / f"{name.replace('/', '-')}.toml"
        trial.write_text(toml, encoding="utf-8")
        load_config(trial)
        stubs = _stubs(name, codes, sorted(set(years)), Path(scratch))
    texts = {
        f"{name}.toml": toml,
        **{f"facts/{table}{ROWS}": text for table, text in stubs.items()},
        "README.md": README.format(name=name, rows=ROWS),
        f"test_{name.replace('-', '_')}.py": TEST.format(name=name),
    }
    written = []
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    return written


def _code(region: str) -> str:
    """Return the code of a region, group or domain."""
    known = codelists.regions()
    if region in {*known["side"], *known["group"]}:
        return region
    return codelists.resolve_region(region)


def _stubs(name: str, codes: list[str], years: list[int], scratch: Path) -> dict[str, str]:
    """Return the text of each stub."""
    facts = load_facts(fact_paths(data_root(), (*ACTIVITY_SIDE, *FACTOR_SIDE)))
    chosen = {member for code in codes for member in codelists.members(code)}
    regions = facts.regions[facts.regions["region"].isin(chosen)]
    activity = _activity(codes, years, scratch)
    uses = activity[["region", "nfr", "fuel"]].drop_duplicates()
    shares = _shares(facts.technology_shares, regions, years, uses)
    source = f"{name}-activity"
    rows = {
        "activity_reported": _reported(activity, source),
        "technology_shares": shares.assign(source_id=source),
        "emission_factors": _factors(facts.emission_factors, shares),
        "activity_uncertainty": facts.activity_uncertainty,
        "sources": pd.DataFrame(),
    }
    texts = {table: _stub(table, frame) for table, frame in rows.items()}
    # The one row that is there from the start, for others to cite.
    what = f"Activity of {name}"
    texts["sources"] += f"{source},{what},compiler of {name},,,unpublished,{what},primary,\n"
    return texts


def _activity(codes: list[str], years: list[int], scratch: Path) -> pd.DataFrame:
    """Return the harmonised activity of the regions that the embedded facts give."""
    root = data_root()
    files = {
        f"published_{domain}_{year}": path for (domain, year), path in activity_files(root).items()
    }
    out = {each: scratch / f"{each}.parquet" for each in ("published", "repaired")}
    steps.published_step(
        {**fact_paths(root, (*REFERENCES, "population", "activity_repairs")), **files},
        out,
        years=years,
    )
    outputs = {each: scratch / f"{each}.parquet" for each in ("activity", "unmapped")}
    steps.activity_step(
        {**fact_paths(root, ACTIVITY_SIDE), **out}, outputs, years=years, regions=codes
    )
    activity = schema.read_parquet(outputs["activity"], "activity", cached=False)
    return activity[activity["activity"].notna()]


def _reported(activity: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return harmonised activity in the form of the contract `activity_reported`."""
    key = ["year", "region", "nfr", "fuel"]
    summed = activity.groupby(key, as_index=False).agg(
        quantity=("activity", "sum"),
        quantity_lower=("activity_lower", "sum"),
        quantity_upper=("activity_upper", "sum"),
        unit=("activity_unit", "first"),
        tier=("tier", "min"),
    )
    return summed.assign(confidence="high", source_id=source)


def _shares(
    shares: pd.DataFrame, regions: pd.DataFrame, years: list[int], uses: pd.DataFrame
) -> pd.DataFrame:
    """Return the technology shares in force, by region and year."""
    columns = ["share", "share_lower", "share_upper"]
    use = ["region", "nfr", "fuel"]
    of_regions = narrowest(shares, regions, ["nfr", "fuel"]).merge(uses, on=use)
    at = at_years(of_regions, years, [*use, "technology"], columns)
    at = at.assign(scope=at["region"])
    return at.sort_values(["scope", "nfr", "fuel", "year", "technology"], ignore_index=True)


def _factors(factors: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the harmonised factors of the technologies in use."""
    used = shares[["fuel", "technology"]].drop_duplicates()
    harmonised = factors[factors["factor_set"] == FactorSet.HARMONISED]
    named = harmonised.merge(used, on=["fuel", "technology"])
    return named[schema.table("emission_factors").names]


def _stub(table: str, rows: pd.DataFrame) -> str:
    """Return a header, what the table is for, and the rows in force as comments."""
    rules = schema.table(table)
    # A column of defaults is left out, so that less is to be typed.
    names = [each.name for each in rules.columns if not _is_default(each, rows)]
    lines = [",".join(names), f"# {_PURPOSE[table]}"]
    if len(rows):
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        for row in rows.reindex(columns=names).itertuples(index=False):
            writer.writerow([_cell(value) for value in row])
        lines += ["# In force now; remove the # of a row and change it:"]
        lines += [f"#{line}" for line in stream.getvalue().splitlines()]
    return "\n".join(lines) + "\n"


def _is_default(column: Column, rows: pd.DataFrame) -> bool:
    if column.default is None:
        return False
    return column.name not in rows or bool((rows[column.name] == column.default).all())


def _cell(value: object) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)
