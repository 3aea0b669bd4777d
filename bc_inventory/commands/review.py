"""`bc-inventory review`: the checks of a review, as tables and as pass or look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import factor_set_option, release_options, use_facts_of

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.release import Release

__all__ = ["review"]

_TABLES = (
    *("review_checks", "completeness", "implied_factors", "series_breaks"),
    "key_categories",
)
_UNITS = dict.fromkeys(("emission_kt", "base_kt", "previous_kt"), "kt")


@click.command()
@click.argument("version", default="latest")
@click.option("--year", type=int, help="Calendar year; by default the release's last.")
@factor_set_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Workbook (.xlsx) for all tables.",
)
@click.option("--strict", is_flag=True, help="End with exit code 1 if a check isn't passed.")
@release_options
def review(
    year: int | None,
    factor_set: str,
    to: Path | None,
    strict: bool,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    """Check release VERSION as a review would: key categories, completeness, implied factors.

    A finding is a reason to look, not an error.
    """
    from bc_inventory.analysis.review.step import reviewed
    from bc_inventory.commands.released import computed_now, derived
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.reference.limits import review_limits
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    totals = release.table("totals")
    years = sorted({int(value) for value in totals["year"].unique()})
    chosen = year if year is not None else built_with(release).year
    if chosen not in years:
        listed = ", ".join(map(str, years))
        raise DataError([Problem(f"the year {chosen}", f"one of {listed}")])
    tables = _released(release, chosen, factor_set)
    if tables is None:
        emissions = release.emissions(None, None, chosen, factor_set=None, memo=None)
        tables = reviewed(emissions, totals, review_limits(), year=chosen, factor_set=factor_set)
        click.echo(computed_now(f"{chosen}, {factor_set} factors"))
    checks = tables["review_checks"]
    for row in checks.itertuples():
        word = {True: "pass", False: "look"}.get(row.passed, "untested")
        count = f" ({row.findings})" if row.findings else ""
        click.echo(f"{word:<9}{row.check}{count}" + (f": {row.detail}" if row.detail else ""))
    keys = tables["key_categories"]
    for label, ranked in keys[keys["key"]].groupby(["side", "assessment", "approach"], sort=True):
        side, assessment, approach = label
        shares = ", ".join(f"{row.nfr} {row.contribution:.0%}" for row in ranked.itertuples())
        name = release.names[side].en
        click.echo(f"key categories, {name}, {assessment}, approach {approach}: {shares}")
    steps = derived(release, "category_steps")
    if steps is not None:
        tables["category_steps"] = steps[steps["factor_set"] == factor_set]
        for row in tables["category_steps"].itertuples():
            click.echo(
                f"step      {release.names[row.side].en} {row.nfr} {row.year}: "
                f"{row.previous_kt:.3g} to {row.emission_kt:.3g} kt by {row.head} "
                f"({row.head_kt:+.3g} kt): {row.where}"
            )
    if to is not None:
        from bc_inventory.report.exports import Sheet, write_workbook

        sheets = [Sheet(name, frame, units=_UNITS) for name, frame in tables.items()]
        title = f"Review of {release.inventory} {release.version}, {chosen}"
        click.echo(f"Written: {write_workbook(sheets, to, title=title)}")
    if strict and (checks["passed"] == False).any():  # noqa: E712 - untested is neither
        raise click.exceptions.Exit(1)


def _released(release: Release, year: int, factor_set: str) -> dict[str, pd.DataFrame] | None:
    """Return the tables of a review as the release has them, None if it has none of the year."""
    if not set(_TABLES) <= set(release.tables):
        return None
    result = {}
    for name in _TABLES:
        rows = release.table(name)
        result[name] = rows[rows["factor_set"] == factor_set]
        if name != "series_breaks":
            result[name] = result[name][result[name]["year"] == year]
    keys = result["key_categories"]
    result["key_categories"] = keys.sort_values("contribution", ascending=False, kind="stable")
    return result if len(result["review_checks"]) else None
