"""AERONET version 3 tables: aerosol optical depth and inversions, context for absorption.

It isn't black carbon and doesn't enter the record; it is read so that absorbing column
and surface absorption can be set side by side.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading, Report
from bc_inventory.readers.stations._csv import cells_of
from bc_inventory.readers.stations._text import decode

__all__ = ["FORMAT", "read"]

NAME = "aeronet"
_SITE = re.compile(r"AERONET_(AERONET_)?Site")
_MISSING = -999.0
_NOTHING = ("", "N/A")
_TEXT = re.compile(r"Site_Name|Level|_Type|^If_|^Last_|Date_|_Date|\(dd:mm:yyyy\)")


def _looks_like(source: Source) -> bool:
    return source.head_text.startswith("AERONET") and _header(source) is not None


def _header(source: Source) -> int | None:
    for number, line in enumerate(source.head_lines[:12], 1):
        if _SITE.match(line):
            return number
    return None


def read(origin: Source) -> Reading:
    """Read a table of AERONET.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.

    Returns
    -------
    Reading
        `data` is a table with site, time (UTC, naive) and the file's own columns; a
        column of text stays text, and -999 is missing.

    Raises
    ------
    DataError
        If there is no header, its columns aren't those of AERONET, or a date can't be read.
    """
    source = Source.of(origin)
    header = _header(source)
    if header is None:
        raise source.refuse("no line that begins with AERONET_Site", "an AERONET table")
    cells = cells_of(source, decode(source), header=header, more=(1, -1))
    names = list(cells.frame.columns)
    if [name[:4] for name in names[1:3]] != ["Date", "Time"]:
        raise source.refuse(
            f"the columns {', '.join(names[:3])}",
            "AERONET_Site, Date and Time first",
            row=header,
        )
    moment = cells.frame[names[1]].str.strip() + " " + cells.frame[names[2]].str.strip()
    timed = type(cells)(source, cells.frame.assign(moment=moment), cells.lines)
    by_name: dict[str, np.ndarray | pd.Series] = {
        "site": cells.name(names[0]).to_numpy(),
        "time": timed.time("moment", "%d:%m:%Y %H:%M:%S"),
    }
    for name in names[3:]:
        if _TEXT.search(name):
            by_name[name] = cells.name(name).to_numpy()
        else:
            numbers = cells.number(name, _NOTHING)
            by_name[name] = np.where(numbers == _MISSING, np.nan, numbers)
    frame = pd.DataFrame(by_name)
    years = tuple(sorted(set(frame["time"].dt.year.tolist())))
    sites = tuple(sorted(set(frame["site"].astype(str))))
    report = Report(NAME, source.name, source.sha256, len(frame), years, sites)
    return Reading(frame, report)


FORMAT = Format(
    name=NAME,
    kind="station",
    title="AERONET version 3 table",
    contract="aeronet",
    looks_like=_looks_like,
    read=read,
)
