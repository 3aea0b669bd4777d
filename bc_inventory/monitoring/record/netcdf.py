"""Write the record as CF-1.11 NetCDF: discrete sampling geometry, featureType timeSeries.

One instance is one series at one kind of mean; its values follow each other (contiguous
ragged array). A variable holds one type at one size cut, so that its standard name is
right: elemental carbon and absorption-equivalent black carbon have different names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.schema.observations import VALUE_COLUMNS

__all__ = ["standard_name", "write_netcdf"]

_SIZES = {"pm1": "pm1", "pm25": "pm2p5", "pm10": "pm10"}
_UNITS = {"EC": "kg m-3", "eBC": "kg m-3", "rBC": "kg m-3", "b_abs": "m-1"}
_INSIDE = {"EC": "ug/m3", "eBC": "ug/m3", "rBC": "ug/m3", "b_abs": "1/Mm"}
_FILL = np.float64(1e20)
_EPOCH = "seconds since 1970-01-01 00:00:00"
# Attributes of a series that are text, and those that are numbers with their CF units.
_TEXTS = (
    "series_id station network country side bc_type period size_cut part reference protocol "
    "instrument clock uncertainty_from mac_from coverage_rule processing file file_sha256 licence "
    "source_id"
).split()
_NUMBERS = {
    "wavelength_nm": "nm",
    "mac_m2_g": "m2 g-1",
    "scattering_c": "1",
    "harmonisation_h": "1",
    "alpha_ff": "1",
    "alpha_bb": "1",
    "t_ref_k": "K",
    "p_ref_hpa": "hPa",
}
_COUNTS = ("n_valid", "n_total", "n_negative")
_VALUE_TEXTS = ("flags", "quality_flags", "segment")


def standard_name(bc_type: str, size_cut: str) -> str | None:
    """Return the CF standard name of a quantity, None where the table has none.

    Parameters
    ----------
    bc_type : str
        EC, eBC, rBC or b_abs.
    size_cut : str
        pm1, pm25, pm10, total or unknown.

    Notes
    -----
    CF standard name table v93. There is none for refractory black carbon.
    """
    size = _SIZES.get(size_cut)
    if bc_type == "EC":
        where = f"in_{size}_dry" if size else "dry"
        return f"mass_concentration_of_elemental_carbon_{where}_aerosol_particles_in_air"
    if bc_type == "eBC":
        of = f"of_{size}_dry" if size else "of_dry"
        return (
            "mass_concentration_of_absorption_equivalent_black_carbon_"
            f"{of}_aerosol_particles_in_air"
        )
    if bc_type == "b_abs":
        return "volume_absorption_coefficient_in_air_due_to_dried_aerosol_particles"
    return None


def write_netcdf(
    observations: pd.DataFrame, stations: pd.DataFrame, path: Path, *, title: str
) -> Path:
    """Write the record as one NetCDF file, the same bytes each time.

    Parameters
    ----------
    observations, stations : pandas.DataFrame
        Under the contracts of those names.
    path : Path
        File to write; its folder is made.
    title : str
        Title of the file.

    Returns
    -------
    Path
        `path`.
    """
    import netCDF4

    plain = observations.assign(
        **{
            name: observations[name].astype(str)
            for name in ("series_id", "period", "file_sha256", "bc_type", "size_cut")
        }
    )
    instance = ["series_id", "period", "coverage_rule", "file_sha256"]
    frame = plain.sort_values([*instance, "start"], kind="stable", ignore_index=True)
    groups = frame.groupby(instance, sort=False, observed=True)
    first = groups.head(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with netCDF4.Dataset(temporary, "w", format="NETCDF4") as file:
        file.setncatts(_global_attributes(frame, title))
        file.createDimension("series", len(first))
        file.createDimension("obs", len(frame))
        file.createDimension("bnds", 2)
        _write_instances(file, first, groups.size().to_numpy(), stations)
        _write_times(file, frame)
        names = _write_values(file, frame)
        _write_support(file, frame, names)
    temporary.replace(path)
    return path


def _global_attributes(frame: pd.DataFrame, title: str) -> dict[str, str]:
    span = (
        [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (frame["start"].min(), frame["end"].max())]
        if len(frame)
        else ["", ""]
    )
    return {
        "Conventions": "CF-1.11",
        "featureType": "timeSeries",
        "title": title,
        "source": "surface observations",
        "history": "means made by bc_inventory from the files named in the variable file, by the "
        "steps named in processing",
        "institution": "as given for each series in the variables network and licence",
        "references": "Petzold et al. 2013, doi 10.5194/acp-13-8365-2013",
        "comment": "Elemental carbon, equivalent black carbon and absorption are different "
        "quantities and never share a variable. A withheld mean is missing and has its coverage.",
        "time_coverage_start": span[0],
        "time_coverage_end": span[1],
    }


def _text(file: Any, name: str, dimension: str, column: pd.Series, long_name: str) -> Any:
    variable = file.createVariable(name, str, (dimension,))
    filled = column.astype(object).where(column.notna(), "")
    variable[:] = np.array([str(item) for item in filled], dtype=object)
    variable.long_name = long_name
    return variable


def _write_instances(
    file: Any, first: pd.DataFrame, sizes: np.ndarray, stations: pd.DataFrame
) -> None:
    places = stations.set_index("station").reindex(first["station"].astype(str))
    for name in _TEXTS:
        variable = _text(file, name, "series", first[name], name.replace("_", " "))
        if name == "series_id":
            variable.long_name = "name of the series"
    name_of = first["series_id"] + "/" + first["period"] + "/" + first["file_sha256"].str[:8]
    _text(file, "instance", "series", name_of, "series, mean and file").cf_role = "timeseries_id"
    for name, axis in (("latitude", "degrees_north"), ("longitude", "degrees_east")):
        variable = file.createVariable(name, "f8", ("series",), fill_value=_FILL)
        variable[:] = np.nan_to_num(places[name].to_numpy(dtype=float), nan=_FILL)
        variable.setncatts({"standard_name": name, "long_name": name, "units": axis})
    height = file.createVariable("altitude", "f8", ("series",), fill_value=_FILL)
    height[:] = np.nan_to_num(places["altitude_m"].to_numpy(dtype=float), nan=_FILL)
    height.setncatts(
        {"standard_name": "altitude", "long_name": "altitude", "units": "m", "positive": "up"}
    )
    for name, unit in _NUMBERS.items():
        variable = file.createVariable(name, "f8", ("series",), fill_value=_FILL)
        variable[:] = np.nan_to_num(first[name].to_numpy(dtype=float), nan=_FILL)
        variable.setncatts({"long_name": name.replace("_", " "), "units": unit})
    size = file.createVariable("row_size", "i4", ("series",))
    size[:] = sizes
    size.setncatts({"long_name": "values of the series", "sample_dimension": "obs"})


def _write_times(file: Any, frame: pd.DataFrame) -> None:
    begin, end = (
        frame[name].dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)
        for name in ("start", "end")
    )
    time = file.createVariable("time", "i8", ("obs",), zlib=True, complevel=1)
    time[:] = begin
    time.setncatts(
        {
            "standard_name": "time",
            "long_name": "begin of the mean",
            "units": _EPOCH,
            "calendar": "standard",
            "units_metadata": "leap_seconds: none",
            "axis": "T",
            "bounds": "time_bnds",
        }
    )
    bounds = file.createVariable("time_bnds", "i8", ("obs", "bnds"), zlib=True, complevel=1)
    bounds[:] = np.column_stack([begin, end])


def _write_values(file: Any, frame: pd.DataFrame) -> list[str]:
    """Write a variable and its half width for each type and size cut; return their names."""
    names = []
    for (bc_type, size_cut), rows in frame.groupby(
        ["bc_type", "size_cut"], sort=True
    ).indices.items():
        factor = units.factor(_INSIDE[bc_type], _UNITS[bc_type])
        name = f"{bc_type.lower()}_{size_cut}"
        for suffix, column, words in (
            ("", VALUE_COLUMNS[bc_type], ""),
            ("_half_width", "half_width", "half width of the 95 % interval of "),
        ):
            values = np.full(len(frame), _FILL)
            values[rows] = np.nan_to_num(
                frame[column].to_numpy(dtype=float)[rows] * factor, nan=_FILL
            )
            variable = file.createVariable(
                name + suffix, "f8", ("obs",), fill_value=_FILL, zlib=True, complevel=1
            )
            variable[:] = values
            variable.setncatts(
                {
                    "long_name": f"{words}{bc_type} in {size_cut}",
                    "units": _UNITS[bc_type],
                    "coordinates": "time latitude longitude altitude instance",
                }
            )
            if not suffix:
                _name(variable, bc_type, size_cut, name)
        names.append(name)
    return names


def _name(variable: Any, bc_type: str, size_cut: str, name: str) -> None:
    named = standard_name(bc_type, size_cut)
    if named:
        variable.standard_name = named
    variable.cell_methods = "time: mean"
    variable.ancillary_variables = f"{name}_half_width coverage n_valid withheld"


def _write_support(file: Any, frame: pd.DataFrame, names: list[str]) -> None:
    coverage = file.createVariable("coverage", "f8", ("obs",), fill_value=_FILL, zlib=True)
    coverage[:] = np.nan_to_num(frame["coverage"].to_numpy(dtype=float), nan=_FILL)
    coverage.setncatts(
        {"long_name": "fraction of the period that was validly measured", "units": "1"}
    )
    for name in _COUNTS:
        variable = file.createVariable(name, "i4", ("obs",), zlib=True, complevel=1)
        variable[:] = frame[name].to_numpy()
        variable.setncatts({"long_name": name.replace("n_", "number of values: "), "units": "1"})
    withheld = file.createVariable("withheld", "i1", ("obs",), zlib=True, complevel=1)
    withheld[:] = frame["withheld"].to_numpy().astype("i1")
    withheld.setncatts(
        {
            "long_name": "whether the mean was withheld for want of coverage",
            "flag_values": np.array([0, 1], dtype="i1"),
            "flag_meanings": "stands withheld",
        }
    )
    for name in _VALUE_TEXTS:
        _text(file, name, "obs", frame[name], f"{name} of the values behind, with counts")
