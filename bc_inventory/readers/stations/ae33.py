"""Magee AE33 logs: `.dat` and `.ddat` minutes of counters.

The header is separated by semicolons and the rows by blanks; `.dat` rows may carry three
more numbers of external devices. What a log doesn't hold, the scattering parameter C and
the leakage, is in the set-up record (`ae33_setup.read_setup`).
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._channels import require_fixed_order
from bc_inventory.readers.stations._record import log_reading
from bc_inventory.reference.ae33_status import is_measuring
from bc_inventory.schema.series import Log

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMAT", "read"]

NAME = "ae33"
CHANNELS = range(1, 8)
_SERIAL = re.compile(r"Serial number = ([\w-]{1,40})")
_HEADER_LINE = 6
_MOST_DEVICES = 6
_BLOCK = 8 << 20
# Names as in the header -> ours. Their units: counts, ng/m3, ml/min, Pa, degrees Celsius.
_PLAIN = {
    "Timebase": "timebase_s",
    "Flow1": "flow1",
    "Flow2": "flow2",
    "FlowC": "flowc",
    "Pressure": "pressure_pa",
    "Temperature": "temperature_c",
    "BB": "bb_percent",
    "Status": "status",
    "TapeAdvCount": "tape",
}
_WHOLE = {"timebase_s", "flow1", "flow2", "flowc", "status", "tape"}


def _looks_like(source: Source) -> bool:
    lines = source.head_lines
    return bool(lines) and lines[0].strip() == "AETHALOMETER" and len(lines) > 5


def read(origin: Source) -> Reading:
    """Read the minutes of an AE33 log.

    Parameters
    ----------
    origin : path-like, binary file or Source
        A `.dat` or `.ddat` file of any length; it is read in blocks.

    Returns
    -------
    Reading
        `data` is a `Log`. Its frame has time (start, instrument clock), timebase_s,
        status, tape, flows (ml/min), bb_percent and, for each channel n, ref_n, sen1_n,
        sen2_n (counts), bc1_n, bc2_n, bc_n (ng/m3 at the reference state of the log) and
        k_n. Attributes: t_ref_k, p_ref_hpa, timebase_s.

    Raises
    ------
    DataError
        If the header lacks a column, or a row has other than its numbers.
    """
    source = Source.of(origin)
    names, pattern, begin = _header(source)
    remarks: list[str] = []
    table = _table(source, names, pattern, begin, remarks)
    frame = _frame(table)
    _check(source, frame)
    serial = _SERIAL.search(source.head_text)
    attributes = _state(source, frame)
    log = Log(
        "AE33",
        serial[1] if serial else "unknown",
        frame.drop(columns=["pressure_pa", "temperature_c"]),
        source.name,
        source.sha256,
        NAME,
        attributes,
        tuple(remarks),
    )
    return log_reading(source, NAME, log)


def _columns() -> dict[str, str]:
    """Return the names of the columns that are read, as in the header, and ours."""
    mask = dict(_PLAIN)
    for n in CHANNELS:
        mask |= {f"RefCh{n}": f"ref_{n}", f"Sen1Ch{n}": f"sen1_{n}", f"Sen2Ch{n}": f"sen2_{n}"}
        mask |= {f"BC{n}1": f"bc1_{n}", f"BC{n}2": f"bc2_{n}", f"BC{n}": f"bc_{n}"}
        mask[f"K{n}"] = f"k_{n}"
    return mask


def _order() -> list[str]:
    """Return the names of the columns in the order that the instrument writes."""
    counts = [f"{name}{n}" for n in CHANNELS for name in ("RefCh", "Sen1Ch", "Sen2Ch")]
    masses = [f"BC{n}{spot}" for n in CHANNELS for spot in ("1", "2", "")]
    state = [*list(_PLAIN)[1:-1]]
    return [
        "Timebase", *counts, *state, *masses, *(f"K{n}" for n in CHANNELS), "TapeAdvCount"
    ]  # fmt: skip


def _header(source: Source) -> tuple[list[str], str, int]:
    """Return the names of the columns, the pattern of the date, and where the rows begin."""
    lines = source.head.split(b"\n")
    if len(lines) < _HEADER_LINE + 1 or b";" not in lines[_HEADER_LINE - 1]:
        raise source.refuse("no header", "column names on line 6", row=_HEADER_LINE)
    cells = [c.strip() for c in lines[_HEADER_LINE - 1].decode("latin-1").split(";")]
    cells = [c for c in cells if c]
    date = re.fullmatch(r"Date\(([yMd/.-]+)\)", cells[0])
    if not date or not cells[1].startswith("Time"):
        raise source.refuse(
            repr(cells[0]), "a first column such as 'Date(yyyy/MM/dd)'", row=_HEADER_LINE
        )
    pattern = date[1].replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    names = [re.sub(r"\s*\(.*?\)", "", cell) for cell in cells]
    for wanted in _columns():
        if names.count(wanted) != 1:
            raise source.refuse(
                f"{names.count(wanted)} columns {wanted!r}",
                "each column once",
                row=_HEADER_LINE,
                column=wanted,
            )
    require_fixed_order(source, names, _order(), row=_HEADER_LINE)
    begin = sum(len(line) + 1 for line in lines[:_HEADER_LINE])
    return names, pattern, begin


def _table(
    source: Source, names: list[str], pattern: str, begin: int, remarks: list[str]
) -> pa.Table:
    """Read the rows in blocks, only the columns that are used."""
    import pyarrow as pa
    from pyarrow import csv

    first = next((line for line in source.head[begin:].split(b"\n") if line.strip()), b"")
    width = len(first.strip(b"\r").split(b" "))
    more = width - len(names)
    if not 0 <= more <= _MOST_DEVICES:
        line = source.head.count(b"\n", 0, source.head.find(first)) + 1
        raise source.refuse(
            f"{width} cells", f"{len(names)} to {len(names) + _MOST_DEVICES}", row=line
        )
    used = _columns()
    types: dict[str, Any] = {name: pa.float64() for name in used}
    for name, value in used.items():
        if value in _WHOLE or value[:3] in {"ref", "sen", "bc1", "bc2", "bc_"}:
            types[name] = pa.int32()
    types |= {"Date": pa.timestamp("s"), "Time": pa.time32("s")}
    try:
        with _rows(source, begin, remarks) as stream:
            return csv.read_csv(
                stream,
                csv.ReadOptions(
                    column_names=names + [f"device{i}" for i in range(more)], block_size=_BLOCK
                ),
                csv.ParseOptions(delimiter=" ", quote_char=False),
                csv.ConvertOptions(
                    column_types=types,
                    include_columns=list(types),
                    timestamp_parsers=[pattern],
                    null_values=[],
                    strings_can_be_null=False,
                ),
            )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise _first_bad_line(source, names, pattern, width, begin, str(error)) from error


def _rows(source: Source, begin: int, remarks: list[str]) -> Any:
    """Return a stream of whole rows; a last line without an end is left out, and said."""
    import pyarrow as pa

    stream = source.stream()
    stream.seek(0, io.SEEK_END)
    size = stream.tell()
    stream.seek(max(size - 4096, begin))
    tail = stream.read()
    whole = size - (len(tail) - tail.rfind(b"\n") - 1)
    if whole < size:
        remarks.append("the last line has no end and is left out: the log was still being written")
    stream.seek(begin)
    if whole <= begin:
        stream.close()
        raise ValueError("no whole row")
    return pa.PythonFile(_Window(stream, whole - begin), mode="r")


class _Window(io.RawIOBase):
    """A stream that ends after some bytes."""

    def __init__(self, stream: Any, left: int) -> None:
        self._stream, self._left = stream, left

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        content: bytes = self._stream.read(wanted)
        self._left -= len(content)
        return content

    def close(self) -> None:
        """Close the stream beneath."""
        self._stream.close()
        super().close()


def _first_bad_line(
    source: Source, names: list[str], pattern: str, width: int, begin: int, message: str
) -> Exception:
    """Return the error of the first row that isn't as the others, with its line."""
    digits = {"%Y": r"\d{4}", "%m": r"\d{2}", "%d": r"\d{2}"}
    date = re.compile(re.sub("%[Ymd]", lambda item: digits[item[0]], re.escape(pattern)))
    number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
    used = {i: name for i, name in enumerate(names) if name in _columns()}
    whole = {i for i, name in used.items() if name not in {"Pressure", "Temperature", "BB"}}
    whole = {i for i in whole if not names[i].startswith("K")}
    line = source.head.count(b"\n", 0, begin)
    with source.stream() as stream:
        stream.seek(begin)
        for raw in stream:
            line += 1
            cells = raw.decode("latin-1").rstrip("\r\n").split(" ")
            if cells == [""]:
                continue
            if len(cells) != width:
                return source.refuse(f"{len(cells)} cells", f"{width} cells", row=line)
            if not date.fullmatch(cells[0]) or not re.fullmatch(r"\d\d:\d\d:\d\d", cells[1]):
                return source.refuse(repr(" ".join(cells[:2])), "date and time", row=line)
            for i, name in used.items():
                good = (
                    re.fullmatch(r"-?\d{1,9}", cells[i])
                    if i in whole
                    else number.fullmatch(cells[i])
                )
                if not good:
                    return source.refuse(repr(cells[i]), "a number", row=line, column=name)
    return source.refuse(f"rows that can't be read ({message[:120]})", "rows of an AE33 log")


def _frame(table: pa.Table) -> pd.DataFrame:
    day = table.column("Date").to_numpy().astype("datetime64[s]")
    clock = table.column("Time").cast("int32").to_numpy()
    by_name: dict[str, np.ndarray] = {"time": day + clock.astype("timedelta64[s]")}
    for name, value in _columns().items():
        by_name[value] = table.column(name).to_numpy()
    return pd.DataFrame(by_name)


def _check(source: Source, frame: pd.DataFrame) -> None:
    """Refuse a log whose columns hold what they can't: they were swapped or damaged."""
    if frame.empty:
        raise source.refuse("no row", "rows after the header")
    limits = {
        "timebase_s": (1, 3600),
        "pressure_pa": (30_000, 110_000),
        "temperature_c": (-60, 60),
        "status": (0, 65_535),
        "tape": (0, 1_000_000),
        "bb_percent": (-1000, 1000),
        "flowc": (-20_000, 20_000),
    }
    limits |= {f"k_{n}": (-1, 1) for n in CHANNELS}
    for name, (least, most) in limits.items():
        values = frame[name].to_numpy()
        wrong = np.flatnonzero(~((values >= least) & (values <= most)))
        if len(wrong):
            raise source.refuse(
                f"{values[wrong[0]]:g} in data row {wrong[0] + 1}",
                f"between {least} and {most}",
                column=name,
                remedy="The columns may have been swapped, or the row is damaged.",
            )


def _state(source: Source, frame: pd.DataFrame) -> dict[str, Any]:
    """Return the reference state of the log, which must be one for all rows that measure."""
    measuring = frame[is_measuring(frame["status"].to_numpy())]
    content = (measuring if len(measuring) else frame)[
        ["pressure_pa", "temperature_c", "timebase_s"]
    ].drop_duplicates()
    if len(content) > 1:
        raise source.refuse(
            f"{len(content)} reference states or timebases in one log",
            "one temperature, pressure and timebase",
            remedy="Split the log where the set-up changed.",
        )
    state = content.iloc[0]
    return {
        "t_ref_k": round(float(state["temperature_c"]) + 273.15, 6),
        "p_ref_hpa": float(state["pressure_pa"]) * units.factor("Pa", "hPa"),
        "timebase_s": int(state["timebase_s"]),
    }


FORMAT = Format(
    name=NAME,
    kind="station",
    title="Magee AE33 log (.dat, .ddat)",
    contract="log",
    looks_like=_looks_like,
    read=read,
)
