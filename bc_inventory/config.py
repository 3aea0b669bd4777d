"""Read a configuration: TOML in, frozen dataclasses out, never executed.

An unknown key is an error that names the nearest valid one. Paths in a
configuration are relative and stay inside the folder it is used from.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import tomllib
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from bc_inventory.errors import ConfigError, Problem, Problems, suggest
from bc_inventory.reference.paths import configs_root

__all__ = [
    "Compute",
    "Config",
    "Facts",
    "Grid",
    "Hotspots",
    "Inventory",
    "Output",
    "Uncertainty",
    "load_config",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# Names of devices on Windows, where a release folder of that name can't be made.
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{p}{i}" for p in ("com", "lpt") for i in range(10)}
_MOST_DRAWS = 1_000_000
_RESOLUTIONS = (0.1, 0.25, 0.5, 1.0)
_PERIODS = ("year", "month")
_SCHEDULERS = ("here", "threads", "cluster")


@dataclass(frozen=True)
class Inventory:
    """What is estimated; without a title it is called after its regions."""

    name: str = "inventory"
    title: str = ""
    title_zh: str = ""
    years: tuple[int, ...] = (2018,)
    base_year: int = 2018
    regions: tuple[str, ...] = ()
    factor_sets: tuple[str, ...] = ("harmonised", "official")


@dataclass(frozen=True)
class Uncertainty:
    """How intervals of totals are drawn."""

    draws: int = 10_000
    seed: int = 20_180_101


@dataclass(frozen=True)
class Grid:
    """The grid of the published emission fields."""

    resolution: float = 0.1
    period: str = "year"
    factor_set: str = "harmonised"


@dataclass(frozen=True)
class Hotspots:
    """What counts as a hotspot: the upper tail of cell emission density."""

    resolution: float = 0.25
    quantile: float = 0.99
    previous: str = ""


@dataclass(frozen=True)
class Compute:
    """Where fields are computed; what comes out is the same."""

    scheduler: str = "here"
    workers: int = 2


@dataclass(frozen=True)
class Facts:
    """Where the facts are; empty for those embedded in the package."""

    folder: str = ""


@dataclass(frozen=True)
class Output:
    """Where releases go."""

    folder: str = "releases"


@dataclass(frozen=True)
class Config:
    """A whole configuration, one section each."""

    inventory: Inventory = field(default_factory=Inventory)
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    grid: Grid = field(default_factory=Grid)
    hotspots: Hotspots = field(default_factory=Hotspots)
    compute: Compute = field(default_factory=Compute)
    facts: Facts = field(default_factory=Facts)
    output: Output = field(default_factory=Output)

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as plain values, as a manifest stores it.

        Without `compute`: where something was computed doesn't make it another.
        """
        return {name: part for name, part in dataclasses.asdict(self).items() if name != "compute"}


def load_config(path: Path | str | None = None) -> Config:
    """Read and check a configuration.

    Parameters
    ----------
    path : path-like, optional
        A TOML file, or the name of a configuration that ships with the
        project; by default `default`.

    Returns
    -------
    Config
        With defaults where the file is silent.

    Raises
    ------
    ConfigError
        If the file is absent or isn't TOML, or has an unknown section or key,
        a wrong type, an unsafe path or name, or values that contradict each
        other.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> bci.load_config().inventory.years
    (2018,)
    """
    file = _find(path)
    try:
        raw = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(
            [Problem(f"text that isn't TOML ({error})", "a TOML file in UTF-8", str(file))]
        ) from error
    except OSError as error:
        raise ConfigError(
            [Problem(f"{error.strerror}", "a TOML file that can be read", str(file))]
        ) from error
    problems = Problems()
    sections: dict[str, Any] = {
        section.name: section.default_factory for section in dataclasses.fields(Config)
    }
    chosen = {}
    for name, values in raw.items():
        if name not in sections or not isinstance(values, dict):
            problems.add(
                found=f"the section {name!r}",
                expected=f"one of {', '.join(sections)}",
                file=str(file),
                remedy=suggest(name, sections),
            )
            continue
        chosen[name] = _section(sections[name], values, name, str(file), problems)
    problems.raise_if_any(ConfigError)
    config = Config(**chosen)
    _check(config, str(file), problems)
    problems.raise_if_any(ConfigError)
    return config


def _find(path: Path | str | None) -> Path:
    shipped = {file.stem: file for file in sorted(configs_root().glob("*.toml"))}
    if path is None:
        return shipped["default"]
    with contextlib.suppress(OSError):  # a name that no file can have
        if Path(path).is_file():
            return Path(path)
    if str(path) in shipped:
        return shipped[str(path)]
    remedy = f"The project's own are: {', '.join(shipped)}."
    raise ConfigError(
        [
            Problem(
                "no such file",
                "a TOML file or the name of a configuration",
                str(path),
                remedy=remedy,
            )
        ]
    )


def _section(kind: type, values: dict[str, Any], name: str, file: str, problems: Problems) -> Any:
    hints = typing.get_type_hints(kind)
    good = {}
    for key, value in values.items():
        if key not in hints:
            problems.add(
                found=f"the key {key!r} in [{name}]",
                expected=f"one of {', '.join(hints)}",
                file=file,
                column=key,
                remedy=suggest(key, hints),
            )
            continue
        converted = _typed(value, hints[key])
        if converted is None:
            problems.add(
                found=repr(value), expected=_say(hints[key]), file=file, column=f"{name}.{key}"
            )
        else:
            good[key] = converted
    return kind(**good)


def _typed(value: Any, hint: Any) -> Any:
    """Return the value in the wanted type, or None where it isn't of it."""
    if isinstance(hint, types.GenericAlias):
        (item, _) = typing.get_args(hint)
        if not isinstance(value, list) or any(_typed(part, item) is None for part in value):
            return None
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if type(value) is hint else None


def _say(hint: Any) -> str:
    words = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    if isinstance(hint, types.GenericAlias):
        return f"a list, each item {words[typing.get_args(hint)[0]]}"
    return words[hint]


def _check(config: Config, file: str, problems: Problems) -> None:
    from bc_inventory.schema.enumerations import FactorSet

    inventory, draws = config.inventory, config.uncertainty.draws
    sets = inventory.factor_sets
    named = bool(_NAME.fullmatch(inventory.name)) and inventory.name not in _RESERVED
    rules = [
        (
            "inventory.name",
            inventory.name,
            named,
            "lower-case letters, digits and hyphens",
        ),
        (
            "inventory.years",
            inventory.years,
            0 < len(inventory.years) == len(set(inventory.years)),
            "at least one year, each once",
        ),
        (
            "inventory.base_year",
            inventory.base_year,
            inventory.base_year in inventory.years,
            f"one of the years {inventory.years}",
        ),
        (
            "inventory.factor_sets",
            sets,
            0 < len(sets) == len(set(sets)) and set(sets) <= set(FactorSet),
            "'harmonised', 'official' or both",
        ),
        (
            "grid.factor_set",
            config.grid.factor_set,
            config.grid.factor_set in sets,
            f"one of {sets}",
        ),
        ("uncertainty.draws", draws, 1 <= draws <= _MOST_DRAWS, f"1 to {_MOST_DRAWS} draws"),
        ("uncertainty.seed", config.uncertainty.seed, config.uncertainty.seed >= 0, "0 or more"),
        (
            "grid.resolution",
            config.grid.resolution,
            config.grid.resolution in _RESOLUTIONS,
            f"one of {_RESOLUTIONS} degrees",
        ),
        ("grid.period", config.grid.period, config.grid.period in _PERIODS, f"one of {_PERIODS}"),
        (
            "hotspots.resolution",
            config.hotspots.resolution,
            config.hotspots.resolution in _RESOLUTIONS,
            f"one of {_RESOLUTIONS} degrees",
        ),
        (
            "compute.scheduler",
            config.compute.scheduler,
            config.compute.scheduler in _SCHEDULERS or "://" in config.compute.scheduler,
            f"one of {_SCHEDULERS}, or the address of a Dask scheduler",
        ),
        ("compute.workers", config.compute.workers, config.compute.workers > 0, "1 or more"),
        (
            "hotspots.quantile",
            config.hotspots.quantile,
            0.5 <= config.hotspots.quantile < 1,
            "at least 0.5 and below 1",
        ),
        *(
            (key, folder, _inside(folder), "a relative path inside the folder the command runs in")
            for key, folder in (
                ("hotspots.previous", config.hotspots.previous),
                ("facts.folder", config.facts.folder),
                ("output.folder", config.output.folder),
            )
        ),
    ]
    for key, found, good, expected in rules:
        if not good:
            problems.add(found=repr(found), expected=expected, file=file, column=key)


def _inside(folder: str) -> bool:
    path = PurePosixPath(folder.replace("\\", "/"))
    return not (path.is_absolute() or ".." in path.parts or "\0" in folder or ":" in folder)
