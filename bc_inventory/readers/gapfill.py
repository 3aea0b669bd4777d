"""Fill what regions leave out of an inventory: nothing at all, or a sector for some years.

Austria and Luxembourg report PM2.5 and no black carbon. The surrogate method of the 2006
IPCC Guidelines (vol. 1 ch. 5.3) gives them black carbon as the others have it per PM2.5:

    x(region, sector) = s(region, sector) * sum of x / sum of s,

the sums over the regions that report both in that sector, fuel and year. A sector that a region
leaves out between years that have it (Lithuania's other combustion of 2018 and 2019) is
interpolated, a straight line between the nearest figures on both sides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem

__all__ = ["fill_holes", "fill_silent"]

_CELL = ["year", "sector", "fuel"]
_NOT_ESTIMATED = "NE"


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
        If the two aren't one inventory and version, aren't one pollutant each, name fuels in
        one alone, or give a cell twice.
    """
    _require_siblings(frame, surrogate)
    given, frame = frame, frame.assign(fuel=frame["fuel"].astype(object).fillna(""))
    surrogate = surrogate.assign(fuel=surrogate["fuel"].astype(object).fillna(""))
    _require_same_cells(frame, surrogate)
    pollutant = str(surrogate["species"].iloc[0])
    rows = frame["region_level"] == "country"
    figure = frame["value_kt"].notna()
    reports = figure.groupby([frame["region"], frame["year"]]).transform("any")
    silent = rows & ~reports
    stated = surrogate["value_kt"].notna() & (surrogate["region_level"] == "country")
    sibling = surrogate.loc[stated, ["region", *_CELL, "value_kt"]].rename(
        columns={"value_kt": "sibling_kt"}
    )
    key = ["region", *_CELL]
    joined = frame[key].merge(sibling, on=key, how="left", validate="many_to_one")
    followed = pd.Series(joined["sibling_kt"].to_numpy(), index=frame.index)
    both = rows & figure & (followed > 0)
    sums = (
        pd.DataFrame({"x": frame["value_kt"], "s": followed, "n": 1.0, **frame[_CELL]})[both]
        .groupby(_CELL)[["x", "s", "n"]]
        .sum()
    )
    sums["ratio"] = sums["x"] / sums["s"]
    table = frame[_CELL].join(sums[["ratio", "n"]], on=_CELL)
    ratio, count = table["ratio"], table["n"]
    filled = silent & followed.notna() & ratio.notna()
    result = given.copy()
    result.loc[filled, "value_kt"] = followed[filled] * ratio[filled]
    result.loc[filled, "notation_key"] = None
    result.loc[filled, "note"] = [
        f"surrogate: {pollutant} x {share:.4g}, as in {regions:.0f} regions that report both"
        for share, regions in zip(ratio[filled], count[filled], strict=True)
    ]
    return result


def fill_holes(frame: pd.DataFrame, *, longest: int = 5) -> pd.DataFrame:
    """Interpolate sectors that a country leaves out between years that have them.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `inventory`, all years of one inventory, version and pollutant.
    longest : int
        Years in a row that are filled; a longer hole stays open.

    Returns
    -------
    pandas.DataFrame
        `frame`, with a figure where a country has no row of a sector, or NE, between two
        years that have one, in units of its neighbours. A filled row has no notation key
        and a `note` that begins with `interpolation` and names the years it lies between.
        NO, NA, IE and C are statements and stay; so does what is before the first figure
        or after the last.

    Raises
    ------
    DataError
        If there is more than one inventory, version or pollutant.
    """
    editions = frame[["inventory", "version", "species"]].drop_duplicates()
    if len(editions) != 1:
        raise DataError([Problem(f"{len(editions)} inventories or pollutants", "one of them")])
    rows = frame[(frame["region_level"] == "country") & (frame["sector_level"] == "part")]
    if rows.empty:
        return frame
    series = ["source_region", "sector", "fuel"]
    table = rows.assign(fuel=rows["fuel"].fillna(""))
    values = table.pivot_table("value_kt", series, "year", aggfunc="sum", min_count=1).astype(float)
    values = values.reindex(columns=pd.RangeIndex(rows["year"].min(), rows["year"].max() + 1))
    stated = table[table["notation_key"].notna() & (table["notation_key"] != _NOT_ESTIMATED)]
    if len(stated):
        keyed = stated.assign(key=1.0).pivot_table("key", series, "year", aggfunc="first")
        present = keyed.reindex(index=values.index, columns=values.columns).notna()
    else:
        present = pd.DataFrame(False, values.index, values.columns)
    full = values.interpolate(axis=1, limit_area="inside")
    hole = values.isna() & full.notna() & ~present & (_lengths(values) <= longest)
    wide = full.where(hole).reset_index()
    filled = wide.melt(series, var_name="year", value_name="filled_kt").dropna(subset="filled_kt")
    return _with_filled(frame, table, values, filled, series) if len(filled) else frame


def _lengths(values: pd.DataFrame) -> pd.DataFrame:
    """Return for each absent value the years in a row that are absent."""
    runs = values.notna().cumsum(axis=1)
    absent = values.isna()
    counts = [
        pd.Series(row).groupby(run).transform("sum").to_numpy()
        for row, run in zip(absent.to_numpy(), runs.to_numpy(), strict=True)
    ]
    return pd.DataFrame(np.vstack(counts), values.index, values.columns)


def _with_filled(
    frame: pd.DataFrame,
    table: pd.DataFrame,
    values: pd.DataFrame,
    filled: pd.DataFrame,
    series: list[str],
) -> pd.DataFrame:
    """Return the rows with interpolated ones added, in place of those with NE."""
    like = table.dropna(subset="value_kt").drop_duplicates(series).set_index(series)
    keys = pd.MultiIndex.from_frame(filled[series])
    years = values.columns.to_numpy()
    there = values.notna().reindex(keys).to_numpy()
    index = filled["year"].to_numpy(dtype=int)[:, None]
    before = np.where(there & (years < index), years, years.min()).max(axis=1)
    after = np.where(there & (years > index), years, years.max()).min(axis=1)
    result = (
        like.loc[keys]
        .reset_index()
        .assign(
            year=filled["year"].to_numpy(),
            value_kt=filled["filled_kt"].to_numpy(),
            note=[
                f"interpolation: between {a} and {b}" for a, b in zip(before, after, strict=True)
            ],
        )
    )
    result["fuel"] = result["fuel"].replace("", None)
    result = result[frame.columns].astype(frame.dtypes.to_dict())
    key = [*series, "year"]
    filled_keys = pd.MultiIndex.from_frame(filled[key])
    replaced = pd.MultiIndex.from_frame(frame.assign(fuel=frame["fuel"].fillna(""))[key])
    return pd.concat([frame[~replaced.isin(filled_keys)], result], ignore_index=True)


def _require_same_cells(frame: pd.DataFrame, surrogate: pd.DataFrame) -> None:
    """Refuse tables that can't meet cell by cell."""
    named = [sorted(set(item["fuel"]) - {""}) for item in (frame, surrogate)]
    if bool(named[0]) != bool(named[1]):
        raise DataError(
            [
                Problem(
                    f"fuels {named[1] or 'none'} to fill fuels {named[0] or 'none'}",
                    "both by fuel, or neither",
                    column="fuel",
                )
            ]
        )
    for entry in (frame, surrogate):
        countries = entry[(entry["region_level"] == "country") & entry["value_kt"].notna()]
        twice = countries[countries.duplicated(["region", *_CELL])]
        if len(twice):
            first = twice.iloc[0]
            raise DataError(
                [
                    Problem(
                        f"{first.species} of {first.region} {first.year} {first.sector} "
                        f"{first.fuel} twice",
                        "each region, year, sector and fuel once",
                    )
                ]
            )


def _require_siblings(frame: pd.DataFrame, surrogate: pd.DataFrame) -> None:
    editions = [
        sorted(set(map(tuple, entry[["inventory", "version"]].to_numpy().tolist())))
        for entry in (frame, surrogate)
    ]
    species = [sorted(set(item["species"])) for item in (frame, surrogate)]
    if editions[0] != editions[1] or len(editions[0]) != 1:
        raise DataError(
            [Problem(f"{editions[1]} to fill {editions[0]}", "one inventory of one version")]
        )
    if [len(specy) for specy in species] != [1, 1] or species[0] == species[1]:
        raise DataError(
            [Problem(f"{species[1]} to fill {species[0]}", "another pollutant, one of each")]
        )
