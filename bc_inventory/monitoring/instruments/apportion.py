"""Split absorption into fossil-fuel and biomass-burning parts (aethalometer model).

Sandradewi et al. 2008: with b = b_ff + b_bb at two wavelengths l1 < l2 and each part
falling as l^-alpha,

    b_ff(l2) = (b(l1) - b(l2) (l1/l2)^-a_bb) / ((l1/l2)^-a_ff - (l1/l2)^-a_bb)
    b_bb(l2) = b(l2) - b_ff(l2)

The share depends on the pair of exponents by a factor of two, so the pair is always asked
for, is recorded with the result, and the shares by the other published pairs are given with it.
The model failed where fresh wood smoke prevails (Grange et al. 2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import ConfigError, DataError, Problem
from bc_inventory.monitoring.facts import choose, facts
from bc_inventory.monitoring.statistics.periods import bin_of
from bc_inventory.monitoring.statistics.uncertainty import widened
from bc_inventory.schema.series import Description, Series

__all__ = ["Split", "biomass_share", "split"]


@dataclass(frozen=True)
class Split:
    """A series split by source.

    Parameters
    ----------
    biomass, fossil : Series
        Parts of the split series, with the exponents in their description; their relative
        uncertainty reaches to the mean share by the farthest published pair. The errors of the
        two are opposite: what one has too much, the other lacks.
    share : numpy.ndarray of float, shape (n,)
        Biomass share of each value, not clipped; NaN where absorption isn't positive.
    pair : tuple of float
        Exponents of fossil fuel and of biomass burning.
    mean_share : float
        Share of biomass in the sum of absorption: a ratio of sums, which noise doesn't bias as
        it does a mean of ratios.
    band : dict of str to float
        Mean share by each published pair, for sensitivity.
    """

    biomass: Series
    fossil: Series
    share: np.ndarray
    pair: tuple[float, float]
    mean_share: float
    band: dict[str, float]

    @property
    def interval(self) -> tuple[float, float]:
        """Least and greatest mean share by the published pairs and the chosen one."""
        shares = [share for share in (self.mean_share, *self.band.values()) if np.isfinite(share)]
        return (min(shares), max(shares)) if shares else (float("nan"), float("nan"))


def biomass_share(
    b_short: np.ndarray,
    b_long: np.ndarray,
    wavelengths_nm: tuple[float, float],
    pair: tuple[float, float],
) -> np.ndarray:
    """Return the share of biomass burning in the absorption at the longer wavelength.

    Parameters
    ----------
    b_short, b_long : numpy.ndarray of float, shape (n,)
        Absorption at the shorter and longer wavelength, in one unit.
    wavelengths_nm : tuple of float
        The wavelengths, nm.
    pair : tuple of float
        Exponents of fossil fuel and of biomass burning.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        NaN where the longer wavelength isn't positive.
    """
    ratio = wavelengths_nm[0] / wavelengths_nm[1]
    fossil, biomass = (ratio**-alpha for alpha in pair)
    with np.errstate(invalid="ignore", divide="ignore"):
        b_fossil = (b_short - b_long * biomass) / (fossil - biomass)
        share = 1 - b_fossil / b_long
    return np.where(b_long > 0, share, np.nan)


def split(
    whole: Series,
    short: Series,
    long: Series,
    *,
    pair: str | tuple[float, float] | None = None,
    over: str,
) -> Split:
    """Split a series by the absorption at two wavelengths.

    Parameters
    ----------
    whole : Series
        What is split: eBC or absorption of the same times.
    short, long : Series
        Absorption coefficients at the shorter and longer wavelength, same times.
    pair : str or tuple of float
        A pair in `data/monitoring/exponents.csv`, or exponents (fossil, biomass).
    over : {"value", "hour", "day", "month"}
        Time over which absorption is averaged before the share is taken. A minute of
        noise may have no positive absorption and so no share; leaving such minutes out
        would raise the mean of both parts, as dropping negative values does.

    Returns
    -------
    Split
        Parts, shares and their sensitivity.

    Raises
    ------
    ConfigError
        If no pair is given, its exponents aren't in order, or there is no such time.
    DataError
        If the series aren't absorption of the same times.
    """
    exponents = _pair(pair)
    waves = _wavelengths(whole, short, long)
    both = _both(short, long)
    columns = [_averaged(item, both, over) for item in (short, long)]
    share = biomass_share(columns[0], columns[1], waves, exponents)
    mean = _of_sums(columns, waves, exponents)
    band = {
        str(row.pair): _of_sums(columns, waves, (row.alpha_ff, row.alpha_bb))
        for row in facts("exponents").itertuples()
    }
    about = whole.about.but(
        f"split by {waves[0]:g}/{waves[1]:g} nm with exponents {exponents[0]:g}/{exponents[1]:g} "
        f"over each {over}",
        alpha_ff=exponents[0],
        alpha_bb=exponents[1],
    )
    reach = max((abs(by_pair - mean) for by_pair in band.values()), default=0.0)
    biomass = _part(whole, about.but(**_widened(about, reach, mean)), "bb", share)
    fossil = _part(whole, about.but(**_widened(about, reach, 1 - mean)), "ff", 1 - share)
    return Split(biomass, fossil, share, exponents, mean, band)


def _widened(about: Description, reach: float, share: float) -> dict[str, Any]:
    """Return the uncertainty of a part: how far its share by a published pair may be."""
    by = reach / share if share > 0 else float("nan")
    if not np.isfinite(by):
        return {"relative_uncertainty": None, "uncertainty_from": None}
    return widened(about, float(by), "exponents of the split, opposite in the other part")


def _both(short: Series, long: Series) -> np.ndarray:
    """Tell where absorption is valid at both wavelengths."""
    content = [
        (item.frame["valid"] & item.frame["value"].notna()).to_numpy() for item in (short, long)
    ]
    return np.asarray(content[0] & content[1])


def _averaged(series: Series, both: np.ndarray, over: str) -> np.ndarray:
    """Return for each value the mean of the time it is in, over the values valid in both."""
    value = series.frame["value"].to_numpy()
    if over == "value":
        return np.where(both, value, np.nan)
    if over not in ("hour", "day", "month"):
        raise ConfigError([Problem(f"over={over!r}", "value, hour, day or month", column="over")])
    _, place = np.unique(
        bin_of(series.frame["start"].to_numpy().astype("datetime64[s]"), over), return_inverse=True
    )
    total = np.bincount(place, np.where(both, value, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / np.bincount(place, both)
    return np.asarray(mean[place])


def _pair(pair: str | tuple[float, float] | None) -> tuple[float, float]:
    if pair is None:
        raise ConfigError(
            [
                Problem(
                    "no pair",
                    "pair: exponents of fossil fuel and biomass burning, or a published pair",
                    column="pair",
                    remedy="The share depends on it by a factor of two.",
                )
            ]
        )
    if isinstance(pair, str):
        row = choose("exponents", "pair", pair, "pair").iloc[0]
        pair = (float(row["alpha_ff"]), float(row["alpha_bb"]))
    if not 0 < pair[0] < pair[1]:
        raise ConfigError(
            [Problem(f"pair={pair}", "a fossil exponent below that of biomass", column="pair")]
        )
    return pair


def _wavelengths(whole: Series, short: Series, long: Series) -> tuple[float, float]:
    waves = (short.about.wavelength_nm, long.about.wavelength_nm)
    kinds = {short.about.bc_type, long.about.bc_type}
    same = all(item.frame["start"].equals(whole.frame["start"]) for item in (short, long))
    if kinds != {"b_abs"} or None in waves or not (waves[0] or 0) < (waves[1] or 0) or not same:
        raise DataError(
            [
                Problem(
                    f"{sorted(kinds)} at {waves[0]} and {waves[1]} nm"
                    + ("" if same else " of other times"),
                    "absorption at a shorter and a longer wavelength, of the same times",
                    whole.about.file,
                )
            ]
        )
    return float(waves[0] or 0), float(waves[1] or 0)


def _part(whole: Series, about: Description, part: str, share: np.ndarray) -> Series:
    values = whole.frame["value"] * share
    frame = whole.frame.assign(value=values, valid=whole.frame["valid"] & pd.notna(share))
    return Series(about.but(part=part), frame)


def _of_sums(
    columns: list[np.ndarray], waves: tuple[float, float], pair: tuple[float, float]
) -> float:
    """Return the share in the sums of absorption, noise below zero included."""
    short, long = (np.array([np.nansum(column)]) for column in columns)
    return float(biomass_share(short, long, waves, pair)[0])
