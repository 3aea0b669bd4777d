"""`bc-inventory measures`: what measures would save, alone and together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import (
    factor_set_option,
    release_options,
    uptake_of,
    use_facts_of,
    version_option,
)

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.built_with import BuiltWith
    from bc_inventory.release.read.release import Release

__all__ = ["measures"]


@click.command()
@click.argument("uptake", nargs=-1, metavar="[MEASURE=UPTAKE]...")
@click.option(
    "--library",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of measures under the contract `measures`; by default the one of the project.",
)
@click.option("--year", type=int, help="Calendar year; by default the release's last.")
@click.option(
    "--by",
    type=click.Choice(["side", "region"]),
    default="side",
    show_default=True,
    help="What the savings are given for.",
)
@factor_set_option
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the table."
)
@version_option
@release_options
def measures(
    uptake: tuple[str, ...],
    library: Path | None,
    year: int | None,
    by: str,
    factor_set: str,
    to: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Show what measures save, each with how far it is carried out, 0 to 1.

    Without any, the measures of the library, and what each would save at full uptake, as the
    release has it.

    \b
    bc-inventory measures
    bc-inventory measures clean_heating=0.5 diesel_filters=0.8
    """
    from bc_inventory.analysis.mitigation.measures import read_measures
    from bc_inventory.commands.released import computed_now, derived
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release

    chosen = uptake_of(uptake)
    if not chosen:
        listed = read_measures(library).drop_duplicates("measure")
        for row in listed.rename(columns={"name": "title"}).itertuples():
            click.echo(f"{row.measure:<20} {row.title}")
    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    built = built_with(release)
    request = year or built.year
    table = derived(release, "measure_savings")
    as_built = (
        not chosen and library is None and (request, factor_set) == (built.year, built.factor_set)
    )
    if as_built and table is not None:
        result = table[(table["region"] == "*") == (by == "side")]
        result = result.drop(columns=[] if by == "region" else "region")
    else:
        result, what = _computed(release, library, chosen, request, factor_set, by, built)
        click.echo(computed_now(what, built))
    result = result[result["saved_kt"] != 0]
    if to is None:
        click.echo(result.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
        return
    from bc_inventory.report.exports import write_csv

    click.echo(f"Written: {write_csv(result, to)}")


def _computed(
    release: Release,
    library: Path | None,
    uptake: dict[str, float],
    year: int,
    factor_set: str,
    by: str,
    built: BuiltWith,
) -> tuple[pd.DataFrame, str]:
    """Return the savings, and what they were computed with."""
    from bc_inventory.analysis.mitigation.measures import applicable, read_measures, wedges
    from bc_inventory.analysis.mitigation.savings import savings
    from bc_inventory.analysis.mitigation.scenario import drawn_scene
    from bc_inventory.reference.paths import data_root
    from bc_inventory.schema import read_csv

    rows = release.emissions(None, None, year, factor_set=factor_set, memo=None)
    known = read_measures(library)
    if not uptake:
        known = applicable(known, rows)
        uptake = dict.fromkeys(known["measure"].unique(), 1.0)
        words = ["every measure at full uptake"]
    else:
        words = [f"{name}={value:g}" for name, value in uptake.items()]
    regions = read_csv(data_root() / "regions.csv", "regions")
    scene = drawn_scene(rows, known, uptake, regions, draws=built.draws, seed=built.seed)
    keys = ("side",) if by == "side" else ("side", "region")
    words += [str(year), f"{factor_set} factors", *([library.name] if library else [])]
    return wedges(savings(scene), by=keys), ", ".join(words)
