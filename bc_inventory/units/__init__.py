"""One unit registry for the whole project.

Units are checked once per column or array, at borders; inside, plain floats
in canonical units. Four things differ from a stock registry, each because the
stock reading is silently wrong for an inventory:

* `kt` is a kilotonne, not a knot; `ton`, `C`, `M`, `mt` and others are refused, with every
  prefix, since each has two readings in this field (`bc_inventory.units.spelling`). A
  barrel is one of oil, a calorie that of the steam tables.
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
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from bc_inventory.errors import UnitError, suggest
from bc_inventory.units.spelling import check_words, normalise

if TYPE_CHECKING:
    import pint

__all__ = ["check", "convert", "factor", "normalise", "quantities", "registry", "same_dimension"]

_DEFINITIONS = """
kt = 1e6 kilogram
calorie = 4.1868 joule = cal
barrel = 42 * gallon = bbl
MMBtu = 1e6 * Btu
mu_of_land = hectare / 15
yuan = [currency]
ppb = 1e-9
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


@functools.cache
def registry() -> pint.UnitRegistry:
    """Return the project's unit registry, made on first use.

    Returns
    -------
    pint.UnitRegistry
        With the definitions of this module.
    """
    import pint

    units: pint.UnitRegistry = pint.UnitRegistry(on_redefinition="ignore")
    for line in _DEFINITIONS.strip().splitlines():
        units.define(line)
    return units


@functools.lru_cache(maxsize=1024)
def _parse(unit: str) -> tuple[float, Any]:
    """Return magnitude and pint unit of a unit string such as `1e4 t`."""
    import pint

    text = normalise(unit)
    try:
        check_words(text, unit, _name)
        quantity: Any = registry().Quantity(text)
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
    magnitude = float(quantity.magnitude)
    if not (np.isfinite(magnitude) and magnitude > 0):
        raise UnitError(
            f"unit {unit!r} stands for {magnitude:g} times a unit; expected a positive number"
        )
    return magnitude, quantity.units


def _name(word: str) -> str:
    """Return the registry's name of the unit in a word, without prefix and plural."""
    readings = registry().parse_unit_name(word)
    return readings[0][1] if readings else ""


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
    if not all(registry().Quantity(1.0, each)._is_multiplicative for each in (source, target)):
        raise UnitError(f"{unit!r} to {to!r} isn't a multiplication: one has a zero of its own")
    scale = registry().convert(1.0, source, target)
    # Fifteen digits: pint multiplies powers of ten, and 1000.0000000000001 helps nobody.
    ratio = float(f"{magnitude * scale / to_magnitude:.15g}")
    if not (np.isfinite(ratio) and ratio > 0):
        raise UnitError(f"{unit!r} is {ratio:g} times {to!r}; expected a number a float can hold")
    return ratio


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
    >>> import bc_inventory as bci
    >>> bci.convert([1.0, 2.0], ["kt", "万吨"], "t").tolist()
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
