"""Wavelengths of an instrument's channels and the cross-sections its firmware uses."""

from __future__ import annotations

import pandas as pd

from bc_inventory import schema
from bc_inventory.reference.paths import data_root, per_root

__all__ = ["channels_of"]


@per_root
def channels_of(instrument: str) -> dict[int, tuple[float, float | None]]:
    """Return wavelength in nm and cross-section in m2/g by channel.

    Parameters
    ----------
    instrument : str
        As in `data/monitoring/channels.csv`.
    """
    table = schema.read_csv(data_root() / "monitoring" / "channels.csv", "channels")
    rows = table[table["instrument"] == instrument]
    return {
        int(row.channel): (
            float(row.wavelength_nm),
            None if pd.isna(row.sigma_m2_g) else float(row.sigma_m2_g),
        )
        for row in rows.itertuples()
    }
