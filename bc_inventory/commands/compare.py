"""`bc-inventory compare`: compare releases with other inventories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import (
    domain_option,
    release_options,
    use_facts_of,
    version_option,
)

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.built_with import BuiltWith
    from bc_inventory.release.read.release import Release

__all__ = ["compare"]

_SETS = ("harmonised", "official")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--year", type=int, help="Calendar year; by default the last that all of them have.")
@domain_option("Compare one domain only, by its code or name; by default each.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Workbook (.xlsx) for all tables; by default only a summary is shown.",
)
@click.option(
    "--fill-from",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Another pollutant's file of the inventory, which regions that report nothing follow.",
)
@click.option(
    "--fill-holes",
    is_flag=True,
    help="Interpolate sectors that a country leaves out between years that have them.",
)
@version_option
@click.option(
    "--with",
    "other_versions",
    multiple=True,
    metavar="VERSION",
    help="Another version to compare, INVENTORY/VERSION for another inventory; repeatable.",
)
@release_options
def compare(
    files: tuple[Path, ...],
    year: int | None,
    side: str | None,
    to: Path | None,
    fill_from: Path | None,
    fill_holes: bool,
    version: str,
    other_versions: tuple[str, ...],
    inventory: str | None,
    releases: str,
) -> None:
    r"""Compare releases with publishers' FILES on common sectors and regions.

    Without FILES the totals that ship with the project are compared with. Inventories
    meet by member state or province where both have them, otherwise by the whole side.

    \b
    bc-inventory compare EMEP_NFR14_LEVEL1_BC.txt --side EU --year 2018
    bc-inventory compare EMEP_NFR14_LEVEL1_BC.txt --fill-from EMEP_NFR14_LEVEL1_PM25.txt
    bc-inventory compare reas/*.txt Fig3_MEIC_detail_Zheng_etal_2018.xlsx --side CN --year 2015
    bc-inventory compare --release 2018-1a2b3c4d --with 2018-5e6f7a8b --to compare.xlsx
    """
    from bc_inventory.analysis.comparison.regions import of_part
    from bc_inventory.commands.compare_text import summary
    from bc_inventory.commands.released import computed_now
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.comparison import published_comparison
    from bc_inventory.release.read.release import open_release

    opened = [
        open_release(name, inventory=inventory, root=releases)
        for name in (version, *other_versions)
    ]
    use_facts_of(opened[0])
    chosen, published, notes = _chosen(files, (fill_from, fill_holes), side, year, opened)
    built = built_with(opened[0])
    tables = {name: _emission_tables(opened, name, chosen) for name in published}
    for name, estimated in tables.items():
        reported = {str(code) for table in estimated.values() for code in table["region"].unique()}
        published[name], apart = of_part(published[name], reported, name)
        notes += apart
    requested = files or fill_from or fill_holes or other_versions or chosen != built.year
    comparison = None if requested else published_comparison(opened[0], list(published))
    if comparison is None:
        comparison = _computed(tables, published, built)
        against = ", ".join(file.name for file in files) or "transcribed totals"
        versions = f", {', '.join(other_versions)}" if other_versions else ""
        click.echo(computed_now(f"{against} of {chosen}{versions}", built))
    if not comparison:
        _nothing(chosen, opened, notes)
    for line in notes:
        click.echo(f"note: {line}", err=True)
    for tables in comparison:
        click.echo(summary(tables, chosen, opened[0].names))
    if to is not None:
        click.echo(f"Written: {_write(comparison, to, opened[0], chosen)}")


def _computed(
    tables: dict[str, dict[str, pd.DataFrame]],
    published: dict[str, pd.DataFrame],
    built: BuiltWith,
) -> list[dict[str, pd.DataFrame]]:
    from bc_inventory.analysis.comparison.comparability import read_definitions
    from bc_inventory.analysis.comparison.inventories import compare_side
    from bc_inventory.reference.codelists import gnfr_index
    from bc_inventory.reference.limits import review_limits

    definitions, limits, gnfr_of = read_definitions(), review_limits(), gnfr_index()
    result = []
    for name, rows in published.items():
        estimated = tables[name]
        if len(estimated) + rows["inventory"].nunique() >= 2:
            result.append(
                compare_side(
                    estimated, rows, name, gnfr_of, limits, definitions,
                    draws=built.draws, seed=built.seed,
                )
            )  # fmt: skip
    return result


def _emission_tables(opened: list[Release], side: str, year: int) -> dict[str, pd.DataFrame]:
    """Return the emission tables of a side by the name they go by."""
    result = {}
    for place, release in enumerate(opened):
        for name in _SETS:
            rows = release.emissions(side, None, year, factor_set=name, memo=None)
            if len(rows):
                of = "" if release.inventory == opened[0].inventory else f"{release.inventory}/"
                suffix = f" {of}{release.version}" if place else ""
                result[f"bc_inventory {name}{suffix}"] = rows
    return result


def _chosen(
    files: tuple[Path, ...],
    repairs: tuple[Path | None, bool],
    side: str | None,
    year: int | None,
    opened: list[Release],
) -> tuple[int, dict[str, pd.DataFrame], list[str]]:
    """Return the year, the publishers' rows of each side in that year, and notes."""
    from bc_inventory.analysis.comparison.published import published_rows
    from bc_inventory.reference.domains import resolve_domain

    sides = [resolve_domain(side)] if side else list(opened[0].names)
    published, notes = published_rows(files, sides, fill_from=repairs[0], interpolate=repairs[1])
    ours = set.intersection(*(_years(release) for release in opened))
    theirs = {int(value) for rows in published.values() for value in rows["year"].unique()}
    common = ours & theirs if theirs else ours
    chosen = year if year is not None else max(common or ours, default=0)
    if chosen not in ours or (files and chosen not in theirs):
        _nothing(chosen, opened, notes, theirs)
    return chosen, {n: rows[rows["year"] == chosen] for n, rows in published.items()}, notes


def _years(release: Release) -> set[int]:
    from bc_inventory.inventory.whole_years import incomplete
    from bc_inventory.schema.enumerations import Level

    totals = release.table("totals")
    short = totals.loc[incomplete(totals) & (totals["level"] == Level.SIDE), "year"]
    return {int(year) for year in set(totals["year"]) - set(short)}


def _nothing(
    chosen: int, opened: list[Release], notes: list[str], theirs: set[int] | None = None
) -> None:
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.readers.result import year_spans

    ours = sorted(set.intersection(*(_years(release) for release in opened)))
    available = f"; the files have {year_spans(theirs)}" if theirs else ""
    raise DataError(
        [
            Problem(
                found=f"nothing to compare in {chosen}" + "".join(f"; {note}" for note in notes),
                expected=f"a year of both: the release has {year_spans(ours)}{available}",
                remedy="Choose --year or other files, or build a release of that year "
                "(years under [inventory] in its configuration).",
            )
        ]
    )


def _write(
    comparison: list[dict[str, pd.DataFrame]], to: Path, release: Release, year: int
) -> Path:
    import pandas as pd

    from bc_inventory.analysis.comparison.inventories import UNITS
    from bc_inventory.report.exports import Sheet, write_workbook

    sheets = [
        Sheet(
            name, pd.concat([tables[name] for tables in comparison], ignore_index=True), units=UNITS
        )
        for name in comparison[0]
    ]
    title = f"Comparison of {release.inventory} {release.version}, {year}"
    return write_workbook(sheets, to, title=title)
