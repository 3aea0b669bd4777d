"""EDGAR air pollutant workbooks: country, IPCC category, fossil or bio, one column a year.

`fossil_bio` doubles the rows of a category; it is the fuel here, so that a sum over fuels is
right. Road is given as exhaust (`_noRES`) and as resuspension and wear (`_RES`).
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from bc_inventory.readers.cells import find_row, label, numbers_block
from bc_inventory.readers.inventories._frame import agree, assemble, same_species
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "read"]

_SHEETS = {
    "IPCC2006": ("IPCC 2006", "ipcc_code_2006_for_standard_report"),
    "IPCC1996": ("IPCC 1996", "ipcc_code_1996_for_standard_report"),
}
_TOTALS = "TOTALS BY COUNTRY"
_RELEASE = re.compile(r"release EDGAR (v[\d.]*\d)")
_YEAR = re.compile(r"Y_((?:19|20)\d\d)")
# Values are double precision; sums differ by the order of adding alone.
_DIGITS = 1e-9
_FLOOR = 1e-12


def looks_like(source: Source) -> bool:
    """Tell whether it is a workbook with EDGAR's sheets."""
    return source.is_workbook and {_SHEETS["IPCC2006"][0], _TOTALS} <= set(
        source.workbook.sheet_names
    )


def read(origin: object, *, species: str | None = None, scheme: str = "IPCC2006") -> Reading:
    """Read an EDGAR workbook.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Workbook of one pollutant.
    species : str, optional
        Refuse the file if it holds another pollutant.
    scheme : {"IPCC2006", "IPCC1996"}
        Categories to read; both hold the same emissions.

    Returns
    -------
    Reading
        Table under the contract `inventory`; empty cells are skipped.

    Raises
    ------
    DataError
        If a cell isn't a number, or categories don't add up to the sheet of totals.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    if scheme not in _SHEETS:
        raise source.refuse(f"the scheme {scheme!r}", f"one of {', '.join(_SHEETS)}")
    sheet, code_column = _SHEETS[scheme]
    rows = source.workbook.rows(sheet)
    top, columns = find_row(
        source, sheet, rows, ("Country_code_A3", code_column, "Substance", "fossil_bio")
    )
    head = {label(row[0]).rstrip(":"): label(row[1]) for row in rows[:top] if len(row) > 1}
    release = next((m for row in rows[:top] if (m := _RELEASE.search(label(row[0])))), None)
    for name in ("Compound", "Unit"):
        if not head.get(name):
            raise source.refuse(f"no {name} above the table", "the head rows", column=sheet)
    wide = _wide(source, sheet, rows, top, columns)
    names = {"Country_code_A3": "source_region", code_column: "sector", "fossil_bio": "fuel"}
    for name, new in {**names, "Substance": "substance"}.items():
        wide[new] = [label(row[columns[name]]) for row in rows[top + 1 :]]
    _check_rows(source, wide, head["Compound"], top)
    years = [column for column in wide.columns if isinstance(column, int)]
    _check_totals(source, wide, years)
    long = wide.melt(
        id_vars=list(names.values()), value_vars=years, var_name="year", ignore_index=False
    )
    empty = long["value"].isna()
    frame = long[~empty].assign(
        inventory="EDGAR",
        version=release[1] if release else "unstated",
        scheme=f"EDGAR-{scheme}",
        sector_level="part",
        species=same_species(source, head["Compound"], species),
        unit=head["Unit"],
        source_id="edgar-v8.1-ap",
    )
    skipped = [Skipped("an empty cell", int(empty.sum()))] if empty.any() else []
    return reading(source, FORMAT.name, assemble(source, frame, "EDGAR"), skipped)


def _wide(
    source: Source, sheet: str, rows: list[list[Any]], top: int, columns: dict[str, int]
) -> pd.DataFrame:
    """Return the values with one integer column a year and the sheet's row as index."""
    years = {int(m[1]): value for name, value in columns.items() if (m := _YEAR.fullmatch(name))}
    require_order(source, list(years), row=top + 1, column=sheet)
    values, _ = numbers_block(source, sheet, rows[top + 1 :], top + 1, list(years.values()))
    return pd.DataFrame(values, columns=list(years), index=range(top + 2, len(rows) + 1))


def _check_rows(source: Source, wide: pd.DataFrame, compound: str, top: int) -> None:
    other = wide["substance"] != compound
    if other.any():
        raise source.refuse(
            repr(wide["substance"][other].iat[0]),
            f"the compound of the head, {compound}",
            row=int(wide.index[other][0]),
            column="Substance",
        )
    strange = ~wide["fuel"].isin(["bio", "fossil"])
    if strange.any():
        raise source.refuse(
            repr(wide["fuel"][strange].iat[0]),
            "bio or fossil",
            row=int(wide.index[strange][0]),
            column="fossil_bio",
        )


def _check_totals(source: Source, wide: pd.DataFrame, years: list[int]) -> None:
    """Hold the sums of each country and year to the publisher's sheet of totals."""
    rows = source.workbook.rows(_TOTALS)
    top, columns = find_row(source, _TOTALS, rows, ("Country_code_A3", "Substance"))
    stated = _wide(source, _TOTALS, rows, top, columns)
    stated.index = [label(row[columns["Country_code_A3"]]) for row in rows[top + 1 :]]
    sums = wide.groupby("source_region")[years].sum(min_count=1)
    if sorted(stated.columns) != sorted(years) or set(stated.index) != set(sums.index):
        raise source.refuse(
            f"{len(sums)} countries and {len(years)} years",
            f"the {len(stated)} countries and {len(stated.columns)} years of {_TOTALS}",
            remedy="The file may be cut off.",
        )
    agree(
        source,
        sums,
        stated[years],
        what="the total of",
        digits=_DIGITS,
        floor=_FLOOR,
    )


FORMAT = Format(
    name="edgar",
    kind="inventory",
    title="EDGAR air pollutants by country and IPCC category (workbook)",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("species", "scheme"),
)
