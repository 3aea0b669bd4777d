"""`bc-inventory query`: ask a release anything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import release_options, selection_options

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["query"]


@click.command()
@click.argument("sql", required=False)
@selection_options
@click.option(
    "--factor-set",
    default="harmonised",
    show_default=True,
    type=click.Choice(["harmonised", "official"]),
    help="Set of emission factors.",
)
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="How the answer is written.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the answer; by default standard output.",
)
@click.option("--limit", default=1_000_000, show_default=True, help="Most rows of a SQL answer.")
@release_options
def query(
    sql: str | None,
    region: tuple[str, ...],
    sector: tuple[str, ...],
    year: tuple[int, ...],
    factor_set: str,
    form: str,
    to: Path | None,
    limit: int,
    version: str,
    inventory: str | None,
    output: str,
) -> None:
    r"""Ask a release: rows of the emission table, or a SQL SELECT.

    \b
    bc-inventory query --region 河北 --sector residential
    bc-inventory query "select side, sum(emission_kt) from emissions
      where factor_set = 'harmonised' and not memo group by side"
    """
    from bc_inventory.release.opened import open_release

    release = open_release(version, inventory=inventory, root=output)
    if sql is not None:
        if region or sector or year:
            raise click.UsageError("give a SELECT, or --region, --sector and --year, not both")
        answer = release.sql(sql, limit=limit)
    else:
        answer = release.emissions(
            list(region) or None, list(sector) or None, list(year) or None, factor_set=factor_set
        )
    write(answer, form, to)


def write(answer: pd.DataFrame, form: str, to: Path | None) -> None:
    """Write an answer to a file or to standard output.

    Parameters
    ----------
    answer : pandas.DataFrame
        Rows.
    form : {"table", "csv", "json", "parquet"}
        How.
    to : Path or None
        File; Parquet needs one.
    """
    if form == "parquet":
        if to is None:
            raise click.UsageError("Parquet goes to a file: give --to FILE")
        answer.to_parquet(to, index=False)
        return
    if form == "csv":
        text = answer.to_csv(index=False, lineterminator="\n")
    elif form == "json":
        text = answer.to_json(orient="records", force_ascii=False, date_format="iso") + "\n"
    else:
        text = answer.to_string(index=False, max_rows=200) + "\n"
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
