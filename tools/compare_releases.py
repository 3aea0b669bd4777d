"""Say whether two releases hold the same content, but for columns renamed on purpose.

Run as `python tools/compare_releases.py BASE OTHER`, each the folder of a version such as
`releases/eu-china/2018-5c0ffee5`. Tables, grids, hotspots and maps are compared; what describes
them (manifest, README, data package, report) isn't. Prints each difference, and ends with 1 if
there is any.

A change that renames, drops or adds columns or files says so in the constants below, so that
everything else must be equal. Empty them once the releases before the change don't matter.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import xarray as xr

from bc_inventory.inventory.components import IDENTITY, Component, draw_names

# Files by their names before and after.
RENAMED_FILES = {"measured_beside.parquet": "compared_with_observations.parquet"}
# Columns that name what identifies a fact; before, `corr_<component>` held them in one text.
_IDENTITY = {
    "activity": {"statistics_source", "source_sector", "driver"},
    "emissions": {name for component in Component for name in IDENTITY[component]},
}
_COMPONENTS = {
    "activity": (Component.ACTIVITY, Component.LOCAL),
    "emissions": tuple(each for each in Component if each != Component.CONVERSION),
}
_DESCRIPTIONS = {"README.md", "datapackage.json", "manifest.json", "report.html"}


def compare(base: Path, other: Path) -> list[str]:
    """Return the differences between two releases.

    Parameters
    ----------
    base, other : Path
        Folders of versions.

    Returns
    -------
    list of str
        Empty where all content is equal.
    """
    files = {_renamed(name): base / name for name in _names(base)}
    known = {name: other / name for name in _names(other)}
    found = [f"{name}: in the first alone" for name in sorted(files.keys() - known.keys())]
    found += [f"{name}: in the second alone" for name in sorted(known.keys() - files.keys())]
    for name in sorted(files.keys() & known.keys()):
        found += [f"{name}: {words}" for words in _differences(files[name], known[name])]
    return found


def _names(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    return [name for name in names if name not in _DESCRIPTIONS]


def _renamed(name: str) -> str:
    return RENAMED_FILES.get(name, name)


def _differences(base: Path, other: Path) -> Iterator[str]:
    if base.read_bytes() == other.read_bytes():
        return
    if base.suffix == ".parquet":
        yield from _table_differences(base, other)
    elif base.suffix == ".nc":
        with xr.open_dataset(base) as first, xr.open_dataset(other) as second:
            if not first.equals(second):
                yield "variables or coordinates differ"
    else:
        yield "bytes differ"


def _table_differences(base: Path, other: Path) -> Iterator[str]:
    contract = _contract(base)
    first, second = (pq.ParquetFile(path).read().to_pandas() for path in (base, other))
    if contract.get("name") == "totals" and "gnfr" not in first:
        first = _with_gnfr(first)
    key = [name for name in contract.get("key", []) if name in first and name in second]
    if key:
        first, second = (
            frame.sort_values(key, kind="stable", ignore_index=True) for frame in (first, second)
        )
    if len(first) != len(second):
        yield f"{len(first)} rows against {len(second)}"
        return
    name = str(contract.get("name"))
    if any(column.startswith("corr_") for column in first):
        yield from _draw_differences(first, second, name)
        first = first.drop(columns=[f"corr_{each}" for each in _COMPONENTS[name]])
        second = second.drop(columns=_IDENTITY[name] - set(first.columns))
    for column in sorted(set(first.columns) ^ set(second.columns)):
        yield f"the column {column} in the {'first' if column in first else 'second'} alone"
    for column in first.columns.intersection(second.columns):
        if not first[column].equals(second[column]):
            same = (first[column] == second[column]) | (
                first[column].isna() & second[column].isna()
            )
            yield f"the column {column} differs in {int((~same).sum())} rows"


def _contract(path: Path) -> dict[str, object]:
    described = (pq.read_schema(path).metadata or {}).get(b"bc_inventory_contract")
    return json.loads(described) if described else {}


def _with_gnfr(totals: pd.DataFrame) -> pd.DataFrame:
    """Move GNFR aggregates, which stood among the categories, to a column of their own."""
    aggregate = totals["level"].str.endswith("_gnfr")
    return totals.assign(
        gnfr=totals["nfr"].where(aggregate, "*"), nfr=totals["nfr"].where(~aggregate, "*")
    )


def _draw_differences(first: pd.DataFrame, second: pd.DataFrame, table: str) -> Iterator[str]:
    """Compare which rows share a draw, and the names that seed the draws."""
    for component in _COMPONENTS[table]:
        drawn = first[f"sigma_{component}"] > 0
        which, names = draw_names(second[drawn], component)
        given = [names[place] for place in which]
        wrong = int(
            (first.loc[drawn, f"corr_{component}"] != pd.Series(given, drawn[drawn].index)).sum()
        )
        if wrong:
            yield f"{wrong} rows have another draw of the {component}"


if __name__ == "__main__":
    differences = compare(*map(Path, sys.argv[1:3]))
    print("\n".join(differences) or "Equal.")
    sys.exit(bool(differences))
