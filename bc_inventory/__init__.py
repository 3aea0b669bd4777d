"""Harmonised black carbon inventories and monitoring, compared domain by domain.

>>> import bc_inventory as bci
>>> bci.convert(47729.2, "tce", "TJ").round(1)
np.float64(1398.8)
"""

from typing import Any

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "build",
    "compare",
    "convert",
    "decompose",
    "estimate",
    "explain",
    "grid",
    "ingest",
    "load_config",
    "open_release",
    "read",
    "regrid",
    "totals",
]

# Where a public name lives; imported when it is used, so that importing the package is
# cheap. No step of a build uses these names, so its code doesn't include their modules.
COMPUTED_IMPORTS = ()
_LAZY = {
    "build": "workflow.run",
    "compare": "api",
    "convert": "units",
    "decompose": "analysis.decomposition.decompose",
    "estimate": "api",
    "explain": "release.explain.explain",
    "grid": "api",
    "ingest": "api",
    "load_config": "config",
    "open_release": "release.read.release",
    "read": "api",
    "regrid": "api",
    "totals": "inventory.uncertainty",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
