"""EDGAR grid maps of black carbon: `emissions` in tonnes a cell, `fluxes` in kg m-2 s-1.

One file holds one substance, sector and year; all three must be said by the file or its
name, and agree.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from bc_inventory.readers.gridded._field import Horizontal, dataset, field_reading, horizontal
from bc_inventory.readers.io.netcdf import attribute, is_netcdf, opened, times, unit_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "read"]

NAME = "edgar_grid_bc"
_MONTHS = 12
_KINDS = {
    "emissions": ("bc_emission_mass", "t", "mass", {"Tonnes", "tonnes", "t", "tons", "Tons"}),
    "fluxes": ("bc_emission_flux", "kg m-2 s-1", "flux", {"kg m-2 s-1", "kg/m2/s"}),
}
_FILE = re.compile(r"EDGAR.*?_BC_(?P<year>\d{4})_(?P<sector>[A-Za-z_]+?)[._](?:0\.1x0\.1|emi|flx)")


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    try:
        with opened(source) as file:
            content = [file[name] for name in _KINDS if name in file.variables]
            details = [attribute(item, "substance") for item in (file, *content)]
            return bool(content) and ("EDGAR" in source.name or any(details))
    except Exception:  # a detector doesn't raise: a damaged file simply isn't this
        return False


def read(origin: Source, *, year: int | None = None) -> Reading:
    """Read a grid map.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    year : int, optional
        Year the file must hold.

    Returns
    -------
    Reading
        `data` is a dataset with `bc_emission_mass` (t a cell in the year, or in the month
        where the map has twelve) or `bc_emission_flux` (kg m-2 s-1), attribute `kind` mass or
        flux, and the spans.

    Raises
    ------
    DataError
        If substance, year or unit isn't said, contradicts the name, or isn't the one asked
        for.
    """
    source = Source.of(origin)
    with opened(source) as file:
        name = next((n for n in _KINDS if n in file.variables), None)
        if name is None:
            raise source.refuse("neither 'emissions' nor 'fluxes'", "an EDGAR grid map")
        our_rows, unit, kind, spellings = _KINDS[name]
        variable = file[name]
        details = unit_of(source, variable)
        if details not in spellings:
            raise source.refuse(f"unit {details!r}", unit, column=name)
        substance, content, sector = _labels_of(source, file, variable)
        axes = horizontal(source, file)
        values = axes.values(source, variable)
        begin, end = _spans(source, file, variable, axes, content)
    if substance != "BC":
        raise source.refuse(f"substance {substance!r}", "BC")
    if year is not None and year != content:
        raise source.refuse(f"the year {content}", f"{year}, which was asked for")
    attributes: dict[str, Any] = {"units": unit, "kind": kind, "sector": sector}
    values = values.reshape(len(begin), *values.shape[-2:])
    result = dataset(
        source, {our_rows: (values, attributes)}, axes.lat, axes.lon, (begin, end), model="EDGAR"
    )
    return field_reading(source, NAME, result)


def _spans(
    source: Source, file: Any, variable: Any, axes: Horizontal, year: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the year, or its months where the map has twelve steps.

    Raises
    ------
    DataError
        If there are other dimensions, or the steps aren't the months of the year.
    """
    others = {
        name: size
        for name, size in zip(variable.dimensions, variable.shape, strict=True)
        if name not in axes.names and size != 1
    }
    if not others:
        ends = np.array([f"{year}-01-01", f"{year + 1}-01-01"], dtype="datetime64[s]")
        return ends[:1], ends[1:]
    if list(others.values()) != [_MONTHS]:
        raise source.refuse(
            f"dimensions {others} beside latitude and longitude",
            "one step, or twelve months",
            column=str(variable.name),
        )
    (name,) = others
    months = np.datetime64(f"{year}-01", "M") + np.arange(_MONTHS + 1)
    if (
        name in file.variables
        and attribute(file[name], "units")
        and "since" in str(attribute(file[name], "units"))
    ):
        stamps = times(source, file[name]).astype("datetime64[M]")
        if (stamps != months[:-1]).any():
            raise source.refuse(
                f"steps from {stamps[0]} to {stamps[-1]}",
                f"the twelve months of {year} in order",
                column=name,
            )
    ends = months.astype("datetime64[s]")
    return ends[:-1], ends[1:]


def _labels_of(source: Source, file: Any, variable: Any) -> tuple[str, int, str]:
    """Return substance, year and sector, from the attributes and the name."""
    named = _FILE.search(source.name)
    substance = str(
        attribute(variable, "substance") or attribute(file, "substance") or ("BC" if named else "")
    )
    stated = attribute(variable, "year") or attribute(file, "year")
    years = {
        int(value) for value in (stated, named["year"] if named else None) if value is not None
    }
    if len(years) != 1:
        raise source.refuse(
            f"{len(years)} years ({', '.join(map(str, sorted(years)))})", "one year", column="year"
        )
    sector = attribute(variable, "sector", "long_name") or (named["sector"] if named else "")
    return substance, years.pop(), str(sector)


FORMAT = Format(
    name=NAME,
    kind="gridded",
    title="EDGAR grid map of black carbon",
    contract="field",
    looks_like=_looks_like,
    read=read,
    options=("year",),
)
