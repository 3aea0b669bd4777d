"""Facts that differ from the embedded ones: an overlay, and the root it gives.

An overlay is a folder laid out like `data/` that holds what differs and nothing else:

* `fuels.csv`, `spatial/points.parquet`: the whole table, in place of the embedded one;
* `fuels.rows.csv`: rows of the table, with its header. A row takes the place of the
  embedded row with the same key; a row with another key is added. Technology shares of a scope,
  category, fuel and year that add up to one replace the whole split. Lines that begin with `#`
  are comments, and a file without rows counts as absent.

A row is taken away by giving the whole table without it. The published activity is the
one table that lies in several files, so new ones may be added below `activity/`. README
files, `datapackage.json` and hidden files are passed over, and so are files with the bytes of
the embedded one: a copy of the whole `data/` with one table edited overlays that table.

`resolve` writes the root, a folder with every table, below the folder of results and under
the digest of all it is made from. So steps in other processes read the same files, and the
content of a root never changes under its path.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd

from bc_inventory.errors import DataError, Problem, Problems, suggest
from bc_inventory.reference.changed_tables import (
    CHANGED_ROWS,
    CHANGES,
    Overlaid,
    changed_rows,
    write_changes,
)
from bc_inventory.reference.paths import embedded_root, using_root
from bc_inventory.schema import Table, read_csv, read_parquet, table, write_parquet
from bc_inventory.schema.package import contracts_of
from bc_inventory.storage.hashing import content_of, sha256_file
from bc_inventory.storage.results import identify, store_result

__all__ = ["ROWS", "overlaid_files", "resolve"]

# Ending of a file with rows of a table.
ROWS = ".rows.csv"
_OUTPUTS = {"data": "data", "overlay": CHANGES, "rows": CHANGED_ROWS}
_ACTIVITY = "activity"
# How far shares of a whole may be from one.
_WHOLE = 1e-6
# Columns that name the split a row is a share of, by table: its rows are given together.
_SPLITS = {"technology_shares": ("scope", "nfr", "fuel", "year")}
_DOMAINS = "domains.csv"
_COLUMN = "facts.folder"


def overlaid_files(folder: Path) -> dict[str, Path]:
    """Return the files of an overlay that differ, by the path of their table below `data/`.

    Parameters
    ----------
    folder : Path
        The overlay.

    Raises
    ------
    DataError
        If the folder is absent or has no table; naming each file that is no table of
        `data/`, each link, and each table that is given twice.
    """
    if not folder.is_dir():
        raise DataError(
            [Problem("no such folder", "a folder of facts", str(folder), None, _COLUMN)]
        )
    base = embedded_root()
    known = list(contracts_of(base))
    problems = Problems()
    by_name: dict[str, Path] = {}
    seen = 0
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_symlink():
            problems.add(found="a link", expected="files and folders only", file=str(path))
        if not path.is_file() or path.is_symlink() or _passed_over(relative):
            continue
        seen += 1
        name = _table_of(relative)
        if name not in known and not _is_activity(relative):
            problems.add(
                found="a file that is no table of the facts",
                expected="the path of a table below data/, or that of a CSV table with "
                f"{ROWS} in place of .csv",
                file=str(path),
                remedy=_nearest(relative, known),
            )
        elif name in by_name:
            problems.add(
                found=f"{name} as a whole and as rows",
                expected="one of them",
                file=str(path),
                remedy="Put the rows into the table.",
            )
        elif not _is_same(path, base / name) and not _is_stub(path):
            by_name[name] = path
    if not seen and not len(problems):
        problems.add(found="no table", expected="at least one", file=str(folder), column=_COLUMN)
    problems.raise_if_any()
    return by_name


def resolve(folder: Path, results: Path) -> Path | None:
    """Return the root that an overlay gives.

    Parameters
    ----------
    folder : Path
        The overlay.
    results : Path
        Folder of results, below which the root is written unless it is there.

    Returns
    -------
    Path or None
        The root, absolute; None where nothing differs from the embedded facts.

    Raises
    ------
    DataError
        As `overlaid_files`, or if a table breaks its contract, with file, row and column.
    OSError
        If the root can't be written.
    """
    files = overlaid_files(folder)
    if not files:
        return None
    base = embedded_root()
    names = {path.relative_to(folder).as_posix(): path for path in files.values()}
    key = identify(
        resolve,
        embedded=content_of(base).sha256,
        overlay={name: sha256_file(path) for name, path in sorted(names.items())},
    )

    def make(outputs: dict[str, Path]) -> None:
        for path in base.rglob("*"):
            if path.is_file():
                _copy(path, outputs["data"] / path.relative_to(base))
        changes, rows = _merge(base, files, outputs["data"])
        write_changes(changes, outputs["overlay"])
        write_parquet(rows, "facts_changed", outputs["rows"])

    stored, _ = store_result(results, key, _OUTPUTS, make, "facts")
    return stored["data"].path.absolute()


def _merge(base: Path, files: dict[str, Path], target: Path) -> tuple[list[Overlaid], pd.DataFrame]:
    """Write the tables of an overlay into a copy of the embedded ones, and check them there.

    Returns the tables, and the rows of those that are given by rows (contract `facts_changed`).
    """
    contracts = contracts_of(base)
    problems = Problems()
    changes = []
    rows = [pd.DataFrame(columns=table("facts_changed").names)]
    for name, path in files.items():
        if not path.name.endswith(ROWS):
            _copy(path, target / name)
    # What the table of domains lists are values of columns in others, so it comes first.
    for name in sorted(files, key=lambda name: (name != _DOMAINS, name)):
        path, rules = files[name], contracts.get(name, table("activity_published"))
        with using_root(base):
            before = _read(base / name, rules) if (base / name).is_file() else None
        try:
            with using_root(target):
                after = _read(path, rules)
                if path.name.endswith(ROWS):
                    after = _merge_rows(base / name, before, path, after, rules, target / name)
        except DataError as error:
            problems.found.extend(error.problems)
            continue
        given_as = "rows" if path.name.endswith(ROWS) else "table"
        if given_as == "rows" and before is not None:
            rows.append(changed_rows(name, before, after, rules.key))
        changes.append(Overlaid(name, given_as, *_compare(before, after, rules.key)))
    problems.raise_if_any()
    return sorted(changes, key=lambda change: change.table), pd.concat(rows, ignore_index=True)


def _merge_rows(
    base: Path,
    before: pd.DataFrame | None,
    path: Path,
    new: pd.DataFrame,
    rules: Table,
    target: Path,
) -> pd.DataFrame:
    """Write a table with some rows replaced and some added; return its rows."""
    old_header, *old = [rules.names] if before is None else _cells(base)
    place = {} if before is None else {k: n for n, k in enumerate(_keys(before, rules.key))}
    given_header, *given = _cells(path)
    # Either may leave out a column that has a default.
    header = [name for name in rules.names if name in {*old_header, *given_header}]
    rows = [_in_columns(row, old_header, header, rules) for row in old]
    dropped = _superseded(before, new, rules)
    for position, key in enumerate(_keys(new, rules.key)):
        values = _in_columns(given[position], given_header, header, rules)
        if key in place:
            rows[place[key]] = values
        else:
            rows.append(values)
    rows = [row for position, row in enumerate(rows) if position not in dropped]
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return read_csv(target, rules)


def _superseded(before: pd.DataFrame | None, new: pd.DataFrame, rules: Table) -> set[int]:
    """Return the positions of embedded rows that are of a split given anew, but not in it."""
    of_split = _SPLITS.get(rules.name)
    if of_split is None or before is None:
        return set()
    whole = new.groupby(list(of_split))["share"].transform("sum").sub(1.0).abs() < _WHOLE
    splits, given = set(_keys(new[whole], of_split)), set(_keys(new, rules.key))
    pairs = zip(_keys(before, of_split), _keys(before, rules.key), strict=True)
    return {n for n, (split, key) in enumerate(pairs) if split in splits and key not in given}


def _in_columns(row: list[str], names: list[str], header: list[str], rules: Table) -> list[str]:
    """Return the cells of a row under another header, with defaults where it has none."""
    cells = dict(zip(names, row, strict=True))
    return [cells.get(name, rules.column(name).default or "") for name in header]


def _compare(
    before: pd.DataFrame | None, after: pd.DataFrame, key: tuple[str, ...]
) -> tuple[int, int, int]:
    """Return how many rows were replaced, added and removed."""
    old, new = (
        dict(zip(_keys(frame, key), _keys(frame, tuple(frame.columns)), strict=True))
        for frame in (after.iloc[:0] if before is None else before, after)
    )
    replaced = sum(old[name] != values for name, values in new.items() if name in old)
    return replaced, len(new.keys() - old.keys()), len(old.keys() - new.keys())


def _keys(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    values = frame[list(columns)].astype(object)
    return list(values.where(values.notna(), None).itertuples(index=False, name=None))


def _cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream, strict=True)
        return [row for row in rows if row and not row[0].startswith("#")]


def _read(path: Path, rules: Table) -> pd.DataFrame:
    return (read_csv if path.suffix == ".csv" else read_parquet)(path, rules)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _passed_over(relative: Path) -> bool:
    hidden = any(part.startswith(".") for part in relative.parts)
    return hidden or relative.name == "README.md" or relative.as_posix() == "datapackage.json"


def _table_of(relative: Path) -> str:
    """Return the path of the table that a file of an overlay is, or has rows of."""
    name = relative.as_posix()
    return name.removesuffix(ROWS) + ".csv" if name.endswith(ROWS) else name


def _is_activity(relative: Path) -> bool:
    return relative.parts[:-1] == (_ACTIVITY,) and relative.suffix == ".csv"


def _is_same(path: Path, embedded: Path) -> bool:
    return (
        not path.name.endswith(ROWS)
        and embedded.is_file()
        and path.stat().st_size == embedded.stat().st_size
        and sha256_file(path) == sha256_file(embedded)
    )


def _is_stub(path: Path) -> bool:
    """Tell whether a file of rows has none."""
    if not path.name.endswith(ROWS):
        return False
    lines = path.read_bytes().splitlines()[1:]
    return all(not line.strip() or line.startswith(b"#") for line in lines)


def _nearest(relative: Path, known: list[str]) -> str:
    """Say which table may be meant."""
    name = _table_of(relative)
    parquet = str(Path(name).with_suffix(".parquet"))
    if parquet in known:
        return f"{parquet} is no CSV table: give it whole, as Parquet."
    elsewhere = [path for path in known if Path(path).name == Path(name).name]
    if elsewhere:
        return f"Did you mean {elsewhere[0]!r}?"
    return suggest(name, known) or "docs/data.md lists the tables."
