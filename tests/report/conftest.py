"""A small release to write reports of."""

from pathlib import Path

import numpy as np
import pytest

from bc_inventory import schema
from bc_inventory.inventory.uncertainty import totals
from bc_inventory.reference.paths import data_root
from bc_inventory.report.context import IMPACTS, report_facts
from bc_inventory.report.pdf import find_browser
from bc_inventory.workflow.derived import derive
from tests.analysis.frames import emissions
from tests.conftest import needed

HOSTILE = '<img src=x onerror=alert(1)>=HYPERLINK("http://evil.example")'


@pytest.fixture(scope="session")
def browser() -> str:
    """Return a browser."""
    return needed(find_browser(), "found no Chromium: the page is tested in a real browser")


def small_table():
    """Return two sides, two factor sets, three sectors."""
    rows = []
    for factor_set, factor in (("harmonised", 1.0), ("official", 1.4)):
        for side, region, wood in (("EU", "DE", 2e5), ("EU", "PL", 3e5), ("CN", "CN-HE", 1e6)):
            common = {
                "side": side,
                "region": region,
                "factor_set": factor_set,
                "tier": 2,
                "confidence": "medium",
                "activity_source": "ceip-webdab",
                "factor_source": "ceip-webdab;reas-v3.2",
            }
            rows += [
                common
                | {
                    "technology": "wood_stove_conventional",
                    "activity": wood,
                    "emission_factor": 74.0 * factor,
                    "factor_lower": 20.0,
                    "factor_upper": 400.0,
                },
                common
                | {
                    "nfr": "1A3biii",
                    "gnfr": "F_RoadTransport",
                    "fuel": "diesel",
                    "technology": "hdv_diesel_euro3",
                    "activity": wood,
                    "emission_factor": 20.0 * factor,
                    "factor_lower": 2.0,
                    "factor_upper": 80.0,
                },
                common
                | {
                    "nfr": "1B2c",
                    "gnfr": "D_Fugitive",
                    "fuel": "flared_gas",
                    "notation_key": "NE",
                    "share": None,
                },
            ]
    return emissions(*rows)


@pytest.fixture(scope="session")
def release(tmp_path_factory) -> dict[str, Path]:
    """Return the inputs of a report without grid, hotspots or stations."""
    folder = tmp_path_factory.mktemp("release")
    table = small_table()
    schema.write_parquet(table, "emissions", folder / "emissions.parquet")
    schema.write_parquet(totals(table, 200, 1), "totals", folder / "totals.parquet")
    tables = {name: folder / f"{name}.parquet" for name in ("emissions", "totals")}
    made = derive(tables, folder, year=2018, factor_set="harmonised", draws=200, seed=1)
    return {**tables, **made, **report_facts(data_root())}


@pytest.fixture(scope="session")
def full_release(release, tmp_path_factory) -> dict[str, Path]:
    """Return inputs with a grid, and stations whose names are hostile."""
    import pandas as pd
    import xarray as xr

    folder = tmp_path_factory.mktemp("full")
    lat, lon = np.arange(17.5, 72, 1.0), np.arange(-31.5, 135, 1.0)
    days = xr.DataArray(
        [[0.0, 365.0]], dims=("time", "bnds"), attrs={"units": "days since 2018-01-01"}
    )
    flux = xr.DataArray(
        np.full((1, len(lat), len(lon)), 2e-12),
        dims=("time", "lat", "lon"),
        coords={"time": [182.5], "lat": lat, "lon": lon},
        attrs={"units": "kg m-2 s-1"},
    )
    bounds = {
        f"{axis}_bnds": ((axis, "bnds"), np.stack([centres - 0.5, centres + 0.5], axis=1))
        for axis, centres in (("lat", lat), ("lon", lon))
    }
    file = xr.Dataset({"emission_flux_total": flux, "time_bnds": days, **bounds})
    file.to_netcdf(folder / "grid.nc")
    _write_impacts(folder)
    contract = schema.table("stations")
    row = {
        column.name: {
            "string": HOSTILE,
            "number": 50.0,
            "integer": 1,
            "timestamp": pd.Timestamp("2018-01-01", tz="UTC"),
        }.get(column.kind, False)
        for column in contract.columns
    }
    row |= {"side": "EU", "country": "DE", "longitude": 10.0, "latitude": 50.0}
    names = [HOSTILE, "\u202ertl שלום", "y" * 10_000]
    rows = [row | {"station": f"{place}{name}"} for place, name in enumerate(names)]
    schema.write_parquet(pd.DataFrame(rows), "stations", folder / "stations.parquet")
    made = {name: folder / f"{name}.parquet" for name in ("stations", *IMPACTS)}
    return {**release, "grid": folder / "grid.nc", **made}


def _write_impacts(folder):
    import pandas as pd

    base = {"year": 2018, "side": "EU", "factor_set": "harmonised", "nfr": "*"}
    rows = {
        "climate": base
        | {
            "species": "BC",
            "metric": "GWP",
            "horizon": 100,
            "emission_kt": 47.0,
            "lower_kt": 20.0,
            "upper_kt": 90.0,
            "lowest_mt": 16.2,
            "highest_mt": 42.3,
            "outer_lower_mt": 2.0,
            "outer_upper_mt": 160.0,
            "metric_ids": "a;b",
            "source_ids": "ipcc-ar5-8a6",
            "confidence": "recalled",
            "caveat": "no agreed value",
        },
        "cryosphere": base
        | {
            "gnfr": "*",
            "view": "hma_glacier_km",
            "band": "0000-0100",
            "emission_kt": 1.5,
            "lower_kt": 1.0,
            "upper_kt": 3.0,
            "share_of_side": 0.03,
        },
        "exposure": base
        | {
            "region": "DE",
            "radius_km": 25.0,
            "emission_kt": 18.8,
            "population": 8.3e7,
            "people_near": 1e6,
            "density_near_t_km2": 0.2,
            "lower_t_km2": 0.1,
            "upper_t_km2": 0.4,
            "density_t_km2": 0.05,
            "source_id": "landscan-2015",
            "caveat": "an indicator of emissions",
        },
    }
    for name, row in rows.items():
        names = schema.table(IMPACTS[name]).names
        frame = pd.DataFrame([{key: row.get(key) for key in names}])
        schema.write_parquet(frame, IMPACTS[name], folder / f"{name}.parquet")
