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
    "--draws", default=200, show_default=True, type=click.IntRange(1), help="Monte Carlo draws."
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the table."
)
@version_option
@release_options
def targets(
    uptake: tuple[str, ...],
    file: Path | None,
    factor_set: str,
    draws: int,
    to: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Hold every inventory against the targets, and show the gap if MEASUREs were carried out.

    Scopes of targets are sides or regions of the release. A commitment is given as measures,
    each with how far it is carried out, 0 to 1.

    \b
    bc-inventory targets
    bc-inventory targets --targets mine.csv clean_heating=0.5 diesel_filters=0.8
    """
    from bc_inventory.analysis.mitigation.targets import gap_after, progress, read_targets
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    known = read_targets(file)
    known = known[known["species"] == "BC"]
    series = _series(release)
    click.echo(_standing(progress(series, known)))
    if uptake:
        chosen = uptake_of(uptake)
        saved = _saved(release, chosen, factor_set, draws)
        table = gap_after(series, known, saved)
        click.echo(_gaps(table))
    else:
        table = progress(series, known)
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(table, to)}")


def _series(release: Release) -> pd.DataFrame:
    """Return totals of sides and regions of the release, and of the transcribed inventories."""
    import pandas as pd

    from bc_inventory.reference.paths import data_root
    from bc_inventory.schema import read_csv

    totals = release.table("totals")
    own = totals[totals["level"].isin(["side", "region"])]
    own = own.assign(
        inventory="bc_inventory " + own["factor_set"],
        region=own["region"].where(own["level"] == "region", own["side"]),
    )
    bench = read_csv(data_root() / "benchmarks.csv", "benchmarks")
    columns = ["inventory", "region", "year", "emission_kt"]
    return pd.concat([own[columns], bench.loc[bench["sector"] == "*", columns]], ignore_index=True)


def _saved(release: Release, uptake: dict[str, float], factor_set: str, draws: int) -> pd.DataFrame:
    """Return the share that measures save together, of each side and region, with intervals."""
    import pandas as pd

    from bc_inventory.analysis.mitigation.measures import joint_saving, joint_share, read_measures
    from bc_inventory.analysis.mitigation.scenario import drawn_scene
    from bc_inventory.reference.paths import data_root
    from bc_inventory.schema import read_csv

    year = int(release.table("totals")["year"].max())
    rows = release.emissions(None, None, year, factor_set=factor_set)
    regions = read_csv(data_root() / "regions.csv", "regions")
    scene = drawn_scene(rows, read_measures(), uptake, regions, draws=draws)
    return pd.concat(
        [joint_share(joint_saving(scene, by=by), rows, by=by) for by in ("side", "region")],
        ignore_index=True,
    )


def _standing(made: pd.DataFrame) -> str:
    lines = [f"{'target':24}{'scope':8}{'inventory':28}{'year':>6}{'change':>9}{'due':>18}  status"]
    for row in made.itertuples():
        if row.status == "no base year":
            continue
        due = f"{row.due_lower:+.1%} to {row.due_upper:+.1%}"
        lines.append(
            f"{row.target_id:24}{row.region:8}{row.inventory:28}{row.year:>6}{row.change:>+9.1%}"
            f"{due:>18}  {row.status}, {row.to_go_kt:+,.1f} kt to go"
        )
    without = sorted(set(made.loc[made["status"] == "no base year", "inventory"]))
    if without:
        lines.append(f"without the base year: {', '.join(without)}")
    return "\n".join(lines)


def _gaps(made: pd.DataFrame) -> str:
    lines = ["", "emission gap, kt: as it stands, and with the measures (95 % interval)"]
    for row in made.itertuples():
        lines.append(
            f"  {row.target_id} {row.scope} {row.inventory} {row.year}: {row.gap_kt:+,.1f} -> "
            f"{row.gap_after_kt:+,.1f} ({row.gap_after_lower_kt:+,.1f} to "
            f"{row.gap_after_upper_kt:+,.1f}); allowed in {row.target_year} {row.allowed_kt:,.1f}"
        )
    return "\n".join(lines)
