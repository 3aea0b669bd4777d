"""The emission totals as an array: year, region, sector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bc_inventory import __version__
from bc_inventory.reference.naming import name_of
from bc_inventory.schema.enumerations import Completeness, Level

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["write_cube"]


def write_cube(
    totals: pd.DataFrame, whole_years: pd.DataFrame, path: Path, *, title: str, factor_set: str
) -> Path:
    """Write emissions with their intervals by year, region and NFR category.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`; rows of level `region_nfr` are used.
    whole_years : pandas.DataFrame
        Contract `whole_years`.
    path : Path
        NetCDF file to write.
    title : str
        Title of the inventory.
    factor_set : str
        Which factor set is written.

    Returns
    -------
    Path
        `path`. Variables `emission`, `lower` and `upper` in Gg (1 Gg = 1 kt;
        UDUNITS reads kt as knots) are absent where nothing is estimated, or too little for a
        total; `completeness` and `lacking` say of each year and domain whether it is whole.
    """
    import xarray as xr

    rows = totals[(totals["level"] == Level.REGION_NFR) & (totals["factor_set"] == factor_set)]
    index = rows.set_index(["year", "region", "nfr"]).sort_index()
    names = {"emission": "emission_kt", "lower": "lower_kt", "upper": "upper_kt"}
    cube = xr.Dataset.from_dataframe(
        index[list(names.values())].rename(columns={old: new for new, old in names.items()})
    ).rename(nfr="sector")
    long_names = {
        "emission": "black carbon emission, expected value",
        "lower": "black carbon emission, 2.5 % quantile of the draws",
        "upper": "black carbon emission, 97.5 % quantile of the draws",
    }
    for name, long_name in long_names.items():
        cube[name].attrs = {
            "long_name": long_name,
            "units": "Gg",
            "coverage_content_type": "modelResult",
            "comment": "1 Gg = 1 kt, per calendar year",
        }
    cube["emission"].attrs["ancillary_variables"] = "lower upper"
    sides = rows.drop_duplicates("region").set_index("region")["side"]
    cube = cube.assign_coords(
        side=("region", sides.reindex(cube["region"].to_numpy()).to_numpy(dtype=object))
    )
    cube = cube.merge(_completeness(whole_years[whole_years["factor_set"] == factor_set]))
    cube["year"] = cube["year"].astype(np.int32)
    cube["year"].attrs = {"long_name": "calendar year", "units": "1"}
    cube["region"].attrs = {"long_name": "ISO 3166-1 or ISO 3166-2 code", "units": "1"}
    cube["sector"].attrs = {"long_name": "NFR14 source category", "units": "1"}
    cube["side"].attrs = {"long_name": "domain of the region", "units": "1"}
    regions = [str(code) for code in cube["region"].to_numpy()]
    cube.attrs = {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": title,
        "summary": f"Annual black carbon emissions of {name_of(regions).en} by "
        f"NFR category with 95 % intervals, {factor_set} emission factors. Memo items are left "
        "out. Absent values aren't zero: nothing was estimated, or too little for a total.",
        "keywords": "black carbon, emission inventory",
        "source": "bc_inventory",
        "license": "See manifest.json for the licence of each source",
        "factor_set": factor_set,
        "species": "BC",
        "history": f"bc_inventory {__version__}: sums of the emission table",
    }
    encoding: dict[str, dict[str, object]] = {
        name: {"zlib": True, "complevel": 4, "_FillValue": 1e20} for name in names
    }
    encoding |= {name: {"_FillValue": None} for name in ("year", "completeness")}
    path.parent.mkdir(parents=True, exist_ok=True)
    cube.to_netcdf(path, engine="netcdf4", encoding=encoding)
    return path


def _completeness(whole_years: pd.DataFrame) -> xr.Dataset:
    """Return whether each year of each domain is whole, and what is lacking."""
    import xarray as xr

    words = [str(word) for word in Completeness]
    flags = {word: number for number, word in enumerate(words)}
    table = whole_years.rename(columns={"side": "domain"}).set_index(["year", "domain"])
    table = table.assign(
        completeness=table["completeness"].map(flags).astype(np.int8),
        lacking=table["lacking"].astype(object).where(table["lacking"].notna(), ""),
    )
    result = xr.Dataset.from_dataframe(table[["completeness", "lacking"]])
    absent = flags[Completeness.INCOMPLETE]
    result["completeness"] = result["completeness"].fillna(absent).astype(np.int8)
    result["lacking"] = result["lacking"].fillna("")
    result["completeness"].attrs = {
        "long_name": "whether the year is whole for the domain; if not, it has no total",
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }
    result["lacking"].attrs = {
        "long_name": "what has no figure though another year has one, by category and fuel",
    }
    result["domain"].attrs = {"long_name": "domain of regions", "units": "1"}
    return result
