"""Rows from the activity of GAINS ECLIPSE v6b: bases of fuel splits, and solid biomass."""

from __future__ import annotations

from functools import cache

import pandas as pd

from bc_inventory.readers.registry import read_any
from bc_inventory.schema import table
from curation.maker import Maker, Roots, by_source, read_fact

__all__ = ["HOUSEHOLDS_OF_CHINA", "MAKERS", "gains_activity"]

_FILE = "data/gains-emf30-activity/Global by region-detail_emf30_activity_wSE.csv"
_SOURCE = "gains-eclipse-v6b"
_WEST, _CENTRE, _CHINA = "WEST_EURO", "CENT_EURO", "CHIN_PLUS"
_YEARS = (2000, 2005, 2010, 2015, 2020)


@cache
def _activity(roots: Roots) -> pd.Series:
    """Return GAINS activity, PJ by region, sector and year."""
    rows = read_any(roots.shared / _FILE).frame
    sector = rows["source_sector"].str.removeprefix("emf30:")
    return rows.set_index(["region", sector, "year"])["quantity"].sort_index()


def _sum(activity: pd.Series, regions: tuple[str, ...], sectors: tuple[str, ...]) -> pd.Series:
    """Return the sum of regions and sectors by year; a sector without a figure adds nothing."""
    mine = activity[
        activity.index.get_level_values(0).isin(regions)
        & activity.index.get_level_values(1).isin(sectors)
    ]
    return mine.groupby(level="year").sum()


# The base of a category's split: carrier and its sectors.
_CARRIERS: dict[str, dict[str, tuple[str, ...]]] = {
    "industry": {
        "gas": ("End_Use_Industry_NatGas",),
        "oil": ("End_Use_Industry_HLF", "End_Use_Industry_LLF"),
        "solid": ("End_Use_Industry_Coal",),
    },
    "power": {
        "gas": ("Power_Gen_NatGas",),
        "oil": ("Power_Gen_HLF", "Power_Gen_LLF"),
        "solid": ("Power_Gen_Coal_Old", "Power_Gen_Coal_New"),
    },
    "services": {"solid": ("End_Use_Services_Coal_Heat",)},
}
_GROUPS = {"EU-CENTRAL": _CENTRE, "EU-WEST": _WEST}


def _split_base(roots: Roots) -> dict[str, pd.DataFrame]:
    activity = _activity(roots)
    known = read_fact(roots, "fuel_split_base")
    years = sorted(known.loc[known["source_id"] == _SOURCE, "year"].unique())
    rows = [
        (category, scope, year, carrier, round(float(energy[year]), 3), sectors)
        for category, carriers in _CARRIERS.items()
        for carrier, sectors in carriers.items()
        for scope, region in _GROUPS.items()
        for energy in [_sum(activity, (region,), sectors)]
        for year in years
    ]
    names = ["category", "scope", "year", "carrier", "energy", "sectors"]
    result = pd.DataFrame(rows, columns=names)
    result["note"] = result["scope"].map(_GROUPS) + " " + result["sectors"].map(" + ".join)
    result = result.assign(confidence="medium", source_id=_SOURCE)
    return {"fuel_split_base.csv": result[table("fuel_split_base").names]}


# What lies in the two European regions of GAINS outside the EU-27, taken off.
_EU_PART = 0.87
_POWER = ("Power_Gen_Bio_Trad_Old", "Power_Gen_Bio_Trad_New")
_SOLID_PART = 0.62  # of biomass in power plants; the rest is biogas and waste
# Mongolia, Taiwan, Hong Kong and Macao, taken off.
_CHINA_PART = 0.985
HOUSEHOLDS_OF_CHINA = (
    "End_Use_Residential_Bio_Trad_Cook",
    "End_Use_Residential_Bio_Trad_Heat",
    "End_Use_Residential_Bio_Mod",
)
_EU_NOTE = "WEST_EURO and CENT_EURO times 0.87 for what lies outside the EU-27"


def gains_activity(roots: Roots, sectors: tuple[str, ...]) -> pd.Series:
    """Return activity of China in some sectors of GAINS, PJ by year."""
    return _CHINA_PART * _sum(_activity(roots), (_CHINA,), sectors)


def _biomass(roots: Roots) -> dict[str, pd.DataFrame]:
    activity = _activity(roots)
    europe = (_WEST, _CENTRE)
    # Quantities by year, and the bounds over the quantity.
    series = {
        "eu-industry-biomass": (
            _EU_PART * _sum(activity, europe, ("End_Use_Industry_Bio_Trad",)),
            (0.6, 1.4),
        ),
        "eu-power-biomass": (_EU_PART * _SOLID_PART * _sum(activity, europe, _POWER), (0.55, 1.5)),
        "eu-services-biomass": (
            _EU_PART * _sum(activity, europe, ("End_Use_Services_Bio_Trad_Heat",)),
            (0.5, 1.7),
        ),
    }
    rows = []
    for name, (quantity, (low, high)) in series.items():
        for year in _YEARS:
            value = quantity[year]
            rows.append((name, year, *(_five(value * part) for part in (1.0, low, high))))
    names = ["activity_id", "year", "quantity", "quantity_lower", "quantity_upper"]
    key = read_fact(roots, "activity_national").drop(columns=names[2:])
    result = key.merge(pd.DataFrame(rows, columns=names), on=names[:2])
    return {"activity_national.csv": result[[*table("activity_national").key, *names[2:]]]}


def _five(value: float) -> float:
    return float(f"{value:.5g}")


MAKERS = (
    Maker(
        "bases of fuel splits",
        "fuel_split_base.csv",
        "energy of GAINS world regions by carrier",
        (f"shared/{_FILE}",),
        _split_base,
        by_source(_SOURCE),
    ),
    Maker(
        "solid biomass",
        "activity_national.csv",
        "energy of GAINS world regions times the part inside, by five significant figures",
        (f"shared/{_FILE}",),
        _biomass,
        by_source(_SOURCE),
        ("quantity", "quantity_lower", "quantity_upper"),
    ),
)
