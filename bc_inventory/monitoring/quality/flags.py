"""Flags that quality control sets on values: bits of one integer, with names.

A flag says what a test saw. It never changes or deletes a value; which flags keep a
value out of a mean is the caller's choice, by name.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bc_inventory.errors import ConfigError, Problem, suggest

__all__ = ["QUALITY_FLAGS", "bits", "names_of"]

QUALITY_FLAGS = {
    "range": "outside the plausible range of the instrument",
    "persistence": "the same value for longer than air stays the same",
    "spike": "a single value far from its neighbours",
    "duplicate_time": "a time stamp that occurs again",
    "clock_jump": "first value after the clock jumped",
    "duplicate_series": "part of a run that another station has too",
    "break": "first value after a change of tape, method or instrument",
    "zero_block": "an exact zero where zeros stand for not measured",
    "below_detection": "below the detection limit of the instrument",
}
_BIT = {name: np.uint16(1 << i) for i, name in enumerate(QUALITY_FLAGS)}


def bits(names: Iterable[str]) -> np.uint16:
    """Return the bits of quality flags by name.

    Raises
    ------
    ConfigError
        If a name isn't that of a quality flag.
    """
    mask = np.uint16(0)
    for name in names:
        if name not in _BIT:
            raise ConfigError(
                [
                    Problem(
                        f"quality flag {name!r}",
                        f"one of {', '.join(QUALITY_FLAGS)}",
                        remedy=suggest(name, QUALITY_FLAGS),
                    )
                ]
            )
        mask |= _BIT[name]
    return mask


def names_of(value: int) -> tuple[str, ...]:
    """Return the names of the quality flags set in `value`."""
    return tuple(name for name, bit in _BIT.items() if value & int(bit))
