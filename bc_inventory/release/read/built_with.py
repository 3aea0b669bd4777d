"""What a release was built with, as its derived tables were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bc_inventory.release.read.release import Release

__all__ = ["BuiltWith", "built_with"]


@dataclass(frozen=True)
class BuiltWith:
    """Parameters of the derived tables of a release."""

    year: int
    factor_set: str
    draws: int
    seed: int


def built_with(release: Release) -> BuiltWith:
    """Return the parameters that the derived tables of a release were computed with."""
    known = release.manifest["configuration"]
    return BuiltWith(
        int(known["inventory"]["base_year"]),
        str(known["grid"]["factor_set"]),
        int(known["uncertainty"]["draws"]),
        int(known["uncertainty"]["seed"]),
    )
