"""Rows of `activity_mapping` for petrol that sectors of China bought and roads burn.

Vehicle classes are those of petrol in transport, which are typed. Statistics count fuel where it
was bought: of the petrol of industry, construction and services 95 % is burnt on roads, of that
of households all.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema import table
from curation.maker import Maker, Roots, read_fact

__all__ = ["MAKER", "petrol"]

_FILE = "activity_mapping.csv"
_SOURCE, _TYPED = "gains-eclipse-v6b", "cn-transport-gasoline"
_ON_ROADS, _HOUSEHOLDS = 0.95, "residential"
# Bounds over the share by vehicle class.
_BOUNDS = {"1A3bi": (0.8, 1.2), "1A3bii": (0.5, 1.8), "1A3biii": (0.5, 1.6), "1A3biv": (0.6, 1.6)}


def petrol(roots: Roots) -> pd.DataFrame:
    """Return the rows of every sector but transport, contract `activity_mapping`."""
    rows = read_fact(roots, "activity_mapping").query("source_id == @_SOURCE")
    classes = rows[rows["mapping_id"] == _TYPED]
    parts = []
    for name in rows.loc[rows["mapping_id"] != _TYPED, "mapping_id"].unique():
        sector = name.removeprefix("cn-").removesuffix("-gasoline").replace("-", "_")
        part = classes["share"] * (1.0 if sector.startswith(_HOUSEHOLDS) else _ON_ROADS)
        low, high = (
            classes["nfr"].map({nfr: pair[end] for nfr, pair in _BOUNDS.items()}) for end in (0, 1)
        )
        parts.append(
            classes.assign(
                mapping_id=name,
                source_sector=f"ceads:{sector}",
                share=part.map(_four),
                share_lower=(part * low).map(_four),
                share_upper=(part * high).map(_four),
            )
        )
    rules = table("activity_mapping")
    return rules.filled(pd.concat(parts, ignore_index=True))[rules.names]


def _four(value: float) -> float:
    return float(f"{value:.4g}")


MAKER = Maker(
    "petrol of sectors",
    _FILE,
    "vehicle classes of petrol in transport, times the part that is burnt on roads",
    (f"data/{_FILE}",),
    lambda roots: {_FILE: petrol(roots)},
    lambda frame: frame["source_id"].eq(_SOURCE) & frame["mapping_id"].ne(_TYPED),
)
