"""Flags of the source and of quality control of the values behind a mean, counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.monitoring.quality.flags import names_of

__all__ = ["quality_flag_counts", "text_counts"]


def text_counts(texts: pd.Series, rows: np.ndarray, place: np.ndarray, count: int) -> np.ndarray:
    """Return what the values of each period say, with counts, such as `147:3;780:2`.

    Parameters
    ----------
    texts : pandas.Series of str
        Flags or segment of each value, several separated by `;`.
    rows, place : numpy.ndarray of int, shape (n,)
        Row and period of each overlap.
    count : int
        Number of periods.

    Returns
    -------
    numpy.ndarray of object, shape (count,)
        Empty text where there is none.
    """
    coded = texts.astype("category")
    codes = coded.cat.codes.to_numpy()[rows]
    names = [str(name) for name in coded.cat.categories]
    filled = np.array([bool(name) for name in names] + [False])[codes]
    return _texts(codes[filled], place[filled], count, [_parts(name) for name in names])


def quality_flag_counts(quality_flags: np.ndarray, place: np.ndarray, count: int) -> np.ndarray:
    """Return the quality flags of each period with their counts, such as `spike:2`.

    Parameters
    ----------
    quality_flags : numpy.ndarray of uint16, shape (n,)
        Bits of each overlap.
    place : numpy.ndarray of int, shape (n,)
        Period of each overlap.
    count : int
        Number of periods.
    """
    filled = quality_flags != 0
    distinct, codes = np.unique(quality_flags[filled], return_inverse=True)
    parts = [list(names_of(int(value))) for value in distinct]
    return _texts(codes, place[filled], count, parts)


def _parts(text: str) -> list[str]:
    return [part.replace(":", "_") for part in text.split(";") if part]


def _texts(codes: np.ndarray, place: np.ndarray, count: int, parts: list[list[str]]) -> np.ndarray:
    values = np.full(count, "", dtype=object)
    if not len(codes):
        return values
    pairs, times = np.unique(place * len(parts) + codes, return_counts=True)
    counted: dict[int, dict[str, int]] = {}
    for pair, number in zip(pairs.tolist(), times.tolist(), strict=True):
        here = counted.setdefault(pair // len(parts), {})
        for name in parts[pair % len(parts)]:
            here[name] = here.get(name, 0) + number
    for position, here in counted.items():
        values[position] = ";".join(f"{name}:{here[name]}" for name in sorted(here))
    return values
