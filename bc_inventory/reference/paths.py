"""Where the embedded facts and the configurations are.

In a checkout they lie at the top level (`data/`, `configs/`); a wheel carries
them inside the package, so that an installed command works from any folder.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["configs_root", "data_root"]

_PACKAGE = Path(__file__).resolve().parents[1]


def data_root() -> Path:
    """Return the folder of the embedded facts."""
    return _first(_PACKAGE / "_data", _PACKAGE.parent / "data")


def configs_root() -> Path:
    """Return the folder of the configurations that ship with the project."""
    return _first(_PACKAGE / "_configs", _PACKAGE.parent / "configs")


def _first(*folders: Path) -> Path:
    for folder in folders:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"none of {', '.join(map(str, folders))} exists: the installation is broken"
    )
