"""What all readers of inventories share: from cells as delivered to the contract table."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import DataError, Problem, UnitError
from bc_inventory.readers.io.source import Source
from bc_inventory.reference import codelists
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv, table

__all__ = ["agree", "assemble", "refuse_blanks", "region_of", "regions", "same_species"]

# All mankind emits less in a year; what is above is a wrong unit or a damaged cell.
_MOST_KT = {"BC": 1e5, "OC": 1e5, "EC": 1e5, "CO2": 1e8}
_MOST_KT_OTHER = 5e6


@per_root
def _region_crosswalk() -> dict[tuple[str, str], tuple[str, str]]:
    """Map scheme and source region to region and level."""
    rows = read_csv(data_root() / "crosswalk" / "regions.csv", "region_crosswalk")
    mapping: dict[tuple[str, str], tuple[str, str]] = {}
    for key, group in rows.groupby(["scheme", "source_region"], sort=False):
        region = group["region"].iat[0] if len(group) == 1 else key[1]
        mapping[key] = (str(region), str(group["level"].iat[0]))
    return mapping


@per_root
def _two_letters() -> frozenset[str]:
    return frozenset(codelists.countries()["alpha_2"])


def region_of(scheme: str, code: str) -> tuple[str, str] | None:
    """Return region and level of a publisher's code, or None where neither is known.

    Parameters
    ----------
    scheme : str
        Publisher's scheme of regions, as in `data/crosswalk/regions.csv`.
    code : str
        As delivered.

    Returns
    -------
    tuple of str, or None
        ISO 3166 code and level; an aggregate keeps the publisher's code.
    """
    named = _region_crosswalk().get((scheme, code))
    if named:
        return named
    upper = code.upper()
    if len(upper) == 3 and (matches := codelists.alpha_2(upper)):
        return matches, "country"
    if len(upper) == 2:
        alias = {"EL": "GR", "UK": "GB"}.get(upper, upper)
        if alias in _two_letters():
            return alias, "country"
    # Codes outside ISO 3166-1 that all publishers use, such as XK.
    other = _region_crosswalk().get(("NAMES", upper))
    return other if other and other[1] == "country" else None


def same_species(source: Source, stated: str, wanted: str | None) -> str:
    """Return the pollutant a file states, refusing it where another was asked for.

    Raises
    ------
    DataError
        If the file states another pollutant than `wanted`, or an unknown one.
    """
    species = codelists.resolve_species(stated)
    if wanted is not None and codelists.resolve_species(wanted) != species:
        raise source.refuse(
            f"the pollutant {stated}", wanted, remedy="Choose the file of that pollutant."
        )
    return species


def agree(
    source: Source,
    summed: pd.Series | pd.DataFrame,
    stated: pd.Series | pd.DataFrame,
    *,
    what: str,
    digits: float,
    floor: float = 0.0,
) -> None:
    """Refuse a file whose parts don't add up to the totals it states itself.

    Parameters
    ----------
    source : Source
        Named in messages.
    summed, stated : pandas.Series or pandas.DataFrame of float
        Sums of parts and stated totals under the same labels; NaN where one is absent.
    what : str
        What is summed, for the message.
    digits : float
        Largest relative difference that the rounding of the parts explains.
    floor : float
        Largest absolute difference that the last digit of the parts explains.

    Raises
    ------
    DataError
        With one problem for each total that differs or has no counterpart.
    """
    summed, stated = _one_column(summed), _one_column(stated)
    if not summed.index.equals(stated.index):
        summed, stated = summed.align(stated)
    a, b = summed.to_numpy(dtype=float), stated.to_numpy(dtype=float)
    off = ~((np.abs(a - b) <= digits * np.abs(b) + floor) | (np.isnan(a) & np.isnan(b)))
    if off.any():
        both = pd.DataFrame({"summed": summed, "stated": stated})
        raise DataError(
            Problem(
                f"{what} {name}: parts that add up to {row.summed:.8g}",
                f"the stated total {row.stated:.8g}",
                source.name,
                remedy="A row is missing, repeated or changed; fetch the file again.",
            )
            for name, row in both[off].iterrows()
        )


def refuse_blanks(source: Source, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse rows whose region, sector or fuel is blank: nobody could tell what they are of.

    Parameters
    ----------
    source : Source
        Named in messages.
    frame : pandas.DataFrame
        Its index holds the line of each row.
    columns : sequence of str
        Columns to look at where the frame has them; a prefix up to a colon is ours.

    Raises
    ------
    DataError
        Naming the first line.
    """
    for name in columns:
        if name not in frame:
            continue
        bare = [
            label
            for label in frame[name].unique()
            if isinstance(label, str) and not label.rpartition(":")[2].strip()
        ]
        if bare:
            raise source.refuse(
                "a blank label",
                f"a name of the {name.removeprefix('source_')}",
                row=int(frame.index[frame[name].isin(bare)][0]),
            )


def _one_column(table: pd.Series | pd.DataFrame) -> pd.Series:
    if isinstance(table, pd.Series):
        return table
    long = table.melt(ignore_index=False).set_index("variable", append=True)["value"]
    # Names of levels differ between a sum and a sheet and would keep them from aligning.
    return long.set_axis(long.index.set_names([None] * long.index.nlevels))


def assemble(source: Source, frame: pd.DataFrame, region_scheme: str) -> pd.DataFrame:
    """Return the contract table of rows as delivered.

    Parameters
    ----------
    source : Source
        Named in messages.
    frame : pandas.DataFrame
        inventory, version, scheme, source_region, year, sector, sector_level, species,
        value (in `unit`, NaN where there is a notation key), unit, source_id and, where the
        publisher has them, fuel, notation_key, region, region_level, note. Its index holds
        the line of each row.
    region_scheme : str
        Publisher's scheme of regions.

    Returns
    -------
    pandas.DataFrame
        Under the contract `inventory`.

    Raises
    ------
    DataError
        If a label is blank, a region isn't known, a value is negative or beyond what can be,
        or a unit isn't one of mass.
    """
    refuse_blanks(source, frame, ("source_region", "sector", "species", "fuel"))
    by_name = {str(name): frame[name] for name in frame.columns}
    if "region" not in by_name:
        by_name["region"], by_name["region_level"] = regions(source, frame, region_scheme)
    with np.errstate(over="ignore"):  # what overflows is refused below
        values = frame["value"].to_numpy(dtype=float) * _factors(source, frame["unit"])
    by_name["value_kt"] = pd.Series(values, index=frame.index)
    _check_values(source, frame.assign(value_kt=values))
    blank = pd.Series([None] * len(frame), dtype="str")
    columns = {}
    for column in table("inventory").columns:
        cells = by_name.get(column.name, blank)
        kind = {"string": "str", "integer": "int64", "number": "float64"}[column.kind]
        columns[column.name] = cells.astype(kind).array
    return pd.DataFrame(columns, copy=False)


def _factors(source: Source, delivered: pd.Series) -> np.ndarray:
    """Return what turns each value into kt; every row is of one year."""
    factors = {}
    for unit in delivered.unique():
        try:
            factors[unit] = units.factor(re.sub(r"\s*/\s*(?:year|yr|a)$", "", unit), "kt")
        except UnitError as error:
            raise source.refuse(f"the unit {unit!r}", "a mass a year", remedy=str(error)) from error
    return delivered.map(factors).to_numpy(dtype=float)


def regions(source: Source, frame: pd.DataFrame, scheme: str) -> tuple[pd.Series, pd.Series]:
    """Return region and level of each row.

    Parameters
    ----------
    source : Source
        Named in messages.
    frame : pandas.DataFrame
        With `source_region`; its index holds the line of each row.
    scheme : str
        Publisher's scheme of regions.

    Returns
    -------
    region, level : pandas.Series of str
        As `region_of`.

    Raises
    ------
    DataError
        If a region isn't known.
    """
    known = {code: region_of(scheme, code) for code in frame["source_region"].unique()}
    unknown = [code for code, results in known.items() if results is None]
    if unknown:
        raise DataError(
            Problem(
                f"the region {code!r}",
                f"an ISO 3166-1 code or one of {scheme}",
                source.name,
                int(frame.index[frame["source_region"] == code][0]),
                remedy="If the publisher has added a region, add it to crosswalk/regions.csv.",
            )
            for code in unknown
        )
    codes = frame["source_region"]
    region = codes.map({code: matches[0] for code, matches in known.items() if matches})
    level = codes.map({code: value[1] for code, value in known.items() if value})
    return region, level


def _check_values(source: Source, frame: pd.DataFrame) -> None:
    most = frame["species"].map(_MOST_KT).fillna(_MOST_KT_OTHER).astype(float)
    value = frame["value_kt"]
    absent = value.isna()
    if "notation_key" in frame:
        absent &= frame["notation_key"].isna()
    wrong = (value < 0) | (value > most) | np.isinf(value) | absent
    if wrong.any():
        raise DataError(
            Problem(
                "no value" if np.isnan(row.value) else f"{row.value:g} {row.unit}",
                "a notation key where there is no value"
                if np.isnan(row.value)
                else "an emission of at least 0 and at most what the world emits",
                source.name,
                int(line),
                remedy=f"{row.source_region}, {row.year}, {row.sector}",
            )
            for line, row in frame[wrong].iterrows()
        )
