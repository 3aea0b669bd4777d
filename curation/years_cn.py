"""Activity of Chinese provinces after the CO2 inventories end: 2020 to 2024.

2020 to 2022 are the provincial energy balances of CEADs (final consumption by branch, with the
inputs of thermal power and heating supply; what chemicals use otherwise than as fuel is taken
out), summed to the sectors of `data/activity_groups.csv`. Cement of 2020 to 2024 is the output
that the National Bureau of Statistics has by province. 2023 and 2024 are continued from 2022:
power and heat with thermal power, iron and steel with pig iron and minerals with cement of the
province, other fuels with what the nation uses of them; coal of homes, services and farms with
its own line through 2018 to 2022.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from bc_inventory.readers.activity._frame import place
from bc_inventory.readers.io.source import Source
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from curation.indicators import SERIES, continued, extrapolated, wide

__all__ = ["FIRST_BALANCE", "balances", "cement", "later", "national", "provincial"]

FIRST_BALANCE, _LAST_BALANCE, _LAST = 2020, 2022, 2024
_SHEET = re.compile(r"([A-Za-z]+)((?:19|20)\d\d)")
# Names of branches that these workbooks spell otherwise than the CO2 inventories.
_SPELT = {
    "electricpowersteamandhotwaterproductionandsupply": "ceads:power_heat",
    "thermalpower": "ceads:power_heat",
    "heatingsupply": "ceads:power_heat",
    "gasproductionandsupply": "ceads:gas_supply",
    "tapwaterproductionandsupply": "ceads:other_industry",
    "other": "ceads:other_services",
    "timberprocessingbamboocanepalmandstrawproducts": "ceads:other_industry",
    "transportstoragepostalandtelecommunicationsservices": "ceads:transport",
    "wholesaleretailtradeandcateringservice": "ceads:commerce",
    "petroleumandnaturlgasextraction": "ceads:fuel_extraction",
    "equipmentforspecialpurpose": "ceads:other_industry",
}
_FEEDSTOCK = "nonenergyuse"
# What a province uses of fuels that follow the nation's use of them.
_NATIONAL = {
    "diesel_oil": "Apparent Consumption: Diesel Oil: YTD",
    "gasoline": "Apparent Consumption: Gasoline: YTD",
    "kerosene": "Apparent Consumption: Kerosene: YTD",
    "fuel_oil": "Apparent Consumption: Fuel Oil: YTD",
    "natural_gas": "Apparent Consumption: Natural Gas: YTD",
}
_COAL = ("raw_coal", "cleaned_coal", "other_washed_coal", "briquettes", "coke")
_STOVES = ("residential_urban", "residential_rural", "commerce", "other_services", "agriculture")
_LINE = range(2018, 2023)
_OUTPUT = {
    "ceads:power_heat": "Thermal Power",
    "ceads:iron_steel": "Pig Iron",
    "ceads:nonmetallic_minerals": "Cement",
}


def balances(folder: Path) -> pd.DataFrame:
    """Read the provincial energy balances of 2020 to 2022.

    Parameters
    ----------
    folder : Path
        Of the workbooks, one a year.

    Returns
    -------
    pandas.DataFrame
        year, region, source_sector, source_fuel, quantity, in the terms of the embedded activity.
    """
    sectors = _sectors()
    parts = []
    for path in sorted(folder.glob("*.xlsx")):
        source = Source(path)
        for sheet in source.workbook.sheet_names:
            match = _SHEET.fullmatch(sheet.strip())
            if match and FIRST_BALANCE <= int(match[2]) <= _LAST_BALANCE:
                parts.append(_sheet(source, sheet, match[1], int(match[2]), sectors))
    rows = pd.concat(parts, ignore_index=True)
    sums = rows.groupby(["year", "region", "source_sector", "source_fuel"], as_index=False)[
        "quantity"
    ].sum()
    return _without_feedstock(sums)


def _sectors() -> dict[str, str]:
    groups = read_csv(data_root() / "activity_groups.csv", "activity_groups")
    known = dict(zip(groups["source_sector"], groups["activity_sector"], strict=True))
    return {_plain(name): sector for name, sector in known.items()} | _SPELT


def _plain(name: object) -> str:
    return re.sub(r"[^a-z]", "", str(name).lower().replace("&", "and"))


def _sheet(
    source: Source, sheet: str, province: str, year: int, sectors: dict[str, str]
) -> pd.DataFrame:
    rows = source.workbook.rows(sheet)
    fuels = [str(cell).strip().lower() for cell in rows[0][1:]]
    known = place(province)
    if known is None:
        raise source.refuse(f"the sheet {sheet!r}", "a province of China and a year")
    records = [
        (year, known[0], sectors.get(_plain(row[0]), _plain(row[0])), fuel, float(value))
        for row in rows[2:]
        for fuel, value in zip(fuels, row[1:], strict=False)
        if row[0] and value not in (None, "") and float(value) != 0
    ]
    columns = ["year", "region", "source_sector", "source_fuel", "quantity"]
    frame = pd.DataFrame(records, columns=columns)
    return frame[frame["source_sector"].isin({*sectors.values(), _FEEDSTOCK})]


def _without_feedstock(sums: pd.DataFrame) -> pd.DataFrame:
    """Take what isn't burnt out of what chemicals use."""
    key = ["year", "region", "source_fuel"]
    raw = sums[sums["source_sector"] == _FEEDSTOCK].rename(columns={"quantity": "raw"})
    rest = sums[sums["source_sector"] != _FEEDSTOCK].merge(raw[[*key, "raw"]], on=key, how="left")
    chemicals = rest["source_sector"] == "ceads:chemicals"
    burnt = (rest["quantity"] - rest.pop("raw").fillna(0.0)).clip(lower=0.0)
    rest["quantity"] = rest["quantity"].where(~chemicals, burnt)
    return rest[rest["quantity"] > 0].reset_index(drop=True)


def _december(path: Path, header: str) -> pd.DataFrame:
    """Return the figures of whole years, years as rows, names as columns."""
    rows = pd.read_csv(path, header=None, dtype=str, encoding="utf-8-sig")
    head = rows.index[rows[0] == header][0]
    body = rows[rows[0].str.fullmatch(r"\d{4}-12", na=False)]
    values = body.iloc[:, 1:].apply(
        lambda column: pd.to_numeric(column.str.replace(",", "").str.strip(), errors="coerce")
    )
    values.columns = [str(name) for name in rows.loc[head].iloc[1:]]
    values.index = body[0].str[:4].astype(int)
    return values.loc[:, ~values.columns.duplicated()]


def provincial(path: Path) -> dict[str, pd.DataFrame]:
    """Return output by product: provinces as rows, years as columns; a blank is NaN."""
    table = _december(path, "Name").replace(0.0, np.nan)
    products: dict[str, dict[str, pd.Series]] = {name: {} for name in _OUTPUT.values()}
    for name in table:
        parts = [part.strip() for part in name.split(":")]
        product = parts[-2] if len(parts) >= 5 else ""
        product = "Thermal Power" if product.startswith("Thermal Power") else product
        known = place(parts[1]) if len(parts) >= 5 else None
        if product in products and known is not None and known[1] == "province":
            products[product][known[0]] = table[name]
    return {product: pd.DataFrame(columns).T for product, columns in products.items()}


def national(path: Path) -> pd.DataFrame:
    """Return what the nation uses of each fuel: fuels as rows, years as columns."""
    table = _december(path, "Name")
    return pd.DataFrame({fuel: table[name] for fuel, name in _NATIONAL.items()}).T


def cement(output: pd.DataFrame) -> pd.DataFrame:
    """Return the output of cement since the CO2 inventories end, 10^4 t, as activity."""
    known = output.loc[:, FIRST_BALANCE:_LAST].rename_axis("region").reset_index()
    rows = known.melt("region", var_name="year", value_name="quantity").dropna()
    rows = rows.assign(year=rows["year"].astype(int), quantity=rows["quantity"] / 1e4)
    # Tibet has a row of its own in activity_national.
    rows = rows[rows["region"] != "CN-XZ"]
    return rows.assign(source_sector="ceads:cement", source_fuel="cement")


def later(
    published: pd.DataFrame, output: dict[str, pd.DataFrame], used: pd.DataFrame
) -> pd.DataFrame:
    """Continue the provinces' series from 2022 to 2024.

    Parameters
    ----------
    published : pandas.DataFrame
        Contract `activity_published`, China to 2022.
    output : dict of str to pandas.DataFrame
        From `provincial`.
    used : pandas.DataFrame
        From `national`.
    """
    table = wide(published[published["source_sector"] != "ceads:cement"])
    likes = published.drop_duplicates(SERIES, keep="last").set_index(SERIES)
    years = range(_LAST_BALANCE + 1, _LAST + 1)
    parts = []
    for series, row in table.iterrows():
        if pd.isna(row.get(_LAST_BALANCE)):
            continue
        region, sector, fuel = series
        figures = row.dropna()
        product = _OUTPUT.get(sector)
        if product and region in output[product].index:
            values = continued(figures, output[product].loc[region], [_LAST_BALANCE], years)
            note = f"follows output of {product.lower()} in the province"
        elif fuel in _COAL and sector.removeprefix("ceads:") in _STOVES:
            values = _line(figures.reindex(_LINE).dropna(), years)
            note = "line through 2018 to 2022"
        elif fuel in used.index:
            values = continued(figures, used.loc[fuel], [_LAST_BALANCE], years)
            note = "follows the nation's apparent consumption"
        else:
            values = continued(figures, pd.Series(dtype=float), [_LAST_BALANCE], years)
            note = "as in 2022"
        parts.append(extrapolated(series, values, _LAST_BALANCE, likes.loc[series], note))
    return pd.concat(parts, ignore_index=True)


def _line(figures: pd.Series, years: range) -> pd.Series:
    """Return the straight line through figures, not below zero; their mean where they are few."""
    if len(figures) < len(_LINE) - 1:
        return pd.Series(figures.mean(), index=list(years))
    slope, level = np.polyfit(figures.index.to_numpy(dtype=float), figures.to_numpy(), 1)
    line = pd.Series(slope * np.array(years, dtype=float) + level, index=list(years))
    return line.clip(lower=0.0)
