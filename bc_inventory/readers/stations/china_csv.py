"""Chinese station tables: 站点, 时间, 黑碳 in µg/m³, GBK or UTF-8.

National files carry six criteria pollutants and no black carbon; tables of campaigns and
of cities follow the same style, and this reads them. The clock is Beijing time unless the
user says otherwise by number, since no file states it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._csv import Cells, cells_of, span
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import decode, factor_of
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["FORMAT", "read"]

NAME = "china_station_csv"
_STATION = ("站点", "站点名称", "站点编号", "监测点", "监测点名称", "监测站", "点位", "点位名称")
_TIME = ("时间", "监测时间", "日期时间", "采样时间")
_DATE, _HOUR = ("日期", "监测日期"), ("小时", "时")
_BC = ("黑碳", "黑碳浓度", "BC", "BC浓度", "黑碳(BC)")
_UNIT = ("单位",)
_MISSING = ("", "-", "—", "--", "/", "NA", "N/A", "无", "缺测", "NaN")
_PATTERNS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日%H时",
    "%Y年%m月%d日 %H时",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d%H",
)
_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[（(\[](?P<unit>[^()（）]*)[)）\]]$")


def _looks_like(source: Source) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        first = source.head.split(b"\n", 1)[0]
        try:
            names = [_named(cell)[0] for cell in re.split("[,\t;]", first.decode(encoding))]
        except UnicodeDecodeError:
            continue
        if any(n in _STATION for n in names) and any(n in _BC for n in names):
            return True
    return False


def _named(cell: str) -> tuple[str, str | None]:
    """Return a column's name and the unit in its brackets."""
    text = cell.strip().strip('"').strip()
    if text in _BC:
        return text, None
    match = _BRACKETED.match(text)
    return (match["name"].strip(), match["unit"].strip()) if match else (text, None)


def read(
    origin: Source,
    *,
    utc_offset_h: float | None = None,
    stamp: str | None = None,
    interval_s: int | None = None,
    unit: str | None = None,
) -> Reading:
    """Read the black carbon of a Chinese station table.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    utc_offset_h : float
        Hours the file's clock is ahead of UTC; 8 for Beijing time.
    stamp : {"begin", "middle", "end"}
        What the time of a value marks.
    interval_s : int
        Seconds a value stands for.
    unit : str
        Unit of the values where neither the header nor a column states it.

    Returns
    -------
    Reading
        `data` is a `Record` with a series of eBC for each station, in ug/m3.

    Raises
    ------
    ConfigError
        If a parameter isn't given.
    DataError
        If a column is missing or a cell isn't what it must be.
    """
    source = Source.of(origin)
    require(source, utc_offset_h=utc_offset_h, stamp=stamp, interval_s=interval_s)
    text = decode(source, also="gb18030")  # which holds GBK
    first = text.split("\n", 1)[0]
    delimiter = next((mark for mark in ("\t", ";") if mark in first), ",")
    cells = cells_of(source, text, delimiter=delimiter)
    station, bc = _pick(cells, _STATION), _pick(cells, _BC)
    if station is None or bc is None:
        raise source.refuse(
            f"columns {', '.join(cells.frame.columns[:8])}",
            f"a station ({'、'.join(_STATION[:3])}) and black carbon ({'、'.join(_BC[:3])})",
            row=1,
        )
    value = cells.number(bc, _MISSING) * _factor(source, cells, bc, unit)
    begin, end = span(
        source,
        _times(cells),
        stamp=stamp,
        seconds=int(interval_s or 0),
        utc_offset_h=float(utc_offset_h or 0),
    )
    named = cells.frame[station].str.strip()
    series = []
    for name in named.unique():
        positions = np.flatnonzero((named == name).to_numpy())
        about = Description(
            station=str(name),
            bc_type="eBC",
            unit="ug/m3",
            file=source.name,
            sha256=source.sha256,
            format=NAME,
            clock=f"file, {utc_offset_h:+g} h taken off, stamp at {stamp}",
            country="CN",
            interval_s=int(interval_s or 0),
        )
        values = make_values(
            begin[positions], end[positions], value[positions], np.isfinite(value[positions])
        )
        series.append(Series(about, values.sort_values("start", kind="stable", ignore_index=True)))
    return record_reading(source, NAME, Record(tuple(series)))


def _pick(cells: Cells, names: Sequence[str]) -> str | None:
    return next((column for column in cells.frame.columns if _named(column)[0] in names), None)


def _factor(source: Source, cells: Cells, bc: str, unit: str | None) -> float:
    column = _pick(cells, _UNIT)
    stated = _named(bc)[1]
    if column is not None:
        units = set(cells.frame[column].str.strip())
        if len(units) != 1:
            raise source.refuse(f"{len(units)} units in one column", "one", column=column)
        stated = units.pop()
    require(source, unit=stated or unit)
    return factor_of(source, str(stated or unit).replace("微克/立方米", "ug/m3"))


def _times(cells: Cells) -> np.ndarray:
    column = _pick(cells, _TIME)
    if column is not None:
        return cells.time(column, *_PATTERNS)
    date, hour = _pick(cells, _DATE), _pick(cells, _HOUR)
    if date is None or hour is None:
        raise cells.source.refuse(
            "no column of times", f"{'、'.join(_TIME[:2])}, or 日期 with 小时", row=1
        )
    hours = cells.number(hour)
    wrong = np.flatnonzero(~((hours >= 0) & (hours <= 24) & (hours % 1 == 0)))
    if len(wrong):
        raise cells.source.refuse(
            repr(hours[wrong[0]]), "an hour from 0 to 24", row=int(cells.lines[wrong[0]])
        )
    days = cells.time(date, "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
    return np.asarray(days + (hours * 3600).astype("timedelta64[s]"))


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Chinese station table (站点, 时间, 黑碳)",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("utc_offset_h", "stamp", "interval_s", "unit"),
)
