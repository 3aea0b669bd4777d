"""Published activity, population and derived shares, from the publishers' files.

Which figures of which file are embedded is `data/activity_selection.csv`; how CO2 becomes
activity is `data/activity_recovery.csv`; misprints of population are
`data/population_corrections.csv`. So nobody has to trust a transcription.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bc_inventory import units
from bc_inventory.errors import BCInventoryError, SourceError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.recover import recover
from bc_inventory.readers.registry import find_format
from bc_inventory.reference.activity_files import activity_file
from bc_inventory.reference.domains import side_of
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import check, read_csv, table
from curation.fuel_split import renewed

__all__ = ["embed", "publishers_files"]

_ACTIVITY = ("ceads", "eurostat_tsv", "pig_iron", "unfccc_crf", "wb_flaring")
_BALANCES, _PEOPLE = "eurostat_sdmx", "nbs_population"
_FORMATS = (*_ACTIVITY, _BALANCES, _PEOPLE)
_SUFFIXES = {".csv", ".tsv", ".xlsx", ".xls"}
_POPULATION, _MAPPING = "population", "activity_mapping"
_NOT_REPORTED = "0 in the source before the first figure: not reported"


def publishers_files(folder: Path) -> dict[str, list[Source]]:
    """Find the files that the embedded activity comes from, by format.

    Parameters
    ----------
    folder : Path
        Looked through with its subfolders; names don't matter.

    Returns
    -------
    dict of str to list of Source
        Sorted by path for each format.

    Raises
    ------
    SourceError
        If a format has no file.
    """
    by_format: dict[str, list[Source]] = {name: [] for name in _FORMATS}
    known = [find_format(name) for name in _FORMATS]
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _SUFFIXES or not path.is_file():
            continue
        source = Source(path)
        try:
            fits = [each.name for each in known if each.looks_like(source)]
        except BCInventoryError:
            continue  # a workbook of somebody else that isn't safe to open
        for name in fits:
            by_format[name].append(source)
    absent = [name for name, sources in by_format.items() if not sources]
    if absent:
        titles = "; ".join(find_format(name).title for name in absent)
        raise SourceError(f"{folder}: no file of {titles}. Point at the publishers' files.")
    return by_format


def embed(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the embedded tables as the publishers' files give them.

    Parameters
    ----------
    folder : Path
        Folder of the publishers' files.

    Returns
    -------
    dict of str to pandas.DataFrame
        By path below the folder of facts: `activity/cn_2018.csv` and so on under the
        contract `activity_published`; `population.csv` and `activity_mapping.csv`, in which
        the rows that no publisher's file gives are those of the embedded table.

    Raises
    ------
    SourceError
        If a format has no file.
    DataError
        If a file isn't what its format says.
    """
    files = publishers_files(folder)
    result: dict[str, pd.DataFrame] = {}
    published = _activity(files)
    side = published["region"].map(side_of())
    for (name, year), part in published.groupby([side, "year"]):
        path = activity_file(str(name), int(year))
        result[path] = check(part.reset_index(drop=True), "activity_published", file=path)
    result[f"{_POPULATION}.csv"] = check(_population(files), _POPULATION)
    mapping = read_csv(data_root() / f"{_MAPPING}.csv", _MAPPING)
    balances = pd.concat(find_format(_BALANCES).read(item).frame for item in files[_BALANCES])
    result[f"{_MAPPING}.csv"] = check(renewed(mapping, published, balances), _MAPPING)
    return result


def _activity(files: Mapping[str, list[Source]]) -> pd.DataFrame:
    selection = read_csv(data_root() / "activity_selection.csv", "activity_selection")
    sides = side_of()
    taken = [
        _select(_recovered(find_format(name).read(source).frame, selection), selection, sides)
        for name in _ACTIVITY
        for source in files[name]
    ]
    rows = pd.concat(taken, ignore_index=True)
    key = list(table("activity_published").key)
    twice = rows.duplicated(key)
    if twice.any():
        first = ", ".join(str(rows[twice][name].iat[0]) for name in key)
        raise SourceError(f"two files give {first}. Leave one edition of each file in the folder.")
    return rows.sort_values(key, kind="stable", ignore_index=True)


def _recovered(frame: pd.DataFrame, selection: pd.DataFrame) -> pd.DataFrame:
    """Replace CO2 by the activity behind it where the selection says so."""
    wanted = selection[selection["recover"]]
    sectors = set(zip(wanted["activity_source"], wanted["source_sector"], strict=True))
    pairs = frame[["source_id", "source_sector"]].drop_duplicates()
    mine = [
        (source, sector) in sectors or (source, "*") in sectors
        for source, sector in pairs.itertuples(index=False)
    ]
    keys = pd.MultiIndex.from_frame(frame[["source_id", "source_sector"]])
    figures = keys.isin(pd.MultiIndex.from_frame(pairs[mine])) & frame["quantity"].notna()
    if not figures.any():
        return frame
    result = recover(frame[figures], tuple(wanted["activity_source"].unique()))
    return pd.concat([frame[~figures], result], ignore_index=True)


def _select(frame: pd.DataFrame, selection: pd.DataFrame, sides: dict[str, str]) -> pd.DataFrame:
    """Take the rows of one file that are embedded, in the embedded terms."""
    rules = selection.drop(columns="note").rename(columns={"activity_source": "source_id"})
    mine = frame[frame["region"].map(sides).isin(rules["side"])]
    key = ["source_id", "source_fuel", "unit"]
    wide = rules["source_sector"] == "*"
    rows = pd.concat(
        [
            mine.merge(rules[~wide], on=[*key, "source_sector"]),
            mine.merge(rules[wide].drop(columns="source_sector"), on=key),
        ]
    )
    rows = rows[rows["region"].map(sides).eq(rows["side"])]
    rows = _without_false_zeros(rows)
    rows = rows[rows["year"].between(rows["year_from"], rows["year_to"])]
    rows = rows.assign(
        source_fuel=rows["activity_fuel"],
        quantity=_significant(rows["quantity"], rows["digits"]),
    )
    return rows[table("activity_published").names]


def _without_false_zeros(rows: pd.DataFrame) -> pd.DataFrame:
    """Tell zeros that are figures from those that stand for nothing."""
    zero = rows["quantity"].eq(0)
    rows = rows[~(zero & rows["zeros"].eq("absent"))]
    series = rows.groupby(["region", "source_sector", "source_fuel"], sort=False)
    begun = rows["year"].where(rows["quantity"].gt(0))
    first = begun.groupby([rows[name] for name in series.keys], sort=False).transform("min")
    hidden = rows["zeros"].eq("not_reported")
    rows = rows[~(hidden & first.isna())]
    early = hidden & rows["quantity"].eq(0) & rows["year"].lt(first)
    early = early.reindex(rows.index)
    return rows.assign(
        quantity=rows["quantity"].mask(early),
        notation_key=rows["notation_key"].mask(early, "NE"),
        note=rows["note"].mask(early, _NOT_REPORTED),
    )


def _significant(values: pd.Series, digits: pd.Series) -> pd.Series:
    """Round to significant figures where there are any to keep."""
    rounded = [
        float(f"{value:.{figures}g}") if figures else value
        for value, figures in zip(values, digits, strict=True)
    ]
    return pd.Series(rounded, index=values.index, dtype=float)


def _population(files: Mapping[str, list[Source]]) -> pd.DataFrame:
    """Return the population of provinces as read, other rows as embedded."""
    frame = pd.concat(find_format("nbs_population").read(item).frame for item in files[_PEOPLE])
    provinces = frame[frame["region_level"] == "province"]
    result = pd.DataFrame(
        {
            "region": provinces["region"],
            "year": provinces["year"],
            "population": units.convert(
                provinces["quantity"].to_numpy(), provinces["unit"].to_numpy(), "person"
            ).round(),
            "source_id": provinces["source_id"],
        }
    )
    fixes = read_csv(data_root() / "population_corrections.csv", "population_corrections")
    result = result.merge(
        fixes.rename(columns={"population": "read"}), on=["region", "year", "source_id"], how="left"
    )
    misprinted = result["printed"].eq(result["population"])
    result["population"] = result["read"].where(misprinted, result["population"])
    result["note"] = result["note"].where(misprinted, None)
    remaining = read_csv(data_root() / f"{_POPULATION}.csv", _POPULATION)
    remaining = remaining[~remaining["source_id"].isin(result["source_id"])]
    both = pd.concat([result[remaining.columns], remaining], ignore_index=True)
    return both.sort_values(["region", "year"], ignore_index=True)
