"""Wavelengths of an instrument's channels and the cross-sections its firmware uses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from bc_inventory import schema
from bc_inventory.readers.io.source import Source
from bc_inventory.reference.paths import data_root, per_root

__all__ = ["channels_of", "require_fixed_order"]


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


def require_fixed_order(
    source: Source, header: Sequence[str], order: Sequence[str], *, row: int
) -> None:
    """Refuse a header whose columns aren't in the one order that the instrument writes.

    Two names that were exchanged would give one channel's values to another, which no value
    shows.

    Parameters
    ----------
    source : Source
        For the message.
    header : sequence of str
        Names of the columns in the file.
    order : sequence of str
        Names in the order of the instrument; those that the file lacks are passed over.
    row : int
        Line of the header.

    Raises
    ------
    DataError
        If a column stands before one that the instrument writes before it.
    """
    places = [(header.index(name), name) for name in order if name in header]
    for (place, before), (after, name) in pairwise(places):
        if after < place:
            raise source.refuse(
                f"{name!r} before {before!r}",
                "the columns in the order of the instrument",
                row=row,
                column=name,
                remedy="Give the file as the instrument wrote it.",
            )
