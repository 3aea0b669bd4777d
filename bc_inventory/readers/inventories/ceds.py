"""The family of CEDS csv files: `em`, any of country, sector and fuel, `units`, one column a year.

BC and OC are in `ktC`, kilotonnes of the species as carbon: the number is the emission in
kt, not one to multiply by 44/12.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bc_inventory.readers.inventories._frame import assemble, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, reading

__all__ = ["FORMAT", "read"]

_YEAR = re.compile(r"X?((?:1[789]|20)\d\d)")
_RELEASE = re.compile(r"(20\d\d)[_-](\d\d)[_-](\d\d)")
_LABELS = {"em", "country", "iso", "sector", "fuel", "units"}
_MEMO = re.compile(r"^(6B|11[ABC])_")
# Carbon mass is the mass of the species for these two alone.
_IN_CARBON = {"BC", "OC"}


def looks_like(source: Source) -> bool:
    """Tell whether the first line holds `em`, `units` and columns of years alone."""
    names = _names(source.head_lines[0]) if source.head_lines else []
    years = [name for name in names if _YEAR.fullmatch(name)]
    labels = set(names) - set(years)
    return len(years) >= 2 and {"em", "units"} <= labels <= _LABELS


def _names(line: str) -> list[str]:
    return [cell.strip(' "') for cell in line.lstrip("\ufeff").split(",")]


def read(
    origin: object,
    *,
    species: str | None = None,
    version: str | None = None,
    years: tuple[int, int] | None = None,
) -> Reading:
    """Read one file of the CEDS family.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Final emissions by sector, country, country and fuel, or sector and country.
    species : str, optional
        Refuse the file if it holds another pollutant.
    version : str, optional
        Release as YYYY-MM-DD, needed where the name of the file doesn't say it.
    years : tuple of int, optional
        First and last year to keep; by default all.

    Returns
    -------
    Reading
        Table under the contract `inventory`. Without a country the region is WORLD; the
        country `global` holds ships and aviation between countries.

    Raises
    ------
    DataError
        If a cell isn't a number or units are mixed.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows, lines = delimited(source)
    names, body, lines = rows[0] if rows else [], rows[1:], lines[1:]
    wanted = {name: int(m[1]) for name in names if (m := _YEAR.fullmatch(name))}
    labels = [name for name in names if name not in wanted]
    if len(set(names)) != len(names) or not {"em", "units"} <= set(labels) <= _LABELS or not body:
        raise source.refuse(
            f"the header {', '.join(names)[:80]}", "em, units, of country, sector, fuel, and years"
        )
    for row, line in zip(body, lines, strict=True):
        if len(row) != len(names):
            raise source.refuse(f"{len(row)} cells", f"{len(names)} cells", row=line)
    require_order(source, list(wanted.values()), row=1)
    if years:
        wanted = {name: year for name, year in wanted.items() if years[0] <= year <= years[1]}
    frame = _long(source, names, body, lines, wanted)
    stated = frame["em"].unique()
    if len(stated) != 1:
        raise source.refuse(f"the pollutants {', '.join(stated)}", "one pollutant")
    output = same_species(source, stated[0], species)
    frame = frame.assign(
        inventory="CEDS",
        version=_release(source, version),
        scheme="CEDS",
        sector_level=np.where(frame["sector"].str.match(_MEMO.pattern), "memo", "part"),
        species=output,
        source_id="ceds",
    )
    delivered = frame.pop("units")
    frame["unit"] = _mass_units(source, delivered, output)
    result = assemble(source, frame, "CEDS")
    result["unit"] = delivered.astype("str").to_numpy()
    return reading(source, FORMAT.name, result)


def _long(
    source: Source,
    names: list[str],
    body: list[list[str]],
    lines: list[int],
    wanted: dict[str, int],
) -> pd.DataFrame:
    cells = np.array(body, dtype=object)
    index = [names.index(name) for name in wanted]
    values, _, wrong = numbers(cells[:, index].ravel().tolist())
    if len(wrong):
        row, column = divmod(int(wrong[0]), len(index))
        raise source.refuse(
            repr(cells[row, index[column]]),
            "a number with a decimal point",
            row=lines[row],
            column=list(wanted)[column],
        )
    columns = {
        name: np.repeat(cells[:, names.index(name)], len(index))
        for name in names
        if name in _LABELS
    }
    frame = pd.DataFrame(columns, index=np.repeat(lines, len(index)))
    frame["year"] = np.tile(list(wanted.values()), len(body))
    frame["value"] = values
    country = "country" if "country" in names else "iso" if "iso" in names else None
    frame["source_region"] = frame[country] if country else "WORLD"
    frame["sector"] = frame["sector"] if "sector" in names else "all"
    return frame


def _release(source: Source, version: str | None) -> str:
    match = _RELEASE.search(version or source.name)
    if match is None:
        raise source.refuse(
            "no release in the name of the file", "a date, or the option version as YYYY-MM-DD"
        )
    return "-".join(match.groups())


def _mass_units(source: Source, units: pd.Series, species: str) -> pd.Series:
    """Return `kt` for units that name the species after it, and refuse others."""
    known = {"kt", f"kt{species}", f"kt {species}"}
    if species in _IN_CARBON:
        known |= {"ktC", "kt C"}
    if species == "NOx":
        known.add("ktNO2")
    wrong = ~units.isin(known)
    if wrong.any():
        raise source.refuse(
            f"the unit {units[wrong].iat[0]!r}",
            f"one of {', '.join(sorted(known))}",
            row=int(units.index[wrong][0]),
        )
    return pd.Series("kt", index=units.index)


FORMAT = Format(
    name="ceds",
    kind="inventory",
    title="CEDS final emissions (csv family)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species", "version", "years"),
)
