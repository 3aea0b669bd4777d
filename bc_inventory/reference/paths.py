"""Where the facts and the configurations are.

In a checkout the embedded facts lie at the top level (`data/`, `configs/`); a wheel carries
them inside the package, so that an installed command works from any folder.

All code reads facts below `data_root()`. It is the embedded folder, unless the code runs
inside `using_root`, as the steps of a build with other facts do. The content of a root never
changes while a process runs, so what is read from it may be cached with `per_root`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import ParamSpec, TypeVar

__all__ = ["configs_root", "data_root", "embedded_root", "per_root", "using_root"]

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOT: ContextVar[Path | None] = ContextVar("root of the facts", default=None)

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def data_root() -> Path:
    """Return the folder that facts are read from: that of `using_root`, or the embedded one."""
    return _ROOT.get() or embedded_root()


def embedded_root() -> Path:
    """Return the folder of the facts that ship with the project."""
    return _below(_PACKAGE, "data")


@contextlib.contextmanager
def using_root(root: Path | None) -> Iterator[None]:
    """Read facts from another folder inside the `with` statement.

    Parameters
    ----------
    root : Path or None
        A folder with every table (see `bc_inventory.reference.overlay`); None for the
        embedded one. A thread that is started inside doesn't inherit it, unless it runs in a
        copy of the context (`contextvars.copy_context`).
    """
    token = _ROOT.set(root)
    try:
        yield
    finally:
        _ROOT.reset(token)


def per_root(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Cache what a function makes of its arguments, apart for each root it reads facts from.

    Parameters
    ----------
    function : callable
        Its arguments can be hashed. What it returns is shared and mustn't be changed.
    """

    def of_root(_root: Path, *given: _Given.args, **named: _Given.kwargs) -> _Result:
        return function(*given, **named)

    cached: Callable[..., _Result] = functools.cache(of_root)

    @functools.wraps(function)
    def of_current(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        return cached(data_root(), *given, **named)

    return of_current


def configs_root() -> Path:
    """Return the folder of the configurations that ship with the project."""
    return _below(_PACKAGE, "configs")


@functools.cache
def _below(package: Path, name: str) -> Path:
    folders = (package / f"_{name}", package.parent / name)
    for folder in folders:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"none of {', '.join(map(str, folders))} exists: the installation is broken"
    )
