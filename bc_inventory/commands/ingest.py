"""`bc-inventory ingest`: read publishers' files and say what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bc_inventory.commands.options import answer_option, answers_of

if TYPE_CHECKING:
    from bc_inventory.readers.result import Reading

__all__ = ["ingest"]


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "format_name", help="Name of the format, where it isn't to be found.")
@click.option("--species", help="Pollutant to read, where the format takes it.")
@click.option("--version", help="Edition of the file, where the file doesn't say it.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which to write each table as Parquet (a dataset as NetCDF).",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON, one object a file.")
@answer_option
@click.option("--formats", "list_formats", is_flag=True, help="List the formats and stop.")
def ingest(
    files: tuple[Path, ...],
    format_name: str | None,
    species: str | None,
    version: str | None,
    output: Path | None,
    as_json: bool,
    answers: tuple[str, ...],
    list_formats: bool,
) -> None:
    """Find the reader of each FILE, read it and report rows, years, regions and keys.

    A file that can't be read doesn't keep the others from being read; the exit code tells.
    Files of the same bytes under two names are reported.
    """
    import json

    from bc_inventory.errors import BCInventoryError
    from bc_inventory.readers.registry import formats, read_any

    if list_formats:
        for registered in formats().values():
            click.echo(f"{registered.name:<20} {registered.kind:<10} {registered.title}")
        return
    if not files:
        raise click.UsageError("Name at least one FILE, or ask for --formats.")
    given = {"species": species, "version": version}
    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    options |= answers_of(answers)
    wrong = 0
    seen: dict[str, Path] = {}
    for file in files:
        try:
            result = read_any(file, format_name, **options)
            written = None if output is None else _write(result, file, output)
        except BCInventoryError as error:
            wrong += 1
            click.echo(f"error: {error}", err=True)
            continue
        report = result.report
        click.echo(json.dumps(report.as_dict()) if as_json else report.as_text())
        if written and not as_json:
            click.echo(f"  written        {written}")
        first = seen.setdefault(report.sha256, file)
        if first is not file:
            click.echo(f"{file} and {first} hold the same bytes (sha256 {report.sha256})", err=True)
    if wrong:
        click.echo(f"{wrong} of {len(files)} files couldn't be read", err=True)
        raise SystemExit(BCInventoryError.exit_code)


def _write(result: Reading, file: Path, folder: Path) -> Path:
    """Write what was read under the name of its file; nothing is written over."""
    import pandas as pd

    from bc_inventory.errors import SourceError
    from bc_inventory.readers.registry import find_format
    from bc_inventory.schema import write_parquet

    table = isinstance(result.data, pd.DataFrame)
    path = folder / f"{file.name}{'.parquet' if table else '.nc'}"
    if path.exists():
        raise SourceError(f"{path} exists; move it, or choose another folder")
    if table:
        contract = find_format(result.report.format).contract
        return write_parquet(
            result.frame, contract, path, metadata={"bc_inventory_read": result.report.as_dict()}
        )
    folder.mkdir(parents=True, exist_ok=True)
    result.data.to_netcdf(path)
    return path
