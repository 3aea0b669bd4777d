"""Exact additive decomposition of a difference of products.

Two methods leave no residual and treat both sides alike, so that swapping
the sides flips every sign:

* LMDI-I (Ang 2005, doi:10.1016/j.enpol.2003.10.010; zeros by their analytical
  limits, Wood and Lenzen 2006, doi:10.1016/j.enpol.2004.11.010): a part is
  L(e1, e0) ln(x1 / x0), with the logarithmic mean L.
* Shapley (Sun 1998, doi:10.1016/S0140-9883(97)00042-1; Albrecht et al. 2002,
  doi:10.1016/S0301-4215(02)00022-0): a part is the mean effect of a factor
  over all orders in which the factors can change.

Both are sums over rows, so parts of regions add up to parts of their total.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Method", "lmdi", "log_mean", "parts_of", "shapley"]

Method = Literal["lmdi", "shapley"]
Floats = NDArray[np.float64]


def log_mean(first: Floats, second: Floats) -> Floats:
    """Return the logarithmic mean (a - b) / ln(a / b).

    Parameters
    ----------
    first, second : numpy.ndarray of float, any one shape
        Not negative.

    Returns
    -------
    numpy.ndarray of float
        `a` where a = b, and 0 where either is 0, which are its limits.

    Examples
    --------
    >>> log_mean(np.array([1.0, 2.0, 0.0]), np.array([np.e, 2.0, 5.0])).round(6).tolist()
    [1.718282, 2.0, 0.0]
    """
    both = (first > 0) & (second > 0)
    log = np.divide(second, first, out=np.ones_like(first), where=both)
    np.log(log, out=log)
    # expm1(x)/x keeps its digits where the sides are nearly equal; (a - b)/ln(a/b) doesn't.
    slope = np.divide(np.expm1(log), log, out=np.ones_like(log), where=np.abs(log) >= 1e-12)
    mean: Floats = np.where(both, first * slope, 0.0)
    return mean


def parts_of(base: Floats, other: Floats, method: Method = "lmdi") -> Floats:
    """Return the parts of `prod(other) - prod(base)` that each factor makes.

    Parameters
    ----------
    base, other : numpy.ndarray of float, shape (factors, rows, ...)
        Factors of each row on either side, not negative. NaN is a factor
        that isn't defined there (the emission factor of a technology nobody
        uses); it is taken from the other side, so it has no part.
    method : {"lmdi", "shapley"}
        See the module.

    Returns
    -------
    numpy.ndarray of float, shape (factors, rows, ...)
        Their sum over factors is the difference of each row.
    """
    filled_base, filled_other = _fill(base, other), _fill(other, base)
    return (lmdi if method == "lmdi" else shapley)(filled_base, filled_other)


def _fill(factors: Floats, from_other: Floats) -> Floats:
    undefined = np.isnan(factors)
    if not undefined.any():
        return factors
    filled = np.where(undefined, from_other, factors)
    return np.where(np.isnan(filled), 1.0, filled)


def lmdi(base: Floats, other: Floats) -> Floats:
    """Return LMDI-I parts; see `parts_of`.

    A row that is zero on one side only gives its whole difference to the
    first factor that is zero there, the analytical limit.

    Examples
    --------
    >>> lmdi(np.array([[1.0], [1.0]]), np.array([[4.0], [4.0]])).ravel().round(9).tolist()
    [7.5, 7.5]
    """
    first, second = base.prod(axis=0), other.prod(axis=0)
    weight = log_mean(first, second)
    ratio = np.divide(other, base, out=np.ones_like(other), where=weight > 0)
    parts: Floats = np.log(ratio, out=ratio)
    parts *= weight
    for product, factors in ((first, base), (second, other)):
        alone = (product == 0) & (first != second)
        if alone.any():
            zero = (factors == 0) & alone
            chosen = zero & (np.cumsum(zero, axis=0) == 1)
            parts = np.where(chosen, second - first, parts)
    return parts


def shapley(base: Floats, other: Floats) -> Floats:
    """Return Shapley parts; see `parts_of`.

    Examples
    --------
    >>> shapley(np.array([[1.0], [2.0]]), np.array([[3.0], [5.0]])).ravel().tolist()
    [7.0, 6.0]
    """
    count = len(base)
    parts = np.zeros(np.broadcast_shapes(base.shape, other.shape))
    for index in range(count):
        rest = [k for k in range(count) if k != index]
        step = other[index] - base[index]
        for size in range(count):
            weight = factorial(size) * factorial(count - 1 - size) / factorial(count)
            for changed in combinations(rest, size):
                product = weight * step
                for k in rest:
                    product = product * (other[k] if k in changed else base[k])
                parts[index] += product
    return parts
