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

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import ConfigError, Problem
from bc_inventory.monitoring.facts import choose, facts
from bc_inventory.schema.series import Description, Log, Series, Setup, make_values

__all__ = ["Tape", "attenuation", "ebc_series", "fitted_c", "loading_corrected", "spot1", "tape_of"]

CHANNELS = range(1, 8)
_MEASURING = 0  # bits of Status: 1 tape advance, 2 first measurement (ATN 0), 3 stopped ...
_ATN0 = 2
_LOG_UNIT = "ng/m3"


@dataclass(frozen=True)
class Tape:
    """A filter tape and what follows from it; see `data/monitoring/tapes.csv`."""

    name: str
    scattering_c: float
    harmonisation_h: float
    relative_interval: float


def tape_of(name: str | None) -> Tape:
    """Return a tape of the AE33 by its manufacturer's name.

    Raises
    ------
    ConfigError
        If no name is given, or there is no such tape.
    """
    if name is None:
        raise ConfigError([_asked("tape", "the filter tape, such as tape='M8060'")])
    row = choose("tapes", "tape", name, "tape").iloc[0]
    width = float(row["harmonisation_h_upper"] - row["harmonisation_h_lower"]) / 2
    h = float(row["harmonisation_h"])
    return Tape(name, float(row["scattering_c"]), h, width / h)


def _asked(name: str, what: str) -> Problem:
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
        held = np.log(ratio)
    zero = frame["status"].to_numpy() == _ATN0
    place = np.maximum.accumulate(np.where(zero, np.arange(len(frame)), -1))
    start = np.where(place >= 0, held[place], np.nan)
    return np.asarray(-100.0 * (held - start))


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
        held = np.log(frame[f"sen1_{channel}"].to_numpy() / frame[f"ref_{channel}"].to_numpy())
    change = -np.diff(held, prepend=np.nan)  # dATN / 100
    area = record.area_cm2 * units.factor("cm^2", "m^2")
    flow = frame["flow1"].to_numpy() * units.factor("mL/min", "m^3/s") * (1 - record.leakage)
    seconds = frame["timebase_s"].to_numpy(dtype=float)
    sigma = record.sigma_m2_g[channel - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mass = area * change / (flow * record.scattering_c * sigma * seconds)
    measuring = frame["status"].to_numpy() == _MEASURING
    step = np.diff(frame["time"].to_numpy().astype("datetime64[s]").astype(np.int64), prepend=0)
    usable = measuring & np.append(False, measuring[:-1]) & (step == seconds)
    return np.where(usable, mass * units.factor("g/m^3", _LOG_UNIT), np.nan)


def _complete(setup: Setup | None) -> Setup:
    problems = []
    if setup is None or not setup.scattering_c > 0:
        problems.append(_asked("scattering_c", "the multiple-scattering parameter C"))
    if setup is None or not 0 <= setup.leakage < 1:
        problems.append(_asked("leakage", "the leakage zeta of the set-up, such as 0.01"))
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
    from dataclasses import replace

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


def ebc_series(
    log: Log,
    *,
    station: str,
    utc_offset_h: float | None = None,
    tape: str | Mapping[str, str] | None = None,
    channels: tuple[int, ...] = tuple(CHANNELS),
    **place: Any,
) -> tuple[Series, ...]:
    """Return the log's compensated eBC, one series for each channel.

    Parameters
    ----------
    log : Log
        Of an AE33.
    station : str
        Station.
    utc_offset_h : float
        Hours the instrument's clock is ahead of UTC.
    tape : str or mapping of str to str
        Tape in the instrument, or the tapes by the UTC moment since which each was in
        (`{"2020-01-01": "M8020", "2021-06-01T12:00": "M8060"}`). A change of tape makes
        other series, since C changes.
    channels : tuple of int
        Channels wanted.
    **place
        More of the description: country, latitude, network, size_cut, licence ...

    Returns
    -------
    tuple of Series
        ug/m3 at the log's reference state, one for each channel and C; rows whose Status
        isn't 0 are kept and invalid, since they hold zeros or stale values.

    Raises
    ------
    ConfigError
        If `utc_offset_h` or `tape` isn't given.
    """
    if utc_offset_h is None:
        raise ConfigError([_asked("utc_offset_h", "hours the clock is ahead of UTC")])
    frame = log.frame
    begin = frame["time"].to_numpy().astype("datetime64[s]")
    begin = begin - np.timedelta64(round(utc_offset_h * 3600), "s")
    end = begin + frame["timebase_s"].to_numpy().astype("timedelta64[s]")
    status = frame["status"].to_numpy()
    flags = _status_names(status)
    factor = units.factor(_LOG_UNIT, "ug/m3")
    table = facts("channels")
    sigma = table[table["instrument"] == "AE33"].set_index("channel")
    made = []
    for chosen, rows in _by_tape(tape, begin):
        for channel in channels:
            value = frame[f"bc_{channel}"].to_numpy()[rows] * factor
            values = make_values(begin[rows], end[rows], value, status[rows] == _MEASURING)
            values["flags"] = flags[rows]
            values["segment"] = pd.Categorical.from_codes(
                np.zeros(len(values), dtype=np.int8), [chosen.name]
            )
            about = Description(
                station=station,
                bc_type="eBC",
                unit="ug/m3",
                file=log.file,
                sha256=log.sha256,
                format=log.format,
                clock=f"instrument, {utc_offset_h:+g} h taken off",
                wavelength_nm=float(sigma.loc[channel, "wavelength_nm"]),
                mac_m2_g=float(sigma.loc[channel, "sigma_m2_g"]),
                mac_from="instrument",
                scattering_c=chosen.scattering_c,
                reference="standard",
                t_ref_k=log.attributes["t_ref_k"],
                p_ref_hpa=log.attributes["p_ref_hpa"],
                instrument="AE33",
                method="dual spot",
                serial=log.serial,
                interval_s=int(log.attributes["timebase_s"]),
                processing=("dual-spot eBC of the instrument",),
            )
            made.append(Series(about.but(**place), values))
    return tuple(made)


def _status_names(status: np.ndarray) -> pd.Categorical:
    distinct, codes = np.unique(status, return_inverse=True)
    names = ["" if value == _MEASURING else f"status {value}" for value in distinct]
    return pd.Categorical.from_codes(codes, names)


def _by_tape(
    tape: str | Mapping[str, str] | None, begin: np.ndarray
) -> list[tuple[Tape, np.ndarray]]:
    """Return each C with the rows during which its tapes were in."""
    if tape is None or isinstance(tape, str):
        return [(tape_of(tape), np.arange(len(begin)))]
    since = sorted((np.datetime64(moment, "s"), name) for moment, name in tape.items())
    if not since or begin.min() < since[0][0]:
        raise ConfigError([_asked("tape", "the tape since the first row of the log")])
    place = np.searchsorted([moment for moment, _ in since], begin, side="right") - 1
    made = []
    for position, (_, name) in enumerate(since):
        rows = np.flatnonzero(place == position)
        if len(rows):
            made.append((tape_of(name), rows))
    return made
