"""`bc-inventory evidence`: what a release rests on, and which facts no source supports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import factor_set_option, release_options, use_facts_of

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.release import Release

__all__ = ["evidence"]

_TABLES = ("evidence", "evidence_open")


@click.command()
@click.argument("version", default="latest")
@click.option("--year", type=int, help="Calendar year; by default the release's base year.")
@factor_set_option
@click.option("--sector", help="GNFR aggregate, as in B_Industry; by default all together.")
@click.option(
    "--facts", default=20, show_default=True, help="How many open facts to list for each domain."
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Workbook (.xlsx) for both tables.",
)
@release_options
def evidence(
    year: int | None,
    factor_set: str,
    sector: str | None,
    facts: int,
    to: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    """Say what release VERSION rests on: kt by component and confidence, and what is assumed.

    A component is the activity, the technology share, the emission factor or the abatement of a
    row. Facts that are assumed or recalled come with the emission that rests on them, the largest
    first, and what would replace them.
    """
    from bc_inventory.commands.released import computed_now
    from bc_inventory.errors import DataError, Problem, suggest
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    chosen = year if year is not None else built_with(release).year
    tables = _released(release, chosen, factor_set)
    if tables is None:
        tables = _computed(release, chosen, factor_set)
        click.echo(computed_now(f"{chosen}, {factor_set} factors"))
    by_confidence, open_facts = tables
    known = sorted(set(by_confidence["sector"]) - {"*"})
    if sector is not None and sector not in known:
        raise DataError(
            [Problem(f"the sector {sector!r}", ", ".join(known), remedy=suggest(sector, known))]
        )
    subset = by_confidence[by_confidence["sector"] == (sector or "*")]
    for side in release.names:
        if side in set(subset["side"]):
            name = release.names[side].en
            click.echo(_text(name, subset[subset["side"] == side]))
            if sector is None:
                click.echo(_facts_text(open_facts[open_facts["side"] == side].head(facts)))
    if to is not None:
        from bc_inventory.report.exports import Sheet, write_workbook

        frames = zip(_TABLES, tables, strict=True)
        sheets = [Sheet(name, frame, units={"emission_kt": "kt"}) for name, frame in frames]
        title = f"Evidence of {release.inventory} {release.version}, {chosen}"
        click.echo(f"Written: {write_workbook(sheets, to, title=title)}")


def _released(
    release: Release, year: int, factor_set: str
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return both tables as the release has them, None if it has none of the year."""
    if not set(_TABLES) <= set(release.tables):
        return None
    tables = (release.table(name) for name in _TABLES)
    by_confidence, open_facts = (
        rows[(rows["factor_set"] == factor_set) & (rows["year"] == year)] for rows in tables
    )
    if by_confidence.empty:
        return None
    order = ["emission_kt", "share_of_variance"]
    return by_confidence, open_facts.sort_values(order, ascending=False, kind="stable")


def _computed(release: Release, year: int, factor_set: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    from bc_inventory.analysis.review.evidence import evidence_tables
    from bc_inventory.errors import DataError, Problem

    years = sorted({int(value) for value in release.table("totals")["year"].unique()})
    if year not in years:
        raise DataError([Problem(f"the year {year}", f"one of {', '.join(map(str, years))}")])
    rows = release.emissions(None, None, year, factor_set=factor_set, memo=False)
    return evidence_tables(rows[rows["emission_kt"].notna()].reset_index(drop=True))


def _text(name: str, rows: pd.DataFrame) -> str:
    from bc_inventory.schema.common import CONFIDENCE

    lines = [f"{name}: share of emission (of the variance of the total)"]
    present = set(rows["confidence"])
    words = [word for word in (*CONFIDENCE, "none") if word in present]
    lines.append(f"{'':12}" + "".join(f"{word:>16}" for word in words))
    for component, each in rows.groupby("component", sort=False):
        of = each.set_index("confidence")
        cells = [
            f"{of.loc[word, 'share']:.1%} ({of.loc[word, 'share_of_variance']:z.0%})"
            if word in of.index
            else "-"
            for word in words
        ]
        lines.append(f"{component!s:12}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join([*lines, ""])


def _facts_text(rows: pd.DataFrame) -> str:
    lines = [
        f"{'kt':>9}{'share':>8}{'variance':>10}  component   fact, source: what would replace it"
    ]
    lines += [
        f"{row.emission_kt:>9,.2f}{row.share:>8.1%}{row.share_of_variance:>10.1%}  "
        f"{row.component:<12}{row.fact} ({row.confidence}, {row.source_id}): {row.needed}"
        for row in rows.itertuples()
    ]
    return "\n".join([*lines, ""])
