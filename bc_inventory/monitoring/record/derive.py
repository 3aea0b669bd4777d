"""Further series made from those of a file, by steps that the settings name.

Each step adds series and leaves what was there: absorption at another wavelength, eBC by
a cross-section of a site, a network or the user, the parts of two sources, EC by another
protocol. What changes a number has no default here either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bc_inventory.errors import DataError, Problem, Problems, suggest
from bc_inventory.monitoring.instruments.absorption import at_wavelength, to_ebc
from bc_inventory.monitoring.instruments.apportion import split
from bc_inventory.monitoring.instruments.protocol import to_protocol
from bc_inventory.schema.series import Series

__all__ = ["STEPS", "check_steps", "derived"]

_NUMBER = (int, float)
# Series of one instrument, state and treatment, whatever their wavelength.
_SAME = "station instrument serial scattering_c harmonisation_h reference t_ref_k p_ref_hpa".split()


@dataclass(frozen=True)
class Kind:
    """A kind of step: the function behind it and its options.

    Parameters
    ----------
    make : callable
        Takes the series there are and the options of the step.
    needs, takes : dict of str to type
        Options that must be given, and those that may be.
    may_find_none : bool
        Whether a file without a series for the step is whole: one rule may match files of
        several protocols.
    """

    make: Callable[..., list[Series]]
    needs: Mapping[str, Any]
    takes: Mapping[str, Any] = field(default_factory=dict)
    may_find_none: bool = False


def _absorption(series: Iterable[Series], wavelength_nm: float) -> list[Series]:
    return [
        item
        for item in series
        if item.about.bc_type == "b_abs"
        and item.about.wavelength_nm == wavelength_nm
        and item.about.part is None
    ]


def _shift(series: list[Series], *, from_nm: float, to_nm: float, aae: float) -> list[Series]:
    return [at_wavelength(item, float(to_nm), aae=aae) for item in _absorption(series, from_nm)]


def _ebc(series: list[Series], *, wavelength_nm: float, **how: Any) -> list[Series]:
    return [to_ebc(item, **how) for item in _absorption(series, wavelength_nm)]


def _split(
    series: list[Series],
    *,
    of: str,
    wavelength_nm: float,
    short_nm: float,
    long_nm: float,
    **how: Any,
) -> list[Series]:
    pair = how["pair"]
    result: list[Series] = []
    for whole in series:
        about = whole.about
        if about.bc_type != of or about.wavelength_nm != wavelength_nm or about.part is not None:
            continue
        ends = [
            [item for item in _absorption(series, wave) if _overlaps(item, whole)]
            for wave in (short_nm, long_nm)
        ]
        if not all(ends):
            continue
        parts = split(
            whole,
            ends[0][0],
            ends[1][0],
            pair=pair if isinstance(pair, str) else tuple(pair),
            over=how["over"],
        )
        result += [parts.biomass, parts.fossil]
    return result


def _overlaps(series: Series, whole: Series) -> bool:
    """Tell whether an absorption was measured with what is split, at the same times."""
    names = [name for name in _SAME if name != "harmonisation_h"]
    same = all(getattr(series.about, name) == getattr(whole.about, name) for name in names)
    return same and series.frame["start"].equals(whole.frame["start"])


def _protocol(series: list[Series], *, to: str, **how: Any) -> list[Series]:
    by_name = {name: value for name, value in how.items() if name != "from"}
    named = [entry for entry in series if entry.about.bc_type == "EC"]
    return [
        to_protocol(item, to, **by_name) for item in named if item.about.protocol == how["from"]
    ]


STEPS: dict[str, Kind] = {
    "wavelength": Kind(_shift, {"from_nm": _NUMBER, "to_nm": _NUMBER, "aae": _NUMBER}),
    "ebc": Kind(
        _ebc,
        {"wavelength_nm": _NUMBER, "mac": (str, *_NUMBER)},
        {"mac_relative_uncertainty": _NUMBER},
    ),
    "split": Kind(
        _split,
        {
            "of": str,
            "wavelength_nm": _NUMBER,
            "short_nm": _NUMBER,
            "long_nm": _NUMBER,
            "pair": (str, list),
            "over": str,
        },
    ),
    "protocol": Kind(
        _protocol,
        {
            "from": str,
            "to": str,
            "slope": _NUMBER,
            "intercept_ug_m3": _NUMBER,
            "slope_half_width": _NUMBER,
            "intercept_half_width_ug_m3": _NUMBER,
            "citation": str,
        },
        may_find_none=True,
    ),
}


def check_steps(steps: Any, where: str, file: str, problems: Problems) -> None:
    """Note what is wrong with the steps of a rule.

    Parameters
    ----------
    steps : list of dict
        As the settings give them; each has `make`, the name of its kind.
    where, file : str
        For messages.
    problems : Problems
        Filled.
    """
    for number, step in enumerate(steps if isinstance(steps, list) else [steps], 1):
        here = f"{where} derive number {number}"
        named = step.get("make") if isinstance(step, dict) else None
        if named not in STEPS:
            problems.add(
                found=f"make = {named!r} in {here}",
                expected=f"one of {', '.join(STEPS)}",
                file=file,
                column="derive",
                remedy=suggest(str(named), STEPS),
            )
            continue
        kind = STEPS[named]
        known = {**kind.needs, **kind.takes}
        for key in step:
            if key != "make" and key not in known:
                problems.add(
                    found=f"the key {key!r} in {here}",
                    expected=f"one of {', '.join(known)}",
                    file=file,
                    column=key,
                    remedy=suggest(key, known),
                )
        for key, wanted in known.items():
            right = isinstance(step.get(key), wanted) and not isinstance(step.get(key), bool)
            if not right and (key in step or key in kind.needs):
                problems.add(
                    found=f"{key} = {step.get(key)!r} in {here}",
                    expected="a number" if wanted is _NUMBER else "a value",
                    file=file,
                    column=key,
                    remedy=f"The step {named!r} needs it: it changes the numbers and has no "
                    "default."
                    if key in kind.needs
                    else None,
                )


def derived(series: Iterable[Series], steps: Iterable[Mapping[str, Any]]) -> list[Series]:
    """Return series with those that steps make of them.

    Parameters
    ----------
    series : iterable of Series
        Of one file.
    steps : iterable of dict
        Checked by `check_steps`; each may use what the ones before made.

    Returns
    -------
    list of Series
        What was there, then what was made.

    Raises
    ------
    ConfigError, DataError
        What the function of a step raises, or where a step finds nothing to work on.
    """
    result = list(series)
    for step in steps:
        kind = STEPS[step["make"]]
        more = kind.make(result, **{key: value for key, value in step.items() if key != "make"})
        if not more and not kind.may_find_none:
            text = ", ".join(f"{key}={value}" for key, value in step.items())
            raise DataError(
                [
                    Problem(
                        f"no series for the step {text}",
                        "absorption at the wavelengths it names",
                        result[0].about.file if result else None,
                        remedy="An AE33 has absorption with `absorption = true`; its wavelengths "
                        "are in data/monitoring/channels.csv.",
                    )
                ]
            )
        result += more
    return result
