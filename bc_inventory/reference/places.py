"""Places as files state them, against the country that they are said to be in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bc_inventory.reference.domains import domain_of_country, domains
from bc_inventory.reference.paths import data_root, per_root

if TYPE_CHECKING:
    import numpy as np

__all__ = ["fault_of_place"]

# Cells of 0.1 degrees, counted from 90 S and 180 W. A station on an island or a pier lies
# outside the cells of its country, but not far.
_CELLS_A_DEGREE = 10
_NEAR_CELLS = 3


def fault_of_place(
    latitude: float | None, longitude: float | None, country: str | None
) -> str | None:
    """Tell what is wrong with a place, None if nothing shows it.

    Parameters
    ----------
    latitude, longitude : float or None
        Degrees as stated.
    country : str or None
        ISO 3166-1 alpha-2 code as stated. Only that of a domain can be compared, with the
        cells of its regions.

    Returns
    -------
    str or None
        In words, such as that the two look swapped.

    Examples
    --------
    >>> fault_of_place(116.4, 39.9, "CN")
    'latitude 116.4 and longitude 39.9 look swapped: the other way round they are in CN'
    >>> fault_of_place(39.9, 116.4, "CN")
    >>> fault_of_place(13.4, 52.5, "DE")
    'latitude 13.4 and longitude 52.5 look swapped: the other way round they are in DE'
    >>> fault_of_place(95, 10, None)
    'latitude 95 and longitude 10 are no place'
    """
    if latitude is None or longitude is None:
        return None
    if domain_of_country(country) is not None:
        land = _land(str(country))
        if not _near(land, latitude, longitude) and _near(land, longitude, latitude):
            return (
                f"latitude {latitude:g} and longitude {longitude:g} look swapped: "
                f"the other way round they are in {country}"
            )
    if abs(latitude) > 90 or abs(longitude) > 360:
        return f"latitude {latitude:g} and longitude {longitude:g} are no place"
    return None


@per_root
def _land(country: str) -> np.ndarray:
    """Return the rows and columns of the cells of a country, shape (n, 2)."""
    import pandas as pd

    code = domain_of_country(country)
    whole = code is not None and domains()[code].country == country
    regions = domains()[code].members if code is not None and whole else (country,)
    cells = pd.read_parquet(
        data_root() / "spatial" / "cells_010.parquet",
        columns=["region", "j", "i"],
        filters=[("region", "in", list(regions))],
    )
    return cells[["j", "i"]].to_numpy()


def _near(cells: np.ndarray, latitude: float, longitude: float) -> bool:
    row, column = (90 + latitude) * _CELLS_A_DEGREE, (180 + longitude) * _CELLS_A_DEGREE
    return bool((abs(cells - (row, column)) <= _NEAR_CELLS).all(axis=1).any())
