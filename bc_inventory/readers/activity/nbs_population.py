"""Population of Chinese provinces at year end, as transcribed from the statistical yearbook."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, reading

__all__ = ["FORMAT", "read"]

_NATION = "National Total"
_PROVINCES = 31
# Servicemen are counted for the nation alone, and surveys are reconciled apart.
_APART = 0.03
# No province has gained or lost more than this in a year since 2000.
_JUMP = 0.15
_SLIP = 0.05
_UNIT = "1e4 person"


def looks_like(source: Source) -> bool:
    """Tell whether the first rows are a region, years, and the nation's total."""
    lines = source.head_text.lstrip("\ufeff").splitlines()
    return len(lines) > 2 and bool(
        re.match(r"Region,(?:19|20)\d\d", lines[0]) and _NATION + "," in source.head_text
    )


def read(origin: object) -> Reading:
    """Read a table of provinces by year.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Comma-separated text; 10^4 persons.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; the nation is an aggregate. A figure that
        leaves its neighbours by more than 5 % and returns is named in the notes, not changed.

    Raises
    ------
    DataError
        If a cell is no number, a province is absent, or provinces and nation differ by more
        than 3 %.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows, lines = delimited(source)
    header = rows[0] if rows else [""]
    if header[0] != "Region" or not all(re.fullmatch(r"(?:19|20)\d\d", c) for c in header[1:]):
        raise source.refuse(f"the header {', '.join(header)[:80]}", "Region and years", row=1)
    years = [int(cell) for cell in header[1:]]
    require_order(source, years, row=1)
    values = np.empty((len(rows) - 1, len(years)))
    for i, (row, line) in enumerate(zip(rows[1:], lines[1:], strict=True)):
        if len(row) != len(header):
            raise source.refuse(f"{len(row)} cells", f"{len(header)}", row=line)
        values[i], _, wrong = numbers(row[1:])
        if len(wrong):
            raise source.refuse(
                repr(row[1 + wrong[0]]), "a number", row=line, column=str(years[wrong[0]])
            )
    wide = pd.DataFrame(values, columns=years, index=[row[0] for row in rows[1:]])
    notes = _check(source, wide[sorted(years)])
    n = len(years)
    frame = pd.DataFrame(
        {
            "year": np.tile(years, len(wide)),
            "source_region": np.repeat(wide.index.to_numpy(), n),
            "source_sector": "population",
            "source_fuel": "persons",
            "quantity": values.ravel(),
            "unit": _UNIT,
            "source_id": "nbs-population",
        },
        index=np.repeat(lines[1:], n),
    )
    return reading(source, FORMAT.name, assemble(source, frame), notes=notes)


def _check(source: Source, wide: pd.DataFrame) -> list[str]:
    places = [place(name) or ("", "") for name in wide.index]
    codes = {code for code, level in places if level == "province"}
    provinces = wide[[level == "province" for _, level in places]]
    strange = [name for name in wide.index if name not in provinces.index and name != _NATION]
    whole = len(codes) == len(provinces) == _PROVINCES and list(wide.index).count(_NATION) == 1
    if not whole or strange:
        raise source.refuse(
            f"{len(codes)} provinces" + (f" and {strange[0]!r}" if strange else ""),
            f"the {_PROVINCES} provinces and {_NATION}",
        )
    nation = wide.loc[_NATION]
    off = (provinces.sum() / nation - 1).abs() > _APART
    if off.any():
        raise source.refuse(
            f"provinces that add up to {provinces.sum()[off].iat[0]:g}",
            f"the nation's {nation[off].iat[0]:g} within 3 %",
            column=str(off[off].index[0]),
        )
    values = provinces.to_numpy()
    step = np.abs(np.diff(np.log(values), axis=1))
    if (step > _JUMP).any():
        row, column = np.argwhere(step > _JUMP)[0]
        raise source.refuse(
            f"a step from {values[row, column]:g} to {values[row, column + 1]:g}",
            "a population",
            column=f"{provinces.index[row]}, {provinces.columns[column + 1]}",
        )
    around = (values[:, :-2] + values[:, 2:]) / 2
    return [
        f"{provinces.index[row]} {provinces.columns[column + 1]}: "
        f"{values[row, column + 1]:g} between neighbours of about {around[row, column]:g}"
        for row, column in np.argwhere(np.abs(values[:, 1:-1] / around - 1) > _SLIP)
    ]


FORMAT = Format(
    name="nbs_population",
    kind="activity",
    title="Population at year end by province (NBS)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
