"""`bc-inventory prune`: remove old versions that nothing cites, and old results of steps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import release_options

if TYPE_CHECKING:
    from bc_inventory.release.store.retention import Fate

__all__ = ["prune"]

_DAY = 86_400.0
_MB = 1_000_000


@click.command()
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="So many of the newest versions stay, whatever their age.",
)
@click.option(
    "--older-than",
    type=click.FloatRange(0),
    default=365,
    show_default=True,
    help="Versions published within so many days stay.",
)
@click.option(
    "--cache-older-than",
    type=click.FloatRange(0),
    default=30,
    show_default=True,
    help="Results of steps that no build used within so many days go.",
)
@click.option(
    "--cache-larger-than",
    type=click.IntRange(0),
    help="Megabytes: the least recently used results go until the rest is no larger.",
)
@click.option("--delete", is_flag=True, help="Remove; by default only what would go is listed.")
@release_options
def prune(
    *,
    keep: int,
    older_than: float,
    cache_older_than: float,
    cache_larger_than: int | None,
    delete: bool,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Remove old versions that nothing cites, and results of steps that are no longer used.

    `latest`, cited versions (see `bc-inventory cite`), the newest and the young stay.
    Removing results changes no byte of a later build; it only takes longer.
    """
    from bc_inventory.release.read.release import choose_inventory
    from bc_inventory.release.store.retention import fates, prune_versions
    from bc_inventory.release.store.stores import open_store
    from bc_inventory.storage.prune import choose, remove_results, stored_results
    from bc_inventory.workflow.run import results_of

    store = open_store(releases)
    name = choose_inventory(store, inventory)
    young = older_than * _DAY
    details = fates(store, name, keep=keep, older_than=young)
    for fate in details:
        click.echo(_line(fate))
    cache = results_of(releases)
    limit = None if cache_larger_than is None else cache_larger_than * _MB
    old = cache_older_than * _DAY
    if delete:
        gone = prune_versions(store, name, keep=keep, older_than=young)
        results = remove_results(cache, older_than=old, larger_than=limit)
    else:
        gone = [fate for fate in details if fate.goes]
        results = choose(stored_results(cache), older_than=old, larger_than=limit)
    size = sum(item.size for item in results) / _MB
    done = "Removed" if delete else "Would remove"
    click.echo(
        f"{done} {len(gone)} of {len(details)} versions of {name}, and {len(results)} results of "
        f"steps ({size:.1f} MB)" + ("" if delete else "; --delete removes them")
    )


def _line(fate: Fate) -> str:
    day = dt.datetime.fromtimestamp(fate.published, dt.UTC).date()
    return f"  {fate.version:<24} {day}  {'goes' if fate.goes else f'stays: {fate.why}'}"
