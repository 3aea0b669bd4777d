"""Fill regions that report nothing from another pollutant of the same inventory.

Austria and Luxembourg report PM2.5 and no black carbon. The surrogate method of the 2006
IPCC Guidelines (vol. 1 ch. 5.3) gives them black carbon as the others have it per PM2.5:

    x(region, sector) = s(region, sector) * sum of x / sum of s,

the sums over the regions that report both in that sector and year.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["fill_silent"]

_CELL = ["year", "sector"]


def fill_silent(frame: pd.DataFrame, surrogate: pd.DataFrame) -> pd.DataFrame:
    """Give regions without any figure those that follow a sibling pollutant.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `inventory`, one inventory, version and pollutant.
    surrogate : pandas.DataFrame
        Contract `inventory`, the same inventory and version, one other pollutant.

    Returns
    -------
    pandas.DataFrame
        `frame`, with figures for each country and year all of whose rows have a notation
        key, where the surrogate has them. A filled row has no notation key and a `note`
        that begins with `surrogate` and names the ratio and the number of regions in it;
        a row without surrogate or ratio stays as it was.

    Raises
    ------
    DataError
        If the two aren't one inventory and version, or aren't one pollutant each.
    """
    _require_siblings(frame, surrogate)
    pollutant = str(surrogate["species"].iloc[0])
    own = frame["region_level"] == "country"
    figure = frame["value_kt"].notna()
    reports = figure.groupby([frame["region"], frame["year"]]).transform("any")
    silent = own & ~reports
    sibling = surrogate.loc[surrogate["value_kt"].notna(), ["region", *_CELL, "value_kt"]].rename(
        columns={"value_kt": "sibling_kt"}
    )
    key = ["region", *_CELL]
    joined = frame[key].merge(sibling, on=key, how="left", validate="one_to_one")
    followed = pd.Series(joined["sibling_kt"].to_numpy(), index=frame.index)
    both = own & figure & (followed > 0)
    sums = (
        pd.DataFrame({"x": frame["value_kt"], "s": followed, "n": 1.0, **frame[_CELL]})[both]
        .groupby(_CELL)[["x", "s", "n"]]
        .sum()
    )
    sums["ratio"] = sums["x"] / sums["s"]
    held = frame[_CELL].join(sums[["ratio", "n"]], on=_CELL)
    ratio, count = held["ratio"], held["n"]
    filled = silent & followed.notna() & ratio.notna()
    made = frame.copy()
    made.loc[filled, "value_kt"] = followed[filled] * ratio[filled]
    made.loc[filled, "notation_key"] = None
    made.loc[filled, "note"] = [
        f"surrogate: {pollutant} x {share:.4g}, as in {regions:.0f} regions that report both"
        for share, regions in zip(ratio[filled], count[filled], strict=True)
    ]
    return made


def _require_siblings(frame: pd.DataFrame, surrogate: pd.DataFrame) -> None:
    editions = [
        sorted(set(map(tuple, one[["inventory", "version"]].to_numpy().tolist())))
        for one in (frame, surrogate)
    ]
    species = [sorted(set(one["species"])) for one in (frame, surrogate)]
    if editions[0] != editions[1] or len(editions[0]) != 1:
        raise DataError(
            [Problem(f"{editions[1]} to fill {editions[0]}", "one inventory of one version")]
        )
    if [len(one) for one in species] != [1, 1] or species[0] == species[1]:
        raise DataError(
            [Problem(f"{species[1]} to fill {species[0]}", "another pollutant, one of each")]
        )
