"""What an ingest must know of the files it finds: TOML, checked, never executed.

Nothing here has a default that changes a number. A file that no rule matches is
skipped, and a file whose rule lacks what its format needs is skipped with the name of
what is missing.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bc_inventory.errors import ConfigError, Problem, Problems, suggest
from bc_inventory.monitoring.instruments.reference import state_named
from bc_inventory.monitoring.quality.flags import bits
from bc_inventory.monitoring.record.derive import check_steps
from bc_inventory.monitoring.statistics.averages import rule_for
from bc_inventory.monitoring.statistics.periods import PERIODS
from bc_inventory.schema.series import Description

__all__ = ["FileRule", "Settings", "described", "load_settings"]

# What a rule may say of a place and a method; the rest comes from the file.
_PLACE = {
    "station_name": str,
    "network": str,
    "country": str,
    "latitude": float,
    "longitude": float,
    "altitude_m": float,
    "setting": str,
    "size_cut": str,
    "protocol": str,
    "instrument": str,
    "relative_uncertainty": float,
    "uncertainty_from": str,
}
_KINDS: dict[str, type] = {
    "format": str,
    "options": dict,
    "place": dict,
    "delivered_state": str,
    "reference_state": str,
    "absorption": bool,
    "actual": dict,
    "counters": dict,
    "derive": list,
}
_ACTUAL = ("t_k", "p_hpa")
_COUNTERS = ("scattering_c", "leakage", "area_cm2")


@dataclass(frozen=True)
class FileRule:
    """What holds for the files whose name matches.

    Parameters
    ----------
    match : str
        Pattern of the path below the folder, such as `ae33/*.dat`.
    licence, source_id : str
        Terms and source of the data.
    format : str, optional
        Format; by default it is detected.
    options : dict
        What the reader or the instrument's chain asks for.
    place : dict
        What the file doesn't say of the station; it never overrides what it does.
    delivered_state : str, optional
        State of the air volume where the file doesn't say it: `ambient`, or a name of
        `data/monitoring/reference_states.csv`.
    reference_state : str, optional
        State all values are brought to; by default they stay at their own.
    actual : dict
        `t_k` and `p_hpa` of the measured air, where ambient values are brought to another
        state.
    absorption : bool
        Whether the harmonised absorption of an AE33 is recorded with its eBC.
    counters : dict
        The set-up of an AE33 (`scattering_c`, `leakage`, `area_cm2`): its eBC is then made
        from its counters and not taken from its log.
    derive : list of dict
        Further series; see `bc_inventory.monitoring.record.derive`.
    """

    match: str
    licence: str
    source_id: str
    format: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    delivered_state: str | None = None
    reference_state: str | None = None
    actual: dict[str, float] = field(default_factory=dict)
    absorption: bool = False
    counters: dict[str, float] = field(default_factory=dict)
    derive: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as plain values."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Settings:
    """The settings of an ingest.

    Parameters
    ----------
    rule : str
        Coverage rule of the means.
    exclude : tuple of str
        Marks of quality control that keep a value out of the means.
    files : tuple of FileRule
        The first that matches a file holds for it.
    """

    rule: str
    exclude: tuple[str, ...]
    files: tuple[FileRule, ...]

    def rule_of(self, name: str) -> FileRule | None:
        """Return the rule of a file by its path below the folder."""
        return next((rule for rule in self.files if fnmatch.fnmatchcase(name, rule.match)), None)


def load_settings(path: Path) -> Settings:
    """Read and check the settings of an ingest.

    Parameters
    ----------
    path : Path
        A TOML file with a table `record` (rule, exclude) and tables `files`.

    Returns
    -------
    Settings
        See there.

    Raises
    ------
    ConfigError
        If it isn't TOML, or a key is unknown, missing or of the wrong type.
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(
            [Problem(f"settings that can't be read ({error})", "a TOML file in UTF-8", str(path))]
        ) from error
    problems = Problems()
    _known(raw, ("record", "files"), "the file", str(path), problems)
    record = raw.get("record", {})
    _known(record, ("rule", "exclude"), "[record]", str(path), problems)
    for key, kind in (("rule", str), ("exclude", list)):
        if not isinstance(record.get(key), kind):
            problems.add(
                found=f"{key} = {record.get(key)!r}",
                expected="the name of a coverage rule"
                if key == "rule"
                else "a list of quality flags",
                file=str(path),
                column=f"record.{key}",
                remedy="It changes the means, so it has no default.",
            )
    files = raw.get("files", [])
    rules = [
        _file_rule(item, number, str(path), problems)
        for number, item in enumerate(files if isinstance(files, list) else [], 1)
    ]
    problems.raise_if_any(ConfigError)
    for period in PERIODS:
        rule_for(record["rule"], period, "eBC")
    bits(record["exclude"])
    return Settings(record["rule"], tuple(record["exclude"]), tuple(r for r in rules if r))


def _known(content: Any, names: tuple[str, ...], where: str, file: str, problems: Problems) -> None:
    for key in content if isinstance(content, dict) else ():
        if key not in names:
            problems.add(
                found=f"the key {key!r} in {where}",
                expected=f"one of {', '.join(names)}",
                file=file,
                column=str(key),
                remedy=suggest(str(key), names),
            )


def _file_rule(entry: Any, number: int, file: str, problems: Problems) -> FileRule | None:
    where = f"[[files]] number {number}"
    names = tuple(item.name for item in dataclasses.fields(FileRule))
    before = len(problems)
    _known(entry, names, where, file, problems)
    by_name = entry if isinstance(entry, dict) else {}
    for key in ("match", "licence", "source_id"):
        if not isinstance(by_name.get(key), str) or not by_name.get(key):
            problems.add(
                found=f"no {key} in {where}", expected=f"{key} = '...'", file=file, column=key
            )
    for key, kind in _KINDS.items():
        if key in by_name and not isinstance(by_name[key], kind):
            problems.add(
                found=repr(by_name[key]), expected=f"{kind.__name__}", file=file, column=key
            )
    if isinstance(by_name.get("place"), dict):
        _check_place(by_name["place"], where, file, problems)
    for key, parts in (("actual", _ACTUAL), ("counters", _COUNTERS)):
        if by_name.get(key):
            _numbers(by_name[key], parts, f"{where} {key}", file, problems)
    if by_name.get("derive"):
        check_steps(by_name["derive"], where, file, problems)
    if len(problems) > before:
        return None
    for key in ("delivered_state", "reference_state"):
        if key in by_name and (key, by_name[key]) != ("delivered_state", "ambient"):
            state_named(by_name[key])
    return FileRule(**by_name)


def _check_place(place: dict[str, Any], where: str, file: str, problems: Problems) -> None:
    _known(place, tuple(_PLACE), f"{where} place", file, problems)
    for key, wanted in _PLACE.items():
        given = place.get(key)
        number = wanted is float and type(given) is int
        if given is not None and not (isinstance(given, wanted) or number):
            problems.add(found=repr(given), expected=wanted.__name__, file=file, column=key)


def _numbers(
    content: Any, names: tuple[str, ...], where: str, file: str, problems: Problems
) -> None:
    """Note what lacks of a table that must hold these numbers and no others."""
    _known(content, names, where, file, problems)
    for name in names:
        if type(content.get(name) if isinstance(content, dict) else None) not in (int, float):
            problems.add(
                found=f"no number {name} in {where}",
                expected=f"{name} = a number",
                file=file,
                column=name,
                remedy="It changes the values, so it has no default.",
            )


def described(about: Description, rule: FileRule) -> Description:
    """Return a description with what the rule adds where the file is silent."""
    silent = {
        key: value for key, value in rule.place.items() if getattr(about, key) in (None, "unknown")
    }
    if about.reference == "unknown" and rule.delivered_state == "ambient":
        silent["reference"] = "ambient"
    elif about.reference == "unknown" and rule.delivered_state:
        state = state_named(rule.delivered_state)
        silent |= {"reference": "standard", "t_ref_k": state.t_k, "p_ref_hpa": state.p_hpa}
    return about.but(
        **silent,
        licence=about.licence or rule.licence,
        source_id=about.source_id or rule.source_id,
    )
