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

import pyarrow.parquet as pq
import xarray as xr

# Files by their names before and after.
RENAMED_FILES = {"comparison_set_aside.parquet": "comparison_skipped.parquet"}
# Columns by their names before and after.
RENAMED_COLUMNS = {
    "found": "findings",
    "marks": "quality_flags",
    "own_kt": "remaining_kt",
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
    differences = [f"{name}: in the first alone" for name in sorted(files.keys() - known.keys())]
    differences += [f"{name}: in the second alone" for name in sorted(known.keys() - files.keys())]
    for name in sorted(files.keys() & known.keys()):
        differences += [f"{name}: {words}" for words in _differences(files[name], known[name])]
    return differences


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
    first = first.rename(columns={k: v for k, v in RENAMED_COLUMNS.items() if v in second})
    key = [name for name in contract.get("key", []) if name in first and name in second]
    if key:
        first, second = (
            frame.sort_values(key, kind="stable", ignore_index=True) for frame in (first, second)
        )
    if len(first) != len(second):
        yield f"{len(first)} rows against {len(second)}"
        return
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


if __name__ == "__main__":
    differences = compare(*map(Path, sys.argv[1:3]))
    print("\n".join(differences) or "Equal.")
    sys.exit(bool(differences))
