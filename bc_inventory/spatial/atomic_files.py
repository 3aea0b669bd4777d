"""NetCDF files that are whole or absent."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bc_inventory.errors import BCInventoryError

__all__ = ["atomic_file", "atomic_netcdf", "scratch"]

_READABLE = 0o644
_MIB = 2**20


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a name next to a file's place to write to, and move it there in the end.

    Parameters
    ----------
    path : Path
        Where the file shall be; its folder is made.

    Yields
    ------
    Path
        A file in the same folder, gone if the block fails.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = f".{path.stem}-"
        handle, name = tempfile.mkstemp(prefix=name, suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise BCInventoryError(f"can't write into {path.parent}: {error.strerror}") from error
    part = Path(name)
    try:
        yield part
        part.chmod(_READABLE)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Give a name next to a file's place that is gone in the end.

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
def atomic_netcdf(path: Path) -> Iterator[Any]:
    """Open a NetCDF file for writing that appears only when it is whole.

    Parameters
    ----------
    path : Path
        Where the file shall be.

    Yields
    ------
    netCDF4.Dataset

    Raises
    ------
    BCInventoryError
        If the folder can't be written to, or the disk is full.
    """
    import netCDF4

    with atomic_file(path) as part:
        try:
            with netCDF4.Dataset(part, "w", format="NETCDF4") as file:
                yield file
        except RuntimeError as error:
            # The library says no more than "HDF error", whatever the system told it.
            if "HDF error" not in str(error):
                raise
            free = shutil.disk_usage(path.parent).free
            raise BCInventoryError(
                f"can't write {path}: {error}; {free / _MIB:.1f} MiB are free on that disk"
            ) from error
