"""HTAP v3 emission mosaic by country and sector: csv with commas or semicolons, monthly or not.

Several data providers make up one country: a European one most sectors, EDGAR aviation. The
files state no unit; their tables are in Mg (tonnes), as the scripts of CEDS that read them say.
They hold no totals, so a file that lost rows between two lines looks like a whole one.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.inventories._frame import assemble, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.result import Format, Reading, reading

__all__ = ["FORMAT", "read"]

_LABELS = ("data_provider", "substance", "year", "country", "sector")
_MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
_WHOLE = ("cumulative_emissions", "annual")
_SECTOR = re.compile(r"(?:HTAPv3_)?(\d)(?:[._](\d))?_([A-Za-z]\w*)")
_VERSION = re.compile(r"HTAP_?(v3(?:[._]?\d)?)(?!\d)", re.IGNORECASE)
# Sectors of ships and aircraft between countries.
_MEMO = ("1_", "2.2_")


def looks_like(source: Source) -> bool:
    """Tell whether the first line holds the labels of the mosaic's tables."""
    names = _names(source.head_lines[0]) if source.head_lines else []
    return set(_LABELS) <= set(names)


def _names(line: str) -> list[str]:
    return [cell.strip(' "\r').lower() for cell in re.split("[;,]", line.lstrip("\ufeff"))]


def read(
    origin: object, *, species: str | None = None, version: str | None = None, unit: str = "t"
) -> Reading:
    """Read a table of the mosaic.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Emissions by provider, country, year and sector, with a column for the year
        (`Cumulative_emissions` or `Annual`) or one for each month.
    species : str, optional
        Refuse the file if it holds another pollutant.
    version : str, optional
        Release, such as v3.1; by default as the name of the file says, else v3.
    unit : str
        Unit of the figures, which the file doesn't state.

    Returns
    -------
    Reading
        Table under the contract `inventory`; figures of several providers for one sector
        of one country are added, and the note names them.

    Raises
    ------
    DataError
        If a cell isn't a number, a row occurs twice, or a sector isn't the mosaic's.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    semicolons = any(";" in line for line in source.head_lines[:1])
    rows, lines = delimited(source, ";" if semicolons else ",")
    names = [name.lower() for name in rows[0]] if rows else []
    content = [name for name in (*_MONTHS, *_WHOLE) if name in names]
    whole = [name for name in content if name in _WHOLE]
    wanted = whole[:1] or content
    if not set(_LABELS) <= set(names) or (not whole and len(content) != len(_MONTHS)):
        raise source.refuse(
            f"the header {', '.join(names)[:120]}",
            "Data_provider, Substance, Year, Country, Sector, and Annual, "
            "Cumulative_emissions or twelve months",
        )
    frame = _frame(source, names, rows[1:], lines[1:], wanted)
    frame["species"] = _one_species(source, frame, species)
    match = _VERSION.search(version or source.name)
    frame = frame.assign(
        inventory="HTAP",
        version=_dotted(match.group(1)) if match else version or "v3",
        scheme="HTAP3",
        sector_level=np.where(frame["sector"].str.startswith(_MEMO), "memo", "part"),
        unit=unit,
        source_id="htap-v3",
    )
    return reading(source, FORMAT.name, assemble(source, frame, "HTAP3"))


def _dotted(version: str) -> str:
    digits = re.sub(r"\D", "", version)
    return "v" + ".".join(digits)


def _frame(
    source: Source, names: list[str], body: list[list[str]], lines: list[int], wanted: list[str]
) -> pd.DataFrame:
    for row, line in zip(body, lines, strict=True):
        if len(row) != len(names):
            raise source.refuse(f"{len(row)} cells", f"{len(names)} cells", row=line)
    if not body:
        raise source.refuse("a header without rows", "emissions")
    cells = np.array(body, dtype=object)
    index = [names.index(name) for name in wanted]
    values, _, wrong = numbers(cells[:, index].ravel().tolist())
    if len(wrong):
        place, column = divmod(int(wrong[0]), len(index))
        raise source.refuse(
            repr(cells[place, index[column]]),
            "a number with a decimal point",
            row=lines[place],
            column=wanted[column],
        )
    columns = {name: cells[:, names.index(name)] for name in _LABELS}
    frame = pd.DataFrame(columns, index=lines)
    frame["value"] = values.reshape(len(body), len(index)).sum(axis=1)
    frame["year"] = _years(source, frame["year"])
    frame["sector"] = _sectors(source, frame["sector"])
    return _added(source, frame.rename(columns={"country": "source_region"}))


def _years(source: Source, cells: pd.Series) -> pd.Series:
    wrong = ~cells.str.fullmatch(r"(?:19|20)\d\d")
    if wrong.any():
        line = int(wrong.index[wrong][0])
        raise source.refuse(repr(cells.loc[line]), "a year", row=line, column="Year")
    return cells.astype("int64")


def _sectors(source: Source, cells: pd.Series) -> pd.Series:
    known = {}
    for cell in cells.unique():
        match = _SECTOR.fullmatch(cell)
        if match is None:
            line = int(cells.index[cells == cell][0])
            raise source.refuse(repr(cell), "a sector such as HTAPv3_4.1_Industry", row=line)
        major, minor, name = match.groups()
        known[cell] = f"{major}.{minor}_{name}" if minor else f"{major}_{name}"
    return cells.map(known)


def _added(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what several providers give for one sector; one provider gives it once."""
    key = ["substance", "year", "source_region", "sector"]
    twice = frame[frame.duplicated([*key, "data_provider"])]
    if len(twice):
        row = twice.iloc[0]
        raise source.refuse(
            f"{row['source_region']} {row['sector']} {row['year']} twice",
            "one row for each provider, country, year and sector",
            row=int(twice.index[0]),
        )
    line = pd.Series(frame.index, index=frame.index)
    result = (
        frame.assign(line=line)
        .groupby(key, sort=False, as_index=False)
        .agg(
            value=("value", "sum"),
            note=("data_provider", lambda item: " and ".join(sorted(item))),
            line=("line", "first"),
        )
    )
    return result.set_index("line", drop=True)


def _one_species(source: Source, frame: pd.DataFrame, wanted: str | None) -> str:
    stated = frame["substance"].unique()
    if len(stated) != 1:
        raise source.refuse(f"the pollutants {', '.join(stated)}", "one pollutant")
    return same_species(source, stated[0], wanted)


FORMAT = Format(
    name="htap3",
    kind="inventory",
    title="HTAP v3 mosaic by country and sector (csv)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species", "version", "unit"),
)
