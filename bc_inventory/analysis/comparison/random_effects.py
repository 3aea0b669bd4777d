"""Pool a few estimates of one quantity whose errors may be correlated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory.analysis.comparison.prediction import prediction_reach

__all__ = ["LEAST", "Pooled", "random_effects"]

Floats = NDArray[np.float64]
# Two estimates have one difference between them: it says next to nothing about their spread,
# and Student's t with one degree of freedom makes an interval of a factor of thousands.
LEAST = 3


@dataclass(frozen=True)
class Pooled:
    """Means of sets of estimates.

    Parameters
    ----------
    mean : numpy.ndarray of float, shape (sets,)
        Pooled estimate.
    reach : numpy.ndarray of float, shape (sets,)
        Half width of its 95 % interval.
    predicted : numpy.ndarray of float, shape (sets,)
        Half width of the 95 % prediction interval, in which one more estimate without an
        error of its own would lie; see `bc_inventory.analysis.comparison.prediction`.
    between : numpy.ndarray of float, shape (sets,)
        Standard deviation between estimates beyond their errors.
    """

    mean: Floats
    reach: Floats
    predicted: Floats
    between: Floats


def random_effects(estimates: Floats, deviations: Floats, correlation: Floats) -> Pooled:
    """Pool sets of as many estimates each.

    Parameters
    ----------
    estimates, deviations : numpy.ndarray of float, shape (sets, k)
        Estimates and the standard deviations of their errors, above zero; at least three.
    correlation : numpy.ndarray of float, shape (sets, k, k)
        Correlation of the errors.

    Returns
    -------
    Pooled
        The variance between estimates by moments (DerSimonian and Laird 1986,
        doi:10.1016/0197-2456(86)90046-2, for correlated errors); the interval by Knapp and
        Hartung 2003, doi:10.1002/sim.1482, with k - 1 degrees of freedom, modified so that it
        is never narrower than the errors alone make it (Roever et al. 2015,
        doi:10.1186/s12874-015-0091-1); the prediction interval by Nagashima et al. 2019,
        doi:10.1177/0962280218773520, since one by the estimated variance between estimates
        alone covers 0.88 to 0.90 where it says 0.95, of four to six estimates: that estimate
        is 0 in one set of five.

    Raises
    ------
    ValueError
        With fewer than three estimates.

    Examples
    --------
    >>> pooled = random_effects(np.array([[0.0, 1.0, 2.0]]), np.full((1, 3), 0.5), np.eye(3)[None])
    >>> pooled.mean.round(6).tolist(), (pooled.between**2).round(6).tolist()
    ([1.0], [0.75])
    """
    from scipy.special import stdtrit

    count = estimates.shape[1]
    if count < LEAST:
        raise ValueError(f"{count} estimates; pooling needs at least {LEAST}")
    errors = correlation * deviations[:, :, None] * deviations[:, None, :]
    inverse = np.linalg.inv(errors)
    weight = inverse.sum(axis=2)
    whole = weight.sum(axis=1)
    _, chi = _weighted(estimates, inverse)
    free = np.trace(inverse, axis1=1, axis2=2) - np.square(weight).sum(axis=1) / whole
    between = np.maximum((chi - (count - 1)) / free, 0.0)

    inverse = np.linalg.inv(errors + between[:, None, None] * np.eye(count))
    mean, chi = _weighted(estimates, inverse)
    variance = np.maximum(chi / (count - 1), 1.0) / inverse.sum(axis=(1, 2))
    reach = stdtrit(count - 1, 0.975) * np.sqrt(variance)
    predicted = prediction_reach(estimates, errors, np.sqrt(variance))
    return Pooled(mean, reach, predicted, np.sqrt(between))


def _weighted(estimates: Floats, inverse: NDArray[np.floating[Any]]) -> tuple[Floats, Floats]:
    """Return means weighted by an inverse covariance, and the squared distance from them."""
    weight = inverse.sum(axis=2)
    mean = (weight * estimates).sum(axis=1) / weight.sum(axis=1)
    away = estimates - mean[:, None]
    return mean, np.einsum("ni,nij,nj->n", away, inverse, away)
