"""Derive shares of published activity from what other publishers serve.

A member's fossil CO2 is published by category but not by fuel. Its split is that of the
region group it belongs to (`data/fuel_split_base.csv`), each carrier times the member's part
over the group's part in gross inland consumption, scaled to one:

    share_f ~ E_f c_f (G_fm / sum_f G_fm) / (G_fg / sum_f G_fg)

with E the group's energy, c the CO2 factor, G the consumption of member m or group g. The
fuels of cars follow from the fuels of cars and vans together, with vans' own split taken out.
Shares are rows of `data/activity_mapping.csv`; this module is how they are made.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv, table

__all__ = ["CARS", "SPLIT", "cars", "fuel_split", "renewed"]

SPLIT, CARS = "bcinv-co2-fuel-split", "eurostat-nrg-d-traq"
# Fuel whose CO2 factor stands for the carrier, and what gross inland consumption calls it.
_CARRIERS = {
    "solid": ("hard_coal", ("Solid fossil fuels", "Peat")),
    "gas": ("natural_gas", ("Natural gas",)),
    "oil": (
        "heavy_fuel_oil",
        ("Oil and petroleum products (excluding biofuel portion)",),
    ),
}
_LIGNITE = "Lignite"
_BALANCE = "nrg_bal_c:Gross inland consumption"
# Half width of the interval over the share: a large share is known better than a small one.
_SPREAD = ((0.5, 0.25), (0.15, 0.4), (0.0, 0.7))
_CAR_FUELS = {
    "O4671XR5220B": "diesel",
    "O4652XR5210B": "gasoline",
    "O4630": "lpg",
    "G3000": "natural_gas",
}
_CAR_YEAR, _CO2_YEAR, _SINCE = 2022, 2021, 2015


def fuel_split(
    balances: pd.DataFrame, published: pd.DataFrame, mapping: pd.DataFrame
) -> pd.DataFrame:
    """Return the shares of fuels in the fossil CO2 of each EU member and category.

    Parameters
    ----------
    balances : pandas.DataFrame
        Contract `activity_read`, gross inland consumption of the members.
    published : pandas.DataFrame
        Contract `activity_published`, fossil CO2 by category.
    mapping : pandas.DataFrame
        Contract `activity_mapping`; gives the mobile part where no category holds it.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_mapping`, source `bcinv-co2-fuel-split`.
    """
    root = data_root()
    base = read_csv(root / "fuel_split_base.csv", "fuel_split_base")
    rules = read_csv(root / "fuel_split_rules.csv", "fuel_split_rules")
    regions = read_csv(root / "regions.csv", "regions")
    regions = regions[regions["side"].isin(rules["scope"])]
    shares = _carrier_shares(base, _consumption(balances, regions), regions)
    lignite = _lignite(balances, regions)
    sides = dict(zip(regions["region"], regions["side"], strict=True))
    rows = []
    for year in sorted(base["year"].unique()):
        for region, domain in sides.items():
            for rule in _rules_of(rules, region, domain):
                still = 1.0 - _mobile(published, mapping, region, int(year), rule)
                split = shares.loc[(rule["category"], region, year)]
                brown = lignite[region, year] if pd.isna(rule["lignite"]) else rule["lignite"]
                if still > 0:
                    rows += _rows(rule, region, int(year), split * rule["covered"] * still, brown)
    result = pd.DataFrame(rows)
    return _only_used(result)


def _consumption(balances: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Return gross inland consumption, rows region and year, columns carriers."""
    mine = balances[
        balances["region"].isin(regions["region"]) & balances["source_sector"].eq(_BALANCE)
    ]
    columns = {}
    for carrier, (_, names) in _CARRIERS.items():
        part = mine[mine["source_fuel"].isin(names)]
        columns[carrier] = part.groupby(["region", "year"])["quantity"].sum().clip(lower=0.0)
    return pd.DataFrame(columns).fillna(0.0)


def _lignite(balances: pd.DataFrame, regions: pd.DataFrame) -> pd.Series:
    """Return the share of lignite in solid fossil fuels, by region and year."""
    balance = balances[balances["source_sector"].eq(_BALANCE)].set_index(["region", "year"])
    part = balance[balance["source_fuel"] == _LIGNITE]["quantity"].clip(lower=0.0)
    whole = balance[balance["source_fuel"] == _CARRIERS["solid"][1][0]]["quantity"].clip(lower=0.0)
    share = (part / whole.where(whole > 0)).clip(upper=1.0).fillna(0.0)
    return share[share.index.get_level_values("region").isin(regions["region"])]


def _carrier_shares(
    base: pd.DataFrame, consumption: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """Return CO2 shares of carriers, rows category, region and year; each row adds up to 1."""
    factors = read_csv(data_root() / "co2_factors.csv", "co2_factors").set_index("fuel")["value"]
    energy = base.pivot_table("energy", ["category", "scope", "year"], "carrier", aggfunc="sum")
    co2 = energy * pd.Series({name: factors[fuel] for name, (fuel, _) in _CARRIERS.items()})
    group_of = regions.set_index("region")["group"]
    group = consumption.groupby([consumption.index.get_level_values(0).map(group_of), "year"]).sum()
    rows = {}
    for category, scope, year in co2.index:
        weight = co2.loc[(category, scope, year)]
        if scope in group_of.index:
            rows[category, scope, year] = weight
            continue
        usual = group.loc[(scope, year)]
        for region in group_of.index[group_of == scope]:
            mine = consumption.loc[(region, year)]
            relative = (mine / mine.sum()) / (usual / usual.sum())
            rows.setdefault((category, region, year), weight * relative)
    result = pd.DataFrame(rows).T
    return result.div(result.sum(axis=1), axis=0)


def _rules_of(rules: pd.DataFrame, region: str, domain: str) -> list[dict[str, Any]]:
    regional = rules[rules["scope"] == region]
    wide = rules[
        (rules["scope"] == domain) & ~rules["source_sector"].isin(regional["source_sector"])
    ]
    return list(pd.concat([regional, wide]).to_dict("records"))


def _mobile(
    published: pd.DataFrame, mapping: pd.DataFrame, region: str, year: int, rule: dict
) -> float:
    """Return the mobile part of a category: published beside it, or assumed in the mapping."""
    if pd.isna(rule["mobile_sector"]):
        return 0.0
    figures = published[(published["region"] == region) & (published["year"] == year)]
    figure = figures.set_index("source_sector")["quantity"]
    whole = figure.get(rule["source_sector"], float("nan"))
    part = figure.get(rule["mobile_sector"], float("nan"))
    if pd.isna(whole):
        return 1.0
    if not pd.isna(part):
        return min(part / whole, 1.0)
    assumed = mapping[
        (mapping["scope"] == region)
        & (mapping["source_sector"] == rule["source_sector"])
        & (mapping["source_id"] != SPLIT)
        & (mapping["year"] == year)
    ]
    return float(assumed["share"].sum())


def _rows(
    rule: dict, region: str, year: int, split: pd.Series, lignite: float
) -> list[dict[str, Any]]:
    parts = {
        "hard_coal": split["solid"] * (1.0 - lignite),
        "lignite": split["solid"] * lignite,
        "natural_gas": split["gas"],
        "heavy_fuel_oil": split["oil"] * rule["heavy"],
        "diesel": split["oil"] * (1.0 - rule["heavy"]),
    }
    name = "eu-" + rule["source_sector"].removeprefix("crf:").replace("1.A.", "1a").replace(".", "")
    return [
        {
            "mapping_id": name,
            "scope": region,
            "source_sector": rule["source_sector"],
            "source_fuel": "fossil",
            "nfr": rule["nfr"],
            "fuel": fuel,
            "year": year,
            **_bounded(share),
            "tier": 1,
            "surrogate": True,
            "confidence": "low",
            "source_id": SPLIT,
            "note": None,
        }
        for fuel, share in parts.items()
    ]


def _bounded(share: float) -> dict[str, float]:
    """Return a share to four figures with its interval."""
    relative = next(width for least, width in _SPREAD if share > least or least == 0.0)
    value = float(f"{share:.4g}")
    return {
        "share": value,
        "share_lower": float(f"{value * (1 - relative):.4g}"),
        "share_upper": float(f"{min(1.0, value * (1 + relative)):.4g}"),
    }


def _only_used(result: pd.DataFrame) -> pd.DataFrame:
    """Leave out fuels that a member doesn't use in any year."""
    key = ["mapping_id", "scope", "source_sector", "nfr", "fuel"]
    used = result.groupby(key)["share"].transform("max") > 0
    rules = table("activity_mapping")
    return (
        rules.filled(result).loc[used, rules.names].sort_values([*key, "year"], ignore_index=True)
    )


def cars(published: pd.DataFrame, mapping: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of fuels in the CO2 of cars, for members that publish fuels.

    Parameters
    ----------
    published : pandas.DataFrame
        Contract `activity_published`: fuel of cars and vans, and CO2 of each.
    mapping : pandas.DataFrame
        Contract `activity_mapping`; gives the diesel share of vans.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_mapping`, mapping `eu-cars`.
    """
    root = data_root()
    factors = read_csv(root / "co2_factors.csv", "co2_factors").set_index("fuel")["value"]
    net = read_csv(root / "calorific_values.csv", "calorific_values")
    gas = net[(net["fuel"] == "natural_gas") & (net["unit"] == "TJ/TJ_GCV")]["value"].iloc[0]
    both = published[
        (published["year"] == _CAR_YEAR)
        & published["source_sector"].eq("nrg_d_traq:FC_TRA_RD_CAR_VAN_E")
    ]
    fuel = both["source_fuel"].map(_CAR_FUELS)
    energy = both["quantity"] * both["unit"].map({"TJ": 1.0, "TJ_GCV": gas})
    co2 = (energy * fuel.map(factors)).groupby([both["region"], fuel]).sum()
    inventories = published[published["year"] == _CO2_YEAR].set_index(["source_sector", "region"])
    vans_diesel = mapping[(mapping["mapping_id"] == "eu-vans") & (mapping["fuel"] == "diesel")]
    rows = []
    for region, part in co2.groupby(level=0):
        share = (part / part.sum()).droplevel(0).reindex(list(_CAR_FUELS.values())).fillna(0.0)
        car = inventories.loc[("crf:1.A.3.b.i", region), "quantity"]
        van = inventories.loc[("crf:1.A.3.b.ii", region), "quantity"]
        diesel = (share["diesel"] * (car + van) - vans_diesel["share"].iloc[0] * van) / car
        others = share.drop("diesel") / share.drop("diesel").sum() * (1.0 - diesel)
        split = pd.concat([pd.Series({"diesel": diesel}), others]).round(4)
        split["gasoline"] = round(1.0 - split.drop("gasoline").sum(), 4)
        rows += [_car_row(str(region), name, value) for name, value in split.items() if value > 0]
    rules = table("activity_mapping")
    result = rules.filled(pd.DataFrame(rows))[rules.names]
    return result.sort_values(["scope", "fuel"], ignore_index=True)


def _car_row(region: str, fuel: str, share: float) -> dict[str, Any]:
    low, high = (0.75, 1.25) if share > 0.15 else (0.5, 1.8)
    return {
        "mapping_id": "eu-cars",
        "scope": region,
        "source_sector": "crf:1.A.3.b.i",
        "source_fuel": "fossil",
        "nfr": "1A3bi",
        "fuel": fuel,
        "year": _SINCE,
        "share": share,
        "share_lower": round(share * low, 4),
        "share_upper": round(min(0.98, share * high), 4),
        "tier": 2,
        "surrogate": True,
        "confidence": "medium",
        "source_id": CARS,
        "note": "fuel of cars and vans in 2022 less that of vans; earlier years differ",
    }


def renewed(mapping: pd.DataFrame, published: pd.DataFrame, balances: pd.DataFrame) -> pd.DataFrame:
    """Return the mapping with its derived rows made anew.

    Parameters
    ----------
    mapping : pandas.DataFrame
        Contract `activity_mapping`.
    published : pandas.DataFrame
        Contract `activity_published`, all years.
    balances : pandas.DataFrame
        Contract `activity_read`, gross inland consumption.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_mapping`, sorted by its key.
    """
    derived = mapping["source_id"].eq(SPLIT)
    derived |= mapping["mapping_id"].eq("eu-cars") & mapping["source_id"].eq(CARS)
    remaining = mapping[~derived]
    parts = [remaining, fuel_split(balances, published, remaining), cars(published, remaining)]
    both = pd.concat([part.astype({"note": "str"}) for part in parts], ignore_index=True)
    return both.sort_values(list(table("activity_mapping").key), ignore_index=True)
