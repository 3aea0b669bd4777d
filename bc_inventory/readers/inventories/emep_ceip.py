"""Officially reported emissions as CEIP's WebDab exports them.

Lines of `ISO2;YEAR;SECTOR;POLLUTANT;UNIT;NUMBER/FLAG`, where the last holds a number or a
notation key. Level 1 (GNFR) and some national totals write 0 where nothing was reported: a
country and year without any figure above 0 is NE here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.readers.inventories._frame import assemble
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.reference import codelists
from bc_inventory.schema.common import NOTATION_KEYS

__all__ = ["FORMAT", "read"]

_COLUMNS = ("ISO2", "YEAR", "SECTOR", "POLLUTANT", "UNIT", "NUMBER/FLAG")
_COMMENT = re.compile(r"^#\s*Format:\s*")
_WRITTEN = re.compile(r"# WebDab output on \w{3} (\w{3}) +(\d{1,2}) [\d:]+ (\d{4})")
# The United Kingdom left on 2020-01-31; from then on WebDab's EU27 is the one without it.
_BREXIT = dt.date(2020, 2, 1)

_GNFR = (
    "A_PublicPower", "B_Industry", "C_OtherStatComb", "D_Fugitive", "E_Solvents",
    "F_RoadTransport", "G_Shipping", "H_Aviation", "I_Offroad", "J_Waste", "K_AgriLivestock",
    "L_AgriOther", "M_Other",
)  # fmt: skip
_GNFR_MEMO = ("N_Natural", "O_AviCruise", "P_IntShipping", "z_Memo")
_NFR_OTHER = {"ADJUSTMENTS": "memo", "NT COMPLIANCE": "aggregate", "1A3": "aggregate"}
_TOTAL = "NATIONAL TOTAL"
_LETTER = re.compile(r"(?:GNFR[ _]?)?([A-M])_")
_EDITION = re.compile(r"^N(?:FR ?)?\d\d ")


def looks_like(source: Source) -> bool:
    """Tell whether a line of the head names WebDab's columns."""
    return _header(source.head_lines) is not None


def _header(lines: list[str]) -> tuple[list[str], str] | None:
    """Return the names of the columns in their order, and what separates them."""
    for line in lines[:40]:
        for delimiter in ";,\t":
            cells = _COMMENT.sub("", line).split(delimiter)
            names = [cell.strip(' "') for cell in cells]
            if sorted(names) == sorted(_COLUMNS):
                return names, delimiter
    return None


def read(origin: object, *, species: str | None = None, version: str | None = None) -> Reading:
    """Read a WebDab export.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Text of level 1 (GNFR), level 2 (NFR14) or national totals.
    species : str, optional
        Keep this pollutant alone; by default all that the file holds.
    version : str, optional
        Date of the export as YYYY-MM-DD, needed where the file doesn't say it.

    Returns
    -------
    Reading
        Table under the contract `inventory`.

    Raises
    ------
    DataError
        With one problem for each cell that isn't what its column says.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    frame = _split(source)
    if species is not None:
        wanted = codelists.resolve_species(species)
        ordered = sorted(frame["species"].unique())
        frame = frame[frame["species"] == wanted]
        if frame.empty:
            raise source.refuse(f"the pollutants {', '.join(ordered)}", species)
    written = _date(source, version)
    frame["version"] = written.isoformat()
    frame["inventory"] = "EMEP-CEIP"
    frame["source_id"] = "ceip-webdab"
    skipped = []
    negative = frame["value"] < 0
    if negative.any():
        first = frame[negative].iloc[0]
        example = f"{first.source_region} {first.year} {first.sector} {first.value:g} {first.unit}"
        skipped.append(Skipped("a negative emission", int(negative.sum()), example))
        frame = frame[~negative]
    _zeros_not_reported(frame)
    result = assemble(source, frame, "CEIP")
    if written >= _BREXIT:
        result["region"] = result["region"].replace({"EU27": "EU27_2020"})
    else:
        result["region"] = result["region"].replace({"EU27": "EU27_2007"})
    return reading(source, FORMAT.name, result, skipped, _incomplete(result))


def _split(source: Source) -> pd.DataFrame:
    """Return the cells in columns, with the line of each row as index."""
    header = _header(source.text.splitlines())
    if header is None:
        raise source.refuse("no line that names the columns", f"a line {';'.join(_COLUMNS)}")
    names, delimiter = header
    rows, lines = delimited(source, delimiter, comment="#")
    if rows and rows[0] == names:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise source.refuse("no rows", "rows below the head", remedy="The file may be cut off.")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(names):
            raise source.refuse(f"{len(row)} cells", f"{len(names)} cells", row=line)
    cells = pd.DataFrame(rows, columns=names, index=pd.Index(lines), dtype=object)
    return _typed(source, cells)


def _typed(source: Source, cells: pd.DataFrame) -> pd.DataFrame:
    problems = []
    value, key, wrong = numbers(cells["NUMBER/FLAG"].tolist(), NOTATION_KEYS)
    problems += [
        Problem(
            repr(cells["NUMBER/FLAG"].iat[index]),
            f"a number with a decimal point, or one of {', '.join(NOTATION_KEYS)}",
            source.name,
            int(cells.index[index]),
            "NUMBER/FLAG",
        )
        for index in wrong
    ]
    bad_year = ~cells["YEAR"].str.fullmatch(r"(?:19|20)\d\d").astype(bool)
    problems += [
        Problem(repr(year), "a year from 1900 to 2099", source.name, int(line), "YEAR")
        for line, year in cells["YEAR"][bad_year].items()
    ]
    if problems:
        raise DataError(problems)
    pollutants = {name: codelists.resolve_species(name) for name in cells["POLLUTANT"].unique()}
    sectors = {name: _sector(source, name, cells) for name in cells["SECTOR"].unique()}
    placed = cells["SECTOR"].map(sectors)
    return pd.DataFrame(
        {
            "source_region": cells["ISO2"],
            "year": cells["YEAR"].astype("int64"),
            "scheme": placed.str[0],
            "sector": placed.str[1],
            "sector_level": placed.str[2],
            "species": cells["POLLUTANT"].map(pollutants),
            "value": value,
            "notation_key": key,
            "unit": cells["UNIT"],
            "note": None,
        }
    )


def _sector(source: Source, name: str, cells: pd.DataFrame) -> tuple[str, str, str]:
    """Return scheme, code and level of a sector as WebDab writes it."""
    if name == _TOTAL:
        return "NFR14", _TOTAL, "aggregate"
    if name in _GNFR:
        return "GNFR14", name, "part"
    if name in _GNFR_MEMO:
        return "GNFR14", name, "memo"
    if letter := _LETTER.match(name):
        # The guidelines write the aggregates out; WebDab shortens some.
        with contextlib.suppress(DataError):
            codelists.resolve_gnfr(name)
            return "GNFR14", next(rows for rows in _GNFR if rows[0] == letter[1]), "part"
    code = _EDITION.sub("", name)
    if code in _NFR_OTHER:
        return "NFR14", code, _NFR_OTHER[code]
    known = codelists.memo_items()
    if code in known:
        return "NFR14", code, "memo" if known[code] else "part"
    raise source.refuse(
        f"the sector {name!r}",
        "a GNFR or NFR14 code",
        row=int(cells.index[cells["SECTOR"] == name][0]),
        column="SECTOR",
        remedy=suggest(code, [*_GNFR, *_GNFR_MEMO, *known]),
    )


def _date(source: Source, version: str | None) -> dt.date:
    """Return the date of the export, from the head of the file or as given."""
    match = next((m for line in source.head_lines[:10] if (m := _WRITTEN.match(line))), None)
    if match:
        return dt.datetime.strptime(" ".join(match.groups()), "%b %d %Y").date()
    try:
        return dt.date.fromisoformat(version or "")
    except ValueError:
        raise source.refuse(
            "no date of the export in the head",
            "a line '# WebDab output on ...', or the option version as YYYY-MM-DD",
            remedy="The members of EU27 depend on the date.",
        ) from None


def _zeros_not_reported(frame: pd.DataFrame) -> None:
    """Turn the zeros of a country and year without any figure into NE, in place."""
    writes_zero = (frame["scheme"] == "GNFR14") | (frame["sector"] == _TOTAL)
    groups = frame.groupby(["source_region", "year", "species", "scheme"], sort=False)
    empty = (groups["value"].transform("max") == 0) & writes_zero & (frame["value"] == 0)
    frame.loc[empty, "notation_key"] = "NE"
    frame.loc[empty, "note"] = "published as 0 in every sector: not reported"
    frame.loc[empty, "value"] = np.nan


def _incomplete(frame: pd.DataFrame) -> list[str]:
    """Return a note for each country and year that lacks a GNFR sector."""
    rows = frame[(frame["scheme"] == "GNFR14") & (frame["sector_level"] == "part")]
    have = rows.groupby(["source_region", "year"])["sector"].agg(set)
    short = have[have.map(len) < len(_GNFR)]
    notes = [
        f"{region} {year}: no row for {', '.join(sorted(set(_GNFR) - present))}"
        for (region, year), present in short.items()
    ]
    more = len(notes) - 10
    return notes[:10] + ([f"... and {more} more incomplete years"] if more > 0 else [])


FORMAT = Format(
    name="emep_ceip",
    kind="inventory",
    title="EMEP/CEIP officially reported emissions (WebDab export)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species", "version"),
)
