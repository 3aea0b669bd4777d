"""From means to rows of the record, each with all that its number depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.monitoring.statistics.averages import Means
from bc_inventory.monitoring.statistics.gaps import gap_deviation
from bc_inventory.monitoring.statistics.uncertainty import relative_uncertainty
from bc_inventory.reference.domains import domain_of_country
from bc_inventory.schema.observations import VALUE_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["OUTSIDE", "observation_rows", "side_of"]

# Side of a station outside every domain.
OUTSIDE = "other"

_NORMAL_95 = 1.959963984540054  # 97.5 % quantile of the normal distribution


def side_of(country: str | None) -> str:
    """Return the domain a country belongs to, `other` outside all.

    Parameters
    ----------
    country : str or None
        ISO 3166-1 alpha-2 code; None is `other`.
    """
    return domain_of_country(country) or OUTSIDE


def observation_rows(
    means: Means, *, side: str, licence: str | None = None, source_id: str | None = None
) -> pa.Table:
    """Return means as an Arrow table of the contract `observations`.

    The interval holds the uncertainty of the instrument, which doesn't shrink with
    averaging, and that of the part of the period that wasn't sampled, by its gaps; see
    `bc_inventory.monitoring.statistics.gaps.gap_deviation`.

    Parameters
    ----------
    means : Means
        Of one series.
    side : str
        Code of the domain, or other.
    licence, source_id : str, optional
        By default those of the description.

    Raises
    ------
    DataError
        If the licence or the source isn't known: a value without is never stored.
    """
    about, frame = means.about, means.frame
    licence, source_id = licence or about.licence, source_id or about.source_id
    if licence is None or source_id is None:
        raise DataError(
            [
                Problem(
                    f"a series of {about.station} without "
                    + ("licence" if licence is None else "source"),
                    "the licence and the source id of the data",
                    about.file,
                    remedy="Give licence and source_id for the file.",
                )
            ]
        )
    relative, origin = relative_uncertainty(about)
    value = frame["value"].to_numpy(dtype=float)
    numbers = (frame[name].to_numpy() for name in ("scatter", "coverage", "n_valid", "gaps"))
    sampling = _NORMAL_95 * gap_deviation(*numbers)
    half = np.full(len(frame), np.nan) if relative is None else np.hypot(relative * value, sampling)
    constant = _shared(means, side, licence, source_id)
    constant["uncertainty_from"] = origin if relative is None else f"{origin}; time not sampled"
    mask: dict[str, object] = dict(constant)
    mask |= {column: np.full(len(frame), np.nan) for column in VALUE_COLUMNS.values()}
    mask[VALUE_COLUMNS[about.bc_type]] = value
    mask["half_width"] = half
    for name in ("start", "end"):
        mask[name] = frame[name].to_numpy().astype("datetime64[ms]")
    for name in ("n_valid", "n_total", "n_negative"):
        mask[name] = frame[name].to_numpy(dtype=np.int64)
    mask["coverage"] = frame["coverage"].to_numpy(dtype=float)
    mask["withheld"] = frame["withheld"].to_numpy(dtype=bool)
    for name in ("flags", "quality_flags", "segment"):
        text = frame[name].to_numpy(dtype=object)
        mask[name] = np.where(text == "", None, text)
    return _table(mask, len(frame))


def _table(fields: dict[str, object], count: int) -> pa.Table:
    """Return columns, or one value for all rows, as the Arrow table of the contract."""
    import pyarrow as pa

    contract = schema.arrow_schema("observations")
    columns = []
    for field in contract:
        content = fields[field.name]
        if isinstance(content, np.ndarray):
            columns.append(pa.array(content, from_pandas=True).cast(field.type))
        elif content is None:
            columns.append(pa.nulls(count, field.type))
        else:
            columns.append(pa.repeat(pa.scalar(content, field.type), count))
    return pa.table(columns, schema=contract)


def _shared(means: Means, side: str, licence: str, source_id: str) -> dict[str, object]:
    """Return the columns that are one value in all rows of a series."""
    about = means.about
    return {
        "series_id": about.series_id,
        "side": side,
        "country": about.country or "unknown",
        "station": about.station,
        "network": about.network or "unknown",
        "bc_type": about.bc_type,
        "period": means.period,
        "wavelength_nm": about.wavelength_nm,
        "mac_m2_g": about.mac_m2_g,
        "mac_from": about.mac_from,
        "scattering_c": about.scattering_c,
        "harmonisation_h": about.harmonisation_h,
        "part": about.part,
        "alpha_ff": about.alpha_ff,
        "alpha_bb": about.alpha_bb,
        "protocol": about.protocol,
        "size_cut": about.size_cut,
        "reference": about.reference,
        "t_ref_k": about.t_ref_k,
        "p_ref_hpa": about.p_ref_hpa,
        "instrument": about.instrument,
        "clock": about.clock,
        "coverage_rule": means.rule,
        "processing": "; ".join(about.processing) or None,
        "file": about.file,
        "file_sha256": about.sha256,
        "licence": licence,
        "source_id": source_id,
    }
