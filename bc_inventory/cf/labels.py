"""Coordinates of codes that every tool opens: numbers in the file, labels in its attributes.

Operators such as CDO skip variables along a coordinate of text. So a coordinate of codes counts
from 1, and its attributes say what the numbers mean: `flag_values` and `flag_meanings` as CF has
them (section 3.5), `codes` with the codes as they are spelled, and one attribute for each other
label. `with_labels` turns the numbers back into codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["CRS", "label_attributes", "labels_of", "with_labels"]

_BETWEEN = " | "
# Longitude and latitude on WGS 84, as CF names it and as GDAL reads it.
CRS: dict[str, Any] = {
    "grid_mapping_name": "latitude_longitude",
    "long_name": "WGS 84",
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
    "longitude_of_prime_meridian": 0.0,
    "crs_wkt": 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]',
}


def label_attributes(codes: Sequence[str], **labels: Sequence[str]) -> dict[str, Any]:
    """Return the attributes of a coordinate that numbers codes from 1.

    Parameters
    ----------
    codes : sequence of str
        In the order of the coordinate.
    **labels : sequence of str
        Other labels of each code, by the name they get as coordinates.

    Returns
    -------
    dict
        Attributes for NetCDF.

    Examples
    --------
    >>> label_attributes(["1A1a", "1A3ai(i)"])["flag_meanings"]
    '1A1a 1A3ai_i'
    """
    meanings = [re.sub(r"[^\w.+@-]+", "_", code).strip("_") for code in codes]
    attributes: dict[str, Any] = {
        "flag_values": np.arange(1, len(codes) + 1, dtype=np.int32),
        "flag_meanings": " ".join(meanings),
        "codes": _BETWEEN.join(codes),
        **{name: _BETWEEN.join(values) for name, values in labels.items()},
    }
    if labels:
        attributes["labels"] = " ".join(labels)
    return attributes


def labels_of(attributes: Mapping[str, Any], name: str = "codes") -> list[str]:
    """Return the codes of a coordinate, or another label of each.

    Parameters
    ----------
    attributes : mapping
        As `label_attributes` gives them.
    name : str
        `codes`, or the name of a label.
    """
    return str(attributes[name]).split(_BETWEEN)


def with_labels(dataset: xr.Dataset) -> xr.Dataset:
    """Return a dataset whose numbered coordinates hold their codes.

    Parameters
    ----------
    dataset : xarray.Dataset
        Coordinates with the attributes of `label_attributes` are changed, others not.

    Returns
    -------
    xarray.Dataset
        Fields are selected by code, as in `sel(sector="1A4bi")`; other labels are coordinates.
    """
    for name in list(dataset.indexes):
        attributes = dataset[name].attrs
        if "codes" not in attributes:
            continue
        place = dataset[name].to_numpy().astype(int) - 1
        about = {"long_name": attributes["long_name"]} if "long_name" in attributes else {}
        columns = {str(name): "codes"}
        columns |= {label: label for label in str(attributes.get("labels", "")).split()}
        dataset = dataset.assign_coords(
            {
                coordinate: (
                    name,
                    np.array(labels_of(attributes, label))[place],
                    about if label == "codes" else {},
                )
                for coordinate, label in columns.items()
            }
        )
    return dataset
