"""The layout of CEDS in input4MIPs: one variable over eight sectors and twelve months.

After the files of CEDS-CMIP and the input4MIPs controlled vocabularies 6.7:
`BC_em_anthro(time, sector, lat, lon)`, kg m-2 s-1, 365-day calendar, sectors by
index. Aviation and field burning stand in files of their own there, so they
are left out, and the file says how much that is.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import __version__, schema
from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.naming import name_of
from bc_inventory.reference.paths import data_root
from bc_inventory.spatial.atomic_files import atomic_netcdf
from bc_inventory.spatial.calendar import EPOCH, seconds
from bc_inventory.spatial.exports.source import Source, chosen_months, open_source

__all__ = ["file_name", "write_input4mips"]

_SECTORS = (
    "0: Agriculture; 1: Energy; 2: Industrial; 3: Transportation; "
    "4: Residential, Commercial, Other; 5: Solvents production and application; 6: Waste; "
    "7: International Shipping"
)
_COUNT = 8
_FILL = np.float32(1e20)
_VARIABLE = "BC_em_anthro"
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_REFERENCE_YEAR = 1750
_YEAR_DAYS = 365


def file_name(year: int, source_id: str) -> str:
    """Return the name by the rules of input4MIPs.

    Examples
    --------
    >>> file_name(2018, "bcinv-1")
    'BC-em-anthro_input4MIPs_emissions_CMIP_bcinv-1_gr_201801-201812.nc'
    """
    return f"BC-em-anthro_input4MIPs_emissions_CMIP_{source_id}_gr_{year}01-{year}12.nc"


def write_input4mips(path: Path, target: Path, *, source_id: str, contact: str = "") -> Path:
    """Rewrite a monthly gridded emission file in the layout of CEDS.

    Parameters
    ----------
    path : Path
        A monthly file of `write_grid`.
    target : Path
        File to write; `file_name` says how it should be called.
    source_id : str
        Name of the data set with its version.
    contact : str
        Whom to ask.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    DataError
        If the file isn't monthly or has a category without a CEDS sector.
    """
    table = schema.read_csv(data_root() / "spatial" / "export_sectors.csv", "export_sectors")
    with open_source(path) as source, atomic_netcdf(target) as file:
        chosen_months(source, "input4mips")
        members = _members(source, table)
        year = EPOCH.year + round(float(source.time_bounds[0, 0]) / 365.2425)
        variable = _define(file, source, year, source_id, contact)
        left = [i for i, index in enumerate(members) if index is None]
        area = np.asarray(source.file["cell_area"][:])
        skipped, written = 0.0, 0.0
        for step, length in enumerate(seconds(source.time_bounds)):
            fields = np.full((_COUNT, *area.shape), np.nan)
            for sector, index in enumerate(members):
                flux = source.flux(sector, step).astype(float)
                if index is None:
                    skipped += float(np.nansum(flux * area)) * length
                    continue
                known = ~np.isnan(flux)
                fields[index][known] = np.nan_to_num(fields[index][known]) + flux[known]
            written += float(np.nansum(fields * area)) * length
            variable[step] = np.where(np.isnan(fields), _FILL, fields)
        names = ", ".join(source.sectors[sector] for sector in left) or "nothing"
        file.setncattr(f"global_total_emission_{year}", f"{written / 1e9:.9g} Tg/year")
        file.comment = f"Left out: {names}, {skipped / 1e9:.9g} Tg/year."
    return target


def _members(source: Source, table: pd.DataFrame) -> list[int | None]:
    index = dict(zip(table["nfr"], table["ceds_index"], strict=True))
    unknown = [nfr for nfr in source.sectors if nfr not in index]
    if unknown:
        raise DataError(
            Problem(f"the category {nfr!r}", "a row in export_sectors", column="nfr")
            for nfr in unknown
        )
    return [None if pd.isna(index[nfr]) else int(index[nfr]) for nfr in source.sectors]


def _define(file: Any, source: Source, year: int, source_id: str, contact: str) -> Any:
    starts = (year - _REFERENCE_YEAR) * _YEAR_DAYS + np.concatenate([[0], np.cumsum(_DAYS)])
    bounds = np.column_stack([starts[:-1], starts[1:]]).astype(float)
    axes: dict[str, tuple[Any, Any, dict[str, str]]] = {
        "time": (
            bounds.mean(axis=1),
            bounds,
            {
                "standard_name": "time",
                "units": f"days since {_REFERENCE_YEAR}-01-01 0:0:0",
                "calendar": "365_day",
                "axis": "T",
            },
        ),
        "sector": (np.arange(_COUNT), None, {"long_name": "sector", "ids": _SECTORS}),
        "lat": (
            source.lat,
            source.lat_bounds,
            {"standard_name": "latitude", "units": "degrees_north", "axis": "Y"},
        ),
        "lon": (
            source.lon,
            source.lon_bounds,
            {"standard_name": "longitude", "units": "degrees_east", "axis": "X"},
        ),
    }
    file.createDimension("bound", 2)
    for name, (values, bounds_of, attributes) in axes.items():
        file.createDimension(name, len(values))
        axis = file.createVariable(name, "i4" if name == "sector" else "f8", (name,))
        axis.setncatts({"long_name": name, **attributes})
        axis[:] = values
        if bounds_of is not None:
            axis.bounds = f"{name}_bnds"
            file.createVariable(f"{name}_bnds", "f8", (name, "bound"))[:] = bounds_of
    variable = file.createVariable(
        _VARIABLE,
        "f4",
        ("time", "sector", "lat", "lon"),
        fill_value=_FILL,
        zlib=True,
        complevel=1,
        shuffle=True,
        chunksizes=(1, 1, len(source.lat), len(source.lon)),
    )
    variable.setncatts(
        {
            "units": "kg m-2 s-1",
            "long_name": "BC anthropogenic emissions",
            "cell_methods": "time: mean",
            "missing_value": _FILL,
            "reporting_unit": "Mass flux of BC, reported as carbon mass",
        }
    )
    variable.set_auto_maskandscale(False)
    file.setncatts(_head(source, year, source_id, contact))
    return variable


def _head(source: Source, year: int, source_id: str, contact: str) -> dict[str, str]:
    """Return the attributes input4MIPs asks for; none depends on the clock."""
    result = str(getattr(source.file, "date_created", ""))
    seed = f"{source_id} {year} {source.file.history}"
    step = float(source.lon[1] - source.lon[0]) if len(source.lon) > 1 else 0.0
    return {
        "Conventions": "CF-1.6",
        "activity_id": "input4MIPs",
        "contact": contact or "see further_info_url",
        "creation_date": result,
        "dataset_category": "emissions",
        "frequency": "mon",
        "further_info_url": "docs/spatial.md of bc_inventory",
        "grid_label": "gr",
        "institution_id": "bc-inventory",
        "license": str(getattr(source.file, "license", "")),
        "license_id": "",
        "mip_era": "CMIP7",
        "nominal_resolution": f"{step:g} degree",
        "realm": "atmos",
        "region": name_of(str(source.file.regions).split()).en,
        "source": f"bc_inventory {__version__}",
        "source_id": source_id,
        "source_version": __version__,
        "target_mip": "CMIP",
        "title": str(source.file.title),
        "tracking_id": f"hdl:21.14100/{uuid.uuid5(uuid.NAMESPACE_URL, seed)}",
        "variable_id": _VARIABLE,
        "history": str(source.file.history),
    }
