"""EDGAR grid maps of black carbon: `emissions` in tonnes a cell, `fluxes` in kg m-2 s-1.

One file holds one substance, sector and year; all three must be said by the file or its
name, and agree.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from bc_inventory.readers.gridded._field import dataset, field_reading, latitudes, longitudes
from bc_inventory.readers.io.netcdf import array, attribute, is_netcdf, opened, unit_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "read"]

NAME = "edgar_grid_bc"
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
            held = [file[name] for name in _KINDS if name in file.variables]
            told = [attribute(item, "substance") for item in (file, *held)]
            return bool(held) and ("EDGAR" in source.name or any(told))
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
        `data` is a dataset with `bc_emission_mass` (t a cell and year) or
        `bc_emission_flux` (kg m-2 s-1), attribute `kind` mass or flux, and the year.

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
        ours, unit, kind, spellings = _KINDS[name]
        variable = file[name]
        told = unit_of(source, variable)
        if told not in spellings:
            raise source.refuse(f"unit {told!r}", unit, column=name)
        substance, held, sector = _said(source, file, variable)
        lat = latitudes(source, array(source, file["lat"]))
        lon = longitudes(source, array(source, file["lon"]))
        values = array(source, variable)
    if substance != "BC":
        raise source.refuse(f"substance {substance!r}", "BC")
    if year is not None and year != held:
        raise source.refuse(f"the year {held}", f"{year}, which was asked for")
    begin = np.array([f"{held}-01-01"], dtype="datetime64[s]")
    end = np.array([f"{held + 1}-01-01"], dtype="datetime64[s]")
    attributes: dict[str, Any] = {"units": unit, "kind": kind, "sector": sector}
    made = dataset(
        source, {ours: (values[None], attributes)}, lat, lon, (begin, end), model="EDGAR"
    )
    return field_reading(source, NAME, made)


def _said(source: Source, file: Any, variable: Any) -> tuple[str, int, str]:
    """Return substance, year and sector, from the attributes and the name."""
    named = _FILE.search(source.name)
    substance = str(
        attribute(variable, "substance") or attribute(file, "substance") or ("BC" if named else "")
    )
    stated = attribute(variable, "year") or attribute(file, "year")
    years = {int(held) for held in (stated, named["year"] if named else None) if held is not None}
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
