"""How a command reads what a release has, and says that it answers with something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.built_with import BuiltWith
    from bc_inventory.release.read.release import Release

__all__ = ["computed_now", "derived"]


def derived(release: Release, name: str) -> pd.DataFrame | None:
    """Return a derived table of a release, None if it was built before there was one."""
    return release.table(name) if name in release.tables else None


def computed_now(what: str, built: BuiltWith | None = None) -> str:
    """Return the line above an answer that the release doesn't hold.

    Parameters
    ----------
    what : str
        What it was computed with.
    built : BuiltWith, optional
        Whose draws and seed were used.
    """
    drawn = f", {built.draws:,} draws and seed {built.seed}" if built is not None else ""
    return f"Computed now with {what}{drawn}; not part of the release."
