"""EBAS station NetCDF as served by NILU's THREDDS: eBC, absorption, elemental carbon.

Names come in two styles (`equivalent_black_carbon`, `..._amean`), with an index where one
file holds several size cuts (`_amean_0`), and each variable has `_qc` (EBAS flags along a
dimension of their own) and `_ebasmetadata` (JSON). `_prec1587` is a percentile, misspelt.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from bc_inventory.readers.io.netcdf import (
    array,
    attribute,
    is_netcdf,
    opened,
    texts,
    times,
    unit_of,
)
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._flags import FlagSet, flag_set
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import factor_of
from bc_inventory.readers.stations.ebas import COMPONENTS, SIZE_CUTS, reference_state
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "ebas_netcdf"
_VARIABLE = re.compile(rf"({'|'.join(COMPONENTS)})(_amean)?(_\d+)?")


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    try:
        with opened(source) as file:
            return attribute(file, "ebas_station_code") is not None
    except Exception:  # a detector doesn't raise: a damaged file simply isn't this
        return False


def read(origin: Source, *, flags: str = "ebas") -> Reading:
    """Read every BC or EC variable of an EBAS station file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    flags : {"ebas", "ghost"}
        Whose opinion of the flags counts.

    Returns
    -------
    Reading
        `data` is a `Record` with a series for each variable and wavelength.

    Raises
    ------
    DataError
        If it has no such variable, no time bounds, or an unreadable unit.
    """
    source = Source.of(origin)
    with opened(source) as file:
        names = [name for name in file.variables if _VARIABLE.fullmatch(name)]
        if not names:
            raise source.refuse(
                f"no BC/EC variable among {', '.join(list(file.variables)[:8])}",
                f"one of {', '.join(COMPONENTS)}",
            )
        bounds = _bounds(source, file)
        series = [
            item for name in sorted(names) for item in _series(source, file, name, bounds, flags)
        ]
    return record_reading(source, NAME, Record(tuple(series)))


def _bounds(source: Source, file: Any) -> tuple[np.ndarray, np.ndarray]:
    if "time" not in file.variables or "time_bnds" not in file.variables:
        raise source.refuse("no time with time_bnds", "begin and end of each value")
    edges = _edges(source, file["time_bnds"], file["time"])
    return edges[:, 0], edges[:, 1]


def _edges(source: Source, bounds: Any, time: Any) -> np.ndarray:
    """Return begin and end of each value; bounds without units have those of their time."""
    rows = attribute(bounds, "units") is not None
    flat = times(source, bounds, like=bounds if rows else time)
    if len(flat) % 2:
        raise source.refuse(f"{len(flat)} bounds", "two for each value", column=bounds.name)
    return flat.reshape(-1, 2)


def _series(
    source: Source, file: Any, name: str, bounds: tuple[np.ndarray, np.ndarray], opinion: str
) -> list[Series]:
    variable = file[name]
    bc_type, unit = COMPONENTS[str(_VARIABLE.fullmatch(name)[1])]  # type: ignore[index]
    description = unit_of(source, variable)
    factor = factor_of(source, description, unit, column=name)
    axes = list(variable.dimensions)
    values = array(source, variable) * factor
    codes = _codes(source, file, name, values.shape)
    waves: list[float | None] = [None]
    if "Wavelength" in axes:
        index = axes.index("Wavelength")
        values, codes = np.moveaxis(values, index, 0), np.moveaxis(codes, index, 0)
        waves = [float(w) for w in array(source, file["Wavelength"])]
    else:
        values, codes = values[None], codes[None]
    if values.shape[1:] != bounds[0].shape:
        raise source.refuse(f"dimensions {axes}", "time, with Wavelength at most", column=name)
    known = flag_set(opinion)
    periods = _periods(source, file, name, bounds[0])
    series = []
    for index, (value, flag, wave) in enumerate(zip(values, codes, waves, strict=True)):
        texts, valid = _judged(flag, known)
        grouped: dict[Description, list[np.ndarray]] = {}
        for rows, content in periods:
            details = content[index] if len(content) == len(waves) else content[0]
            about = _description(source, file, details, bc_type, unit, wave)
            grouped.setdefault(about, []).append(rows)
        for about, several in grouped.items():
            rows = np.sort(np.concatenate(several))
            good = valid[rows] & np.isfinite(value[rows])
            begin, end = (bound[rows] for bound in bounds)
            series.append(Series(about, make_values(begin, end, value[rows], good, texts[rows])))
    return series


def _periods(
    source: Source, file: Any, name: str, begin: np.ndarray
) -> list[tuple[np.ndarray, list[dict[str, Any]]]]:
    """Return the rows of each period of the metadata, and what holds in it by wavelength.

    An instrument, a cross-section or an inlet may change within a file; what was measured
    before and after are different series.
    """
    value = file.variables.get(f"{name}_ebasmetadata")
    everything = np.arange(len(begin))
    if value is None:
        return [(everything, [{}])]
    axes = list(value.dimensions)
    values = texts(source, value)
    values = (
        np.moveaxis(values, axes.index("metadata_time"), 0) if "metadata_time" in axes else values
    )
    details = [[_parse_details(text) for text in np.ravel(part)] for part in np.atleast_1d(values)]
    bounds = file.variables.get("metadata_time_bnds")
    if len(details) == 1 or bounds is None:
        return [(everything, details[0] if details else [{}])]
    edges = _edges(source, bounds, file["metadata_time"])
    if len(edges) != len(details):
        raise source.refuse(f"{len(edges)} periods", f"{len(details)}", column=bounds.name)
    place = np.searchsorted(edges[:, 0], begin, side="right") - 1
    place = np.clip(place, 0, len(details) - 1)
    rows = [np.flatnonzero(place == period) for period in range(len(details))]
    return [(row, what) for row, what in zip(rows, details, strict=True) if len(row)]


def _parse_details(text: Any) -> dict[str, Any]:
    try:
        content = json.loads(str(text))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _codes(source: Source, file: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the flags of each value along a last axis."""
    if f"{name}_qc" not in file.variables:
        raise source.refuse(f"no variable {name}_qc", "flags of each value", column=name)
    content = np.nan_to_num(array(source, file[f"{name}_qc"]), nan=0).astype(int)
    axes = list(file[f"{name}_qc"].dimensions)
    rows = [axes.index(axis) for axis in file[name].dimensions if axis in axes]
    rest = [index for index in range(content.ndim) if index not in rows]
    moved = np.transpose(content, [*rows, *rest])
    moved = moved.reshape(*moved.shape[: len(rows)], -1)
    if moved.shape[:-1] != shape:
        raise source.refuse(f"flags of shape {content.shape}", f"flags for {shape}", column=name)
    return moved


def _judged(codes: np.ndarray, known: FlagSet) -> tuple[np.ndarray, np.ndarray]:
    rows, inverse = np.unique(codes, axis=0, return_inverse=True)
    texts, valid = [], []
    for row in rows:
        flags = tuple(int(flag) for flag in row if flag not in (0, -9999))
        texts.append(";".join(f"{flag:03d}" for flag in flags))
        valid.append(known.is_valid(flags))
    inverse = np.ravel(inverse)
    return np.array(texts, dtype=object)[inverse], np.array(valid, dtype=bool)[inverse]


def _description(
    source: Source,
    file: Any,
    details: dict[str, Any],
    bc_type: str,
    unit: str,
    wavelength: float | None,
) -> Description:
    def of(key: str) -> str | None:
        content = (
            details.get(f"ebas_{key}") or details.get(key) or attribute(file, f"ebas_{key}", key)
        )
        return None if content in (None, "") else str(content)

    def number(key: str) -> float | None:
        match = re.match(r"\s*[+-]?\d+(\.\d+)?", of(key) or "")
        return float(match[0]) if match else None

    reference, t_ref, p_ref = reference_state(
        of("volume_std_temperature"), of("volume_std_pressure")
    )
    return Description(
        station=str(of("station_code")),
        station_name=of("station_name"),
        network=of("framework_acronym") or "EBAS",
        country=str(of("station_code"))[:2],
        latitude=number("station_latitude"),
        longitude=number("station_longitude"),
        altitude_m=number("station_altitude"),
        setting=of("station_setting"),
        bc_type=bc_type,
        unit=unit,
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        wavelength_nm=wavelength,
        mac_m2_g=number("mass_absorption_cross_section"),
        scattering_c=number("multi_scattering_correction_factor"),
        size_cut=SIZE_CUTS.get((of("matrix") or "").lower(), "unknown"),
        reference=reference,
        t_ref_k=t_ref,
        p_ref_hpa=p_ref,
        instrument=of("instrument_type"),
        serial=of("instrument_name"),
        method=of("method_ref"),
        licence=str(attribute(file, "license") or "") or None,
    )


FORMAT = Format(
    name=NAME,
    kind="station",
    title="EBAS station NetCDF (NILU THREDDS)",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("flags",),
)
