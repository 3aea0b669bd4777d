"""EEA air-quality Parquet files: one sampling point and one pollutant a file.

Black carbon is pollutant 391; code 6 (`BS`) is black SMOKE, a darkness index. Values are
decimals, and the file doesn't say whether its times are UTC or UTC+1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bc_inventory.errors import SourceError, parquet_errors
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import factor_of
from bc_inventory.schema.series import Description, Record, Series, make_values

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMAT", "POLLUTANTS", "SamplingPoint", "pollutant_code", "read", "read_point"]

NAME = "eea_parquet"
# EEA vocabulary: code -> type and size cut.
POLLUTANTS = {
    391: ("eBC", "unknown"),
    771: ("EC", "unknown"),
    1771: ("EC", "pm25"),
    5771: ("EC", "pm10"),
}
_BLACK_SMOKE = 6
_NAMES = {"BC": 391, "EC": 771, "EC in PM2.5": 1771, "EC in PM10": 5771}
# 2 and 3 are below the detection limit, which is a valid measurement.
_VALID = (1, 2, 3)
_COLUMNS = ("Samplingpoint", "Pollutant", "Start", "End", "Value", "Unit", "AggType", "Validity")
_MAGIC = b"PAR1"
_MOST_ROWS = 6_000_000  # ten years of minutes


def pollutant_code(wanted: str | int) -> int:
    """Return the EEA code of a pollutant of this project.

    Parameters
    ----------
    wanted : str or int
        `BC`, `EC`, `EC in PM2.5`, `EC in PM10`, or a code.

    Raises
    ------
    SourceError
        If it is black smoke, or another pollutant.
    """
    code = _NAMES.get(str(wanted), wanted if isinstance(wanted, int) else None)
    if code == _BLACK_SMOKE or str(wanted) in {"BS", str(_BLACK_SMOKE)}:
        raise SourceError(
            "pollutant 6 (BS) is black smoke, a darkness index, and not black carbon; black "
            "carbon is pollutant 391"
        )
    if code not in POLLUTANTS:
        raise SourceError(f"pollutant {wanted!r} isn't one of {', '.join(_NAMES)}")
    return int(code)


@dataclass(frozen=True)
class SamplingPoint:
    """The rows of one file, whatever the pollutant.

    Parameters
    ----------
    name : str
        Sampling point without its country prefix.
    country : str
        Two letters.
    pollutant : int
        EEA code.
    unit : str
        As delivered.
    start, end : numpy.ndarray of datetime64[s], shape (n,)
        As in the file.
    value : numpy.ndarray of float, shape (n,)
        NaN where missing.
    validity : numpy.ndarray of int, shape (n,)
        EEA validity.
    """

    name: str
    country: str
    pollutant: int
    unit: str
    start: np.ndarray
    end: np.ndarray
    value: np.ndarray
    validity: np.ndarray

    @property
    def valid(self) -> np.ndarray:
        """Whether each value counts."""
        return np.isin(self.validity, _VALID) & np.isfinite(self.value)


def _looks_like(source: Source) -> bool:
    return source.head.startswith(_MAGIC) and b"Samplingpoint" in source.content[-65_536:]


def read_point(origin: Source) -> SamplingPoint:
    """Read a file of any pollutant, as it is.

    Raises
    ------
    DataError
        If it isn't a whole Parquet file of one sampling point, pollutant and unit.
    """
    source = Source.of(origin)
    table = _table(source)
    points, codes, units = (
        table.column(name).unique().to_pylist() for name in ("Samplingpoint", "Pollutant", "Unit")
    )
    if len(points) != 1 or len(codes) != 1 or len(units) != 1 or None in (*points, *codes, *units):
        raise source.refuse(
            f"{len(points)} sampling points, {len(codes)} pollutants, {len(units)} units",
            "one of each",
        )
    country, slash, name = str(points[0]).partition("/")
    stamps = [
        table.column(name).cast("timestamp[s]", safe=False).to_numpy() for name in ("Start", "End")
    ]
    if any(np.isnat(column).any() for column in stamps) or (stamps[1] <= stamps[0]).any():
        raise source.refuse("a row without a time, or that ends before it begins", "start and end")
    return SamplingPoint(
        name if slash else str(points[0]),
        country if slash else str(points[0]).removeprefix("SPO").lstrip("-_.")[:2],
        int(codes[0]),
        str(units[0]),
        stamps[0],
        stamps[1],
        table.column("Value").cast("float64").to_numpy(),
        table.column("Validity").cast("int64").to_numpy(),
    )


def _table(source: Source) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(source.content))
        if file.metadata.num_rows > _MOST_ROWS:
            raise source.refuse(f"{file.metadata.num_rows} rows", f"at most {_MOST_ROWS}")
        missing = [name for name in _COLUMNS if name not in file.schema_arrow.names]
        if missing:
            raise source.refuse(f"no column {missing[0]!r}", "an EEA air-quality file")
        table = file.read(columns=list(_COLUMNS))
        table.validate(full=True)
        return table
    except parquet_errors() as error:
        raise source.refuse(
            f"a file that isn't whole Parquet ({str(error).splitlines()[0][:100]})",
            "a complete Parquet file",
            remedy="It may have been cut off; fetch it again.",
        ) from error


def read(
    origin: Source, *, utc_offset_h: float | None = None, pollutant: str | int = "BC"
) -> Reading:
    """Read black carbon or elemental carbon of one sampling point.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    utc_offset_h : float
        Hours the file's times are ahead of UTC: 0 or 1, which it doesn't state.
    pollutant : str or int
        What the file must hold.

    Returns
    -------
    Reading
        `data` is a `Record` of one series in ug/m3; values with validity below 1 are
        invalid.

    Raises
    ------
    SourceError
        If black smoke is asked for.
    DataError
        If the file holds another pollutant.
    """
    code = pollutant_code(pollutant)
    source = Source.of(origin)
    require(source, utc_offset_h=utc_offset_h)
    point = read_point(source)
    if point.pollutant != code:
        raise source.refuse(
            f"pollutant {point.pollutant}" + (" (black smoke)" if point.pollutant == 6 else ""),
            f"pollutant {code}",
            column="Pollutant",
        )
    bc_type, size_cut = POLLUTANTS[code]
    shift = np.timedelta64(round(float(utc_offset_h or 0) * 3600), "s")
    about = Description(
        station=point.name,
        bc_type=bc_type,
        unit="ug/m3",
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        clock=f"file, {utc_offset_h:+g} h taken off",
        network="EEA",
        country=point.country,
        size_cut=size_cut,
        reference="ambient",  # particles, Directive 2008/50/EC
        interval_s=int(np.median((point.end - point.start).astype(int))),
    )
    values = make_values(
        point.start - shift,
        point.end - shift,
        point.value * factor_of(source, point.unit),
        point.valid,
        np.array([f"validity {value}" if value != 1 else "" for value in point.validity], object),
    )
    return record_reading(source, NAME, Record((Series(about, values),)))


FORMAT = Format(
    name=NAME,
    kind="station",
    title="EEA air-quality download service, Parquet",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("utc_offset_h", "pollutant"),
)
