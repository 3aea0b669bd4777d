"""A table as CSV in which no text runs, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory.release.sanitize import for_spreadsheet

__all__ = ["write_csv"]


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV; text that a spreadsheet would take for a formula stays text.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    path : Path
        File to write; its folder is made.

    Returns
    -------
    Path
        `path`.
    """
    safe = {
        name: values.map(for_spreadsheet, na_action="ignore")
        if not pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        else values
        for name, values in frame.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(safe).to_csv(path, index=False, lineterminator="\n")
    return path
