"""`bc-inventory query`: rows of a release, as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import release_options, selection_options

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.release import Release

__all__ = ["query"]

# What fits a terminal; the other formats have all columns.
_BRIEF = {
    "totals": [
        *("year", "side", "region", "gnfr", "nfr", "emission_kt", "lower_kt", "upper_kt"),
        "completeness",
    ],
    "emissions": [
        "year",
        "region",
        "nfr",
        "fuel",
        "technology",
        "emission_kt",
        "lower_kt",
        "upper_kt",
        "notation_key",
    ],
    "hotspots": ["year", "side", "kind", "rank", "region", "place", "emission_kt", "share_of_side"],
}


@click.command()
@click.option(
    "--table",
    default="totals",
    show_default=True,
    help="totals, emissions, hotspots, observations, or another table of the release.",
)
@selection_options
@click.option("--sql", help="Answer this SELECT instead; views are named after the tables.")
@click.option("--version", default="latest", show_default=True, help="Version of the release.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@release_options
def query(
    table: str,
    regions: tuple[str, ...],
    sectors: tuple[str, ...],
    years: tuple[int, ...],
    factor_set: str,
    sql: str | None,
    version: str,
    kind: str,
    out: Path | None,
    inventory: str | None,
    releases: str,
) -> None:
    """Ask a release.

    Totals come with the interval of their own draw: a side, a region, a
    sector or a GNFR aggregate each has one. Without --region both sides are
    shown, without --sector the total of all.
    """
    from bc_inventory.errors import ConfigError, Problem
    from bc_inventory.release.read.release import open_release

    if kind == "parquet" and out is None:
        raise ConfigError([Problem("--format parquet", "--out with it, a file to write")])
    release = open_release(version, inventory=inventory, root=releases)
    if sql is not None:
        frame = release.sql(sql)
    else:
        request = (list(regions) or None, list(sectors) or None, list(years) or None)
        frame = _rows(release, table, request, factor_set)
    _write(frame, kind, out, _BRIEF.get(table) if sql is None else None)


def _rows(
    release: Release,
    table: str,
    requested: tuple[list[str] | None, list[str] | None, list[int] | None],
    factor_set: str,
) -> pd.DataFrame:
    from bc_inventory.errors import ConfigError, Problem

    if table == "totals":
        return release.totals(*requested, factor_set=factor_set)
    if table == "emissions":
        return release.emissions(*requested, factor_set=factor_set)
    if any(requested):
        raise ConfigError(
            [
                Problem(
                    f"--region, --sector or --year with --table {table}",
                    "them with totals or emissions",
                    remedy="Use --sql for conditions on another table.",
                )
            ]
        )
    return release.hotspots() if table == "hotspots" else release.table(table)


def _write(frame: pd.DataFrame, kind: str, out: Path | None, brief: list[str] | None) -> None:
    from bc_inventory.release.read.tables import records

    if kind == "parquet" and out is not None:
        frame.to_parquet(out, index=False)
        return
    if kind == "csv":
        from bc_inventory.release.sanitize import as_text

        text = as_text(frame).to_csv(index=False, lineterminator="\n")
    elif kind == "json":
        text = json.dumps(records(frame), ensure_ascii=False, allow_nan=False) + "\n"
    else:
        shown = frame if brief is None else frame[[name for name in brief if name in frame]]
        text = shown.to_string(index=False, float_format="{:.6g}".format, na_rep="") + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
