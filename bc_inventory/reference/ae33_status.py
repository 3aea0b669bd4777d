"""What the Status of an AE33 says of the values of its row."""

from __future__ import annotations

import numpy as np

__all__ = ["is_measuring"]

# Bits of Status under which the tape runs low and values stay right; both together say that it
# is at its end (manual of the AE33 1.55, section 8.2).
_TAPE_WARNING, _TAPE_LAST_WARNING = 128, 256
_TAPE_ERROR = _TAPE_WARNING | _TAPE_LAST_WARNING


def is_measuring(status: np.ndarray) -> np.ndarray:
    """Tell for each Status, a sum of bits, whether the values of its row are right.

    Parameters
    ----------
    status : numpy.ndarray of int
        Of a log. A warning that the tape runs low leaves values right; every other bit says that
        the instrument doesn't measure or that something is wrong: 1 tape advance, 2 first
        measurement, 3 stopped, 4 flow, 16 to 48 light source, 384 tape error, 1024 and above tests
        and errors of storage.

    Returns
    -------
    numpy.ndarray of bool

    Examples
    --------
    >>> is_measuring(np.array([0, 128, 256, 384, 129, 1])).tolist()
    [True, True, True, False, False, False]
    """
    other = np.asarray(status) & ~_TAPE_ERROR
    return (other == 0) & ((np.asarray(status) & _TAPE_ERROR) != _TAPE_ERROR)
