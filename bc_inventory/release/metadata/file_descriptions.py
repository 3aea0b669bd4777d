"""What each file of a release is, in a line."""

from __future__ import annotations

import re

from bc_inventory.schema.tables import TABLES

__all__ = ["described"]

_TEXTS = {
    r"activity\.parquet": "activity data with intervals and sources",
    r"activity_unmapped\.parquet": "published activity that no category takes",
    r"activity_repaired\.parquet": "gaps and breaks of published activity and how they were mended",
    r"emissions/.*": "the emission table: activity, share, factor, abatement and emission of each "
    "technology, with sources",
    r"totals\.parquet": "totals by side, region and category with 95 % intervals",
    r"emissions\.nc": "the totals as an array: year, region, category",
    r"grid_\d+\.nc": "gridded emissions by category, CF",
    r"grid_\d+_ledger\.nc": "regions of the grid's cells and the proxy behind each total",
    r"points\.parquet": "point sources with their emissions",
    r"hotspots\.parquet": "hotspots of emission density",
    r"hotspots\.geojson": "the hotspots with their outlines",
    r"hotspots\.nc": "fields the hotspots were found in, CF",
    r"maps/.*": "map of a side with its hotspots",
    r"climate\.parquet": "CO2 equivalents",
    r"cryosphere.*\.parquet": "emissions by band towards snow and ice",
    r"exposure\.parquet": "emissions where people live",
    r"facts/.*": "a table of facts that isn't the embedded one, as this release read it",
    r"facts_changed\.parquet": "rows of facts that differ from the embedded ones",
    r"report\.html": "the report, one file that needs no network",
    r"observations/.*": "harmonised measurements of black carbon",
    r"observations\.nc": "the measurements, CF",
    r"stations\.parquet": "stations of the measurements",
    r"compared_with_observations\.parquet": "measurements and their region's emissions",
    r"monitoring_summary\.parquet": "what was measured where and when",
}


def described(path: str) -> str:
    """Return what a file of a release is; a derived table is what its contract says.

    Parameters
    ----------
    path : str
        Relative to the release.

    Examples
    --------
    >>> described("grid_2018.nc")
    'gridded emissions by category, CF'
    """
    text = next((text for name, text in _TEXTS.items() if re.fullmatch(name, path)), None)
    if text is not None:
        return text
    contract = TABLES.get(path.removesuffix(".parquet"))
    if contract is None:
        return "data"
    sentence = contract.description.partition(". ")[0].rstrip(".")
    return sentence[0].lower() + sentence[1:]
