"""Where a file and the settings say different things of one series."""

from __future__ import annotations

from typing import Any

from bc_inventory.monitoring.instruments.reference import state_named
from bc_inventory.monitoring.record.settings import FileRule
from bc_inventory.schema.series import Description

__all__ = ["contradictions"]

_NEAR = 0.01  # degrees, metres or parts by which two statements of one value may differ


def contradictions(about: Description, rule: FileRule) -> tuple[str, ...]:
    """Return where a file says something else than its rule; what the file says holds.

    Parameters
    ----------
    about : Description
        As read from the file.
    rule : FileRule
        Of the settings.

    Returns
    -------
    tuple of str
        One remark for each field, with both values.
    """
    remarks = [
        f"{about.station}: the file says {name} {stated!r} and the settings {given!r}: "
        "the file's is used"
        for name, given in rule.place.items()
        if (stated := getattr(about, name)) not in (None, "unknown") and not _agree(stated, given)
    ]
    if rule.delivered_state and about.reference != "unknown":
        stated, given = _stated_state(about), _state_of(rule.delivered_state)
        if stated != given:
            remarks.append(
                f"{about.station}: the file says that its air is at {stated} and the settings "
                f"at {given}: the file's is used"
            )
    return tuple(remarks)


def _agree(stated: Any, given: Any) -> bool:
    """Tell whether two values mean the same: texts in any case, places within a kilometre."""
    if isinstance(stated, str) or isinstance(given, str):
        return str(stated).strip().casefold() == str(given).strip().casefold()
    return abs(float(stated) - float(given)) <= _NEAR


def _stated_state(about: Description) -> str:
    if about.t_ref_k is None or about.p_ref_hpa is None:
        return about.reference
    return f"{about.t_ref_k:g} K and {about.p_ref_hpa:g} hPa"


def _state_of(name: str) -> str:
    if name == "ambient":
        return name
    state = state_named(name)
    return f"{state.t_k:g} K and {state.p_hpa:g} hPa"
