"""Check what a staged release says: contracts hold, and every sum is the sum of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory import schema
from bc_inventory.cf.labels import with_labels
from bc_inventory.errors import DataError, Problem, Problems, parquet_errors
from bc_inventory.inventory.uncertainty import LEVELS
from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.release.read.tables import read
from bc_inventory.release.store.names import FACTS
from bc_inventory.schema.counted import is_counted
from bc_inventory.schema.enumerations import Level

__all__ = ["check_content"]

# Sums of the same floats in another order.
_RELATIVE = 1e-9


def check_content(folder: Path) -> None:
    """Check the tables and the cube of a release.

    Parameters
    ----------
    folder : Path
        Staged or published release.

    Raises
    ------
    DataError
        With one problem for each breach of a contract, each total that isn't
        the sum of its rows, and each cell of the cube that isn't the total.
    """
    tables = {}
    for name, contract in _tables(folder):
        tables[name] = _read(folder / name, contract)
    problems = Problems()
    if "emissions" in tables and "totals.parquet" in tables:
        _check_totals(tables["emissions"], tables["totals.parquet"], problems, folder)
    if "totals.parquet" in tables and (folder / "emissions.nc").is_file():
        _check_cube(folder / "emissions.nc", tables["totals.parquet"], problems)
    problems.raise_if_any()


def _tables(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield file or folder and contract of each table that carries one."""
    import pyarrow.parquet as pq

    for path in sorted(folder.iterdir()):
        if path.name == FACTS:  # tables of several contracts, which their overlay was held to
            continue
        first = next(iter(sorted(path.rglob("*.parquet"))), None) if path.is_dir() else path
        if first is not None and first.suffix == ".parquet":
            try:
                metadata = pq.read_schema(first).metadata or {}
            except parquet_errors() as error:
                problem = Problem(str(error), "a whole Parquet file", str(first))
                raise DataError([problem]) from error
            described = metadata.get(b"bc_inventory_contract")
            if described is not None:
                yield path.name, json.loads(described)["name"]


def _read(path: Path, contract: str) -> pd.DataFrame:
    """Read a table and check it against its contract; it may have a geometry besides."""
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    frame = read(files, {}).drop(columns="geometry", errors="ignore")
    return schema.check(frame, contract, file=str(path))


def _check_totals(
    emissions: pd.DataFrame, totals: pd.DataFrame, problems: Problems, folder: Path
) -> None:
    base = ["year", "side", "species", "factor_set"]
    counted = is_counted(emissions) & emissions["emission_kt"].notna()
    rows = emissions.loc[counted, [*base, "region", "gnfr", "nfr", "emission_kt"]]
    lacks = incomplete(totals)
    for level, extra in LEVELS.items():
        # What is incomplete has rows and no total.
        subset = totals[(totals["level"] == level) & ~lacks]
        short = totals.loc[(totals["level"] == level) & lacks, [*base, *extra]]
        summed = rows.groupby([*base, *extra], as_index=False)["emission_kt"].sum()
        keyed = summed.merge(short, how="left", indicator="short")
        summed = keyed[keyed.pop("short") == "left_only"]
        both = subset.merge(
            summed, on=[*base, *extra], how="outer", suffixes=("", "_summed"), indicator=True
        )
        given, expected = both["emission_kt"].fillna(0.0), both["emission_kt_summed"].fillna(0.0)
        wrong = ~np.isclose(given, expected, rtol=_RELATIVE, atol=0.0)
        for row in both[wrong].itertuples():
            where = ", ".join(str(getattr(row, key)) for key in [*base, *extra])
            problems.add(
                found=f"the total {row.emission_kt:.9g} kt of {where}",
                expected=f"{row.emission_kt_summed:.9g} kt, the sum of its rows",
                file=str(folder / "totals.parquet"),
                column="emission_kt",
            )


def _check_cube(path: Path, totals: pd.DataFrame, problems: Problems) -> None:
    import xarray as xr

    with xr.open_dataset(path, engine="netcdf4") as cube:
        chosen = (totals["level"] == Level.REGION_NFR) & (totals["factor_set"] == cube.factor_set)
        rows = totals[chosen]
        expected = rows.set_index(["year", "region", "nfr"])["emission_kt"].dropna()
        named = with_labels(cube).assign_coords(time=cube["time"].dt.year)
        given = named["emission"].rename(time="year", sector="nfr")
        given = given.transpose("year", "region", "nfr").reset_coords(drop=True)
        given = given.to_series().dropna()
    given, expected = given.align(expected)
    for key in expected.index[~np.isclose(given, expected, rtol=_RELATIVE, atol=0.0)]:
        problems.add(
            found=f"{given[key]:.9g} Gg at {key}",
            expected=f"{expected[key]:.9g} Gg, as in totals.parquet",
            file=str(path),
            column="emission",
        )
