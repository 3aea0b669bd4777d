"""`bc-inventory targets`: how far inventories are from a target, and what closes the gap."""

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

__all__ = ["targets"]


@click.command()
@click.argument("uptake", nargs=-1, metavar="[MEASURE=UPTAKE]...")
@click.option(
    "--targets",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of targets under the contract `targets`: base year, target year, reductions, path; "
    "by default those of the project.",
)
@factor_set_option
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the table."
)
@version_option
@release_options
def targets(
    uptake: tuple[str, ...],
    file: Path | None,
    factor_set: str,
    to: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Hold every inventory against the targets, and show the gap if MEASUREs were carried out.

    Scopes of targets are sides or regions of the release. A commitment is given as measures,
    each with how far it is carried out, 0 to 1; without any, every measure of the library at
    full uptake, as the release has it.

    \b
    bc-inventory targets
    bc-inventory targets --targets mine.csv clean_heating=0.5 diesel_filters=0.8
    """
    from bc_inventory.commands.released import computed_now, derived
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    built, chosen = built_with(release), uptake_of(uptake)
    progress, gap = (derived(release, name) for name in ("target_progress", "emission_gap"))
    as_built = file is None and not chosen and factor_set == built.factor_set
    if not as_built or progress is None or gap is None:
        progress, gap, what = _computed(release, file, chosen, factor_set, built)
        click.echo(computed_now(what, built))
    click.echo(_progress_text(progress))
    click.echo(_gaps(gap))
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(gap, to)}")


def _computed(
    release: Release,
    file: Path | None,
    uptake: dict[str, float],
    factor_set: str,
    built: BuiltWith,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return progress and gaps, and what they were computed with."""
    import pandas as pd

    from bc_inventory.analysis.mitigation.measures import (
        applicable,
        emitted,
        joint_share,
        read_measures,
    )
    from bc_inventory.analysis.mitigation.savings import savings
    from bc_inventory.analysis.mitigation.scenario import drawn_scene
    from bc_inventory.analysis.mitigation.step import published_shares
    from bc_inventory.analysis.mitigation.targets import (
        gap_after,
        progress,
        read_targets,
        series_of,
    )
    from bc_inventory.reference.paths import data_root
    from bc_inventory.schema import read_csv

    totals = release.table("totals")
    rows = release.emissions(None, None, built.year, factor_set=factor_set)
    library = read_measures()
    words = [f"{name}={value:g}" for name, value in uptake.items()]
    if not uptake:
        library = applicable(library, rows)
        uptake = dict.fromkeys(library["measure"].unique(), 1.0)
        words = ["every measure at full uptake"]
    regions = read_csv(data_root() / "regions.csv", "regions")
    scene = drawn_scene(rows, library, uptake, regions, draws=built.draws, seed=built.seed)
    drawn, whole = savings(scene), emitted(rows, built.draws, built.seed)
    subset = totals[(totals["year"] == built.year) & (totals["factor_set"] == factor_set)]
    saved = pd.concat(
        [
            published_shares(joint_share(drawn, whole, by=by), subset, by)
            for by in ("side", "region")
        ],
        ignore_index=True,
    )
    targets = read_targets(file)
    targets = targets[targets["species"] == "BC"]
    series = series_of(totals, read_csv(data_root() / "benchmarks.csv", "benchmarks"))
    words += [f"{factor_set} factors", *([file.name] if file else [])]
    table = progress(series, targets).rename(columns={"region": "scope"})
    return table, gap_after(series, targets, saved), ", ".join(words)


def _progress_text(table: pd.DataFrame) -> str:
    lines = [f"{'target':24}{'scope':8}{'inventory':28}{'year':>6}{'change':>9}{'due':>18}  status"]
    for row in table.itertuples():
        if row.status == "no base year":
            continue
        due = f"{row.due_lower:+.1%} to {row.due_upper:+.1%}"
        lines.append(
            f"{row.target_id:24}{row.scope:8}{row.inventory:28}{row.year:>6}{row.change:>+9.1%}"
            f"{due:>18}  {row.status}, {row.to_go_kt:+,.1f} kt to go"
        )
    without = sorted(set(table.loc[table["status"] == "no base year", "inventory"]))
    if without:
        lines.append(f"without the base year: {', '.join(without)}")
    return "\n".join(lines)


def _gaps(table: pd.DataFrame) -> str:
    lines = ["", "emission gap, kt: as it stands, and with the measures (95 % interval)"]
    for row in table.itertuples():
        lines.append(
            f"  {row.target_id} {row.scope} {row.inventory} {row.year}: {row.gap_kt:+,.1f} -> "
            f"{row.gap_after_kt:+,.1f} ({row.gap_after_lower_kt:+,.1f} to "
            f"{row.gap_after_upper_kt:+,.1f}); allowed in {row.target_year} {row.allowed_kt:,.1f}"
        )
    return "\n".join(lines)
