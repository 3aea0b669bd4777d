"""`bc-inventory monitor`: take a folder of measurements into the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bc_inventory.monitoring.record.ingest import IngestReport
    from bc_inventory.monitoring.record.state import Entry
    from bc_inventory.schema.series import Log, Record

__all__ = ["fetch_list", "ingest_folder", "monitor"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    help="TOML: coverage rule, excluded marks, and what the files don't say.",
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

    def tell(entry: Entry) -> None:
        click.echo(f"  {entry.status:<10} {entry.name}", err=True)
        for remark in entry.remarks:
            click.echo(f"             {remark}", err=True)

    report = ingest_folder(folder, store, settings, progress=tell)
    for entry in (*report.set_aside, *report.identical):
        click.echo(f"{entry.status}: {entry.name}: {entry.reason}")
    for first, second, length in report.copies:
        click.echo(f"marked: {first} and {second} share a run of {length} values")
    click.echo(
        f"{len(report.read)} files read, {len(report.taken)} in the record, "
        f"{len(report.set_aside)} set aside, {report.recomputed} years of series computed"
    )
    click.echo(f"Record: {report.path}")


def ingest_folder(
    folder: Path, store: Path, settings: Path, *, progress: object = None
) -> IngestReport:
    """Ingest a folder with the readers of this project.

    Parameters
    ----------
    folder, store : Path
        Files, and the record.
    settings : Path
        TOML file; see `bc_inventory.monitoring.record.settings`.
    progress : callable, optional
        Called with each file read.

    Returns
    -------
    IngestReport
        What was done.
    """
    from bc_inventory.monitoring.record.ingest import ingest
    from bc_inventory.monitoring.record.settings import load_settings

    return ingest(
        folder,
        store,
        load_settings(settings),
        read=read_station,
        reader_key=reader_key(),
        country_of=country_of,
        progress=progress,  # type: ignore[arg-type]
    )


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


def read_station(path: Path, format_name: str | None, options: dict[str, Any]) -> Record | Log:
    """Read a station file with the register of formats.

    Options of a raw log belong to the chain that follows, so its reader gets none.

    Raises
    ------
    DataError
        If the file isn't a station's series or log.
    """
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.readers.registry import detect, find_format, read_any
    from bc_inventory.schema.series import Log, Record

    made = find_format(format_name) if format_name else detect(path, kind="station")
    held = read_any(path, made.name, **({} if made.contract == "log" else options)).data
    if not isinstance(held, Record | Log):
        raise DataError(
            [Problem("a table that isn't black carbon", "a station's series", path.name)]
        )
    return held


def country_of(latitude: float, longitude: float) -> str | None:
    """Return the country a place of the inventory is in, None outside it.

    Parameters
    ----------
    latitude, longitude : float
        Degrees.
    """
    from bc_inventory import schema
    from bc_inventory.analysis.observations.compared import region_of
    from bc_inventory.reference.paths import data_root

    region = region_of(latitude, longitude)
    if region is None:
        return None
    table = schema.read_csv(data_root() / "regions.csv", "regions").set_index("region")
    return "CN" if table.loc[region, "side"] == "CN" else region


def reader_key() -> str:
    """Return the digest of the reading code and of the cells that tell a country."""
    from bc_inventory.readers.registry import read_any
    from bc_inventory.reference.paths import data_root
    from bc_inventory.storage.hashing import code_of, content_of, sha256_json

    code = code_of(read_any)
    cells = content_of(data_root() / "spatial" / "cells_010.parquet")
    return sha256_json([code.sha256, list(map(list, code.libraries)), cells.sha256])
