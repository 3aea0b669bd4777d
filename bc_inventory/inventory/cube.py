"""The emission totals as an array: time, sector, region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bc_inventory import __version__
from bc_inventory.cf.labels import label_attributes
from bc_inventory.reference import codelists
from bc_inventory.reference.naming import name_of
from bc_inventory.schema.enumerations import Completeness, Level

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["write_cube"]

_TIME = {
    "standard_name": "time",
    "long_name": "middle of the calendar year",
    "units": "days since 1850-01-01",
    "calendar": "standard",
    "units_metadata": "leap_seconds: none",
    "axis": "T",
    "bounds": "time_bnds",
}


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
        `path`. Dimensions are time, sector and region; the last two are numbered, and
        `bc_inventory.cf.labels.with_labels` gives them their codes. Variables `emission`,
        `lower` and `upper` in Gg (1 Gg = 1 kt; UDUNITS reads kt as knots) are absent where
        nothing is estimated, or too little for a total; `completeness` says of each year and
        domain whether it is whole, and its attribute `lacking` what it lacks.
    """
    import xarray as xr

    rows = totals[(totals["level"] == Level.REGION_NFR) & (totals["factor_set"] == factor_set)]
    index = rows.set_index(["year", "nfr", "region"]).sort_index()
    names = {"emission": "emission_kt", "lower": "lower_kt", "upper": "upper_kt"}
    cube = xr.Dataset.from_dataframe(
        index[list(names.values())].rename(columns={old: new for new, old in names.items()})
    ).rename(nfr="sector")
    whole = whole_years[whole_years["factor_set"] == factor_set]
    # A year without a total has none of the rows, and is there all the same.
    cube = cube.reindex(year=sorted(whole["year"].unique()))
    bounds = _bounds(cube["year"].to_numpy())
    cube = cube.rename(year="time").assign_coords(time=("time", bounds.mean(axis=1), _TIME))
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
    names_of = codelists.regions().set_index("region")
    known = codelists.sectors().set_index("nfr")
    sides = rows.drop_duplicates("region").set_index("region")["side"]
    regions, sectors = (
        [str(code) for code in cube[name].to_numpy()] for name in ("region", "sector")
    )
    about = {
        "region": label_attributes(
            regions,
            side=[str(sides[code]) for code in regions],
            region_name=_texts(names_of["name"], regions),
            region_name_zh=_texts(names_of["name_zh"], regions),
        )
        | {"long_name": "ISO 3166-1 or ISO 3166-2 code", "units": "1"},
        "sector": label_attributes(
            sectors,
            gnfr=_texts(known["gnfr"], sectors),
            sector_name=_texts(known["name"], sectors),
            sector_name_zh=_texts(known["name_zh"], sectors),
        )
        | {"long_name": "NFR14 source category", "units": "1"},
    }
    for name, attributes in about.items():
        numbers = np.arange(1, cube.sizes[name] + 1, dtype=np.int32)
        cube = cube.assign_coords({name: (name, numbers, attributes)})
    cube["time_bnds"] = (("time", "bnds"), bounds)
    cube = cube.merge(_completeness(whole, cube))
    cube.attrs = {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": title,
        "summary": f"Annual black carbon emissions of {name_of(regions).en} by "
        f"NFR category with 95 % intervals, {factor_set} emission factors. Memo items are left "
        "out. Absent values aren't zero: nothing was estimated, or too little for a total.",
        "keywords": "black carbon, emission inventory",
        "source": "bc_inventory",
        "license": "See manifest.json for the licence of each source",
        "creator_name": "The bc_inventory developers",
        "project": "bc_inventory",
        "time_coverage_start": f"{rows['year'].min()}-01-01T00:00:00Z",
        "time_coverage_end": f"{rows['year'].max() + 1}-01-01T00:00:00Z",
        "time_coverage_resolution": "P1Y",
        "factor_set": factor_set,
        "species": "BC",
        "history": f"bc_inventory {__version__}: sums of the emission table",
    }
    encoding: dict[str, dict[str, object]] = {
        name: {"zlib": True, "complevel": 4, "_FillValue": 1e20} for name in names
    }
    encoding |= {name: {"_FillValue": None} for name in ("time", "time_bnds", "completeness")}
    path.parent.mkdir(parents=True, exist_ok=True)
    cube.to_netcdf(path, engine="netcdf4", encoding=encoding)
    return path


def _completeness(whole_years: pd.DataFrame, cube: xr.Dataset) -> xr.Dataset:
    """Return whether each year of each domain is whole, and what is lacking."""
    import xarray as xr

    words = [str(word) for word in Completeness]
    flags = {word: number for number, word in enumerate(words)}
    table = whole_years.rename(columns={"side": "domain"}).set_index(["year", "domain"])
    flags_of = table.reset_index().assign(flag=table["completeness"].map(flags).to_numpy())
    flag = flags_of.pivot_table(index="year", columns="domain", values="flag", aggfunc="first")
    flag = flag.fillna(flags[Completeness.INCOMPLETE]).astype(np.int8)
    codes = [str(code) for code in flag.columns]
    lacking = table["lacking"].dropna()
    about = {
        "long_name": "whether the year is whole for the domain; if not, it has no total",
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
        "lacking": "; ".join(f"{year} {code}: {text}" for (year, code), text in lacking.items()),
    }
    numbers = np.arange(1, len(codes) + 1, dtype=np.int32)
    described = {**label_attributes(codes), "long_name": "domain of regions", "units": "1"}
    return xr.Dataset(
        {"completeness": (("time", "domain"), flag.to_numpy(), about)},
        {"time": cube["time"], "domain": ("domain", numbers, described)},
    )


def _bounds(years: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return begin and end of each year in days since 1850-01-01, shape (years, 2)."""
    edges = np.array([[f"{year}-01-01", f"{year + 1}-01-01"] for year in years], "datetime64[D]")
    return (edges - np.datetime64("1850-01-01")).astype(np.float64)


def _texts(names: pd.Series, codes: list[str]) -> list[str]:
    """Return the text of each code, the code where there is none."""
    found = names.reindex(codes)
    return [str(name) if pd.notna(name) else code for code, name in found.items()]
