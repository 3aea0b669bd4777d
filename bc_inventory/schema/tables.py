"""The register of all contracts."""

from __future__ import annotations

from bc_inventory.errors import suggest
from bc_inventory.schema import (
    activity,
    analysis,
    compare,
    comparison,
    factors,
    facts,
    hotspots,
    impacts,
    inventory,
    observations,
    proxy_shares,
    readers,
    review,
    spatial,
    splits,
    temporal,
)
from bc_inventory.schema.contract import Table

__all__ = ["TABLES", "table"]

TABLES: dict[str, Table] = {
    contract.name: contract
    for module in (
        activity,
        analysis,
        compare,
        comparison,
        factors,
        facts,
        hotspots,
        impacts,
        inventory,
        observations,
        proxy_shares,
        readers,
        review,
        spatial,
        splits,
        temporal,
    )
    for contract in module.TABLES
}


def table(name: str) -> Table:
    """Return the contract of that name.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest.
    """
    if name not in TABLES:
        raise KeyError(f"no contract {name!r}. {suggest(name, TABLES) or ''}".strip())
    return TABLES[name]
