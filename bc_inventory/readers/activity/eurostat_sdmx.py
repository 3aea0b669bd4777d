"""Eurostat SDMX-CSV of energy balances: one row a figure, codes or labels in the cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble, place
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import delimited, numbers
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "check_union", "read"]

_COLUMNS = (
    "DATAFLOW", "freq", "nrg_bal", "siec", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG",
)  # fmt: skip
_UNITS = {
    "Thousand tonnes of oil equivalent": "ktoe",
    "KTOE": "ktoe",
    "Terajoule": "TJ",
    "TJ": "TJ",
    "Gigawatt-hour": "GWh",
    "GWH": "GWh",
}
# The columns of SDMX-CSV 2.0 that 1.0 calls otherwise.
_SDMX_2 = {"STRUCTURE_ID": "DATAFLOW"}
_UNION = ("European Union - 27 countries (from 2020)", "EU27_2020")
_MEMBERS = 27
_YEAR = (1900, 2100)


def looks_like(source: Source) -> bool:
    """Tell whether the header is that of Eurostat's SDMX-CSV."""
    header = source.head_lines[0] if source.head_lines else ""
    first = header.lstrip("\ufeff").replace('"', "")
    return first.startswith(("DATAFLOW,", "STRUCTURE,STRUCTURE_ID,"))


def read(origin: object) -> Reading:
    """Read an extract of the energy balances.

    Parameters
    ----------
    origin : path-like, binary file or Source
        SDMX-CSV 1.0 or 2.0 with codes or English labels.

    Returns
    -------
    Reading
        Table under the contract `activity_read`; sectors are named
        `nrg_bal_c:Gross inland consumption`, fuels as the file names them. Rows without a
        value are skipped.

    Raises
    ------
    DataError
        If a column is absent, a cell is no figure, or 27 members don't add up to the EU.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    rows, lines = delimited(source)
    header = [_SDMX_2.get(name, name) for name in (rows[0] if rows else [])]
    absent = [name for name in _COLUMNS if header.count(name) != 1]
    if absent:
        raise source.refuse(
            f"the columns {', '.join(header)[:120]}", f"a column {absent[0]!r}, once", row=1
        )
    short = next((index for index, row in enumerate(rows) if len(row) != len(header)), None)
    if short is not None:
        raise source.refuse(f"{len(rows[short])} cells", f"{len(header)}", row=lines[short])
    if len(rows) < 2:
        raise source.refuse("a header alone", "rows of figures", row=2)
    table = pd.DataFrame(rows[1:], columns=header, index=pd.Index(lines[1:]))
    values, _, wrong = numbers(table["OBS_VALUE"].tolist(), (":",), empty=True)
    years, _, strange = numbers(table["TIME_PERIOD"].tolist())
    for positions, column, expected in (
        (wrong, "OBS_VALUE", "a number or nothing"),
        (strange, "TIME_PERIOD", "a year"),
    ):
        if len(positions):
            raise source.refuse(
                repr(table[column].iat[positions[0]]),
                expected,
                row=int(table.index[positions[0]]),
                column=column,
            )
    _check_constants(source, table, years)
    flow = table["DATAFLOW"].str.extract(r"^ESTAT:(\w+)\(")[0].str.lower()
    frame = pd.DataFrame(
        {
            "year": years.astype(int),
            "source_region": table["geo"],
            "source_sector": flow + ":" + table["nrg_bal"],
            "source_fuel": table["siec"],
            "quantity": values,
            "unit": table["unit"].map(_UNITS),
            "flag": table["OBS_FLAG"].replace("", None),
            "source_id": "eurostat-" + flow.str.replace("_", "-"),
        },
        index=table.index,
    )
    check_union(source, frame)
    empty = frame["quantity"].isna()
    skipped = [Skipped("no value", int(empty.sum()))] if empty.any() else []
    return reading(source, FORMAT.name, assemble(source, frame[~empty]), skipped)


def _check_constants(source: Source, table: pd.DataFrame, years: np.ndarray) -> None:
    tests = (
        ("unit", table["unit"].isin(_UNITS), f"one of {', '.join(_UNITS)}"),
        ("freq", table["freq"].isin(["A", "Annual"]), "annual figures"),
        ("DATAFLOW", table["DATAFLOW"].str.match(r"ESTAT:\w+\("), "a flow such as ESTAT:NRG_BAL_C"),
        ("TIME_PERIOD", pd.Series(years, table.index).between(*_YEAR), "a year"),
    )
    for column, good, expected in tests:
        if not good.all():
            raise source.refuse(
                repr(table[column][~good].iat[0]),
                expected,
                row=int(table.index[~good][0]),
                column=column,
            )


def check_union(source: Source, frame: pd.DataFrame) -> None:
    """Hold the 27 members' sum to the EU, where the rows have all of them.

    Parameters
    ----------
    source : Source
        Named in messages.
    frame : pandas.DataFrame
        Columns year, source_region, source_sector, source_fuel, quantity and unit.

    Raises
    ------
    DataError
        If they differ by more than what three decimals leave.
    """
    is_union = frame["source_region"].isin(_UNION)
    if not is_union.any():
        return
    from bc_inventory.reference import codelists

    series = ["source_sector", "source_fuel", "unit", "year"]
    inside = set(codelists.members("EU"))
    subset = frame["source_region"].map(
        {name: (place(name) or ("",))[0] in inside for name in frame["source_region"].unique()}
    )
    stated = frame[is_union].set_index(series)["quantity"]
    group = frame[subset.astype(bool) & ~is_union].groupby(series)["quantity"]
    complete = (group.count().reindex(stated.index) == _MEMBERS) & stated.notna()
    sums = group.sum().reindex(stated.index)
    agree(source, sums[complete], stated[complete], what="the EU in", digits=1e-9, floor=0.03)


FORMAT = Format(
    name="eurostat_sdmx",
    kind="activity",
    title="Eurostat energy balances, SDMX-CSV (nrg_bal_c)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
