"""Where one more estimate would lie, when the spread between a few is itself uncertain.

Nagashima, Noma and Furukawa 2019, doi:10.1177/0962280218773520: the distance of one more
estimate from the pooled one is a normal error with the spread between estimates, and an error
of the mean. Both are taken over what the spread may be, by how unlikely it makes the distances
of the estimates from each other. The paper draws; here the quantiles are stepped through, so
that the same estimates have the same interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.inventory.distribution import bisected

__all__ = ["prediction_reach"]

Floats = NDArray[np.floating[Any]]
_STEPS = 40  # quantiles of the spread between estimates
_MEANS = 12  # quantiles of the error of the mean
_ROUNDS = 30  # halvings of what a spread or a reach can be
_LEVEL = 0.95


def prediction_reach(estimates: Floats, errors: Floats, deviation: Floats) -> NDArray[np.float64]:
    """Return half the width of the 95 % prediction interval of sets of estimates.

    Parameters
    ----------
    estimates : numpy.ndarray of float, shape (sets, k)
        At least three a set.
    errors : numpy.ndarray of float, shape (sets, k, k)
        Covariance of their errors.
    deviation : numpy.ndarray of float, shape (sets,)
        Standard deviation of the pooled estimate.

    Returns
    -------
    numpy.ndarray, shape (sets,)
        In the unit of the estimates.

    Examples
    --------
    >>> errors = np.eye(3)[None] * 0.01
    >>> near, far = (
    ...     prediction_reach(np.array([[0.0, x, 2 * x]]), errors, np.array([0.1]))
    ...     for x in (0.1, 1.0)
    ... )
    >>> bool(far[0] > near[0])
    True
    """
    from scipy.special import chdtri, ndtr, stdtrit

    count = estimates.shape[1]
    # Of k estimates the k - 1 differences say how they are spread; in their principal
    # directions an added variance is added to each, so no matrix is inverted again.
    contrasts = np.linalg.svd(np.ones((1, count)))[2][1:]
    error, direction = np.linalg.eigh(contrasts @ errors @ contrasts.T)
    square = np.square(np.einsum("nji,nj->ni", direction, estimates @ contrasts.T))
    # A distance that is rarely so small means a large spread.
    tail, weight = _levels(_STEPS)
    wanted = chdtri(count - 1, 1 - tail)
    most = square.sum(axis=1)[:, None] / wanted

    def distant(variance: Floats) -> NDArray[np.bool_]:
        added = error[:, None, :] + variance[:, :, None]
        return np.asarray((square[:, None, :] / added).sum(axis=2) > wanted)

    spread = np.sqrt(bisected(distant, np.zeros_like(most), most, _ROUNDS))
    spread = np.maximum(spread, np.finfo(float).tiny)
    tail, chance = _levels(_MEANS)
    quantile = stdtrit(count - 1, tail / 2)
    away = deviation[:, None, None] * np.concatenate([quantile, -quantile])
    chance = np.tile(chance, 2) / 2

    def short(reach: Floats) -> NDArray[np.bool_]:
        inside = ndtr((reach[:, None, None] - away) / spread[:, :, None])
        return np.asarray(inside @ chance @ weight < (1 + _LEVEL) / 2)

    largest = 5 * spread.max(axis=1) + deviation * -quantile[0]
    return bisected(short, np.zeros_like(largest), largest, _ROUNDS).astype(np.float64)


def _levels(count: int) -> tuple[Floats, Floats]:
    """Return probabilities from 0 to 1 and their weights, closer near 0.

    Of three estimates spread and mean have long tails, which even steps would cut off.
    """
    step = (np.arange(count) + 0.5) / count
    return step**3, np.square(step) / np.square(step).sum()
