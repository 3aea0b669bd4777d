"""GEOS-Chem tracers BCPI and BCPO: bpch2nc output and COARDS time series.

Black carbon is the sum of the hydrophilic and the hydrophobic tracer, in ppbv of a
nominal molar mass; it becomes a mass with the air density of the same file. bpch2nc
writes `unit` for `units`, hyphens in names, and the time only as attributes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bc_inventory import units
from bc_inventory.readers.gridded._field import dataset, field_reading, latitudes, longitudes
from bc_inventory.readers.io.netcdf import array, attribute, is_netcdf, opened, times, unit_of
from bc_inventory.readers.io.options import require
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading

__all__ = ["FORMAT", "read"]

NAME = "geos_chem_bc"
_PPBV = "1e-9"  # mol per mol; as CF writes it
_AVOGADRO = 6.02214076e23  # 1/mol, exact by definition of the mole
_NAMES = ("BCPI", "BCPO")


def _looks_like(source: Source) -> bool:
    if not is_netcdf(source):
        return False
    return b"BCPI" in source.content and b"BPCH2" in source.content


def read(origin: Source, *, molar_mass_g_mol: float | None = None) -> Reading:
    """Read the surface concentration of black carbon.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    molar_mass_g_mol : float
        Molar mass the tracers are counted with: 12.011 for carbon, 12 as the model's own
        tables round it.

    Returns
    -------
    Reading
        `data` is a dataset with `bc_concentration` (ug m-3) and `bc_mixing_ratio` (ppbv,
        molar) of the lowest layer.

    Raises
    ------
    ConfigError
        If the molar mass isn't given.
    DataError
        If a variable, unit or time can't be read.
    """
    source = Source.of(origin)
    require(source, molar_mass_g_mol=molar_mass_g_mol)
    with opened(source) as file:
        parts = [_surface(source, file, f"IJ-AVG-S__{name}", "ppbv") for name in _NAMES]
        density = _surface(source, file, "TIME-SER__AIRDEN", "molec/cm3")
        lat = latitudes(source, array(source, _one(source, file, "LAT", "lat")))
        lon = longitudes(source, array(source, _one(source, file, "LON", "lon")))
        begin = _times(source, file, len(parts[0]))
    mole_fraction = (parts[0] + parts[1]) * units.factor(_PPBV, "1")
    per_volume = density * units.factor("1/cm^3", "1/m^3") / _AVOGADRO
    mass = mole_fraction * per_volume * float(molar_mass_g_mol or 0) * units.factor("g", "ug")
    result = dataset(
        source,
        {
            "bc_concentration": (
                mass,
                {
                    "units": "ug m-3",
                    "long_name": "black carbon of the lowest layer, BCPI + BCPO",
                    "molar_mass_g_mol": molar_mass_g_mol,
                },
            ),
            "bc_mixing_ratio": (
                parts[0] + parts[1],
                {"units": _PPBV, "long_name": "mole fraction of black carbon, ppbv"},
            ),
        },
        lat,
        lon,
        begin,
        model="GEOS-Chem",
    )
    return field_reading(source, NAME, result)


def _one(source: Source, file: Any, *names: str) -> Any:
    for name in names:
        if name in file.variables:
            return file[name]
    raise source.refuse(f"no variable {names[0]!r}", " or ".join(names), column=names[0])


def _surface(source: Source, file: Any, name: str, expected: str) -> np.ndarray:
    """Return the lowest layer of a variable, with a time axis of one where it has none."""
    variable = _one(source, file, name, name.replace("-", "_"))
    unit = unit_of(source, variable)
    if unit.replace(" ", "") != expected:
        raise source.refuse(f"unit {unit!r}", expected, column=variable.name)
    values = array(source, variable)
    if values.ndim == 4:
        return values[:, 0]
    if values.ndim == 3:
        return values[None, 0]
    raise source.refuse(f"{values.ndim} dimensions", "levels, lat, lon", column=variable.name)


def _times(source: Source, file: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    if "time" in file.variables:
        begin = times(source, file["time"])
        step = str(attribute(file["time"], "delta_t") or "")
        hours = int(step[11:13]) if len(step) == 19 and step[11:13].isdigit() else 0
    else:
        day, clock = (str(attribute(file, name) or "") for name in ("Start_Date", "Start_Time"))
        if len(day) != 8 or not day.isdigit():
            raise source.refuse(f"Start_Date {day!r}", "a date such as 20130102")
        hour = int(clock or 0) // 10_000
        begin = np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}T{hour:02d}:00:00"], "datetime64[s]")
        hours = 0
    if len(begin) != count:
        raise source.refuse(f"{len(begin)} times", f"{count}")
    return begin, begin + np.timedelta64(hours, "h").astype("timedelta64[s]")


FORMAT = Format(
    name=NAME,
    kind="gridded",
    title="GEOS-Chem BCPI and BCPO (bpch2nc, COARDS)",
    contract="field",
    looks_like=_looks_like,
    read=read,
    options=("molar_mass_g_mol",),
)
