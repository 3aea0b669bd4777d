"""How each embedded table came about: rebuilt by makers, or typed with a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch

import pandas as pd

from bc_inventory.reference.paths import using_root
from bc_inventory.schema import Table, read_csv, read_parquet
from bc_inventory.schema.package import contracts_of
from curation.comparison import Difference, differences
from curation.maker import Maker, Roots, parameters

__all__ = ["FileStatus", "embedded_tables", "rebuild", "replaced", "status"]


@dataclass(frozen=True)
class FileStatus:
    """Where the rows of one file come from.

    Parameters
    ----------
    file : str
        Below the folder of facts.
    rows : int
        Rows of the file.
    rebuilt : int
        Rows that makers rebuild as a whole, to the last digit.
    ruled : int
        Typed rows of which makers rebuild some columns, such as the bounds of an interval.
    typed : pandas.DataFrame
        Rows that were typed by hand.
    not_rebuilt : int
        Rows that were computed by what `curation/` doesn't hold, as
        `curation/tables/not_rebuilt.csv` lists them.
    makers : tuple of str
        Names of the makers.
    differences : tuple of Difference
        What the makers give otherwise.
    """

    file: str
    rows: int
    rebuilt: int
    ruled: int
    typed: pd.DataFrame
    not_rebuilt: int
    makers: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def without_source(self) -> int:
        """Typed rows without a source."""
        return int(self.typed[self.source_column].isna().sum()) if len(self.typed) else 0

    @property
    def source_column(self) -> str:
        """Column that names the source of a row; a selection names that of the figures."""
        return "source_id" if "source_id" in self.typed else "activity_source"


def embedded_tables(roots: Roots) -> dict[str, tuple[Table, pd.DataFrame]]:
    """Return contract and rows of every embedded table, by path."""
    result = {}
    for file, rules in contracts_of(roots.data).items():
        read = read_parquet if file.endswith(".parquet") else read_csv
        result[file] = rules, read(roots.data / file, rules)
    return result


def rebuild(makers: Iterable[Maker], roots: Roots) -> dict[str, dict[str, pd.DataFrame]]:
    """Return the rows that makers give, by maker and path."""
    contracts = contracts_of(roots.data)

    def filled(maker: Maker, file: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Give whole rows the defaults that the embedded table leaves out."""
        return rows if maker.columns or file not in contracts else contracts[file].filled(rows)

    with using_root(roots.data):
        return {
            maker.name: {
                file: filled(maker, file, rows) for file, rows in maker.make(roots).items()
            }
            for maker in makers
        }


def status(
    makers: Iterable[Maker],
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    rebuilt: Mapping[str, Mapping[str, pd.DataFrame]],
) -> list[FileStatus]:
    """Compare every embedded table with what its makers give.

    Parameters
    ----------
    makers : iterable of Maker
        The makers that ran.
    tables : mapping
        Result of `embedded_tables`.
    rebuilt : mapping
        Result of `rebuild`; what a maker that isn't in it claims is not compared.

    Returns
    -------
    list of FileStatus
        By file; a file that a maker gives and that isn't embedded is listed with its rows as
        differences.

    Raises
    ------
    ValueError
        If two makers claim the same row as a whole.
    """
    named = list(makers)
    files = {*tables, *(path for result in rebuilt.values() for path in result)}
    statuses = []
    for file in sorted(files):
        file_makers = [maker for maker in named if fnmatch(file, maker.files)]
        if file not in tables:
            missing = Difference(file, "the whole file", "", "a file")
            statuses.append(
                FileStatus(file, 0, 0, 0, pd.DataFrame(), 0, _names(file_makers), (missing,))
            )
            continue
        statuses.append(_of_file(file, *tables[file], file_makers, rebuilt))
    return statuses


def _of_file(
    file: str,
    rules: Table,
    frame: pd.DataFrame,
    makers: list[Maker],
    rebuilt: Mapping[str, Mapping[str, pd.DataFrame]],
) -> FileStatus:
    whole = pd.Series(False, index=frame.index)
    part = pd.Series(False, index=frame.index)
    unequal: list[Difference] = []
    key = list(rules.key)
    for maker in makers:
        claimed = maker.claims(frame)
        if not maker.columns and (whole & claimed).any():
            raise ValueError(f"{file}: {maker.name} claims rows of another maker")
        if maker.name in rebuilt:
            rows = rebuilt[maker.name].get(file, frame.iloc[:0])
            columns = list(maker.columns) or [name for name in rules.names if name not in key]
            unequal += differences(file, frame[claimed], rows, key, columns)
        if maker.columns:
            part |= claimed
        else:
            whole |= claimed
    computed = _computed_elsewhere(file, frame) & ~whole
    return FileStatus(
        file,
        len(frame),
        int(whole.sum()),
        int((part & ~whole).sum()),
        frame[~whole & ~computed],
        int(computed.sum()),
        _names(makers),
        tuple(unequal),
    )


def _computed_elsewhere(file: str, frame: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows the list of those that aren't rebuilt names."""
    listed = parameters("not_rebuilt")
    sources = listed.loc[listed["file"] == file, "source_id"]
    if sources.isna().any():
        return pd.Series(True, index=frame.index)
    if sources.empty:
        return pd.Series(False, index=frame.index)
    return frame["source_id"].isin(sources)


def _names(makers: list[Maker]) -> tuple[str, ...]:
    return tuple(maker.name for maker in makers)


def replaced(frame: pd.DataFrame, rows: pd.DataFrame, maker: Maker, key: list[str]) -> pd.DataFrame:
    """Return a table with the maker's rows or columns in place of the embedded ones.

    Parameters
    ----------
    frame, rows : pandas.DataFrame
        Embedded table, and what the maker gives of it.
    maker : Maker
        The maker.
    key : list of str
        Key of the table.

    Returns
    -------
    pandas.DataFrame
        Rows in their order; new ones follow, sorted by key.
    """
    if maker.columns:
        new = frame[key].merge(rows, on=key, how="left").set_index(frame.index)
        names = list(maker.columns)
        return frame.assign(**{name: new[name].fillna(frame[name]) for name in names})
    place = frame[key].assign(place=range(len(frame)))
    rows = rows[frame.columns].sort_values(key).merge(place, on=key, how="left")
    remaining = frame.assign(place=place["place"])[~maker.claims(frame)]
    both = pd.concat([remaining, rows], ignore_index=True)
    return both.sort_values("place", kind="stable", ignore_index=True).drop(columns="place")
