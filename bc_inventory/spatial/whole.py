"""NetCDF files that are whole or absent."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["scratch", "whole_file", "whole_netcdf"]

_READABLE = 0o644


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name beside a file's place to write to, and move it there in the end.

    Parameters
    ----------
    path : Path
        Where the file shall be; its folder is made.

    Yields
    ------
    Path
        A file in the same folder, gone if the block fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(_READABLE)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Give a name beside a file's place that is gone in the end.

    Parameters
    ----------
    path : Path
        File in whose folder, and so on whose disk, it lies.

    Yields
    ------
    Path
        A NetCDF file to be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".grid-", dir=path.parent) as folder:
        yield Path(folder) / "grid.nc"


@contextlib.contextmanager
def whole_netcdf(path: Path) -> Iterator[Any]:
    """Open a NetCDF file for writing that appears only when it is whole.

    Parameters
    ----------
    path : Path
        Where the file shall be.

    Yields
    ------
    netCDF4.Dataset
    """
    import netCDF4

    with whole_file(path) as part, netCDF4.Dataset(part, "w", format="NETCDF4") as file:
        yield file
