"""What a release was built with, and how a command says that it answers with something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.release import Release

__all__ = ["BuiltWith", "built_with", "computed_now", "derived"]


@dataclass(frozen=True)
class BuiltWith:
    """Parameters of the derived tables of a release."""

    year: int
    factor_set: str
    draws: int
    seed: int


def built_with(release: Release) -> BuiltWith:
    """Return the parameters that the derived tables of a release were made with."""
    known = release.manifest["configuration"]
    return BuiltWith(
        int(known["inventory"]["base_year"]),
        str(known["grid"]["factor_set"]),
        int(known["uncertainty"]["draws"]),
        int(known["uncertainty"]["seed"]),
    )


def derived(release: Release, name: str) -> pd.DataFrame | None:
    """Return a derived table of a release, None if it was built before there was one."""
    return release.table(name) if name in release.tables else None


def computed_now(what: str, built: BuiltWith | None = None) -> str:
    """Return the line that stands over an answer that the release doesn't hold.

    Parameters
    ----------
    what : str
        What it was computed with.
    built : BuiltWith, optional
        Whose draws and seed were used.
    """
    drawn = f", {built.draws:,} draws and seed {built.seed}" if built is not None else ""
    return f"Computed now with {what}{drawn}; not part of the release."
