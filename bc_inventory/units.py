"""One unit registry for the whole project.

Units are checked once per column or array, at borders; inside, plain floats
in canonical units. Four things differ from a stock registry, each because the
stock reading is silently wrong for an inventory:

* `kt` is a kilotonne, not a knot; `ton`, `C` and `M` alone are refused, since
  each has two readings in this field.
* Gross calorific energy is a dimension of its own (`TJ_GCV`), so that it can
  reach net energy only through a ratio with a source.
* A vehicle-kilometre isn't a length.
* Chinese statistical units and CF exponents (`kg m-2 s-1`) parse.

A fuel's mass and its energy have different dimensions and meet only through
a calorific value; the coal equivalent of a fuel likewise (`tce` is an energy:
7 000 kcal per kg, GB/T 2589).
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from bc_inventory.errors import UnitError, suggest

if TYPE_CHECKING:
    import pint

__all__ = ["check", "convert", "factor", "normalise", "quantities", "registry", "same_dimension"]

_DEFINITIONS = """
kt = 1e6 kilogram
kcal = 4186.8 joule
kgce = 7000 * kcal
tce = 1000 * kgce
J_NCV = joule
J_GCV = [gross_calorific_energy]
Wh_NCV = watt * hour
Wh_GCV = 3600 * J_GCV
kcal_GCV = 4186.8 * J_GCV
bcm = 1e9 meter ** 3
vehicle = [vehicle]
vehicle_km = vehicle * kilometer
vehicle_kilometre = vehicle_km
person = [person]
"""

# Longest first, so that 万吨标准煤 isn't read as 万吨 followed by 标准煤.
_CHINESE = {
    "万吨标准煤": "1e4 tce",
    "吨标准煤": "tce",
    "千克标准煤": "kgce",
    "亿立方米": "1e8 m^3",
    "万立方米": "1e4 m^3",
    "立方米": "m^3",
    "亿千瓦时": "1e8 kWh",
    "万千瓦时": "1e4 kWh",
    "千瓦时": "kWh",
    "百亿千焦": "1e10 kJ",
    "万吨": "1e4 t",
    "吨": "t",
    "千克": "kg",
    "万人": "1e4 person",
    "微克/立方米": "ug/m^3",
}

_AMBIGUOUS = {
    "ton": "'t' for a tonne or 'short_ton' for 907.18 kg",
    "tons": "'t' for a tonne or 'short_ton' for 907.18 kg",
    "C": "'kg' with the species in its own column; C alone is a coulomb, a degree or carbon",
    "M": "'Mt', 'Mm' or '1e6'; M alone is a prefix, molar or million",
}

_POWER_OF_TEN = re.compile(r"(?<![\w.])10\s*(?:\^|\*\*)\s*(-?\d+)")
_CF_EXPONENT = re.compile(r"(?<![\d.][eE])(?<=[A-Za-z])(-?\d+)(?![\w.])")
_LONGEST = 80
_WORD = re.compile(r"[A-Za-z_µμ%°]+")


@functools.cache
def registry() -> pint.UnitRegistry:
    """Return the project's unit registry, made on first use.

    Returns
    -------
    pint.UnitRegistry
        With the definitions of this module.
    """
    import pint

    made: pint.UnitRegistry = pint.UnitRegistry(on_redefinition="ignore")
    for line in _DEFINITIONS.strip().splitlines():
        made.define(line)
    return made


def normalise(unit: str) -> str:
    """Rewrite a unit as delivered into one the registry parses.

    Parameters
    ----------
    unit : str
        As a publisher writes it: `10^4 t`, `万吨标准煤`, `kg m-2 s-1`, `ug m-3`.

    Returns
    -------
    str
        The same unit in the registry's spelling.

    Raises
    ------
    UnitError
        If it is empty or holds an ambiguous symbol (`ton`, `C`, `M`).

    Examples
    --------
    >>> normalise("万吨标准煤")
    '1e4 * tce'
    >>> normalise("kg m-2 s-1")
    'kg * m^-2 * s^-1'
    """
    text = unit.strip().replace("μ", "u").replace("µ", "u").replace("³", "^3").replace("²", "^2")
    if not text or len(text) > _LONGEST:
        raise UnitError(
            f"found {text[:_LONGEST]!r} as a unit; expected one such as 'kt', 'TJ' or '1e4 t'"
        )
    for chinese, latin in _CHINESE.items():
        text = text.replace(chinese, latin)
    for word in _WORD.findall(text):
        if word in _AMBIGUOUS:
            raise UnitError(f"unit {unit!r} is ambiguous: write {_AMBIGUOUS[word]}")
    text = _POWER_OF_TEN.sub(r"1e\1", text)
    text = _CF_EXPONENT.sub(r"^\1", re.sub(r"(?<=[A-Za-z])\.(?=[A-Za-z])", " ", text))
    text = re.sub(r"\s*([*/^])\s*", r"\1", text)
    text = re.sub(r"\s+", " * ", text)
    return text


@functools.lru_cache(maxsize=1024)
def _parse(unit: str) -> tuple[float, Any]:
    """Return magnitude and pint unit of a unit string such as `1e4 t`."""
    import pint

    try:
        quantity: Any = registry().Quantity(normalise(unit))
    except pint.errors.UndefinedUnitError as error:
        names = error.unit_names
        unknown = names if isinstance(names, str) else names[0]
        hint = suggest(str(unknown), _KNOWN) or ""
        raise UnitError(
            f"unit {unit!r} is unknown: no unit is named {unknown!r}. {hint}".strip()
        ) from error
    except UnitError:
        raise
    except Exception as error:
        raise UnitError(
            f"unit {unit!r} can't be read; expected one such as 'kt' or 'g/GJ'"
        ) from error
    return float(quantity.magnitude), quantity.units


_KNOWN = tuple(
    "t kt Mt Gg Tg kg g mg ug ng TJ GJ PJ MJ TJ_GCV GWh kWh tce kgce toe ktoe Mtoe kcal "
    "vehicle_km km m m3 bcm person K hPa Pa".split()
)


@functools.lru_cache(maxsize=4096)
def factor(unit: str, to: str) -> float:
    """Return the number that turns a value in `unit` into one in `to`.

    Parameters
    ----------
    unit, to : str
        Units as delivered; no offset units such as degree Celsius.

    Returns
    -------
    float
        Dimensionless multiplier.

    Raises
    ------
    UnitError
        If either is unknown or their dimensions differ.

    Examples
    --------
    >>> factor("1e4 t", "kt")
    10.0
    """
    magnitude, source = _parse(unit)
    to_magnitude, target = _parse(to)
    if source.dimensionality != target.dimensionality:
        raise UnitError(_wrong_dimension(unit, to))
    scale = registry().convert(1.0, source, target)
    # Fifteen digits: pint multiplies powers of ten, and 1000.0000000000001 helps nobody.
    return float(f"{magnitude * scale / to_magnitude:.15g}")


def _wrong_dimension(unit: str, to: str) -> str:
    found, expected = (str(_parse(name)[1].dimensionality) for name in (unit, to))
    text = f"unit {unit!r} is {found}, expected a unit like {to!r} ({expected})"
    if "gross" in found + expected:
        text += ". Gross and net calorific energy meet only through a ratio with a source"
    return text


def same_dimension(unit: str, to: str) -> bool:
    """Tell whether two units can be converted into each other.

    Raises
    ------
    UnitError
        If either unit is unknown.
    """
    return bool(_parse(unit)[1].dimensionality == _parse(to)[1].dimensionality)


def check(unit: str, like: str) -> str:
    """Return `unit` if it has the dimension of `like`, else raise.

    Raises
    ------
    UnitError
        If it is unknown, ambiguous or of another dimension.
    """
    factor(unit, like)
    return unit


def convert(values: Any, units: Any, to: str) -> Any:
    """Convert a column or an array, looking each distinct unit up once.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        Numbers as delivered; NaN stays NaN.
    units : str or array-like of str, shape (n,)
        One unit for all, or one per value.
    to : str
        The wanted unit.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Values in `to`.

    Raises
    ------
    UnitError
        If a unit is unknown, ambiguous or of another dimension.

    Examples
    --------
    >>> convert([1.0, 2.0], ["kt", "万吨"], "t").tolist()
    [1000.0, 20000.0]
    """
    numbers = np.asarray(values, dtype=float)
    if isinstance(units, str):
        return numbers * factor(units, to)
    distinct, inverse = np.unique(np.asarray(units, dtype=object).astype(str), return_inverse=True)
    return numbers * np.array([factor(unit, to) for unit in distinct])[inverse]


P = ParamSpec("P")
R = TypeVar("R")


def quantities(**canonical: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a numeric function take pint quantities as well as canonical floats.

    A bare number or array is taken to be in the canonical unit; a quantity is
    converted to it. The wrapped function sees plain floats or arrays only.

    Parameters
    ----------
    **canonical : str
        Unit of each argument by name.

    Returns
    -------
    callable
        A decorator.

    Raises
    ------
    UnitError
        When called with a quantity of another dimension.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            for name, unit in canonical.items():
                value: Any = bound.arguments.get(name)
                if hasattr(value, "magnitude") and hasattr(value, "units"):
                    bound.arguments[name] = value.magnitude * factor(str(value.units), unit)
            return function(*bound.args, **bound.kwargs)

        return wrapped

    return decorate
