"""Eurostat bulk files: tab-separated, dimensions packed into the first column.

The same fact appears once for each unit, so a user filters on one; here the units are
checked against each other, since TJ are 3.6 GWh and, for gas, 0.9 of the gross TJ. A zero may mean
"not reported"; it is read as the file has it.
"""

from __future__ import annotations

import re
from math import isfinite

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import assemble
from bc_inventory.readers.inventories._frame import agree
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.io.text import bounded, require_whole_lines
from bc_inventory.readers.io.years import require_order
from bc_inventory.readers.result import Format, Reading, Skipped, reading

__all__ = ["FORMAT", "MEMBERS", "UNION", "read"]

# What follows the dimensions: since 2023, and before, when `freq` wasn't among them.
_TIMES = ("\\TIME_PERIOD", "\\time")
# What a dataset's dimensions are called, and which of them are sector and fuel.
_DATASETS = {
    ("freq", "nrg_bal", "siec", "unit", "geo"): (("nrg_bal",), "siec"),
    ("freq", "unit", "siec", "nace_r2", "geo"): (("nace_r2",), "siec"),
    ("freq", "tra_mode", "siec", "nrg_bal", "unit", "geo"): (("tra_mode", "nrg_bal"), "siec"),
}
_CELL = re.compile(r"(:|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?: ?((?:[a-z]|@C)+))?")
_YEAR = re.compile(r"(?:19|20)\d\d")
UNION = "EU27_2020"
MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_UNITS = {
    **{"GWH": "GWh", "TJ": "TJ", "TJ_NCV": "TJ", "TJ_GCV": "TJ_GCV", "KTOE": "ktoe"},
    **{"THS_T": "kt"},
}
# One ktoe in TJ; four digits of it are enough to find a slip.
_KTOE = 41.868
# Values have three decimals; net over gross of gas is 0.9 within what that leaves.
_DECIMAL = 0.001


def looks_like(source: Source) -> bool:
    """Tell whether the first cell packs Eurostat's dimensions."""
    first = source.head_text.split("\t", 1)[0]
    packed = _packed(first)
    return packed is not None and tuple(packed) in _DATASETS


def read(origin: object) -> Reading:
    """Read a bulk file of energy by households, services or transport.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file as Eurostat serves it.

    Returns
    -------
    Reading
        Table under the contract `activity_read`: sectors are named `nrg_d_hhq:FC_OTH_HH_E`,
        fuels by their SIEC code, regions by ISO 3166; Eurostat's flags are in `flag`, and
        what is confidential has the notation key C. Cells `:` are skipped.

    Raises
    ------
    DataError
        If a cell is no figure, a fact differs between its units, or the members don't add
        up to EU27_2020.
    """
    source = Source.of(origin)  # type: ignore[arg-type]
    require_whole_lines(source)
    lines = list(bounded(source, source.text.splitlines()))
    names, years = _header(source, lines[0])
    keys, cells, index = _body(source, lines, len(names), len(years))
    wide = pd.DataFrame(keys, columns=names, index=index)
    code = _dataset(source, wide, names)
    values, flags = _cells(source, cells, index, years)
    _check_units(source, wide, values)
    _check_union(source, wide, values, years)
    sector_parts, fuel = _DATASETS[tuple(names)]
    sector = wide[sector_parts[-1]]
    if "tra_mode" in sector_parts:
        mode = wide["tra_mode"].where(wide["tra_mode"] != "TOTAL", "")
        sector = (mode + ":").where(mode != "", "") + sector
    n = len(years)
    long = pd.DataFrame(
        {
            "year": np.tile(years, len(wide)),
            "source_region": np.repeat(wide["geo"].to_numpy(), n),
            "source_sector": np.repeat((code + ":" + sector).to_numpy(), n),
            "source_fuel": np.repeat(wide[fuel].to_numpy(), n),
            "quantity": values.ravel(),
            "unit": np.repeat(wide["unit"].map(_UNITS).to_numpy(), n),
            "flag": flags.ravel(),
            "source_id": "eurostat-" + code.replace("_", "-"),
        },
        index=np.repeat(np.asarray(index), n),
    )
    secret = long["quantity"].isna() & long["flag"].isin(["c", "@C"])
    long["notation_key"] = secret.map({True: "C", False: None})
    absent = long["quantity"].isna() & ~secret
    skipped = [Skipped("no figure (:)", int(absent.sum()))] if absent.any() else []
    return reading(source, FORMAT.name, assemble(source, long[~absent]), skipped)


def _header(source: Source, line: str) -> tuple[list[str], list[int]]:
    first, *cells = line.split("\t")
    names = _packed(first)
    if names is None or tuple(names) not in _DATASETS:
        raise source.refuse(
            f"the dimensions {first[:80]!r}",
            "those of " + " or ".join(",".join(known) for known in _DATASETS),
            row=1,
            remedy="Download the bulk file (TSV) again.",
        )
    years = [cell.strip() for cell in cells]
    if not all(map(_YEAR.fullmatch, years)):
        raise source.refuse(f"the columns {', '.join(years)[:80]}", "years, each once", row=1)
    known = [int(year) for year in years]
    require_order(source, known, row=1)
    return names, known


def _packed(first: str) -> list[str] | None:
    """Return the dimensions of the first cell, `freq` among them; None if it packs none."""
    ending = next((time for time in _TIMES if first.strip().endswith(time)), None)
    if ending is None:
        return None
    names = first.strip().removesuffix(ending).split(",")
    return names if names[0] == "freq" else ["freq", *names]


def _body(
    source: Source, lines: list[str], dimensions: int, years: int
) -> tuple[list[list[str]], list[list[str]], list[int]]:
    keys, cells, index = [], [], []
    annual = not lines[0].startswith("freq,")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        first, *values = line.split("\t")
        key = first.strip().split(",")
        if annual:
            key.insert(0, "A")
        if len(key) != dimensions or len(values) != years:
            raise source.refuse(
                f"{len(key)} dimensions and {len(values)} values",
                f"{dimensions} and {years}, as the header has",
                row=number,
            )
        keys.append(key)
        cells.append(values)
        index.append(number)
    if not keys:
        raise source.refuse("a header alone", "rows below it")
    return keys, cells, index


def _dataset(source: Source, wide: pd.DataFrame, names: list[str]) -> str:
    """Return the code of the dataset, recognised by its dimensions and balance items."""
    strange = sorted(set(wide["unit"]) - set(_UNITS)) + sorted(set(wide["freq"]) - {"A"})
    if strange:
        raise source.refuse(
            f"the unit or frequency {strange[0]!r}", f"{', '.join(_UNITS)}; annual (A)"
        )
    if "nace_r2" in names:
        return "nrg_d_serq_n"
    if "tra_mode" in names:
        return "nrg_d_traq"
    return "nrg_d_hhq" if wide["nrg_bal"].str.startswith("FC_OTH_HH_E").all() else "nrg_bal_c"


def _cells(
    source: Source, cells: list[list[str]], index: list[int], years: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    values = np.full((len(cells), len(years)), np.nan)
    flags = np.full((len(cells), len(years)), None, dtype=object)
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            match = _CELL.fullmatch(cell.strip())
            if match is None or (match[1] != ":" and not isfinite(float(match[1]))):
                raise source.refuse(
                    repr(cell.strip()),
                    "a number or ':', with Eurostat's flags after it",
                    row=index[i],
                    column=str(years[j]),
                )
            if match[1] != ":":
                values[i, j] = float(match[1])
            flags[i, j] = match[2]
    return values, flags


def _check_units(source: Source, wide: pd.DataFrame, values: np.ndarray) -> None:
    """Hold the units of one fact against each other."""
    others = [name for name in wide.columns if name != "unit"]
    by_unit = {}
    for unit, part in wide.reset_index(drop=True).groupby("unit"):
        keys = pd.MultiIndex.from_frame(part[others])
        if keys.has_duplicates:
            double = keys[keys.duplicated()][0]
            raise source.refuse(f"the series {','.join(double)} in {unit} twice", "each once")
        by_unit[str(unit)] = pd.DataFrame(values[part.index], index=keys)
    net = by_unit.get("TJ", by_unit.get("TJ_NCV"))
    if net is None:
        return
    pairs = (("GWH", 3.6, 0.0), ("KTOE", _KTOE, 0.0), ("TJ_GCV", 0.9, 2e-3), ("THS_T", None, 0.0))
    for unit, ratio, digits in pairs:
        if unit not in by_unit:
            continue
        same = net.index.intersection(by_unit[unit].index)
        a, b = net.loc[same].to_numpy(), by_unit[unit].loc[same].to_numpy()
        if ratio is None:
            # Calorific values lie between 8 and 50 TJ/kt; some real rows are twice that,
            # and some have no energy at all. What is caught is a slip of three places.
            off = (b > 1) & (a > 0) & ((a < 0.3 * b) | (a > 500 * b))
        else:
            off = np.abs(a - ratio * b) > digits * np.abs(a) + ratio * 2 * _DECIMAL
            off |= np.isnan(a) != np.isnan(b)
        if off.any():
            row, column = np.argwhere(off)[0]
            raise source.refuse(
                f"{a[row, column]:g} TJ and {b[row, column]:g} {unit} for {','.join(same[row])}",
                "one fact in two units" + (f", TJ = {ratio} {unit}" if ratio else ""),
                remedy="A cell was changed; fetch the file again.",
            )


def _check_union(source: Source, wide: pd.DataFrame, values: np.ndarray, years: list[int]) -> None:
    """Hold the members' sum to EU27_2020, where the file has it."""
    if UNION not in set(wide["geo"]):
        return
    others = [name for name in wide.columns if name != "geo"]
    table = pd.DataFrame(values, columns=years).join(wide.reset_index(drop=True))
    stated = table[table["geo"] == UNION].set_index(others)[years]
    inside = table[table["geo"].isin(MEMBERS)]
    if set(MEMBERS) - set(inside["geo"]):
        return  # a selection of countries can't be added up
    sums = inside.groupby(others)[years].sum().reindex(stated.index)
    agree(source, sums, stated, what=UNION, digits=1e-9, floor=_DECIMAL * (len(MEMBERS) + 1))


FORMAT = Format(
    name="eurostat_tsv",
    kind="activity",
    title="Eurostat bulk TSV of final energy (nrg_d_hhq, nrg_d_traq, nrg_d_serq_n)",
    contract="activity_read",
    looks_like=looks_like,
    read=read,
)
