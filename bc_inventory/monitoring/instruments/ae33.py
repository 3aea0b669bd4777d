"""From the log of an AE33 to series of eBC: tapes, clocks, status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import ConfigError, Problem
from bc_inventory.monitoring.facts import choose, facts
from bc_inventory.monitoring.instruments.counters import LOG_UNIT, compensated, required
from bc_inventory.reference.ae33_status import is_measuring
from bc_inventory.schema.series import Description, Log, Series, Setup, make_values

__all__ = ["Tape", "ebc_series", "tape_of"]

CHANNELS = range(1, 8)
_COUNTED = "eBC of the counters: leakage, C, and loading by the log's K and ATN of spot 1"


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
        raise ConfigError([required("tape", "the filter tape, such as tape='M8060'")])
    row = choose("tapes", "tape", name, "tape").iloc[0]
    width = float(row["harmonisation_h_upper"] - row["harmonisation_h_lower"]) / 2
    h = float(row["harmonisation_h"])
    return Tape(name, float(row["scattering_c"]), h, width / h)


def ebc_series(
    log: Log,
    *,
    station: str,
    utc_offset_h: float | None = None,
    tape: str | Mapping[str, str] | None = None,
    channels: tuple[int, ...] = tuple(CHANNELS),
    counters: Setup | None = None,
    **place: Any,
) -> tuple[Series, ...]:
    """Return compensated eBC, one series for each channel.

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
    counters : Setup, optional
        Set-up of the instrument, with which eBC is made from the counters; by default it
        is the log's own.
    **place
        More of the description: country, latitude, network, size_cut, licence ...

    Returns
    -------
    tuple of Series
        ug/m3 at the log's reference state, one for each channel and C. A Status that isn't 0 is
        a flag of its row; rows in which the instrument didn't measure are invalid, since they
        hold zeros or stale values.

    Raises
    ------
    ConfigError
        If `utc_offset_h` or `tape` isn't given, or its C isn't that of the set-up.
    """
    if utc_offset_h is None:
        raise ConfigError([required("utc_offset_h", "hours the clock is ahead of UTC")])
    frame = log.frame
    begin = frame["time"].to_numpy().astype("datetime64[s]")
    begin = begin - np.timedelta64(round(utc_offset_h * 3600), "s")
    end = begin + frame["timebase_s"].to_numpy().astype("timedelta64[s]")
    status = frame["status"].to_numpy()
    flags = _status_names(status)
    factor = units.factor(LOG_UNIT, "ug/m3")
    table = facts("channels")
    sigma = table[table["instrument"] == "AE33"].set_index("channel")
    result = []
    for chosen, rows in _by_tape(tape, begin):
        _same_c(chosen, counters)
        for channel in channels:
            content = (
                frame[f"bc_{channel}"].to_numpy()
                if counters is None
                else compensated(log, channel, counters)
            )
            value = content[rows] * factor
            valid = is_measuring(status[rows]) & np.isfinite(value)
            values = make_values(begin[rows], end[rows], value, valid)
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
                processing=(_COUNTED if counters else "dual-spot eBC of the instrument",),
            )
            result.append(Series(about.but(**place), values))
    return tuple(result)


def _same_c(tape: Tape, counters: Setup | None) -> None:
    if counters is not None and counters.scattering_c != tape.scattering_c:
        raise ConfigError(
            [
                Problem(
                    f"C {counters.scattering_c:g} of the set-up and tape {tape.name}",
                    f"C {tape.scattering_c:g}, that of the tape",
                    column="scattering_c",
                )
            ]
        )


def _status_names(status: np.ndarray) -> pd.Categorical:
    distinct, codes = np.unique(status, return_inverse=True)
    names = ["" if value == 0 else f"status {value}" for value in distinct]
    return pd.Categorical.from_codes(codes, names)


def _by_tape(
    tape: str | Mapping[str, str] | None, begin: np.ndarray
) -> list[tuple[Tape, np.ndarray]]:
    """Return each C with the rows during which its tapes were in."""
    if tape is None or isinstance(tape, str):
        return [(tape_of(tape), np.arange(len(begin)))]
    since = sorted((np.datetime64(moment, "s"), name) for moment, name in tape.items())
    if not since or begin.min() < since[0][0]:
        raise ConfigError([required("tape", "the tape since the first row of the log")])
    place = np.searchsorted([moment for moment, _ in since], begin, side="right") - 1
    pairs = []
    for position, (_, name) in enumerate(since):
        rows = np.flatnonzero(place == position)
        if len(rows):
            pairs.append((tape_of(name), rows))
    return pairs
