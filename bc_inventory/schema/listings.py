"""Values of columns that a table of facts lists and no contract does.

A contract names such a listing; its values are read when a frame is checked and never when
a module is imported, since another root of facts lists others. Their reader stands in a room
above contracts and is imported by its name.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

__all__ = ["listed"]

COMPUTED_IMPORTS = ("bc_inventory.reference.domains",)
_READERS = {"domains.domain": ("bc_inventory.reference.domains", "codes")}


def listed(listing: str) -> tuple[str, ...]:
    """Return the values of a listing in the current facts, in their order.

    Parameters
    ----------
    listing : str
        `table.column`.

    Raises
    ------
    KeyError
        If no reader of it is known.

    Examples
    --------
    >>> listed("domains.domain")
    ('EU', 'CN')
    """
    return _reader(listing)()


@functools.cache
def _reader(listing: str) -> Callable[[], tuple[str, ...]]:
    module, name = _READERS[listing]
    reader: Callable[[], tuple[str, ...]] = getattr(importlib.import_module(module), name)
    return reader
