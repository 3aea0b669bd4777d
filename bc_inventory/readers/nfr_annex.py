"""The sheet of Annex I (NFR): its columns, and writing it.

The order of columns is that of the template of the 2023 Reporting Guidelines
(ECE/EB.AIR/150/Add.1) as far as it could be seen in public copies; the reader finds
columns by their labels and doesn't depend on it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.reference import codelists
from bc_inventory.schema import check

__all__ = ["NFR_CODE", "POLLUTANTS", "TOTAL", "annex_rows", "write_annex"]

NFR_CODE = "NFR Code"
TOTAL = "NATIONAL TOTAL"
# Label, unit and name of the species here; None where this project has no such species.
POLLUTANTS: tuple[tuple[str, str, str | None], ...] = (
    ("NOx (as NO2)", "kt", "NOx"),
    ("NMVOC", "kt", "NMVOC"),
    ("SOx (as SO2)", "kt", "SOx"),
    ("NH3", "kt", "NH3"),
    ("PM2.5", "kt", "PM25"),
    ("PM10", "kt", "PM10"),
    ("TSP", "kt", "TSP"),
    ("BC", "kt", "BC"),
    ("CO", "kt", "CO"),
    *((metal, "t", None) for metal in ("Pb", "Cd", "Hg", "As", "Cr", "Cu", "Ni", "Se", "Zn")),
    ("PCDD/ PCDF (dioxins/ furans)", "g I-TEQ", None),
    ("benzo(a) pyrene", "t", None),
    ("benzo(b) fluoranthene", "t", None),
    ("benzo(k) fluoranthene", "t", None),
    ("Indeno (1,2,3-cd) pyrene", "t", None),
    ("Total 1-4", "t", None),
    ("HCB", "kg", None),
    ("PCBs", "kg", None),
)
_LEFT = ("NFR Aggregation for Gridding and LPS (GNFR)", NFR_CODE, "Long name", "Notes")
_HEADER_ROW = 11
_NOT_ESTIMATED = "NE"
# Where the keys of a category's parts differ, the one that says most about what is missing.
_WEAKEST = ("NE", "IE", "C", "NR", "NA", "NO")


def annex_rows(emissions: pd.DataFrame, region: str, factor_set: str) -> pd.DataFrame:
    """Return a region's part of an emission table as rows of Annex I.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.
    region : str
        Region to take.
    factor_set : str
        Set of emission factors to take.

    Returns
    -------
    pandas.DataFrame
        Contract `inventory`, one row for each year, NFR category and species. A category
        without a figure has the notation key of its parts; one with a figure notes the
        parts that have none.

    Raises
    ------
    DataError
        If nothing is left.
    """
    subset = emissions[(emissions["region"] == region) & (emissions["factor_set"] == factor_set)]
    if subset.empty:
        raise DataError([Problem(f"no emissions of {region} ({factor_set})", "at least one row")])
    result = []
    for key, rows in subset.groupby(["year", "nfr", "species"], sort=True):
        keyed = rows[rows["notation_key"].notna()]
        keys = set(keyed["notation_key"])
        silent = keyed["notation_key"] + " " + keyed["fuel"] + " " + keyed["technology"]
        whole = len(keyed) == len(rows)
        result.append(
            {
                "year": key[0],
                "sector": key[1],
                "species": key[2],
                "sector_level": "memo" if rows["memo"].any() else "part",
                "value_kt": np.nan if whole else rows["emission_kt"].sum(),
                "notation_key": next(k for k in _WEAKEST if k in keys) if whole else None,
                "note": "without " + "; ".join(sorted(set(silent))) if len(keyed) else None,
            }
        )
    frame = pd.DataFrame(result).assign(
        inventory="bc_inventory",
        version=factor_set,
        scheme="NFR14",
        region=region,
        source_region=region,
        region_level="part" if "-" in region else "country",
        fuel=None,
        unit="kt",
        source_id="nfr14",
    )
    for column in ("notation_key", "note", "fuel"):
        frame[column] = frame[column].astype("str")
    return check(frame, "inventory")


def write_annex(
    frame: pd.DataFrame, path: Path, *, region: str, version: str, written: dt.date
) -> Path:
    """Write rows of one region as an Annex I workbook, a sheet a year.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `inventory` with NFR14 sectors. Aggregates are left out; the national total
        is the sum of the parts that have a figure.
    path : Path
        File to write.
    region : str
        Region whose rows are written.
    version : str
        Version, for the head of each sheet.
    written : datetime.date
        Date, for the head of each sheet.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    DataError
        If the region has no rows, or a sector isn't an NFR14 category.
    """
    import openpyxl

    subset = frame[(frame["region"] == region) & (frame["sector_level"] != "aggregate")]
    sectors = codelists.sectors()
    strange = sorted(set(subset["sector"]) - set(sectors["nfr"]))
    if subset.empty or strange:
        text = f"the sectors {', '.join(strange)}" if strange else f"no rows of {region}"
        raise DataError([Problem(text, "rows with NFR14 categories")])
    if subset.duplicated(["year", "sector", "species"]).any():
        raise DataError([Problem("a category twice", "one row a year, category and species")])
    book = openpyxl.Workbook()
    book.remove(book.active)
    head = {"COUNTRY:": region, "DATE:": f"{written:%d.%m.%Y}", "Version:": version}
    for year, rows in subset.groupby("year", sort=True):
        sheet = book.create_sheet(str(year))
        _write_sheet(sheet, rows, sectors, {**head, "YEAR:": int(year)})
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_sheet(
    sheet: Any, rows: pd.DataFrame, sectors: pd.DataFrame, head: dict[str, Any]
) -> None:
    sheet.cell(1, 1, "ANNEX I: National sector emissions: main pollutants, PM, HM and POPs")
    for index, (name, value) in enumerate(head.items(), start=4):
        sheet.cell(index, 1, name)
        sheet.cell(index, 2, value)
    for index, name in enumerate(_LEFT, start=1):
        sheet.cell(_HEADER_ROW, index, name)
    for index, (name, unit, _) in enumerate(POLLUTANTS, start=len(_LEFT) + 1):
        sheet.cell(_HEADER_ROW, index, name)
        sheet.cell(_HEADER_ROW + 1, index, unit)
    cells = {(row.sector, row.species): row for row in rows.itertuples()}
    line = _HEADER_ROW + 2
    for memo in (False, True):
        for sector in sectors[sectors["memo"] == memo].itertuples():
            _write_sector(sheet, line, sector, cells)
            line += 1
        if not memo:
            _write_total(sheet, line, rows)
            line += 1


def _write_sector(sheet: Any, line: int, sector: Any, cells: dict[Any, Any]) -> None:
    for index, text in enumerate((sector.gnfr, sector.nfr, sector.name), start=1):
        sheet.cell(line, index, text)
    notes = []
    for index, (_, _, species) in enumerate(POLLUTANTS, start=len(_LEFT) + 1):
        row = cells.get((sector.nfr, species))
        sheet.cell(line, index, _NOT_ESTIMATED if row is None else _cell(row))
        if row is not None and isinstance(row.note, str):
            notes.append(row.note)
    if notes:
        sheet.cell(line, len(_LEFT), "; ".join(dict.fromkeys(notes)))


def _cell(row: Any) -> Any:
    return row.notation_key if isinstance(row.notation_key, str) else float(row.value_kt)


def _write_total(sheet: Any, line: int, rows: pd.DataFrame) -> None:
    sheet.cell(line, 2, TOTAL)
    sheet.cell(line, 3, "National total for the entire territory")
    parts = rows[rows["sector_level"] == "part"]
    sums = parts.groupby("species")["value_kt"].sum(min_count=1)
    for index, (_, _, species) in enumerate(POLLUTANTS, start=len(_LEFT) + 1):
        value = sums.get(species, np.nan) if species else np.nan
        sheet.cell(line, index, _NOT_ESTIMATED if np.isnan(value) else float(value))
