"""Ingest measurements with the readers of this project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bc_inventory.analysis.observations.compared import region_of
from bc_inventory.errors import DataError, Problem
from bc_inventory.monitoring.record.ingest import IngestReport, ingest
from bc_inventory.monitoring.record.settings import load_settings
from bc_inventory.monitoring.record.state import Entry
from bc_inventory.readers.registry import detect, find_format, read_any
from bc_inventory.reference.domains import domain_of, domains
from bc_inventory.reference.paths import data_root
from bc_inventory.schema.series import Log, Record
from bc_inventory.storage.hashing import code_of, content_of, sha256_json

__all__ = ["country_of", "ingest_folder", "read_station", "reader_key"]


def ingest_folder(
    folder: Path, store: Path, settings: Path, *, progress: Callable[[Entry], None] | None = None
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
    return ingest(
        folder,
        store,
        load_settings(settings),
        read=read_station,
        reader_key=reader_key(),
        country_of=country_of,
        progress=progress,
    )


def read_station(path: Path, format_name: str | None, options: dict[str, Any]) -> Record | Log:
    """Read a station file with the register of formats.

    Options of a raw log belong to the chain that follows, so its reader gets none.

    Raises
    ------
    DataError
        If the file isn't a station's series or log.
    """
    result = find_format(format_name) if format_name else detect(path, kind="station")
    data = read_any(path, result.name, **({} if result.contract == "log" else options)).data
    if not isinstance(data, Record | Log):
        raise DataError(
            [Problem("a table that isn't black carbon", "a station's series", path.name)]
        )
    return data


def country_of(latitude: float, longitude: float) -> str | None:
    """Return the country a place of the inventory is in, None outside it.

    Parameters
    ----------
    latitude, longitude : float
        Degrees.
    """
    region = region_of(latitude, longitude)
    domain = None if region is None else domain_of(region)
    return region if domain is None else domains()[domain].country or region


def reader_key() -> str:
    """Return the digest of the reading code and of the cells that tell a country."""
    code = code_of(read_any)
    cells = content_of(data_root() / "spatial" / "cells_010.parquet")
    return sha256_json([code.sha256, list(map(list, code.libraries)), cells.sha256])
