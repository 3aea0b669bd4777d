"""The AE33 from its counters: attenuation, loading, leakage, scattering.

Drinovec et al. 2015, doi 10.5194/amt-8-1965-2015:

    ATN  = -100 ln( (Sen/Ref) / (Sen/Ref at ATN 0) )
    F_in = F (1 - zeta)
    BC1  = S (dATN/100) / (F_in C sigma dt)
    BC   = BC1 / (1 - K ATN1)

C and zeta aren't in the log. They come from the instrument's set-up record, or from the
user by name, and have no default.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bc_inventory import units
from bc_inventory.errors import ConfigError, Problem
from bc_inventory.monitoring.facts import facts
from bc_inventory.reference.ae33_status import is_measuring
from bc_inventory.schema.series import Log, Setup

__all__ = [
    "attenuation",
    "compensated",
    "fitted_c",
    "loading_corrected",
    "required",
    "setup_of",
    "spot1",
]

_ATN0 = 2
LOG_UNIT = "ng/m3"
_ZERO_C_IN_K = 273.15


def required(name: str, what: str) -> Problem:
    """Return the problem of a number that an AE33 log lacks and nobody gave."""
    return Problem(
        f"no {name}",
        what,
        column=name,
        remedy="An AE33 log doesn't contain it and it changes the numbers, so it has no default; "
        "read it from the instrument's set-up record.",
    )


def attenuation(log: Log, channel: int, spot: int = 1) -> np.ndarray:
    """Return the attenuation of a spot since its last ATN 0.

    Parameters
    ----------
    log : Log
        Of an AE33.
    channel : int
        1 to 7.
    spot : {1, 2}
        Spot.

    Returns
    -------
    numpy.ndarray of float, shape (rows,)
        In percent as the instrument counts it; NaN before the first row with Status 2.
    """
    frame = log.frame
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = frame[f"sen{spot}_{channel}"].to_numpy() / frame[f"ref_{channel}"].to_numpy()
        values = np.log(ratio)
    zero = frame["status"].to_numpy() == _ATN0
    place = np.maximum.accumulate(np.where(zero, np.arange(len(frame)), -1))
    start = np.where(place >= 0, values[place], np.nan)
    return np.asarray(-100.0 * (values - start))


def spot1(log: Log, channel: int, setup: Setup | None) -> np.ndarray:
    """Return eBC of spot 1 from the counters, without loading correction.

    Parameters
    ----------
    log : Log
        Of an AE33.
    channel : int
        1 to 7.
    setup : Setup
        Set-up record of the instrument: C, leakage, spot area and cross-sections.

    Returns
    -------
    numpy.ndarray of float, shape (rows,)
        ng/m3 at the reference state of the flows; NaN where a row or the one before it
        doesn't measure.

    Raises
    ------
    ConfigError
        If the set-up isn't given, or lacks C or the leakage.

    Notes
    -----
    Drinovec et al. 2015, doi 10.5194/amt-8-1965-2015, equations 1 to 5.
    """
    record = _complete(setup)
    frame = log.frame
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(frame[f"sen1_{channel}"].to_numpy() / frame[f"ref_{channel}"].to_numpy())
    change = -np.diff(values, prepend=np.nan)  # dATN / 100
    area = record.area_cm2 * units.factor("cm^2", "m^2")
    flow = frame["flow1"].to_numpy() * units.factor("mL/min", "m^3/s") * (1 - record.leakage)
    seconds = frame["timebase_s"].to_numpy(dtype=float)
    sigma = record.sigma_m2_g[channel - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mass = area * change / (flow * record.scattering_c * sigma * seconds)
    measuring = is_measuring(frame["status"].to_numpy())
    step = np.diff(frame["time"].to_numpy().astype("datetime64[s]").astype(np.int64), prepend=0)
    usable = measuring & np.append(False, measuring[:-1]) & (step == seconds)
    return np.where(usable, mass * units.factor("g/m^3", LOG_UNIT), np.nan)


def _complete(setup: Setup | None) -> Setup:
    problems = []
    if setup is None or not setup.scattering_c > 0:
        problems.append(required("scattering_c", "the multiple-scattering parameter C"))
    if setup is None or not 0 <= setup.leakage < 1:
        problems.append(required("leakage", "the leakage zeta of the set-up, such as 0.01"))
    if setup is None or problems:
        raise ConfigError(problems)
    return setup


def fitted_c(log: Log, channel: int, setup: Setup) -> tuple[float, float]:
    """Return the C that makes the counters give the log's own BC1, and their correlation.

    Parameters
    ----------
    log : Log
        Of an AE33.
    channel : int
        1 to 7.
    setup : Setup
        All but C is used.

    Returns
    -------
    tuple of float
        C, and Pearson's r.
    """
    unscaled = spot1(log, channel, replace(setup, scattering_c=1.0))
    logged = log.frame[f"bc1_{channel}"].to_numpy(dtype=float)
    both = np.isfinite(unscaled)
    x, y = unscaled[both], logged[both]
    return float((x @ x) / (x @ y)), float(np.corrcoef(x, y)[0, 1])


def loading_corrected(log: Log, channel: int) -> np.ndarray:
    """Return eBC of spot 1 of the log, corrected for loading with its own K.

    Returns
    -------
    numpy.ndarray of float, shape (rows,)
        ng/m3; NaN before the first ATN 0.

    Notes
    -----
    BC = BC1 / (1 - K ATN1), Drinovec et al. 2015.
    """
    frame = log.frame
    loading = frame[f"k_{channel}"].to_numpy() * attenuation(log, channel)
    return np.asarray(frame[f"bc1_{channel}"].to_numpy() / (1 - loading))


def compensated(log: Log, channel: int, setup: Setup) -> np.ndarray:
    """Return eBC from the counters of spot 1, corrected for loading with the log's K.

    Returns
    -------
    numpy.ndarray of float, shape (rows,)
        ng/m3; NaN where `spot1` or the attenuation is missing.
    """
    loading = log.frame[f"k_{channel}"].to_numpy() * attenuation(log, channel)
    return np.asarray(spot1(log, channel, setup) / (1 - loading))


def setup_of(log: Log, *, scattering_c: float, leakage: float, area_cm2: float) -> Setup:
    """Return the set-up of an AE33 from what its log doesn't contain.

    Parameters
    ----------
    log : Log
        Of the instrument; its flows' reference state is taken.
    scattering_c, leakage, area_cm2 : float
        Multiple-scattering parameter C, leakage zeta and area of a spot.

    Returns
    -------
    Setup
        With the cross-sections of `data/monitoring/channels.csv`.
    """
    table = facts("channels")
    sigma = table[table["instrument"] == "AE33"].sort_values("channel")["sigma_m2_g"]
    return Setup(
        serial=log.serial,
        since="",
        sigma_m2_g=tuple(sigma.astype(float)),
        scattering_c=float(scattering_c),
        area_cm2=float(area_cm2),
        leakage=float(leakage),
        pressure_pa=log.attributes["p_ref_hpa"] * units.factor("hPa", "Pa"),
        temperature_c=log.attributes["t_ref_k"] - _ZERO_C_IN_K,
    )
