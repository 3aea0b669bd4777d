"""What all readers of activity share: from cells as delivered to the contract table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import DataError, Problem, UnitError, suggest
from bc_inventory.readers.inventories._frame import refuse_blanks, region_of
from bc_inventory.readers.io.source import Source
from bc_inventory.reference import codelists
from bc_inventory.reference.paths import per_root
from bc_inventory.schema import table

__all__ = ["NAMES", "assemble", "place"]

# Scheme of `data/crosswalk/regions.csv` with the names that publishers give to countries.
NAMES = "NAMES"
# What the world uses or makes in a year, many times over; more is a wrong unit or a damaged cell.
_MOST = (("TJ", 1e10), ("TJ_GCV", 1e10), ("kt", 1e9), ("m^3", 1e15), ("person", 1e11))
_MOST_OTHER = 1e12


@per_root
def place(name: str) -> tuple[str, str] | None:
    """Return region and level of a publisher's name or code of a country, None if unknown.

    Parameters
    ----------
    name : str
        ISO 3166 code, Eurostat's `EL` and `UK`, an English or Chinese name, or a name of
        the scheme `NAMES`.

    Returns
    -------
    (region, level) : tuple of str, or None
        ISO 3166 code with `country` or `province`; a group of countries or a former state
        that `data/crosswalk/regions.csv` lists is returned as it is with `aggregate`.

    Examples
    --------
    >>> place("EL"), place("Total Africa"), place("Ruritania")
    (('GR', 'country'), ('Total Africa', 'aggregate'), None)
    """
    names = region_of(NAMES, name)
    if names and names[1] != "part":
        return names
    try:
        code = codelists.resolve_region(name)
    except DataError:
        return None
    return code, "province" if "-" in code else "country"


def assemble(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the contract table of rows as delivered.

    Parameters
    ----------
    source : Source
        Named in messages.
    frame : pandas.DataFrame
        year, source_region, source_sector, source_fuel, quantity (in `unit`, NaN where there
        is a notation key), unit, source_id and, where the publisher has them, region,
        region_level, notation_key, flag, note. Its index holds the line of each row.

    Returns
    -------
    pandas.DataFrame
        Under the contract `activity_read`, in the order of the file.

    Raises
    ------
    DataError
        If a label is blank, a region isn't known, or a figure is beyond what can be or
        occurs twice.
    """
    refuse_blanks(source, frame, ("source_region", "source_sector", "source_fuel"))
    result = frame.copy()
    for column in ("notation_key", "flag", "note"):
        if column not in result:
            result[column] = None
    if "region" not in result:
        known = _places(source, result["source_region"])
        for index, column in enumerate(("region", "region_level")):
            result[column] = result["source_region"].map(
                {name: it[index] for name, it in known.items()}
            )
    _check_size(source, result)
    contract = table("activity_read")
    twice = result.duplicated(list(contract.key))
    if twice.any():
        row = result[twice].iloc[0]
        raise source.refuse(
            "a second figure for " + ", ".join(str(row[name]) for name in contract.key),
            "each figure once",
            row=int(result.index[twice][0]),
        )
    for rule in contract.columns:
        if rule.kind == "string":
            result[rule.name] = result[rule.name].astype("str")
    result["year"] = result["year"].astype("int64")
    result["quantity"] = result["quantity"].astype(float)
    return result[contract.names].reset_index(drop=True)


def _places(source: Source, names: pd.Series) -> dict[str, tuple[str, str]]:
    """Return the place of each name; one that isn't known isn't taken for a group."""
    distinct = {str(name): place(str(name)) for name in names.unique()}
    unknown = [name for name, matches in distinct.items() if matches is None]
    if unknown:
        raise DataError(
            Problem(
                f"the region {name!r}",
                "a country, or a group that crosswalk/regions.csv lists",
                source.name,
                int(names.index[names == name][0]),
                remedy=suggest(name, codelists.countries()["name"])
                or "If the publisher has added a region, add it to crosswalk/regions.csv (NAMES).",
            )
            for name in unknown
        )
    return {name: value for name, value in distinct.items() if value}


def _check_size(source: Source, frame: pd.DataFrame) -> None:
    most = frame["unit"].map({unit: _most(str(unit)) for unit in frame["unit"].unique()})
    size = frame["quantity"].abs()
    wrong = (size > most.astype(float)) | np.isinf(frame["quantity"].astype(float))
    if wrong.any():
        raise DataError(
            Problem(
                f"{row.quantity:g} {row.unit}",
                f"at most {limit:g}, far above what the world uses in a year",
                source.name,
                int(line),
                remedy=f"{row.source_region}, {row.year}, {row.source_sector}, {row.source_fuel}",
            )
            for (line, row), limit in zip(frame[wrong].iterrows(), most[wrong], strict=True)
        )


def _most(unit: str) -> float:
    for like, most in _MOST:
        try:
            if units.same_dimension(unit, like):
                return most / units.factor(unit, like)
        except UnitError:
            break
    return _MOST_OTHER
