"""`bc-inventory decompose`: why two parts of the inventory differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bc_inventory.commands.options import release_options, use_facts_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["decompose"]

_KEYS = ("side", "region", "year", "set", "release")
_SHOWN = 8


@click.command()
@click.argument("base", metavar="BASE")
@click.argument("other", metavar="OTHER")
@click.option(
    "--by",
    help="Columns to compare within, such as region,nfr; by default the category, and the "
    "region too where both have the same regions.",
)
@click.option(
    "--method",
    type=click.Choice(["lmdi", "shapley"]),
    default="lmdi",
    show_default=True,
    help="Exact method that splits the difference.",
)
@click.option(
    "--draws", default=500, show_default=True, type=click.IntRange(0), help="Monte Carlo draws."
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for every part."
)
@release_options
def decompose(
    base: str,
    other: str,
    by: str | None,
    method: Any,
    draws: int,
    to: Path | None,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Take the difference OTHER - BASE apart, along the chain that makes an emission.

    Heads are activity, fuel mix, technology mix, emission factor, abatement, coverage (what
    one side lacks) and combined (what can't be told apart); they add up to the difference.

    Each is said as KEY=VALUE, joined by commas; keys are side, region, year, set
    (harmonised, official) and release (a version, or latest).

    \b
    bc-inventory decompose side=EU side=CN
    bc-inventory decompose side=CN,year=2015 side=CN,year=2018
    bc-inventory decompose side=EU,set=harmonised side=EU,set=official --to parts.csv
    """
    from bc_inventory.analysis.decomposition.decompose import drawn_parts

    tables = [_table(_selector(text), inventory, releases) for text in (base, other)]
    same = set(tables[0]["region"]) == set(tables[1]["region"])
    within = tuple(by.split(",")) if by else ("region", "nfr") if same else ("nfr",)
    unknown = [name for name in within if name not in tables[0].columns]
    if unknown:
        raise click.BadParameter(f"no column {unknown[0]!r} in the emission table", param_hint="by")
    parts = drawn_parts(*tables, by=within, method=method, draws=draws, seed=0)
    ends = [_total(table) for table in tables]
    click.echo(f"{base}: {ends[0]:,.2f} kt")
    heads = parts.table(())
    for row in heads[heads["part_kt"] != 0].itertuples():
        reach = f"  ({row.lower_kt:+,.2f} to {row.upper_kt:+,.2f})" if draws else ""
        click.echo(f"  {row.head:<16}{row.part_kt:+12,.2f}{reach}")
    click.echo(f"{other}: {ends[1]:,.2f} kt")
    cells = parts.table()
    largest = cells.reindex(cells["part_kt"].abs().sort_values(ascending=False).index)
    click.echo("largest parts, kt:")
    for row in largest.head(_SHOWN).to_dict("records"):
        place = " ".join(str(row[name]) for name in within)
        click.echo(f"  {place} {row['head']} {row['part_kt']:+,.2f}")
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(cells, to)}")


def _total(table: pd.DataFrame) -> float:
    return float(table.loc[~table["memo"].astype(bool), "emission_kt"].sum())


def _selector(text: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for part in text.split(","):
        key, mark, value = part.partition("=")
        key = key.strip()
        if not mark or not value or key not in _KEYS or key in made:
            raise click.BadParameter(
                f"{part!r}; expected KEY=VALUE once each, with one of {', '.join(_KEYS)}",
                param_hint=text,
            )
        made[key] = value.strip()
    return made


def _table(chosen: dict[str, str], inventory: str | None, releases: str) -> pd.DataFrame:
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.release.read.release import open_release

    release = open_release(chosen.get("release", "latest"), inventory=inventory, root=releases)
    use_facts_of(release)
    years = sorted({int(year) for year in release.table("totals")["year"].unique()})
    text = chosen.get("year", str(years[-1]))
    if not text.isdigit() or int(text) not in years:
        raise DataError(
            [
                Problem(
                    found=f"the year {text}",
                    expected=f"one of {', '.join(map(str, years))}",
                    remedy="Build a release of that year (years under [inventory]).",
                )
            ]
        )
    place = chosen.get("region", chosen.get("side"))
    factor_set = chosen.get("set", "harmonised")
    rows = release.emissions(place, None, int(text), factor_set=factor_set, memo=None)
    if rows.empty:
        raise DataError(
            [Problem(f"no rows for {place or 'any region'}, {factor_set}", "a part of the release")]
        )
    return rows
