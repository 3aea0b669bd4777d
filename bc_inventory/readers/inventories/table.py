"""Any table of emissions, with a mapping next to it that says which column is what.

A file `mine.csv` is read with `mine.toml`:

    inventory = "My inventory"
    version = "2024"
    species = "BC"
    unit = "t"

    [columns]
    region = "Country"
    sector = "Source"
    year = "Year"
    value = "Emission"

    [sectors]
    "Domestic heating" = "1A4bi"
    "Road" = "F_RoadTransport"

`species`, `unit` and `year` may be columns, too. Sectors are mapped to NFR categories or GNFR
aggregates; one that is such a code or name itself needs no line.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.readers.inventories._frame import assemble
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.result import Format, Reading, Skipped, reading
from bc_inventory.reference import codelists

__all__ = ["FORMAT", "read"]

_COLUMNS = ("region", "sector", "year", "value", "unit", "species")
_NEEDED = ("region", "sector", "value")
_KEYS = ("inventory", "version", "species", "unit", "year", "source_id", "columns", "sectors")
_KEYS_OF_NOTATION = ("NO", "NE", "NA", "IE", "C", "NR")


def looks_like(source: Source) -> bool:
    """Tell whether a mapping lies next to the file."""
    return _mapping_of(source) is not None


def read(origin: object, *, mapping: str | None = None, species: str | None = None) -> Reading:
    """Read a table of emissions.

    Parameters
    ----------
    origin : path-like, binary file or Source
        Delimited text; its first line names the columns.
    mapping : str, optional
        TOML file that says which column is what; by default the one of the same name.
    species : str, optional
        Pollutant, where neither the table nor the mapping says it.

    Returns
    -------
    Reading
        Table under the contract `inventory`; empty cells are skipped, notation keys kept.

    Raises
    ------
    DataError
        If the mapping isn't one, a column or the sector of a row isn't mapped, or a cell isn't
        a number; the message names what is missing.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    path = Path(mapping) if mapping else _mapping_of(source)
    if path is None:
        raise source.refuse("no mapping", f"a file {Path(source.name).stem}.toml next to it")
    rules = _rules(path)
    if species:
        rules.setdefault("species", species)
    frame, skipped = _frame(source, rules, str(path))
    return reading(source, FORMAT.name, assemble(source, frame, "NAMES"), skipped, [])


def _mapping_of(source: Source) -> Path | None:
    if source.path is None or source.is_workbook:
        return None
    path = source.path.with_suffix(".toml")
    if not path.is_file() or path == source.path:
        return None
    try:
        return path if "columns" in tomllib.loads(path.read_text("utf-8")) else None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None


def _rules(path: Path) -> dict[str, Any]:
    """Return a mapping that has all it needs."""
    try:
        rules = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError([Problem(f"no mapping ({error})", "a TOML file", str(path))]) from error
    columns = rules.get("columns", {})
    problems = [
        Problem(f"the key {key!r}", f"one of {', '.join(_KEYS)}", str(path), None, key,
                suggest(key, _KEYS))
        for key in rules.keys() - set(_KEYS)
    ] + [
        Problem(f"the column {key!r}", f"one of {', '.join(_COLUMNS)}", str(path), None, key,
                suggest(key, _COLUMNS))
        for key in columns.keys() - set(_COLUMNS)
    ]  # fmt: skip
    said = {*columns, *(key for key in ("unit", "year") if key in rules)}
    for key in (*_NEEDED, "unit", "year"):
        if key not in said:
            text = "a column" if key in _NEEDED else f"{key} = ... or a column"
            problems.append(Problem(f"no {key}", text, str(path), column=f"columns.{key}"))
    if problems:
        raise DataError(problems)
    return rules


def _frame(
    source: Source, rules: dict[str, Any], mapping: str
) -> tuple[pd.DataFrame, list[Skipped]]:
    """Return the rows as `assemble` takes them, and what was skipped."""
    rows, lines = delimited(source)
    header, body = rows[0], rows[1:]
    for row, line in zip(body, lines[1:], strict=True):
        if len(row) != len(header):
            raise source.refuse(f"{len(row)} cells", f"{len(header)} cells", row=line)
    table = pd.DataFrame(index=pd.Index(lines[1:]))
    for key, name in rules["columns"].items():
        if name not in header:
            raise source.refuse(
                f"no column {name!r}",
                f"the column of {key} that {mapping} names",
                remedy=suggest(name, header) or f"It has: {', '.join(header)}.",
            )
        place = header.index(name)
        table[key] = [row[place].strip() for row in body]
    for key in ("unit", "year", "species"):
        if key not in table:
            table[key] = str(rules.get(key, "BC" if key == "species" else ""))
    keys = table["value"].isin(_KEYS_OF_NOTATION)
    empty = table["value"] == ""
    table = table[~empty].assign(notation_key=table["value"].where(keys, None)[~empty])
    values = np.full(len(table), np.nan)
    figures = table["notation_key"].isna().to_numpy()
    values[figures], _, wrong = numbers(table.loc[figures, "value"].tolist(), empty=False)
    if len(wrong):
        row = table.index[figures][wrong[0]]
        raise source.refuse(repr(table["value"][row]), "a number", row=int(row), column="value")
    years = pd.to_numeric(table["year"], errors="coerce")
    if years.isna().any():
        row = years.index[years.isna()][0]
        raise source.refuse(repr(table["year"][row]), "a year", row=int(row), column="year")
    sectors = {name: _sector(source, name, rules, mapping) for name in table["sector"].unique()}
    known = {name: codelists.resolve_region(name) for name in table["region"].unique()}
    frame = table.rename(columns={"region": "source_region"}).assign(
        value=values,
        year=years.astype(int),
        species=table["species"].map(codelists.resolve_species),
        scheme=table["sector"].map({name: scheme for name, (scheme, _) in sectors.items()}),
        sector=table["sector"].map({name: code for name, (_, code) in sectors.items()}),
        sector_level="part",
        region=table["region"].map(known),
        region_level=["part" if "-" in code else "country" for code in table["region"].map(known)],
        inventory=str(rules.get("inventory", Path(source.name).stem)),
        version=str(rules.get("version", "1")),
        source_id=str(rules.get("source_id", "given")),
    )
    key = ["source_region", "year", "sector", "species"]
    twice = frame[frame.duplicated(key, keep=False) & frame["notation_key"].isna()]
    whole = frame.drop(index=twice.index)
    if len(twice):  # several sectors of the table are one category
        summed = twice.groupby(key, as_index=False, sort=False)["value"].sum()
        first = twice.drop_duplicates(key).drop(columns="value")
        whole = pd.concat([whole, first.merge(summed, on=key).set_index(first.index)])
    skipped = [Skipped("an empty cell", int(empty.sum()))] if empty.any() else []
    return whole, skipped


def _sector(source: Source, name: str, rules: dict[str, Any], mapping: str) -> tuple[str, str]:
    """Return scheme and code of a sector of the table."""
    given = str(rules.get("sectors", {}).get(name, name))
    try:
        return "NFR14", codelists.resolve_sector(given)
    except DataError:
        try:
            code = codelists.resolve_gnfr(given)
        except DataError:
            raise source.refuse(
                f"the sector {name!r}",
                "an NFR category, a GNFR aggregate, or a line for it under [sectors]",
                remedy=f'Add "{name}" = "1A4bi" or the like to {mapping}.',
            ) from None
    # As EMEP spells it in the crosswalk of sectors.
    return "GNFR14", code.replace("OtherStationaryComb", "OtherStatComb")


FORMAT = Format(
    name="table",
    kind="inventory",
    title="Any table of emissions, with a mapping in a TOML file next to it",
    contract="inventory",
    looks_like=looks_like,
    read=read,
    options=("mapping", "species"),
)
