"""The trends of a record: one row for each series and kind of mean that is long enough."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.monitoring.statistics.seasonal import seasonal_trend
from bc_inventory.monitoring.statistics.trends import Trend, decimal_years, trend
from bc_inventory.schema.observations import UNITS, VALUE_COLUMNS

__all__ = ["adjusted", "methods_of", "trend_table"]

_LEAST_YEARS = 3
_LEAST_MONTHS = 36


def methods_of(segment: object) -> str:
    """Return the methods behind a mean without their counts: `a:3;b:1` gives `a;b`."""
    if segment is None or pd.isna(segment):
        return ""
    return ";".join(part.split(":")[0] for part in str(segment).split(";"))


def trend_table(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the trends of the series of a record.

    Parameters
    ----------
    observations : pandas.DataFrame
        Under the contract `observations`; means that were withheld don't count.

    Returns
    -------
    pandas.DataFrame
        Contract `measured_trends`: of three annual means and more by Theil-Sen and
        Mann-Kendall with autocorrelation, of 36 monthly means and more by the seasonal test
        after pre-whitening. `p_adjusted` is that of the false discovery rate over
        all series of one kind of mean (Benjamini and Hochberg 1995). A change of method within
        the span is told: it is no trend.
    """
    rows: list[dict[str, Any]] = []
    subset = observations[
        observations["period"].astype(str).isin(["month", "year"])
        & ~observations["withheld"].astype(bool)
    ]
    kinds = subset["period"].astype(str)
    for (series, period), part in subset.groupby(
        [subset["series_id"].astype(str), kinds], sort=True, observed=True
    ):
        least = _LEAST_YEARS if period == "year" else _LEAST_MONTHS
        if len(part) >= least:
            rows.append({"series_id": series, "period": period, **_row(part, str(period))})
    names = schema.table("measured_trends").names
    table = pd.DataFrame(rows, columns=names)
    texts = [c.name for c in schema.table("measured_trends").columns if c.kind == "string"]
    table = table.astype(dict.fromkeys(texts, object))
    numbers = {c.name: float for c in schema.table("measured_trends").columns if c.kind == "number"}
    table = table.astype(numbers).astype({"n": np.int64})
    for _, at in table.groupby("period").indices.items():
        table.loc[table.index[at], "p_adjusted"] = adjusted(table["p"].to_numpy()[at])
    return table


def adjusted(p: np.ndarray) -> np.ndarray:
    """Return p by which the false discovery rate over the series is controlled.

    Parameters
    ----------
    p : numpy.ndarray of float, shape (series,)
        Of each series alone.

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.6, 0.03])).round(3).tolist()
    [0.03, 0.6, 0.045]
    """
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p))


def _row(part: pd.DataFrame, period: str) -> dict[str, Any]:
    ordered = part.sort_values("start")
    bc_type = str(ordered["bc_type"].iloc[0])
    begin, end = (
        ordered[name].dt.tz_convert(None).to_numpy().astype("datetime64[s]")
        for name in ("start", "end")
    )
    middle = decimal_years(begin + (end - begin) // 2)
    value = ordered[VALUE_COLUMNS[bc_type]].to_numpy(dtype=float)
    methods = np.array([methods_of(item) for item in ordered["segment"]], dtype=object)
    result: Trend
    if period == "year":
        result = trend(middle, value, method="AR1", segments=methods)
    else:
        months = ordered["start"].dt.month.to_numpy()
        result = seasonal_trend(middle, value, months, method="3PW", segments=methods)
    return {
        "station": str(ordered["station"].iloc[0]),
        "side": str(ordered["side"].iloc[0]),
        "bc_type": bc_type,
        "unit": UNITS[bc_type],
        "method": result.method,
        "n": result.n,
        "first": str(begin[0])[:10],
        "last": str(end[-1])[:10],
        "slope": result.slope,
        "slope_lower": result.lower,
        "slope_upper": result.upper,
        "relative": result.relative,
        "s": result.s,
        "p": result.p,
        "homogeneity": result.homogeneity,
        "breaks": ";".join(f"{moment:.1f}" for moment in result.breaks) or None,
    }
