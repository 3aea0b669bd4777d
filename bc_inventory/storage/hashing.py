"""Digests: what bytes a file holds, and what code makes a result.

A result is as old as the newest thing it depends on, so a step of a build is
known by the content of its inputs, its parameters and the code that makes it.
The code is the module of the function with every module of this package it
imports, at any depth and wherever they are. The source is read and not
run, so a module that imports by a computed name declares what that can be, in
`COMPUTED_IMPORTS`: modules, packages with all their modules, or none where no step
depends on them. Other libraries count with their version.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.machinery
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Code",
    "Content",
    "canonical_json",
    "code_of",
    "content_of",
    "sha256_file",
    "sha256_json",
]

_BLOCK = 1 << 20
# Used through other libraries without an import of our own: engines and writers.
_ALWAYS = ("numpy", "pandas", "pyarrow", "xarray", "netCDF4", "scipy")
# What imports a module whose name is computed.
_COMPUTED = ("import_module", "__import__")
# Libraries that say where a step runs, and change no byte of what it makes; they come with
# extras, and a version mustn't depend on whether one that isn't used is installed.
_WHERE_IT_RUNS = ("distributed",)
# Distributions that have another name than their module; to search all that are installed
# takes a second.
_DISTRIBUTIONS = {"PIL": "pillow", "yaml": "PyYAML"}


@dataclass(frozen=True)
class Content:
    """What a file or a folder holds.

    Parameters
    ----------
    sha256 : str
        Of the bytes; for a folder, of the list of its files and their digests.
    size : int
        Bytes in all.
    files : tuple of (str, str, int)
        For a folder: relative POSIX path, SHA-256 and size of each file.
    """

    sha256: str
    size: int
    files: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Code:
    """The code behind a function.

    Parameters
    ----------
    sha256 : str
        Of the sources of `modules`.
    modules : tuple of str
        The function's module and all it imports from its package.
    libraries : tuple of (str, str)
        Other libraries with their versions, Python among them.
    """

    sha256: str
    modules: tuple[str, ...]
    libraries: tuple[tuple[str, str], ...]


def canonical_json(value: Any) -> str:
    """Return JSON that is the same text for the same value.

    Raises
    ------
    TypeError, ValueError
        If the value isn't made of mappings, lists, text, finite numbers,
        booleans and None.
    """
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def content_of(path: Path) -> Content:
    """Return the digest of a file, or of a folder with all its files.

    Parameters
    ----------
    path : Path
        File or folder; a link inside a folder is refused, since it could
        point anywhere.

    Raises
    ------
    FileNotFoundError
        If there is nothing.
    """
    if path.is_dir():
        files = []
        for member in sorted(path.rglob("*"), key=lambda item: item.relative_to(path).as_posix()):
            if member.is_symlink():
                raise ValueError(f"{member} is a link; expected files and folders only")
            if member.is_file():
                relative = member.relative_to(path).as_posix()
                files.append((relative, sha256_file(member), member.stat().st_size))
        return Content(sha256_json(files), sum(f[2] for f in files), tuple(files))
    return Content(sha256_file(path), path.stat().st_size)


def code_of(function: Callable[..., Any]) -> Code:
    """Return the digest of a function's code.

    Parameters
    ----------
    function : callable
        Defined at the top level of a module: what a closure or a partial
        carries along can't be seen in the source.

    Raises
    ------
    ValueError
        If it is a lambda, a closure or a partial.
    """
    name = getattr(function, "__qualname__", "")
    if not name or "<" in name or getattr(function, "__closure__", None):
        raise ValueError(
            f"{function!r} can't be a step; expected a function at the top level of a module"
        )
    return _code_of_module(function.__module__)


@functools.cache
def _code_of_module(start: str) -> Code:
    """Walk the imports inside the package of `start` and this one."""
    rows = {start.partition(".")[0], __name__.partition(".")[0]}
    waiting, seen, others = [start], set[str](), set[str](_ALWAYS)
    digest = hashlib.sha256()
    sources: dict[str, str] = {}
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        source = _source(module)
        if source is None:
            continue
        sources[module] = source
        for imported in _imports(module):
            root = imported.partition(".")[0]
            if root in rows:
                parts = imported.split(".")
                waiting += [".".join(parts[: n + 1]) for n in range(len(parts))]
            elif root not in (*sys.stdlib_module_names, *_WHERE_IT_RUNS):
                others.add(root)
    for module, source in sorted(sources.items()):
        digest.update(canonical_json([module, source]).encode())
    libraries = [("python", platform.python_version())]
    libraries += [(name, version) for name in others if (version := _version(name))]
    return Code(digest.hexdigest(), tuple(sorted(sources)), tuple(sorted(libraries)))


@functools.cache
def _source(module: str) -> str | None:
    """Return a module's source, or None where the name isn't a module."""
    path = getattr(sys.modules.get(module), "__file__", None) or _locate(module)
    return Path(path).read_text("utf-8") if path and path.endswith(".py") else None


def _locate(module: str) -> str | None:
    """Return a module's file without importing its parents, as `find_spec` would."""
    places: list[str] | None = None
    spec = None
    for part in module.split("."):
        spec = importlib.machinery.PathFinder.find_spec(part, places)
        if spec is None:
            return None  # a name inside a module, as in `from package.module import name`
        places = list(spec.submodule_search_locations or ())
    return spec.origin if spec else None


@functools.cache
def _imports(module: str) -> frozenset[str]:
    """Return all dotted names a module imports, wherever the statement is."""
    source = _source(module) or ""
    tree = ast.parse(source)
    names: set[str] = set()
    if any(name in source for name in _COMPUTED) and any(map(_is_computed, ast.walk(tree))):
        names.update(_declared_imports(module, tree))
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = module.rsplit(".", node.level)[0]
                base = f"{parent}.{base}".rstrip(".")
            names.add(base)
            # `from package import module` names a module in its second half.
            names.update(f"{base}.{alias.name}" for alias in node.names)
        elif not isinstance(node, ast.expr):  # an import is a statement, and no part of others
            waiting.extend(ast.iter_child_nodes(node))
    return frozenset(names)


def _is_computed(node: ast.AST) -> bool:
    """Tell whether a node calls for an import by name."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_COMPUTED)


def _declared_imports(module: str, tree: ast.Module) -> set[str]:
    """Return the modules that `COMPUTED_IMPORTS` of a module names, those of packages too.

    Raises
    ------
    ValueError
        If the module doesn't declare what its computed names can be.
    """
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMPUTED_IMPORTS":
            declared = ast.literal_eval(node.value)
            return {name for root in declared for name in (root, *_modules_in(root))}
    raise ValueError(
        f"{module} imports by a computed name; expected COMPUTED_IMPORTS, a tuple of the "
        "modules or packages that these can be, so that a change of them is seen"
    )


def _modules_in(package: str) -> list[str]:
    """Return all modules of one of our packages, at any depth; none for a module."""
    path = _locate(package)
    if package.partition(".")[0] != __name__.partition(".")[0] or path is None:
        return []
    folder = Path(path)
    if folder.name != "__init__.py":
        return []
    inside = (file.relative_to(folder.parent) for file in folder.parent.rglob("*.py"))
    names = (".".join((package, *file.with_suffix("").parts)) for file in inside)
    return [name.removesuffix(".__init__") for name in names]


@functools.cache
def _version(name: str) -> str | None:
    """Return the installed version of the distribution that provides a top-level module."""
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(name, name))
    except importlib.metadata.PackageNotFoundError:
        providers = importlib.metadata.packages_distributions().get(name)
        return importlib.metadata.version(providers[0]) if providers else None
