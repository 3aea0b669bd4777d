"""Write a gridded emission file in the layout of a name."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import __version__
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.spatial.atomic_files import atomic_file
from bc_inventory.spatial.exports.models import MODELS, write_model
from bc_inventory.spatial.netcdf import ledger_of

__all__ = ["LAYOUTS", "write_layout"]

LAYOUTS = ("cf", *MODELS, "input4mips", "geotiff", "geoparquet")


def write_layout(path: Path, target: Path, layout: str, year: int) -> list[Path]:
    """Write a file of `write_grid` for those who take another layout.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.
    target : Path
        Where it shall be.
    layout : str
        A name of `LAYOUTS`; `cf` copies the file and its ledger.
    year : int
        Calendar year.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    DataError
        If there is no such layout, or the file doesn't suit it.
    """
    if layout in MODELS:
        return [write_model(path, target, layout)]
    if layout == "cf":
        written = [target, ledger_of(target)]
        for source, copy in zip((path, ledger_of(path)), written, strict=True):
            with atomic_file(copy) as part:
                source.replace(part)
        return written
    if layout == "input4mips":
        from bc_inventory.spatial.exports.input4mips import write_input4mips

        return [write_input4mips(path, target, source_id=f"bc-inventory-{__version__}")]
    if layout == "geotiff":
        from bc_inventory.spatial.exports.geo import write_geotiff

        return write_geotiff(path, target)
    if layout == "geoparquet":
        from bc_inventory.spatial.exports.geo import write_geoparquet

        return [write_geoparquet(path, target)]
    raise DataError(
        [
            Problem(
                f"the layout {layout!r}",
                f"one of {', '.join(LAYOUTS)}",
                remedy=suggest(layout, LAYOUTS),
            )
        ]
    )
