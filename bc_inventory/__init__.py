"""Harmonised black carbon inventories and monitoring for the EU and China."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "open_release"]

# Where a public name lives; imported when it is used, so that importing the package is
# cheap. No step of a build uses these names, so its code doesn't include their modules.
COMPUTED_IMPORTS = ()
_LAZY = {"open_release": "bc_inventory.release.read.release"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_LAZY[name]), name)
