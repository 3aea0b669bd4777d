"""Files of published activity: one for each domain and year, named after both."""

from __future__ import annotations

from pathlib import Path

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference.domains import codes

__all__ = ["activity_file", "activity_files"]

_FOLDER = "activity"


def activity_file(domain: str, year: int) -> str:
    """Return where the published activity of a domain and year lies, below the facts.

    Examples
    --------
    >>> activity_file("EU", 2018)
    'activity/eu_2018.csv'
    """
    return f"{_FOLDER}/{domain.lower()}_{year}.csv"


def activity_files(root: Path) -> dict[tuple[str, int], Path]:
    """Return the files of published activity below a root of facts.

    Parameters
    ----------
    root : Path
        Folder of facts.

    Returns
    -------
    dict of (str, int) to Path
        By domain and year, sorted by the file's name.

    Raises
    ------
    DataError
        If a file of the folder is named after no domain and year.
    """
    known = {code.lower(): code for code in codes()}
    mapping, problems = {}, []
    for path in sorted((root / _FOLDER).glob("*.csv")):
        name, _, year = path.stem.rpartition("_")
        if name in known and year.isdecimal():
            mapping[known[name], int(year)] = path
        else:
            expected = " or ".join(f"{code}_YEAR.csv" for code in known)
            remedy = "A domain is a row of domains.csv."
            problems.append(Problem(path.name, expected, str(path), remedy=remedy))
    if problems:
        raise DataError(problems)
    return mapping
