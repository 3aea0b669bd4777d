"""What a maker of derived rows is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv, read_parquet

__all__ = ["TABLES", "Maker", "Roots", "by_source", "everything", "parameters", "read_fact"]

TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True)
class Roots:
    """Where makers read.

    Parameters
    ----------
    data : Path
        Folder of the embedded facts.
    shared : Path
        Folder of the publishers' files that can't be shipped.
    """

    data: Path = field(default_factory=data_root)
    shared: Path = field(default_factory=lambda: data_root().parent.parent / "shared")


Rows = Mapping[str, pd.DataFrame]
Claims = Callable[[pd.DataFrame], "pd.Series[bool]"]


def everything(frame: pd.DataFrame) -> pd.Series[bool]:
    """Claim every row."""
    return pd.Series(True, index=frame.index)


def by_source(*sources: str) -> Claims:
    """Return what claims the rows of some sources."""

    def claims(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["source_id"].isin(sources)

    return claims


@dataclass(frozen=True)
class Maker:
    """A maker of rows of one table, or of several tables under one contract.

    Parameters
    ----------
    name : str
        As `python -m curation check` prints it.
    files : str
        Path below `data/`, or a pattern such as `activity/*.csv`.
    how : str
        One sentence for `docs/curation.md`.
    inputs : tuple of str
        Files it reads: below `data/`, `curation/tables/` or `shared/`.
    make : callable
        Takes `Roots`, returns rows by path below `data/`, each with the key of its contract and
        the columns it makes.
    claims : callable
        Which embedded rows the maker stands for; an embedded row that it claims and doesn't
        make is a difference.
    columns : tuple of str
        The columns it makes where the others are typed, such as the bounds of an interval that
        follow from a typed value by a rule; none means whole rows.
    """

    name: str
    files: str
    how: str
    inputs: tuple[str, ...]
    make: Callable[[Roots], Rows]
    claims: Claims = everything
    columns: tuple[str, ...] = ()

    @property
    def needs_shared(self) -> bool:
        """Whether it reads the publishers' files."""
        return any(name.startswith("shared/") for name in self.inputs)


def parameters(name: str) -> pd.DataFrame:
    """Return a table of parameters of `curation/tables/`.

    Examples
    --------
    >>> parameters("fleets")["scope"].unique().tolist()
    ['EU', 'EU-CENTRAL', 'CN']
    """
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=True)


def read_fact(roots: Roots, name: str, contract: str | None = None) -> pd.DataFrame:
    """Return an embedded table under its contract.

    Parameters
    ----------
    roots : Roots
        Where it lies.
    name : str
        Path below the folder of facts, or the name of a contract whose table is `<name>.csv`.
    contract : str, optional
        Name of the contract; by default that of the file's stem.
    """
    path = roots.data / (name if "." in name else f"{name}.csv")
    rules = contract or path.stem
    return read_parquet(path, rules) if path.suffix == ".parquet" else read_csv(path, rules)
