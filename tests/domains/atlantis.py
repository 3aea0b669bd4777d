"""A domain that doesn't exist: two regions in the ocean, and made-up facts as an overlay."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory.reference.paths import embedded_root

# Lower left corner of each region, degrees; it is a degree high and two wide.
PLACES = {"XN": (-40.0, 38.0), "XS": (-40.0, 33.0)}
# As in the published activity of the folder.
WOOD_TJ = {"XN": 3000, "XS": 1000}

_FACTS = Path(__file__).with_name("atlantis_facts")


def write_atlantis(folder: Path) -> Path:
    """Write the overlay.

    Parameters
    ----------
    folder : Path
        Folder to make.
    """
    shutil.copytree(_FACTS, folder)
    _add(folder, "cells_010", pd.concat(_cells(*item) for item in PLACES.items()))
    _add(folder, "outlines", pd.concat(_outline(*item) for item in PLACES.items()))
    return folder


def _add(folder: Path, name: str, rows: pd.DataFrame) -> None:
    """Write an embedded Parquet table with more rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    embedded = pq.read_table(embedded_root() / "spatial" / f"{name}.parquet")
    more = pa.Table.from_pandas(rows, schema=embedded.schema, preserve_index=False)
    pq.write_table(pa.concat_tables([embedded, more]), folder / "spatial" / f"{name}.parquet")


def _cells(region: str, corner: tuple[float, float]) -> pd.DataFrame:
    west, south = corner
    j, i = np.meshgrid(
        np.arange(10) + round((south + 90) * 10), np.arange(20) + round((west + 180) * 10)
    )
    flat = pd.DataFrame({"j": j.ravel(), "i": i.ravel()})
    people = np.arange(len(flat)) * 10
    return flat.assign(
        region=region, fraction=1.0, pop_urban=people, pop_rural=100, cropland_ha=0, waterway_km=0
    )


def _outline(region: str, corner: tuple[float, float]) -> pd.DataFrame:
    west, south = corner
    lon = [west, west + 2, west + 2, west, west]
    lat = [south, south, south + 1, south + 1, south]
    return pd.DataFrame({"region": region, "part": 0, "vertex": range(5), "lat": lat, "lon": lon})
