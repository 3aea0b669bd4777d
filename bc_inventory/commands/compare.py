"""`bc-inventory compare`: put a release beside other inventories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import release_options

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare"]

_DRAWS = 1_000
_SHOWN = 5


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--year", type=int, help="Calendar year; by default the release's last.")
@click.option(
    "--side", type=click.Choice(["EU", "CN"]), help="Compare one side only; by default both."
)
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
    "--release", "version", default="latest", show_default=True, help="A version, or latest."
)
@release_options
def compare(
    files: tuple[Path, ...],
    year: int | None,
    side: str | None,
    to: Path | None,
    fill_from: Path | None,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Compare a release with publishers' FILES on common sectors and regions.

    Without FILES the totals that ship with the project are compared with.

    \b
    bc-inventory compare EMEP_NFR14_LEVEL1_BC.txt --side EU --year 2018
    bc-inventory compare EMEP_NFR14_LEVEL1_BC.txt --fill-from EMEP_NFR14_LEVEL1_PM25.txt
    bc-inventory compare reas/*.txt --side CN --year 2015 --to compare.xlsx
    """
    from bc_inventory.analysis.align import align
    from bc_inventory.analysis.comparability import read_definitions
    from bc_inventory.analysis.limits import review_limits
    from bc_inventory.analysis.sidebyside import side_by_side
    from bc_inventory.release.opened import open_release

    release = open_release(version, inventory=inventory, root=releases)
    chosen = year or int(release.table("totals")["year"].max())
    own = {
        f"bc_inventory {name}": release.emissions(side, None, chosen, factor_set=name, memo=None)
        for name in ("harmonised", "official")
        if name in set(release.table("totals")["factor_set"])
    }
    published, gnfr_of = _published(files, fill_from, chosen, side)
    aligned = align(own, published, gnfr_of, draws=_DRAWS, seed=0)
    made = side_by_side(aligned, review_limits(), read_definitions())
    click.echo(_summary(made, chosen))
    if to is not None:
        from bc_inventory.report.exports import Sheet, write_workbook

        units = dict.fromkeys(
            (
                "base_kt other_kt difference_kt total_kt joint_kt left_out_kt part_kt lowest_kt "
                "median_kt highest_kt pooled_kt pooled_lower_kt pooled_upper_kt emission_kt"
            ).split(),
            "kt",
        )
        sheets = [Sheet(name, frame, units=units) for name, frame in made.items()]
        title = f"Comparison of {release.inventory} {release.version}, {chosen}"
        click.echo(f"Written: {write_workbook(sheets, to, title=title)}")


def _published(
    files: tuple[Path, ...], fill_from: Path | None, year: int, side: str | None
) -> tuple[pd.DataFrame, dict[str, str]]:
    import pandas as pd

    from bc_inventory.analysis.align import benchmark_rows, published_rows
    from bc_inventory.embedded import data_root
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.readers import read_any
    from bc_inventory.readers.gapfill import fill_silent
    from bc_inventory.schema import read_csv

    data = data_root()
    sectors = read_csv(data / "sectors.csv", "sectors")
    regions = read_csv(data / "regions.csv", "regions")
    crosswalk = read_csv(data / "crosswalk" / "sectors.csv", "sector_crosswalk")
    if files:
        read = [read_any(file, kind="inventory").frame for file in files]
        frame = pd.concat(read, ignore_index=True)
        if fill_from is not None:
            frame = fill_silent(frame, read_any(fill_from, kind="inventory").frame)
        rows = published_rows(frame, crosswalk)
    else:
        rows = benchmark_rows(read_csv(data / "benchmarks.csv", "benchmarks"), crosswalk)
    sides = [side] if side else ["EU", "CN"]
    members = regions.loc[regions["side"].isin(sides), "region"]
    have = sorted(rows.loc[rows["region"].isin(members), "year"].unique())
    kept = rows[rows["region"].isin(members) & (rows["year"] == year)]
    if kept.empty:
        raise DataError(
            [
                Problem(
                    found=f"no figure of {year} for {' and '.join(sides)} elsewhere",
                    expected=f"one of the years {', '.join(map(str, have)) or '(none)'}",
                    remedy="Choose --year, or name files that have it.",
                )
            ]
        )
    return kept, dict(zip(sectors["nfr"], sectors["gnfr"], strict=True))


def _summary(made: dict[str, pd.DataFrame], year: int) -> str:
    """Return what a reader wants first of each pair."""
    lines = []
    left = made["left_out"].set_index(["base", "other", "inventory"])["left_out_share"]
    for row in made["agreement"].itertuples():
        cells = made["cells"]
        cells = cells[(cells["base"] == row.base) & (cells["other"] == row.other)]
        tested = cells["significant"].notna()
        shares = ", ".join(
            f"{name} {left[row.base, row.other, name]:.1%}" for name in (row.base, row.other)
        )
        lines += [
            f"\n{row.base} -> {row.other}, {year}: {row.base_kt:,.1f} -> {row.other_kt:,.1f} kt "
            f"(x {row.ratio:.2f}) on the joint scope",
            f"  left out: {shares}",
            f"  ranks of {row.n:.0f} regions: Spearman {row.spearman:.2f}, "
            f"Kendall {row.kendall:.2f}; sector shares differ by {row.share_distance:.1%}",
            f"  significant differences: {int(cells['significant'].sum())} of {int(tested.sum())} "
            f"cells with intervals in both",
            "  largest differences, kt: "
            + "; ".join(
                f"{cell.region} {cell.sector} {cell.difference_kt:+.2f}"
                for cell in cells.reindex(
                    cells["difference_kt"].abs().sort_values(ascending=False).index
                )
                .head(_SHOWN)
                .itertuples()
            ),
        ]
    return "\n".join(lines)
