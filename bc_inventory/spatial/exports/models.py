"""NetCDF files as chemistry-transport models read them.

`hemco` is COARDS with a variable for each NFR category. `emep` and `wrfchem`
have a variable for each GNFR aggregate in the unit of the model, on the same
longitudes and latitudes; a model grid that is projected needs regridding by the
model's own tools. Models read a missing value as a number, so what is missing
becomes zero here, and the file says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.spatial.atomic_files import atomic_netcdf
from bc_inventory.spatial.calendar import EPOCH
from bc_inventory.spatial.exports.source import Source, open_source, variable_name

__all__ = ["MODELS", "Model", "write_model"]

_FLUX = "kg m-2 s-1"
_MISSING = "Where the inventory has no figure this file holds 0, since models need a number."


@dataclass(frozen=True)
class Model:
    """How a model wants its fluxes.

    Parameters
    ----------
    prefix : str
        Start of the variables' names.
    unit : str
        As the model's documentation spells it.
    by_gnfr : bool
        Sum categories to GNFR aggregates.
    stamp : {0, 1}
        Whether a time is the start (0) or the end (1) of its step.
    conventions : str
        Of the file.
    """

    prefix: str
    unit: str
    by_gnfr: bool
    stamp: int
    conventions: str


MODELS = {
    # HEMCO reference guide, input file format.
    "hemco": Model("BC", "kg/m2/s", False, 0, "COARDS"),
    # EMEP MSC-W user guide: mg/m2/h is its default unit, time is the end of validity.
    "emep": Model("BC", "mg/m2/h", True, 1, "CF-1.6"),
    # WRF-Chem takes aerosols in ug m-2 s-1.
    "wrfchem": Model("E_BC", "ug m-2 s-1", True, 0, "CF-1.6"),
}


def write_model(path: Path, target: Path, layout: str) -> Path:
    """Rewrite a gridded emission file for a model.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.
    target : Path
        File to write; it appears only when it is whole.
    layout : str
        A name of `MODELS`.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    DataError
        If `path` isn't such a file.
    """
    model = MODELS[layout]
    scale = units.factor(_FLUX, model.unit)
    with open_source(path) as source, atomic_netcdf(target) as file:
        groups = _groups(source, model)
        _define(file, source, model, groups)
        for step in range(len(source.time_bounds)):
            file["time"][step] = source.time_bounds[step, model.stamp]
            for name, (_, members) in groups.items():
                whole = np.zeros((len(source.lat), len(source.lon)))
                for sector in members:
                    whole += np.nan_to_num(source.flux(sector, step))
                file[name][step] = whole * scale
    return target


def _groups(source: Source, model: Model) -> dict[str, tuple[str, list[int]]]:
    """Return long name and categories of each variable."""
    groups: dict[str, tuple[str, list[int]]] = {}
    for sector, (nfr, gnfr, name) in enumerate(
        zip(source.sectors, source.gnfr, source.names, strict=True)
    ):
        key = gnfr if model.by_gnfr else nfr
        long = gnfr if model.by_gnfr else f"{nfr}: {name}"
        groups.setdefault(f"{model.prefix}_{variable_name(key)}", (long, []))[1].append(sector)
    groups[f"{model.prefix}_TOTAL"] = ("all categories", list(range(len(source.sectors))))
    return groups


def _define(
    file: Any, source: Source, model: Model, groups: dict[str, tuple[str, list[int]]]
) -> None:
    file.createDimension("time", None)
    axes: dict[str, tuple[NDArray[Any], str, str]] = {
        "lat": (source.lat, "degrees_north", "latitude"),
        "lon": (source.lon, "degrees_east", "longitude"),
    }
    time = file.createVariable("time", "f8", ("time",))
    time.setncatts(
        {
            "long_name": "start of the step" if model.stamp == 0 else "end of the step",
            "standard_name": "time",
            "units": f"days since {EPOCH.isoformat()} 00:00:00",
            "calendar": "standard",
            "axis": "T",
        }
    )
    for name, (values, unit, long) in axes.items():
        file.createDimension(name, len(values))
        axis = file.createVariable(name, "f8", (name,))
        axis.setncatts(
            {
                "long_name": long,
                "standard_name": long,
                "units": unit,
                "axis": "Y" if name == "lat" else "X",
            }
        )
        axis[:] = values
    for name, (long, members) in groups.items():
        variable = file.createVariable(
            name,
            "f4",
            ("time", "lat", "lon"),
            zlib=True,
            complevel=1,
            shuffle=True,
            chunksizes=(1, len(source.lat), len(source.lon)),
        )
        variable.setncatts(
            {
                "long_name": f"black carbon emission, {long}",
                "units": model.unit,
                "categories": " ".join(source.sectors[sector] for sector in members),
            }
        )
    file.setncatts(
        {
            "Conventions": model.conventions,
            "title": str(source.file.getncattr("title")),
            "history": str(source.file.getncattr("history")),
            "comment": _MISSING,
        }
    )
