"""`bc-inventory monitor`: take a folder of measurements into the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bc_inventory.monitoring.record.state import Entry

__all__ = ["fetch_list", "monitor"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    help="TOML: coverage rule, excluded quality flags, and what the files don't say.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("monitoring"),
    show_default=True,
    help="Folder of the record.",
)
@click.option(
    "--fetch",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="List of addresses (EBAS THREDDS, EEA, OpenAQ archive) fetched into FOLDER first.",
)
@click.option("--offline", is_flag=True, help="Fetch from the cache only.")
def monitor(folder: Path, settings: Path, store: Path, fetch: Path | None, offline: bool) -> None:
    """Take new and changed files of FOLDER into the record of measurements."""
    if fetch is not None:
        for reason in fetch_list(fetch, folder, offline=offline):
            click.echo(f"not fetched: {reason}")

    def show(entry: Entry) -> None:
        click.echo(f"  {entry.status:<10} {entry.name}", err=True)
        for remark in entry.remarks:
            click.echo(f"             {remark}", err=True)

    from bc_inventory.workflow.measurements import ingest_folder

    report = ingest_folder(folder, store, settings, progress=show)
    for entry in (*report.skipped, *report.identical):
        click.echo(f"{entry.status}: {entry.name}: {entry.reason}")
    for first, second, length in report.copies:
        click.echo(f"marked: {first} and {second} share a run of {length} values")
    click.echo(
        f"{len(report.read)} files read, {len(report.included)} in the record, "
        f"{len(report.skipped)} skipped, {report.recomputed} years of series computed"
    )
    click.echo(f"Record: {report.path}")


def fetch_list(addresses: Path, folder: Path, *, offline: bool) -> list[str]:
    """Fetch the files of a list into a folder; return what couldn't be had, with reasons.

    Parameters
    ----------
    addresses : Path
        See `bc_inventory.monitoring.record.services.read_addresses`.
    folder : Path
        Folder of the ingest.
    offline : bool
        Never use the network.
    """
    from bc_inventory.monitoring.record.services import fetch_into, items_of, read_addresses
    from bc_inventory.reference.catalogue import Cache, default_cache_root

    cache = Cache(default_cache_root(), offline=offline)
    _, failed = fetch_into(folder, items_of(read_addresses(addresses)), cache)
    return failed
