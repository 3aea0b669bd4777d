"""From one state of the air volume to another, by name or by its numbers.

A concentration is a mass per volume, and the same air fills T/T0 x p0/p of the volume at
another temperature and pressure: c0 = c x (T/T0) x (p0/p).
"""

from __future__ import annotations

from dataclasses import dataclass

from bc_inventory.errors import ConfigError, DataError, Problem
from bc_inventory.monitoring.facts import choose
from bc_inventory.schema.series import Series
from bc_inventory.units import quantities

__all__ = ["State", "conversion", "state_named", "to_state"]

_ACTUAL = "actual"


@dataclass(frozen=True)
class State:
    """A temperature in K and a pressure in hPa that a volume refers to."""

    t_k: float
    p_hpa: float


def state_named(name: str) -> State:
    """Return a reference state by its name in `data/monitoring/reference_states.csv`.

    Raises
    ------
    ConfigError
        If there is none of that name.
    """
    row = choose("reference_states", "state", name, "state").iloc[0]
    return State(float(row["t_k"]), float(row["p_hpa"]))


@quantities(t_from_k="K", p_from_hpa="hPa", t_to_k="K", p_to_hpa="hPa")
def conversion(t_from_k: float, p_from_hpa: float, t_to_k: float, p_to_hpa: float) -> float:
    """Return the number a concentration is multiplied by to refer to another state.

    Parameters
    ----------
    t_from_k, p_from_hpa : float
        State it refers to, K and hPa.
    t_to_k, p_to_hpa : float
        State wanted, K and hPa.

    Examples
    --------
    >>> round(conversion(294.26, 1013.25, 273.15, 1013.25), 5)
    1.07728
    """
    return (t_from_k / t_to_k) * (p_to_hpa / p_from_hpa)


def to_state(series: Series, state: str | State, *, actual: State | None = None) -> Series:
    """Return a series at another reference state.

    Parameters
    ----------
    series : Series
        A concentration or an absorption coefficient.
    state : str or State
        A name, or `State`; the name `actual` asks for the state given as `actual`.
    actual : State, optional
        Temperature and pressure of the air where it was measured: needed from or to
        ambient values.

    Raises
    ------
    ConfigError
        If the state isn't known, or `actual` is needed and wasn't given.
    DataError
        If the series doesn't say what state it refers to.
    """
    about = series.about
    if about.reference == "unknown":
        raise DataError(
            [
                Problem(
                    f"{about.series_id} without a reference state",
                    "a stated temperature and pressure, or ambient",
                    about.file,
                    remedy="Ask its originator; guessing costs up to 9 %.",
                )
            ]
        )
    target = _require_state(actual) if state == _ACTUAL else state
    wanted = state_named(target) if isinstance(target, str) else target
    if about.reference == "ambient":
        content = _require_state(actual)
    else:
        content = State(float(about.t_ref_k or 0), float(about.p_ref_hpa or 0))
    factor = conversion(content.t_k, content.p_hpa, wanted.t_k, wanted.p_hpa)
    frame = series.frame.assign(value=series.frame["value"] * factor)
    ambient = state == _ACTUAL
    return series.but(
        f"x {factor:.5f} from {content.t_k:g} K, {content.p_hpa:g} hPa "
        f"to {wanted.t_k:g} K, {wanted.p_hpa:g} hPa",
        frame,
        reference="ambient" if ambient else "standard",
        t_ref_k=None if ambient else wanted.t_k,
        p_ref_hpa=None if ambient else wanted.p_hpa,
    )


def _require_state(actual: State | None) -> State:
    if actual is None:
        raise ConfigError(
            [
                Problem(
                    "no actual",
                    "actual=State(t_k, p_hpa): temperature and pressure of the measured air",
                    column="actual",
                    remedy="Ambient values convert only with the local state.",
                )
            ]
        )
    return actual
