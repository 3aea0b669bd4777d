"""Recover the total of every region from a gridded emission file alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.spatial.calendar import seconds
from bc_inventory.spatial.describe import EMISSION

__all__ = ["region_totals"]


def region_totals(path: Path) -> pd.DataFrame:
    """Sum a gridded file back to regions and categories.

    Parameters
    ----------
    path : Path
        A file of `write_grid`.

    Returns
    -------
    pandas.DataFrame
        Columns `side`, `region`, `nfr`, `gnfr`, `time` (step from 0) and
        `emission_kt`: the flux of cells that belong to one region alone, times
        their area and the seconds of the step, plus the region's part of the
        cells that belong to several. Categories for which a region has no
        figure are left out.
    """
    import xarray as xr

    rows = []
    with xr.open_dataset(path, decode_times=False) as data:
        names, sides = data["region"].to_numpy(), data["side"].to_numpy()
        index = data["region_index"].fillna(-1).to_numpy().astype(int).ravel()
        alone = index >= 0
        border = data["border_region"].to_numpy().astype(int)
        area = data["cell_area"].to_numpy().ravel()[alone]
        reported = np.isfinite(data["region_total"].to_numpy())
        for step, length in enumerate(seconds(data["time_bnds"].to_numpy())):
            for row, nfr in enumerate(data["sector"].to_numpy()):
                flux = data[EMISSION][row, step].to_numpy().ravel()[alone].astype(float)
                shared = data["border_emission"][row, :, step].to_numpy().astype(float)
                mass = np.bincount(
                    index[alone], np.nan_to_num(flux) * area * length, minlength=len(names)
                ) + np.bincount(border, np.nan_to_num(shared), minlength=len(names))
                gnfr = data["gnfr"].to_numpy()[row]
                rows += [
                    (sides[at], names[at], nfr, gnfr, step, mass[at] * units.factor("kg", "kt"))
                    for at in np.flatnonzero(reported[row])
                ]
    columns = ["side", "region", "nfr", "gnfr", "time", "emission_kt"]
    return pd.DataFrame(rows, columns=columns)
