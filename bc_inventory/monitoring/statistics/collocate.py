"""Bring a gridded field to stations and to the times of their values.

In space: the nearest cell, bilinear between four, or the area-weighted mean of the cells
around. In time: the mean of the field over the span of each value, by overlap, so that a
filter that ran from 7 to 7 meets what the model had from 7 to 7. What can't be met is
missing and counted, never filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory.cf.axes import unwrapped
from bc_inventory.errors import ConfigError, DataError, Problem
from bc_inventory.monitoring.statistics.scores import Scores, scores
from bc_inventory.schema.observations import VALUE_COLUMNS

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Matching", "Pairs", "at_stations", "collocate", "over_spans"]

_WAYS = ("nearest", "bilinear", "mean")
_CIRCLE = 360.0


@dataclass(frozen=True)
class Matching:
    """How a field and measurements meet; nothing of it has a default.

    Parameters
    ----------
    way : {"nearest", "bilinear", "mean"}
        In space; see `at_stations`.
    min_overlap : float
        Least fraction of a value's span that the field must cover.
    not_positive : {"keep", "exclude"}
        See `bc_inventory.monitoring.statistics.scores.scores`.
    half_width_deg : float or None
        Half width of the box of `mean`, degrees; None for the other ways.
    """

    way: str
    min_overlap: float
    not_positive: str
    half_width_deg: float | None


@dataclass(frozen=True)
class Pairs:
    """A field compared with measurements.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns station, start, end, observed, model and overlap (0 to 1): one row for
        each measurement, model NaN where it couldn't be met.
    outside : tuple of str
        Stations outside the field.
    thin : int
        Measurements of which the field covers too little time.
    scores : Scores
        Of the pairs.
    """

    table: pd.DataFrame
    outside: tuple[str, ...]
    thin: int
    scores: Scores


def at_stations(
    field: xr.DataArray, stations: pd.DataFrame, way: str, *, half_width_deg: float | None = None
) -> np.ndarray:
    """Return a field at the places of stations.

    Parameters
    ----------
    field : xarray.DataArray
        Dimensions lat and lon, and time before them or none; regular axes.
    stations : pandas.DataFrame
        Columns latitude and longitude, degrees.
    way : {"nearest", "bilinear", "mean"}
        `nearest`: the cell a station is in. `bilinear`: between the four centres around
        it. `mean`: area-weighted mean of the cells whose centres are within
        `half_width_deg` in both directions.
    half_width_deg : float
        Half width of the box of `mean`.

    Returns
    -------
    numpy.ndarray of float, shape (stations, times)
        NaN for stations outside the field's outer edges.

    Raises
    ------
    ConfigError
        If the way is unknown, or `mean` lacks its width.
    DataError
        If the axes aren't regular.
    """
    if way not in _WAYS:
        raise ConfigError([Problem(f"way={way!r}", f"one of {', '.join(_WAYS)}", column="way")])
    if way == "mean" and not half_width_deg:
        raise ConfigError(
            [Problem("no half_width_deg", "half the width of the box", column="half_width_deg")]
        )
    ordered = field.sortby("lat").assign_coords(lon=unwrapped(field["lon"].to_numpy()))
    ordered = ordered.sortby("lon")
    lat, lon = (ordered[name].to_numpy().astype(float) for name in ("lat", "lon"))
    values = ordered.transpose(..., "lat", "lon").to_numpy()
    values = values[None] if values.ndim == 2 else values
    _step(lat)
    lon, values = _closed_circle(lon, values, float(half_width_deg or 0))
    y = stations["latitude"].to_numpy(dtype=float)
    x = _same_circle(stations["longitude"].to_numpy(dtype=float), lon)
    inside = _inside(y, lat) & _inside(x, lon)
    array = np.full((len(stations), len(values)), np.nan)
    for row in np.flatnonzero(inside):
        if way == "nearest":
            index = values[:, _nearest(lat, y[row]), _nearest(lon, x[row])]
        elif way == "bilinear":
            index = _bilinear(values, lat, lon, y[row], x[row])
        else:
            index = _box_mean(values, lat, lon, (y[row], x[row]), float(half_width_deg or 0))
        array[row] = index
    return array


def _step(axis: np.ndarray) -> float:
    steps = np.diff(axis)
    if not len(steps) or np.ptp(steps) > 0.02 * steps.mean():
        raise DataError(
            [Problem(f"an axis with steps {steps[:4]}", "a regular axis of two cells or more")]
        )
    return float(steps.mean())


def _closed_circle(
    lon: np.ndarray, values: np.ndarray, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the columns of a field around the globe on both sides, as far as a station reaches.

    A field that covers part of a circle stays as it is.
    """
    step = _step(lon)
    if round(_CIRCLE / step) != len(lon):
        return lon, values
    count = min(len(lon), int(np.ceil(reach / step)) + 1)
    columns = np.arange(-count, len(lon) + count)
    turns, within = np.divmod(columns, len(lon))
    return lon[within] + _CIRCLE * turns, values[..., within]


def _inside(places: np.ndarray, axis: np.ndarray) -> np.ndarray:
    half = _step(axis) / 2
    with np.errstate(invalid="ignore"):
        return (places >= axis[0] - half) & (places <= axis[-1] + half)


def _same_circle(longitude: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Return longitudes as the axis counts them: within half a turn of its middle."""
    middle = (axis[0] + axis[-1]) / 2
    return longitude - _CIRCLE * np.round((longitude - middle) / _CIRCLE)


def _nearest(axis: np.ndarray, place: float) -> int:
    return int(np.argmin(np.abs(axis - place)))


def _bilinear(
    values: np.ndarray, lat: np.ndarray, lon: np.ndarray, y: float, x: float
) -> np.ndarray:
    """Interpolate between four centres; beyond the outermost centres the edge holds."""
    (j, v), (i, u) = _between(lat, y), _between(lon, x)
    low = values[:, j, i] * (1 - u) + values[:, j, i + 1] * u
    high = values[:, j + 1, i] * (1 - u) + values[:, j + 1, i + 1] * u
    return np.asarray(low * (1 - v) + high * v)


def _between(axis: np.ndarray, place: float) -> tuple[int, float]:
    position = int(np.clip(np.searchsorted(axis, place) - 1, 0, len(axis) - 2))
    return position, float(
        np.clip((place - axis[position]) / (axis[position + 1] - axis[position]), 0, 1)
    )


def _box_mean(
    values: np.ndarray, lat: np.ndarray, lon: np.ndarray, place: tuple[float, float], half: float
) -> np.ndarray:
    rows = np.flatnonzero(np.abs(lat - place[0]) <= half)
    columns = np.flatnonzero(np.abs(lon - place[1]) <= half)
    if not len(rows) or not len(columns):
        return np.full(len(values), np.nan)
    part = values[:, rows][:, :, columns]
    # Cells of a regular grid are as wide as the cosine of their latitude.
    weight = np.broadcast_to(np.cos(np.radians(lat[rows]))[:, None], part.shape[1:])
    there = np.isfinite(part)
    total = np.where(there, weight, 0).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, part * weight, 0).sum(axis=(1, 2)) / total)


def over_spans(
    values: np.ndarray,
    spans: tuple[np.ndarray, np.ndarray],
    wanted: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of a model series over other spans, weighted by overlap.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (times,)
        Means over `spans`; NaN where missing.
    spans : tuple of numpy.ndarray of datetime64[s], shape (times,)
        Begin and end of each value of the model, in order. A span without length is an
        instant, which holds until the next.
    wanted : tuple of numpy.ndarray of datetime64[s], shape (n,)
        Spans wanted.

    Returns
    -------
    tuple of numpy.ndarray of float, shape (n,)
        Means, and the fraction of each span that the model covers.
    """
    begin, end = (span.astype("datetime64[s]").astype(np.int64) for span in spans)
    if len(begin) and (end == begin).all():
        end = np.append(begin[1:], begin[-1] + (np.median(np.diff(begin)) if len(begin) > 1 else 0))
    known = np.isfinite(values)
    length = np.where(known, end - begin, 0).astype(float)
    total = np.append(0.0, np.cumsum(length))
    mass = np.append(0.0, np.cumsum(np.where(known, values, 0.0) * length))

    def upto(moments: np.ndarray, sums: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Integrate from the first begin up to each moment."""
        index = np.searchsorted(begin, moments, side="right") - 1
        safe = np.clip(index, 0, len(begin) - 1)
        part = np.clip(moments - begin[safe], 0, (end - begin)[safe]) * rate[safe]
        return np.where(index < 0, 0.0, sums[safe] + part)

    left, right = (value.astype("datetime64[s]").astype(np.int64) for value in wanted)
    if not len(begin):
        nothing = np.full(len(left), np.nan)
        return nothing, np.zeros(len(left))
    seconds = upto(right, total, known.astype(float)) - upto(left, total, known.astype(float))
    rate = np.where(known, values, 0.0)
    integral = upto(right, mass, rate) - upto(left, mass, rate)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(seconds > 0, integral / seconds, np.nan)
        covered = np.where(right > left, seconds / (right - left), 0.0)
    return mean, covered


def collocate(
    field: xr.DataArray,
    bounds: tuple[np.ndarray, np.ndarray],
    observations: pd.DataFrame,
    stations: pd.DataFrame,
    *,
    bc_type: str,
    period: str,
    how: Matching,
) -> Pairs:
    """Compare a field with the measurements of one type.

    Parameters
    ----------
    field : xarray.DataArray
        Dimensions time, lat, lon, in the unit of the type (ug m-3 or Mm-1).
    bounds : tuple of numpy.ndarray of datetime64[s], shape (times,)
        Begin and end of each time of the field.
    observations, stations : pandas.DataFrame
        Under the contracts of those names.
    bc_type : str
        EC, eBC, rBC or b_abs: types don't mix.
    period : str
        Kind of mean that is met.
    how : Matching
        How they meet.

    Returns
    -------
    Pairs
        Pairs and their scores.

    Raises
    ------
    DataError
        If the field's unit isn't that of the type.
    """
    _require_unit(field, bc_type)
    subset = observations[
        (observations["bc_type"].astype(str) == bc_type)
        & (observations["period"].astype(str) == period)
        & ~observations["withheld"]
    ]
    places = stations[stations["station"].isin(subset["station"].astype(str))]
    places = places.reset_index(drop=True)
    series = at_stations(field, places, how.way, half_width_deg=how.half_width_deg)
    outside = tuple(places["station"][np.isnan(series).all(axis=1)].astype(str))
    rows = []
    for place, values in zip(places["station"].astype(str), series, strict=True):
        part = subset[subset["station"].astype(str) == place]
        spans = tuple(
            part[name].dt.tz_convert(None).to_numpy().astype("datetime64[s]")
            for name in ("start", "end")
        )
        model, overlap = over_spans(values, bounds, (spans[0], spans[1]))
        rows.append(
            pd.DataFrame(
                {
                    "station": place,
                    "start": spans[0],
                    "end": spans[1],
                    "observed": part[VALUE_COLUMNS[bc_type]].to_numpy(),
                    "model": np.where(overlap >= how.min_overlap, model, np.nan),
                    "overlap": overlap,
                }
            )
        )
    columns = ["station", "start", "end", "observed", "model", "overlap"]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    inside = ~table["station"].isin(outside)
    return Pairs(
        table,
        outside,
        int((inside & (table["overlap"] < how.min_overlap)).sum()),
        scores(
            table["model"].to_numpy(dtype=float),
            table["observed"].to_numpy(dtype=float),
            not_positive=how.not_positive,
        ),
    )


def _require_unit(field: xr.DataArray, bc_type: str) -> None:
    from bc_inventory import units

    wanted = "1/Mm" if bc_type == "b_abs" else "ug/m3"
    text = str(field.attrs.get("units", ""))
    if not text or units.factor(text, wanted) != 1.0:
        raise DataError(
            [
                Problem(
                    f"a field in {text or 'no stated unit'}",
                    f"{wanted}, the unit of {bc_type}",
                    str(field.name),
                    remedy="Convert it first; a mass isn't an absorption.",
                )
            ]
        )
