"""Elemental carbon by one thermal protocol as another would have given it.

There is no universal factor between protocols (Wu et al. 2016, Karanasiou et al. 2015),
so nothing here has one: the regression is the user's, with its source, and the result
stays a series of its own that names it.
"""

from __future__ import annotations

import math

from bc_inventory.errors import ConfigError, DataError, Problem
from bc_inventory.monitoring.statistics.uncertainty import relative_uncertainty
from bc_inventory.schema.series import Series

__all__ = ["to_protocol"]


def to_protocol(
    series: Series,
    protocol: str,
    *,
    slope: float | None = None,
    intercept_ug_m3: float | None = None,
    slope_half_width: float | None = None,
    intercept_half_width_ug_m3: float | None = None,
    citation: str | None = None,
) -> Series:
    """Return EC by a protocol as a regression on another protocol estimates it.

    Parameters
    ----------
    series : Series
        EC of a stated protocol.
    protocol : str
        Protocol wanted.
    slope, intercept_ug_m3 : float
        EC wanted = slope x EC + intercept.
    slope_half_width, intercept_half_width_ug_m3 : float
        Half of the 95 % interval of each.
    citation : str
        Where the regression was published, and for what site or region.

    Returns
    -------
    Series
        EC in ug/m3; its protocol names both and the citation. The relative uncertainty
        holds that of the analysis and of the regression at the mean of the series.

    Raises
    ------
    ConfigError
        If a number or the citation isn't given, or the slope isn't positive.
    DataError
        If the series isn't EC of a stated other protocol.
    """
    about = series.about
    if about.bc_type != "EC" or about.protocol in (None, protocol):
        raise DataError(
            [
                Problem(
                    f"{about.bc_type} by protocol {about.protocol}",
                    f"EC by a stated protocol that isn't {protocol}",
                    about.file,
                )
            ]
        )
    given = {
        "slope": slope,
        "intercept_ug_m3": intercept_ug_m3,
        "slope_half_width": slope_half_width,
        "intercept_half_width_ug_m3": intercept_half_width_ug_m3,
        "citation": (citation or "").strip() or None,
    }
    lacking = [name for name, value in given.items() if value is None]
    if slope is not None and not slope > 0:
        lacking.append("slope")
    if lacking:
        raise ConfigError(
            [
                Problem(
                    f"{name}={given[name]!r}",
                    "a published regression with its intervals and its citation",
                    column=name,
                    remedy="Protocols differ by up to a factor of five and by site, so there is "
                    "no default.",
                )
                for name in lacking
            ]
        )
    a, b = float(slope or 0), float(intercept_ug_m3 or 0)
    value = series.frame["value"] * a + b
    result = Series(about, series.frame.assign(value=value))
    content, origin = relative_uncertainty(about)
    before, after = series.mean(), result.mean()
    spread = None
    if content is not None and after > 0:
        spread = (
            math.hypot(
                content * a * before,
                float(slope_half_width or 0) * before,
                float(intercept_half_width_ug_m3 or 0),
            )
            / after
        )
    return result.but(
        f"EC of {protocol} = {a:g} x EC of {about.protocol} + {b:g} ug/m3 ({citation})",
        protocol=f"{protocol} from {about.protocol} by {citation}",
        relative_uncertainty=spread,
        uncertainty_from=None if spread is None else f"{origin}; regression between protocols",
    )
