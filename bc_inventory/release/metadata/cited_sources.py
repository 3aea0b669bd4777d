"""Which sources the tables of a release cite."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest

__all__ = ["cited_sources", "citing"]

# Columns that hold source ids, several separated by `;`.
_ENDINGS = ("source", "source_id", "source_ids")


def citing(table: Path) -> pd.DataFrame:
    """Return the columns of a Parquet table that hold source ids, and no others."""
    import pyarrow.dataset as ds

    opened = ds.dataset(str(table), format="parquet")
    names = [name for name in opened.schema.names if name.endswith(_ENDINGS)]
    return opened.to_table(columns=names).to_pandas()


def cited_sources(tables: Iterable[pd.DataFrame], sources: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of `sources.csv` that tables cite, as JSON values.

    Parameters
    ----------
    tables : iterable of pandas.DataFrame
        As `citing` returns them; other columns don't matter.
    sources : pandas.DataFrame
        Contract `sources`.

    Raises
    ------
    DataError
        If a table cites a source that isn't there.
    """
    cited: set[str] = set()
    for table in tables:
        for name in table.columns:
            if str(name).endswith(_ENDINGS):
                for text in pd.unique(table[name].dropna().astype(str)):
                    cited.update(part.strip() for part in text.split(";") if part.strip())
    known = set(sources["source_id"])
    if cited - known:
        raise DataError(
            Problem(f"the source {name!r}", "a row of sources.csv", remedy=suggest(name, known))
            for name in sorted(cited - known)
        )
    chosen = sources[sources["source_id"].isin(cited)].sort_values("source_id")
    return [
        {name: (None if pd.isna(value) else str(value)) for name, value in row.items()}
        for row in chosen.to_dict("records")
    ]
