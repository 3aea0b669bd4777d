"""CAMS global black carbon, and the optical properties that turn it into absorption.

Total black carbon is `aermr09` + `aermr10`; which of them is hydrophilic is reported both
ways, so the labels aren't used. Mixing ratios become concentrations with the pressure
and temperature of the same level: ug m-3 = kg/kg x p / (R_d T).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bc_inventory import units
from bc_inventory.readers.gridded._field import dataset, field_reading, horizontal
from bc_inventory.readers.io.netcdf import array, attribute, is_netcdf, opened, times, unit_of
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "ModelMac", "read", "read_optics"]

NAME = "cams_bc"
_PARTS = ("aermr09", "aermr10")
_R_DRY = 287.0597  # J/(kg K), specific gas constant of dry air as in the IFS
# Models of black carbon among the hydrophobic types, numbered from 1.
_MODELS = {"OPAC": 11, "Bond": 12, "Stier": 13}


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    try:
        with opened(source) as file:
            return all(name in file.variables for name in _PARTS)
    except Exception:  # a detector doesn't raise: a damaged file simply isn't this
        return False


def read(
    origin: Source, *, pressure_pa: float | None = None, temperature_k: float | None = None
) -> Reading:
    """Read total black carbon of the lowest level.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file, with `aermr09` and `aermr10`; `sp` and `t` are used where it has them.
    pressure_pa, temperature_k : float, optional
        State of the air where the file has no `sp` and `t`.

    Returns
    -------
    Reading
        `data` is a dataset with `bc_mass_mixing_ratio` (kg kg-1) and, where the state of
        the air is known, `bc_concentration` (ug m-3).

    Raises
    ------
    DataError
        If a variable or unit can't be read.
    """
    source = Source.of(origin)
    with opened(source) as file:
        for name in _PARTS:
            details = unit_of(source, file[name]).replace(" ", "")
            if details not in {"kgkg-1", "kgkg**-1", "kg/kg", "1"}:
                raise source.refuse(f"unit {details!r}", "kg kg-1", column=name)
        ratio = _lowest(source, file, _PARTS[0]) + _lowest(source, file, _PARTS[1])
        pressure = _lowest(source, file, "sp") if "sp" in file.variables else pressure_pa
        warmth = _lowest(source, file, "t") if "t" in file.variables else temperature_k
        surface = horizontal(source, file)
        bounds = _bounds(source, file)
    fields: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
        "bc_mass_mixing_ratio": (
            ratio,
            {"units": "kg kg-1", "long_name": "black carbon, aermr09 + aermr10"},
        )
    }
    notes: tuple[str, ...] = ()
    if pressure is None or warmth is None:
        notes = ("no sp and t: the mixing ratio isn't turned into a concentration",)
    else:
        density = np.asarray(pressure) / (_R_DRY * np.asarray(warmth))  # kg m-3
        fields["bc_concentration"] = (
            ratio * density * units.factor("kg", "ug"),
            {"units": "ug m-3", "long_name": "black carbon of the lowest level"},
        )
    result = dataset(source, fields, surface.lat, surface.lon, bounds, model="CAMS")
    return field_reading(source, NAME, result, notes)


def _lowest(source: Source, file: Any, name: str) -> np.ndarray:
    """Return a variable as (time, lat, lon); of several levels the one nearest the ground."""
    variable = file[name]
    values = array(source, variable)
    axes = list(variable.dimensions)
    level = next((axis for axis in axes if "level" in axis), None)
    if level is not None:
        numbers = array(source, file[level]) if level in file.variables else np.arange(99)
        values = np.take(
            values,
            int(np.argmax(numbers[: values.shape[axes.index(level)]])),
            axis=axes.index(level),
        )
    values = np.squeeze(values) if values.ndim > 3 else values
    if values.ndim == 2:
        values = values[None]
    if values.ndim != 3:
        raise source.refuse(f"dimensions {axes}", "time, level, lat, lon", column=name)
    return np.asarray(values)


def _bounds(source: Source, file: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of analyses, which are instants."""
    name = next((n for n in ("time", "valid_time") if n in file.variables), None)
    if name is None:
        raise source.refuse("no variable 'time' or 'valid_time'", "a time", column="time")
    stamps = np.atleast_1d(times(source, file[name]))
    return stamps, stamps


@dataclass(frozen=True)
class ModelMac:
    """Mass absorption cross-section of black carbon in a model, m2/g, by wavelength."""

    model: str
    wavelength_nm: np.ndarray
    mac_m2_g: np.ndarray

    def cross_section(self, wavelength_nm: float) -> float:
        """Return the cross-section at a wavelength, linear between those of the file."""
        return float(np.interp(wavelength_nm, self.wavelength_nm, self.mac_m2_g))


def read_optics(origin: Source) -> dict[str, ModelMac]:
    """Read the cross-sections of black carbon from an IFS aerosol optics file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Such as `aerosol_ifs_49R1.nc` of ecRad.

    Returns
    -------
    dict of str to ModelMac
        OPAC, Bond and Stier: mass extinction x (1 - single-scattering albedo).
    """
    source = Source.of(origin)
    with opened(source) as file:
        for name in ("mass_ext_hydrophobic", "ssa_hydrophobic", "wavelength"):
            if name not in file.variables:
                raise source.refuse(f"no variable {name!r}", "an IFS aerosol optics file")
        text = str(attribute(file, "description_hydrophobic") or "")
        wave = array(source, file["wavelength"]) * units.factor("m", "nm")
        extinction = array(source, file["mass_ext_hydrophobic"]) * units.factor("m2/kg", "m2/g")
        absorbed = extinction * (1 - array(source, file["ssa_hydrophobic"]))
    order = np.argsort(wave)
    by_name = {}
    for model, number in _MODELS.items():
        line = next((t for t in text.split("\n") if t.startswith(f"{number}:")), "")
        if "Black carbon" not in line and "black carbon" not in line.lower():
            raise source.refuse(f"type {number}: {line[:60]!r}", "black carbon")
        by_name[model] = ModelMac(model, wave[order], absorbed[number - 1][order])
    return by_name


FORMAT = Format(
    name=NAME,
    kind="gridded",
    title="CAMS global black carbon mixing ratios",
    contract="field",
    looks_like=_looks_like,
    read=read,
    options=("pressure_pa", "temperature_k"),
)
