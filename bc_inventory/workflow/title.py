"""What a build calls itself: its configuration's title, or the name of its regions."""

from __future__ import annotations

from bc_inventory.config import Inventory
from bc_inventory.errors import DataError
from bc_inventory.reference import codelists
from bc_inventory.reference.domains import Name, domains
from bc_inventory.reference.naming import name_of

__all__ = ["title_of"]


def title_of(inventory: Inventory) -> Name:
    """Return the title of an inventory in both languages.

    Parameters
    ----------
    inventory : Inventory
        A title that it states wins over the name of its regions.

    Returns
    -------
    Name

    Examples
    --------
    >>> title_of(Inventory(regions=("PL",))).en
    'Black carbon inventory of Poland'
    """
    regions: set[str] = set()
    for name in inventory.regions or domains():
        try:
            regions.update(codelists.members(name))
        except DataError:
            regions.add(name)  # the step that chooses regions refuses it with its remedy
    result = name_of(regions)
    return Name(
        inventory.title or f"Black carbon inventory of {result.en}",
        inventory.title_zh or f"{result.zh}黑碳清单",
    )
