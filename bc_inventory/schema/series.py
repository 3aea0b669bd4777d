"""A series of measurements in memory: what all its values share, and the values.

Readers make series and monitoring works on them, so the type stands on the ground
floor. Everything a number depends on travels with it; what a file doesn't say stays
None and is never filled in silently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["COLUMNS", "Description", "Log", "Record", "Series", "Setup", "make_values"]

# Times are UTC to the second and without zone inside; the tables carry the zone.
TIME = "datetime64[s]"
COLUMNS = ("start", "end", "value", "valid", "flags", "quality_flags", "segment", "measured_s")


@dataclass(frozen=True)
class Description:
    """What every value of a series shares.

    Parameters
    ----------
    station : str
        Code or name of the station.
    bc_type : {"EC", "eBC", "rBC", "b_abs"}
        What was measured.
    unit : str
        `ug/m3` or `1/Mm`; readers convert to these.
    file, sha256, format : str
        Where it was read.
    clock : str
        `UTC`, or what the times are: `UTC+01:00 moved to UTC`, `unknown`.
    reference : {"ambient", "standard", "unknown"}
        State the air volume refers to; with `t_ref_k` and `p_ref_hpa` where standard.
    size_cut : str
        `pm1`, `pm25`, `pm10`, `total` or `unknown`.
    data_set, revision : str, optional
        Name of the data set and the date of this revision of it; of two revisions of one data
        set a record holds the newer.
    processing : tuple of str
        Steps that made the value from what was delivered.
    """

    station: str
    bc_type: str
    unit: str
    file: str
    sha256: str
    format: str
    clock: str = "UTC"
    station_name: str | None = None
    network: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    setting: str | None = None
    wavelength_nm: float | None = None
    mac_m2_g: float | None = None
    mac_from: str | None = None
    scattering_c: float | None = None
    harmonisation_h: float | None = None
    protocol: str | None = None
    size_cut: str = "unknown"
    reference: str = "unknown"
    t_ref_k: float | None = None
    p_ref_hpa: float | None = None
    instrument: str | None = None
    method: str | None = None
    serial: str | None = None
    part: str | None = None
    alpha_ff: float | None = None
    alpha_bb: float | None = None
    relative_uncertainty: float | None = None
    uncertainty_from: str | None = None
    interval_s: int | None = None
    licence: str | None = None
    source_id: str | None = None
    data_set: str | None = None
    revision: str | None = None
    processing: tuple[str, ...] = ()

    @property
    def series_id(self) -> str:
        """Name of the series, the same for the same station and method in any file."""
        by_name = {
            item.name: getattr(self, item.name) for item in fields(self) if item.name in _IDENTITY
        }
        digest = hashlib.sha256(repr(sorted(by_name.items())).encode()).hexdigest()[:8]
        wavelength = "" if self.wavelength_nm is None else f"{self.wavelength_nm:g}nm"
        parts = (self.station, self.bc_type, wavelength, self.size_cut, digest)
        return ".".join(part.replace(" ", "_") for part in parts if part)

    def but(self, step: str | None = None, **changed: Any) -> Description:
        """Return a copy with some fields changed and `step` added to the processing."""
        steps = self.processing if step is None else (*self.processing, step)
        return replace(self, processing=steps, **changed)


_IDENTITY = frozenset(
    "station bc_type unit wavelength_nm mac_m2_g scattering_c harmonisation_h protocol size_cut "
    "reference t_ref_k p_ref_hpa instrument method serial part alpha_ff "
    "alpha_bb".split()
)


@dataclass(frozen=True)
class Series:
    """Values of one quantity at one station by one method.

    Parameters
    ----------
    about : Description
        What they share.
    frame : pandas.DataFrame
        Columns start, end (naive UTC, `datetime64[s]`), value (float, NaN where
        missing), valid (bool, by the publisher's flags), flags (text: flags separated
        by `;`), quality_flags (integer bits of quality control, see
        `bc_inventory.monitoring.quality.tests`), segment (text: changes where tape or method does)
        and measured_s (seconds really sampled between start and end).
    """

    about: Description
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def good(self) -> pd.Series:
        """Values that are valid and present."""
        return self.frame.loc[self.frame["valid"] & self.frame["value"].notna(), "value"]

    def mean(self) -> float:
        """Return the plain mean of the valid values, in the unit of the series."""
        return float(self.good.mean())

    def but(
        self, step: str | None = None, frame: pd.DataFrame | None = None, **changed: Any
    ) -> Series:
        """Return a copy with other values or a changed description."""
        return Series(self.about.but(step, **changed), self.frame if frame is None else frame)


@dataclass(frozen=True)
class Record:
    """What a file of ready values holds.

    Parameters
    ----------
    series : tuple of Series
        In the order of the file.
    remarks : tuple of str
        What a user must know: contradictions, doubtful clocks, repeated stamps.
    """

    series: tuple[Series, ...]
    remarks: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Series]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)


@dataclass(frozen=True)
class Log:
    """What a raw instrument log holds: counters, not yet a harmonised value.

    Parameters
    ----------
    instrument : str
        `AE33`, `AE51`, `MA200`, `BC-1054`.
    serial : str
        Serial number.
    frame : pandas.DataFrame
        One row per reading; `time` is the start in the instrument's clock.
    file, sha256, format : str
        Where it was read.
    attributes : dict
        What the log says about itself: timebase_s, t_ref_k, p_ref_hpa, utc_offset_min.
    remarks : tuple of str
        What a user must know.
    """

    instrument: str
    serial: str
    frame: pd.DataFrame
    file: str
    sha256: str
    format: str
    attributes: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Setup:
    """What an AE33 divides by, from its set-up record.

    Parameters
    ----------
    serial : str
        Serial number.
    since : str
        Date of the record as written.
    sigma_m2_g : tuple of float
        Cross-section of each channel, m2/g.
    scattering_c : float
        Multiple-scattering parameter C.
    area_cm2 : float
        Area of a spot.
    leakage : float
        Fraction zeta of the flow that leaks.
    pressure_pa, temperature_c : float
        Reference state of the flows.
    """

    serial: str
    since: str
    sigma_m2_g: tuple[float, ...]
    scattering_c: float
    area_cm2: float
    leakage: float
    pressure_pa: float
    temperature_c: float


def make_values(start: Any, end: Any, value: Any, valid: Any, flags: Any = "") -> pd.DataFrame:
    """Return the frame of a series from its columns.

    Parameters
    ----------
    start, end : array-like of datetime, shape (n,)
        Begin and end of each value, naive UTC.
    value : array-like of float, shape (n,)
        In the unit of the series, NaN where missing.
    valid : array-like of bool, shape (n,)
        By the publisher's flags.
    flags : str or array-like of str, shape (n,)
        The publisher's flags.

    Returns
    -------
    pandas.DataFrame
        With the columns of `COLUMNS`; no quality flag is set.
    """
    begin, finish = np.asarray(start, dtype=TIME), np.asarray(end, dtype=TIME)
    count = len(begin)
    # All columns at once: one by one they take most of the time of reading a small file.
    return pd.DataFrame(
        {
            "start": begin,
            "end": finish,
            "value": np.asarray(value, dtype=float),
            "valid": np.asarray(valid, dtype=bool),
            "flags": _same(flags, count) if isinstance(flags, str) else _distinct(flags),
            "quality_flags": np.zeros(count, dtype=np.uint16),
            "segment": _same("", count),
            "measured_s": (finish - begin).astype(np.int64).astype(float),
        }
    )


def _same(text: str, count: int) -> pd.Categorical:
    codes = np.zeros(count, dtype=np.int8)
    return pd.Categorical.from_codes(codes, pd.Index([text], dtype="str"))


def _distinct(texts: Any) -> pd.Categorical:
    if isinstance(texts, pd.Categorical):
        return texts
    return pd.Categorical(pd.array(np.asarray(texts, dtype=object), dtype="str"))
